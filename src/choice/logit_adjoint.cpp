#include <cmath>
#include <limits>

#include "choice/choice_adjoint.hpp"
#include "deterministic_math.hpp"

namespace lockin {

// With g = p * by_p, its sum G and, within a nest, G[n]; q = p / p[nest]:
//   by u[k] = g[k] / lambda + (1 - 1 / lambda) q[k] G[n] - p[k] G.
double pull_back_probabilities(std::span<const std::size_t> nest, double lambda,
                               std::span<const double> utility, std::span<const double> p,
                               std::span<const double> by_p, std::span<double> by_utility) {
  double all = 0;
  for (std::size_t j = 0; j < p.size(); ++j)
    if (p[j] > 0) all += p[j] * by_p[j];
  if (nest.empty()) {
    for (std::size_t j = 0; j < p.size(); ++j)
      if (p[j] > 0) by_utility[j] += p[j] * (by_p[j] - all);
    return 0;
  }
  struct Nest {
    double top = -std::numeric_limits<double>::infinity();
    double sum = 0, probability = 0, g = 0, mean_utility = 0, inclusive = 0;
  };
  std::vector<Nest> nests;
  for (std::size_t j = 0; j < p.size(); ++j) {
    if (nests.size() <= nest[j]) nests.resize(nest[j] + 1);
    if (p[j] > 0) nests[nest[j]].top = std::max(nests[nest[j]].top, utility[j]);
  }
  for (std::size_t j = 0; j < p.size(); ++j) {
    if (!(p[j] > 0)) continue;
    Nest& n = nests[nest[j]];
    n.sum += math::exp((utility[j] - n.top) / lambda);
    n.probability += p[j];
    n.g += p[j] * by_p[j];
    n.mean_utility += p[j] * utility[j];
  }
  // ln p = u / lambda + (lambda - 1) ln S[n] - ln sum of S^lambda, and ln S[n] = inclusive / lambda.
  double by_lambda = 0;
  for (Nest& n : nests) {
    if (!(n.probability > 0)) continue;
    n.mean_utility /= n.probability;
    n.inclusive = n.top + lambda * math::log(n.sum);
    by_lambda -= all * n.probability * (n.inclusive - n.mean_utility) / lambda;
  }
  for (std::size_t j = 0; j < p.size(); ++j) {
    if (!(p[j] > 0)) continue;
    const Nest& n = nests[nest[j]];
    const double g = p[j] * by_p[j];
    by_utility[j] += g / lambda + (1 - 1 / lambda) * p[j] / n.probability * n.g - p[j] * all;
    by_lambda +=
        g * (n.inclusive / lambda - (utility[j] + (lambda - 1) * n.mean_utility) / (lambda * lambda));
  }
  return by_lambda;
}

}  // namespace lockin
