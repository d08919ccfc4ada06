#include "lockin/scenario/describe.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "lockin/scenario/bundled.hpp"
#include "lockin/scenario/simulate_scenario.hpp"
#include "scenario/whole_scenario.hpp"

namespace lockin {
namespace {

std::string two_alike(double eta, double kappa) {
  return describe(parse_scenario(
      fmt::format(
          "[horizon]\nstart = 2025\nend = 2026\nperiod = \"year\"\n[layers.cloud]\n[providers.a]\ncloud = {{ "
          "share = 0.5 }}\n[providers.b]\ncloud = {{ share = 0.5 }}\n"
          "[segments.s]\ncustomers = 100\nre_evaluate = 0.5\nnetwork = {{ cloud = {} }}\nswitching_cost = "
          "{}\n",
          eta, kappa),
      "x"));
}

TEST(Describe, WarnsAboveTheTippingPointOnly) {
  EXPECT_THAT(
      two_alike(2.5, 0),
      testing::HasSubstr("warning: segments.s.network.cloud: 2.5 is above its tipping point 2 (2 providers"));
  EXPECT_THAT(two_alike(1.5, 0), testing::Not(testing::HasSubstr("warning")));
  // A switching cost lowers it: J = 2, 1 + exp(-1) = 1.37.
  EXPECT_THAT(two_alike(1.5, 1), testing::HasSubstr("tipping point 1.37"));
  EXPECT_THAT(two_alike(1.3, 1), testing::Not(testing::HasSubstr("warning")));
}

TEST(TippingPoint, IsTheNumberOfProvidersWithoutASwitchingCostAndAHalfOfItBehindAHighOne) {
  EXPECT_DOUBLE_EQ(tipping_point(2, 0), 2);
  EXPECT_DOUBLE_EQ(tipping_point(6, 0), 6);
  EXPECT_NEAR(tipping_point(6, 50), 3, 1e-12);
}

// Closed form: at equal utilities a customer that looks (half of them in a year) leaves with probability 1/2.
TEST(Describe, GivesTheYearlyChurnOfEachSegmentAndLayer) {
  EXPECT_THAT(two_alike(0, 0), testing::HasSubstr("cloud 25.0 % (0.00)"));
  const std::string text = describe(parse_scenario(whole_scenario, "x"));
  const Trajectory path = simulate(parse_scenario(whole_scenario, "x"), {.engine = EngineKind::mean_field});
  for (const char* segment : {"x", "y"}) {
    const std::size_t at = text.find("\n  " + std::string(segment) + " ");
    ASSERT_NE(at, std::string::npos) << text;
    const std::string line = text.substr(at + 1, text.find('\n', at + 1) - at - 1);
    for (const char* layer : {"iaas", "maas"}) {
      const double churn = path.value(0, Measure::churn, layer, segment, "all").value();
      EXPECT_THAT(line,
                  testing::HasSubstr(fmt::format("{} {:.1f} %", layer, 100 * (1 - std::pow(1 - churn, 4)))));
    }
  }
}

TEST(Describe, NamesWhatAReaderAsksFor) {
  const std::string text =
      describe(parse_scenario(with(std::string(whole_scenario), "entry = 0.1",
                                   "entry = { dist = \"uniform\", min = 0.1, max = 0.3 }"),
                              "x"));
  for (const char* part :
       {"Everything\n", "2025Q1 to 2026Q4", "10 CNY bn in 2025", "12 in 2026", "1000 customers",
        "Layer maas: billed by the token", "segments.x.entry = 0.2", "2025Q3 rule: portability times 0.6",
        "2026Q1 leave: 30 % of a's slots in iaas move to b"})
    EXPECT_THAT(text, testing::HasSubstr(part));
}

TEST(Describe, SpeaksOfEveryShippedScenario) {
  for (const BundledScenario& bundled : bundled_scenarios()) {
    const Scenario scenario = load_bundled(bundled.name);
    const std::string text = describe(scenario);
    for (const SegmentSpec& segment : scenario.spec.segments)
      EXPECT_THAT(text, testing::HasSubstr("\n  " + segment.name)) << bundled.name;
  }
}

}  // namespace
}  // namespace lockin
