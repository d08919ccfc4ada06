#include "lockin/choice/share_inversion.hpp"

#include <Eigen/LU>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "choice/choice_adjoint.hpp"
#include "deterministic_math.hpp"
#include "lockin/choice/logit.hpp"

namespace lockin {
namespace {

class Inversion {
 public:
  Inversion(std::span<const double> shares, std::span<const double> mu, std::span<const double> weights,
            std::span<const std::size_t> nest, double dissimilarity)
      : shares_(shares), mu_(mu), weights_(weights), n_(shares.size()), utility_(n_), p_(n_) {
    context_.nest = nest;
    context_.dissimilarity = dissimilarity;
  }

  std::vector<double> solve() {
    std::vector<double> delta(n_), trial;
    for (std::size_t j = 0; j < n_; ++j) delta[j] = math::log(shares_[j] / shares_[0]);
    double residual = evaluate(delta);
    for (int iteration = 0; iteration < 200; ++iteration) {
      const Eigen::VectorXd step = slopes_.partialPivLu().solve(misfit_);
      double change = 0, damping = 1;
      for (;; damping /= 2) {
        trial = delta;
        for (std::size_t j = 1; j < n_; ++j) trial[j] -= damping * step[static_cast<Eigen::Index>(j - 1)];
        const double next = evaluate(trial);
        // At the solution the residual is rounding noise: a full step is then as good as any.
        if (next <= residual || next < 1e-12 || damping < 1e-6) {
          residual = next;
          break;
        }
      }
      for (std::size_t j = 1; j < n_; ++j) change = std::max(change, std::abs(trial[j] - delta[j]));
      delta = trial;
      if (!std::isfinite(change)) break;
      if (change < 1e-13 || (residual < 1e-13 && change < 1e-12)) return delta;
    }
    throw std::domain_error("share inversion: Newton's method found no utilities that give these shares");
  }

  /// Derivatives by what the solution follows from.
  struct Adjoint {
    std::vector<double> share, weight, mu;
    double dissimilarity = 0;
  };
  // At the solution ln P(delta, mu, weights) - ln share = 0, so that d delta = slopes^-1 (d ln share - d ln P).
  Adjoint pull_back(const std::vector<double>& delta, const std::vector<double>& by_delta) {
    evaluate(delta);
    const auto m = static_cast<Eigen::Index>(n_ - 1);
    Eigen::VectorXd by(m);
    for (Eigen::Index i = 0; i < m; ++i) by[i] = by_delta[static_cast<std::size_t>(i) + 1];
    by = slopes_.transpose().partialPivLu().solve(by).eval();
    Adjoint result{std::vector<double>(n_, 0.0), std::vector<double>(weights_.size(), 0.0),
                   std::vector<double>(mu_.size(), 0.0), 0};
    std::vector<double> by_mean(n_, 0.0), by_p(n_);
    for (std::size_t j = 1; j < n_; ++j) {
      result.share[j] = by[static_cast<Eigen::Index>(j - 1)] / shares_[j];
      by_mean[j] = -result.share[j];
    }
    for (std::size_t node = 0; node < weights_.size(); ++node) {
      choose(node, delta);
      for (std::size_t j = 0; j < n_; ++j) {
        result.weight[node] += by_mean[j] * p_[j];
        by_p[j] = weights_[node] * by_mean[j];
      }
      result.dissimilarity += pull_back_probabilities(context_.nest, context_.dissimilarity, utility_, p_,
                                                      by_p, std::span(result.mu).subspan(node * n_, n_));
    }
    return result;
  }

 private:
  void choose(std::size_t node, const std::vector<double>& delta) {
    for (std::size_t j = 0; j < n_; ++j) utility_[j] = mu_[node * n_ + j] + delta[j];
    if (context_.nest.empty())
      Logit{}.probabilities(context_, utility_, p_);
    else
      NestedLogit{}.probabilities(context_, utility_, p_);
  }

