#pragma once

// Statistical tests with a stated false-alarm rate. Seeds are fixed, so a test that passes once passes always; the rate says
// how surprising a failure would be after a change of the draws, and so how far the threshold is from the truth.
//
//   EXPECT_TRUE(statistical::fits_counts(observed, expected_probabilities));
//   EXPECT_TRUE(statistical::mean_is(sample, 0.5));
//
// Each returns a testing::AssertionResult whose message gives the statistic, its p-value and the least effect that the
// test would have caught (`detectable...`): a power note. A sample that cannot be judged (too small, not finite) fails.

#include <gtest/gtest.h>

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/non_central_chi_squared.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <numeric>
#include <span>
#include <vector>

namespace statistical {

/// Chance that a correct program fails one test.
inline constexpr double false_alarm_rate = 1e-6;
/// Chance of catching the effect that a power note names.
inline constexpr double power = 0.99;

struct Moments {
  double n = 0, mean = 0, variance = 0, fourth = 0;  ///< variance with n - 1; fourth central moment with n
};

inline Moments moments(std::span<const double> sample) {
  Moments m;
  m.n = static_cast<double>(sample.size());
  for (const double x : sample) m.mean += x / m.n;
  for (const double x : sample) {
    const double square = (x - m.mean) * (x - m.mean);
    m.variance += square / (m.n - 1);
    m.fourth += square * square / m.n;
  }
  return m;
}

inline double upper_tail(double statistic, double degrees) {
  if (!(statistic >= 0)) return std::numeric_limits<double>::quiet_NaN();
  if (std::isinf(statistic)) return 0;
  return boost::math::cdf(boost::math::complement(boost::math::chi_squared(degrees), statistic));
}

inline double two_sided_normal(double z) {
  if (!std::isfinite(z)) return std::isnan(z) ? z : 0.0;
  return 2 * boost::math::cdf(boost::math::complement(boost::math::normal(), std::fabs(z)));
}

/// Quantile of |z| that a correct program exceeds with probability `rate`.
inline double normal_threshold(double rate = false_alarm_rate) {
  return boost::math::quantile(boost::math::complement(boost::math::normal(), rate / 2));
}

/// Power note of a z-test: the shift of a mean with this standard error that is caught with probability `power`.
inline double detectable_shift(double standard_error, double rate = false_alarm_rate) {
  return standard_error * (normal_threshold(rate) + boost::math::quantile(boost::math::normal(), power));
}

/// Power note of a chi-square test of n draws: the effect size sqrt(sum (p1 - p0)^2 / p0) caught with probability `power`.
inline double detectable_effect(double n, double degrees, double rate = false_alarm_rate) {
  const double critical =
      boost::math::quantile(boost::math::complement(boost::math::chi_squared(degrees), rate));
  double low = 0, high = 1;
  const auto misses = [&](double noncentrality) {
    return boost::math::cdf(boost::math::non_central_chi_squared(degrees, noncentrality), critical);
  };
  while (misses(high) > 1 - power) high *= 2;
  for (int i = 0; i < 60; ++i) (misses((low + high) / 2) > 1 - power ? low : high) = (low + high) / 2;
  return std::sqrt(high / n);
}

/// What a test of chi-square kind saw.
struct Statistic {
  double value = 0, degrees = 0;
};

/// Power of a chi-square test against what a pilot sample of the same size saw: the chance that another sample fails it. From
/// the lower end of an interval of three standard errors of the pilot's noncentrality, so it is rather too low.
inline double power_after(const Statistic& pilot, double rate = false_alarm_rate) {
  const double noncentrality = pilot.value - pilot.degrees;
  const double lower = noncentrality - 3 * std::sqrt(2 * pilot.degrees + 4 * std::max(0.0, noncentrality));
  if (!(lower > 0)) return rate;
  const double critical =
      boost::math::quantile(boost::math::complement(boost::math::chi_squared(pilot.degrees), rate));
  return boost::math::cdf(
      boost::math::complement(boost::math::non_central_chi_squared(pilot.degrees, lower), critical));
}

/// The p-value, and in words what was seen.
inline testing::AssertionResult verdict(double p_value, double rate) {
  // Not a number is a failure.
  return (p_value > rate ? testing::AssertionSuccess() : testing::AssertionFailure())
         << "p = " << p_value << (p_value > rate ? " > " : " is not above ") << "the false-alarm rate "
         << rate;
}

/// Chi-square goodness of fit of counts to probabilities, which add up to 1 (1e-9). Cells with an expected count below
/// `smallest` are pooled, the rarest first, until the pool itself reaches it. A draw in a cell of probability 0 fails.
inline testing::AssertionResult fits_counts(std::span<const std::uint64_t> observed,
                                            std::span<const double> probability,
                                            double rate = false_alarm_rate, double smallest = 5) {
  if (observed.size() != probability.size())
    return testing::AssertionFailure() << "as many counts as probabilities";
  double n = 0, total = 0;
  for (std::size_t i = 0; i < observed.size(); ++i) {
    n += static_cast<double>(observed[i]);
    total += probability[i];
    if (!(probability[i] >= 0))
      return testing::AssertionFailure() << "probability " << i << " is " << probability[i];
    if (probability[i] == 0 && observed[i] != 0)
      return testing::AssertionFailure() << observed[i] << " draws in cell " << i << " of probability 0";
  }
  if (std::fabs(total - 1) > 1e-9) return testing::AssertionFailure() << "probabilities add up to " << total;
  std::vector<std::size_t> order(observed.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](auto a, auto b) { return probability[a] < probability[b]; });
  double statistic = 0, pool_expected = 0, pool_observed = 0;
  std::size_t cells = 0;
  bool pooling = true;
  for (const std::size_t i : order) {
    const double expected = n * probability[i] / total;
    if (pooling) {
      pool_expected += expected;
      pool_observed += static_cast<double>(observed[i]);
      if (pool_expected < smallest) continue;
      pooling = false;
      statistic += (pool_observed - pool_expected) * (pool_observed - pool_expected) / pool_expected;
    } else {
      const double difference = static_cast<double>(observed[i]) - expected;
      statistic += difference * difference / expected;
    }
    ++cells;
  }
  if (cells < 2)
    return testing::AssertionFailure() << "too few draws: " << cells << " cells with " << n << " draws";
  const auto degrees = static_cast<double>(cells - 1);
  return verdict(upper_tail(statistic, degrees), rate)
         << ": chi-square " << statistic << " with " << degrees << " degrees of freedom, " << n
         << " draws; would catch an effect of " << detectable_effect(n, degrees, rate);
}

