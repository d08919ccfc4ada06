// What the shipped scenarios claim in their comments.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "lockin/market/annual_totals.hpp"
#include "lockin/scenario/bundled.hpp"
#include "lockin/scenario/load.hpp"
#include "lockin/scenario/simulate_scenario.hpp"

namespace lockin {
namespace {

const Trajectory& baseline_by_mean_field() {
  static const Trajectory path = simulate(load_bundled("china_ai_cloud"), {.engine = EngineKind::mean_field});
  return path;
}

// Targets: Omdia (revenue of the full chain), IDC (token calls). One history scatters by less than 0.1 points at this size.
TEST(ChinaAiCloud, IsFittedTo2025ByOneHistoryOfAgents) {
  const Scenario scenario = load_scenario(std::string(LOCKIN_SCENARIOS) + "/china_ai_cloud.toml");
  const Trajectory path = simulate(scenario, {.engine = EngineKind::agent});
  const auto year = [&](int y, Measure m, const char* layer, const char* provider) {
    return path.annual_value(y, m, layer, "all", provider).value();
  };
  EXPECT_NEAR(year(2025, Measure::revenue_share, "all", "alibaba"), 0.381, 0.005);
  EXPECT_NEAR(year(2025, Measure::revenue_share, "all", "volcengine"), 0.204, 0.005);
  EXPECT_NEAR(year(2025, Measure::token_share, "maas", "volcengine"), 0.495, 0.005);
  EXPECT_NEAR(year(2025, Measure::token_share, "maas", "alibaba"), 0.28, 0.005);
  EXPECT_NEAR(year(2025, Measure::revenue, "all", "all"), 56.7, 56.7e-9);
  EXPECT_NEAR(year(2025, Measure::revenue, "iaas", "all"), 0.69 * 56.7, 56.7e-9);
  EXPECT_NEAR(year(2030, Measure::revenue, "all", "all"), 193, 193e-9);
}

class Bundled : public testing::TestWithParam<std::string> {};

TEST_P(Bundled, RunsAndItsSharesAddUpAndItsTotalsHold) {
  const Scenario scenario = load_bundled(GetParam());
  const Trajectory path = simulate(scenario, {.engine = EngineKind::mean_field});
  std::vector<std::string> layers = path.names().layers;
  layers.emplace_back("all");
  for (long t = -1; t < static_cast<long>(path.size()); ++t)
    for (const Measure measure : {Measure::customer_share, Measure::revenue_share, Measure::token_share,
                                  Measure::new_customer_share, Measure::increment_share})
      for (const std::string& layer : layers) {
        double sum = 0;
        bool any = false;
        for (const std::string& provider : path.names().providers)
          if (const auto share = path.value(t, measure, layer, "all", provider)) sum += *share, any = true;
        if (any) {
          EXPECT_NEAR(sum, 1, 1e-9) << name_of(measure) << " " << layer << " " << t;
        }
      }
  if (!scenario.spec.size) return;
  const auto whole = path.whole_years();
  EXPECT_FALSE(whole.empty());
  for (const int year : whole) {
    const double total = market_size(*scenario.spec.size, year).value();
    EXPECT_NEAR(path.annual_value(year, Measure::revenue, "all", "all", "all").value(), total, 1e-9 * total)
        << year;
  }
}

TEST_P(Bundled, AsksAQuestionInItsFirstSentence) {
  const auto bundled = bundled_scenarios();
  const auto found = std::find_if(bundled.begin(), bundled.end(), [](const BundledScenario& scenario) {
    return scenario.name == GetParam();
  });
  const std::string text(found->text);
  ASSERT_TRUE(text.starts_with("# "));
  const std::string comment = text.substr(0, text.find("\n\n"));
  const std::size_t end = comment.find_first_of(".?!");
  ASSERT_NE(end, std::string::npos);
  EXPECT_EQ(comment[end], '?') << comment;
}

// The question must matter: somebody's share moves by 0.2 points in some year. By 2030 what MaaS half of the market by 2027
// changes is nearly gone (0.01 points), as the baseline gets there too.
TEST_P(Bundled, VariantsOfChinaDifferFromTheBaseline) {
  if (!GetParam().starts_with("china_") || GetParam() == "china_ai_cloud") return;
  const Trajectory& base = baseline_by_mean_field();
  const Trajectory path = simulate(load_bundled(GetParam()), {.engine = EngineKind::mean_field});
  double largest = 0, in_2030 = 0;
  for (const int year : base.whole_years())
    for (const std::string& provider : base.names().providers)
      for (const auto& [layer, measure] :
           {std::pair("all", Measure::revenue_share), std::pair("maas", Measure::token_share)}) {
        const double difference = std::abs(path.annual_value(year, measure, layer, "all", provider).value() -
                                           base.annual_value(year, measure, layer, "all", provider).value());
        largest = std::max(largest, difference);
        if (year == 2030) in_2030 = std::max(in_2030, difference);
      }
  EXPECT_GT(largest, 0.002);
  EXPECT_GT(in_2030, 5e-5);
}

std::vector<std::string> bundled_names() {
  std::vector<std::string> names;
  for (const BundledScenario& scenario : bundled_scenarios()) names.emplace_back(scenario.name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(All, Bundled, testing::ValuesIn(bundled_names()),
                         [](const auto& one) { return one.param; });

}  // namespace
}  // namespace lockin
