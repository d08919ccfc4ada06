#include "lockin/random/gaussian_copula.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "lockin/random/distribution.hpp"

namespace lockin {

GaussianCopula::GaussianCopula(const std::vector<Pair>& pairs) {
  for (const Pair& pair : pairs) {
    if (pair.first == pair.second) throw std::invalid_argument("a correlation of a number with itself");
    if (!(pair.value > -1 && pair.value < 1))
      throw std::invalid_argument("a correlation outside -1..1, or at its ends");
    for (const std::size_t place : {pair.first, pair.second})
      if (std::find(members_.begin(), members_.end(), place) == members_.end()) members_.push_back(place);
  }
  std::sort(members_.begin(), members_.end());
  const std::size_t n = members_.size();
  std::vector<double> matrix(n * n, 0.0);
  for (std::size_t i = 0; i < n; ++i) matrix[i * n + i] = 1;
  const auto row = [&](std::size_t place) {
    return static_cast<std::size_t>(std::lower_bound(members_.begin(), members_.end(), place) -
                                    members_.begin());
  };
  std::vector<bool> given(n * n, false);
  for (const Pair& pair : pairs) {
    const std::size_t i = std::max(row(pair.first), row(pair.second)),
                      k = std::min(row(pair.first), row(pair.second));
    if (given[i * n + k]) throw std::invalid_argument("a correlation of the same two numbers twice");
    given[i * n + k] = true;
    matrix[i * n + k] = pair.value;
  }
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t k = 0; k <= i; ++k) {
      double rest = matrix[i * n + k];
      for (std::size_t m = 0; m < k; ++m) rest -= factor_[i * (i + 1) / 2 + m] * factor_[k * (k + 1) / 2 + m];
      // Below this a number would be the others' sum but for rounding: as good as contradictory.
      if (i == k && !(rest > 1e-12))
        throw std::invalid_argument("correlations that contradict each other (not positive definite)");
      factor_.push_back(i == k ? std::sqrt(rest) : rest / factor_[k * (k + 1) / 2 + k]);
    }
}

void GaussianCopula::couple(std::span<double> u) const {
  std::vector<double> scores(members_.size());
  for (std::size_t i = 0; i < members_.size(); ++i) scores[i] = normal_quantile(u[members_[i]]);
  for (std::size_t i = 1; i < members_.size(); ++i) {
    double score = 0;
    for (std::size_t k = 0; k <= i; ++k) score += factor_[i * (i + 1) / 2 + k] * scores[k];
    u[members_[i]] = std::clamp(normal_cdf(score), 0x1p-54, 1 - 0x1p-53);  // (0, 1) has no ends
  }
}

}  // namespace lockin
