#include "wasm/what_if.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "lockin/scenario/load.hpp"
#include "lockin/scenario/simulate_scenario.hpp"

namespace lockin {
namespace {

constexpr std::string_view market_text = R"(
portability = { dist = "uniform", min = 0.5, max = 1.5 }
[horizon]
start = "2025Q1"
end = "2026Q3"
[layers.cloud]
[layers.models]
unit = "tokens"
[providers.a]
cloud = { share = 0.6 }
models = { share = 0.5, price_per_million_tokens = 2.0 }
[providers.b]
cloud = { share = "rest", price = 0.9 }
models = { share = "rest", price_per_million_tokens = { start = 2.0, growth = -0.1 } }
[segments.firms]
customers = 300
entry = 0.1
re_evaluate = 0.6
switching_cost = 0.6
[segments.states]
customers = 40
re_evaluate = 0.2
switching_cost = 1.6
)";

Trajectory by_simulate(const std::vector<std::string>& changes) {
  return simulate(parse_scenario(market_text, "market", changes), {.engine = EngineKind::mean_field});
}

// The same bits: both are the same engine.
void expect_shares_of(const Trajectory& path, const WhatIf& what_if) {
  ASSERT_EQ(what_if.rankings().size(), 2u);
  for (const RankedShares& of : what_if.rankings()) {
    std::vector<double> shares, last;
    for (long t = -1; t < static_cast<long>(path.size()); ++t)
      for (const char* provider : {"a", "b"})
        shares.push_back(path.value(t, of.measure, of.layer, "all", provider).value());
    for (const char* provider : {"a", "b"})
      last.push_back(path.annual_value(2025, of.measure, of.layer, "all", provider).value());
    EXPECT_EQ(of.shares, shares);
    EXPECT_EQ(of.last, last);
  }
}

double lead(const Trajectory& path) {
  const auto share = [&](const char* provider) {
    return path.annual_value(2025, Measure::revenue_share, "all", "all", provider).value();
  };
  return std::abs(share("a") - share("b"));
}

TEST(WhatIf, RunsTheScenarioAsItIs) {
  const WhatIf what_if(market_text, 5);
  EXPECT_EQ(what_if.last_label(), "2025");  // 2026 is not whole
  EXPECT_EQ(what_if.rankings()[0].layer, "all");
  EXPECT_EQ(what_if.rankings()[1].measure, Measure::token_share);
  EXPECT_EQ(what_if.rankings()[1].layer, "models");
  expect_shares_of(by_simulate({}), what_if);
}

TEST(WhatIf, AChangeIsThatOfTheOption) {
  WhatIf what_if(market_text, 8);
  ASSERT_EQ(what_if.knobs().size(), 8u);
  std::vector<double> values;
  for (const Knob& knob : what_if.knobs()) values.push_back(knob.value);
  for (std::size_t k = 0; k < values.size(); ++k) {
    const Knob& knob = what_if.knobs()[k];
    for (const double end : {knob.min, knob.max}) {
      if (end == knob.value) continue;
      std::vector<double> changed = values;
      changed[k] = end;
      what_if.run(changed);
      expect_shares_of(by_simulate({fmt::format("{}={}", knob.key, end)}), what_if);
    }
  }
  what_if.run(values);
  expect_shares_of(by_simulate({}), what_if);
}

TEST(WhatIf, NumbersComeByWhatTheyMove) {
  const WhatIf what_if(market_text, 8);
  double before = INFINITY;
  for (const Knob& knob : what_if.knobs()) {
    EXPECT_LE(std::abs(knob.value * knob.derivative), before) << knob.key;
    before = std::abs(knob.value * knob.derivative);
    if (knob.whole) continue;
    // Central differences: 1e-4 of the number leaves 1e-8 of curvature and 1e-11 of rounding.
    const double step = 1e-4 * knob.value;
    const auto at = [&](double x) { return lead(by_simulate({fmt::format("{}={}", knob.key, x)})); };
    EXPECT_NEAR((at(knob.value + step) - at(knob.value - step)) / (2 * step), knob.derivative,
                1e-6 * std::abs(knob.derivative) + 1e-9)
        << knob.key;
  }
}

TEST(WhatIf, RangesAreWhatTheScenarioTakes) {
  const WhatIf what_if(market_text, 30);
  const auto knob = [&](std::string_view key) {
    const auto at = std::find_if(what_if.knobs().begin(), what_if.knobs().end(),
                                 [&](const Knob& k) { return k.key == key; });
    EXPECT_NE(at, what_if.knobs().end()) << key;
    return at == what_if.knobs().end() ? Knob{} : *at;
  };
  const Knob uncertain = knob("portability"), rate = knob("segments.firms.re_evaluate"),
             customers = knob("segments.firms.customers"), share = knob("providers.a.cloud.share");
  EXPECT_DOUBLE_EQ(uncertain.min,
                   0.51);  // of what the scenario holds possible, all but a hundredth on each side
  EXPECT_DOUBLE_EQ(uncertain.max, 1.49);
  EXPECT_DOUBLE_EQ(rate.min, 0.3);
  EXPECT_DOUBLE_EQ(rate.max, 0.9);
  EXPECT_DOUBLE_EQ(share.max, 0.9);
  EXPECT_TRUE(customers.whole);
  EXPECT_EQ(customers.min, 150);
  EXPECT_EQ(customers.max, 450);
}

TEST(WhatIf, WhatAMarketDoesNotTakeChangesNothing) {
  WhatIf what_if(market_text, 30);
  std::vector<double> values;
  for (const Knob& knob : what_if.knobs())
    values.push_back(knob.key == "segments.firms.re_evaluate" ? 1.5 : knob.value);
  try {
    what_if.run(values);
    FAIL() << "1.5 is no probability";
  } catch (const MarketError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("segments.firms.re_evaluate"));
  }
  expect_shares_of(by_simulate({}), what_if);
  EXPECT_THROW(what_if.run({}), std::invalid_argument);
  values.assign(values.size(), NAN);
  EXPECT_THROW(what_if.run(values), std::invalid_argument);
  EXPECT_THROW(WhatIf("title = 1", 3), InputError);
}

TEST(WhatIf, OneProviderAndLessThanAYear) {
  const WhatIf what_if(R"(
[horizon]
start = "2025Q2"
end = "2025Q3"
[layers.cloud]
[providers.only]
cloud = { share = 1.0 }
[segments.firms]
customers = 10
re_evaluate = 0.5
switching_cost = 1.0
)",
                       10);
  EXPECT_EQ(what_if.last_label(), "2025Q3");
  EXPECT_TRUE(what_if.knobs().empty());  // nothing moves a share that is 1
  EXPECT_EQ(what_if.rankings()[0].shares, std::vector<double>(3, 1.0));
}

}  // namespace
}  // namespace lockin
