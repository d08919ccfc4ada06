#include "lockin/report/html_report.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lockin/ensemble/run_ensemble.hpp"
#include "lockin/error.hpp"
#include "lockin/report/plot_svg.hpp"
#include "lockin/report/run_record.hpp"
#include "lockin/report/terminal.hpp"
#include "lockin/scenario/load.hpp"
#include "lockin/scenario/simulate_scenario.hpp"
#include "report/detail/html_text.hpp"

namespace lockin {
namespace {

template <class Results>
ResultFiles files_of(const Results& results, const Scenario& scenario) {
  ResultFiles files = result_files(result_tables(results), run_record(scenario));
  files.erase(report_file);
  return files;
}

const Scenario& duopoly() {
  static const Scenario scenario =
      load_bundled("two_firms", {"run.engine=\"mean_field\"", "horizon.end=\"2026Q2\""});
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
  const ResultFiles files = files_of(ensemble, china);
  const std::string page = html_report(files);
  EXPECT_NE(page.find(detail::escaped(answer(ensemble))), std::string::npos);
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

// 60 providers by month: all of them would be 3 MB.
TEST(HtmlReport, ShowsTheLargestOfVeryManyProviders) {
  std::string text = "[horizon]\nstart = \"2025\"\nend = \"2030\"\nperiod = \"month\"\n[layers.cloud]\n";
  for (int j = 0; j < 60; ++j)
    text += fmt::format("[providers.p{}]\ncloud = {{ share = {} }}\n", j, j == 37 ? "0.41" : "0.01");
  text +=
      "[segments.all_customers]\ncustomers = 1000\nre_evaluate = 0.2\nswitching_cost = 1.0\n[run]\nengine = "
      "\"mean_field\"\n";
  const Scenario scenario = parse_scenario(text, "many");
  const Trajectory path = simulate(scenario);
  const std::string page = html_report(files_of(path, scenario));
  EXPECT_LT(page.size(), 2'000'000u);
  const auto has = [&](const std::string& part) { return page.find(part) != std::string::npos; };
  EXPECT_TRUE(has("largest of 60 providers"));
  EXPECT_TRUE(has(detail::escaped(answer(path))));
  EXPECT_TRUE(has("\"name\":\"p37\",\"shown\":\"p37\",\"colour\":\"#d24b0f\""))
      << "another colour than its own";
  EXPECT_FALSE(has("\"name\":\"p59\""));
  const std::string plot = plot_svg(files_of(path, scenario), "shares");  // of the largest twelve
  EXPECT_NE(plot.find("stroke-dasharray=\"6 3\""), std::string::npos)
      << "the ninth provider looks like the first";
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
  EXPECT_THAT(refusal("shares.csv", [](std::string& text) { text.clear(); }),
              testing::HasSubstr("shares.csv"));
  EXPECT_THAT(refusal("shares.csv", replaced("2025Q2", "2031Q2")), testing::HasSubstr("period: 2031Q2"));
  EXPECT_THAT(refusal("shares.csv", replaced("incumbent", "nobody")), testing::HasSubstr("provider: nobody"));
  EXPECT_THAT(refusal("ranks.csv", replaced(",1,1\n", ",3,1\n")),
              testing::HasSubstr("ranks.csv:2:36: error: rank: 3"));
  EXPECT_THAT(refusal("switching.csv", replaced(",challenger,", ",nobody,")),
              testing::HasSubstr("switching.csv:2"));
  EXPECT_THAT(refusal("scenario.toml", replaced("[providers.challenger]", "[x]")),
              testing::HasSubstr("scenario.toml:"));
  EXPECT_THAT(refusal("run.json", replaced("{", "")), testing::HasSubstr("run.json"));
  EXPECT_THAT(refusal("run.json", replaced("\"mean_field\"", "3")),
              testing::HasSubstr("run.json: error: record"));
  EXPECT_EQ(refusal("run.json", [](std::string&) {}), "accepted");
}

}  // namespace
}  // namespace lockin
