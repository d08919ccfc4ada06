#include "lockin/choice/logit.hpp"

#include <algorithm>
#include <limits>
#include <vector>

#include "deterministic_math.hpp"

namespace lockin {

void Logit::utilities(const ChoiceContext& c, std::span<double> v) const {
  for (std::size_t j = 0; j < v.size(); ++j)
    v[j] = c.beta * c.quality[j] - c.alpha * c.log_price[j] + c.appeal[j] + c.gamma * c.reach[j] +
           c.eta * c.last_share[j];
}

void Logit::probabilities(const ChoiceContext&, std::span<const double> utility, std::span<double> p) const {
  const double top = *std::max_element(utility.begin(), utility.end());
  double sum = 0;
  for (std::size_t j = 0; j < p.size(); ++j) sum += p[j] = math::exp(utility[j] - top);
  for (double& x : p) x /= sum;
}

void NestedLogit::probabilities(const ChoiceContext& c, std::span<const double> utility,
                                std::span<double> p) const {
  constexpr double lowest = -std::numeric_limits<double>::infinity();
  const std::size_t nests = *std::max_element(c.nest.begin(), c.nest.end()) + 1;
  // Logarithms of nest sums: I = top / lambda + ln sum exp((V - top) / lambda); a nest weighs exp(lambda I).
  std::vector<double> top(nests, lowest), sum(nests, 0.0), inclusive(nests, lowest);
  for (std::size_t j = 0; j < p.size(); ++j) top[c.nest[j]] = std::max(top[c.nest[j]], utility[j]);
  for (std::size_t j = 0; j < p.size(); ++j) {
    p[j] = utility[j] == lowest ? 0 : math::exp((utility[j] - top[c.nest[j]]) / c.dissimilarity);
    sum[c.nest[j]] += p[j];
  }
  double best = lowest;
  for (std::size_t n = 0; n < nests; ++n)
    if (top[n] > lowest) best = std::max(best, inclusive[n] = top[n] + c.dissimilarity * math::log(sum[n]));
  double all = 0;
  for (double& weight : inclusive) all += weight = weight == lowest ? 0 : math::exp(weight - best);
  for (std::size_t j = 0; j < p.size(); ++j)
    if (p[j] > 0) p[j] *= inclusive[c.nest[j]] / (sum[c.nest[j]] * all);
}

void AnyChoiceModel::utilities(const ChoiceContext& context, std::span<double> v) const {
  if (utilities_)
    utilities_(context, v);
  else
    Logit{}.utilities(context, v);
}

void AnyChoiceModel::probabilities(const ChoiceContext& context, std::span<const double> utility,
                                   std::span<double> p) const {
  if (probabilities_)
    probabilities_(context, utility, p);
  else if (context.nest.empty())
    Logit{}.probabilities(context, utility, p);
  else
    NestedLogit{}.probabilities(context, utility, p);
}

}  // namespace lockin