  // ln P - ln share and its derivative, alternatives 1 .. n - 1; returns the largest misfit.
  double evaluate(const std::vector<double>& delta) {
    const auto m = static_cast<Eigen::Index>(n_ - 1);
    std::vector<double> mean(n_, 0.0);
    slopes_ = Eigen::MatrixXd::Zero(m, m);
    misfit_.resize(m);
    const double lambda = context_.dissimilarity;
    for (std::size_t node = 0; node < weights_.size(); ++node) {
      choose(node, delta);
      for (std::size_t j = 0; j < n_; ++j) mean[j] += weights_[node] * p_[j];
      for (std::size_t i = 1; i < n_; ++i)
        for (std::size_t k = 1; k < n_; ++k) {
          double slope = (i == k ? p_[i] / (context_.nest.empty() ? 1 : lambda) : 0) - p_[i] * p_[k];
          if (!context_.nest.empty() && context_.nest[i] == context_.nest[k]) {
            double within = 0;
            for (std::size_t j = 0; j < n_; ++j)
              if (context_.nest[j] == context_.nest[k]) within += p_[j];
            slope -= (1 / lambda - 1) * p_[i] * p_[k] / within;
          }
          slopes_(static_cast<Eigen::Index>(i - 1), static_cast<Eigen::Index>(k - 1)) +=
              weights_[node] * slope;
        }
    }
    double largest = 0;
    for (std::size_t j = 1; j < n_; ++j) {
      const auto row = static_cast<Eigen::Index>(j - 1);
      misfit_[row] = math::log(mean[j] / shares_[j]);
      slopes_.row(row) /= mean[j];
      if (!std::isfinite(misfit_[row])) return std::numeric_limits<double>::infinity();
      largest = std::max(largest, std::abs(misfit_[row]));
    }
    return largest;
  }

