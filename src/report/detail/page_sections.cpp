#include "report/detail/page_sections.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/detail/answer_sentence.hpp"
#include "report/detail/charts.hpp"
#include "report/detail/html_text.hpp"
#include "report/detail/ranked_rows.hpp"

namespace lockin::detail {
namespace {

using Row = std::vector<std::string>;

// A number as people read it, with its band where there is one.
std::string cell(const Statistics& at, const std::string& unit) {
  if (std::isnan(at.value())) return "-";
  const double scale = unit == "%" ? 100 : 1;
  const auto text = [&](double x) { return fmt::format("{:.{}f}", scale * x, scale > 1 ? 1 : 2); };
  if (std::isnan(at.q05())) return text(at.value());
  return fmt::format("{} ({}..{})", text(at.value()), text(at.q05()), text(at.q95()));
}

// A figure that the program draws into, with the table behind it.
std::string figure(const RunResults& results, const Chart& chart, const std::string& table) {
  return fmt::format(
      "<figure id=\"{}\" data-kind=\"{}\" data-layer=\"{}\" data-measure=\"{}\" data-unit=\"{}\">\n"
      "<figcaption>{}</figcaption>\n<div class=\"chart\"></div>\n{}</figure>\n",
      escaped(chart.id()), chart.kind, escaped(chart.layer), chart.measure,
      escaped(unit_of(results, chart.measure)), escaped(chart.title), table);
}

// Courses: a row a moment, a column a provider.
std::string course_table(const RunResults& results, const Chart& chart, bool open) {
  Row head = {"Period"};
  std::vector<const std::vector<Statistics>*> courses;
  for (std::size_t j = 0; j < results.providers().size(); ++j) {
    const auto found =
        results.by_moment.find({chart.layer, "all", results.providers()[j].name, chart.measure});
    if (found == results.by_moment.end()) continue;
    head.push_back(results.shown(j));
    courses.push_back(&found->second);
  }
  const std::string unit = unit_of(results, chart.measure);
  std::vector<Row> rows;
  for (std::size_t m = 0; m < results.moments.size(); ++m) {
    Row row = {results.moments[m]};
    for (const auto* course : courses) row.push_back(cell((*course)[m], unit));
    if (std::any_of(row.begin() + 1, row.end(), [](const std::string& text) { return text != "-"; }))
      rows.push_back(std::move(row));
  }
  return folded_table(fmt::format("Table ({}{})", unit, results.ensemble ? "; in brackets 5 to 95 %" : ""),
                      head, rows, open);
}

std::string rank_table(const RunResults& results, const Chart& chart, bool open) {
  const RankingKey key{chart.layer, chart.measure};
  const RunResults::Ranks& all = results.years.empty() ? results.ranks : results.annual_ranks;
  const auto found = all.find(key);
  if (found == all.end()) return {};
  Row head = {fmt::format("Rank in {}", results.last_label())};
  std::vector<Row> rows;
  for (const std::size_t j : results.order(key)) {
    Row row = {results.shown(j)};
    for (const double p : found->second.back()[j]) row.push_back(fmt::format("{:.3f}", p));
    rows.push_back(std::move(row));
  }
  std::size_t ranks = 0;
  for (const Row& row : rows) ranks = std::max(ranks, row.size() - 1);
  for (std::size_t rank = 1; rank <= ranks; ++rank) head.push_back(std::to_string(rank));
  return folded_table("Table (probability of each rank)", head, rows, open);
}

std::string flow_table(const RunResults& results, const Chart& chart, bool open) {
  const auto& years = results.flows.at(chart.layer);
  const std::size_t providers = results.providers().size();
  Row head = {"From \\ to"};
  std::vector<Row> rows;
  for (std::size_t from = 0; from < providers; ++from) {
    head.push_back(results.shown(from));
    Row row = {results.shown(from)};
    for (std::size_t to = 0; to < providers; ++to) {
      double moved = 0;
      for (const auto& [year, matrix] : years) moved += matrix[from][to];
      row.push_back(from == to && moved == 0 ? "-" : rough(moved));
    }
    rows.push_back(std::move(row));
  }
  return folded_table("Table (customers, all years)", head, rows, open);
}

std::string growth_table(const RunResults& results, const Chart& chart, bool open) {
  Row head = {"Provider"};
  for (const GrowthStyle& style : growth_styles())
    if (style.part != "price" || chart.measure == "tokens") head.push_back(style.shown);
  head.emplace_back("sum");
  const auto sums = growth_sums(results, chart);
  const auto text = [](double x) { return (x < 0 ? "-" : "") + rough(std::abs(x)); };
  std::vector<Row> rows;
  for (std::size_t j = 0; j < sums.size(); ++j) {
    if (!has_growth(results, chart, j)) continue;
    Row row = {results.shown(j)};
    double sum = 0;
    for (std::size_t k = 0; k < sums[j].size(); ++k) {
      sum += sums[j][k];
      if (growth_styles()[k].part != "price" || chart.measure == "tokens") row.push_back(text(sums[j][k]));
    }
    row.push_back(text(sum));
    rows.push_back(std::move(row));
  }
  return folded_table(fmt::format("Table ({}, all years)", unit_of(results, chart.measure)), head, rows,
                      open);
}

template <class Table>
std::string figures(const RunResults& results, const std::vector<Chart>& charts, const Table& table) {
  std::string out = "<div class=\"figures\">\n";
  for (const Chart& chart : charts) out += figure(results, chart, table(chart));
  return out + "</div>\n";
}

std::string section(const char* id, const std::string& title, const std::string& text,
                    const std::string& content) {
  return fmt::format("<section id=\"{}\">\n<h2>{}</h2>\n<p>{}</p>\n{}</section>\n", id, title, escaped(text),
                     content);
}

std::string number_text(const nlohmann::ordered_json& record, const char* key) {
  const auto found = record.find(key);
  return found == record.end() || !found->is_number() ? "?" : found->dump();
}

std::string word(const nlohmann::ordered_json& record, const char* key) {
  const auto found = record.find(key);
  return found != record.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

std::string answer_section(const RunResults& results) {
  std::vector<Lead> leads;
  std::string rankings;
  for (const Chart& chart : rank_charts(results)) {
    const RankingKey by{chart.layer, chart.measure};
    std::vector<std::size_t> order = results.order(by);
    if (order.empty()) continue;
    Row head = {chart.title, results.last_label() + ", %"};
    if (results.ensemble) head.insert(head.end(), {"P(first)", "5..95 %", "+-"});
    head.emplace_back("opening");
    std::vector<Row> rows;
    for (const std::size_t j : order) {
      const SeriesKey key{by.layer, "all", results.providers()[j].name, by.measure};
      const Statistics at = *results.last(key);
      const double opening = results.by_moment.at(key).front().value();
      Row row = {results.shown(j), percent(at.value())};
      if (results.ensemble)
        row.insert(row.end(), {fmt::format("{:.3f}", results.lead_probability(by, j)),
                               percent(at.q05()) + ".." + percent(at.q95()),
                               std::isnan(at.of[1]) ? "-" : fmt::format("{:.2f}", 100 * at.of[1])});
      row.push_back(std::isnan(opening) ? "-" : percent(opening));
      rows.push_back(std::move(row));
    }
    rankings += fmt::format("<div class=\"ranking\">{}</div>\n", html_table(head, rows));
    if (results.ensemble)
      std::ranges::stable_sort(order, std::ranges::greater{},
                               [&](std::size_t j) { return results.lead_probability(by, j); });
    const Statistics at = *results.last({by.layer, "all", results.providers()[order[0]].name, by.measure});
    const auto layers = results.scenario.spec.layers;
    const auto token_layers = std::ranges::count(layers, true, &LayerSpec::token_unit);
    const std::string tokens = token_layers > 1 ? by.layer + " tokens" : "tokens";
    Lead& lead = leads.emplace_back(Lead{
        by.measure == "token_share" ? tokens : "revenue", results.shown(order[0]), at.value(), at.q05(),
        at.q95(), results.ensemble ? std::optional(results.lead_probability(by, order[0])) : std::nullopt});
    for (const std::size_t j : order) {
      const Statistics other = *results.last({by.layer, "all", results.providers()[j].name, by.measure});
      const bool same_band =
          !results.ensemble || (level_with(other.q05(), at.q05()) && level_with(other.q95(), at.q95()));
      if (j != order[0] && same_band && level_with(other.value(), at.value()))
        lead.level.push_back(results.shown(j));
    }
  }
  std::string means = "One history: no bands, and no probability but 0 and 1.";
  if (results.is_one_of_many())
    means = fmt::format("History {} (from 0) of {}, alone: no bands, and no probability but 0 and 1.",
                        number_text(results.record, "replication"), results.scenario.run.replications);
  if (results.ensemble)
    means = fmt::format(
        "Means over {} histories{}; +- is the standard error of the mean, 5..95 % the band of the histories, "
        "P(first) the probability of the first place. A band holds what the scenario says is uncertain, and "
        "nothing else: it is a statement under assumptions.",
        results.histories() - results.failed(),
        results.failed() == 0 ? ""
                              : fmt::format(" (of {} that were run {} failed and are left out)",
                                            results.histories(), results.failed()));
  return fmt::format(
      "<p class=\"answer\">{}</p>\n<div class=\"rankings\">\n{}</div>\n<p class=\"note\">{}</p>\n",
      escaped(answer_sentence(results.last_label(), leads)), rankings, escaped(means));
}

std::string share_section(const RunResults& results, bool open) {
  return section("shares", "Shares",
                 results.ensemble
                     ? "Lines are means; the inner band holds half of the histories, the outer one "
                       "those from 5 to 95 %."
                     : "One history.",
                 figures(results, share_charts(results),
                         [&](const Chart& chart) { return course_table(results, chart, open); }));
}

std::string rank_section(const RunResults& results, bool open) {
  return section(
      "ranks", "Who is first, second, third",
      "The probability that a provider has the chosen rank, period by period; the providers add up "
      "to 1.",
      figures(results, rank_charts(results),
              [&](const Chart& chart) { return rank_table(results, chart, open); }));
}

std::string flow_section(const RunResults& results, bool open) {
  const std::vector<Chart> charts = flow_charts(results);
  if (charts.empty()) return {};
  return section(
      "flows", "Flows between providers",
      "Customers that left one provider for another, from left to right, means. Who adopts for the "
      "first time, and who leaves the market, is in no flow.",
      figures(results, charts, [&](const Chart& chart) { return flow_table(results, chart, open); }));
}

std::string growth_section(const RunResults& results, bool open) {
  const std::vector<Chart> charts = growth_charts(results);
  if (charts.empty()) return {};
  return section(
      "growth", "Where growth came from",
      "The change of what a provider sells in a period, from the last period before a year to its last "
      "(all: over all whole years of the horizon), means. Parts add up to the change. A price moves "
      "customers between "
      "providers, and tokens; it does not change what a customer spends, so revenue has no part for it. "
      "Who buys more, and another mix of customers, is spend by customer.",
      figures(results, charts, [&](const Chart& chart) { return growth_table(results, chart, open); }));
}

std::string lock_in_section(const RunResults& results, bool open) {
  return section(
      "lock-in", "Lock-in of the base",
      "What it would cost the customers that a provider holds to leave it (in logits, as utilities), "
      "how deeply they are built on it, and what part of them left in each period.",
      figures(results, lock_in_charts(results),
              [&](const Chart& chart) { return course_table(results, chart, open); }));
}

std::string rerun_section(const RunResults& results) {
  const nlohmann::ordered_json& record = results.record;
  std::string command = "lockin run scenario.toml";
  if (results.is_one_of_many()) command += " --only " + number_text(record, "replication");
  if (results.failed() > 0) command += " --allow-failures";
  const std::vector<Row> rows = {
      {"lockin", word(record, "version")},
      {"engine", word(record, "engine")},
      {"seed", number_text(record, "seed")},
      {"replications", results.is_one_of_many()
                           ? fmt::format("number {} (from 0) of {}", number_text(record, "replication"),
                                         results.scenario.run.replications)
                           : number_text(record, "replications")},
      {"failed replications", number_text(record, "failed_replications")},
      {"simulated customers", record.value("customers", nlohmann::ordered_json()).is_number()
                                  ? number_text(record, "customers")
                                  : "none: expectations"},
      {"scenario", word(record, "scenario") + ", " + word(record, "scenario_hash")},
      {"made on", fmt::format("{} ({})", record.value("/machine/processor"_json_pointer, std::string("?")),
                              record.value("/machine/system"_json_pointer, std::string("?")))}};
  return section(
      "rerun", "How to run it again",
      "The resolved scenario, with every option of the run in it, gives the same bits with the same "
      "version:",
      fmt::format("<pre class=\"command\">{} --out again</pre>\n{}{}", command,
                  html_table({"", "Run"}, rows, true), scenario_text(results.scenario.resolved)));
}

std::string scenario_text(const std::string& resolved) {
  return fmt::format(
      "<details><summary>scenario.toml</summary>\n<pre id=\"scenario-text\" "
      "tabindex=\"0\">{}</pre></details>\n",
      escaped(resolved));
}

}  // namespace lockin::detail
