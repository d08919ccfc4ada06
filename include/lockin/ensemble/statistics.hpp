#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace lockin {

/// What the replications say of one measure, over those that have a value.
struct Summary {
  std::uint64_t count = 0;  ///< replications with a value
  double mean = 0,          ///< of them
      sd = 0,               ///< with n - 1; NaN for one
      se = 0;               ///< of the mean: sd / sqrt(n); NaN for one
  double q05 = 0,           ///< quantile at 0.05; NaN without a value, as the others
      q25 = 0,              ///< at 0.25
      q50 = 0,              ///< the median
      q75 = 0,              ///< at 0.75
      q95 = 0;              ///< at 0.95
};

/// Mean and variance of numbers that come one after the other (Welford 1962).
class Moments {
 public:
  Moments() = default;
  /// As they were: count, mean and squares.
  Moments(std::uint64_t count, double mean, double squares) : count_(count), mean_(mean), squares_(squares) {}
  /// One more number.
  void add(double x) {
    ++count_;
    const double step = x - mean_;
    mean_ += step / static_cast<double>(count_);
    squares_ += step * (x - mean_);
  }
  [[nodiscard]] std::uint64_t count() const { return count_; }  ///< how many there were
  [[nodiscard]] double mean() const { return mean_; }           ///< 0 before the first
  [[nodiscard]] double squares() const { return squares_; }     ///< sum of squared deviations from the mean
  [[nodiscard]] double variance() const;                        ///< with n - 1; NaN below two numbers

 private:
  std::uint64_t count_ = 0;
  double mean_ = 0, squares_ = 0;
};

/// Quantile of sorted numbers, Hyndman and Fan (1996) type 7. Pre: not empty, p in 0..1
[[nodiscard]] double quantile(std::span<const double> sorted, double p);

/// Moments, and quantiles of numbers of which some may be missing (NaN).
[[nodiscard]] Summary summary_of(const Moments& moments, std::vector<double> numbers);

}  // namespace lockin
