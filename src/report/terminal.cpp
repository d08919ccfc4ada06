#include "lockin/report/terminal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "lockin/report/display_width.hpp"
#include "lockin/report/moment.hpp"
#include "lockin/report/sparkline.hpp"
#include "report/detail/answer_sentence.hpp"
#include "report/detail/ensemble_moments.hpp"
#include "report/detail/ranked_rows.hpp"
#include "report/detail/terminal_text.hpp"

namespace lockin {
namespace {

using detail::RankedRow;
using detail::TerminalText;

constexpr std::size_t rank_width = 3, opening_width = 8, change_width = 8, widest_name = 16,
                      least_picture = 6, most_picture = 24, most_rows = 8, layers_shown = 4;

std::size_t name_width(const std::vector<RankedRow>& rows) {
  std::size_t widest = 8;
  for (const RankedRow& row : rows) widest = std::max(widest, display_width(row.name));
  return std::min(widest, widest_name);
}

/// `(56.7 in 2025, 193 in 2030; CNY bn)`: the totals behind the shares.
std::string totals(const Trajectory& path, Measure measure, const std::string& layer,
                   const std::string& unit) {
  std::string text;
  std::vector<Moment> all = moments(path);
  std::erase_if(all, [](const Moment& m) { return m.kind == Moment::Kind::opening; });
  const Moment last = last_moment(path);
  std::erase_if(all, [&](const Moment& m) { return m.kind != last.kind; });
  if (all.empty()) return {};
  for (const Moment& moment : {all.front(), last}) {
    const auto total = value_at(path, moment, measure, layer, "all");
    if (!total || (!text.empty() && moment == all.front())) continue;
    text += fmt::format("{}{} in {}", text.empty() ? "" : ", ", detail::rough(*total),
                        label_of(moment, path.calendar()));
  }
  return text.empty() ? text : fmt::format(" ({}; {})", text, unit);
}

std::string course(const Trajectory& path, const RankedRow& row, Measure measure, const std::string& layer,
                   double top, std::size_t width) {
  std::vector<double> values;
  for (long t = -1; t < static_cast<long>(path.size()); ++t)
    values.push_back(
        detail::value_of(row, path, t < 0 ? Moment{} : Moment{Moment::Kind::period, t}, measure, layer)
            .value_or(std::numeric_limits<double>::quiet_NaN()));
  return sparkline(values, top, width);
}

/// One ranking: a line a provider, its share at the opening, by year, the change, and its course.
void add_ranking(TerminalText& out, const Trajectory& path, const std::string& title, Measure measure,
                 const std::string& layer) {
  const std::vector<RankedRow> rows = detail::ranked_rows(path, measure, layer, most_rows);
  if (rows.empty()) return;
  out.line();
  out.bold_line(title);
  const std::size_t names = name_width(rows);
  const std::vector<Moment> all = moments(path);
  std::size_t column = 0;
  for (const Moment& m : all)
    if (m.kind != Moment::Kind::opening) column = std::max(column, label_of(m, path.calendar()).size() + 2);
  const std::size_t fixed = rank_width + names + opening_width + change_width;
  const std::size_t room =
      out.width() > fixed + least_picture + 1 ? out.width() - fixed - least_picture - 1 : 0;
  const std::vector<Moment> columns = thinned(all, 1 + (column > 0 ? room / column : 0));
  const std::size_t taken = fixed + (columns.size() - 1) * column + 1;
  const std::size_t picture = out.width() > taken ? std::min(out.width() - taken, most_picture) : 0;

  std::string heading(rank_width + names, ' ');
  for (const Moment& m : columns)
    heading +=
        fit_right(label_of(m, path.calendar()), m.kind == Moment::Kind::opening ? opening_width : column);
  out.line(heading + fit_right("change", change_width));

  double top = 0;
  for (const RankedRow& row : rows)
    for (const Moment& m : all)
      top = std::max(top, detail::value_of(row, path, m, measure, layer).value_or(0));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto at = [&](const Moment& m) { return detail::value_of(rows[i], path, m, measure, layer); };
    std::string line =
        rows[i].providers.size() == 1 ? fmt::format("{:>2} ", i + 1) : std::string(rank_width, ' ');
    line += fit_left(rows[i].name, names);
    for (const Moment& m : columns)
      line += fit_right(detail::percent(at(m)), m.kind == Moment::Kind::opening ? opening_width : column);
    line += fit_right(detail::points(at(Moment{}), at(columns.back())), change_width);
    if (picture >= least_picture)
      line.append(" ").append(out.dim(course(path, rows[i], measure, layer, top, picture)));
    out.line(line);
  }
  const std::string lead = detail::lead_history(path, measure, layer);
  const std::string passed = detail::passes(path, measure, layer, rows, out.width() - rank_width - 1);
  if (!lead.empty()) out.paragraph(fmt::format("Leads: {}.", lead), rank_width, rank_width + 2);
  if (!passed.empty()) out.paragraph(fmt::format("{}.", passed), rank_width, rank_width + 2);
}

/// Revenue shares of the layers side by side, the layers with most revenue first if not all fit.
void add_layers(TerminalText& out, const Trajectory& path) {
  const MarketNames& names = path.names();
  const Moment last = last_moment(path);
  std::vector<std::size_t> layers(names.layers.size());
  std::iota(layers.begin(), layers.end(), std::size_t{0});
  const auto revenue = [&](std::size_t l) {
    return -value_at(path, last, Measure::revenue, names.layers[l], "all").value_or(0);
  };
  if (layers.size() > layers_shown) {
    std::ranges::stable_sort(layers, {}, revenue);
    layers.resize(layers_shown);
    std::ranges::sort(layers);
  }
  const std::vector<RankedRow> rows =
      detail::ranked_rows(path, Measure::revenue_share, "all", names.providers.size() > 6 ? 5 : most_rows);
  const std::string title = "Revenue by layer, %";
  const std::size_t width = std::max(name_width(rows), title.size() - rank_width);
  const bool with_opening = layers.size() <= 2;
  const std::string last_label = label_of(last, path.calendar());
  const std::size_t value_width = std::max<std::size_t>(last_label.size() + 2, 7);
  const std::size_t block = (with_opening ? opening_width : 0) + value_width + change_width;

  out.line();
  std::string heading = fit_left(title, rank_width + width);
  for (const std::size_t l : layers) heading += fit_right(names.layers[l], block);
  out.bold_line(heading);
  heading.assign(rank_width + width, ' ');
  for (std::size_t i = 0; i < layers.size(); ++i)
    heading += (with_opening ? fit_right("opening", opening_width) : "") +
               fit_right(last_label, value_width) + fit_right("change", change_width);
  out.line(heading);
  for (const RankedRow& row : rows) {
    std::string line(rank_width, ' ');
    line += fit_left(row.name, width);
    for (const std::size_t l : layers) {
      const auto opening = detail::value_of(row, path, Moment{}, Measure::revenue_share, names.layers[l]);
      const auto now = detail::value_of(row, path, last, Measure::revenue_share, names.layers[l]);
      if (with_opening) line += fit_right(detail::percent(opening), opening_width);
      line += fit_right(detail::percent(now), value_width) +
              fit_right(detail::points(opening, now), change_width);
    }
    out.line(line);
  }
  std::string leads;
  for (const std::size_t l : layers) {
    const std::string lead = detail::lead_history(path, Measure::revenue_share, names.layers[l]);
    if (!lead.empty()) leads += fmt::format("{}{}: {}", leads.empty() ? "" : "; ", names.layers[l], lead);
  }
  if (!leads.empty()) out.paragraph(fmt::format("Leads in {}.", leads), rank_width, rank_width + 2);
  if (layers.size() < names.layers.size())
    out.paragraph(fmt::format("{} smaller layers are not shown.", names.layers.size() - layers.size()),
                  rank_width);
}

std::string what_it_is_not(const RunRecord& record) {
  const bool mean_field = record.engine == "mean_field";
  const bool drawn = record.uncertain_drawn || record.shocks_drawn;
  std::string text = !mean_field ? "One history"
                     : drawn     ? "One history with customers as expected"
                                 : "Expected shares";
  text += ", no forecast with error bars";
  if (record.uncertain_numbers > 0)
    text += fmt::format("; {} uncertain number{} {}", record.uncertain_numbers,
                        record.uncertain_numbers == 1 ? "" : "s",
                        record.uncertain_drawn          ? "drawn once"
                        : record.uncertain_numbers == 1 ? "at its mean"
                                                        : "at their means");
  return text + ".";
}

}  // namespace

