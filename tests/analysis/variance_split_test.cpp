#include "lockin/analysis/variance_split.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "ensemble/small_ensemble.hpp"

namespace lockin {
namespace {

// All choose anew in each period, at no cost: the share in the second, the first with releases, is a binomial number over N, with a probability that depends on the
// uncertain appeal and on how many releases there were.
constexpr double N = 40, releases = 2.0, jump = 0.4, low = -0.6, high = 0.6;
Scenario two_periods(const std::vector<std::string>& overrides = {}) {
  return parse_scenario(R"(
[horizon]
start = "2025Q1"
end = "2025Q2"
[layers.cloud]
[providers.a]
cloud = { share = 0.5, appeal = { dist = "uniform", min = -0.6, max = 0.6 }, quality = { start = 1.0, process = "releases", per_year = 8, jump = 0.4 } }
[providers.b]
cloud = { share = "rest" }
[segments.firms]
customers = 40
re_evaluate = 1.0
switching_cost = 0.0
[run]
engine = "agent"
seed = 20260105
)",
                        "two.toml", overrides);
}
const MeasureAt share{Measure::customer_share, {LayerId(0), {}, ProviderId(0)}, 1, {}};

// Probability of the provider, by the mean field.
double probability(double appeal, int k) {
  const Scenario scenario =
      two_periods({"run.engine=\"mean_field\"", "providers.a.cloud.appeal=" + std::to_string(appeal),
                   "providers.a.cloud.quality=" + std::to_string(1 + jump * k)});
  return simulate(scenario).value(1, share.measure, share.key).value();
}

struct Truth {
  double parameters = 0, shocks = 0, customers = 0;
};
// Sums over the Poisson number of releases in the period, Simpson's rule over the appeal.
Truth known_split() {
  constexpr int steps = 20;
  double mean = 0, square = 0, within = 0, noise = 0;
  for (int i = 0; i <= steps; ++i) {
    const double weight = (i == 0 || i == steps ? 1 : i % 2 == 1 ? 4 : 2) / (3.0 * steps);
    double first = 0, second = 0, poisson = std::exp(-releases);
    for (int k = 0; k <= 16; poisson *= releases / ++k) {
      const double p = probability(low + (high - low) * i / steps, k);
      first += poisson * p;
      second += poisson * p * p;
    }
    mean += weight * first;
    square += weight * first * first;
    within += weight * (second - first * first);
    noise += weight * (first - second) / N;
  }
  return {square - mean * mean, within, noise};
}

void expect_near(const VariancePart& part, double truth, const char* which) {
  // 5.2 standard errors: a false alarm in 2e-7 for a normal estimate. A part that took in another, or a mean square instead of
  // the component, is off by 8 or more.
  EXPECT_NEAR(part.variance, truth, 5.2 * part.se) << which;
  EXPECT_LT(part.se, truth / 6) << which << ": too blunt to see anything";
}

TEST(VarianceSplit, OfAMarketWhoseSplitIsKnown) {
  const Truth truth = known_split();
  const VarianceSplit split = split_variance(two_periods(), {600, 4, 3});
  const VarianceParts parts = split.of(share).value();
  expect_near(parts.parameters, truth.parameters, "parameters");
  expect_near(parts.shocks, truth.shocks, "shocks");
  expect_near(parts.customers, truth.customers, "customers");
  EXPECT_DOUBLE_EQ(parts.total, parts.parameters.variance + parts.shocks.variance + parts.customers.variance);
  EXPECT_EQ(split.ensemble().replications(), 7200u);
}

TEST(VarianceSplit, TheMeanFieldHasNoCustomers) {
  const Truth truth = known_split();
  const VarianceSplit split = split_variance(two_periods(), {400, 5, 9}, {.engine = EngineKind::mean_field});
  EXPECT_EQ(split.design().customers, 1u);
  const VarianceParts parts = split.of(share).value();
  expect_near(parts.parameters, truth.parameters, "parameters");
  expect_near(parts.shocks, truth.shocks, "shocks");
  EXPECT_EQ(parts.customers.variance, 0);
  EXPECT_EQ(parts.customers.se, 0);
}

// Fifty splits with other seeds: estimates scatter as their standard errors say, and around the truth.
TEST(VarianceSplit, ItsErrorsAreRight) {
  const Truth truth = known_split();
  Moments estimates[3];
  double said[3] = {0, 0, 0};
  constexpr int splits = 50;
  for (std::uint64_t seed = 1; seed <= splits; ++seed) {
    const VarianceParts parts = split_variance(two_periods(), {80, 3, 2}, {.seed = seed}).of(share).value();
    const VariancePart* const all[] = {&parts.parameters, &parts.shocks, &parts.customers};
    for (std::size_t i = 0; i < 3; ++i) {
      estimates[i].add(all[i]->variance);
      said[i] += all[i]->se * all[i]->se / splits;
    }
  }
  const double truths[] = {truth.parameters, truth.shocks, truth.customers};
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_NEAR(estimates[i].mean(), truths[i], 5 * std::sqrt(estimates[i].variance() / splits)) << i;
    // Chi-squared with 49 degrees of freedom lies within 0.3 to 2.5 of its mean but for 1e-6.
    EXPECT_GT(estimates[i].variance() / said[i], 0.3) << i;
    EXPECT_LT(estimates[i].variance() / said[i], 2.5) << i;
  }
}

