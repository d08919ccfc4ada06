// Every class of error on the page of the format, with its place, its key and its hint.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <string>
#include <vector>

#include "scenario/whole_scenario.hpp"

namespace lockin {
namespace {

// An edit of the whole scenario that makes one mistake. `@@` stands where the message must point.
struct Mistake {
  const char* part;
  const char* by;
  const char* key;
  const char* found;      // a part of what was found
  const char* hint = "";  // a part of the hint
};
void PrintTo(const Mistake& mistake, std::ostream* out) { *out << mistake.by; }

class OneMistake : public testing::TestWithParam<Mistake> {};

TEST_P(OneMistake, IsToldOnceWithItsPlace) {
  const Mistake& mistake = GetParam();
  std::string text = with(std::string(whole_scenario), mistake.part, mistake.by);
  const std::size_t mark = text.find("@@");
  ASSERT_NE(mark, std::string::npos);
  text.erase(mark, 2);
  const std::size_t line = 1 + static_cast<std::size_t>(std::count(
                                   text.begin(), text.begin() + static_cast<std::ptrdiff_t>(mark), '\n'));
  const std::size_t column =
      mark - (text.rfind('\n', mark - 1) == std::string::npos ? 0 : text.rfind('\n', mark - 1) + 1) + 1;
  const Refusal refusal = refusal_of(text);
  ASSERT_EQ(refusal.problems.size(), 1u) << refusal.message;
  const auto& [place, problem, source_line] = refusal.problems.front();
  EXPECT_EQ(place.file, "file.toml");
  EXPECT_EQ(place.line, line) << refusal.message;
  EXPECT_EQ(place.column, column) << refusal.message;
  EXPECT_EQ(problem.key, mistake.key);
  EXPECT_THAT(problem.found, testing::HasSubstr(mistake.found));
  EXPECT_THAT(problem.hint, testing::HasSubstr(mistake.hint));
  EXPECT_FALSE(problem.allowed.empty());
}

INSTANTIATE_TEST_SUITE_P(NotToml, OneMistake,
                         testing::Values(Mistake{"customers = 1000", "customers = @@= 1000", "TOML", ""},
                                         Mistake{"entry = 0.1\n", "entry = 0.1\nentry = @@0.2\n", "TOML",
                                                 "entry"},
                                         Mistake{"end = \"2026Q4\"", "end = \"2026Q4@@\nx = 1", "TOML", ""}));

INSTANTIATE_TEST_SUITE_P(
    UnknownKeyOrName, OneMistake,
    testing::Values(
        Mistake{"entry = 0.1", "@@entri = 0.1", "segments.x.entri", "unknown key", "did you mean entry?"},
        Mistake{"replications = 2", "@@replication = 2", "run.replication", "unknown key",
                "did you mean replications?"},
        Mistake{"iaas = { share = 0.7,", "@@ias = 1\niaas = { share = 0.7,", "providers.a.ias", "unknown key",
                "did you mean iaas?"},
        Mistake{"name = \"leave\"", "name = \"leave\"\n@@wen = 1", "events.leave.wen", "unknown key",
                "did you mean when?"},
        Mistake{"from = \"a\"", "from = @@\"aa\"", "events.leave.move.from", "unknown name",
                "did you mean \"a\"?"},
        Mistake{"segment = \"x\"", "segment = @@\"xx\"", "events.leave.move.segment", "unknown name",
                "did you mean \"x\"?"},
        Mistake{"[[\"a\", \"b\"]]", "[[\"a\", @@\"c\"]]", "layers.iaas.nests.groups", "\"c\"", ""},
        Mistake{"[[\"a\", \"b\"]]", "[[\"a\", \"b\"], [@@\"a\"]]", "layers.iaas.nests.groups", "\"a\" twice"},
        Mistake{"layers = [\"maas\"]", "layers = [@@\"mas\"]", "providers.a.policy.price.layers", "\"mas\""},
        Mistake{"maas_from_iaas = 0.5", "@@maas_from_ias = 0.5", "segments.x.affinity.maas_from_ias",
                "unknown key", "did you mean maas_from_iaas?"},
        Mistake{"engine = \"agent\"", "engine = @@\"agents\"", "run.engine", "\"agents\"",
                "did you mean \"agent\"?"},
        Mistake{"period = \"quarter\"", "period = @@\"week\"", "horizon.period", "\"week\""},
        Mistake{"currency = \"CNY bn\"", "currency = @@\"CNY billion\"", "currency", "\"CNY billion\""}));

INSTANTIATE_TEST_SUITE_P(
    MissingKey, OneMistake,
    testing::Values(
        Mistake{"[segments.y]\ncustomers = 500", "@@[segments.y]", "segments.y.customers", "nothing"},
        Mistake{"re_evaluate = { iaas = 0.3, maas = 0.5 }", "re_evaluate = @@{ iaas = 0.3 }",
                "segments.x.re_evaluate.maas", "nothing"},
        Mistake{"[horizon]\nstart = \"2025Q1\"", "@@[horizon]", "horizon.start", "nothing"},
        Mistake{"maas = { share = 0.5, price_per_million_tokens = 2.0 }", "maas = @@{ share = 0.5 }",
                "providers.a.maas.price_per_million_tokens", "nothing"},
        Mistake{"maas = { innovate = 0.3 }", "maas = @@{ imitate = 0.3 }", "segments.x.adopt.maas.innovate",
                "nothing"},
        Mistake{"{ share_of_customers = 0.4, primary_spend = 0.7", "@@{ share_of_customers = 0.4",
                "segments.x.multi_home.maas.primary_spend", "nothing"},
        Mistake{"adopt = { iaas = { innovate = 0.2, imitate = 0.3 }, maas = { innovate = 0.3 } }",
                "adopt = @@{ iaas = { innovate = 0.2 } }", "segments.x.adopt.maas", "nothing"},
        Mistake{"[[events]]\nname = \"rule\"\nat = \"2025Q3\"", "@@[[events]]\nname = \"rule\"",
                "events.rule.at", "nothing"},
        Mistake{"{ rule = \"learning_curve\", rate = 0.85, ", "@@{ rule = \"learning_curve\", ",
                "providers.a.policy.price.rate", "nothing"},
        Mistake{"{ spread = \"pareto\", tail = 1.5, ", "@@{ spread = \"pareto\", ", "segments.x.size.tail",
                "nothing"}));

INSTANTIATE_TEST_SUITE_P(
    WrongType, OneMistake,
    testing::Values(
        Mistake{"title = \"Everything\"", "title = @@5", "title", "5"},
        Mistake{"customers = 1000", "customers = @@\"many\"", "segments.x.customers", "\"many\""},
        Mistake{"customers = 1000", "customers = @@1000.0", "segments.x.customers", "1000",
                "without a point"},
        Mistake{"entry = 0.1", "entry = @@true", "segments.x.entry", "true"},
        Mistake{"entry = 0.1", "entry = @@\"0.1\"", "segments.x.entry", "\"0.1\"", "without quotes"},
        Mistake{"entry = 0.1", "entry = @@[0.1]", "segments.x.entry", "a list"},
        Mistake{"entry = 0.1", "entry = @@2025-01-01", "segments.x.entry", "date or time"},
        Mistake{"seed = 7", "seed = @@7.5", "run.seed", "7.5"},
        Mistake{"taste = { price = 1.2, quality = 1.1, switching_cost = 1.0, reach = 0.5 }", "taste = @@1.2",
                "segments.x.taste", "1.2"},
        Mistake{"opening = [0.2, 0.3, 0.5]", "opening = @@1.0", "layers.iaas.lock_in.opening", "1"}));

INSTANTIATE_TEST_SUITE_P(
    OutOfRange, OneMistake,
    testing::Values(
        Mistake{"exit = 0.05", "exit = @@1.0", "segments.x.exit", "1 is out of range"},
        Mistake{"exit = 0.05", "exit = @@5", "segments.x.exit", "5 is out of range", "did you mean 0.05?"},
        Mistake{"entry = 0.1", "entry = @@nan", "segments.x.entry", "nan"},
        Mistake{"entry = 0.1", "entry = @@inf", "segments.x.entry", "inf"},
        Mistake{"quality = 1.0", "quality = @@-inf", "providers.a.iaas.quality", "-inf"},
        Mistake{"re_evaluate = 0.4", "re_evaluate = @@40.0", "segments.y.re_evaluate", "40",
                "a percentage? did you mean 0.4?"},
        Mistake{"portability = 1.0", "portability = { 2025 = 1.0, 2026 = @@-1.0, interpolate = \"linear\" }",
                "portability.2026", "-1"},
        Mistake{"portability = 1.0", "portability = { start = 1.0, growth = @@-1.0 }", "portability.growth",
                "-1"},
        Mistake{"size = { 2025 = 10.0, 2026 = 12.0 }", "size = @@{ 2026 = 12.0 }", "market.size",
                "no total for 2025"},
        Mistake{"quality = 1.0",
                "quality = { start = 1.0, process = \"releases\", per_year = @@-1, jump = 0.1 }",
                "providers.a.iaas.quality.per_year", "-1"},
        Mistake{"network = { iaas = 0.2 }",
                "network = { iaas = @@{ 2025 = 0.0, 2026 = 1.0, interpolate = \"growth\" } }",
                "segments.x.network.iaas", "0 at 2025", "interpolate"},
        Mistake{"full = 1.5", "full = @@0.4", "segments.x.switching_cost.iaas.full", "0.4"},
        Mistake{"innovate = 0.2, imitate = 0.3", "innovate = @@0.8, imitate = 0.3",
                "segments.x.adopt.iaas.innovate", "1.1"},
        Mistake{"customers = 300", "customers = @@1", "run.customers", "1"},
        Mistake{"size = { spread = \"lognormal\", sigma = 1.2, classes = 4 }", "size = @@2.0",
                "segments.y.size", "2", "intensity"}));

INSTANTIATE_TEST_SUITE_P(
    Distribution, OneMistake,
    testing::Values(Mistake{"exit = 0.05", "exit = @@{ dist = \"uniform\", min = 0.5, max = 1.5 }",
                            "segments.x.exit", "a distribution on 0.5 to 1.5"},
                    Mistake{"entry = 0.1", "entry = @@{ dist = \"normal\", mean = 0.1, sd = 0.1 }",
                            "segments.x.entry", "a distribution on -inf"},
                    Mistake{"exit = 0.05", "exit = @@{ dist = \"lognormal\", mean = 0.1, sd = 0.1 }",
                            "segments.x.exit", "a distribution on 0 to inf"},
                    Mistake{"entry = 0.1", "entry = { dist = @@\"gamma\", mean = 0.1, sd = 0.1 }",
                            "segments.x.entry.dist", "\"gamma\""},
                    Mistake{"entry = 0.1", "entry = @@{ dist = \"uniform\", min = 0.5 }",
                            "segments.x.entry.max", "nothing"},
                    Mistake{"entry = 0.1", "entry = @@{ dist = \"uniform\", min = 0.5, max = 0.1 }",
                            "segments.x.entry", "a distribution that is none"},
                    Mistake{"entry = 0.1", "entry = { dist = \"uniform\", min = 0.1, max = 0.5, @@sd = 1 }",
                            "segments.x.entry.sd", "unknown key"},
                    Mistake{"tail = 1.5", "tail = @@{ dist = \"uniform\", min = 1.1, max = 1.5 }",
                            "segments.x.size.tail", "a table with dist", "cannot be uncertain"}));

INSTANTIATE_TEST_SUITE_P(
    SharesThatDoNotAddUp, OneMistake,
    testing::Values(
        Mistake{"share = 0.3, price = 0.9", "share = @@0.4, price = 0.9", "providers.b.iaas.share", "1.1"},
        Mistake{"share = 0.3, price = 0.9", "share = @@{ x = 0.3, y = 0.4 }, price = 0.9",
                "providers.b.iaas.share", "1.1 in segment y"},
        Mistake{"price_per_million_tokens = 1.5 }",
                "price_per_million_tokens = 1.5 }\n[providers.c]\nmaas = { share = @@\"rest\", "
                "price_per_million_tokens = 2.0 }",
                "providers.c.maas.share", "a second \"rest\""},
        Mistake{"share = 0.5, price_per_million_tokens = 2.0",
                "share = @@1.5, price_per_million_tokens = 2.0", "providers.a.maas.share", "1.5"},
        Mistake{"share = \"rest\", price_per_million_tokens = 1.5 }",
                "share = 0.1, price_per_million_tokens = 1.5 }\n[providers.c]\nmaas = { share = @@0.1, "
                "price_per_million_tokens = 2.0 }",
                "providers.c.maas.share", "0.7"},
        Mistake{"opening = [0.2, 0.3, 0.5]", "opening = @@[0.2, 0.3, 0.6]", "layers.iaas.lock_in.opening",
                "1.1"},
        Mistake{"opening = [0.2, 0.3, 0.5]", "opening = @@[0.5, 0.5]", "layers.iaas.lock_in.opening",
                "2 numbers"},
        Mistake{"curve = [0.0, 1.0]", "curve = @@[0.5, 1.0]", "layers.maas.lock_in.curve", "2 numbers"},
        Mistake{"[layers.iaas]\nshare = 0.6", "@@[layers.iaas]\nshare = 1.0", "layers",
                "add up to 1 in 2025"}));

INSTANTIATE_TEST_SUITE_P(
    Dates, OneMistake,
    testing::Values(
        Mistake{"at = \"2025Q3\"", "at = @@\"2025Q5\"", "events.rule.at", "\"2025Q5\""},
        Mistake{"start = \"2025Q1\"", "start = @@\"2025-13\"", "horizon.start", "\"2025-13\""},
        Mistake{"end = \"2026Q4\"", "end = @@100000", "horizon.end", "100000"},
        Mistake{"end = \"2026Q4\"", "end = @@2025-01-01", "horizon.end", "date or time"},
        Mistake{"end = \"2026Q4\"", "end = @@\"2024Q4\"", "horizon.end", "2024Q4"},
        Mistake{"at = \"2025Q3\"", "at = @@\"2025-08\"", "events.rule.at", "\"2025-08\""},
        Mistake{"portability = 1.0", "portability = { @@2025-02 = 1.0 }", "portability.2025-02", "finer"},
        Mistake{"portability = 1.0", "portability = @@{ 2025 = 1.0, 2025Q1 = 2.0 }", "portability",
                "begin at the same time"},
        Mistake{"price = 0.9", "price = 0.9, launch = \"2025Q3\", withdraw = @@\"2025Q3\"",
                "providers.b.iaas.withdraw", "2025Q3"},
        Mistake{"share = 0.3, price = 0.9", "share = @@0.3, price = 0.9, launch = \"2025Q2\"",
                "providers.b.iaas.share", "0.3"},
        Mistake{"ramp = \"2 quarters\"", "ramp = @@\"2 months\"", "events.rule.ramp", "\"2 months\"",
                "longer"},
        Mistake{"ramp = \"2 quarters\"", "ramp = @@\"2quarters\"", "events.rule.ramp", "\"2quarters\""},
        Mistake{"ramp = \"2 quarters\"", "ramp = @@2", "events.rule.ramp", "2"}));

INSTANTIATE_TEST_SUITE_P(
    ExcludeEachOther, OneMistake,
    testing::Values(Mistake{"curve = [0.0, 1.0]", "@@curve = [0.0, 1.0], curve_tau = 1.0",
                            "layers.maas.lock_in.curve", "curve_tau"},
                    Mistake{"at = \"2025Q3\"", "at = \"2025Q3\"\n@@when = \"hhi.iaas > 0.5\"",
                            "events.rule.when", "beside at"},
                    Mistake{"taste = { classes = [{ weight = 2, price = 0.5 }, { price = 1.5 }] }",
                            "taste = { price = 1.0, classes = [{ @@price = 0.5 }] }",
                            "segments.y.taste.classes[0].price", "taste.classes"},
                    Mistake{"{ price = 1.5 }] }", "@@{ weight = 1 }] }", "segments.y.taste.classes[1].price",
                            "nothing"}));

INSTANTIATE_TEST_SUITE_P(
    WithoutEffect, OneMistake,
    testing::Values(
        Mistake{"price_per_million_tokens = 2.0", "price_per_million_tokens = 2.0, @@price = 1.0",
                "providers.a.maas.price", "token layer", "did you mean price_per_million_tokens?"},
        Mistake{"price = 0.9", "@@price_per_million_tokens = 0.9",
                "providers.b.iaas.price_per_million_tokens", "spend layer", "did you mean price"},
        Mistake{"multi_home = { maas", "multi_home = { @@iaas", "segments.x.multi_home.iaas", "one slot"},
        Mistake{"slots = 2\nlock_in = { stages = 1, curve = [0.0, 1.0] }",
                "slots = 2\nlock_in = { @@curve_tau = 1.0 }", "layers.maas.lock_in.curve_tau",
                "without stages"},
        Mistake{"at = \"2026Q1\"", "at = \"2026Q1\"\n@@ramp = \"2 quarters\"", "events.leave.ramp",
                "a move alone"},
        Mistake{"at = \"2026Q1\"", "at = \"2026Q1\"\n@@lasts = \"2 quarters\"", "events.leave.lasts",
                "a move alone"},
        Mistake{"[[events]]\nname = \"rule\"\nat = \"2025Q3\"\nramp = \"2 quarters\"\nscale = { "
                "\"portability\" = 0.6 }",
                "@@[[events]]\nname = \"rule\"\nat = \"2025Q3\"", "events.rule", "without effect"},
        Mistake{"seed = 7", "seed = 7\nsizes = @@\"drown\"", "run.sizes", "\"drown\"",
                "did you mean \"drawn\"?"},
        Mistake{"engine = \"agent\"", "engine = \"cohort\"\nsizes = @@\"drawn\"", "run.sizes",
                "another engine"}));

INSTANTIATE_TEST_SUITE_P(
    Names, OneMistake,
    testing::Values(Mistake{"[segments.y]", "[segments.@@rest]", "segments.rest", "reserved"},
                    Mistake{"[segments.y]", "[segments.@@customers]", "segments.customers", "reserved"},
                    Mistake{"[segments.y]", "[segments.@@y_from_z]", "segments.y_from_z", "_from_"},
                    Mistake{"[segments.y]", "[segments.@@\"gr\u00fcn\"]", "segments.gr\u00fcn",
                            "a name that is none"},
                    Mistake{"[segments.y]", "[segments.@@1y]", "segments.1y", "a name that is none"},
                    Mistake{"name = \"leave\"", "name = @@\"rule\"", "events.rule.name", "the name twice"}));

INSTANTIATE_TEST_SUITE_P(
    Events, OneMistake,
    testing::Values(
        Mistake{"at = \"2025Q3\"", "when = @@\"churm.iaas > 0.1\"", "events.rule.when", "churm",
                "did you mean churn?"},
        Mistake{"at = \"2025Q3\"", "when = @@\"churn.iaas\"", "events.rule.when", "without a comparison"},
        Mistake{"at = \"2025Q3\"", "when = @@\"churn.iaas > x\"", "events.rule.when",
                "\"x\" instead of a number"},
        Mistake{"at = \"2025Q3\"", "when = @@\"churn.ias > 0.1\"", "events.rule.when", "layer ias"},
        Mistake{"at = \"2025Q3\"", "when = @@\"churn.iaas.a > 0.1\"", "events.rule.when", "a provider"},
        Mistake{"at = \"2025Q3\"", "when = @@\"revenue_share.all > 0.1\"", "events.rule.when", "no provider"},
        Mistake{"at = \"2025Q3\"", "when = @@\"customer_share.all.a > 0.1\"", "events.rule.when",
                "all layers"},
        Mistake{"at = \"2025Q3\"", "when = @@\"tokens.maas > 0.1\"", "events.rule.when", "tokens"},
        Mistake{"\"portability\" = 0.6", "\"portabilty\" = @@0.6", "events.rule.scale.\"portabilty\"",
                "no such event target", "did you mean \"portability\"?"},
        Mistake{"\"portability\" = 0.6", "\"portability.growth\" = @@0.6",
                "events.rule.scale.\"portability.growth\"", "without growth"},
        Mistake{"\"portability\" = 0.6", "\"providers.a.iaas.quality.per_year\" = @@2",
                "events.rule.scale.\"providers.a.iaas.quality.per_year\"", "without releases"},
        Mistake{"\"portability\" = 0.6", "\"segments.x.customers\" = @@0.6",
                "events.rule.scale.\"segments.x.customers\"", "no such event target"},
        Mistake{"to = \"b\"", "to = @@\"a\"", "events.leave.move.to", "a"}));

// Slips that are frequent: the hint must lead out.
INSTANTIATE_TEST_SUITE_P(
    Slips, OneMistake,
    testing::Values(
        Mistake{"\"portability\" = 0.6", "@@providers.a.iaas.quality = 0.6", "events.rule.scale.providers",
                "without quotes", "did you mean \"providers.a.iaas.quality\" = ...?"},
        Mistake{"entry = 0.1", "entry = @@{ spread = \"normal\", mean = 1, sd = 1 }", "segments.x.entry",
                "spread", "did you mean dist?"},
        Mistake{"price = 1.2", "price = { dist = \"lognormal\", median = 1.2, sigma = 0.4, @@classes = 5 }",
                "segments.x.taste.price.classes", "classes beside dist",
                "did you mean spread = \"lognormal\"?"},
        Mistake{"size = { spread = \"lognormal\", sigma = 1.2, classes = 4 }",
                "size = @@{ dist = \"lognormal\", sigma = 1.2 }", "segments.y.size", "dist",
                "did you mean spread?"},
        Mistake{"adopted = { iaas = 0.5, maas = 0.4 }", "adopted = { iaas = @@50, maas = 0.4 }",
                "segments.x.adopted.iaas", "50", "did you mean 0.5?"},
        Mistake{"intensity = { iaas = 2.0, maas = 1.0 }", "intensity = { @@ias = 2.0, maas = 1.0 }",
                "segments.x.intensity.ias", "no name of a layer", "did you mean iaas?"},
        Mistake{"intensity = { iaas = 2.0, maas = 1.0 }", "intensity = { @@early = 2.0 }",
                "segments.x.intensity.early", "read as one value for each layer", "dates as keys"},
        Mistake{"reach = 0.2", "reach = { @@z = 0.2 }", "providers.a.iaas.reach.z",
                "read as one value for each segment"},
        Mistake{"network = { iaas = 0.2 }", "network = { 2025Q1 = 0.2, @@iaas = 0.3 }",
                "segments.x.network.iaas", "read as a value over time"},
        Mistake{"entry = 0.1", "entry = @@{ iaas = 0.1 }", "segments.x.entry", "read as a value over time"},
        Mistake{"size = { 2025 = 10.0, 2026 = 12.0 }", "size = { 2025 = 10.0, @@2026Q1 = 12.0 }",
                "market.size.2026Q1", "finer than a year"},
        Mistake{"[run]", "@@[events]\n[run]", "TOML", "events"}));

TEST(Errors, TheBaseOfTheseTestsIsSound) {
  EXPECT_NO_THROW((void)parse_scenario(whole_scenario, "file.toml"));
}

TEST(Errors, TellWhenNobodyIsOnSale) {
  std::string text = with(std::string(whole_scenario), "maas = { share = 0.5, price",
                          "maas = { withdraw = \"2026Q3\", share = 0.5, price");
  text = with(text, "share = \"rest\", price", "withdraw = \"2026Q2\", share = \"rest\", price");
  const Refusal refusal = refusal_of(text);
  ASSERT_EQ(refusal.problems.size(), 1u) << refusal.message;
  EXPECT_EQ(refusal.problems[0].problem.key, "layers.maas");
  EXPECT_EQ(refusal.problems[0].place.line, 18u);
  EXPECT_THAT(refusal.problems[0].problem.found, testing::HasSubstr("nobody on sale in 2026Q3"));
}

TEST(Errors, TellTheSumOfLayersWithoutARest) {
  const Refusal refusal = refusal_of(with(std::string(whole_scenario), "share = \"rest\"\nunit",
                                          "share = { 2025 = 0.4, 2026 = 0.5 }\nunit"));
  ASSERT_EQ(refusal.problems.size(), 1u) << refusal.message;
  EXPECT_EQ(refusal.problems[0].problem.key, "layers");
  EXPECT_THAT(refusal.problems[0].problem.found, testing::HasSubstr("1.1 in 2026"));
}

TEST(Errors, TellOfASecondRest) {
  const Refusal refusal = refusal_of(whole_scenario, {"layers.iaas.share=\"rest\""});
  ASSERT_EQ(refusal.problems.size(), 1u) << refusal.message;
  EXPECT_EQ(refusal.problems[0].problem.key, "layers.maas.share");
  EXPECT_EQ(refusal.problems[0].place.line, 19u);
  EXPECT_EQ(refusal.problems[0].place.column, 9u);
}

TEST(Errors, TellAMissingSection) {
  for (const char* section : {"horizon", "layers", "providers", "segments"}) {
    std::string text(whole_scenario);
    for (std::size_t at; (at = text.find("[" + std::string(section))) != std::string::npos;)
      text.erase(at, text.find("\n\n", at) + 2 - at);
    const Refusal refusal = refusal_of(text);
    EXPECT_TRUE(
        std::any_of(refusal.problems.begin(), refusal.problems.end(),
                    [&](const auto& p) { return p.problem.key == section && p.problem.found == "nothing"; }))
        << section << "\n"
        << refusal.message;
  }
}

TEST(Errors, AreToldAllAtOnceInTheOrderOfTheirPlaces) {
  std::string text(whole_scenario);
  text = with(text, "seed = 7", "seed = -7");
  text = with(text, "entry = 0.1", "entri = 0.1");
  text = with(text, "exit = 0.05", "exit = 5");
  text = with(text, "at = \"2025Q3\"", "at = \"2025Q9\"");
  text = with(text, "period = \"quarter\"", "period = \"week\"");
  const Refusal refusal = refusal_of(text);
  std::vector<std::string> keys;
  for (const PlacedProblem& p : refusal.problems) keys.push_back(p.problem.key);
  EXPECT_THAT(keys, testing::ElementsAre("horizon.period", "segments.x.entri", "segments.x.exit",
                                         "events.rule.at", "run.seed"));
  EXPECT_TRUE(std::is_sorted(refusal.problems.begin(), refusal.problems.end(),
                             [](const auto& a, const auto& b) { return a.place.line < b.place.line; }));
}

TEST(Errors, AreWrittenAsCompilersDoWithTheLineACaretAndAHint) {
  const Refusal refusal = refusal_of(with(std::string(whole_scenario), "exit = 0.05", "exit = 5"));
  EXPECT_THAT(refusal.message, testing::StartsWith("file.toml:36:8: error: segments.x.exit: 5 is out of "
                                                   "range, allowed: a share per year (0 to below 1)\n"
                                                   "  exit = 5\n"
                                                   "         ^\n"
                                                   "  hint: a percentage? did you mean 0.05?\n"));
}

// The column counts characters; the caret the columns of a terminal, two for a wide character. Tabs keep it in place.
TEST(Errors, PutTheCaretUnderTheColumnAfterWideTextAndTabs) {
  const Refusal refusal = refusal_of(
      with(std::string(whole_scenario), "exit = 0.05", "note = \"\u4e91\u8ba1\u7b97\"\n\texit\t= 5"));
  EXPECT_THAT(refusal.message, testing::HasSubstr("   exit = 5\n          ^\n"));
  const Refusal inline_table =
      refusal_of(with(std::string(whole_scenario), "reach = 0.2", "note = \"\u4e91\", reach = inf"));
  EXPECT_THAT(
      inline_table.message,
      testing::HasSubstr("  iaas = { share = 0.7, price = 1.0, quality = 1.0, note = \"\u4e91\", reach = "
                         "inf, appeal = 0.1 }\n"
                         "                                                                         ^\n"));
}

TEST(Errors, OfALongLineShowItsPartAroundTheCaret) {
  const Refusal refusal = refusal_of(with(std::string(whole_scenario), "reach = 0.2",
                                          "note = \"" + std::string(100'000, 'x') + "\", reach = inf"));
  EXPECT_LT(refusal.message.size(), 1000u);
  EXPECT_THAT(refusal.message, testing::HasSubstr("reach = inf, appeal"));
}

TEST(Errors, OfALongLineThatBeginsWithHalfACharacterPointAtIt) {
  const Refusal refusal = refusal_of("\x84" + std::string(1000, 'G'));
  ASSERT_EQ(refusal.problems.size(), 1u);
  EXPECT_EQ(refusal.problems[0].place.column, 1u);
  EXPECT_LT(refusal.message.size(), 1000u);
  EXPECT_THAT(refusal.message, testing::EndsWith("GGG\n  ^\n"));
}

}  // namespace
}  // namespace lockin
