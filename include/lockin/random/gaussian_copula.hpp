#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace lockin {

/// Makes independent uniform numbers dependent, each still uniform: the normal scores of two of them get a correlation (Gaussian
/// copula; Nelsen 2006, section 2.3). Rank correlation (Spearman's) is then 6 / pi asin(value / 2).
class GaussianCopula {
 public:
  /// Two numbers that move together.
  struct Pair {
    std::size_t first = 0,  ///< place of one of them, 0..n-1
        second = 0;         ///< place of the other one
    double value = 0;       ///< correlation of their normal scores, in (-1, 1)
  };
  /// Independence.
  GaussianCopula() = default;
  /// @param pairs which numbers move together; all other pairs have correlation 0
  /// @throws std::invalid_argument for a pair of a number with itself, a pair twice, a value outside (-1, 1), and for
  ///   correlations that contradict each other: a matrix that is not positive definite
  explicit GaussianCopula(const std::vector<Pair>& pairs);

  /// Changes the numbers that stand in pairs, and the first of them never.
  /// @param u in (0, 1), independent; at least as many as the places in pairs @throws std::domain_error for others
  void couple(std::span<double> u) const;

 private:
  std::vector<std::size_t> members_;  // places in pairs, in order
  std::vector<double> factor_;        // lower triangle of Cholesky's factor, row by row
};

}  // namespace lockin