std::string terminal_report(const Trajectory& path, const RunRecord& record, const TerminalStyle& style) {
  TerminalText out(style);
  const MarketNames& names = path.names();
  const Calendar& calendar = path.calendar();
  const auto size = static_cast<long>(path.size());
  out.bold_line(fmt::format("{} ({} to {})", printable(record.title), calendar.label(0),
                            calendar.label(std::max(0L, size - 1))));
  out.paragraph(fmt::format(
      "{}{} engine{}, {}seed {}",
      record.replication > 0 ? fmt::format("replication {}, ", record.replication) : "", record.engine,
      record.engine_from.empty() ? "" : fmt::format(" ({})", record.engine_from),
      record.customers ? detail::grouped(*record.customers) + " simulated customers, " : "", record.seed));
  const std::string currency = record.currency.empty() ? "relative units" : record.currency;
  const bool one_layer = names.layers.size() == 1;
  add_ranking(out, path,
              fmt::format("Revenue{}, %{}", one_layer ? "" : " over all layers",
                          totals(path, Measure::revenue, "all", currency)),
              Measure::revenue_share, "all");
  const auto token_layers = std::ranges::count(names.token_layer, true);
  for (std::size_t l = 0; l < names.layers.size(); ++l)
    if (names.token_layer[l])
      add_ranking(out, path,
                  fmt::format("Tokens{}, %{}", token_layers > 1 ? " in " + names.layers[l] : "",
                              totals(path, Measure::tokens, names.layers[l], "trillions")),
                  Measure::token_share, names.layers[l]);
  if (!one_layer) add_layers(out, path);
  out.line();
  out.paragraph(what_it_is_not(record));
  out.paragraph(answer(path));
  return out.text();
}

std::string answer(const Trajectory& path) {
  const Moment last = last_moment(path);
  const MarketNames& names = path.names();
  std::vector<detail::Lead> leads;
  for (const auto& [by, measure] : detail::two_rankings(names)) {
    const std::string layer = measure.layer ? names.layers[measure.layer->index()] : "all";
    const std::vector<std::size_t> order = ranking_at(path, last, measure.measure, layer);
    if (order.empty()) continue;
    const auto share = [&](std::size_t j) {
      return value_at(path, last, measure.measure, layer, names.providers[j]).value_or(0);
    };
    detail::Lead& lead = leads.emplace_back();
    lead.by = by;
    lead.name = names.display_names[order.front()];
    lead.share = share(order.front());
    for (const std::size_t j : order)
      if (j != order.front() && detail::level_with(share(j), lead.share))
        lead.level.push_back(names.display_names[j]);
  }
  return detail::answer_sentence(label_of(last, path.calendar()), leads);
}

}  // namespace lockin
