#include "report/detail/comparison_sections.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "report/detail/changed_lines.hpp"
#include "report/detail/html_text.hpp"
#include "report/detail/page_data.hpp"
#include "report/detail/ranked_rows.hpp"
#include "report/detail/shell_word.hpp"

namespace lockin::detail {
namespace {

using Json = nlohmann::ordered_json;
using Row = std::vector<std::string>;

SeriesKey key_of(const ComparisonResults& results, const RankingKey& by, std::size_t provider) {
  return {by.layer, "all", results.providers()[provider].name, by.measure};
}

// Who is most probably first; nothing if nobody can be.
std::optional<std::size_t> leader(const ComparisonResults& results, std::size_t k, const RankingKey& by) {
  std::optional<std::size_t> best;
  for (std::size_t j = 0; j < results.providers().size(); ++j)
    if (results.lead(k, by, j).value_or(0) > (best ? results.lead(k, by, *best).value_or(0) : 0)) best = j;
  return best;
}

// `Alibaba Cloud stays the most probable leader by revenue (probability 0.71, before 0.65)`
std::string who_leads(const ComparisonResults& results, std::size_t k, const std::string& name,
                      const RankingKey& by) {
  const auto before = leader(results, 0, by), now = leader(results, k, by);
  if (!before || !now) return {};
  const auto chance = [&](std::size_t scenario, std::size_t j) {
    const auto lead = results.lead(scenario, by, j);
    return lead ? fmt::format("{:.2f}", *lead) : std::string("not there");
  };
  if (before == now)
    return fmt::format("{} stays the most probable leader by {} (probability {}, before {})",
                       results.shown(*now), name, chance(k, *now), chance(0, *now));
  return fmt::format("{} leads by {} with probability {} (before: {}), no longer {} ({}, before {})",
                     results.shown(*now), name, chance(k, *now), chance(0, *now), results.shown(*before),
                     chance(k, *before), chance(0, *before));
}

std::string answers(const ComparisonResults& results) {
  std::string out;
  for (std::size_t k = 1; k < results.scenarios.size(); ++k) {
    std::string sentence;
    for (const auto& [name, by] : results.rankings())
      if (by.layer == "all" || by.measure == "token_share")
        if (const std::string one = who_leads(results, k, name, by); !one.empty())
          sentence += (sentence.empty() ? "" : "; ") + one;
    if (sentence.empty()) continue;
    out += fmt::format("<p class=\"answer\">{}</p>\n",
                       escaped(fmt::format("In {}, with {} instead of {}: {}.", results.last_label(),
                                           results.scenarios[k].name, results.scenarios[0].name, sentence)));
  }
  return out;
}

std::string difference_tables(const ComparisonResults& results) {
  std::string out = "<div class=\"rankings\">\n";
  for (std::size_t k = 1; k < results.scenarios.size(); ++k)
    for (const auto& [name, by] : results.rankings()) {
      std::vector<std::pair<double, std::size_t>> order;
      for (std::size_t j = 0; j < results.providers().size(); ++j)
        if (const auto at = results.last(k, key_of(results, by, j)))  // those that the first has not, last
          order.emplace_back(std::isnan(at->first) ? 1 : -at->first, j);
      std::ranges::sort(order);
      std::vector<Row> rows;
      for (const auto& [negative, j] : order) {
        const ComparedValue at = *results.last(k, key_of(results, by, j));
        const Statistics& d = at.difference;
        const auto share = [](double x) { return std::isnan(x) ? "-" : percent(x); };
        const bool paired = !std::isnan(d.value());
        rows.push_back({results.shown(j), share(at.first), share(at.value),
                        paired ? signed_points(d.value(), 2) : "-",
                        std::isnan(d.of[1]) ? "-" : fmt::format("{:.2f}", 100 * d.of[1]),
                        paired ? signed_points(d.q05(), 1) + ".." + signed_points(d.q95(), 1) : "-",
                        paired ? fmt::format("{:.3f}", at.probability_greater) : "-"});
      }
      if (!rows.empty())
        out += fmt::format(
            "<div class=\"ranking\"><h3>{}</h3>{}</div>\n",
            escaped(fmt::format("{}: {} in {}, %", results.scenarios[k].name, name, results.last_label())),
            html_table({"", "first", "here", "points", "+-", "5..95 %", "P(more)"}, rows));
    }
  return out + "</div>\n";
}

std::vector<Statistics> course_of(const ComparisonResults& results, const RankingKey& by,
                                  std::size_t provider, bool level, std::size_t k) {
  return level ? results.level(k, by, provider) : results.difference(k, by, provider);
}

std::string compared_figure(const ComparisonResults& results, const std::string& kind, std::size_t k,
                            const std::string& title, const RankingKey& by, bool open) {
  const bool level = kind == "levels";
  Row head = {"Period"};
  std::vector<std::vector<Statistics>> columns;
  for (std::size_t j = 0; j < results.providers().size(); ++j) {
    auto course = course_of(results, by, j, level, k);
    if (course.empty()) continue;
    head.push_back(results.shown(j));
    columns.push_back(std::move(course));
  }
  std::vector<Row> rows;
  for (std::size_t m = 0; m < results.moments.size(); ++m) {
    Row row = {results.moments[m]};
    for (const std::vector<Statistics>& course : columns) {
      const Statistics& at = course[m];
      if (std::isnan(at.value()))
        row.emplace_back("-");
      else if (level)
        row.push_back(percent(at.value()));
      else
        row.push_back(fmt::format("{} ({}..{})", signed_points(at.value(), 2), signed_points(at.q05(), 1),
                                  signed_points(at.q95(), 1)));
    }
    rows.push_back(std::move(row));
  }
  return fmt::format(
      "<figure id=\"{}-{}-{}-{}\" data-kind=\"{}\" data-scenario=\"{}\" data-layer=\"{}\" "
      "data-measure=\"{}\" "
      "data-unit=\"{}\">\n<figcaption>{}</figcaption>\n<div class=\"chart\"></div>\n{}</figure>\n",
      kind, escaped(by.layer), by.measure, k, kind, k, escaped(by.layer), by.measure, level ? "%" : "points",
      escaped(title),
      folded_table(level ? "Table (%)" : "Table (points; in brackets 5 to 95 % of the pairs)", head, rows,
                   open));
}

std::string chart_section(const ComparisonResults& results, bool open) {
  std::string out =
      "<section id=\"shares\">\n<h2>Side by side</h2>\n<p>Means of each scenario, and what another one has "
      "more or less "
      "than the first, history by history with the same random numbers: the mean of the pairs, and the bands "
      "of half and "
      "of nine tenths of them.</p>\n";
  for (const auto& [name, by] : results.rankings()) {
    out += fmt::format("<h3>Shares of {}</h3>\n<div class=\"figures three\">\n", escaped(name));
    for (std::size_t k = 0; k < results.scenarios.size(); ++k)
      out += compared_figure(results, "levels", k, results.scenarios[k].name, by, open);
    for (std::size_t k = 1; k < results.scenarios.size(); ++k)
      out += compared_figure(results, "difference", k,
                             fmt::format("{} less {}", results.scenarios[k].name, results.scenarios[0].name),
                             by, open);
    out += "</div>\n";
  }
  return out + "</section>\n";
}

std::string change_section(const ComparisonResults& results) {
  std::string out = "<section id=\"differs\">\n<h2>What differs</h2>\n";
  for (std::size_t k = 1; k < results.scenarios.size(); ++k) {
    const std::string changed = changed_lines(results.scenarios[0].resolved, results.scenarios[k].resolved);
    out += fmt::format("<h3>{}</h3>\n<pre tabindex=\"0\">{}</pre>\n", escaped(results.scenarios[k].name),
                       changed.empty() ? "nothing" : escaped(changed));
  }
  return out + "</section>\n";
}

std::string rerun_comparison(const ComparisonResults& results) {
  std::string command = "lockin compare";
  for (const Scenario& scenario : results.scenarios)
    command += " " + shell_word(fmt::format("scenario_{}.toml", scenario.name));
  if (results.record.value("failed_replications", std::uint64_t{0}) > 0) command += " --allow-failures";
  return fmt::format(
      "<section id=\"rerun\">\n<h2>How to run it again</h2>\n<p>The resolved scenarios beside this page, "
      "with the same "
      "version ({}), give the same bits:</p>\n<pre class=\"command\">{} --replications {} --seed {} --out "
      "again</pre>\n</section>\n",
      escaped(results.record.value("version", std::string("?"))), escaped(command),
      results.record.value("replications", Json()).dump(), results.record.value("seed", Json()).dump());
}

// {"value": [..], "q05": [..]}; of a level the values only
Json compared_columns(const std::vector<Statistics>& course, bool level) {
  Json result;
  for (std::size_t i = 0; i < (level ? 1 : Statistics::names.size()); ++i) {
    Json column = Json::array();
    for (const Statistics& at : course) column.push_back(at.of[i]);
    result[Statistics::names[i]] = std::move(column);
  }
  return result;
}

}  // namespace

std::string comparison_sections(const ComparisonResults& results, bool open) {
  return answers(results) + difference_tables(results) +
         "<p class=\"note\">points is the mean of the paired differences, +- its standard error, 5..95 % "
         "their band, "
         "P(more) the probability that a pair's difference is above 0. A provider that one of the scenarios "
         "does not have has no "
         "pairs.</p>\n" +
         chart_section(results, open) + change_section(results) + rerun_comparison(results);
}

Json comparison_data(const ComparisonResults& results) {
  Json data;
  data["kind"] = "comparison";
  data["providers"] = providers_data(results);
  for (const Scenario& scenario : results.scenarios) data["scenarios"].push_back(scenario.name);
  data["moments"] = results.moments;
  data["times"] = results.times();
  for (const bool level : {true, false})
    for (std::size_t k = 0; k < results.scenarios.size(); ++k) {
      Json courses = Json::object();
      for (const auto& [name, by] : results.rankings())
        for (std::size_t j = 0; j < results.providers().size(); ++j) {
          if (!level && k == 0) continue;
          if (const auto course = course_of(results, by, j, level, k); !course.empty())
            courses[fmt::format("{}|all|{}|{}", by.layer, results.providers()[j].name, by.measure)] =
                compared_columns(course, level);
        }
      data[level ? "levels" : "difference"].push_back(std::move(courses));
    }
  return data;
}

}  // namespace lockin::detail
