#pragma once

#include <string>
#include <vector>

#include "lockin/random/philox.hpp"

namespace lockin {

/// Quantile of the standard normal distribution, to 1e-16 relative (Wichura 1988, algorithm AS 241, PPND16).
/// @param p in (0, 1) @throws std::domain_error for another p
[[nodiscard]] double normal_quantile(double p);

/// A distribution of one number: an uncertain parameter, or the jump of a release.
class Distribution {
 public:
  /// The laws that there are.
  enum class Kind { point, uniform, triangular, normal, lognormal, beta };

  /// Always the same value. @throws std::invalid_argument unless it is finite.
  static Distribution point(double value);
  /// @throws std::invalid_argument unless min < max, both finite.
  static Distribution uniform(double min, double max);
  /// @throws std::invalid_argument unless min <= mode <= max and min < max, all finite.
  static Distribution triangular(double min, double mode, double max);
  /// @throws std::invalid_argument unless sd > 0, both finite.
  static Distribution normal(double mean, double sd);
  /// `sigma`: standard deviation of the logarithm. @throws std::invalid_argument unless median > 0 and sigma > 0.
  static Distribution lognormal_median(double median, double sigma);
  /// Mean and standard deviation of the value itself. @throws std::invalid_argument unless both > 0.
  static Distribution lognormal_mean(double mean, double sd);
  /// On (0, 1). @throws std::invalid_argument unless 0 < mean < 1 and 0 < sd^2 < mean (1 - mean).
  static Distribution beta(double mean, double sd);

  /// Which law it is.
  [[nodiscard]] Kind kind() const { return kind_; }
  /// Mean of the value itself.
  [[nodiscard]] double mean() const;
  /// Lower bound of what can be drawn; -infinity where there is none.
  [[nodiscard]] double support_min() const;
  /// Upper bound of what can be drawn; infinity where there is none.
  [[nodiscard]] double support_max() const;
  /// One draw. Never a `std::` distribution: those differ between standard libraries.
  [[nodiscard]] double draw(Philox& engine) const;
  /// The value below which a draw lies with probability u. @param u in (0, 1)
  [[nodiscard]] double quantile(double u) const;
  /// Parameter i = 0..2 of the law, in the order of the factory function; of a lognormal the mean and standard deviation
  /// of the logarithm, of a beta its two shapes. 0 where the law has fewer.
  [[nodiscard]] double parameter(std::size_t i) const { return i == 0 ? a_ : i == 1 ? b_ : c_; }
  bool operator==(const Distribution&) const = default;

 private:
  Distribution(Kind kind, double a, double b, double c) : kind_(kind), a_(a), b_(b), c_(c) {}
  Kind kind_;
  double a_, b_, c_;  // as given to the factory; a lognormal keeps (mu, sigma), a beta its two shapes
};

}  // namespace lockin
