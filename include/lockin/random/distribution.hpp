#pragma once

#include <string>
#include <vector>

#include "lockin/random/philox.hpp"

namespace lockin {

/// Quantile of the standard normal distribution, to 1e-16 relative (Wichura 1988, algorithm AS 241, PPND16).
/// @param p in (0, 1) @throws std::domain_error for another p
[[nodiscard]] double normal_quantile(double p);

/// Probability that a standard normal lies below z.
[[nodiscard]] double normal_cdf(double z);

/// A distribution of one number: an uncertain parameter, or the jump of a release.
class Distribution {
 public:
  /// The laws that there are.
  enum class Kind {
    point,
    uniform,
    triangular,
    normal,
    lognormal,
    beta,
    truncated_normal,
    truncated_lognormal,
    discrete
  };

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

  /// A normal (`mean` and `sd` before it was cut) between `min` and `max`.
  /// @throws std::invalid_argument unless sd > 0, min < max, and a millionth of the normal lies between them.
  static Distribution truncated_normal(double mean, double sd, double min, double max);
  /// A lognormal (`median` and `sigma` before it was cut) between `min` and `max`.
  /// @throws std::invalid_argument unless median > 0, sigma > 0, 0 <= min < max, and a millionth of the lognormal lies between them.
  static Distribution truncated_lognormal(double median, double sigma, double min, double max);
  /// One of these values, in proportion to their weights: so many observed values, or a few possible worlds.
  /// @param values finite, in any order
  /// @param weights as many, above 0; none: all are equal @throws std::invalid_argument for others
  static Distribution discrete(const std::vector<double>& values, const std::vector<double>& weights = {});

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
  /// of the logarithm, of a beta its two shapes, of a truncated law the bounds not among them. 0 where the law has fewer.
  [[nodiscard]] double parameter(std::size_t i) const { return i == 0 ? a_ : i == 1 ? b_ : c_; }
  bool operator==(const Distribution&) const = default;

 private:
  Distribution(Kind kind, double a, double b, double c, double d = 0)
      : kind_(kind), a_(a), b_(b), c_(c), d_(d) {}
  // Of a truncated law: its bounds as quantiles of the standard normal.
  [[nodiscard]] double standard(double bound) const;
  [[nodiscard]] double truncated_mean() const;
  [[nodiscard]] double truncated_quantile(double u) const;

  Kind kind_;
  std::vector<double> values_, up_to_;  // discrete: in order, and the probability up to each
  double a_, b_, c_,
      d_;  // of a truncated law c and d are its bounds; else as given to the factory; a lognormal keeps (mu, sigma), a beta its two shapes
};

}  // namespace lockin
