#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "lockin/report/display_width.hpp"
#include "lockin/report/moment.hpp"
#include "lockin/report/terminal.hpp"
#include "report/detail/answer_sentence.hpp"
#include "report/detail/ensemble_moments.hpp"
#include "report/detail/ranked_rows.hpp"
#include "report/detail/terminal_text.hpp"

namespace lockin {
namespace {

using detail::at_moment;
using detail::last_of;
using detail::lead_probability;
using detail::mean_of;
using detail::moments_of;
using detail::ranked;
using detail::TerminalText;

constexpr std::size_t rank_width = 3, opening_width = 8, error_width = 6, band_width = 14, lead_width = 7,
                      widest_name = 16, most_rows = 8, most_passings = 3;

// `Volcengine passes Alibaba Cloud in 22 % of them (half of these by 2028Q3)`, for those most in doubt among the rows.
std::string passings(const Ensemble& ensemble, const RankedMeasure& by,
                     const std::vector<std::size_t>& rows) {
  struct Found {
    std::size_t importance;
    std::string text;
  };
  std::vector<Found> found;
  for (const Ensemble::Passing& passing : ensemble.passings()) {
    if (passing.by != by) continue;
    const auto passer = std::ranges::find(rows, passing.passer.index()),
               passed = std::ranges::find(rows, passing.passed.index());
    double all = 0;
    for (const double p : passing.probability) all += p;
    if (passer == rows.end() || passed == rows.end() || all < 0.05) continue;
    double sum = 0;
    long middle = 0;
    while (sum + passing.probability[static_cast<std::size_t>(middle)] < all / 2)
      sum += passing.probability[static_cast<std::size_t>(middle++)];
    found.push_back({static_cast<std::size_t>(std::min(passer, passed) - rows.begin()),
                     fmt::format("{} passes {} in {:.0f} % of them (half of these by {})",
                                 ensemble.names().display_names[passing.passer.index()],
                                 ensemble.names().display_names[passing.passed.index()], 100 * all,
                                 ensemble.calendar().label(middle))});
  }
  std::ranges::stable_sort(found, {}, &Found::importance);
  std::string text;
  for (std::size_t i = 0; i < std::min(found.size(), most_passings); ++i)
    text += (i > 0 ? "; " : "") + found[i].text;
  if (found.size() > most_passings) text += fmt::format("; {} more", found.size() - most_passings);
  return text;
}

void add_ranking(TerminalText& out, const Ensemble& ensemble, const std::string& title,
                 const RankedMeasure& by) {
  std::vector<std::size_t> rows = ranked(ensemble, by);
  if (rows.empty()) return;
  const std::size_t all_rows = rows.size();
  rows.resize(std::min(rows.size(), most_rows));
  const Moment last = last_of(ensemble);
  std::vector<Moment> all = moments_of(ensemble);
  while (all.back() != last) all.pop_back();  // the columns behind, and the order, are of this one
  std::size_t names = 8, column = 6;
  for (const std::size_t j : rows)
    names = std::max(names, std::min(widest_name, display_width(ensemble.names().display_names[j])));
  for (const Moment& m : all)
    if (m.kind != Moment::Kind::opening)
      column = std::max(column, label_of(m, ensemble.calendar()).size() + 2);
  const std::size_t fixed = rank_width + names + opening_width + error_width + band_width + lead_width;
  const std::vector<Moment> columns =
      thinned(all, 1 + (out.width() > fixed ? (out.width() - fixed) / column : 0));

  out.line();
  out.bold_line(title);
  std::string heading(rank_width + names, ' ');
  for (const Moment& m : columns)
    heading +=
        fit_right(label_of(m, ensemble.calendar()), m.kind == Moment::Kind::opening ? opening_width : column);
  out.line(heading + fit_right("+-", error_width) + fit_right("5..95 %", band_width) +
           fit_right("leads", lead_width));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::string line =
        fmt::format("{:>2} ", i + 1) + fit_left(ensemble.names().display_names[rows[i]], names);
    for (const Moment& m : columns)
      line += fit_right(detail::percent(mean_of(ensemble, m, by, rows[i])),
                        m.kind == Moment::Kind::opening ? opening_width : column);
    const auto end = ensemble.summary(at_moment(last, by.measure, {by.layer, {}, ProviderId(rows[i])}));
    line += fit_right(std::isfinite(end->se) ? fmt::format("{:.2f}", 100 * end->se) : "-", error_width);
    line +=
        fit_right(fmt::format("{}..{}", detail::percent(end->q05), detail::percent(end->q95)), band_width);
    line += fit_right(fmt::format("{:.3f}", lead_probability(ensemble, by, rows[i])), lead_width);
    out.line(line);
  }
  if (all_rows > rows.size())
    out.line(std::string(rank_width, ' ') + fmt::format("({} more)", all_rows - rows.size()));
  if (const std::string passed = passings(ensemble, by, rows); !passed.empty())
    out.paragraph(passed + ".", rank_width, rank_width + 2);
}

// What is drawn and what is not, and how far the figures are from those of endless replications.
std::string what_it_is(const Ensemble& ensemble, const RunRecord& record) {
  const std::string when = label_of(last_of(ensemble), ensemble.calendar());
  std::string text = "In each replication ";
  if (record.uncertain_numbers > 0)
    text += fmt::format("{} uncertain number{} {}, ", record.uncertain_numbers,
                        record.uncertain_numbers == 1 ? "" : "s",
                        !record.uncertain_drawn         ? "at the mean"
                        : record.uncertain_numbers == 1 ? fmt::format("is drawn ({})", record.design)
                                                        : fmt::format("are drawn ({})", record.design));
  text += record.shocks_drawn ? "processes are drawn, " : "processes follow their means, ";
  text += record.engine == "mean_field" ? "customers do as expected." : "customers choose by chance.";
  const double n = static_cast<double>(ensemble.replications() - ensemble.failed().size());
  text += fmt::format(
      " +- is the standard error of the mean in {}, leads the probability of the first place then (standard "
      "error "
      "at most {:.3f}). What is not in the scenario is in no band.",
      when, 0.5 / std::sqrt(n));
  if (ensemble.quantiles_of() < static_cast<std::uint64_t>(n))
    text += fmt::format(" Bands are of {} replications of them.", ensemble.quantiles_of());
  if (!ensemble.failed().empty())
    text += fmt::format(" {} replications failed and are left out.", ensemble.failed().size());
  return text;
}

}  // namespace

