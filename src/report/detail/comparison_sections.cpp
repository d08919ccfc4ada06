#include "report/detail/comparison_sections.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "lockin/market/calendar.hpp"
#include "report/detail/changed_lines.hpp"
#include "report/detail/html_text.hpp"
#include "report/detail/palette.hpp"
#include "report/detail/ranked_rows.hpp"

namespace lockin::detail {
namespace {

using Json = nlohmann::ordered_json;
using Row = std::vector<std::string>;

std::string points(double share, int digits) { return fmt::format("{:+.{}f}", 100 * share, digits); }

SeriesKey key_of(const ComparisonResults& results, const RankingKey& by, std::size_t provider) {
  return {by.layer, "all", results.providers()[provider].name, by.measure};
}

double lead(const ComparisonResults& results, std::size_t k, const RankingKey& by, std::size_t provider) {
  const auto ranking = results.leads[k].find(by);
  if (ranking == results.leads[k].end()) return 0;
  const auto found = ranking->second.find(results.providers()[provider].name);
  return found == ranking->second.end() ? 0 : found->second;
}

std::size_t leader(const ComparisonResults& results, std::size_t k, const RankingKey& by) {
  std::size_t best = 0;
  for (std::size_t j = 0; j < results.providers().size(); ++j)
    if (lead(results, k, by, j) > lead(results, k, by, best)) best = j;
  return best;
}

// `revenue: Alibaba Cloud stays first (0.71, here 0.65)`
std::string who_leads(const ComparisonResults& results, std::size_t k, const std::string& name,
                      const RankingKey& by) {
  const std::size_t before = leader(results, 0, by), now = leader(results, k, by);
  if (before == now)
    return fmt::format("{} stays the most probable leader by {} (probability {:.2f}, before {:.2f})",
                       results.shown(now), name, lead(results, k, by, now), lead(results, 0, by, now));
  return fmt::format(
      "{} leads by {} with probability {:.2f} (before {:.2f}), no longer {} ({:.2f}, before {:.2f})",
      results.shown(now), name, lead(results, k, by, now), lead(results, 0, by, now), results.shown(before),
      lead(results, k, by, before), lead(results, 0, by, before));
}

std::string answers(const ComparisonResults& results) {
  std::string out;
  for (std::size_t k = 1; k < results.scenarios.size(); ++k) {
    std::string sentence;
    for (const auto& [name, by] : results.rankings())
      if ((by.layer == "all" || by.measure == "token_share") && results.leads[0].contains(by))
        sentence += (sentence.empty() ? "" : "; ") + who_leads(results, k, name, by);
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
        if (const auto at = results.last(k, key_of(results, by, j))) order.emplace_back(-at->first, j);
      std::ranges::sort(order);
      std::vector<Row> rows;
      for (const auto& [negative, j] : order) {
        const ComparedValue at = *results.last(k, key_of(results, by, j));
        const Statistics& d = at.difference;
        rows.push_back({results.shown(j), percent(at.first), percent(at.value), points(d.value(), 2),
                        std::isnan(d.of[1]) ? "-" : fmt::format("{:.2f}", 100 * d.of[1]),
                        points(d.q05(), 1) + ".." + points(d.q95(), 1),
                        fmt::format("{:.3f}", at.probability_greater)});
      }
      if (!rows.empty())
        out += fmt::format(
            "<div class=\"ranking\"><h3>{}</h3>{}</div>\n",
            escaped(fmt::format("{}: {} in {}, %", results.scenarios[k].name, name, results.last_label())),
            html_table({"", "first", "here", "points", "+-", "5..95 %", "P(more)"}, rows));
    }
  return out + "</div>\n";
}

std::string figure(const ComparisonResults& results, const std::string& kind, std::size_t k,
                   const std::string& title, const RankingKey& by, bool open) {
  Row head = {"Period"};
  const auto& courses = results.by_moment[std::max<std::size_t>(k, 1) - 1];
  std::vector<const std::vector<std::optional<ComparedValue>>*> columns;
  for (std::size_t j = 0; j < results.providers().size(); ++j)
    if (const auto found = courses.find(key_of(results, by, j)); found != courses.end()) {
      head.push_back(results.shown(j));
      columns.push_back(&found->second);
    }
  std::vector<Row> rows;
  for (std::size_t m = 0; m < results.moments.size(); ++m) {
    Row row = {results.moments[m]};
    for (const auto* column : columns) {
      const bool has = m < column->size() && (*column)[m];
      if (!has) {
        row.emplace_back("-");
      } else if (kind == "levels") {
        row.push_back(percent(k == 0 ? (*column)[m]->first : (*column)[m]->value));
      } else {
        const Statistics& d = (*column)[m]->difference;
        row.push_back(
            fmt::format("{} ({}..{})", points(d.value(), 2), points(d.q05(), 1), points(d.q95(), 1)));
      }
    }
    rows.push_back(std::move(row));
  }
  return fmt::format(
      "<figure id=\"{}-{}-{}-{}\" data-kind=\"{}\" data-scenario=\"{}\" data-layer=\"{}\" "
      "data-measure=\"{}\" "
      "data-unit=\"{}\">\n<figcaption>{}</figcaption>\n<div class=\"chart\"></div>\n{}</figure>\n",
      kind, escaped(by.layer), by.measure, k, kind, k, escaped(by.layer), by.measure,
      kind == "levels" ? "%" : "points", escaped(title),
      folded_table(kind == "levels" ? "Table (%)" : "Table (points; in brackets 5 to 95 % of the pairs)",
                   head, rows, open));
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
      out += figure(results, "levels", k, results.scenarios[k].name, by, open);
    for (std::size_t k = 1; k < results.scenarios.size(); ++k)
      out +=
          figure(results, "difference", k,
                 fmt::format("{} less {}", results.scenarios[k].name, results.scenarios[0].name), by, open);
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

std::string rerun(const ComparisonResults& results) {
  std::string command = "lockin compare";
  for (const Scenario& scenario : results.scenarios)
    command += fmt::format(" scenario_{}.toml", scenario.name);
  return fmt::format(
      "<section id=\"rerun\">\n<h2>How to run it again</h2>\n<p>The resolved scenarios beside this page, "
      "with the same "
      "version ({}), give the same bits:</p>\n<pre class=\"command\">{} --replications {} --seed {} --out "
      "again</pre>\n</section>\n",
      escaped(results.record.value("version", std::string("?"))), escaped(command),
      results.record.value("replications", Json()).dump(), results.record.value("seed", Json()).dump());
}

// {"value": [..], "q05": [..]}, of a provider in a scenario or of its difference to the first
Json columns(const std::vector<std::optional<ComparedValue>>& course, std::size_t moments, bool difference,
             bool first) {
  Json result;
  for (std::size_t i = 0; i < Statistics::names.size(); ++i) {
    if (i > 0 && !difference) break;
    Json column = Json::array();
    for (std::size_t m = 0; m < moments; ++m) {
      const bool has = m < course.size() && course[m];
      column.push_back(!has         ? Json()
                       : difference ? Json(course[m]->difference.of[i])
                       : first      ? Json(course[m]->first)
                                    : Json(course[m]->value));
    }
    result[Statistics::names[i]] = std::move(column);
  }
  return result;
}

}  // namespace

std::string comparison_sections(const ComparisonResults& results, bool open) {
  return answers(results) + difference_tables(results) +
         "<p class=\"note\">points is the mean of the paired differences, +- its standard error, 5..95 % "
         "their band, "
         "P(more) the probability that a pair's difference is above 0.</p>\n" +
         chart_section(results, open) + change_section(results) + rerun(results);
}

Json comparison_data(const ComparisonResults& results) {
  const MarketSpec& spec = results.scenarios[0].spec;
  const Calendar calendar(spec.start, spec.end, spec.period);
  Json data;
  data["kind"] = "comparison";
  for (std::size_t j = 0; j < results.providers().size(); ++j)
    data["providers"].push_back({{"name", results.providers()[j].name},
                                 {"shown", results.shown(j)},
                                 {"colour", colour_of(j)},
                                 {"stroke", stroke_of(j)}});
  for (const Scenario& scenario : results.scenarios) data["scenarios"].push_back(scenario.name);
  data["moments"] = results.moments;
  for (long t = 0; t < static_cast<long>(calendar.size()); ++t)
    data["times"].push_back(static_cast<double>(calendar.months_at(t + 1)) / 12);
  for (const char* kind : {"levels", "difference"})
    for (std::size_t k = 0; k < results.scenarios.size(); ++k) {
      Json courses = Json::object();
      const bool difference = kind == std::string_view("difference");
      for (const auto& [name, by] : results.rankings())
        for (std::size_t j = 0; j < results.providers().size(); ++j) {
          const SeriesKey key = key_of(results, by, j);
          const auto& all = results.by_moment[std::max<std::size_t>(k, 1) - 1];
          if (const auto found = all.find(key); found != all.end() && (k > 0 || !difference))
            courses[fmt::format("{}|all|{}|{}", key.layer, key.provider, key.measure)] =
                columns(found->second, results.moments.size(), difference, k == 0);
        }
      data[kind].push_back(std::move(courses));
    }
  return data;
}

}  // namespace lockin::detail