  std::span<const double> shares_, mu_, weights_;
  std::size_t n_;
  ChoiceContext context_;
  std::vector<double> utility_, p_;
  Eigen::MatrixXd slopes_;
  Eigen::VectorXd misfit_;
};

// Expected share of each provider in a layer at the opening, all segments together.
std::vector<double> opening_shares(const Market& market, LayerId l) {
  std::vector<double> shares(market.provider_count(), 0.0);
  double all = 0;
  for (std::size_t s = 0; s < market.segment_count(); ++s) {
    const Market::Segment& segment = market.segment(SegmentId(s));
    for (std::size_t j = 0; j < shares.size(); ++j) {
      const double held =
          segment.customers * segment.adopted[l.index()] * market.layer(l).offers[j].opening_share[s];
      shares[j] += held;
      all += held;
    }
  }
  if (all > 0)
    for (double& share : shares) share /= all;
  return shares;
}

struct Tastes {
  std::vector<double> alpha, beta, weight;
  std::vector<std::size_t> node;  // of each type of the segment
};

// Distinct tastes of a segment in a layer with their weights: size and sourcing do not matter to a free choice.
Tastes tastes(const Market& market, SegmentId s, LayerId l) {
  Tastes result;
  const Market::Segment& segment = market.segment(s);
  for (std::size_t y = segment.first_type; y < segment.first_type + segment.type_count; ++y) {
    const CustomerType& type = market.type(TypeId(y));
    const double alpha = type.alpha[l.index()], beta = type.beta[l.index()];
    std::size_t i = 0;
    while (i < result.alpha.size() && (result.alpha[i] != alpha || result.beta[i] != beta)) ++i;
    if (i == result.alpha.size()) {
      result.alpha.push_back(alpha);
      result.beta.push_back(beta);
      result.weight.push_back(0);
    }
    result.weight[i] += type.weight;
    result.node.push_back(i);
  }
  return result;
}

double first_value(const Market& market, ParameterId id) {
  const Parameter& p = market.parameters()[id.index()];
  return p.path.value(market.calendar(), 0, parameter_rule(p.kind).ratio);
}

// What the appeal of a segment in a layer is revealed from: providers that hold something at the opening.
struct Opening {
  std::vector<std::size_t> held, nest;
  std::vector<double> shares, mu;
  Tastes tastes_of;
  double eta = 0;
};

Opening opening(const Market& market, LayerId l, SegmentId s, const std::vector<double>& network_share) {
  Opening of;
  const Market::Layer& layer = market.layer(l);
  const Market::Segment& segment = market.segment(s);
  for (std::size_t j = 0; j < market.provider_count(); ++j)
    if (layer.offers[j].opening_share[s.index()] > 0) {
      of.held.push_back(j);
      of.shares.push_back(layer.offers[j].opening_share[s.index()]);
      if (!layer.nest.empty()) of.nest.push_back(layer.nest[j]);
    }
  of.eta = first_value(market, segment.network[l.index()]);
  of.tastes_of = tastes(market, s, l);
  for (std::size_t i = 0; i < of.tastes_of.weight.size(); ++i)
    for (const std::size_t j : of.held) {
      const Market::Offer& offer = layer.offers[j];
      of.mu.push_back(of.tastes_of.beta[i] * first_value(market, offer.quality) -
                      of.tastes_of.alpha[i] * math::log(first_value(market, offer.price)) +
                      segment.gamma[l.index()] * first_value(market, offer.reach[s.index()]) +
                      of.eta * network_share[j]);
    }
  return of;
}

// From the utilities apart from delta to tastes, the first period's paths and the network shares.
void pull_back_utilities(const Market& market, LayerId l, SegmentId s, const Opening& of,
                         const std::vector<double>& by_mu, const std::vector<double>& network_share,
                         std::vector<double>& by_network_share, MarketAdjoint& by_market) {
  const Market::Layer& layer = market.layer(l);
  const Market::Segment& segment = market.segment(s);
  std::vector<double>& by_value = by_market.path_values[0];
  const std::size_t n = of.held.size(), first = segment.first_type;
  for (std::size_t node = 0; node < of.tastes_of.weight.size(); ++node) {
    double by_alpha = 0, by_beta = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const Market::Offer& offer = layer.offers[of.held[i]];
      const double by = by_mu[node * n + i], price = first_value(market, offer.price);
      by_beta += by * first_value(market, offer.quality);
      by_alpha -= by * math::log(price);
      by_value[offer.quality.index()] += by * of.tastes_of.beta[node];
      by_value[offer.price.index()] -= by * of.tastes_of.alpha[node] / price;
      by_value[offer.reach[s.index()].index()] += by * segment.gamma[l.index()];
      by_market.segments[s.index()].gamma[l.index()] += by * first_value(market, offer.reach[s.index()]);
      by_value[segment.network[l.index()].index()] += by * network_share[of.held[i]];
      by_network_share[of.held[i]] += by * of.eta;
    }
    for (std::size_t y = 0; y < of.tastes_of.node.size(); ++y) {
      if (of.tastes_of.node[y] != node) continue;
      CustomerType& by_type = by_market.types[first + y];
      const double part = market.type(TypeId(first + y)).weight / of.tastes_of.weight[node];
      by_type.alpha[l.index()] += by_alpha * part;
      by_type.beta[l.index()] += by_beta * part;
    }
  }
}

void pull_back_opening_shares(const Market& market, LayerId l, const std::vector<double>& shares,
                              const std::vector<double>& by_shares, MarketAdjoint& by_market) {
  double all = 0, mean = 0;
  for (std::size_t s = 0; s < market.segment_count(); ++s)
    for (std::size_t j = 0; j < shares.size(); ++j)
      all += market.segment(SegmentId(s)).customers * market.segment(SegmentId(s)).adopted[l.index()] *
             market.layer(l).offers[j].opening_share[s];
  if (!(all > 0)) return;
  for (std::size_t j = 0; j < shares.size(); ++j) mean += shares[j] * by_shares[j];
  for (std::size_t s = 0; s < market.segment_count(); ++s) {
    const Market::Segment& segment = market.segment(SegmentId(s));
    for (std::size_t j = 0; j < shares.size(); ++j) {
      const double by_held = (by_shares[j] - mean) / all, adopted = segment.adopted[l.index()],
                   share = market.layer(l).offers[j].opening_share[s];
      by_market.segments[s].customers += by_held * adopted * share;
      by_market.segments[s].adopted[l.index()] += by_held * segment.customers * share;
      by_market.layers[l.index()].offers[j].opening_share[s] += by_held * segment.customers * adopted;
    }
  }
}

}  // namespace

