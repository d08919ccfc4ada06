// Every derivative against differences of whole runs.

#include "lockin/analysis/gradient.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <map>

#include "full_market.hpp"
#include "lockin/market/market_numbers.hpp"
#include "lockin/scenario/load.hpp"
#include "lockin/simulation/simulate.hpp"

namespace lockin {
namespace {

/// The same market with the paths that it leaves at their defaults written out.
MarketSpec with_defaults_written(MarketSpec spec) {
  const auto fill = [](auto& keyed, const auto& named, auto value) {
    if (keyed.all || keyed.otherwise) return;
    for (const auto& thing : named)
      if (!keyed.find(thing.name)) keyed.named.emplace_back(thing.name, value);
  };
  for (ProviderSpec& provider : spec.providers)
    for (auto& [layer, offer] : provider.offers) {
      fill(offer.reach, spec.segments, Path(0.0));
      fill(offer.appeal, spec.segments, Path(0.0));
      for (const LayerSpec& of : spec.layers)
        if (of.name == layer && !of.token_unit && !offer.price) offer.price = Path(1.0);
    }
  for (SegmentSpec& segment : spec.segments) {
    fill(segment.intensity, spec.layers, Path(1.0));
    fill(segment.network, spec.layers, Path(0.0));
    fill(segment.switching_cost, spec.layers, SwitchingCostSpec{});
    fill(segment.adopt, spec.layers, AdoptSpec{});
  }
  return spec;
}

std::vector<double> values(const MarketSpec& spec, const std::vector<MeasureAt>& moments) {
  const Market market(spec);
  RunSettings settings;
  settings.engine = EngineKind::mean_field;
  settings.threads = 1;
  const Trajectory path = simulate(market, settings);
  std::vector<double> result;
  for (const MeasureAt& at : moments)
    result.push_back(
        (at.year ? path.annual_value(*at.year, at.measure, at.key) : path.value(at.t, at.measure, at.key))
            .value());
  return result;
}

// Numbers that move together, so that sums that must hold go on holding: each with its part.
using Direction = std::vector<std::pair<std::size_t, double>>;

MarketSpec moved(MarketSpec spec, const Direction& direction, double by) {
  const std::vector<MarketNumber> numbers = market_numbers(spec);
  for (const auto& [i, part] : direction) numbers[i].set(numbers[i].get() + part * by);
  return spec;
}

// Differences over h and h / 2, extrapolated (Richardson 1911): on both sides to h^4, on one side, where the other is out of
// the range, with four points to h^4 as well.
std::vector<double> differences(const MarketSpec& spec, const Direction& direction, double h,
                                const std::vector<MeasureAt>& moments) {
  const auto at = [&](double x) { return values(moved(spec, direction, x), moments); };
  bool both = true;
  for (const double x : {-h, h}) both = both && check_market(moved(spec, direction, x)).empty();
  std::vector<double> slope(moments.size());
  if (both) {
    const auto a = at(-h), b = at(-h / 2), c = at(h / 2), d = at(h);
    for (std::size_t i = 0; i < slope.size(); ++i)
      slope[i] = (4 * (c[i] - b[i]) / h - (d[i] - a[i]) / (2 * h)) / 3;
    return slope;
  }
  if (!check_market(moved(spec, direction, 4 * h)).empty()) h = -h;
  if (!check_market(moved(spec, direction, 4 * h)).empty()) return {};  // held by the others
  const auto f0 = at(0), f1 = at(h), f2 = at(2 * h), f3 = at(3 * h), f4 = at(4 * h);
  for (std::size_t i = 0; i < slope.size(); ++i)
    slope[i] = (-25 * f0[i] + 48 * f1[i] - 36 * f2[i] + 16 * f3[i] - 3 * f4[i]) / (12 * h);
  return slope;
}

std::string group_of(const std::string& key) { return key.substr(0, key.rfind('[')); }

// Numbers that must add up move in pairs, one up and its neighbour down.
Direction direction_of(const std::vector<MarketNumber>& numbers, std::size_t i) {
  const std::string& key = numbers[i].key;
  if (key.find(".lock_in.opening[") != std::string::npos) {
    const std::size_t other =
        i + 1 < numbers.size() && group_of(numbers[i + 1].key) == group_of(key) ? i + 1 : i - 1;
    return {{i, 1.0}, {other, -1.0}};
  }
  return {{i, 1.0}};
}

struct Left {
  std::vector<std::string>
      fixed,       // the only values that the market allows, so that no difference can be taken
      not_finite;  // at a bound where the slope is infinite
};

Left expect_gradients(const MarketSpec& plain, const std::vector<MeasureAt>& moments) {
  Left left;
  MarketSpec spec = with_defaults_written(plain);
  const std::vector<MarketNumber> numbers = market_numbers(spec);
  const Market market(plain);
  Gradients gradients(market, 1);
  std::vector<std::map<std::string, double>> derivatives;
  const std::vector<double> value = values(spec, moments);
  for (std::size_t m = 0; m < moments.size(); ++m) {
    const Gradient of = gradients.of(moments[m]);
    EXPECT_DOUBLE_EQ(of.value, value[m]);
    derivatives.emplace_back();
    for (const PartialDerivative& partial : of.partials)
      EXPECT_TRUE(derivatives.back().emplace(partial.key, partial.derivative).second) << partial.key;
  }
  std::vector<std::string> listed, known;
  for (const auto& [key, derivative] : derivatives[0]) listed.push_back(key);
  for (const MarketNumber& number : numbers) known.push_back(number.key);
  EXPECT_THAT(listed, testing::UnorderedElementsAreArray(known));

  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const std::string& key = numbers[i].key;
    const double size = std::abs(numbers[i].get());
    double h = 2e-3 * (size > 0.05 ? size : 0.5);
    if (numbers[i].whole) h = std::max(2.0, 2 * std::round(h / 2));  // h / 2 is whole too
    const Direction direction = direction_of(numbers, i);
    const std::vector<double> slopes = differences(spec, direction, h, moments);
    if (slopes.empty()) left.fixed.push_back(key);
    for (std::size_t m = 0; m < slopes.size(); ++m) {
      double exact = 0;
      for (const auto& [j, part] : direction) exact += part * derivatives[m].at(numbers[j].key);
      if (!std::isfinite(exact)) {
        if (m == 0) left.not_finite.push_back(key);
        continue;
      }
      // Rounding of a value over h, and h^4 of a smooth function of a number of order `size`.
      const double tolerance = 1e-12 * std::abs(value[m]) / h + 2e-7 * std::abs(slopes[m]) +
                               1e-9 * std::abs(value[m]) / std::max(size, 0.5);
      EXPECT_NEAR(exact, slopes[m], tolerance)
          << key << " = " << numbers[i].get() << ", measure " << name_of(moments[m].measure);
    }
  }
  return left;
}

TEST(Gradient, AgreesWithDifferencesOnAMarketWithEverything) {
  MarketSpec spec = test::full_spec();
  spec.providers[0].offers[1].second.share_is_rest = true;  // so that each share can move alone
  const MeasureKey iaas_a{LayerId(0), {}, ProviderId(0)}, maas_b{LayerId(1), {}, ProviderId(1)};
  const Left left = expect_gradients(spec, {{Measure::revenue_share, {{}, {}, ProviderId(0)}, 0, 2027},
                                            {Measure::customer_share, iaas_a, 11},
                                            {Measure::tokens, maas_b, 9},
                                            {Measure::churn, iaas_a, 8},
                                            {Measure::mean_switching_cost, iaas_a, 5},
                                            {Measure::mean_stage, {LayerId(1), SegmentId(1), {}}, 10},
                                            {Measure::hhi, {}, 7},
                                            {Measure::increment_share, iaas_a, 0, 2026},
                                            {Measure::new_customer_share, maas_b, 3},
                                            {Measure::customers, {LayerId(1), SegmentId(1), {}}, 11},
                                            {Measure::revenue_share, iaas_a, -1}});
  EXPECT_THAT(left.fixed, testing::UnorderedElementsAre("providers.e.iaas.share", "providers.e.maas.share",
                                                        "segments.big.adopt.iaas.imitate",
                                                        "segments.big.adopt.maas.imitate"));
  // 1 - (1 - v)^(1/4) at 1
  EXPECT_THAT(left.not_finite, testing::UnorderedElementsAre("segments.big.adopt.iaas.innovate",
                                                             "segments.big.adopt.maas.innovate"));
}

// What the market above lacks: every law of a taste, nests, revealed appeal, processes, learning curves, events of each
// kind on each part of a path, one of them with a trigger, one that recurs.
MarketSpec market_of_the_rest() {
  MarketSpec spec = test::full_spec();
  spec.end = test::quarter(2026, 4);  // short and small: each number takes four runs
  spec.providers[0].offers[1].second.share_is_rest = true;
  for (ProviderSpec& provider : spec.providers)
    for (auto& [layer, offer] : provider.offers) {
      offer.launch.reset();
      offer.withdraw.reset();
      const double own = provider.name == "a" ? 0.2 : provider.name == "b" ? -0.3 : 0;
      offer.quality = Path(Path::Releases{1.0 + own, 2.0, Distribution::lognormal_mean(0.1, 0.05)});
    }
  spec.providers[4].offers[0].second.share = 0.05;
  spec.providers[4].offers[1].second.share = 0.0;  // a newcomer: nothing is revealed of it
  spec.providers[2].offers[0].second.reach = Keyed<Path>{{{"big", 0.4}}};
  spec.providers[0].learning_curve = LearningCurveSpec{0.8, 0.7, 2.0, {}};
  spec.providers[1].learning_curve = LearningCurveSpec{0.9, 1.0, 0.5, {"maas"}};
  spec.layers[0].nests = NestsSpec{{{"a", "b"}, {"d", "e"}}, 0.6};
  spec.layers[0].revealed_appeal = spec.layers[1].revealed_appeal = true;
  spec.layers[0].curve_tau.reset();
  spec.layers[0].stages = 2;
  spec.layers[0].curve = {0, 0.6, 1};
  spec.layers[0].opening = {0.2, 0.3, 0.5};

  SegmentSpec& big = spec.segments[0];
  big.taste_classes.clear();
  big.size.classes = 2;
  big.adopt = AdoptSpec{0.5, 0.1};
  big.taste_price.named.emplace_back("maas", TasteSpec{});
  TasteSpec& price = big.taste_price.named.back().second;
  price.spread = TasteSpec::Spread::lognormal_mean;
  price.first = 1.2;
  price.second = 0.5;
  price.classes = 2;
  TasteSpec quality;
  quality.spread = TasteSpec::Spread::values;
  quality.values = {0.5, 1.5};
  quality.weights = {1.0, 3.0};
  big.taste_quality = quality;
  big.taste_reach = Keyed<double>{{{"maas", 1.3}}};
  SegmentSpec& small = spec.segments[1];
  TasteSpec normal;
  normal.spread = TasteSpec::Spread::normal;
  normal.first = 2.0;
  normal.second = 0.3;
  normal.classes = 2;
  small.taste_price.otherwise = normal;
  TasteSpec factor;
  factor.spread = TasteSpec::Spread::lognormal_median;
  factor.first = 1.1;
  factor.second = 0.4;
  factor.classes = 2;
  small.taste_switching_cost.named.emplace_back("maas", factor);
  small.size = {SizeSpec::Spread::lognormal, 0.8, 4, 0};
  small.network.named.emplace_back("iaas", Path(0.4));

  EventSpec rise;
  rise.name = "rise";
  rise.at = test::quarter(2024, 3);
  rise.ramp_months = 24;
  rise.effects = {{EffectSpec::Kind::scale, "providers.a.maas.quality.per_year", 1.5},
                  {EffectSpec::Kind::add, "providers.b.maas.price_per_million_tokens.growth", 0.1},
                  {EffectSpec::Kind::set, "segments.small.intensity.maas", 0.3}};
  EventSpec war;
  war.name = "war";
  war.when = TriggerSpec{Measure::customer_share, "maas", "b", TriggerSpec::Comparison::less, 0.5};
  war.lasts_months = 12;
  war.effects = {{EffectSpec::Kind::scale, "providers.b.maas.price_per_million_tokens", 0.7},
                 {EffectSpec::Kind::add, "providers.b.maas.appeal", 0.2}};
  EventSpec unrest;
  unrest.name = "unrest";
  unrest.per_year = 1.5;
  unrest.ramp_months = 6;
  unrest.lasts_months = 12;
  unrest.effects = {{EffectSpec::Kind::scale, "providers.a.iaas.price", 1, Distribution::uniform(0.7, 0.9)},
                    {EffectSpec::Kind::add, "providers.b.maas.quality.per_year", 0.4},
                    {EffectSpec::Kind::add, "providers.c.maas.appeal", -0.3}};
  spec.events.push_back(rise);
  spec.events.push_back(war);
  spec.events.push_back(unrest);
  return spec;
}

TEST(Gradient, AgreesWithDifferencesOnWhatThatMarketLacks) {
  const MeasureKey iaas_a{LayerId(0), {}, ProviderId(0)}, maas_b{LayerId(1), {}, ProviderId(1)};
  const Left left =
      expect_gradients(market_of_the_rest(), {{Measure::revenue_share, {{}, {}, ProviderId(0)}, 0, 2026},
                                              {Measure::tokens, maas_b, 7},
                                              {Measure::mean_switching_cost, iaas_a, 5},
                                              {Measure::churn, iaas_a, 0, 2026}});
  EXPECT_THAT(left.fixed, testing::IsEmpty());
  EXPECT_THAT(left.not_finite, testing::ElementsAre("providers.e.maas.share"));
}

TEST(Gradient, AgreesWithDifferencesOnEveryNumberOfTheChinaScenario) {
  const Scenario scenario = load_scenario(std::string(LOCKIN_SCENARIOS) + "/china_ai_cloud.toml");
  const MarketSpec& spec = scenario.spec;
  const MeasureKey alibaba{{}, {}, ProviderId(0)}, tokens{LayerId(1), {}, ProviderId(1)};
  const Left left = expect_gradients(spec, {{Measure::revenue_share, alibaba, 0, 2030},
                                            {Measure::token_share, tokens, 23},
                                            {Measure::churn, {LayerId(0), {}, {}}, 0, 2028}});
  EXPECT_THAT(left.fixed, testing::IsEmpty());
  EXPECT_THAT(left.not_finite, testing::IsEmpty());
}

bool same_bits(const std::vector<PartialDerivative>& a, const std::vector<PartialDerivative>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.key == y.key &&
           std::bit_cast<std::uint64_t>(x.derivative) == std::bit_cast<std::uint64_t>(y.derivative);
  });
}

