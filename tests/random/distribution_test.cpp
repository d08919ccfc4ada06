#include "lockin/random/distribution.hpp"

#include <gtest/gtest.h>

#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/lognormal.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/triangular.hpp>

#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <stdexcept>
#include <vector>

#include "lockin/random/stream.hpp"
#include "statistical.hpp"

namespace {

using lockin::Distribution;
using lockin::Philox;

constexpr double nan = std::numeric_limits<double>::quiet_NaN(),
                 inf = std::numeric_limits<double>::infinity();

struct Law {
  const char* name;
  Distribution distribution;
  double mean, variance, min, max;
  std::function<double(double)> cdf;
};

template <class D>
std::function<double(double)> cdf(D law) {
  return [law](double x) { return boost::math::cdf(law, x); };
}

// Mean and variance by Simpson's rule over the density.
template <class Full>
Law truncated(const char* name, const Distribution& law, const Full& full, double min, double max) {
  const double below = cdf(full, min), inside = cdf(full, max) - below;
  double mean = 0, square = 0;
  constexpr int steps = 20'000;
  for (int i = 0; i <= steps; ++i) {
    const double x = min + (max - min) * i / steps, weight = (i == 0 || i == steps ? 1 : i % 2 == 1 ? 4 : 2);
    const double part = weight * (max - min) / (3.0 * steps) * pdf(full, x) / inside;
    mean += part * x;
    square += part * x * x;
  }
  return {name, law, mean, square - mean * mean, min, max, [full, below, inside](double x) {
            return (cdf(full, x) - below) / inside;
          }};
}

std::vector<Law> laws() {
  const double sigma = std::sqrt(std::log(1 + 0.25)), mu = std::log(2.0) - sigma * sigma / 2;
  const double size = 0.3 * 0.7 / 0.01 - 1;
  return {
      {"uniform", Distribution::uniform(-1, 3), 1, 16.0 / 12, -1, 3, [](double x) { return (x + 1) / 4; }},
      {"triangular", Distribution::triangular(1, 2, 5), 8.0 / 3, 26.0 / 36, 1, 5,
       cdf(boost::math::triangular(1, 2, 5))},
      {"triangular, mode at the edge", Distribution::triangular(0, 0, 1), 1.0 / 3, 1.0 / 18, 0, 1,
       [](double x) { return 1 - (1 - x) * (1 - x); }},
      {"triangular, mode at the other edge", Distribution::triangular(0, 1, 1), 2.0 / 3, 1.0 / 18, 0, 1,
       [](double x) { return x * x; }},
      {"normal", Distribution::normal(0.5, 2), 0.5, 4, -inf, inf, cdf(boost::math::normal(0.5, 2))},
      {"lognormal by median", Distribution::lognormal_median(2, 0.5), 2 * std::exp(0.125),
       4 * std::exp(0.25) * (std::exp(0.25) - 1), 0, inf, cdf(boost::math::lognormal(std::log(2.0), 0.5))},
      {"lognormal by mean", Distribution::lognormal_mean(2, 1), 2, 1, 0, inf,
       cdf(boost::math::lognormal(mu, sigma))},
      truncated("truncated normal", Distribution::truncated_normal(1, 2, -0.5, 4), boost::math::normal(1, 2),
                -0.5, 4),
      truncated("truncated normal, far above", Distribution::truncated_normal(0, 1, 3.5, 6),
                boost::math::normal(0, 1), 3.5, 6),
      truncated("truncated normal, far below", Distribution::truncated_normal(0, 1, -6, -3.5),
                boost::math::normal(0, 1), -6, -3.5),
      truncated("truncated lognormal", Distribution::truncated_lognormal(2, 0.5, 1, 3),
                boost::math::lognormal(std::log(2.0), 0.5), 1, 3),
      truncated("truncated lognormal from 0", Distribution::truncated_lognormal(2, 0.5, 0, 3),
                boost::math::lognormal(std::log(2.0), 0.5), 0, 3),
      {"beta", Distribution::beta(0.3, 0.1), 0.3, 0.01, 0, 1,
       cdf(boost::math::beta_distribution<>(0.3 * size, 0.7 * size))},
      {"beta, U-shaped", Distribution::beta(0.5, 0.45), 0.5, 0.2025, 0, 1,
       cdf(boost::math::beta_distribution<>(0.5 * (0.25 / 0.2025 - 1), 0.5 * (0.25 / 0.2025 - 1)))},
  };
}

TEST(NormalQuantile, AgreesWithBoost) {
  const boost::math::normal standard;
  for (const double p : {0x1p-1000, 1e-300, 1e-20, 1e-9, 0.001, 0.0749, 0.0751, 0.3, 0.5, 0.7, 0.925, 0.95,
                         0.999, 1 - 1e-12, 1 - 0x1p-53}) {
    const double expected = boost::math::quantile(standard, p);
    // 1e-15: what AS 241 promises, with some room for the rounding of either side.
    EXPECT_NEAR(lockin::normal_quantile(p), expected, 4e-15 * std::max(1.0, std::abs(expected))) << p;
  }
  for (const double p : {0.0, 1.0, -0.1, 1.1, std::nan("")})
    EXPECT_THROW((void)lockin::normal_quantile(p), std::domain_error) << p;
}

TEST(Distribution, DrawsHaveTheLawItsMeanAndItsSupport) {
  for (const Law& law : laws()) {
    SCOPED_TRACE(law.name);
    Philox engine = lockin::StreamKey{.seed = 7}.stream();
    std::vector<double> x(100'000);
    for (double& value : x) {
      value = law.distribution.draw(engine);
      ASSERT_TRUE(value >= law.min && value <= law.max) << value;
    }
    EXPECT_NEAR(law.distribution.mean(), law.mean, 1e-12);
    EXPECT_TRUE(statistical::mean_is(x, law.mean));
    EXPECT_TRUE(statistical::variance_is(x, law.variance));
    EXPECT_TRUE(statistical::fits_law(x, law.cdf));
    EXPECT_EQ(law.distribution.support_min(), law.min);
    EXPECT_EQ(law.distribution.support_max(), law.max);
  }
}

TEST(Distribution, DiscreteValuesComeByTheirWeights) {
  const Distribution law = Distribution::discrete({3, -1, 2}, {1, 5, 2});
  EXPECT_DOUBLE_EQ(law.mean(), 0.25);
  EXPECT_EQ(law.support_min(), -1);
  EXPECT_EQ(law.support_max(), 3);
  EXPECT_EQ(law.quantile(0.62), -1);
  EXPECT_EQ(law.quantile(0.63), 2);
  EXPECT_EQ(law.quantile(0.88), 3);
  EXPECT_EQ(law.quantile(1 - 0x1p-53), 3);
  Philox engine = lockin::StreamKey{.seed = 9}.stream();
  std::map<double, double> counts;
  constexpr double n = 100'000;
  for (int i = 0; i < n; ++i) ++counts[law.draw(engine)];
  for (const auto& [value, p] : {std::pair(-1.0, 0.625), std::pair(2.0, 0.25), std::pair(3.0, 0.125)})
    EXPECT_NEAR(counts[value], n * p, 5 * std::sqrt(n * p * (1 - p))) << value;  // 6e-7 each
  EXPECT_DOUBLE_EQ(Distribution::discrete({1, 2, 6}).mean(), 3);
  EXPECT_EQ(Distribution::discrete({4}).quantile(0.3), 4);
}

TEST(Distribution, APointIsItsValueAndTakesNoDraw) {
  Philox engine = lockin::StreamKey{}.stream();
  const Distribution point = Distribution::point(-3.5);
  EXPECT_EQ(point.draw(engine), -3.5);
  EXPECT_EQ(engine, lockin::StreamKey{}.stream());
  EXPECT_EQ(point.mean(), -3.5);
  EXPECT_EQ(point.support_min(), -3.5);
  EXPECT_EQ(point.support_max(), -3.5);
}

TEST(Distribution, SameStreamSameDraws) {
  for (const Law& law : laws()) {
    Philox a = lockin::StreamKey{}.stream(), b = lockin::StreamKey{}.stream();
    for (int i = 0; i < 100; ++i) EXPECT_EQ(law.distribution.draw(a), law.distribution.draw(b)) << law.name;
    EXPECT_EQ(a, b);
  }
}

TEST(Distribution, RefusesWhatIsNoDistribution) {
  const auto refused = [](auto make) { EXPECT_THROW(make(), std::invalid_argument); };
  for (const double bad : {nan, inf, -inf}) {
    refused([&] { return Distribution::point(bad); });
    refused([&] { return Distribution::uniform(bad, 1); });
    refused([&] { return Distribution::uniform(0, bad); });
    refused([&] { return Distribution::triangular(bad, 0, 1); });
    refused([&] { return Distribution::triangular(0, bad, 1); });
    refused([&] { return Distribution::triangular(0, 1, bad); });
    refused([&] { return Distribution::normal(bad, 1); });
    refused([&] { return Distribution::normal(0, bad); });
    refused([&] { return Distribution::lognormal_median(bad, 1); });
    refused([&] { return Distribution::lognormal_median(1, bad); });
    refused([&] { return Distribution::lognormal_mean(bad, 1); });
    refused([&] { return Distribution::lognormal_mean(1, bad); });
    refused([&] { return Distribution::beta(bad, 0.1); });
    refused([&] { return Distribution::beta(0.5, bad); });
  }
  refused([] { return Distribution::uniform(1, 1); });
  refused([] { return Distribution::uniform(2, 1); });
  refused([] { return Distribution::triangular(0, 2, 1); });
  refused([] { return Distribution::triangular(0, -1, 1); });
  refused([] { return Distribution::triangular(1, 1, 1); });
  refused([] { return Distribution::normal(0, 0); });
  refused([] { return Distribution::lognormal_median(0, 1); });
  refused([] { return Distribution::lognormal_median(1, 0); });
  refused([] { return Distribution::lognormal_mean(-1, 1); });
  refused([] { return Distribution::lognormal_mean(1, 0); });
  refused([] { return Distribution::truncated_normal(0, 0, 0, 1); });
  refused([] { return Distribution::truncated_normal(0, 1, 1, 1); });
  refused([] { return Distribution::truncated_normal(0, 1, 6, 7); });
  refused([] { return Distribution::truncated_lognormal(1, 1, -1, 1); });
  refused([] { return Distribution::truncated_lognormal(1, 0.1, 9, 10); });
  refused([] { return Distribution::discrete({}); });
  refused([] { return Distribution::discrete({1, 2}, {1}); });
  refused([] { return Distribution::discrete({1, 2}, {1, 0}); });
  refused([] { return Distribution::discrete({1, inf}); });
  refused([] { return Distribution::beta(0, 0.1); });
  refused([] { return Distribution::beta(1, 0.1); });
  refused([] { return Distribution::beta(0.5, 0.5); });
  refused([] { return Distribution::beta(0.5, 0); });
}

TEST(Distribution, KeepsItsParametersAndComparesThem) {
  const Distribution law = Distribution::triangular(1, 2, 5);
  EXPECT_EQ(law.kind(), Distribution::Kind::triangular);
  EXPECT_EQ(law.parameter(0), 1);
  EXPECT_EQ(law.parameter(1), 2);
  EXPECT_EQ(law.parameter(2), 5);
  EXPECT_EQ(law, Distribution::triangular(1, 2, 5));
  EXPECT_NE(law, Distribution::triangular(1, 2, 6));
  EXPECT_NE(Distribution::uniform(0, 1), Distribution::normal(0, 1));
}

}  // namespace