/// Chi-square test that two tables of counts come from one law (homogeneity), cells pooled as in `fits_counts`.
inline testing::AssertionResult same_law(std::span<const std::uint64_t> first,
                                         std::span<const std::uint64_t> second,
                                         double rate = false_alarm_rate, double smallest = 5) {
  if (first.size() != second.size()) return testing::AssertionFailure() << "tables of the same size";
  double n1 = 0, n2 = 0;
  for (std::size_t i = 0; i < first.size(); ++i) {
    n1 += static_cast<double>(first[i]);
    n2 += static_cast<double>(second[i]);
  }
  if (!(n1 > 0 && n2 > 0)) return testing::AssertionFailure() << "an empty sample";
  std::vector<std::size_t> order(first.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](auto a, auto b) { return first[a] + second[a] < first[b] + second[b]; });
  const double part = std::min(n1, n2) / (n1 + n2);
  double statistic = 0, pool1 = 0, pool2 = 0;
  std::size_t cells = 0;
  bool pooling = true;
  for (const std::size_t i : order) {
    if (!pooling) pool1 = pool2 = 0;
    pool1 += static_cast<double>(first[i]);
    pool2 += static_cast<double>(second[i]);
    const double both = pool1 + pool2;
    if (both * part < smallest) continue;
    pooling = false;
    const double e1 = both * n1 / (n1 + n2), e2 = both - e1;
    statistic += (pool1 - e1) * (pool1 - e1) / e1 + (pool2 - e2) * (pool2 - e2) / e2;
    ++cells;
  }
  if (cells < 2) return testing::AssertionFailure() << "too few draws: " << cells << " cells";
  const auto degrees = static_cast<double>(cells - 1);
  return verdict(upper_tail(statistic, degrees), rate)
         << ": chi-square " << statistic << " with " << degrees << " degrees of freedom, " << n1 << " and "
         << n2 << " draws; would catch an effect of "
         << detectable_effect(n1 * n2 / (n1 + n2), degrees, rate);
}

/// The mean of a sample is `mean` (Student's t; large samples: any law with a variance). With a known `sd` > 0 of one draw a
/// z-test. A sample without spread must be the mean itself, to 12 digits.
inline testing::AssertionResult mean_is(std::span<const double> sample, double mean,
                                        double rate = false_alarm_rate, double sd = 0) {
  if (sample.size() < 30) return testing::AssertionFailure() << "too few draws: " << sample.size();
  const Moments m = moments(sample);
  const double standard_error = (sd > 0 ? sd : std::sqrt(m.variance)) / std::sqrt(m.n);
  if (standard_error <= 1e-14 * std::fabs(mean))
    return (std::fabs(m.mean - mean) <= 1e-12 * std::fabs(mean) ? testing::AssertionSuccess()
                                                                : testing::AssertionFailure())
           << "constant " << m.mean << ", expected " << mean;
  const double t = (m.mean - mean) / standard_error;
  double p = std::numeric_limits<double>::quiet_NaN();
  if (std::isfinite(t))
    p = sd > 0
            ? two_sided_normal(t)
            : 2 * boost::math::cdf(boost::math::complement(boost::math::students_t(m.n - 1), std::fabs(t)));
  return verdict(p, rate) << ": mean " << m.mean << ", expected " << mean << ", t = " << t << ", " << m.n
                          << " draws; would catch a shift of " << detectable_shift(standard_error, rate);
}

