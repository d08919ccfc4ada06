// What the engines of whole customers make of the opening.
#include <gtest/gtest.h>

#include <numeric>

#include "full_market.hpp"
#include "lockin/engine/agent_engine.hpp"
#include "lockin/engine/cohort_engine.hpp"

namespace lockin::test {
namespace {

double sum(const std::vector<double>& values) { return std::accumulate(values.begin(), values.end(), 0.0); }

template <class E>
struct Opening : testing::Test {};
using WholeCustomers = testing::Types<AgentEngine, CohortEngine>;
TYPED_TEST_SUITE(Opening, WholeCustomers);

TYPED_TEST(Opening, HasTheCustomersOfTheMarket) {
  const Market market(full_spec());
  const TypeParam engine(market, {});
  double big = 0, small = 0;
  for (std::size_t y = 0; y < market.type_count(); ++y) {
    (market.type(TypeId(y)).segment.index() == 0 ? big : small) += engine.tally().present[y];
    for (const SlotTally& slot : engine.tally().slots[y])
      EXPECT_EQ(sum(slot.held), engine.tally().present[y]);
  }
  EXPECT_EQ(big, 700);
  EXPECT_EQ(small, 9000);
  EXPECT_EQ(engine.tally().scale, (std::vector<double>{1, 1}));
}

TYPED_TEST(Opening, SimulatedCustomersStandForMore) {
  const Market market(full_spec());
  const TypeParam engine(market, {.customers = 97});
  EXPECT_EQ(sum(engine.tally().present), 97);
  EXPECT_DOUBLE_EQ(engine.tally().scale[0], 100);
  EXPECT_DOUBLE_EQ(engine.tally().scale[1], 100);
  EXPECT_THROW(TypeParam(market, {.customers = 2}), std::invalid_argument);
}

}  // namespace
}  // namespace lockin::test
