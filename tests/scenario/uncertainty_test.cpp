// Correlations between uncertain numbers, values from a CSV column, events that recur: as the page of the format says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "lockin/ensemble/parameter_draws.hpp"
#include "lockin/scenario/load.hpp"
#include "scenario/scratch_folder.hpp"
#include "scenario/whole_scenario.hpp"

namespace lockin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::string uniform = "{ dist = \"uniform\", min = 0.1, max = 0.2 }";

std::string two_uncertain(const std::string& correlations) {
  std::string text = with(std::string(whole_scenario), "entry = 0.1", "entry = " + uniform);
  text = with(text, "private_share = 0.2", "private_share = " + uniform);
  return with(text, "seed = 7", "seed = 7\ncorrelations = " + correlations);
}

// ---- Correlations ------------------------------------------------------------------------------------------

TEST(Correlations, AreReadResolvedAndDrawn) {
  const Scenario scenario = parse_scenario(
      two_uncertain("[{ between = [\"segments.x.private_share\", \"segments.x.entry\"], value = 0.9 }]"),
      "file.toml");
  ASSERT_EQ(scenario.correlations.size(), 1u);
  EXPECT_EQ(scenario.correlations[0].first, "segments.x.private_share");
  EXPECT_EQ(scenario.correlations[0].second, "segments.x.entry");
  EXPECT_EQ(scenario.correlations[0].value, 0.9);
  const Scenario again = parse_scenario(scenario.resolved, "file.toml");
  ASSERT_EQ(again.correlations.size(), 1u);
  EXPECT_EQ(again.correlations[0].value, 0.9);

  double product = 0, square = 0;
  const ParameterDraws draws(scenario.uncertain, Design::sobol, 1, 4096, scenario.correlations);
  for (std::uint64_t r = 0; r < 4096; ++r) {
    const std::vector<double> x = draws.draw(r);
    product += (x[0] - 0.15) * (x[1] - 0.15);
    square += (x[0] - 0.15) * (x[0] - 0.15);
  }
  // Correlation of ranks, 6/pi asin(0.45); independent draws would be within 5 / sqrt(4096) = 0.08 of it.
  EXPECT_NEAR(product / square, 6 / M_PI * std::asin(0.45), 0.08);
}

TEST(Correlations, MistakesAreTold) {
  const auto problem = [](const std::string& correlations) {
    const Refusal refusal = refusal_of(two_uncertain(correlations));
    EXPECT_EQ(refusal.problems.size(), 1u) << refusal.message;
    return refusal.message;
  };
  EXPECT_THAT(problem("0.5"), HasSubstr("run.correlations"));
  EXPECT_THAT(problem("[0.5]"), HasSubstr("run.correlations[0]"));
  EXPECT_THAT(problem("[{ value = 0.5 }]"), HasSubstr("run.correlations[0].between"));
  EXPECT_THAT(problem("[{ between = [\"segments.x.entry\"], value = 0.5 }]"), HasSubstr("two uncertain"));
  EXPECT_THAT(problem("[{ between = [\"segments.x.entry\", \"segments.x.private_share\"] }]"),
              HasSubstr("run.correlations[0].value"));
  EXPECT_THAT(problem("[{ between = [\"segments.x.entry\", \"segments.x.private_share\"], value = 1 }]"),
              HasSubstr("(-1, 1)"));
  EXPECT_THAT(problem("[{ between = [\"segments.x.entry\", \"segments.x.private_shar\"], value = 0.1 }]"),
              HasSubstr("did you mean \"segments.x.private_share\""));
  EXPECT_THAT(problem("[{ between = [\"segments.x.entry\", \"segments.x.exit\"], value = 0.1 }]"),
              HasSubstr("no uncertain number"));
  EXPECT_THAT(problem("[{ between = [\"segments.x.entry\", \"segments.x.entry\"], value = 0.1 }]"),
              HasSubstr("with itself"));
  EXPECT_THAT(problem("[{ between = [\"segments.x.entry\", \"segments.x.private_share\"], value = 0.1 }, "
                      "{ between = [\"segments.x.private_share\", \"segments.x.entry\"], value = 0.1 }]"),
              HasSubstr("twice"));
}

// ---- Values from a CSV column ------------------------------------------------------------------------------

