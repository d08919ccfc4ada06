// Results are the same bits for any number of threads, and a pure function of seed and replication.
#include <gtest/gtest.h>

#include "full_market.hpp"
#include "history.hpp"

namespace lockin::test {
namespace {

History history(EngineKind engine, std::size_t threads, std::uint64_t seed = 4,
                std::uint32_t replication = 0) {
  return test::history(Market(full_spec()), {.engine = engine,
                                             .seed = seed,
                                             .replication = replication,
                                             .threads = threads,
                                             .draw_sizes = engine == EngineKind::agent});
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
