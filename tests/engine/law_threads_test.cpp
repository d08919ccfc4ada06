// Results are the same bits for any number of threads, and a pure function of seed and replication.
#include <gtest/gtest.h>

#include "full_market.hpp"
#include "lockin/simulation/simulate.hpp"

namespace lockin::test {
namespace {

struct History {
  std::vector<Aggregates> aggregates;
  std::vector<double> counts;         // every number of every tally
  std::vector<std::uint16_t> states;  // every column
  std::vector<std::int16_t> entered;
  std::vector<float> sizes;
  bool operator==(const History&) const = default;
};

History history(EngineKind engine, std::size_t threads, std::uint64_t seed = 4,
                std::uint32_t replication = 0) {
  const Market market(full_spec());
  History all;
  RunSettings settings;
  settings.engine = engine;
  settings.seed = seed;
  settings.replication = replication;
  settings.threads = threads;
  settings.draw_sizes = engine == EngineKind::agent;
  settings.observer = [&](const PeriodView& view) {
    all.aggregates.push_back(view.aggregates);
    for (const auto& of_type : view.tally.slots)
      for (const SlotTally& slot : of_type)
        for (const auto* values : {&slot.held, &slot.moved, &slot.adopted, &slot.base, &slot.spend})
          all.counts.insert(all.counts.end(), values->begin(), values->end());
    for (const CustomerColumns& columns : view.customers) {
      for (const auto& column : columns.states)
        all.states.insert(all.states.end(), column.begin(), column.end());
      all.entered.insert(all.entered.end(), columns.entered.begin(), columns.entered.end());
      all.sizes.insert(all.sizes.end(), columns.sizes.begin(), columns.sizes.end());
    }
  };
  const Trajectory path = simulate(market, settings);
  EXPECT_EQ(path.size(), 12u);
  for (std::size_t t = 0; t < path.size(); ++t) EXPECT_EQ(path.at(Period(t)), all.aggregates[t + 1]);
  return all;
}

TEST(LawThreads, SameBits) {
  const History one = history(EngineKind::agent, 1);
  EXPECT_GT(one.states.size(), 200'000u);
  for (const std::size_t threads : {2u, 3u, 7u, 0u})
    EXPECT_TRUE(history(EngineKind::agent, threads) == one) << threads << " threads";
}

TEST(LawThreads, SameBitsOfCohorts) {
  const History one = history(EngineKind::cohort, 1);
  EXPECT_GT(one.counts.size(), 10'000u);
  for (const std::size_t threads : {2u, 3u, 7u, 0u})
    EXPECT_TRUE(history(EngineKind::cohort, threads) == one) << threads << " threads";
}

TEST(LawThreads, SeedAndReplicationNameTheHistory) {
  for (const EngineKind engine : {EngineKind::agent, EngineKind::cohort}) {
    const History one = history(engine, 2, 4, 1);
    EXPECT_TRUE(history(engine, 2, 4, 1) == one);
    EXPECT_FALSE(history(engine, 2, 4, 2) == one);
    EXPECT_FALSE(history(engine, 2, 5, 1) == one);
  }
}

}  // namespace
}  // namespace lockin::test