class Empirical : public test::ScratchFolder {
 protected:
  [[nodiscard]] std::string scenario_with(const std::string& distribution) const {
    return write("s.toml", with(std::string(whole_scenario), "entry = 0.1", "entry = " + distribution));
  }
  // What is told of one mistake.
  [[nodiscard]] std::string problem(const std::string& distribution) const {
    const std::string file = scenario_with(distribution);
    const Refusal refusal = refusal_by([&] { (void)load_scenario(file); });
    EXPECT_EQ(refusal.problems.size(), 1u) << refusal.message;
    EXPECT_THAT(refusal.message, HasSubstr("s.toml:"));
    return refusal.message;
  }
};

TEST_F(Empirical, ValuesOfAColumnAreDrawnByTheirWeights) {
  write("seen.csv", "\xEF\xBB\xBFwhen,rate , note,n\r\n2023,0.30,\"a, b\",1\r\n2024, 0.1,,2\r\n2025,,,9\r\n");
  const Scenario scenario = load_scenario(scenario_with(
      "{ dist = \"empirical\", file = \"seen.csv\", column = \"rate\", weight_column = \"n\" }"));
  ASSERT_EQ(scenario.uncertain.size(), 1u);
  const Distribution& law = scenario.uncertain[0].distribution;
  EXPECT_EQ(law.kind(), Distribution::Kind::discrete);
  EXPECT_EQ(law.quantile(0.6), 0.1);
  EXPECT_EQ(law.quantile(0.7), 0.3);
  EXPECT_DOUBLE_EQ(law.mean(), (0.3 + 2 * 0.1) / 3);
  // The resolved scenario needs no other file, and says where its numbers come from.
  std::filesystem::remove(folder_ / "seen.csv");
  const Scenario again = parse_scenario(scenario.resolved, "file.toml");
  EXPECT_EQ(again.uncertain[0].distribution, law);
  EXPECT_THAT(again.resolved, HasSubstr("source = \"seen.csv, column rate\""));
}

TEST_F(Empirical, FilesAreRelativeToTheFileThatNamesThem) {
  std::filesystem::create_directories(folder_ / "data");
  write("data/seen.csv", "rate\n0.1\n0.3\n");
  write("data/base.toml", with(std::string(whole_scenario), "entry = 0.1",
                               "entry = { dist = \"empirical\", file = \"seen.csv\", column = \"rate\" }"));
  const Scenario scenario = load_scenario(write("child.toml", "extends = \"data/base.toml\"\n"));
  EXPECT_DOUBLE_EQ(scenario.uncertain[0].distribution.mean(), 0.2);
}

