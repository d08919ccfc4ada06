#include "lockin/engine/mean_field_engine.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "full_market.hpp"
#include "lockin/simulation/simulate.hpp"
#include "plain_market.hpp"

namespace lockin::test {
namespace {

TEST(MeanFieldEngine, OpeningIsTheDistribution) {
  PlainMarket of{.utility = {0, 0}, .share = {0.75, 0.25}};
  of.adopted = 0.8;
  of.customers = 100;
  const Market market(plain_spec(of));
  const MeanFieldEngine engine(market);
  const std::vector<double>& held = engine.tally().slots[0][0].held;
  EXPECT_NEAR(held[0], 60, 1e-12);
  EXPECT_NEAR(held[1], 20, 1e-12);
  EXPECT_NEAR(held[2], 20, 1e-12);
  EXPECT_EQ(engine.tally().present[0], 100);
}

TEST(MeanFieldEngine, StartsFromGivenCounts) {
  const Market market(plain_spec({.utility = {0, 0, 0}}));
  const MeanFieldEngine engine(market, {{TypeId(0), {2}, 3}, {TypeId(0), {3}, 2}, {TypeId(0), {0}, 1}});
  EXPECT_EQ(engine.tally().slots[0][0].held, (std::vector<double>{1, 0, 3, 2}));
}

TEST(MeanFieldEngine, RefusesCountsThatDoNotFit) {
  const Market market(plain_spec({.utility = {0, 0, 0}}));
  const auto with = [&](TypeId type, std::vector<std::size_t> states) {
    return MeanFieldEngine(market, {{type, std::move(states), 1}});
  };
  EXPECT_THROW(with(TypeId(1), {0}), std::invalid_argument);
  EXPECT_THROW(with(TypeId(0), {0, 0}), std::invalid_argument);
  EXPECT_THROW(with(TypeId(0), {4}), std::invalid_argument);
}

TEST(MeanFieldEngine, JointTableOfTiedSlots) {
  const Market market(full_spec());
  const MeanFieldEngine engine(market);
  for (std::size_t y = 0; y < market.type_count(); ++y) {
    const CustomerType& type = market.type(TypeId(y));
    std::size_t size = 1;
    for (const SlotTally& slot : engine.tally().slots[y]) size *= slot.states.size();
    if (type.segment.index() == 0)
      EXPECT_EQ(engine.joint(TypeId(y), 0).size(), size);
    else
      EXPECT_EQ(engine.joint(TypeId(y), 1).size(), engine.tally().slots[y][1].states.size());
  }
  EXPECT_THROW((void)engine.joint(TypeId(0), 9), std::out_of_range);
}

// Size classes that no probability depends on are one unit, and stay in proportion: the same numbers as kept apart.
TEST(MeanFieldEngine, SizeClassesMergeWhereTheyDoNotMatter) {
  MarketSpec merged = full_spec(), apart = full_spec();
  merged.segments[0].size.switching_cost_exponent = 0;
  apart.segments[0].size.switching_cost_exponent = 1e-300;  // size^z = 1, but classes of their own
  ASSERT_LT(Market(merged).choice_class_count(), Market(apart).choice_class_count());
  const Trajectory a = simulate(Market(merged), {.engine = EngineKind::mean_field}),
                   b = simulate(Market(apart), {.engine = EngineKind::mean_field});
  for (std::size_t t = 0; t < a.size(); ++t)
    for (std::size_t i = 0; i < a.at(Period(t)).revenue.values().size(); ++i)
      EXPECT_NEAR(a.at(Period(t)).revenue.values()[i], b.at(Period(t)).revenue.values()[i], 1e-10);
}

TEST(MeanFieldEngine, TooManyJointStatesAreRefused) {
  MarketSpec spec = full_spec();
  spec.segments[0].multi_home = {{"iaas", 1.0, 0.5}, {"maas", 1.0, 0.5}};  // 326^4 states
  for (LayerSpec& layer : spec.layers) {
    layer.slots = 2;
    layer.stages = 64;
    layer.opening.clear();
  }
  EXPECT_THROW((void)simulate(Market(spec), {.engine = EngineKind::mean_field}), std::invalid_argument);
}

}  // namespace
}  // namespace lockin::test
