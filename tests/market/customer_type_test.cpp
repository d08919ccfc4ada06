#include "lockin/market/customer_type.hpp"

#include <gtest/gtest.h>

#include <boost/math/distributions/lognormal.hpp>
#include <boost/math/distributions/pareto.hpp>

#include <cmath>
#include <numeric>
#include <set>
#include <stdexcept>
#include <vector>

#include "lockin/market/market.hpp"
#include "oracle_files.hpp"
#include "small_market.hpp"

namespace {

using lockin::test::numbers;
using lockin::test::oracle;

using lockin::customer_types;
using lockin::CustomerType;
using lockin::DiscretePoints;
using lockin::gauss_hermite;
using lockin::SizeSpec;
using lockin::TasteSpec;
using Spread = lockin::TasteSpec::Spread;

double moment(const DiscretePoints& points, int power) {
  double sum = 0;
  for (std::size_t i = 0; i < points.value.size(); ++i)
    sum += points.weight[i] * std::pow(points.value[i], power);
  return sum;
}

TEST(GaussHermite, WeightsAddUpAndNodesRiseSymmetrically) {
  for (int n = 1; n <= 64; ++n) {
    const DiscretePoints points = gauss_hermite(n);
    const auto size = static_cast<std::size_t>(n);
    ASSERT_EQ(points.value.size(), size);
    ASSERT_EQ(points.weight.size(), size);
    EXPECT_NEAR(std::accumulate(points.weight.begin(), points.weight.end(), 0.0), 1, 1e-13) << n;
    for (std::size_t i = 0; i < size; ++i) {
      EXPECT_GT(points.weight[i], 0);
      EXPECT_NEAR(points.value[i], -points.value[size - 1 - i], 1e-13) << n;
      EXPECT_NEAR(points.weight[i] / points.weight[size - 1 - i], 1, 1e-11) << n;
      if (i > 0) {
        EXPECT_GT(points.value[i], points.value[i - 1]);
      }
    }
  }
}

TEST(GaussHermite, MomentsAreExactToDegreeTwoNLessOne) {
  for (const int n : {1, 2, 3, 5, 8, 16, 33, 64}) {
    const DiscretePoints points = gauss_hermite(n);
    double even = 1;  // E x^p = (p - 1)!!
    for (int p = 0; p <= 2 * n - 1 && even < 1e150; ++p) {
      if (p > 0 && p % 2 == 0) even *= p - 1;
      if (p % 2 == 1)
        EXPECT_NEAR(moment(points, p) / std::max(1.0, even * std::sqrt(p)), 0, 1e-12) << n << " " << p;
      else
        EXPECT_NEAR(moment(points, p) / even, 1, 1e-11) << n << " " << p;
    }
    double next = 1;
    for (int p = 1; p < 2 * n; p += 2) next *= p;
    if (n < 16) {  // degree 2n is wrong by n!, so the test above was no accident
      EXPECT_NEAR((next - moment(points, 2 * n)) / std::tgamma(n + 1.0), 1, 1e-6) << n;
    }
  }
}

TEST(GaussHermite, SmallRulesInClosedForm) {
  EXPECT_NEAR(gauss_hermite(2).value[1], 1, 1e-15);
  EXPECT_NEAR(gauss_hermite(3).value[2], std::sqrt(3.0), 1e-15);
  EXPECT_NEAR(gauss_hermite(3).weight[1], 2.0 / 3, 1e-15);
  EXPECT_EQ(gauss_hermite(1).value[0], 0);
}

TasteSpec taste(Spread spread, double first, double second, int classes = 9) {
  TasteSpec spec;
  spec.spread = spread;
  spec.first = first;
  spec.second = second;
  spec.classes = classes;
  return spec;
}

TEST(TastePoints, HaveTheMomentsOfTheirLaw) {
  const DiscretePoints normal = lockin::taste_points(taste(Spread::normal, 2, 0.5));
  EXPECT_NEAR(moment(normal, 1), 2, 1e-13);
  EXPECT_NEAR(moment(normal, 2) - 4, 0.25, 1e-13);
  const DiscretePoints by_mean = lockin::taste_points(taste(Spread::lognormal_mean, 2, 0.5, 20));
  EXPECT_NEAR(moment(by_mean, 1), 2, 1e-12);
  EXPECT_NEAR(moment(by_mean, 2) - 4, 0.25, 1e-12);
  const DiscretePoints by_median = lockin::taste_points(taste(Spread::lognormal_median, 2, 0.5, 21));
  EXPECT_NEAR(by_median.value[10], 2, 1e-13) << "the middle node is the median";
  EXPECT_NEAR(moment(by_median, 1), 2 * std::exp(0.125), 1e-12);
  const DiscretePoints number = lockin::taste_points(TasteSpec(3));
  EXPECT_EQ(number.value, std::vector<double>{3});
  EXPECT_EQ(number.weight, std::vector<double>{1});
}

TEST(TastePoints, ValuesWithAndWithoutWeights) {
  TasteSpec spec;
  spec.spread = Spread::values;
  spec.values = {1, 5, 9};
  EXPECT_EQ(lockin::taste_points(spec).weight, (std::vector<double>{1.0 / 3, 1.0 / 3, 1.0 / 3}));
  spec.weights = {1, 1, 2};
  EXPECT_EQ(lockin::taste_points(spec).weight, (std::vector<double>{0.25, 0.25, 0.5}));
  EXPECT_EQ(lockin::taste_points(spec).value, spec.values);
}

TEST(SizeClasses, AreTheBinsOfTheOracle) {
  const auto bins = oracle("11_concentration_sizes.json").at("expected").at("bins");
  ASSERT_EQ(bins.size(), 4u);
  for (const auto& bin : bins) {
    SizeSpec spec;
    const bool pareto = bin.at("law") == "pareto";
    spec.spread = pareto ? SizeSpec::Spread::pareto : SizeSpec::Spread::lognormal;
    spec.parameter = bin.at(pareto ? "shape" : "sigma").get<double>();
    spec.classes = bin.at("bins").get<int>();
    const auto means = numbers(bin.at("conditional_means"));
    const double mean = bin.at("mean").get<double>();  // ours have mean 1
    const auto sizes = lockin::size_classes(spec);
    ASSERT_EQ(sizes.size(), means.size());
    for (std::size_t i = 0; i < sizes.size(); ++i)
      EXPECT_NEAR(sizes[i] * mean / means[i], 1, 1e-10) << bin.at("law") << " " << i;
    double variance = 0;
    for (const double size : sizes)
      variance += (size * mean - mean) * (size * mean - mean) / static_cast<double>(sizes.size());
    EXPECT_NEAR(variance / bin.at("variance_between_bins").get<double>(), 1, 1e-9);
  }
}

TEST(SizeClasses, HaveMeanOneAndRise) {
  for (const auto spread : {SizeSpec::Spread::pareto, SizeSpec::Spread::lognormal})
    for (const double parameter : {1.05, 1.5, 3.0})
      for (const int classes : {1, 2, 8, 1000}) {
        const auto sizes = lockin::size_classes({spread, parameter, classes, 0});
        ASSERT_EQ(sizes.size(), static_cast<std::size_t>(classes));
        EXPECT_NEAR(std::accumulate(sizes.begin(), sizes.end(), 0.0) / classes, 1, 1e-12);
        EXPECT_GT(sizes[0], 0);
        for (std::size_t i = 1; i < sizes.size(); ++i) EXPECT_GT(sizes[i], sizes[i - 1]);
      }
  EXPECT_EQ(lockin::size_classes({}), std::vector<double>{1});
}

TEST(SizeQuantile, IsTheQuantileOfTheLawOfMeanOne) {
  const boost::math::pareto pareto(0.5 / 1.5, 1.5);  // scale (a - 1) / a
  const boost::math::lognormal lognormal(-0.5 * 1.44, 1.2);
  for (const double u : {0.001, 0.1, 0.5, 0.9, 0.999999}) {
    EXPECT_NEAR(
        lockin::size_quantile({SizeSpec::Spread::pareto, 1.5, 8, 0}, u) / boost::math::quantile(pareto, u), 1,
        1e-11)
        << u;
    EXPECT_NEAR(lockin::size_quantile({SizeSpec::Spread::lognormal, 1.2, 8, 0}, u) /
                    boost::math::quantile(lognormal, u),
                1, 1e-11)
        << u;
  }
  EXPECT_DOUBLE_EQ(lockin::size_quantile({SizeSpec::Spread::pareto, 1.5, 8, 0}, 0), 1.0 / 3);
  EXPECT_EQ(lockin::size_quantile({SizeSpec::Spread::lognormal, 1.2, 8, 0}, 0), 0);
  EXPECT_EQ(lockin::size_quantile({}, 0.3), 1);
}

TEST(SizeQuantile, LiesInItsClass) {
  // The mean of the quantiles of a class is its conditional mean.
  for (const SizeSpec& spec :
       {SizeSpec{SizeSpec::Spread::pareto, 2.5, 4, 0}, SizeSpec{SizeSpec::Spread::lognormal, 0.8, 4, 0}}) {
    const auto sizes = lockin::size_classes(spec);
    for (std::size_t i = 0; i + 1 < 4; ++i) {
      double sum = 0;
      constexpr int steps = 20000;
      for (int k = 0; k < steps; ++k)
        sum += lockin::size_quantile(spec, (static_cast<double>(i) + (k + 0.5) / steps) / 4) / steps;
      EXPECT_NEAR(sum / sizes[i], 1, 1e-5) << i;
    }
  }
}

lockin::MarketSpec two_layers() {
  lockin::MarketSpec spec = small::spec({.utility = {0, 0}});
  spec.layers.push_back(spec.layers[0]);
  spec.layers[1].name = "maas";
  for (auto& provider : spec.providers) {
    provider.offers.push_back(provider.offers[0]);
    provider.offers[1].first = "maas";
  }
  return spec;
}

double weights(const std::vector<CustomerType>& types) {
  double sum = 0;
  for (const CustomerType& type : types) sum += type.weight;
  return sum;
}

TEST(Types, AreTheProductOfIndependentClasses) {
  lockin::MarketSpec spec = two_layers();
  spec.layers[1].slots = 2;
  lockin::SegmentSpec& segment = spec.segments[0];
  segment.size = {SizeSpec::Spread::pareto, 1.5, 4, 0};
  segment.taste_price = taste(Spread::normal, 3, 0.2, 3);
  segment.taste_quality.named = {{"maas", taste(Spread::normal, 1, 0.2, 2)}};
  segment.multi_home = {{"maas", 0.3, 0.6}};
  const auto types = customer_types(spec, 0, 0);
  ASSERT_EQ(types.size(), 3u * 2 * 2 * 4);
  EXPECT_NEAR(weights(types), 1, 1e-13);
  double multi = 0, alpha = 0, size = 0, alpha_and_multi = 0;
  std::set<std::uint64_t> cells;
  for (const CustomerType& type : types) {
    cells.insert(type.cell.value());
    EXPECT_EQ(type.alpha[0], type.alpha[1]) << "one taste for all layers is one draw";
    EXPECT_EQ(type.beta[0], 1) << "a taste named for maas leaves iaas alone";
    EXPECT_TRUE(std::abs(type.beta[1] - 0.8) < 1e-12 || std::abs(type.beta[1] - 1.2) < 1e-12);
    const bool two = type.slots.size() == 3;
    ASSERT_TRUE(two || type.slots.size() == 2);
    EXPECT_EQ(type.slots[0].layer, lockin::LayerId(0));
    EXPECT_EQ(type.slots[0].weight, 1);
    EXPECT_EQ(type.slots[1].layer, lockin::LayerId(1));
    EXPECT_FALSE(type.slots[1].secondary);
    if (two) {
      EXPECT_TRUE(type.slots[2].secondary);
      EXPECT_EQ(type.slots[1].weight, 0.6);
      EXPECT_EQ(type.slots[2].weight, 0.4);
    }
    multi += two ? type.weight : 0;
    alpha += type.weight * type.alpha[0];
    alpha_and_multi += two ? type.weight * type.alpha[0] : 0;
    size += type.weight * type.size;
  }
  EXPECT_NEAR(multi, 0.3, 1e-13);
  EXPECT_NEAR(alpha, 3, 1e-13);
  EXPECT_NEAR(alpha_and_multi, 0.9, 1e-13) << "independent";
  EXPECT_NEAR(size, 1, 1e-13);
  EXPECT_EQ(cells.size(), types.size()) << "every type has streams of its own";
}

TEST(Types, TasteClassesDifferTogether) {
  lockin::MarketSpec spec = two_layers();
  spec.segments[0].taste_classes = {{3, 2.0, {}, 0.5}, {1, {}, 4.0, 2.0}};
  const auto types = customer_types(spec, 0, 0);
  ASSERT_EQ(types.size(), 2u);
  EXPECT_DOUBLE_EQ(types[0].weight, 0.75);
  EXPECT_EQ(types[0].alpha, (std::vector<double>{2, 2}));
  EXPECT_EQ(types[0].beta, (std::vector<double>{1, 1}));
  EXPECT_EQ(types[0].cost_factor, (std::vector<double>{0.5, 0.5}));
  EXPECT_EQ(types[1].alpha, (std::vector<double>{1, 1}));
  EXPECT_EQ(types[1].beta, (std::vector<double>{4, 4}));
}

TEST(Types, SizesShareAChoiceClassExactlyWhereSizeDoesNotMatter) {
  lockin::MarketSpec spec = two_layers();
  spec.segments[0].size = {SizeSpec::Spread::pareto, 1.5, 4, 0};
  spec.segments[0].taste_price = taste(Spread::normal, 3, 0.2, 3);
  auto types = customer_types(spec, 0, 5);
  ASSERT_EQ(types.size(), 12u);
  for (std::size_t i = 0; i < types.size(); ++i) {
    EXPECT_EQ(types[i].choice_class, 5 + i / 4);
    EXPECT_EQ(types[i].size_class, i % 4);
    EXPECT_EQ(types[i].size_factor, 1);
  }
  spec.segments[0].size.switching_cost_exponent = 0.3;
  types = customer_types(spec, 0, 5);
  for (std::size_t i = 0; i < types.size(); ++i) EXPECT_EQ(types[i].choice_class, 5 + i);
}

TEST(Types, SizeMovesLockInNotItsAverage) {
  for (const double z : {-0.5, 0.3, 1.0}) {
    lockin::MarketSpec spec = small::spec({.utility = {0, 0}});
    spec.segments[0].size = {SizeSpec::Spread::pareto, 1.5, 6, z};
    double mean = 0, by_hand = 0;
    const auto types = customer_types(spec, 0, 0);
    for (const CustomerType& type : types) by_hand += std::pow(type.size, z) / 6;
    for (const CustomerType& type : types) {
      mean += type.weight * type.size_factor;
      EXPECT_NEAR(type.size_factor, std::pow(type.size, z) / by_hand, 1e-13);
    }
    EXPECT_NEAR(mean, 1, 1e-13);
  }
}

TEST(Types, KeepTheirCellsWhenOthersAreAdded) {
  lockin::MarketSpec spec = two_layers();
  const auto before = customer_types(spec, 0, 0);
  lockin::SegmentSpec more = spec.segments[0];
  more.name = "more";
  spec.segments.insert(spec.segments.begin(), more);
  const auto after = customer_types(spec, 1, 7);
  ASSERT_EQ(before.size(), after.size());
  for (std::size_t i = 0; i < before.size(); ++i) EXPECT_EQ(before[i].cell, after[i].cell);
  EXPECT_NE(customer_types(spec, 0, 0)[0].cell, after[0].cell);
}

TEST(Types, NobodyOrEverybodyMultiHomes) {
  lockin::MarketSpec spec = two_layers();
  spec.layers[1].slots = 2;
  spec.segments[0].multi_home = {{"maas", 1.0, 0.5}};
  ASSERT_EQ(customer_types(spec, 0, 0).size(), 1u);
  EXPECT_EQ(customer_types(spec, 0, 0)[0].slots.size(), 3u);
  spec.segments[0].multi_home = {{"maas", 0.0, 0.5}};
  ASSERT_EQ(customer_types(spec, 0, 0).size(), 1u);
  EXPECT_EQ(customer_types(spec, 0, 0)[0].slots.size(), 2u);
}

TEST(Types, TasteNamedForALayerAndOtherwise) {
  // `default` holds for the layers that are not named.
  lockin::MarketSpec spec = two_layers();
  spec.segments[0].taste_price.named = {{"maas", TasteSpec(4)}};
  spec.segments[0].taste_price.otherwise = TasteSpec(2);
  const auto types = customer_types(spec, 0, 0);
  ASSERT_EQ(types.size(), 1u);
  EXPECT_EQ(types[0].alpha, (std::vector<double>{2, 4}));
}

}  // namespace