TEST_F(Empirical, MistakesAreTold) {
  write("seen.csv", "rate,other,text\n0.1,2,x\n0.3,-1,y\n");
  write("empty.csv", "");
  write("rows.csv", "rate\n");
  write("ragged.csv", "rate,n\n0.1\n");
  write("twice.csv", "rate,rate\n0.1,0.2\n");
  std::string many = "rate\n";
  for (int i = 0; i < 10'001; ++i) many += "0.1\n";
  write("many.csv", many);
  const auto of = [](const std::string& rest) { return "{ dist = \"empirical\", " + rest + " }"; };
  EXPECT_THAT(problem(of("column = \"rate\"")), HasSubstr("segments.x.entry.file"));
  EXPECT_THAT(problem(of("file = \"seen.csv\"")), HasSubstr("segments.x.entry.column"));
  EXPECT_THAT(problem(of("file = 3, column = \"rate\"")), HasSubstr("segments.x.entry.file"));
  EXPECT_THAT(problem(of("file = \"\", column = \"rate\"")), HasSubstr("an empty text"));
  EXPECT_THAT(problem(of("file = \"seen.csv\", column = \"rate\", values = [1.0]")),
              HasSubstr("unknown key"));
  EXPECT_THAT(problem(of("file = \"none.csv\", column = \"rate\"")), HasSubstr("none.csv: no such file"));
  EXPECT_THAT(problem(of("file = \".\", column = \"rate\"")), HasSubstr("no such file"));
  EXPECT_THAT(problem(of("file = \"seen.csv\", column = \"rat\"")), HasSubstr("no column rat"));
  EXPECT_THAT(problem(of("file = \"seen.csv\", column = \"rate\", weight_column = \"rate\"")),
              HasSubstr("twice"));
  EXPECT_THAT(problem(of("file = \"seen.csv\", column = \"text\"")),
              HasSubstr("seen.csv:2:7: text: x, allowed: a number"));
  EXPECT_THAT(problem(of("file = \"seen.csv\", column = \"rate\", weight_column = \"other\"")),
              HasSubstr("a list of positive numbers"));
  EXPECT_THAT(problem(of("file = \"seen.csv\", column = \"other\"")), HasSubstr("a distribution on -1 to 2"));
  EXPECT_THAT(problem(of("file = \"empty.csv\", column = \"rate\"")), HasSubstr("empty.csv"));
  EXPECT_THAT(problem(of("file = \"rows.csv\", column = \"rate\"")), HasSubstr("no value"));
  EXPECT_THAT(problem(of("file = \"ragged.csv\", column = \"rate\"")),
              HasSubstr("ragged.csv:2:1: columns: 1 fields"));
  EXPECT_THAT(problem(of("file = \"twice.csv\", column = \"rate\"")),
              HasSubstr("twice.csv:1:1: columns: column rate twice"));
  EXPECT_THAT(problem(of("file = \"many.csv\", column = \"rate\"")), HasSubstr("more than 10000 values"));
}

// ---- Events that recur -------------------------------------------------------------------------------------

constexpr const char* dated = "name = \"rule\"\nat = \"2025Q3\"\nramp = \"2 quarters\"\n";

TEST(RecurringEvent, IsReadWithLawsOfItsNumbers) {
  std::string text =
      with(std::string(whole_scenario), dated, "name = \"rule\"\nper_year = 0.5\nlasts = \"2 quarters\"\n");
  text = with(text, "{ \"portability\" = 0.6 }", "{ \"portability\" = " + uniform + " }");
  const Scenario scenario = parse_scenario(text, "file.toml");
  const EventSpec& event = scenario.spec.events[0];
  EXPECT_EQ(event.per_year, 0.5);
  ASSERT_TRUE(event.effects[0].drawn);
  EXPECT_EQ(event.effects[0].drawn->kind(), Distribution::Kind::uniform);
  EXPECT_TRUE(scenario.uncertain.empty()) << "drawn for each occurrence, not once a replication";
  EXPECT_EQ(parse_scenario(scenario.resolved, "file.toml").resolved, scenario.resolved);
}

TEST(RecurringEvent, MayHaveAnUncertainRate) {
  const std::string text =
      with(std::string(whole_scenario), dated, "name = \"rule\"\nper_year = " + uniform + "\n");
  const Scenario scenario = parse_scenario(text, "file.toml");
  ASSERT_EQ(scenario.uncertain.size(), 1u);
  EXPECT_EQ(scenario.uncertain[0].key, "events.rule.per_year");
}

TEST(RecurringEvent, MistakesAreTold) {
  const auto problem = [](const std::string& head, const std::string& effect) {
    std::string text = with(std::string(whole_scenario), dated, "name = \"rule\"\n" + head);
    text = with(text, "scale = { \"portability\" = 0.6 }", effect);
    const Refusal refusal = refusal_of(text);
    EXPECT_EQ(refusal.problems.size(), 1u) << refusal.message;
    return refusal.message;
  };
  const std::string scale = "scale = { \"portability\" = 0.6 }";
  EXPECT_THAT(problem("", scale), HasSubstr("per_year = how often"));
  EXPECT_THAT(problem("at = \"2025Q3\"\nper_year = 1\n", scale), HasSubstr("per_year beside at"));
  EXPECT_THAT(problem("when = \"hhi.iaas > 0.5\"\nper_year = 1\n", scale), HasSubstr("per_year beside when"));
  EXPECT_THAT(problem("per_year = -1\n", scale), HasSubstr("0..1000"));
  EXPECT_THAT(problem("per_year = 1e9\n", scale), HasSubstr("0..1000"));
  EXPECT_THAT(problem("per_year = 1\n", "set = { \"portability\" = 0.6 }"), HasSubstr("scale or add"));
  EXPECT_THAT(problem("per_year = 1\n", "move = { layer = \"iaas\", from = \"a\", to = \"b\", share = 0.3 }"),
              HasSubstr("a move that recurs"));
}

}  // namespace
}  // namespace lockin
