#include "lockin/random/distribution.hpp"

#include <boost/math/special_functions/beta.hpp>
#include <boost/random/beta_distribution.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <span>
#include <stdexcept>
#include <utility>

#include "deterministic_math.hpp"
#include "random/wide_engine.hpp"

namespace lockin {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

void require(bool condition, const char* message) {
  if (!condition) throw std::invalid_argument(message);
}

double ratio(std::span<const double, 8> numerator, std::span<const double, 8> denominator, double x) {
  double above = 0, below = 0;
  for (std::size_t i = 8; i-- > 0;) {
    above = above * x + numerator[i];
    below = below * x + denominator[i];
  }
  return above / below;
}

double normal_density(double z) {
  return math::exp(-z * z / 2) * std::numbers::inv_sqrtpi / std::numbers::sqrt2;
}

// Probability of a standard normal between two bounds, from the side where it does not cancel.
double normal_between(double low, double high) {
  return low > 0 ? normal_cdf(-low) - normal_cdf(-high) : normal_cdf(high) - normal_cdf(low);
}

// In (0, 1): odd multiples of 2^-53.
double positive_uniform(Philox& engine) {
  return (static_cast<double>(engine.next64() >> 12) + 0.5) * 0x1p-52;
}

}  // namespace

double normal_cdf(double z) { return math::erfc(-z * std::numbers::sqrt2 / 2) / 2; }

double normal_quantile(double p) {
  if (!(p > 0 && p < 1)) throw std::domain_error("normal_quantile: p in (0, 1)");
  static constexpr double a[] = {3.3871328727963666080e0,  1.3314166789178437745e+2, 1.9715909503065514427e+3,
                                 1.3731693765509461125e+4, 4.5921953931549871457e+4, 6.7265770927008700853e+4,
                                 3.3430575583588128105e+4, 2.5090809287301226727e+3};
  static constexpr double b[] = {1.0,
                                 4.2313330701600911252e+1,
                                 6.8718700749205790830e+2,
                                 5.3941960214247511077e+3,
                                 2.1213794301586595867e+4,
                                 3.9307895800092710610e+4,
                                 2.8729085735721942674e+4,
                                 5.2264952788528545610e+3};
  static constexpr double c[] = {1.42343711074968357734e0,  4.63033784615654529590e0,
                                 5.76949722146069140550e0,  3.64784832476320460504e0,
                                 1.27045825245236838258e0,  2.41780725177450611770e-1,
                                 2.27238449892691845833e-2, 7.74545014278341407640e-4};
  static constexpr double d[] = {1.0,
                                 2.05319162663775882187e0,
                                 1.67638483018380384940e0,
                                 6.89767334985100004550e-1,
                                 1.48103976427480074590e-1,
                                 1.51986665636164571966e-2,
                                 5.47593808499534494600e-4,
                                 1.05075007164441684324e-9};
  static constexpr double e[] = {6.65790464350110377720e0,  5.46378491116411436990e0,
                                 1.78482653991729133580e0,  2.96560571828504891230e-1,
                                 2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                 2.71155556874348757815e-5, 2.01033439929228813265e-7};
  static constexpr double f[] = {1.0,
                                 5.99832206555887937690e-1,
                                 1.36929880922735805310e-1,
                                 1.48753612908506148525e-2,
                                 7.86869131145613259100e-4,
                                 1.84631831751005468180e-5,
                                 1.42151175831644588870e-7,
                                 2.04426310338993978564e-15};
  const double q = p - 0.5;
  if (std::abs(q) <= 0.425) return q * ratio(a, b, 0.180625 - q * q);
  const double r = std::sqrt(-math::log(q < 0 ? p : 1 - p));
  const double x = r <= 5 ? ratio(c, d, r - 1.6) : ratio(e, f, r - 5);
  return q < 0 ? -x : x;
}

Distribution Distribution::point(double value) {
  require(std::isfinite(value), "a point is a finite number");
  return {Kind::point, value, 0, 0};
}

Distribution Distribution::uniform(double min, double max) {
  require(std::isfinite(min) && std::isfinite(max) && min < max, "uniform: min < max");
  return {Kind::uniform, min, max, 0};
}