/// The variance of a sample is `variance`: z-test with the sample's own fourth moment (any law that has one; asymptotic).
inline testing::AssertionResult variance_is(std::span<const double> sample, double variance,
                                            double rate = false_alarm_rate) {
  if (sample.size() < 1000) return testing::AssertionFailure() << "too few draws: " << sample.size();
  const Moments m = moments(sample);
  const double standard_error = std::sqrt(std::max(0.0, m.fourth - m.variance * m.variance) / m.n);
  const double z = (m.variance - variance) / standard_error;
  return verdict(two_sided_normal(z), rate)
         << ": variance " << m.variance << ", expected " << variance << ", z = " << z
         << "; would catch a difference of " << detectable_shift(standard_error, rate);
}

/// Two samples have the same mean (Welch's test, normal: meant for 100 draws and more).
inline testing::AssertionResult same_mean(std::span<const double> first, std::span<const double> second,
                                          double rate = false_alarm_rate) {
  if (first.size() < 100 || second.size() < 100) return testing::AssertionFailure() << "too few draws";
  const Moments a = moments(first), b = moments(second);
  const double standard_error = std::sqrt(a.variance / a.n + b.variance / b.n);
  const double z = standard_error > 0 || a.mean != b.mean ? (a.mean - b.mean) / standard_error : 0;
  return verdict(two_sided_normal(z), rate)
         << ": means " << a.mean << " and " << b.mean << ", z = " << z << "; would catch a difference of "
         << detectable_shift(standard_error, rate);
}

/// Two samples have the same variance (z-test with fourth moments).
inline testing::AssertionResult same_variance(std::span<const double> first, std::span<const double> second,
                                              double rate = false_alarm_rate) {
  if (first.size() < 1000 || second.size() < 1000) return testing::AssertionFailure() << "too few draws";
  const Moments a = moments(first), b = moments(second);
  const double standard_error =
      std::sqrt((a.fourth - a.variance * a.variance) / a.n + (b.fourth - b.variance * b.variance) / b.n);
  const double z = (a.variance - b.variance) / standard_error;
  return verdict(two_sided_normal(z), rate)
         << ": variances " << a.variance << " and " << b.variance << ", z = " << z
         << "; would catch a difference of " << detectable_shift(standard_error, rate);
}

/// Kolmogorov-Smirnov with the asymptotic law; `effective` is n, or n m / (n + m).
inline testing::AssertionResult judge_distance(double distance, double effective, double rate) {
  const double x = std::sqrt(effective) * distance;
  double p = 0;  // 2 sum (-1)^(k-1) exp(-2 k^2 x^2); below 0.2 it is 1 to 12 digits, and the series slow
  for (int k = 100; k >= 1; --k) p = 2 * std::exp(-2.0 * k * k * x * x) - p;
  if (x < 0.2) p = 1;
  return verdict(p, rate) << ": Kolmogorov-Smirnov distance " << distance << "; would catch one of about "
                          << 2 * std::sqrt(std::log(2 / rate) / 2 / effective);
}

/// A sample comes from a continuous law with this distribution function.
inline testing::AssertionResult fits_law(std::span<const double> sample,
                                         const std::function<double(double)>& cdf,
                                         double rate = false_alarm_rate) {
  if (sample.size() < 100) return testing::AssertionFailure() << "too few draws: " << sample.size();
  std::vector<double> x(sample.begin(), sample.end());
  std::sort(x.begin(), x.end());
  const auto n = static_cast<double>(x.size());
  double distance = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double f = cdf(x[i]);
    if (!(f >= 0 && f <= 1))
      return testing::AssertionFailure() << "distribution function " << f << " at " << x[i];
    distance = std::max({distance, f - static_cast<double>(i) / n, static_cast<double>(i + 1) / n - f});
  }
  return judge_distance(distance, n, rate);
}

/// Two samples come from one continuous law; with ties the test is quieter than it says.
inline testing::AssertionResult same_law(std::span<const double> first, std::span<const double> second,
                                         double rate = false_alarm_rate) {
  if (first.size() < 100 || second.size() < 100) return testing::AssertionFailure() << "too few draws";
  std::vector<double> a(first.begin(), first.end()), b(second.begin(), second.end());
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  const auto n = static_cast<double>(a.size()), m = static_cast<double>(b.size());
  double distance = 0;
  for (std::size_t i = 0, k = 0; i < a.size() && k < b.size();) {
    const double x = std::min(a[i], b[k]);
    while (i < a.size() && a[i] == x) ++i;
    while (k < b.size() && b[k] == x) ++k;
    distance = std::max(distance, std::fabs(static_cast<double>(i) / n - static_cast<double>(k) / m));
  }
  return judge_distance(distance, n * m / (n + m), rate);
}

}  // namespace statistical
