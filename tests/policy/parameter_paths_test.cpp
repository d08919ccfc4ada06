#include "lockin/policy/parameter_paths.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "small_market.hpp"
#include "statistical.hpp"

namespace {

using lockin::Date;
using lockin::EffectSpec;
using lockin::EventSpec;
using lockin::Market;
using lockin::MarketSpec;
using lockin::ParameterPaths;
using lockin::Path;
using lockin::TriggerSpec;
using Kind = lockin::EffectSpec::Kind;

Date date(const char* text) { return Date::parse(text).value(); }

// Quarters of 2025 to 2029; the price of p0 is 2.
MarketSpec quarters() {
  MarketSpec spec = small::spec({.utility = {0, 0}});
  spec.period = lockin::PeriodLength::quarter;
  spec.end.year = 2029;
  spec.providers[0].offers[0].second.price = Path(2.0);
  return spec;
}

const std::string price = "providers.p0.cloud.price", quality = "providers.p0.cloud.quality";

EventSpec event(const char* name, const char* at, std::vector<EffectSpec> effects) {
  EventSpec of;
  of.name = name;
  if (*at != 0) of.at = date(at);
  of.effects = std::move(effects);
  return of;
}

lockin::ParameterId named(const Market& market, const std::string& key) {
  for (std::size_t i = 0; i < market.parameters().size(); ++i)
    if (market.parameters()[i].key == key) return lockin::ParameterId(i);
  throw std::out_of_range(key);
}

std::vector<double> path(const MarketSpec& spec, const std::string& key, long periods,
                         const ParameterPaths::Settings& settings = {}) {
  const Market market(spec);
  ParameterPaths paths(market, settings);
  std::vector<double> values;
  for (long t = 0; t < periods; ++t) values.push_back(paths.at(t)[named(market, key)]);
  return values;
}

void expect_path(const std::vector<double>& seen, const std::vector<double>& expected) {
  ASSERT_EQ(seen.size(), expected.size());
  for (std::size_t t = 0; t < seen.size(); ++t) EXPECT_NEAR(seen[t], expected[t], 1e-13) << t;
}

// ---- Events ------------------------------------------------------------------------------------------------

TEST(Events, ScaleAddAndSet) {
  for (const auto& [kind, number, after] :
       {std::tuple(Kind::scale, 1.5, 3.0), std::tuple(Kind::add, 1.5, 3.5),
        std::tuple(Kind::set, 1.5, 1.5)}) {
    MarketSpec spec = quarters();
    spec.events = {event("e", "2025Q3", {{kind, price, number}})};
    expect_path(path(spec, price, 4), {2, 2, after, after});
  }
}

TEST(Events, LastAWhile) {
  MarketSpec spec = quarters();
  spec.events = {event("e", "2025Q2", {{Kind::scale, price, 2}})};
  spec.events[0].lasts_months = 6;
  expect_path(path(spec, price, 5), {2, 4, 4, 2, 2});
}

TEST(Events, RampInEqualSteps) {
  MarketSpec spec = quarters();
  spec.events = {event("e", "2025Q2", {{Kind::scale, price, 2}})};
  spec.events[0].ramp_months = 12;
  expect_path(path(spec, price, 7), {2, 2.5, 3, 3.5, 4, 4, 4});
  spec.events[0].effects = {{Kind::add, price, 4}};
  expect_path(path(spec, price, 7), {2, 3, 4, 5, 6, 6, 6});
  spec.events[0].effects = {{Kind::set, price, 10}};
  expect_path(path(spec, price, 7), {2, 4, 6, 8, 10, 10, 10});
  spec.events[0].lasts_months = 6;
  expect_path(path(spec, price, 5), {2, 4, 6, 2, 2});
}

TEST(Events, ApplyInTheOrderOfTheFile) {
  MarketSpec spec = quarters();
  spec.events = {event("a", "2025", {{Kind::scale, price, 3}}), event("b", "2025", {{Kind::add, price, 1}})};
  expect_path(path(spec, price, 1), {7});
  std::swap(spec.events[0], spec.events[1]);
  expect_path(path(spec, price, 1), {9});
  spec.events = {event("a", "2025", {{Kind::scale, price, 3}, {Kind::add, price, 1}, {Kind::set, price, 5}})};
  expect_path(path(spec, price, 1), {5});
}

TEST(Events, BeforeTheStartAreInForceFromTheStart) {
  MarketSpec spec = quarters();
  spec.events = {event("e", "2024Q3", {{Kind::scale, price, 2}})};
  expect_path(path(spec, price, 2), {4, 4});
  spec.events[0].ramp_months = 12;  // the third quarter of the ramp is 2025Q1
  expect_path(path(spec, price, 3), {3.5, 4, 4});
  spec.events[0].ramp_months.reset();
  spec.events[0].lasts_months = 9;  // 2024Q3 to 2025Q1
  expect_path(path(spec, price, 3), {4, 2, 2});
  spec.events[0].lasts_months = 6;
  expect_path(path(spec, price, 3), {2, 2, 2});
}

TEST(Events, OnThePaceChangeWhatComesAfter) {
  MarketSpec spec = quarters();
  spec.providers[0].offers[0].second.price = Path(Path::Growth{2, 0.21});
  const double q = std::pow(1.21, 0.25), fast = std::pow(1.44, 0.25);
  expect_path(path(spec, price, 4), {2, 2 * q, 2 * q * q, 2 * q * q * q});
  spec.events = {event("e", "2025Q3", {{Kind::set, price + ".growth", 0.44}})};
  expect_path(path(spec, price, 5),
              {2, 2 * q, 2 * q * fast, 2 * q * fast * fast, 2 * q * fast * fast * fast});
  spec.events[0].lasts_months = 3;  // and leave a trace when they end
  expect_path(path(spec, price, 5), {2, 2 * q, 2 * q * fast, 2 * q * q * fast, 2 * q * q * q * fast});
  spec.events = {event("e", "2025Q1", {{Kind::set, price + ".growth", 0.44}})};
  expect_path(path(spec, price, 2), {2, 2 * fast});
}

TEST(Events, OnTheValueOfAGrowingPathEndWithoutATrace) {
  MarketSpec spec = quarters();
  spec.providers[0].offers[0].second.price = Path(Path::Growth{2, 0.21});
  spec.events = {event("e", "2025Q2", {{Kind::scale, price, 3}})};
  spec.events[0].lasts_months = 3;
  const double q = std::pow(1.21, 0.25);
  expect_path(path(spec, price, 4), {2, 6 * q, 2 * q * q, 2 * q * q * q});
}

TEST(Events, TheSamePeriodMayBeAskedForAgain) {
  MarketSpec spec = quarters();
  spec.providers[0].offers[0].second.price = Path(Path::Growth{2, 0.21});
  const Market market(spec);
  ParameterPaths paths(market, {});
  const auto id = named(market, price);
  (void)paths.at(0);
  const double first = paths.at(1)[id];
  EXPECT_EQ(paths.at(1)[id], first);
  EXPECT_EQ(paths.at(1).t, 1);
  EXPECT_NEAR(paths.at(4)[id], 2.42, 1e-13) << "periods between are stepped through";
}

TEST(Events, MoveInTheirFirstPeriodOnly) {
  MarketSpec spec = quarters();
  spec.events = {event("merger", "2025Q2", {}), event("early", "2024", {})};
  spec.events[0].move = lockin::MoveSpec{"cloud", "p0", "p1", 0.5, "firms", true};
  spec.events[1].move = lockin::MoveSpec{"cloud", "p1", "p0", 1, "", false};
  const Market market(spec);
  ParameterPaths paths(market, {});
  for (long t = 0; t < 4; ++t) {
    const auto moves = paths.at(t).moves;
    ASSERT_EQ(moves.size(), t == 1 ? 1u : 0u) << "a move dated before the start does not happen";
    if (t == 1) {
      EXPECT_EQ(moves[0].to, lockin::ProviderId(1));
      EXPECT_EQ(moves[0].segment, lockin::SegmentId(0));
      EXPECT_TRUE(moves[0].keep_stage);
    }
  }
}

TEST(Events, AMoveToAProviderNotOnSaleStops) {
  MarketSpec spec = quarters();
  spec.events = {event("merger", "2025Q2", {})};
  spec.events[0].move = lockin::MoveSpec{"cloud", "p0", "p1", 0.5, "", false};
  spec.providers[1].offers[0].second.withdraw = date("2025Q2");
  const Market market(spec);
  ParameterPaths paths(market, {});
  EXPECT_NO_THROW((void)paths.at(0));
  EXPECT_THROW((void)paths.at(1), lockin::RunError);
}

// ---- Triggers ----------------------------------------------------------------------------------------------

TEST(Triggers, StartOnceAndForAll) {
  MarketSpec spec = quarters();
  spec.events = {event("e", "", {{Kind::scale, price, 2}})};
  spec.events[0].when = TriggerSpec{lockin::Measure::hhi, "cloud", "", TriggerSpec::Comparison::greater, 0.5};
  spec.events[0].lasts_months = 9;
  const Market market(spec);
  ParameterPaths paths(market, {});
  const std::optional<double> seen[] = {0.4, {}, 0.5, 0.6, 0.1, 0.9, 0.9, 0.9};
  const double expected[] = {2, 2, 2, 4, 4, 4, 2, 2};  // not again at t = 6, though the condition holds
  int asked = 0;
  for (long t = 0; t < 8; ++t) {
    paths.start_triggered(t, [&](const TriggerSpec& trigger) {
      ++asked;
      EXPECT_EQ(trigger.layer, "cloud");
      return seen[t];
    });
    EXPECT_DOUBLE_EQ(paths.at(t)[named(market, price)], expected[t]) << t;
  }
  EXPECT_EQ(asked, 4) << "not after it has begun";
}

TEST(Triggers, Comparisons) {
  using Comparison = TriggerSpec::Comparison;
  for (const auto& [how, below, equal, above] :
       {std::tuple(Comparison::greater, false, false, true), std::tuple(Comparison::less, true, false, false),
        std::tuple(Comparison::greater_equal, false, true, true),
        std::tuple(Comparison::less_equal, true, true, false)})
    for (const auto& [value, starts] :
         {std::pair(0.4, below), std::pair(0.5, equal), std::pair(0.6, above)}) {
      MarketSpec spec = quarters();
      spec.events = {event("e", "", {{Kind::scale, price, 2}})};
      spec.events[0].when = TriggerSpec{lockin::Measure::hhi, "cloud", "", how, 0.5};
      const Market market(spec);
      ParameterPaths paths(market, {});
      paths.start_triggered(0, [v = value](const TriggerSpec&) { return std::optional(v); });
      EXPECT_EQ(paths.at(0)[named(market, price)] == 4, starts) << static_cast<int>(how) << " " << value;
    }
}

// ---- Leaving the range -------------------------------------------------------------------------------------

void expect_stop(const MarketSpec& spec, long good_until, const std::vector<std::string>& words) {
  const Market market(spec);
  ParameterPaths paths(market, {});
  for (long t = 0; t < good_until; ++t) EXPECT_NO_THROW((void)paths.at(t)) << t;
  try {
    (void)paths.at(good_until);
    ADD_FAILURE() << "should stop";
  } catch (const lockin::RunError& error) {
    for (const std::string& word : words)
      EXPECT_NE(std::string(error.what()).find(word), std::string::npos) << error.what();
  }
}

TEST(Range, AnEventThatLeavesItNamesItselfTheKeyAndThePeriod) {
  MarketSpec spec = quarters();
  spec.events = {event("price_war", "2025Q3", {{Kind::add, price, -2}})};
  expect_stop(spec, 2, {price, "price_war", "2025Q3", "0"});
  spec = quarters();
  spec.segments[0].re_evaluate_per_year = Path(0.6);
  spec.events = {event("reform", "2025Q2", {{Kind::scale, "segments.firms.re_evaluate", 2}})};
  expect_stop(spec, 1, {"segments.firms.re_evaluate", "reform", "2025Q2", "1.2"});
}

TEST(Range, PairsOfParameters) {
  MarketSpec spec = quarters();
  spec.segments[0].switching_cost = lockin::SwitchingCostSpec{1.0, Path(2.0)};
  spec.events = {event("reform", "2025Q2", {{Kind::set, "segments.firms.switching_cost.full", 0.5}})};
  expect_stop(spec, 1, {"segments.firms.switching_cost.full", "reform", "2025Q2"});
  spec = quarters();
  spec.segments[0].adopt = lockin::AdoptSpec{0.3, 0.5};
  spec.events = {event("hype", "2025Q2", {{Kind::scale, "segments.firms.adopt.imitate", 1.6}})};
  expect_stop(spec, 1, {"segments.firms.adopt.imitate", "hype", "2025Q2"});
}

TEST(Range, OfThePace) {
  MarketSpec spec = quarters();
  spec.providers[0].offers[0].second.price = Path(Path::Growth{2, 0.2});
  spec.events = {event("crash", "2025Q2", {{Kind::add, price + ".growth", -1.5}})};
  expect_stop(spec, 1, {price + ".growth", "crash", "2025Q2"});
  spec = quarters();
  spec.providers[0].offers[0].second.quality = Path(Path::Releases{1, 2, lockin::Distribution::point(0.1)});
  spec.events = {event("halt", "2025Q2", {{Kind::add, quality + ".per_year", -3}})};
  expect_stop(spec, 1, {quality + ".per_year", "halt", "2025Q2"});
}

TEST(Range, CheckOfOneParameter) {
  const Market market(quarters());
  EXPECT_NO_THROW(lockin::check_parameter(market, named(market, price), 1, 0, ""));
  EXPECT_THROW(lockin::check_parameter(market, named(market, price), 0, 0, ""), lockin::RunError);
  EXPECT_THROW(lockin::check_parameter(market, named(market, price), std::nan(""), 0, ""), lockin::RunError);
}

// ---- Releases ----------------------------------------------------------------------------------------------

MarketSpec releasing() {
  MarketSpec spec = quarters();
  spec.providers[0].offers[0].second.quality =
      Path(Path::Releases{1, 2, lockin::Distribution::uniform(0.1, 0.3)});
  return spec;
}

TEST(Releases, WithoutDrawsRiseByTheirMean) {
  std::vector<double> expected;
  for (int t = 0; t < 20; ++t) expected.push_back(1 + t * 2.0 / 4 * 0.2);
  expect_path(path(releasing(), quality, 20), expected);
}

TEST(Releases, DrawnHaveMeanAndVarianceOfACompoundPoisson) {
  const Market market(releasing());
  const auto id = named(market, quality);
  std::vector<double> last;
  for (std::uint32_t replication = 0; replication < 4000; ++replication) {
    ParameterPaths paths(market, {true, 7, replication});
    EXPECT_EQ(paths.at(0)[id], 1) << "none at t = 0";
    last.push_back(paths.at(19)[id]);
  }
  const double events = 19 * 0.5, second_moment = 0.04 + 0.2 * 0.2 / 12;
  EXPECT_TRUE(statistical::mean_is(last, 1 + events * 0.2));
  EXPECT_TRUE(statistical::variance_is(last, events * second_moment));
}

TEST(Releases, DependOnSeedAndReplicationAndNotOnOtherPaths) {
  const auto drawn = [](const MarketSpec& spec, std::uint64_t seed, std::uint32_t replication) {
    return path(spec, quality, 20, {true, seed, replication});
  };
  const auto own = drawn(releasing(), 7, 0);
  EXPECT_EQ(drawn(releasing(), 7, 0), own);
  EXPECT_NE(drawn(releasing(), 8, 0), own);
  EXPECT_NE(drawn(releasing(), 7, 1), own);
  MarketSpec more = releasing();
  more.providers[1].offers[0].second.quality = Path(Path::Releases{1, 5, lockin::Distribution::point(1)});
  std::swap(more.providers[0], more.providers[1]);
  EXPECT_EQ(drawn(more, 7, 0), own) << "another process, and another order";
}

TEST(Releases, FasterAfterAnEvent) {
  MarketSpec spec = releasing();
  spec.events = {event("race", "2025Q3", {{Kind::scale, quality + ".per_year", 3}})};
  expect_path(path(spec, quality, 4), {1, 1.1, 1.4, 1.7});
}

// ---- Recurring events --------------------------------------------------------------------------------------

// Price wars of half a year that build up over two quarters, and losses of talent that last.
MarketSpec recurring() {
  MarketSpec spec = quarters();
  EventSpec war = event("war", "", {{Kind::scale, price, 1, lockin::Distribution::uniform(0.5, 0.9)}});
  war.per_year = 2;
  war.ramp_months = 6;
  war.lasts_months = 9;
  EventSpec loss = event("loss", "", {{Kind::add, quality, -0.2}, {Kind::scale, price, 1.1}});
  loss.per_year = 1;
  spec.events = {war, loss};
  return spec;
}

TEST(RecurringEvents, DrawnHaveTheMeanOfTheRunWithoutDraws) {
  const Market market(recurring());
  const auto price_id = named(market, price), quality_id = named(market, quality);
  const std::vector<double> prices = path(recurring(), price, 12), qualities = path(recurring(), quality, 12);
  std::vector<double> drawn_price, drawn_quality;
  for (std::uint32_t replication = 0; replication < 20'000; ++replication) {
    ParameterPaths paths(market, {true, 11, replication});
    EXPECT_EQ(paths.at(0)[price_id], 2) << "none at t = 0";
    const lockin::PeriodParameters last = paths.at(11);
    drawn_price.push_back(last[price_id]);
    drawn_quality.push_back(last[quality_id]);
  }
  EXPECT_LT(prices[5], 2);
  EXPECT_TRUE(statistical::mean_is(drawn_price, prices[11]));
  EXPECT_TRUE(statistical::mean_is(drawn_quality, qualities[11]));
  // A Poisson number of losses, 0.2 each.
  EXPECT_TRUE(statistical::variance_is(drawn_quality, 11 * 0.25 * 0.04));
}

TEST(RecurringEvents, WithoutDrawsChangeByTheirMean) {
  MarketSpec spec = recurring();
  spec.events.pop_back();
  // Strengths in t of wars that began in t, t - 1 and t - 2: 1/2, 1, 1; half a war a quarter, to 0.7 on average.
  std::vector<double> expected{2};
  for (const double exposure : {0.5, 1.5, 2.5, 2.5}) expected.push_back(2 * std::exp(0.5 * exposure * -0.3));
  expect_path(path(spec, price, 5), expected);
}

TEST(RecurringEvents, AllEffectsOfAnOccurrenceComeAtOnce) {
  MarketSpec spec = recurring();
  spec.events = {spec.events[1]};
  const Market market(spec);
  std::size_t several = 0;
  for (std::uint32_t replication = 0; replication < 100; ++replication) {
    ParameterPaths paths(market, {true, 3, replication});
    const lockin::PeriodParameters last = paths.at(19);
    const double losses = (0.0 - last[named(market, quality)]) / 0.2;
    EXPECT_NEAR(losses, std::round(losses), 1e-9);
    EXPECT_NEAR(last[named(market, price)], 2 * std::pow(1.1, losses), 1e-9);
    several += losses > 1.5;
  }
  EXPECT_GT(several, 50u);
}

TEST(RecurringEvents, EachHasStreamsOfItsOwn) {
  const auto drawn = [](const MarketSpec& spec, std::uint64_t seed, std::uint32_t replication) {
    return path(spec, quality, 20, {true, seed, replication});
  };
  const auto own = drawn(recurring(), 7, 0);
  EXPECT_EQ(drawn(recurring(), 7, 0), own);
  EXPECT_NE(drawn(recurring(), 8, 0), own);
  EXPECT_NE(drawn(recurring(), 7, 1), own);
  MarketSpec alone = recurring();
  alone.events = {alone.events[1]};
  EXPECT_EQ(drawn(alone, 7, 0), own);
}

TEST(RecurringEvents, ChangeThePaceOfAProcess) {
  MarketSpec spec = releasing();
  EventSpec race = event("race", "", {{Kind::add, quality + ".per_year", 4}});
  race.per_year = 4;
  race.lasts_months = 3;
  spec.events = {race};  // one a quarter to be expected: 4 more releases a year, of 0.2
  expect_path(path(spec, quality, 4), {1, 1.3, 1.6, 1.9});
}

TEST(RecurringEvents, StopWhereAValueLeavesItsRange) {
  MarketSpec spec = recurring();
  spec.events[0].effects[0].drawn = lockin::Distribution::point(-1);
  spec.events[0].ramp_months.reset();
  const Market market(spec);
  ParameterPaths paths(market, {true, 1, 0});
  try {
    for (long t = 0; t < 20; ++t) (void)paths.at(t);
    FAIL() << "no war in 5 years at 2 a year";
  } catch (const lockin::RunError& error) {
    EXPECT_NE(std::string(error.what()).find("war"), std::string::npos) << error.what();
  }
}

TEST(Releases, AreRefusedWhereThereWouldBeNoEnd) {
  MarketSpec spec = releasing();
  spec.providers[0].offers[0].second.quality =
      Path(Path::Releases{1, 1e15, lockin::Distribution::uniform(0.1, 0.3)});
  EXPECT_NO_THROW((void)path(spec, quality, 3));
  EXPECT_THROW((void)path(spec, quality, 3, {true, 1, 0}), lockin::RunError);
}

}  // namespace