Distribution Distribution::triangular(double min, double mode, double max) {
  require(std::isfinite(min) && std::isfinite(max) && min <= mode && mode <= max && min < max,
          "triangular: min <= mode <= max, min < max");
  return {Kind::triangular, min, mode, max};
}

Distribution Distribution::normal(double mean, double sd) {
  require(std::isfinite(mean) && std::isfinite(sd) && sd > 0, "normal: sd > 0");
  return {Kind::normal, mean, sd, 0};
}

Distribution Distribution::lognormal_median(double median, double sigma) {
  require(std::isfinite(median) && std::isfinite(sigma) && median > 0 && sigma > 0,
          "lognormal: median > 0, sigma > 0");
  return {Kind::lognormal, math::log(median), sigma, 0};
}

Distribution Distribution::lognormal_mean(double mean, double sd) {
  require(std::isfinite(mean) && std::isfinite(sd) && mean > 0 && sd > 0, "lognormal: mean > 0, sd > 0");
  const double variance = math::log1p(sd / mean * (sd / mean));
  return {Kind::lognormal, math::log(mean) - variance / 2, std::sqrt(variance), 0};
}

Distribution Distribution::beta(double mean, double sd) {
  require(mean > 0 && mean < 1 && sd > 0 && sd * sd < mean * (1 - mean),
          "beta: 0 < mean < 1, 0 < sd^2 < mean (1 - mean)");
  const double size = mean * (1 - mean) / (sd * sd) - 1;
  return {Kind::beta, mean * size, (1 - mean) * size, 0};
}

double Distribution::standard(double bound) const {
  if (kind_ == Kind::truncated_normal) return (bound - a_) / b_;
  return bound > 0 ? (math::log(bound) - a_) / b_ : -infinity;
}

Distribution Distribution::truncated_normal(double mean, double sd, double min, double max) {
  require(std::isfinite(mean) && std::isfinite(sd) && sd > 0 && std::isfinite(min) && std::isfinite(max) &&
              min < max,
          "truncated_normal: sd > 0, min < max");
  Distribution law(Kind::truncated_normal, mean, sd, min, max);
  require(normal_between(law.standard(min), law.standard(max)) >= 1e-6,
          "truncated_normal: less than a millionth of the normal lies between min and max");
  return law;
}

Distribution Distribution::truncated_lognormal(double median, double sigma, double min, double max) {
  require(std::isfinite(median) && std::isfinite(sigma) && median > 0 && sigma > 0 && std::isfinite(max) &&
              min >= 0 && min < max,
          "truncated_lognormal: median > 0, sigma > 0, 0 <= min < max");
  Distribution law(Kind::truncated_lognormal, math::log(median), sigma, min, max);
  require(normal_between(law.standard(min), law.standard(max)) >= 1e-6,
          "truncated_lognormal: less than a millionth of the lognormal lies between min and max");
  return law;
}

Distribution Distribution::discrete(const std::vector<double>& values, const std::vector<double>& weights) {
  require(!values.empty() && (weights.empty() || weights.size() == values.size()),
          "discrete: values, and a weight for each or none");
  std::vector<std::pair<double, double>> pairs;
  double total = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    pairs.emplace_back(values[i], weights.empty() ? 1.0 : weights[i]);
    total += pairs.back().second;
    require(std::isfinite(values[i]) && pairs.back().second > 0, "discrete: finite values, weights above 0");
  }
  require(std::isfinite(total), "discrete: finite weights");
  std::sort(pairs.begin(), pairs.end());
  Distribution law(Kind::discrete, 0, 0, 0);
  double sum = 0;
  for (const auto& [value, weight] : pairs) {
    sum += weight;
    law.values_.push_back(value);
    law.up_to_.push_back(sum / total);
    law.a_ += value * weight / total;
  }
  return law;
}

// Johnson, Kotz and Balakrishnan (1994), chapter 13, section 10.1, and for the lognormal its moment beside them.
double Distribution::truncated_mean() const {
  const double low = standard(c_), high = standard(d_), inside = normal_between(low, high);
  if (kind_ == Kind::truncated_normal) return a_ + b_ * (normal_density(low) - normal_density(high)) / inside;
  return math::exp(a_ + b_ * b_ / 2) * normal_between(low - b_, high - b_) / inside;
}

