#include "lockin/engine/agent_engine.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "full_market.hpp"
#include "lockin/simulation/simulate.hpp"
#include "plain_market.hpp"

std::size_t allocations();  // in allocations_test.cpp

namespace lockin::test {
namespace {

TEST(AgentEngine, StartsFromGivenCounts) {
  const Market market(plain_spec({.utility = {0, 0, 0}}));
  const AgentEngine engine(market, {}, {{TypeId(0), {2}, 3}, {TypeId(0), {3}, 2}, {TypeId(0), {0}, 1}});
  EXPECT_EQ(engine.tally().slots[0][0].held, (std::vector<double>{1, 0, 3, 2}));
  EXPECT_EQ(engine.tally().present[0], 6);
  EXPECT_EQ(engine.tally().scale[0], 1);
  const auto columns = engine.columns();
  const std::vector<std::uint16_t> states(columns[0].states[0].begin(), columns[0].states[0].end());
  EXPECT_EQ(states, (std::vector<std::uint16_t>{2, 2, 2, 3, 3, 0}));
  EXPECT_TRUE(columns[0].entered.empty());
  EXPECT_TRUE(columns[0].sizes.empty());
}

TEST(AgentEngine, RefusesCountsThatDoNotFit) {
  const Market market(plain_spec({.utility = {0, 0, 0}}));
  const auto with = [&](TypeId type, std::vector<std::size_t> states) {
    return AgentEngine(market, {}, {{type, std::move(states), 1}});
  };
  EXPECT_THROW(with(TypeId(1), {0}), std::invalid_argument);
  EXPECT_THROW(with(TypeId(0), {0, 0}), std::invalid_argument);
  EXPECT_THROW(with(TypeId(0), {}), std::invalid_argument);
  EXPECT_THROW(with(TypeId(0), {4}), std::invalid_argument);  // the place of one who left is no state
}

TEST(AgentEngine, NobodyIsAMarketToo) {
  const Market market(plain_spec({.utility = {0, 0}, .eta = 1}));
  const Trajectory path = simulate(market, {.opening = Population{}});
  EXPECT_EQ(path.at(Period(5u)).present[0], 0);
  EXPECT_FALSE(path.value(5, Measure::customer_share, "cloud", "all", "p0"));
}

TEST(AgentEngine, EntrantsHaveTheirPeriod) {
  MarketSpec spec = plain_spec({.utility = {0, 0}, .periods = 3});
  spec.segments[0].entry_per_year = 0.5;
  spec.segments[0].exit_per_year = 0.5;
  spec.segments[0].adopt = AdoptSpec{0.0, 0.0};
  const Market market(spec);
  AgentEngine engine(market, {});
  Loop loop(market, engine);
  for (int t = 0; t < 3; ++t) {
    loop.step();
    const auto columns = engine.columns();
    const SlotStates& numbers = engine.tally().slots[0][0].states;
    double now = 0, none = 0;
    for (std::size_t i = 0; i < columns[0].entered.size(); ++i) {
      if (columns[0].states[0][i] == numbers.left()) continue;
      EXPECT_GE(columns[0].entered[i], -1);
      EXPECT_LE(columns[0].entered[i], t);
      // Nobody adopts: who entered holds nothing, who was there from the opening holds something.
      EXPECT_EQ(columns[0].entered[i] >= 0, columns[0].states[0][i] == numbers.none());
      now += columns[0].entered[i] == t;
      none += columns[0].entered[i] >= 0;
    }
    EXPECT_GT(now, 0);
    EXPECT_EQ(engine.tally().slots[0][0].held[numbers.none()], none);
  }
}

// Entry that a policy brings about, in a market that knows none.
TEST(AgentEngine, EntryThatNoPathAnnounces) {
  const Market market(plain_spec({.utility = {0, 0}, .periods = 4}));
  RunSettings settings;
  settings.policies.emplace_back([](const MarketView& view, PeriodParameters& parameters) {
    if (view.t == 1) parameters[view.market.segment(SegmentId(0u)).entry] = 0.5;
    if (view.t == 2) parameters[view.market.segment(SegmentId(0u)).exit] = 0.5;
  });
  settings.observer = [](const PeriodView& view) {
    if (view.t < 1) return;
    const CustomerColumns& columns = view.customers[0];
    ASSERT_EQ(columns.entered.size(), columns.states[0].size());
    EXPECT_EQ(std::count(columns.entered.begin(), columns.entered.end(), std::int16_t{1}),
              static_cast<std::ptrdiff_t>(columns.entered.size()) - 1000);
  };
  const Trajectory path = simulate(market, settings);
  EXPECT_EQ(path.at(Period(0u)).present[0], 1000);
  EXPECT_GT(path.at(Period(1u)).present[0], 1300);
  EXPECT_LT(path.at(Period(2u)).present[0], 900);
}

TEST(AgentEngine, SpendIsTheSumOfDrawnSizes) {
  const Market market(full_spec());
  AgentEngine engine(market, {.threads = 3, .draw_sizes = true});
  Loop loop(market, engine);
  for (int t = 0; t < 4; ++t) loop.step();
  for (const CustomerColumns& columns : engine.columns())
    for (std::size_t k = 0; k < columns.states.size(); ++k) {
      const SlotTally& slot = engine.tally().slots[columns.type.index()][k];
      std::vector<double> spend(market.provider_count() + 1, 0.0);
      for (std::size_t i = 0; i < columns.sizes.size(); ++i)
        spend[slot.states.provider(columns.states[k][i])] += static_cast<double>(columns.sizes[i]);
      spend.pop_back();
      EXPECT_EQ(spend, slot.spend);
    }
}

TEST(AgentEngine, TwoBytesASlot) {
  MarketSpec spec = full_spec();
  spec.segments[0].multi_home.clear();
  const Market market(spec);
  AgentEngine engine(market, {.draw_sizes = true});
  std::size_t bytes = 0;
  for (const CustomerColumns& columns : engine.columns()) {
    for (const auto& column : columns.states) bytes += column.size_bytes();
    bytes += columns.entered.size_bytes() + columns.sizes.size_bytes();
  }
  EXPECT_LE(static_cast<double>(bytes) / 9700, 16);
  EXPECT_EQ(bytes, 9700u * (2 * 2 + 2 + 4));
}

// A step allocates for tables and blocks, never for customers: as often with 4000 as with 400.
TEST(AgentEngine, CustomersInABlockNeedNoAllocation) {
  std::vector<std::size_t> of_step;
  for (const std::uint64_t customers : {400u, 4000u}) {
    PlainMarket of{.utility = {0.3, 0, -0.2}, .share = {0.2, 0.3, 0.5}, .rho = 0.6, .kappa = 0.5, .eta = 1};
    of.stages = 3;
    of.lambda = 0.5;
    of.customers = customers;
    const Market market(plain_spec(of));
    AgentEngine engine(market, {});
    Loop loop(market, engine);
    loop.step();
    const std::size_t before = allocations();
    engine.step(loop.kernel(), {1, 0, Period(1u)});
    of_step.push_back(allocations() - before);
  }
  EXPECT_EQ(of_step[0], of_step[1]);
}

}  // namespace
}  // namespace lockin::test