TEST(VarianceSplit, SharesNumbersAndShocksAsItSays) {
  EnsembleOptions options;
  options.nested = NestedDesign{3, 2, 2};
  const Scenario scenario = two_periods({"run.replications=12"});
  for (std::uint64_t r = 0; r < 12; ++r) {
    const Replication of = replication_of(scenario, options, r);
    EXPECT_EQ(of.draws, replication_of(scenario, options, r / 4 * 4).draws);
    EXPECT_EQ(of.settings.shock_replication, r / 2);
    EXPECT_EQ(of.settings.replication, r);
  }
  EXPECT_NE(replication_of(scenario, options, 0).draws, replication_of(scenario, options, 4).draws);
}

TEST(VarianceSplit, SameBitsForAnyThreadsAndAfterABreak) {
  const std::filesystem::path file = std::filesystem::temp_directory_path() / "lockin_split.checkpoint";
  std::filesystem::remove(file);
  const Scenario scenario = small_scenario();
  const NestedDesign design{5, 3, 2};
  const auto text = [](const VarianceSplit& split) {
    std::string all = all_tables(split.ensemble());
    for (const MeasureAt& at : split.ensemble().table().measures())
      if (const auto parts = split.of(at))
        for (const VariancePart& part : {parts->parameters, parts->shocks, parts->customers})
          all.append(reinterpret_cast<const char*>(&part), sizeof part);
    return all;
  };
  const std::string one = text(split_variance(scenario, design, {.threads = 1}));
  EXPECT_EQ(one, text(split_variance(scenario, design, {.threads = 3})));
  for (const std::uint64_t stop : {4u, 17u}) {
    EnsembleOptions options{.threads = 2, .checkpoint = file, .checkpoint_seconds = 0};
    options.progress = [stop](const EnsembleStatus& status) { return status.done < stop; };
    EXPECT_THROW((void)split_variance(scenario, design, options), EnsembleStopped);
    options.progress = {};
    options.resume = true;
    EXPECT_EQ(one, text(split_variance(scenario, design, options)));
    std::filesystem::remove(file);
  }
}

TEST(VarianceSplit, RefusesDesignsThatAreTooSmall) {
  for (const NestedDesign& design : {NestedDesign{2, 2, 2}, NestedDesign{3, 1, 2}, NestedDesign{3, 2, 1},
                                     NestedDesign{1u << 20, 1u << 10, 1u << 10}})
    EXPECT_THROW((void)split_variance(two_periods(), design), std::invalid_argument);
  EXPECT_THROW(help_split(two_periods(), {}, {}), std::invalid_argument);
}

}  // namespace
}  // namespace lockin
