// The resolved text gives the same scenario again; inheritance and overrides do what the page of the format says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "lockin/scenario/bundled.hpp"
#include "lockin/scenario/simulate_scenario.hpp"
#include "scenario/whole_scenario.hpp"

namespace lockin {
namespace {

namespace fs = std::filesystem;

// Every value of every measure, bit for bit.
void expect_same(const Trajectory& a, const Trajectory& b) {
  ASSERT_EQ(a.size(), b.size());
  ASSERT_EQ(a.names().layers, b.names().layers);
  ASSERT_EQ(a.names().providers, b.names().providers);
  ASSERT_EQ(a.names().display_names, b.names().display_names);
  ASSERT_EQ(a.names().segments, b.names().segments);
  std::vector<std::string> segments = a.names().segments, providers = a.names().providers;
  segments.emplace_back("all");
  providers.emplace_back("all");
  for (long t = -1; t < static_cast<long>(a.size()); ++t)
    for (const Measure measure : all_measures())
      for (const std::string& layer : a.names().layers)
        for (const std::string& segment : segments)
          for (const std::string& provider : providers)
            ASSERT_EQ(a.value(t, measure, layer, segment, provider),
                      b.value(t, measure, layer, segment, provider))
                << name_of(measure) << " " << layer << " " << segment << " " << provider << " " << t;
}

void expect_round_trip(const Scenario& scenario) {
  const Scenario again = parse_scenario(scenario.resolved, scenario.name + ".toml");
  EXPECT_EQ(again.resolved, scenario.resolved);
  EXPECT_EQ(again.spec.title, scenario.spec.title);
  EXPECT_EQ(again.spec.currency, scenario.spec.currency);
  EXPECT_EQ(again.run.engine, scenario.run.engine);
  EXPECT_EQ(again.run.seed, scenario.run.seed);
  EXPECT_EQ(again.run.customers, scenario.run.customers);
  ASSERT_EQ(again.uncertain.size(), scenario.uncertain.size());
  for (std::size_t i = 0; i < again.uncertain.size(); ++i)
    EXPECT_EQ(again.uncertain[i].key, scenario.uncertain[i].key);
  expect_same(simulate(again, {.engine = EngineKind::mean_field}),
              simulate(scenario, {.engine = EngineKind::mean_field}));
}

TEST(ResolvedText, OfEveryShippedScenarioGivesItAgain) {
  for (const BundledScenario& bundled : bundled_scenarios()) {
    SCOPED_TRACE(bundled.name);
    expect_round_trip(load_bundled(bundled.name));
  }
}

TEST(ResolvedText, OfEveryOracleScenarioGivesItAgain) {
  std::size_t count = 0;
  for (const auto& entry : fs::directory_iterator(std::string(LOCKIN_TEST_DATA) + "/scenarios")) {
    if (entry.path().extension() != ".toml") continue;
    SCOPED_TRACE(entry.path().filename());
    expect_round_trip(load_scenario(entry.path().string()));
    ++count;
  }
  EXPECT_EQ(count, 7u);
  expect_round_trip(parse_scenario(whole_scenario, "file.toml"));
}

TEST(ResolvedText, KeepsDoublesToTheLastBit) {
  for (const char* number : {"0.1", "0.30000000000000004", "1e-300", "5e-324", "0.1234567890123456789",
                             "1e300", "123456789012345678.0"}) {
    const Scenario scenario = parse_scenario(
        whole_scenario, "file.toml", {"segments.x.entry=0.0", "segments.y.entry=" + std::string(number)});
    const Scenario again = parse_scenario(scenario.resolved, "file.toml");
    EXPECT_EQ(again.spec.segments[1].entry_per_year.constant, std::strtod(number, nullptr)) << number;
    EXPECT_EQ(again.resolved, scenario.resolved);
  }
}

TEST(ResolvedText, KeepsSourcesAndNotes) {
  const Scenario scenario =
      parse_scenario(with(std::string(whole_scenario), "entry = 0.1",
                          "entry = 0.1\nsource = \"a \\\"book\\\"\"\nnote = \"\u4e91\""),
                     "file.toml");
  EXPECT_THAT(scenario.resolved, testing::HasSubstr("source = \"a \\\"book\\\"\""));
  EXPECT_THAT(scenario.resolved, testing::HasSubstr("note = \"\u4e91\""));
}

class Inheritance : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) / ("lockin_inheritance_" + std::to_string(getpid()));
    fs::remove_all(folder_);
    fs::create_directories(folder_ / "below");
    write("base.toml", std::string(whole_scenario));
  }
  void TearDown() override { fs::remove_all(folder_); }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return (folder_ / name).string();
  }
  Scenario child(const std::string& text) const {
    return load_scenario(write("child.toml", "extends = \"base.toml\"\n" + text));
  }
  fs::path folder_;
};

