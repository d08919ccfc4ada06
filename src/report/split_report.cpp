#include "lockin/report/split_report.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "lockin/report/display_width.hpp"
#include "lockin/report/shortest_number.hpp"
#include "report/detail/csv_text.hpp"
#include "report/detail/ensemble_moments.hpp"
#include "report/detail/ranked_rows.hpp"
#include "report/detail/terminal_text.hpp"

namespace lockin {
namespace {

using detail::TerminalText;

constexpr std::size_t indent = 1, widest_name = 24, sd_width = 8, part_width = 14, most_rows = 8;

// The splits of a ranking's providers at the last moment, by their mean share.
std::vector<std::pair<std::size_t, VarianceParts>> splits(const VarianceSplit& split,
                                                          const RankedMeasure& by) {
  const Ensemble& ensemble = split.ensemble();
  std::vector<std::pair<std::size_t, VarianceParts>> rows;
  for (const std::size_t j : detail::ranked(ensemble, by))
    if (const auto parts =
            split.of(detail::at_moment(detail::last_of(ensemble), by.measure, {by.layer, {}, ProviderId(j)})))
      rows.emplace_back(j, *parts);
  return rows;
}

std::string part_text(const VariancePart& part, double total) {
  if (!(total > 0)) return "-";
  return fmt::format("{:.1f} +- {:.1f}", 100 * part.variance / total, 100 * part.se / total);
}

void add_splits(TerminalText& out, const VarianceSplit& split, const std::string& title,
                const RankedMeasure& by) {
  auto rows = splits(split, by);
  if (rows.empty()) return;
  rows.resize(std::min(rows.size(), most_rows));
  out.line(std::string(indent, ' ') + fit_left(title, widest_name) + fit_right("sd", sd_width) +
           fit_right("parameters", part_width) + fit_right("shocks", part_width) +
           fit_right("customers", part_width));
  for (const auto& [j, parts] : rows)
    out.line(std::string(indent, ' ') + fit_left(split.ensemble().names().display_names[j], widest_name) +
             fit_right(fmt::format("{:.2f}", 100 * std::sqrt(std::max(0.0, parts.total))), sd_width) +
             fit_right(part_text(parts.parameters, parts.total), part_width) +
             fit_right(part_text(parts.shocks, parts.total), part_width) +
             fit_right(part_text(parts.customers, parts.total), part_width));
}

}  // namespace

std::string terminal_report(const VarianceSplit& split, const RunRecord& record, const TerminalStyle& style) {
  TerminalText out(style);
  const Ensemble& ensemble = split.ensemble();
  const NestedDesign& of = split.design();
  out.bold_line(fmt::format("{}: where the uncertainty of {} comes from", printable(record.title),
                            label_of(detail::last_of(ensemble), ensemble.calendar())));
  out.paragraph(fmt::format(
      "{} draws of {} uncertain number{}, {} histories of shocks for each, {} of customers for each of "
      "those; {} engine, seed {}",
      detail::grouped(of.draws), ensemble.uncertain().size(), ensemble.uncertain().size() == 1 ? "" : "s",
      of.shocks, of.customers, record.engine, record.seed));
  out.line();
  for (const auto& [by, measure] : detail::two_rankings(ensemble.names()))
    add_splits(out, split, "Share of " + by, measure);
  out.line();
  std::string text =
      "sd: of one history, in points of share. The rest: percent of its variance, +- standard error.";
  if (record.engine == "mean_field") text += " The mean field has no noise of customers: other engines have.";
  out.paragraph(text);
  return out.text();
}

std::string variance_csv(const VarianceSplit& split) {
  std::string out =
      "period,layer,segment,provider,measure,variance,parameters,parameters_se,shocks,shocks_se,customers,"
      "customers_se\n";
  const Ensemble& ensemble = split.ensemble();
  const detail::MeasureLabels labels(ensemble);
  for (const MeasureAt& at : ensemble.table().measures()) {
    const auto parts = split.of(at);
    if (!parts || (!at.year && at.t < 0)) continue;
    out += labels.of(at);
    for (const double x :
         {parts->total, parts->parameters.variance, parts->parameters.se, parts->shocks.variance,
          parts->shocks.se, parts->customers.variance, parts->customers.se}) {
      out += ',';
      append_shortest(out, x);
    }
    out += '\n';
  }
  return out;
}

std::string split_json(const VarianceSplit& split, const RunRecord& record) {
  using Json = nlohmann::ordered_json;
  const Ensemble& ensemble = split.ensemble();
  Json rows = Json::array();
  for (const auto& [by, measure] : detail::two_rankings(ensemble.names()))
    for (const auto& [j, parts] : splits(split, measure))
      rows.push_back({{"moment", label_of(detail::last_of(ensemble), ensemble.calendar())},
                      {"layer", measure.layer ? ensemble.names().layers[measure.layer->index()] : "all"},
                      {"measure", name_of(measure.measure)},
                      {"provider", ensemble.names().providers[j]},
                      {"name", ensemble.names().display_names[j]},
                      {"variance", parts.total},
                      {"parameters", parts.parameters.variance},
                      {"parameters_se", parts.parameters.se},
                      {"shocks", parts.shocks.variance},
                      {"shocks_se", parts.shocks.se},
                      {"customers", parts.customers.variance},
                      {"customers_se", parts.customers.se}});
  const Json result = {{"record", Json::parse(to_json(record))}, {"splits", std::move(rows)}};
  return result.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace lockin
