#include "lockin/random/distribution.hpp"

#include <boost/random/beta_distribution.hpp>
#include <boost/random/normal_distribution.hpp>

#include <cmath>
#include <limits>
#include <stdexcept>

#include "deterministic_math.hpp"
#include "random/wide_engine.hpp"

namespace lockin {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

void require(bool condition, const char* message) {
  if (!condition) throw std::invalid_argument(message);
}

}  // namespace

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
    case Kind::point:
    case Kind::normal:
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
    case Kind::point:
      break;
  }
  return a_;
}

double Distribution::draw(Philox& engine) const {
  WideEngine wide{engine};
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
      return boost::random::normal_distribution<double>(a_, b_)(wide);
    case Kind::lognormal:
      return math::exp(boost::random::normal_distribution<double>(a_, b_)(wide));
    case Kind::beta:
      return boost::random::beta_distribution<double>(a_, b_)(wide);
  }
  return a_;
}

}  // namespace lockin
