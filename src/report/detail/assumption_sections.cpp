#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <optional>

#include "lockin/ensemble/statistics.hpp"
#include "lockin/error.hpp"
#include "lockin/scenario/describe.hpp"
#include "lockin/scenario/remarks.hpp"
#include "report/detail/charts.hpp"
#include "report/detail/html_text.hpp"
#include "report/detail/page_sections.hpp"

namespace lockin::detail {
namespace {

using Row = std::vector<std::string>;

std::string_view name_of(Distribution::Kind kind) {
  switch (kind) {
    case Distribution::Kind::point:
      return "point";
    case Distribution::Kind::uniform:
      return "uniform";
    case Distribution::Kind::triangular:
      return "triangular";
    case Distribution::Kind::normal:
      return "normal";
    case Distribution::Kind::lognormal:
      return "lognormal";
    case Distribution::Kind::beta:
      return "beta";
    case Distribution::Kind::truncated_normal:
      return "truncated normal";
    case Distribution::Kind::truncated_lognormal:
      return "truncated lognormal";
    case Distribution::Kind::discrete:
      return "discrete";
  }
  return {};
}

// Nothing where it cannot be said: words take the first period by the mean field, for which a market of single customers may be too
// large, and which may fail where an ensemble that allows failures does not.
std::optional<std::string> in_words(const Scenario& scenario, const nlohmann::ordered_json& record) {
  if (record.value("engine", std::string()) == "agent") return std::nullopt;
  try {
    return describe(scenario);
  } catch (const RunError&) {
    return std::nullopt;
  }
}

std::string short_number(double x) { return fmt::format("{:.4g}", x); }

}  // namespace

std::string assumption_section(const Scenario& scenario, const nlohmann::ordered_json& record) {
  std::string out = "<section id=\"assumptions\">\n<h2>Assumptions and their sources</h2>\n";
  std::vector<Row> rows;
  for (const Remark& remark : remarks(scenario.resolved))
    rows.push_back({remark.key.empty() ? "(scenario)" : remark.key, remark.source, remark.note});
  out += rows.empty() ? std::string(
                            "<p>The scenario names no sources (keys <code>source</code> and "
                            "<code>note</code>, in any of its tables).</p>\n")
                      : html_table({"Of", "Source", "Note"}, rows, true);
  if (const auto words = in_words(scenario, record))
    out += fmt::format(
        "<details><summary>The scenario in words</summary>\n<pre tabindex=\"0\">{}</pre></details>\n",
        escaped(*words));
  return out + "</section>\n";
}

std::string uncertainty_section(const RunResults& results, bool open) {
  const bool shocks = results.record.value("shocks_drawn", false);
  std::string out = fmt::format(
      "<section id=\"uncertain\">\n<h2>What is uncertain, and what was drawn</h2>\n<p>{}</p>\n",
      shocks ? "Releases of models and recurring events, if the scenario has any, were drawn in each history."
             : "Releases of models and recurring events, if the scenario has any, followed their means.");
  if (results.scenario.uncertain.empty())
    return out + "<p>No number of the scenario is uncertain.</p>\n</section>\n";
  auto drawn = drawn_numbers(results);
  std::vector<Row> rows;
  for (const UncertainNumber& number : results.scenario.uncertain) {
    const Distribution& law = number.distribution;
    Row row = {number.key, std::string(name_of(law.kind())), short_number(law.mean()),
               short_number(law.quantile(0.05)) + ".." + short_number(law.quantile(0.95))};
    for (auto& [key, draws] : drawn) {
      if (key != number.key) continue;
      std::ranges::sort(draws);
      const double sum = std::accumulate(draws.begin(), draws.end(), 0.0);
      row.push_back(short_number(sum / static_cast<double>(draws.size())));
      row.push_back(short_number(quantile(draws, 0.05)) + ".." + short_number(quantile(draws, 0.95)));
      row.push_back(short_number(draws.front()) + ".." + short_number(draws.back()));
    }
    rows.push_back(std::move(row));
  }
  Row head = {"Number", "Law", "mean", "5..95 %"};
  if (!drawn.empty()) head.insert(head.end(), {"Drawn: mean", "5..95 %", "all"});
  if (!results.record.value("uncertain_drawn", false))
    out += "<p>Uncertain numbers stood at their means.</p>\n";
  out += fmt::format(
      "<figure id=\"draws\"{}><figcaption>Uncertain numbers</figcaption>\n<div "
      "class=\"chart\"></div>\n{}</figure>\n",
      drawn.empty() ? "" : " data-kind=\"draws\"", folded_table("Table", head, rows, open || drawn.empty()));
  return out + "</section>\n";
}

}  // namespace lockin::detail