TEST_F(Inheritance, MergesNamedTablesKeyByKey) {
  const Scenario scenario = child(
      "[segments.x]\nentry = 0.7\n[segments.x.re_evaluate]\nmaas = 0.9\n[providers.b.iaas]\nquality = "
      "1.3\n[segments.z]\ncustomers = 5\nre_evaluate = 0.1\n");
  ASSERT_EQ(scenario.spec.segments.size(), 3u);
  EXPECT_EQ(scenario.spec.segments[0].entry_per_year.constant, 0.7);
  EXPECT_EQ(scenario.spec.segments[0].exit_per_year.constant, 0.05);
  EXPECT_EQ(scenario.spec.segments[0].re_evaluate_per_year.find("maas")->constant, 0.9);
  EXPECT_EQ(scenario.spec.segments[0].re_evaluate_per_year.find("iaas")->constant, 0.3);
  EXPECT_EQ(scenario.spec.providers[1].offers[0].second.quality.constant, 1.3);
  EXPECT_EQ(scenario.spec.providers[1].offers[0].second.price->constant, 0.9);
  EXPECT_EQ(scenario.spec.segments[2].name, "z");
  EXPECT_THAT(scenario.resolved, testing::Not(testing::HasSubstr("extends")));
}

TEST_F(Inheritance, ReplacesAValueAsAWhole) {
  write("middle.toml",
        "extends = \"base.toml\"\nportability = { 2025 = 1.0, 2026 = 0.5 }\n[segments.x]\nentry = { start = "
        "0.2, growth = 0.1 }\n");
  const Scenario scenario = load_scenario(
      write("top.toml",
            "extends = \"middle.toml\"\nportability = { 2025Q3 = 0.8 }\n[market]\nsize = { 2024 = 5.0, "
            "growth = 0.1 }\n"
            "[segments.x]\nentry = { 2025 = 0.3 }\nsize = { spread = \"lognormal\", sigma = 0.5 }\n"
            "[providers.a]\npolicy = { price = { rule = \"learning_curve\", rate = 0.9 } }\n"));
  ASSERT_EQ(scenario.spec.portability.points.at.size(), 1u);
  EXPECT_EQ(scenario.spec.portability.points.at[0].second, 0.8);
  EXPECT_EQ(scenario.spec.segments[0].entry_per_year.form, Path::Form::points);
  EXPECT_EQ(scenario.spec.segments[0].size.classes, 8);
  EXPECT_EQ(scenario.spec.size->by_year.size(), 1u);
  EXPECT_EQ(scenario.spec.providers[0].learning_curve->pass_through, 1.0);
  EXPECT_TRUE(scenario.spec.providers[0].learning_curve->layers.empty());
}

// A number over a table and a table over a number; a path over a table by layer.
TEST_F(Inheritance, ReplacesAlsoWhereTheFormChanges) {
  const Scenario scenario = child(
      "[segments.x]\nre_evaluate = 0.9\nadopted = 1.0\nintensity = { 2025 = 1.0, 2026 = 2.0 "
      "}\n[segments.y]\nre_evaluate = { iaas = 0.1, maas = 0.2 }\n");
  EXPECT_EQ(scenario.spec.segments[0].re_evaluate_per_year.all->constant, 0.9);
  EXPECT_EQ(scenario.spec.segments[0].intensity.all->points.at.size(), 2u);
  EXPECT_EQ(scenario.spec.segments[1].re_evaluate_per_year.find("maas")->constant, 0.2);
}