std::vector<double> invert_shares(std::span<const double> shares, std::span<const double> mu,
                                  std::span<const double> weights, std::span<const std::size_t> nest,
                                  double dissimilarity) {
  double sum = 0;
  for (const double share : shares) {
    if (!(share > 0)) throw std::domain_error("share inversion: every share must be positive");
    sum += share;
  }
  if (std::abs(sum - 1) > 1e-9) throw std::domain_error("share inversion: the shares do not add up to 1");
  if (mu.size() != shares.size() * weights.size() || (!nest.empty() && nest.size() != shares.size()))
    throw std::domain_error(
        "share inversion: mu needs one number per node and alternative, nest one per alternative");
  double weight = 0;
  for (const double w : weights) {
    if (!(w > 0)) throw std::domain_error("share inversion: every weight must be positive");
    weight += w;
  }
  if (std::abs(weight - 1) > 1e-9) throw std::domain_error("share inversion: the weights do not add up to 1");
  for (const double utility : mu)
    if (!std::isfinite(utility)) throw std::domain_error("share inversion: every utility must be finite");
  if (shares.size() == 1) return {0.0};
  return Inversion(shares, mu, weights, nest, dissimilarity).solve();
}

std::vector<double> revealed_appeal(const Market& market) {
  const std::size_t segments = market.segment_count(), providers = market.provider_count();
  std::vector<double> base(market.layer_count() * segments * providers, 0.0);
  for (std::size_t l = 0; l < market.layer_count(); ++l) {
    const Market::Layer& layer = market.layer(LayerId(l));
    if (!layer.revealed_appeal) continue;
    const std::vector<double> network_share = opening_shares(market, LayerId(l));
    for (std::size_t s = 0; s < segments; ++s) {
      const Opening of = opening(market, LayerId(l), SegmentId(s), network_share);
      const std::vector<double> delta =
          invert_shares(of.shares, of.mu, of.tastes_of.weight, of.nest, layer.dissimilarity);
      double mean = 0;
      for (std::size_t i = 0; i < of.held.size(); ++i) mean += of.shares[i] * delta[i];
      for (std::size_t i = 0; i < of.held.size(); ++i)
        base[(l * segments + s) * providers + of.held[i]] = delta[i] - mean;
    }
  }
  return base;
}

void pull_back_revealed_appeal(const Market& market, std::span<const double> by_revealed,
                               MarketAdjoint& by_market) {
  const std::size_t segments = market.segment_count(), providers = market.provider_count();
  for (std::size_t l = 0; l < market.layer_count(); ++l) {
    const Market::Layer& layer = market.layer(LayerId(l));
    if (!layer.revealed_appeal) continue;
    const std::vector<double> network_share = opening_shares(market, LayerId(l));
    std::vector<double> by_network_share(providers, 0.0);
    for (std::size_t s = 0; s < segments; ++s) {
      std::vector<Market::Offer>& by_offers = by_market.layers[l].offers;
      for (std::size_t j = 0; j < providers;
           ++j)  // whoever starts from nothing leaves the sum: no derivative there
        if (layer.offers[j].sold && layer.offers[j].opening_share[s] == 0)
          by_offers[j].opening_share[s] = std::numeric_limits<double>::quiet_NaN();
      const Opening of = opening(market, LayerId(l), SegmentId(s), network_share);
      const std::size_t n = of.held.size();
      if (n < 2) continue;
      const std::vector<double>& weights = of.tastes_of.weight;
      const std::vector<double> delta =
          invert_shares(of.shares, of.mu, weights, of.nest, layer.dissimilarity);
      double sum = 0;
      std::vector<double> by_delta(n);
      for (std::size_t i = 0; i < n; ++i)
        sum += by_delta[i] = by_revealed[(l * segments + s) * providers + of.held[i]];
      for (std::size_t i = 0; i < n; ++i) by_delta[i] -= of.shares[i] * sum;
      const Inversion::Adjoint by =
          Inversion(of.shares, of.mu, weights, of.nest, layer.dissimilarity).pull_back(delta, by_delta);
      for (std::size_t i = 0; i < n; ++i)
        by_offers[of.held[i]].opening_share[s] += by.share[i] - delta[i] * sum;
      for (std::size_t y = 0; y < of.tastes_of.node.size(); ++y)
        by_market.types[market.segment(SegmentId(s)).first_type + y].weight +=
            by.weight[of.tastes_of.node[y]];
      by_market.layers[l].dissimilarity += by.dissimilarity;
      pull_back_utilities(market, LayerId(l), SegmentId(s), of, by.mu, network_share, by_network_share,
                          by_market);
    }
    pull_back_opening_shares(market, LayerId(l), network_share, by_network_share, by_market);
  }
}

}  // namespace lockin
