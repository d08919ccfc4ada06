// What README.md and docs/ print of runs is what the runs give.
#include <fmt/format.h>

#include <string>
#include <vector>

#include "lockin/ensemble/run_ensemble.hpp"
#include "lockin/report/run_record.hpp"
#include "lockin/report/terminal.hpp"
#include "lockin/scenario/load.hpp"
#include "lockin/scenario/simulate_scenario.hpp"
#include "page.hpp"

namespace lockin {
namespace {

struct Baseline {
  Scenario scenario = load_bundled("china_ai_cloud");
  Trajectory path = simulate(scenario, {.engine = EngineKind::agent});
  Trajectory mean_field = simulate(scenario, {.engine = EngineKind::mean_field});
};
const Baseline& baseline() {
  static const Baseline run;
  return run;
}

std::string code_block(const std::string& text) { return "\n```text\n" + text + "```\n\n"; }

TEST(Readme, TheBaselineIsCutFromARealRun) {
  const Scenario& scenario = baseline().scenario;
  RunRecord record;
  record.scenario = scenario.name;
  record.title = scenario.spec.title;
  record.currency = scenario.spec.currency;
  record.engine = "mean_field";
  record.engine_from = "scenario";
  record.seed = scenario.run.seed;
  record.replications = scenario.run.replications;
  record.uncertain_numbers = scenario.uncertain.size();
  record.uncertain_drawn = record.shocks_drawn = true;
  record.design = name_of(scenario.run.design);
  const std::string report = terminal_report(run_ensemble(scenario), record);
  const std::size_t cut = report.find("Revenue in iaas"), end = report.find("In each replication");
  ASSERT_NE(cut, std::string::npos);
  ASSERT_NE(end, std::string::npos);
  test::expect_on_page("README.md", "baseline",
                       code_block(report.substr(0, cut) + "[...]\n" + report.substr(end)));
}

TEST(Readme, OneLineFlipsTheWinnerOfTwoFirms) {
  const auto sentence = [](const std::vector<std::string>& overrides) {
    return answer(simulate(load_bundled("two_firms", overrides))) + "\n";
  };
  const std::string shipped = sentence({}),
                    flipped = sentence({"segments.firms.switching_cost.cloud.full=1.0"});
  EXPECT_NE(shipped.find("incumbent leads"), std::string::npos) << shipped;
  EXPECT_NE(flipped.find("challenger leads"), std::string::npos) << flipped;
  test::expect_on_page("README.md", "two firms",
                       code_block("full = 2.5   " + shipped + "full = 1.0   " + flipped));
}

// Sum of a measure over periods [first, last] of the horizon.
double sum(Measure measure, const std::string& layer, const std::string& provider, long first, long last,
           const Trajectory& path = baseline().path) {
  double total = 0;
  for (long t = first; t <= last; ++t) total += path.value(t, measure, layer, "all", provider).value();
  return total;
}

struct Published {
  std::string name, provider;
  double first_half;  // [%]
  double year;        // [%], 0: not published
};

std::string compared(Measure measure, const std::string& layer, const std::vector<Published>& figures) {
  std::string table =
      "| | H1 published | H1 here | miss | H1 mean field | 2025 published | 2025 here | miss |\n"
      "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n";
  const auto share = [&](const std::string& provider, long last, const Trajectory& path) {
    return 100 * sum(measure, layer, provider, 0, last, path) / sum(measure, layer, "all", 0, last, path);
  };
  for (const Published& of : figures) {
    const double half = share(of.provider, 1, baseline().path), year = share(of.provider, 3, baseline().path);
    table += fmt::format("| {} | {:.1f} | {:.1f} | {:+.1f} | {:.1f} |", of.name, of.first_half, half,
                         half - of.first_half, share(of.provider, 1, baseline().mean_field));
    table += of.year > 0 ? fmt::format(" {:.1f} | {:.1f} | {:+.1f} |\n", of.year, year, year - of.year)
                         : fmt::format(" | {:.1f} | |\n", year);
  }
  return "\n" + table + "\n";
}

TEST(China2025, RevenueBesideOmdia) {
  test::expect_on_page("docs/china_2025.md", "revenue",
                       compared(Measure::revenue, "all",
                                {{"Alibaba Cloud", "alibaba", 35.8, 38.1},
                                 {"Volcengine", "volcengine", 14.8, 20.4},
                                 {"Huawei Cloud", "huawei", 13.1, 0},
                                 {"Tencent Cloud", "tencent", 7.0, 0},
                                 {"Baidu AI Cloud", "baidu", 6.1, 0}}));
}

TEST(China2025, TokensBesideIdc) {
  test::expect_on_page("docs/china_2025.md", "tokens",
                       compared(Measure::tokens, "maas",
                                {{"Volcengine", "volcengine", 49.2, 49.5},
                                 {"Alibaba Cloud", "alibaba", 27.0, 28.0},
                                 {"Baidu AI Cloud", "baidu", 17.0, 0}}));
}

TEST(China2025, SizesAndWhatThePublishedFiguresImplyOfTheSecondHalf) {
  const auto second_half = [](double half, double year) {
    return 100 * (year / 100 * 56.7 - half / 100 * 22.3) / (56.7 - 22.3);
  };
  const auto here = [](const std::string& provider) {
    return 100 * sum(Measure::revenue, "all", provider, 2, 3) / sum(Measure::revenue, "all", "all", 2, 3);
  };
  std::string table = "| | published | here |\n| --- | ---: | ---: |\n";
  table +=
      fmt::format("| revenue of H1, bn yuan | 22.3 | {:.1f} |\n", sum(Measure::revenue, "all", "all", 0, 1));
  table += fmt::format("| revenue of 2025, bn yuan | 56.7 | {:.1f} |\n",
                       sum(Measure::revenue, "all", "all", 0, 3));
  table += fmt::format("| tokens of H1, trillions | 536.7 | {:.1f} |\n",
                       sum(Measure::tokens, "maas", "all", 0, 1));
  table += fmt::format("| tokens of 2025, trillions | about 1,944 | {:.0f} |\n",
                       sum(Measure::tokens, "maas", "all", 0, 3));
  table += fmt::format("| Alibaba Cloud, % of revenue of H2 | {:.1f} (implied) | {:.1f} |\n",
                       second_half(35.8, 38.1), here("alibaba"));
  table += fmt::format("| Volcengine, % of revenue of H2 | {:.1f} (implied) | {:.1f} |\n",
                       second_half(14.8, 20.4), here("volcengine"));
  test::expect_on_page("docs/china_2025.md", "sizes", "\n" + table + "\n");
}

}  // namespace
}  // namespace lockin
