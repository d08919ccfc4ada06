// Without feedback the mean field is the mean of the agents and of the cohorts, and customers of a type are independent draws
// from its joint law over slots and stages.
#include <gtest/gtest.h>

#include <algorithm>

#include "full_market.hpp"
#include "joint_counts.hpp"
#include "law_markets.hpp"
#include "lockin/engine/agent_engine.hpp"
#include "lockin/engine/cohort_engine.hpp"
#include "lockin/engine/mean_field_engine.hpp"
#include "lockin/simulation/simulate.hpp"
#include "plain_market.hpp"
#include "statistical.hpp"

namespace lockin::test {
namespace {

// Nothing feeds back: no network effect, no imitation.
MarketSpec open_loop_spec() {
  MarketSpec spec = full_spec();
  for (SegmentSpec& segment : spec.segments) segment.network = {};
  spec.segments[1].adopt = Keyed<AdoptSpec>{{{"iaas", {0.3, 0.0}}, {"maas", {0.25, 0.0}}}};
  return spec;
}

// Nobody enters, so that those who are still there are independent draws: the chi-square test is exact.
template <class E>
void expect_joint_law() {
  MarketSpec spec = open_loop_spec();
  spec.segments[0].customers = 400'000;
  spec.segments[0].size.classes = 1;
  spec.segments[1].customers = 400'000;
  spec.segments[1].affinity = {{"maas", "iaas", 0.7}};
  for (SegmentSpec& segment : spec.segments) segment.entry_per_year = 0.0;
  const Market market(spec);
  E engine(market, {.seed = 41, .threads = 2});
  MeanFieldEngine mean_field(market);
  Loop drawn(market, engine);
  Loop of_mean(market, mean_field);
  while (drawn.t() < 8) {
    drawn.step(41);
    of_mean.step();
  }
  const JointTables tables(market, CohortEngine(market, {.customers = 1000}));
  const std::vector<double> all = tables.count(engine);
  for (const JointTable& table : tables.tables) {
    std::vector<double> law = mean_field.joint(table.type, table.slots.front());
    const auto first = all.begin() + static_cast<std::ptrdiff_t>(table.first);
    const std::vector<std::uint64_t> counts(first, first + static_cast<std::ptrdiff_t>(law.size()));
    const double present = mean_field.tally().present[table.type.index()];
    for (double& p : law) p /= present;
    EXPECT_TRUE(statistical::fits_counts(counts, law)) << "type " << table.type.index();
  }
}

TEST(LawAgentMeanField, JointLawOfSlotsAndStages) { expect_joint_law<AgentEngine>(); }
TEST(LawCohortMeanField, JointLawOfSlotsAndStages) { expect_joint_law<CohortEngine>(); }

// 64 stages in two tied layers: so many joint states that cohorts are kept as a list; and so many customers that an error of
// 1e-4 of a probability would show.
TEST(LawCohortMeanField, JointLawOfATrillionCustomersInManyStates) {
  MarketSpec spec = law_two_layers(0.8, 0.5, 64);
  spec.segments[0].customers = 1'000'000'000'000;
  const Market market(spec);
  CohortEngine cohorts(market, {.seed = 44});
  MeanFieldEngine mean_field(market);
  Loop of_cohorts(market, cohorts);
  Loop of_mean(market, mean_field);
  for (int t = 0; t < 2; ++t) {
    of_cohorts.step(44);
    of_mean.step();
  }
  const std::vector<double> joint = JointTables(market, cohorts).count(cohorts);
  std::vector<double> law = mean_field.joint(TypeId(0), 0);
  for (double& p : law) p /= 1e12;
  const std::vector<std::uint64_t> counts(joint.begin(), joint.end());
  const testing::AssertionResult fits = statistical::fits_counts(counts, law);
  EXPECT_TRUE(fits);
  RecordProperty("fit", fits.message());
}

// With entry: means of customers, newcomers and movers over 300 histories of 1000 simulated customers. Hundreds of means: a
// rate of 1e-9 for each.
void expect_means(EngineKind engine) {
  const Market market(open_loop_spec());
  const Trajectory mean = simulate(market, {.engine = EngineKind::mean_field});
  const auto values_of = [&](const Trajectory& path, Period t) {
    std::vector<double> values;
    const Aggregates& at = path.at(t);
    for (const auto* table :
         {&at.customers, &at.new_customers, &at.moved, &at.held_before, &at.stage_sum, &at.cost_sum})
      values.insert(values.end(), table->values().begin(), table->values().end());
    values.insert(values.end(), at.present.begin(), at.present.end());
    values.insert(values.end(), at.switched.begin(), at.switched.end());
    return values;
  };
  const std::vector<Period> periods{Period(0u), Period(3u), Period(11u)};
  std::vector<std::vector<std::vector<double>>> drawn(periods.size());  // [period][value][history]
  for (std::uint32_t r = 0; r < 300; ++r) {
    const Trajectory path =
        simulate(market, {.engine = engine, .seed = 42, .replication = r, .threads = 1, .customers = 1000});
    for (std::size_t i = 0; i < periods.size(); ++i) {
      const std::vector<double> values = values_of(path, periods[i]);
      drawn[i].resize(values.size());
      for (std::size_t v = 0; v < values.size(); ++v) drawn[i][v].push_back(values[v]);
    }
  }
  std::size_t tested = 0;
  for (std::size_t i = 0; i < periods.size(); ++i) {
    const std::vector<double> expected = values_of(mean, periods[i]);
    for (std::size_t v = 0; v < expected.size(); ++v) {
      // Where almost nothing ever happens a mean of 300 is not normal.
      const auto seen = std::count_if(drawn[i][v].begin(), drawn[i][v].end(), [](double x) { return x > 0; });
      if (expected[v] == 0) {
        EXPECT_EQ(seen, 0) << "value " << v << " in period " << periods[i].value;
      } else if (seen > 100) {
        EXPECT_TRUE(statistical::mean_is(drawn[i][v], expected[v], 1e-9))
            << "value " << v << " in period " << periods[i].value;
        ++tested;
      }
    }
  }
  EXPECT_GT(tested, 150u);
  testing::Test::RecordProperty("means", static_cast<int>(tested));
}

TEST(LawAgentMeanField, MeansOverHistories) { expect_means(EngineKind::agent); }
TEST(LawCohortMeanField, MeansOverHistories) { expect_means(EngineKind::cohort); }

// Drawn sizes have the mean of their class: revenue shares agree in the mean of many customers.
TEST(LawAgentMeanField, DrawnSizesHaveTheMeanOfTheirClass) {
  MarketSpec spec = open_loop_spec();
  spec.segments[0].size.parameter = 3;  // with a variance, so that the test has a standard error
  spec.segments[0].customers = 300'000;
  const Market market(spec);
  const AgentEngine engine(market, {.seed = 43, .draw_sizes = true});
  for (const CustomerColumns& columns : engine.columns()) {
    const CustomerType& type = market.type(columns.type);
    const SizeSpec& size = market.spec().segments[type.segment.index()].size;
    const std::vector<double> sizes(columns.sizes.begin(), columns.sizes.end());
    const double classes = size.spread == SizeSpec::Spread::none ? 1 : size.classes;
    const auto bound = [&](double place) { return size_quantile(size, place / classes); };
    const bool last = static_cast<double>(type.size_class) + 1 >= classes;
    for (const double x : sizes) {
      ASSERT_GE(x, bound(static_cast<double>(type.size_class)) * (1 - 1e-6));
      ASSERT_TRUE(last || x <= bound(static_cast<double>(type.size_class) + 1) * (1 + 1e-6)) << x;
    }
    EXPECT_TRUE(statistical::mean_is(sizes, type.size)) << "type " << columns.type.index();
  }
}

// Number of entrants: Poisson, so that its variance is its mean.
template <class E>
void expect_poisson_and_binomial() {
  PlainMarket of{.utility = {0, 0}};
  of.customers = 500;
  MarketSpec spec = plain_spec(of);
  spec.segments[0].entry_per_year = 0.2;
  const Market growing(spec);
  spec.segments[0].entry_per_year = 0.0;
  spec.segments[0].exit_per_year = 0.3;
  const Market shrinking(spec);
  std::vector<double> entrants, leavers;
  for (std::uint32_t r = 0; r < 5000; ++r) {
    E grows(growing, {.replication = r}), shrinks(shrinking, {.replication = r});
    Loop up(growing, grows);
    Loop down(shrinking, shrinks);
    up.step(1, r);
    down.step(1, r);
    entrants.push_back(grows.tally().present[0] - 500);
    leavers.push_back(500 - shrinks.tally().present[0]);
  }
  EXPECT_TRUE(statistical::mean_is(entrants, 100));
  EXPECT_TRUE(statistical::variance_is(entrants, 100));
  EXPECT_TRUE(statistical::mean_is(leavers, 150));
  EXPECT_TRUE(statistical::variance_is(leavers, 500 * 0.3 * 0.7));
}

TEST(LawAgentMeanField, EntryIsPoissonAndExitBinomial) { expect_poisson_and_binomial<AgentEngine>(); }
TEST(LawCohortMeanField, EntryIsPoissonAndExitBinomial) { expect_poisson_and_binomial<CohortEngine>(); }

}  // namespace
}  // namespace lockin::test
