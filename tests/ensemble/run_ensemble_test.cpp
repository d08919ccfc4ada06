#include "lockin/ensemble/run_ensemble.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "ensemble/small_ensemble.hpp"
#include "lockin/market/market_numbers.hpp"
#include "scenario/whole_scenario.hpp"

namespace lockin {
namespace {

TEST(Ensemble, SameBitsForAnyNumberOfThreads) {
  for (const char* engine : {"agent", "cohort", "mean_field"}) {
    const Scenario scenario = small_scenario({std::string("run.engine=\"") + engine + "\""});
    const std::string one = all_tables(run_ensemble(scenario, {.threads = 1}));
    for (const std::size_t threads : {2UL, 3UL, 7UL, 30UL})
      EXPECT_EQ(one, all_tables(run_ensemble(scenario, {.threads = threads}))) << engine << ' ' << threads;
  }
}

// Each figure again, from the replications run alone.
TEST(Ensemble, IsItsReplications) {
  const Scenario scenario = small_scenario();
  const Ensemble ensemble = run_ensemble(scenario, {.threads = 2});
  const MeasureAt share{Measure::revenue_share, {LayerId(0), {}, ProviderId(1)}, 5, {}},
      year{Measure::churn, {LayerId(0), {}, {}}, 0, 2026};
  std::vector<double> shares, churn, moved, growth;
  double leads = 0;
  for (std::uint64_t r = 0; r < 12; ++r) {
    const Replication of = replication_of(scenario, {}, r);
    EXPECT_EQ(of.draws, ensemble.draws(r));
    EXPECT_EQ(of.spec.portability.constant, of.draws[0]);
    EXPECT_EQ(of.spec.providers[0].offers[0].second.appeal.all->constant, of.draws[1]);
    const Trajectory path = simulate(Market(of.spec), of.settings);
    shares.push_back(path.value(5, share.measure, share.key).value());
    churn.push_back(path.annual_value(2026, year.measure, year.key).value());
    moved.push_back(path.switched(Period(3), "cloud", "a", "b"));
    growth.push_back(annual_growth_parts(path, 2026, Measure::revenue, LayerId(0), ProviderId(1))[1]);
    leads += ranking(path, 5, Measure::revenue_share, "cloud").front() == 1 ? 1.0 / 12 : 0;
  }
  for (const auto& [numbers, summary] :
       {std::pair(shares, *ensemble.summary(share)), std::pair(churn, *ensemble.summary(year)),
        std::pair(moved, ensemble.switched(3, LayerId(0), ProviderId(0), ProviderId(1))),
        std::pair(growth, *ensemble.growth(2026, Measure::revenue, LayerId(0), ProviderId(1),
                                           GrowthPart::switching))}) {
    double mean = 0, squares = 0;
    for (const double x : numbers) mean += x / 12;
    for (const double x : numbers) squares += (x - mean) * (x - mean);
    EXPECT_EQ(summary.count, 12u);
    EXPECT_NEAR(summary.mean, mean, 1e-14 * mean);  // another order of sums
    EXPECT_NEAR(summary.sd, std::sqrt(squares / 11), 1e-12 * mean);
    EXPECT_DOUBLE_EQ(summary.se, summary.sd / std::sqrt(12.0));
    std::vector<double> sorted = numbers;
    std::sort(sorted.begin(), sorted.end());
    EXPECT_EQ(summary.q95, quantile(sorted, 0.95));
    EXPECT_EQ(summary.q25, quantile(sorted, 0.25));
  }
  EXPECT_GT(leads, 0);
  EXPECT_NEAR(*ensemble.rank_probability({LayerId(0), Measure::revenue_share}, share, ProviderId(1), 0),
              leads, 1e-15 * 12);
}

TEST(Ensemble, TheFirstOfManyAreTheFew) {
  const Scenario scenario = small_scenario();
  const Ensemble few = run_ensemble(scenario), many = run_ensemble(scenario, {.replications = 40});
  for (std::uint64_t r = 0; r < 12; ++r) EXPECT_EQ(few.draws(r), many.draws(r));
  const Replication a = replication_of(scenario, {}, 3),
                    b = replication_of(scenario, {.replications = 40}, 3);
  EXPECT_EQ(shares_csv(simulate(Market(a.spec), a.settings)),
            shares_csv(simulate(Market(b.spec), b.settings)));
}

TEST(Ensemble, DrawsWhatTheScenarioSays) {
  const auto drew = [](const std::vector<std::string>& overrides) {
    const Ensemble of = run_ensemble(small_scenario(overrides), {.threads = 1});
    return std::pair(of.drew_parameters(), of.drew_shocks());
  };
  EXPECT_EQ(drew({}), std::pair(true, true));
  EXPECT_EQ(drew({"run.replications=1"}), std::pair(false, false));
  EXPECT_EQ(drew({"run.replications=1", "run.parameters=\"drawn\""}), std::pair(true, false));
  EXPECT_EQ(drew({"run.shocks=\"mean\""}), std::pair(true, false));
  const Ensemble still = run_ensemble(
      small_scenario({"run.parameters=\"mean\"", "run.shocks=\"mean\"", "run.engine=\"mean_field\""}));
  const Summary share = *still.summary({Measure::revenue_share, {LayerId(0), {}, ProviderId(0)}, 7, {}});
  EXPECT_EQ(share.sd, 0);
  EXPECT_EQ(share.q05, share.q95);
}

// Wherever the format takes a distribution, the number that is drawn reaches the market.
TEST(Ensemble, EveryUncertainNumberStandsSomewhere) {
  const std::map<std::string, std::string> numbers{
      {"portability", "portability=D(0.5, 1.5)"},
      {"market.size.2025", "market.size={2025=D(8, 12), 2026=12}"},
      {"market.size.2000", "market.size=D(8, 12)"},
      {"layers.iaas.share.2000", "layers.iaas.share=D(0.4, 0.6)"},
      {"layers.iaas.share.2026", "layers.iaas.share={2025=0.5, 2026=D(0.4, 0.6)}"},
      {"layers.iaas.lock_in.advance", "layers.iaas.lock_in.advance=D(0.4, 0.6)"},
      {"layers.iaas.lock_in.curve_tau", "layers.iaas.lock_in.curve_tau=D(1, 2)"},
      {"layers.iaas.nests.dissimilarity", "layers.iaas.nests.dissimilarity=D(0.5, 0.9)"},
      {"providers.a.maas.share", "providers.a.maas.share=D(0.3, 0.6)"},
      {"providers.a.maas.share.x", "providers.a.maas.share={x=D(0.3, 0.6), y=0.5}"},
      {"providers.a.iaas.price", "providers.a.iaas.price=D(0.9, 1.1)"},
      {"providers.a.iaas.price.2025Q3", "providers.a.iaas.price={2025Q1=1.0, 2025Q3=D(0.9, 1.1)}"},
      {"providers.b.maas.price_per_million_tokens.growth",
       "providers.b.maas.price_per_million_tokens={start=2.0, growth=D(-0.3, 0.1)}"},
      {"providers.a.iaas.quality.per_year",
       "providers.a.iaas.quality={start=1.0, process=\"releases\", per_year=D(1, 3), jump=0.1}"},
      {"providers.a.iaas.reach.x", "providers.a.iaas.reach={x=D(0, 1)}"},
      {"providers.a.iaas.appeal", "providers.a.iaas.appeal=D(0, 1)"},
      {"providers.a.policy.price.rate", "providers.a.policy.price.rate=D(0.7, 0.9)"},
      {"providers.a.policy.price.experience", "providers.a.policy.price.experience=D(1, 2)"},
      {"segments.x.entry", "segments.x.entry=D(0, 0.2)"},
      {"segments.x.intensity.iaas", "segments.x.intensity.iaas=D(1, 3)"},
      {"segments.x.taste.price", "segments.x.taste.price=D(1, 1.4)"},
      {"segments.x.taste.quality.mean", "segments.x.taste.quality={spread=\"normal\", mean=D(1, 2), sd=0.1}"},
      {"segments.x.taste.quality.weights[1]",
       "segments.x.taste.quality={values=[1.0, 2.0], weights=[1.0, D(1, 3)]}"},
      {"segments.x.taste.reach", "segments.x.taste.reach=D(0.3, 0.7)"},
      {"segments.y.taste.classes[1].price",
       "segments.y.taste.classes=[{ weight = 2, price = 0.5 }, { price = D(1, 2) }]"},
      {"segments.x.re_evaluate.maas", "segments.x.re_evaluate.maas=D(0.3, 0.6)"},
      {"segments.x.switching_cost.iaas.full", "segments.x.switching_cost.iaas.full=D(1, 2)"},
      {"segments.x.switching_cost.maas", "segments.x.switching_cost.maas=D(0.3, 0.5)"},
      {"segments.x.adopted.iaas", "segments.x.adopted.iaas=D(0.3, 0.6)"},
      {"segments.x.adopt.iaas.imitate", "segments.x.adopt.iaas.imitate=D(0.2, 0.4)"},
      {"segments.x.network.iaas", "segments.x.network.iaas=D(0.1, 0.4)"},
      {"segments.x.affinity.maas_from_iaas", "segments.x.affinity.maas_from_iaas=D(0.1, 0.4)"},
      {"segments.x.private_share", "segments.x.private_share=D(0.1, 0.4)"},
      {"events.rule.scale.\"portability\"",
       "events=[{ name = \"rule\", at = \"2025Q3\", scale = { \"portability\" = D(0.5, 0.7) } }]"},
      {"events.leave.move.share",
       "events=[{ name = \"leave\", at = \"2026Q1\", move = { layer = \"iaas\", from = \"a\", to = \"b\", "
       "share "
       "= D(0.2, 0.4) } }]"}};
  for (const auto& [key, text] : numbers) {
    const std::size_t at = text.find("D(");
    const std::size_t comma = text.find(", ", at), end = text.find(')', at);
    const std::string override =
        text.substr(0, at) + "{ dist = \"uniform\", min = " + text.substr(at + 2, comma - at - 2) +
        ", max = " + text.substr(comma + 2, end - comma - 2) + " }" + text.substr(end + 1);
    const Scenario scenario =
        parse_scenario(whole_scenario, "whole.toml", {override, "run.engine=\"mean_field\""});
    ASSERT_EQ(scenario.uncertain.size(), 1u) << override;
    for (const std::uint64_t r : {0UL, 1UL}) {
      Replication of = replication_of(scenario, {}, r);
      const std::vector<MarketNumber> all = market_numbers(of.spec);
      const auto number =
          std::find_if(all.begin(), all.end(), [&](const MarketNumber& n) { return n.key == key; });
      ASSERT_NE(number, all.end()) << key;
      EXPECT_EQ(number->get(), of.draws[0]) << key;
    }
    EXPECT_NO_THROW((void)run_ensemble(scenario, {.threads = 1})) << key;
  }
}

TEST(Ensemble, FailedReplicationsAreNamedOrLeftOut) {
  const Scenario scenario = failing_scenario();
  std::vector<std::uint64_t> expected;
  for (std::uint64_t r = 0; r < 12; ++r)
    if (replication_of(scenario, {}, r).draws[1] + 0.4 > 1) expected.push_back(r);
  ASSERT_FALSE(expected.empty());
  try {
    (void)run_ensemble(scenario, {.threads = 3});
    ADD_FAILURE() << "nothing failed";
  } catch (const EnsembleError& error) {
    std::vector<std::uint64_t> failed;
    for (const FailedReplication& of : error.failed()) failed.push_back(of.replication);
    EXPECT_EQ(failed, expected);
    EXPECT_THAT(error.what(), testing::HasSubstr("segments.firms.re_evaluate = "));
    EXPECT_EQ(error.failed()[0].draws, replication_of(scenario, {}, expected[0]).draws);
  }
  const Ensemble rest = run_ensemble(scenario, {.threads = 3, .allow_failures = true});
  EXPECT_EQ(rest.failed().size(), expected.size());
  EXPECT_EQ(rest.summary({Measure::customers, {LayerId(0), {}, {}}, 7, {}})->count, 12 - expected.size());
  EXPECT_THROW((void)run_ensemble(small_scenario({"segments.firms.re_evaluate=0.9",
                                                  "events=[{ name = \"more\", at = \"2025Q3\", add = { "
                                                  "\"segments.firms.re_evaluate\" = 0.4 } }]"}),
                                  {.allow_failures = true}),
               EnsembleError);  // all of them
}

// Beyond the room, quantiles are those of a sample that does not depend on threads; moments stay exact. The level of a quantile is
// off by more than the bound of Dvoretzky, Kiefer and Wolfowitz with probability 1e-6.
TEST(Ensemble, SamplesReplicationsForQuantilesBeyondItsRoom) {
  const Scenario scenario = small_scenario({"run.engine=\"mean_field\"", "run.replications=600"});
  const Ensemble whole = run_ensemble(scenario);
  const std::size_t room = 200 * 8 * whole.table().size();
  const Ensemble part = run_ensemble(scenario, {.threads = 1, .most_stored_bytes = room}),
                 again = run_ensemble(scenario, {.threads = 3, .most_stored_bytes = room});
  EXPECT_EQ(whole.quantiles_of(), 600u);
  EXPECT_EQ(part.quantiles_of(), 200u);
  EXPECT_EQ(all_tables(part), all_tables(again));
  const MeasureAt share{Measure::revenue_share, {LayerId(0), {}, ProviderId(0)}, 7, {}};
  EXPECT_EQ(part.summary(share)->mean, whole.summary(share)->mean);
  EXPECT_EQ(part.summary(share)->sd, whole.summary(share)->sd);
  std::vector<double> shares;
  for (std::uint64_t r = 0; r < 600; ++r) {
    const Replication of = replication_of(scenario, {}, r);
    shares.push_back(*simulate(Market(of.spec), of.settings).value(7, share.measure, share.key));
  }
  const double median = part.summary(share)->q50;
  const auto below = std::count_if(shares.begin(), shares.end(), [&](double x) { return x < median; });
  EXPECT_NEAR(static_cast<double>(below) / 600, 0.5, std::sqrt(std::log(2 / 1e-6) / (2 * 200)));
}

TEST(Ensemble, TellsHowFarItIsAndStopsWhenAsked) {
  std::uint64_t calls = 0;
  (void)run_ensemble(small_scenario(), {.threads = 3, .progress = [&](const EnsembleStatus& status) {
                                          EXPECT_EQ(status.done, ++calls);
                                          EXPECT_EQ(status.all, 12u);
                                          return true;
                                        }});
  EXPECT_EQ(calls, 12u);
  EXPECT_THROW(
      (void)run_ensemble(small_scenario(), {.progress = [](const EnsembleStatus&) { return false; }}),
      std::runtime_error);
  EXPECT_THROW((void)replication_of(small_scenario(), {}, 12), std::invalid_argument);
}

}  // namespace
}  // namespace lockin