// A value for all layers with parts of its own, and a table by layer, are both tables: neither is half of the other.
TEST_F(Inheritance, ReplacesWhatIsReadAnotherWay) {
  const std::string parts = "{ initial = 0.1, full = 0.2 }";
  const SegmentSpec over_names =
      child("[segments.x]\nswitching_cost = " + parts + "\nadopt = { innovate = 0.9 }\n").spec.segments[0];
  ASSERT_TRUE(over_names.switching_cost.all);
  EXPECT_EQ(over_names.switching_cost.all->full->constant, 0.2);
  EXPECT_TRUE(over_names.switching_cost.named.empty());
  ASSERT_TRUE(over_names.adopt.all);
  EXPECT_EQ(over_names.adopt.all->imitate_per_year.constant, 0.0);
  write("base.toml",
        with(with(std::string(whole_scenario), "{ iaas = { initial = 0.5, full = 1.5 }, maas = 0.4 }", parts),
             "{ iaas = { innovate = 0.2, imitate = 0.3 }, maas = { innovate = 0.3 } }",
             "{ innovate = 0.2, imitate = 0.1 }"));
  const SegmentSpec over_parts = child(
                                     "[segments.x]\nswitching_cost = { maas = 0.7 }\nadopt = { iaas = { "
                                     "innovate = 0.9 }, maas = { innovate = 0.8 } }\n")
                                     .spec.segments[0];
  EXPECT_FALSE(over_parts.switching_cost.all);
  EXPECT_EQ(over_parts.switching_cost.find("maas")->initial.constant, 0.7);
  EXPECT_EQ(over_parts.switching_cost.find("iaas"), nullptr);
  EXPECT_EQ(over_parts.adopt.find("iaas")->imitate_per_year.constant, 0.0);
  // Read the same way they merge, part by part.
  EXPECT_EQ(child("[segments.x]\nswitching_cost = { full = 0.9 }\n")
                .spec.segments[0]
                .switching_cost.all->initial.constant,
            0.1);
}

// Not the order of reading, in which events come last and taste after private_share.
TEST_F(Inheritance, UncertainNumbersKeepTheOrderOfTheResolvedText) {
  const std::string uniform = "{ dist = \"uniform\", min = 0.1, max = 0.2 }",
                    event =
                        "\n[[events]]\nname = \"rule\"\nat = \"2025Q3\"\nramp = \"2 quarters\"\nscale = { "
                        "\"portability\" = 0.6 }\n";
  std::string text = with(std::string(whole_scenario), event, "");
  text = with(text, "portability = 1.0\n", "");
  text =
      with(text, "[horizon]",
           "[[events]]\nname = \"first\"\nat = 2025\nset = { portability = " + uniform + " }\n\n[horizon]");
  text = with(text, "taste = { price = 1.2, quality = 1.1,",
              "taste = { quality = " + uniform + ", price = " + uniform + ",");
  write("base.toml", with(text, "private_share = 0.2", "private_share = " + uniform));
  const Scenario scenario = child("portability = " + uniform + "\n[providers.b.iaas]\nprice = " + uniform +
                                  "\n[segments.x]\nentry = 0.2\n");
  std::vector<std::string> keys;
  for (const UncertainNumber& number : scenario.uncertain) keys.push_back(number.key);
  EXPECT_EQ(keys, (std::vector<std::string>{"portability", "events.first.set.\"portability\"",
                                            "providers.b.iaas.price", "segments.x.taste.quality",
                                            "segments.x.taste.price", "segments.x.private_share"}));
  expect_round_trip(scenario);
}

TEST_F(Inheritance, ReplacesAnEventInItsPlaceAndAddsOthersAtTheEnd) {
  const Scenario scenario = child(
      "[[events]]\nname = \"new\"\nat = \"2025Q2\"\nadd = { \"portability\" = 0.1 }\n[[events]]\nname = "
      "\"rule\"\nat = \"2026Q1\"\nset = { \"portability\" = 0.5 }\n");
  ASSERT_EQ(scenario.spec.events.size(), 3u);
  ASSERT_EQ(scenario.spec.events[0].name, "rule");
  ASSERT_EQ(scenario.spec.events[0].effects.size(), 1u);
  EXPECT_EQ(scenario.spec.events[0].effects[0].kind, EffectSpec::Kind::set);
  EXPECT_FALSE(scenario.spec.events[0].ramp_months);
  EXPECT_EQ(scenario.spec.events[1].name, "leave");
  EXPECT_EQ(scenario.spec.events[2].name, "new");
}

TEST_F(Inheritance, FindsFilesRelativeToTheOneThatNamesThem) {
  write("below/middle.toml", "extends = \"../base.toml\"\ntitle = \"Middle\"\n");
  EXPECT_EQ(load_scenario(write("top.toml", "extends = \"below/middle.toml\"\n")).spec.title, "Middle");
}