std::string terminal_report(const Ensemble& ensemble, const RunRecord& record, const TerminalStyle& style) {
  TerminalText out(style);
  const MarketNames& names = ensemble.names();
  const Calendar& calendar = ensemble.calendar();
  out.bold_line(fmt::format("{} ({} to {})", printable(record.title), calendar.label(0),
                            calendar.label(static_cast<long>(calendar.size()) - 1)));
  out.paragraph(fmt::format(
      "{} replications, {} engine{}, {}seed {}", detail::grouped(record.replications), record.engine,
      record.engine_from.empty() ? "" : fmt::format(" ({})", record.engine_from),
      record.customers ? detail::grouped(*record.customers) + " simulated customers, " : "", record.seed));
  const bool one_layer = names.layers.size() == 1;
  add_ranking(out, ensemble, fmt::format("Revenue{}, %, means", one_layer ? "" : " over all layers"),
              {{}, Measure::revenue_share});
  const auto token_layers = std::ranges::count(names.token_layer, true);
  for (std::size_t l = 0; l < names.layers.size(); ++l)
    if (names.token_layer[l])
      add_ranking(out, ensemble,
                  fmt::format("Tokens{}, %, means", token_layers > 1 ? " in " + names.layers[l] : ""),
                  {LayerId(l), Measure::token_share});
  for (std::size_t l = 0; l < names.layers.size() && !one_layer; ++l)
    if (!names.token_layer[l])
      add_ranking(out, ensemble, fmt::format("Revenue in {}, %, means", names.layers[l]),
                  {LayerId(l), Measure::revenue_share});
  out.line();
  out.paragraph(what_it_is(ensemble, record));
  out.paragraph(answer(ensemble));
  return out.text();
}

std::string answer(const Ensemble& ensemble) {
  std::vector<detail::Lead> leads;
  for (const auto& [by, measure] : detail::two_rankings(ensemble.names())) {
    std::vector<std::size_t> order = ranked(ensemble, measure);
    if (order.empty()) continue;
    std::ranges::stable_sort(order, std::ranges::greater{},
                             [&](std::size_t j) { return lead_probability(ensemble, measure, j); });
    const auto share = [&](std::size_t j) {
      return *ensemble.summary(
          at_moment(last_of(ensemble), measure.measure, {measure.layer, {}, ProviderId(j)}));
    };
    const std::size_t best = order.front();
    const Summary of = share(best);
    detail::Lead& lead =
        leads.emplace_back(detail::Lead{by, ensemble.names().display_names[best], of.mean, of.q05, of.q95,
                                        lead_probability(ensemble, measure, best)});
    for (const std::size_t j : order)
      if (const Summary other = share(j); j != best && detail::level_with(other.mean, of.mean) &&
                                          detail::level_with(other.q05, of.q05) &&
                                          detail::level_with(other.q95, of.q95))
        lead.level.push_back(ensemble.names().display_names[j]);
  }
  return detail::answer_sentence(label_of(last_of(ensemble), ensemble.calendar()), leads);
}

}  // namespace lockin
