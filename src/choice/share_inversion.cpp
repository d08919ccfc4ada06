#include "lockin/choice/share_inversion.hpp"

#include <Eigen/LU>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

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

 private:
  // ln P - ln share and its derivative, alternatives 1 .. n - 1; returns the largest misfit.
  double evaluate(const std::vector<double>& delta) {
    const auto m = static_cast<Eigen::Index>(n_ - 1);
    std::vector<double> mean(n_, 0.0);
    slopes_ = Eigen::MatrixXd::Zero(m, m);
    misfit_.resize(m);
    const double lambda = context_.dissimilarity;
    for (std::size_t node = 0; node < weights_.size(); ++node) {
      for (std::size_t j = 0; j < n_; ++j) utility_[j] = mu_[node * n_ + j] + delta[j];
      if (context_.nest.empty())
        Logit{}.probabilities(context_, utility_, p_);
      else
        NestedLogit{}.probabilities(context_, utility_, p_);
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
  }
  return result;
}

double first_value(const Market& market, ParameterId id) {
  const Parameter& p = market.parameters()[id.index()];
  return p.path.value(market.calendar(), 0, parameter_rule(p.kind).ratio);
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
      std::vector<std::size_t> held, nest;
      std::vector<double> shares, mu;
      for (std::size_t j = 0; j < providers; ++j)
        if (layer.offers[j].opening_share[s] > 0) {
          held.push_back(j);
          shares.push_back(layer.offers[j].opening_share[s]);
          if (!layer.nest.empty()) nest.push_back(layer.nest[j]);
        }
      const Market::Segment& segment = market.segment(SegmentId(s));
      const double eta = first_value(market, segment.network[l]);
      const Tastes of = tastes(market, SegmentId(s), LayerId(l));
      for (std::size_t i = 0; i < of.weight.size(); ++i)
        for (const std::size_t j : held) {
          const Market::Offer& offer = layer.offers[j];
          mu.push_back(of.beta[i] * first_value(market, offer.quality) -
                       of.alpha[i] * math::log(first_value(market, offer.price)) +
                       segment.gamma[l] * first_value(market, offer.reach[s]) + eta * network_share[j]);
        }
      const std::vector<double> delta = invert_shares(shares, mu, of.weight, nest, layer.dissimilarity);
      double mean = 0;
      for (std::size_t i = 0; i < held.size(); ++i) mean += shares[i] * delta[i];
      for (std::size_t i = 0; i < held.size(); ++i)
        base[(l * segments + s) * providers + held[i]] = delta[i] - mean;
    }
  }
  return base;
}

}  // namespace lockin
