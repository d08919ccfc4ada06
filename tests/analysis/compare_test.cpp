#include "lockin/analysis/compare.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "lockin/report/comparison_report.hpp"
#include "lockin/scenario/load.hpp"

namespace lockin {
namespace {

constexpr std::string_view market_text = R"(
portability = { dist = "uniform", min = 0.5, max = 1.5 }
[horizon]
start = "2025Q1"
end = "2026Q4"
[layers.cloud]
[providers.a]
cloud = { share = 0.6 }
[providers.b]
cloud = { share = "rest", price = 0.9 }
[segments.firms]
customers = 300
re_evaluate = 0.6
switching_cost = 0.6
[run]
engine = "agent"
replications = 20
seed = 5
)";

Scenario scenario(const std::string& name, const std::vector<std::string>& overrides = {}) {
  return parse_scenario(market_text, name, overrides);
}

const MeasureAt share_of_b{Measure::customer_share, {LayerId(0), {}, ProviderId(1)}, 7, {}};

// Each figure again, from the runs alone.
TEST(Compare, PairsReplications) {
  const Scenario one = scenario("one"), two = scenario("two", {"providers.b.cloud.price=0.7"});
  const Comparison comparison = compare({one, two}, {.threads = 2});
  std::vector<double> differences, first;
  double greater = 0;
  for (std::uint64_t r = 0; r < 20; ++r) {
    const auto value = [&](const Scenario& of) {
      const Replication run = replication_of(of, {}, r);
      return *simulate(Market(run.spec), run.settings).value(7, share_of_b.measure, share_of_b.key);
    };
    first.push_back(value(one));
    differences.push_back(value(two) - first.back());
    greater += differences.back() > 0 ? 1 : 0;
  }
  const PairedDifference of = *comparison.difference(1, share_of_b);
  double mean = 0, squares = 0;
  for (const double d : differences) mean += d / 20;
  for (const double d : differences) squares += (d - mean) * (d - mean);
  EXPECT_NEAR(of.difference.mean, mean, 1e-14);  // another order of sums
  EXPECT_NEAR(of.difference.sd, std::sqrt(squares / 19), 1e-14);
  std::sort(differences.begin(), differences.end());
  EXPECT_EQ(of.difference.q95, quantile(differences, 0.95));
  EXPECT_DOUBLE_EQ(of.probability_greater, greater / 20);
  EXPECT_EQ(comparison.ensembles()[0].summary(share_of_b)->mean, run_ensemble(one).summary(share_of_b)->mean);
  EXPECT_EQ(comparison.ensembles()[1].summary(share_of_b)->q50, run_ensemble(two).summary(share_of_b)->q50);
}

TEST(Compare, AScenarioDoesNotDifferFromItself) {
  const Comparison same = compare({scenario("one"), scenario("again")});
  const PairedDifference of = *same.difference(1, share_of_b);
  EXPECT_EQ(of.difference.mean, 0);
  EXPECT_EQ(of.difference.sd, 0);
  EXPECT_EQ(of.probability_greater, 0);
  EXPECT_GT(of.independent_se, 0);
}

TEST(Compare, SameBitsForAnyNumberOfThreads) {
  const std::vector<Scenario> scenarios{scenario("one"), scenario("two", {"providers.b.cloud.price=0.7"}),
                                        scenario("three", {"segments.firms.re_evaluate=0.3"})};
  const std::string one = comparison_csv(compare(scenarios, {.threads = 1}));
  for (const std::size_t threads : {2UL, 3UL, 7UL})
    EXPECT_EQ(one, comparison_csv(compare(scenarios, {.threads = threads})));
}

// Measures are those of the same names, wherever these stand; what one scenario lacks has no difference.
TEST(Compare, MatchesByName) {
  std::string other(market_text);
  for (const auto& [part, by] :
       {std::pair("providers.a", "providers.new"), std::pair("share = 0.6", "share = 0.1")})
    other.replace(other.find(part), std::string_view(part).size(), by);
  const Comparison comparison = compare({scenario("one", {"run.engine=\"mean_field\""}),
                                         parse_scenario(other, "other", {"run.engine=\"mean_field\""})});
  const MeasureAt opening{Measure::customer_share, {LayerId(0), {}, ProviderId(1)}, -1, {}};
  EXPECT_NEAR(comparison.difference(1, opening)->difference.mean, 0.9 - 0.4, 1e-12);
  EXPECT_FALSE(comparison.difference(1, {Measure::customer_share, {LayerId(0), {}, ProviderId(0)}, -1, {}}));
  EXPECT_THROW((void)comparison.difference(2, opening), std::out_of_range);
}

TEST(Compare, RefusesWhatHasNoPairs) {
  EXPECT_THROW((void)compare({scenario("one")}), std::invalid_argument);
  EXPECT_THROW((void)compare({scenario("one"), scenario("two", {"horizon.end=\"2027Q4\""})}),
               std::invalid_argument);
}

// The gain of common random numbers on the shipped variants, as a ratio of variances: the difference of the leaders' shares in 2030
// has at most a fifth of the variance that independent seeds would give.
TEST(Compare, PairingGainsOnTheShippedVariants) {
  std::vector<Scenario> scenarios;
  for (const char* name : {"china_ai_cloud", "china_price_war", "china_talent_loss", "china_maas_lock_in"})
    scenarios.push_back(load_bundled(name));
  const Comparison comparison = compare(scenarios, {.replications = 40});
  for (std::size_t k = 1; k < scenarios.size(); ++k)
    for (const std::size_t j : {0UL, 1UL}) {
      const PairedDifference of =
          *comparison.difference(k, {Measure::revenue_share, {{}, {}, ProviderId(j)}, 0, 2030});
      EXPECT_LT(of.difference.se * of.difference.se, of.independent_se * of.independent_se / 5)
          << scenarios[k].name << ' ' << j;
    }
}

}  // namespace
}  // namespace lockin