TEST_F(Inheritance, PlacesAnErrorInTheFileInWhichTheValueStands) {
  write("base.toml", with(std::string(whole_scenario), "exit = 0.05", "exit = 5"));
  const std::string file = write("child.toml", "extends = \"base.toml\"\n[segments.x]\nentry = -1\n");
  const Refusal refusal = refusal_by([&] { (void)load_scenario(file); });
  ASSERT_EQ(refusal.problems.size(), 2u) << refusal.message;
  EXPECT_EQ(refusal.problems[0].place.file, (folder_ / "base.toml").string());
  EXPECT_EQ(refusal.problems[0].place.line, 36u);
  EXPECT_EQ(refusal.problems[0].source_line, "exit = 5");
  EXPECT_EQ(refusal.problems[1].place.file, file);
  EXPECT_EQ(refusal.problems[1].place.line, 3u);
  // A mistake that only the market as a whole shows.
  write("base.toml", with(std::string(whole_scenario), "share = 0.3, price", "share = 0.4, price"));
  const Refusal sums =
      refusal_by([&] { (void)load_scenario(write("child.toml", "extends = \"base.toml\"\n")); });
  EXPECT_EQ(sums.problems.at(0).place.file, (folder_ / "base.toml").string());
}

Scenario overridden(const std::vector<std::string>& overrides) {
  return parse_scenario(whole_scenario, "file.toml", overrides);
}

TEST(Overrides, ReachNestedKeysEventsAndQuotedTargets) {
  const Scenario scenario =
      overridden({"segments.x.switching_cost.iaas.full = 2.5", "events.rule.scale.portability=0.3",
                  "events.leave.move.share=0.9", "title=\"New\"", "run.engine=\"mean_field\"",
                  "segments.y.taste={ price = 2.0 }", "providers.b.name=\"Bee\""});
  EXPECT_EQ(scenario.spec.segments[0].switching_cost.find("iaas")->full->constant, 2.5);
  EXPECT_EQ(scenario.spec.segments[0].switching_cost.find("iaas")->initial.constant, 0.5);
  EXPECT_EQ(scenario.spec.events[0].effects[0].number, 0.3);
  EXPECT_EQ(scenario.spec.events[1].move->share, 0.9);
  EXPECT_EQ(scenario.spec.title, "New");
  EXPECT_EQ(scenario.run.engine, EngineKind::mean_field);
  EXPECT_TRUE(scenario.spec.segments[1].taste_classes.empty());
  EXPECT_EQ(scenario.spec.providers[1].display_name, "Bee");
  const Scenario quoted =
      overridden({"events.rule.scale.\"providers.a.iaas.quality\"=0.3", "events.\"leave\".at=2026"});
  ASSERT_EQ(quoted.spec.events[0].effects.size(), 2u);
  EXPECT_EQ(quoted.spec.events[0].effects[1].target, "providers.a.iaas.quality");
}

TEST(Overrides, ComeAfterEachOtherAndInTheResolvedText) {
  const Scenario scenario = overridden({"segments.x.entry=0.2", "segments.x.entry=0.3"});
  EXPECT_EQ(scenario.spec.segments[0].entry_per_year.constant, 0.3);
  EXPECT_EQ(parse_scenario(scenario.resolved, "file.toml").spec.segments[0].entry_per_year.constant, 0.3);
}

TEST(Overrides, ThatAreWrongArePlacedInSet) {
  const Refusal refusal =
      refusal_of(whole_scenario, {"segments.x.entry=0.2", "segments.x.exit=5", "segments.x.entri=1",
                                  "events.rule.scale.\"portabilty\"=1"});
  ASSERT_EQ(refusal.problems.size(), 2u) << refusal.message;
  for (const PlacedProblem& p : refusal.problems) EXPECT_EQ(p.place.file, "--set");
  EXPECT_EQ(refusal.problems[0].place.line, 2u);
  EXPECT_EQ(refusal.problems[0].problem.key, "segments.x.exit");
  EXPECT_EQ(refusal.problems[1].place.line, 3u);
  EXPECT_EQ(refusal.problems[1].problem.hint, "did you mean entry?");
  for (const char* wrong :
       {"", "=", "x", "a=", "=1", "a..b=1", "a.=1", ".a=1", "\"a=1", "segments.x.entry=0.1 0.2",
        "run.engine=agent", "title.x=1", "events.gone.at=2025", "segments.x.entry=[",
        "a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a=1", "segments.x.entry=0.1\nb=2"}) {
    const Refusal one = refusal_of(whole_scenario, {wrong});
    EXPECT_EQ(one.problems.at(0).place.file, "--set") << wrong;
    EXPECT_EQ(one.problems.at(0).place.line, 1u) << wrong;
  }
}

}  // namespace
}  // namespace lockin
