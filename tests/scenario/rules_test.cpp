// Rules that hold between keys: parts that events target, keys without effect, draws that must add up, the resolved text.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "scenario/whole_scenario.hpp"

namespace lockin {
namespace {

// One problem with this key, where `@@` stands in the edit; columns count characters.
void expect_refused(const std::string& part, std::string by, const std::string& key,
                    const std::string& found) {
  SCOPED_TRACE(by);
  std::string text = with(std::string(whole_scenario), part, by);
  const std::size_t mark = text.find("@@");
  ASSERT_NE(mark, std::string::npos);
  text.erase(mark, 2);
  const std::string before = text.substr(0, mark);
  const auto line = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')) + 1;
  const std::size_t column = mark - (before.rfind('\n') + 1) + 1;
  const Refusal refusal = refusal_of(text);
  ASSERT_EQ(refusal.problems.size(), 1u) << refusal.message;
  EXPECT_EQ(refusal.problems[0].problem.key, key);
  EXPECT_THAT(refusal.problems[0].problem.found, testing::HasSubstr(found));
  EXPECT_EQ(refusal.problems[0].place.line, line) << refusal.message;
  EXPECT_EQ(refusal.problems[0].place.column, column) << refusal.message;
}

const std::string event = "\n[[events]]\nname = \"late\"\nat = \"2026Q1\"\n";

TEST(Rules, PartsThatAnEventTargetsStandInTheFile) {
  for (const std::string target :
       {"segments.y.switching_cost.iaas.initial", "segments.x.switching_cost.maas.initial",
        "segments.x.switching_cost.maas.full"})
    expect_refused("\n[run]", event + "scale = { \"" + target + "\" = @@0.5 }\n\n[run]",
                   "events.late.scale.\"" + target + "\"", "not in the file");
  EXPECT_NO_THROW((void)parse_scenario(
      with(std::string(whole_scenario), "\n[run]",
           event + "scale = { \"segments.x.switching_cost.iaas.initial\" = 0.5 }\n\n[run]"),
      "file.toml"));
}

TEST(Rules, TokenSharesExistInTokenLayers) {
  const std::string triggered = "\n[[events]]\nname = \"late\"\nset = { portability = 0.5 }\nwhen = ";
  expect_refused("\n[run]", triggered + "@@\"token_share.iaas.a > 0.3\"\n\n[run]", "events.late.when",
                 "spend layer");
  EXPECT_NO_THROW((void)parse_scenario(
      with(std::string(whole_scenario), "\n[run]", triggered + "\"token_share.maas.a > 0.3\"\n\n[run]"),
      "file.toml"));
}

TEST(Rules, KeysWithoutEffectAreRefused) {
  expect_refused("maas_from_iaas = 0.5", "maas_from_iaas = 0.5, @@iaas_from_iaas = 0.2",
                 "segments.x.affinity.iaas_from_iaas", "one slot");
  expect_refused("classes = [{ weight = 2, price = 0.5 }, { price = 1.5 }]", "classes = [@@{ weight = 2 }]",
                 "segments.y.taste.classes[0]", "without a coefficient");
}

TEST(Rules, DrawnSharesNeedARest) {
  const std::string drawn = "{ dist = \"triangular\", min = 0.2, mode = 0.3, max = 0.4 }";
  expect_refused("share = 0.3, price", "share = @@" + drawn + ", price", "providers.b.iaas.share",
                 "no provider is the rest");
  expect_refused("share = 0.3, price", "share = @@{ default = 0.3, x = " + drawn + " }, price",
                 "providers.b.iaas.share", "no provider is the rest");
  EXPECT_NO_THROW((void)parse_scenario(
      with(std::string(whole_scenario), "share = 0.5, price_per", "share = " + drawn + ", price_per"),
      "file.toml"));
}

TEST(Rules, LayerSharesAddUpWithoutTotalsToo) {
  const std::string size = "[market]\nsize = { 2025 = 10.0, 2026 = 12.0 }\n";
  const std::string without = with(std::string(whole_scenario), size, "");
  const auto keys = [&](const std::string& share) {
    std::string found;
    for (const PlacedProblem& p : refusal_of(with(without, "share = \"rest\"\nunit", share)).problems)
      found += p.problem.key + ": " + p.problem.found + ";";
    return found;
  };
  EXPECT_EQ(keys("share = 0.9\nunit"), "layers: shares that add up to 1.5 in 2000;");
  EXPECT_EQ(keys("share = { 2025 = 0.4, 2026 = 0.5 }\nunit"), "layers: shares that add up to 1.1 in 2026;");
  EXPECT_NO_THROW(
      (void)parse_scenario(with(without, "share = \"rest\"\nunit", "share = 0.4\nunit"), "file.toml"));
  EXPECT_THAT(refusal_of(with(with(without, "[layers.iaas]\nshare = 0.6", "[layers.iaas]\nshare = \"rest\""),
                              "CNY bn", "CNY bn"))
                  .message,
              testing::HasSubstr("layers.maas.share: a second rest"));
  expect_refused("share = \"rest\"\nunit",
                 "share = @@{ dist = \"triangular\", min = 0.3, mode = 0.4, max = 0.5 }\nunit",
                 "layers.maas.share", "no layer is the rest");
}

TEST(Rules, CurrencyIsACodeAndAUnit) {
  for (const char* wrong : {"12 bn", "CNY xx", " bn", "CNY bn bn"})
    expect_refused("\"CNY bn\"", "@@\"" + std::string(wrong) + "\"", "currency", wrong);
}

TEST(Rules, EverySegmentGetsASimulatedCustomer) {
  const std::string one = with(std::string(whole_scenario), "customers = 500", "customers = 500_000");
  const Refusal refusal = refusal_of(one, {"run.customers=3"});
  ASSERT_EQ(refusal.problems.size(), 1u) << refusal.message;
  EXPECT_THAT(refusal.problems[0].problem.found, testing::HasSubstr("leaves segment x without"));
  EXPECT_EQ(refusal.problems[0].place.file, "--set");
  EXPECT_NO_THROW((void)parse_scenario(one, "file.toml", {"run.customers=1000"}));
}

TEST(Rules, MessagesHoldNoControlCharacters) {
  const std::string message = refusal_of(whole_scenario, {"run.engine=\"a\\nb\\u001b[31m\""}).message;
  EXPECT_THAT(message, testing::HasSubstr("run.engine: \"a\\nb\\u001b[31m\""));
  EXPECT_EQ(message.find('\x1b'), std::string::npos);
}

TEST(Rules, TheResolvedTextSaysWhatTheFileLeftOut) {
  std::string text = with(std::string(whole_scenario), "title = \"Everything\"\n", "");
  text = with(text, "[layers.iaas]", "[layers]\nnote = \"of all\"\n\n[layers.iaas]");
  text.erase(text.find("[run]"));
  const Scenario scenario = parse_scenario(text, "my file.toml");
  EXPECT_THAT(scenario.resolved, testing::StartsWith("title = \"my file\"\n"));
  for (const char* line : {"\n[layers]\nnote = \"of all\"\n", "\nengine = \"cohort\"\n",
                           "\nreplications = 1\n", "\nseed = 1\n", "\nsizes = \"classes\"\n"})
    EXPECT_THAT(scenario.resolved, testing::HasSubstr(line));
  const Scenario again = parse_scenario(scenario.resolved, "another.toml");
  EXPECT_EQ(again.resolved, scenario.resolved);
  EXPECT_EQ(again.spec.title, "my file");
}

}  // namespace
}  // namespace lockin
