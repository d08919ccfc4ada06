#include "lockin/report/html_report.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lockin/ensemble/run_ensemble.hpp"
#include "lockin/error.hpp"
#include "lockin/report/run_record.hpp"
#include "lockin/report/terminal.hpp"
#include "lockin/report/tidy_csv.hpp"
#include "lockin/scenario/load.hpp"
#include "lockin/scenario/simulate_scenario.hpp"
#include "report/detail/html_text.hpp"

namespace lockin {
namespace {

template <class Results>
ResultFiles files_of(const Results& results, const Scenario& scenario) {
  RunRecord record;
  record.title = scenario.spec.title;
  record.engine = "mean_field";
  record.resolved = scenario.resolved;
  return {{"shares.csv", shares_csv(results)},       {"annual.csv", annual_csv(results)},
          {"opening.csv", opening_csv(results)},     {"switching.csv", switching_csv(results)},
          {"ranks.csv", ranks_csv(results)},         {"annual_ranks.csv", annual_ranks_csv(results)},
          {"crossings.csv", crossings_csv(results)}, {"growth.csv", growth_csv(results)},
          {"scenario.toml", scenario.resolved},      {"run.json", to_json(record)}};
}

const Scenario& duopoly() {
  static const Scenario scenario = load_bundled("two_firms", {"run.engine=\"mean_field\"", "horizon.end=\"2026Q2\""});
  return scenario;
}
const ResultFiles& one_history() {
  static const ResultFiles files = files_of(simulate(duopoly()), duopoly());
  return files;
}

TEST(HtmlReport, GivesTheAnswerOfTheTerminal) {
  EXPECT_THAT(html_report(one_history()), testing::HasSubstr(detail::escaped(answer(simulate(duopoly())))));
  const Scenario china = load_bundled("china_ai_cloud", {"horizon.end=\"2025Q4\"", "run.replications=8"});
  const Ensemble ensemble = run_ensemble(china);
  ResultFiles files = files_of(ensemble, china);
  files["draws.csv"] = draws_csv(ensemble);
  const std::string page = html_report(files);
  EXPECT_THAT(page, testing::HasSubstr(detail::escaped(answer(ensemble))));
  EXPECT_THAT(page, testing::HasSubstr("Omdia. 2024: via SCMP"));  // a source of the scenario
  EXPECT_THAT(page, testing::HasSubstr("<td>triangular</td>"));
}

TEST(HtmlReport, TablesHoldTheNumbersOfTheFiles) {
  const Trajectory path = simulate(duopoly());
  const std::string page = html_report(one_history());
  for (long t = -1; t < static_cast<long>(path.size()); ++t) {
    const auto share = [&](const char* provider) {
      return fmt::format("<td>{:.1f}</td>",
                         100 * path.value(t, Measure::revenue_share, "all", "all", provider).value());
    };
    EXPECT_THAT(page, testing::HasSubstr(fmt::format("<th scope=\"row\">{}</th>{}{}",
                                                     t < 0 ? "opening" : path.calendar().label(t),
                                                     share("incumbent"), share("challenger"))));
  }
}

TEST(HtmlReport, SaysWhatIsWrongWithAFile) {
  const auto refusal = [](const char* name, const auto& change) {
    ResultFiles files = one_history();
    change(files[name]);
    if (files[name].empty()) files.erase(name);
    try {
      (void)html_report(files);
    } catch (const InputError& error) {
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  const auto replaced = [](std::string from, std::string to) {
    return [=](std::string& text) { text.replace(text.find(from), from.size(), to); };
  };
  EXPECT_THAT(refusal("shares.csv", [](std::string& text) { text.clear(); }), testing::HasSubstr("shares.csv"));
  EXPECT_THAT(refusal("shares.csv", replaced("2025Q2", "2031Q2")), testing::HasSubstr("period: 2031Q2"));
  EXPECT_THAT(refusal("shares.csv", replaced("incumbent", "nobody")), testing::HasSubstr("provider: nobody"));
  EXPECT_THAT(refusal("ranks.csv", replaced(",1,1\n", ",3,1\n")), testing::HasSubstr("ranks.csv:2:1: error: rank: 3"));
  EXPECT_THAT(refusal("switching.csv", replaced(",challenger,", ",nobody,")), testing::HasSubstr("switching.csv:2"));
  EXPECT_THAT(refusal("scenario.toml", replaced("[providers.challenger]", "[x]")), testing::HasSubstr("scenario.toml:"));
  EXPECT_THAT(refusal("run.json", replaced("{", "")), testing::HasSubstr("run.json"));
  EXPECT_EQ(refusal("run.json", [](std::string&) {}), "accepted");
}

}  // namespace
}  // namespace lockin
