// The cohort engine has the law of the agent engine: two-sample tests of joint counts over many histories of small markets
// that between them use every feature of the model.
#include <gtest/gtest.h>

#include <array>
#include <string>

#include "joint_counts.hpp"
#include "law_markets.hpp"

namespace lockin::test {
namespace {

constexpr std::uint32_t histories = 5000;
constexpr std::size_t cells_tested = 6;
// Periods simulated: the opening, the first, where nothing has yet blurred what a period does, and the last.
constexpr std::array<long, 3> dates{0, 1, 4};
// All comparisons of the whole table together cry wolf once in a million changes of the draws.
const double rate = statistical::false_alarm_rate /
                    static_cast<double>(law_markets().size() * dates.size() * (cells_tested + 2));

class LawAgentCohort : public ::testing::TestWithParam<LawMarket> {};

// [date][history][cell]
template <class E>
std::array<Histories, dates.size()> joint_counts(const Market& market, const JointTables& tables,
                                                 const AnyChoiceModel& choice, std::uint64_t seed) {
  std::array<Histories, dates.size()> counts;
  for (std::uint32_t r = 0; r < histories; ++r) {
    E engine(market, {.seed = seed, .replication = r});
    Loop loop(market, engine, choice);
    for (std::size_t i = 0; i < dates.size(); ++i) {
      while (loop.t() < dates[i]) loop.step(seed, r);
      counts[i].push_back(tables.count(engine));
    }
  }
  return counts;
}

TEST_P(LawAgentCohort, JointCountsHaveOneLaw) {
  const Market market(GetParam().spec);
  const JointTables tables(market, CohortEngine(market, {}));
  const auto agents = joint_counts<AgentEngine>(market, tables, GetParam().choice, 61);
  const auto cohorts = joint_counts<CohortEngine>(market, tables, GetParam().choice, 62);
  for (std::size_t i = 0; i < dates.size(); ++i) {
    const auto [a, b] = pool_rare(agents[i], cohorts[i]);
    double caught = 0;
    EXPECT_TRUE(same_means(a, b, rate, &caught)) << "t = " << dates[i];
    // Power: a quarter of what one history of 40 customers varies by, 0.8 customers at most.
    EXPECT_LT(caught, 0.25);
    RecordProperty(numbered("caught_t", static_cast<std::size_t>(dates[i])), std::to_string(caught));
    const std::vector<std::size_t> liveliest = liveliest_cells(a, cells_tested);
    ASSERT_EQ(liveliest.size(), cells_tested);
    for (const std::size_t cell : liveliest) {
      const testing::AssertionResult same = same_law_of_count(a, b, cell, rate);
      EXPECT_TRUE(same) << "t = " << dates[i] << ", cell " << cell;
      RecordProperty(numbered("law_of_count_t", static_cast<std::size_t>(dates[i])), same.message());
    }
    const auto [squares_a, squares_b] = products(a, b, liveliest);
    EXPECT_TRUE(same_means(squares_a, squares_b, rate)) << "covariances, t = " << dates[i];
  }
}

INSTANTIATE_TEST_SUITE_P(Markets, LawAgentCohort, ::testing::ValuesIn(law_markets()),
                         [](const auto& of) { return of.param.name; });

// The tests above can fail: a hazard that is off by a tenth shows in the means, customers who come in pairs in the counts and
// their variances alone.
TEST(LawAgentCohortPower, AHazardOffByATenthShows) {
  MarketSpec spec = law_one_layer();
  const Market market(spec);
  const JointTables tables(market, CohortEngine(market, {}));
  const auto agents = joint_counts<AgentEngine>(market, tables, {}, 63);
  for (const bool attention : {false, true}) {
    MarketSpec other = spec;
    if (attention)
      other.segments[0].re_evaluate_per_year = Path(0.63);
    else
      other.layers[0].advance_per_year = Path(0.54);
    const auto cohorts = joint_counts<CohortEngine>(Market(other), tables, {}, 64);
    for (std::size_t i = 1; i < dates.size(); ++i) {
      const auto [a, b] = pool_rare(agents[i], cohorts[i]);
      EXPECT_FALSE(same_means(a, b, rate)) << attention << ", t = " << dates[i];
    }
  }
}

TEST(LawAgentCohortPower, CustomersInPairsShow) {
  MarketSpec spec = law_one_layer();
  const Market market(spec);
  spec.segments[0].customers = 20;
  const Market half(spec);
  const JointTables tables(market, CohortEngine(market, {}));
  const auto agents = joint_counts<AgentEngine>(market, tables, {}, 65);
  auto cohorts = joint_counts<CohortEngine>(half, tables, {}, 66);
  for (std::size_t i = 0; i < dates.size(); ++i) {
    for (std::vector<double>& history : cohorts[i])
      for (double& count : history) count *= 2;
    const auto [a, b] = pool_rare(agents[i], cohorts[i]);
    EXPECT_TRUE(same_means(a, b, rate));
    const std::vector<std::size_t> liveliest = liveliest_cells(a, cells_tested);
    EXPECT_FALSE(same_law_of_count(a, b, liveliest.front(), rate));
    const auto [squares_a, squares_b] = products(a, b, liveliest);
    EXPECT_FALSE(same_means(squares_a, squares_b, rate));
  }
}

}  // namespace
}  // namespace lockin::test