double Distribution::truncated_quantile(double u) const {
  const double low = standard(c_), high = standard(d_);
  const double z = low > 0 ? -normal_quantile(normal_cdf(-high) + (1 - u) * normal_between(low, high))
                           : normal_quantile(normal_cdf(low) + u * normal_between(low, high));
  const double x = a_ + b_ * z;
  return std::clamp(kind_ == Kind::truncated_normal ? x : math::exp(x), c_, d_);
}

double Distribution::mean() const {
  switch (kind_) {
    case Kind::uniform:
      return a_ + (b_ - a_) / 2;
    case Kind::triangular:
      return (a_ + b_ + c_) / 3;
    case Kind::lognormal:
      return math::exp(a_ + b_ * b_ / 2);
    case Kind::beta:
      return a_ / (a_ + b_);
    case Kind::truncated_normal:
    case Kind::truncated_lognormal:
      return truncated_mean();
    case Kind::point:
    case Kind::normal:
    case Kind::discrete:
      break;
  }
  return a_;
}

double Distribution::quantile(double u) const {
  switch (kind_) {
    case Kind::uniform:
      return a_ + (b_ - a_) * u;
    case Kind::triangular: {  // a, mode b, c
      const double width = c_ - a_, left = (b_ - a_) / width;
      return u < left ? a_ + std::sqrt(u * width * (b_ - a_)) : c_ - std::sqrt((1 - u) * width * (c_ - b_));
    }
    case Kind::normal:
      return a_ + b_ * normal_quantile(u);
    case Kind::lognormal:
      return math::exp(a_ + b_ * normal_quantile(u));
    case Kind::beta:
      return boost::math::ibeta_inv(a_, b_, u);
    case Kind::truncated_normal:
    case Kind::truncated_lognormal:
      return truncated_quantile(u);
    case Kind::discrete: {
      const auto at = std::upper_bound(up_to_.begin(), up_to_.end() - 1, u);
      return values_[static_cast<std::size_t>(at - up_to_.begin())];
    }
    case Kind::point:
      break;
  }
  return a_;
}

double Distribution::support_min() const {
  switch (kind_) {
    case Kind::normal:
      return -infinity;
    case Kind::lognormal:
    case Kind::beta:
      return 0;
    case Kind::truncated_normal:
    case Kind::truncated_lognormal:
      return c_;
    case Kind::discrete:
      return values_.front();
    case Kind::point:
    case Kind::uniform:
    case Kind::triangular:
      break;
  }
  return a_;
}

double Distribution::support_max() const {
  switch (kind_) {
    case Kind::normal:
    case Kind::lognormal:
      return infinity;
    case Kind::beta:
      return 1;
    case Kind::uniform:
      return b_;
    case Kind::triangular:
      return c_;
    case Kind::truncated_normal:
    case Kind::truncated_lognormal:
      return d_;
    case Kind::discrete:
      return values_.back();
    case Kind::point:
      break;
  }
  return a_;
}

double Distribution::draw(Philox& engine) const {
  switch (kind_) {
    case Kind::point:
      break;
    case Kind::uniform:
      return a_ + (b_ - a_) * engine.uniform();
    case Kind::triangular: {
      const double u = engine.uniform(), turn = (b_ - a_) / (c_ - a_);
      return u < turn ? a_ + std::sqrt(u * (c_ - a_) * (b_ - a_))
                      : c_ - std::sqrt((1 - u) * (c_ - a_) * (c_ - b_));
    }
    case Kind::normal:
      return a_ + b_ * normal_quantile(positive_uniform(engine));
    case Kind::lognormal:
      return math::exp(a_ + b_ * normal_quantile(positive_uniform(engine)));
    case Kind::truncated_normal:
    case Kind::truncated_lognormal:
    case Kind::discrete:
      return quantile(positive_uniform(engine));
    case Kind::beta: {
      WideEngine wide{engine};
      return boost::random::beta_distribution<double>(a_, b_)(wide);
    }
  }
  return a_;
}

}  // namespace lockin