TEST(Gradient, SameBitsForAnyNumberOfThreads) {
  const Market market(market_of_the_rest());
  const MeasureAt at{Measure::revenue_share, {{}, {}, ProviderId(0)}, 7};
  const Gradient one = Gradients(market, 1).of(at);
  for (const std::size_t threads : {2UL, 3UL, 7UL})
    EXPECT_TRUE(same_bits(one.partials, Gradients(market, threads).of(at).partials)) << threads;
}

TEST(Gradient, IsTheSameWhenAskedAgainAndAfterAnother) {
  const Market market(test::full_spec());
  const MeasureAt at{Measure::churn, {LayerId(1), {}, {}}, 9};
  Gradients gradients(market, 1);
  const Gradient first = gradients.of(at);
  (void)gradients.of({Measure::hhi, {}, 3});
  EXPECT_TRUE(same_bits(first.partials, gradients.of(at).partials));
}

TEST(Gradient, RunsTheMeanField) {
  const Market market(market_of_the_rest());
  const Trajectory path = simulate(market, {.engine = EngineKind::mean_field, .threads = 1});
  const Gradients gradients(market, 1);
  EXPECT_EQ(gradients.trajectory().opening(), path.opening());
  for (std::size_t t = 0; t < path.size(); ++t)
    EXPECT_EQ(gradients.trajectory().at(Period(t)), path.at(Period(t))) << t;
}

TEST(Gradient, RefusesWhatHasNoValue) {
  const Market market(test::full_spec());
  Gradients gradients(market, 1);
  EXPECT_THROW((void)gradients.of({Measure::churn, {}, 5}), std::invalid_argument);      // over all layers
  EXPECT_THROW((void)gradients.of({Measure::hhi, {}, 0, 1999}), std::invalid_argument);  // not simulated
  EXPECT_THROW((void)gradients.of({Measure::hhi, {}, 12}), std::out_of_range);
  EXPECT_THROW((void)gradients.of({Measure::hhi, {}, 5}).at("no.such.key"), std::out_of_range);
}

// The kinks that docs/gradients.md names.
TEST(Gradient, SaysWhereThereIsNone) {
  MarketSpec spec = market_of_the_rest();
  spec.segments[0].multi_home[0].share_of_customers = 1;
  const Market market(spec);
  const Gradient of = Gradients(market, 1).of({Measure::revenue_share, {{}, {}, ProviderId(0)}, 7});
  EXPECT_TRUE(std::isnan(of.at("providers.e.maas.share").derivative));
  EXPECT_TRUE(std::isnan(of.at("segments.big.multi_home.iaas.share_of_customers").derivative));
  EXPECT_EQ(of.at("events.war.when").derivative, 0);
  EXPECT_TRUE(std::isfinite(of.at("providers.d.iaas.share").derivative));
  spec.segments[0].re_evaluate_per_year.named[0].second = 1.0;
  const Market certain(spec);
  const Gradient at_one = Gradients(certain, 1).of({Measure::revenue_share, {{}, {}, ProviderId(0)}, 7});
  EXPECT_FALSE(std::isfinite(at_one.at("segments.big.re_evaluate.iaas").derivative));
  EXPECT_TRUE(std::isfinite(at_one.at("segments.big.re_evaluate.maas").derivative));
}

}  // namespace
}  // namespace lockin
