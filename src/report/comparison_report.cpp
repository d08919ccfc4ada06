#include "lockin/report/comparison_report.hpp"

#include <fmt/format.h>

#include <algorithm>
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

constexpr std::size_t indent = 1, widest_name = 20, mean_width = 8, difference_width = 9, error_width = 7,
                      band_width = 15, probability_width = 9, most_rows = 8;

// One provider in both scenarios.
struct Pair {
  std::size_t provider = 0;  // of the first
  double first = 0, value = 0, lead_first = 0, lead = 0;
  PairedDifference of;
};

std::vector<Pair> pairs(const Comparison& comparison, std::size_t k, const RankedMeasure& by) {
  const Ensemble &first = comparison.ensembles()[0], &other = comparison.ensembles()[k];
  const Moment last = detail::last_of(first);
  std::vector<Pair> result;
  for (const std::size_t j : detail::ranked(first, by)) {
    const auto of =
        comparison.difference(k, detail::at_moment(last, by.measure, {by.layer, {}, ProviderId(j)}));
    if (!of) continue;
    const auto& names = other.names().providers;
    const auto there = static_cast<std::size_t>(
        std::find(names.begin(), names.end(), first.names().providers[j]) - names.begin());
    RankedMeasure by_there = by;
    if (by.layer) {
      const auto& layers = other.names().layers;
      by_there.layer = LayerId(static_cast<std::size_t>(
          std::find(layers.begin(), layers.end(), first.names().layers[by.layer->index()]) - layers.begin()));
    }
    const double mean = *detail::mean_of(first, last, by, j);
    result.push_back({j, mean, detail::mean_of(other, last, by_there, there).value_or(mean),
                      detail::lead_probability(first, by, j),
                      detail::lead_probability(other, by_there, there), *of});
  }
  return result;
}

std::string points(double share, int digits) { return fmt::format("{:+.{}f}", 100 * share, digits); }

void add_pairs(TerminalText& out, const Comparison& comparison, std::size_t k, const std::string& title,
               const RankedMeasure& by) {
  std::vector<Pair> rows = pairs(comparison, k, by);
  if (rows.empty()) return;
  rows.resize(std::min(rows.size(), most_rows));
  const MarketNames& names = comparison.ensembles()[0].names();
  out.line(std::string(indent, ' ') + fit_left(title, widest_name) + fit_right("first", mean_width) +
           fit_right("here", mean_width) + fit_right("points", difference_width) +
           fit_right("+-", error_width) + fit_right("5..95 %", band_width) +
           fit_right("P(more)", probability_width));
  for (const Pair& row : rows)
    out.line(
        std::string(indent, ' ') + fit_left(names.display_names[row.provider], widest_name) +
        fit_right(detail::percent(row.first), mean_width) +
        fit_right(detail::percent(row.value), mean_width) +
        fit_right(points(row.of.difference.mean, 2), difference_width) +
        fit_right(
            std::isfinite(row.of.difference.se) ? fmt::format("{:.2f}", 100 * row.of.difference.se) : "-",
            error_width) +
        fit_right(points(row.of.difference.q05, 1) + ".." + points(row.of.difference.q95, 1), band_width) +
        fit_right(fmt::format("{:.3f}", row.of.probability_greater), probability_width));
}

std::string leads(const Comparison& comparison, std::size_t k, const std::string& by,
                  const RankedMeasure& measure) {
  std::string text;
  const std::vector<Pair> all = pairs(comparison, k, measure);
  for (const Pair& row : all)
    if (std::max(row.lead, row.lead_first) >= 0.005)
      text += fmt::format("{}{} {:.2f} -> {:.2f}", text.empty() ? "" : ", ",
                          comparison.ensembles()[0].names().display_names[row.provider], row.lead_first,
                          row.lead);
  return fmt::format("Probability of the lead by {}: {}.", by, text);
}

}  // namespace

std::string terminal_report(const Comparison& comparison, const RunRecord& record,
                            const TerminalStyle& style) {
  TerminalText out(style);
  const Ensemble& first = comparison.ensembles()[0];
  out.bold_line(fmt::format("{}: {} and {} other{}", printable(record.title), comparison.names()[0],
                            comparison.names().size() - 1, comparison.names().size() == 2 ? "" : "s"));
  out.paragraph(fmt::format("{} replications each, in pairs with the same random numbers; {} engine, seed {}",
                            detail::grouped(first.replications()), record.engine, record.seed));
  const std::string when = label_of(detail::last_of(first), first.calendar());
  for (std::size_t k = 1; k < comparison.names().size(); ++k) {
    out.line();
    out.bold_line(fmt::format("{}, {}, less {}", comparison.names()[k], when, comparison.names()[0]));
    for (const auto& [by, measure] : detail::two_rankings(first.names()))
      add_pairs(out, comparison, k, "Share of " + by + ", %", measure);
    for (const auto& [by, measure] : detail::two_rankings(first.names()))
      out.paragraph(leads(comparison, k, by, measure), indent, indent + 2);
  }
  out.line();
  std::string text = fmt::format(
      "Shares are means of {}; points is the mean of the paired differences, +- its standard error, 5..95 % "
      "their band, P(more) "
      "the probability that a pair's difference is above 0.",
      when);
  for (std::size_t k = 0; k < comparison.names().size(); ++k)
    if (const std::size_t failed = comparison.ensembles()[k].failed().size(); failed > 0)
      text += fmt::format(" {} replications of {} failed and are left out.", failed, comparison.names()[k]);
  out.paragraph(text);
  return out.text();
}

std::string comparison_csv(const Comparison& comparison) {
  std::string out =
      "scenario,period,layer,segment,provider,measure,first,value,difference,se,sd,q05,q25,q50,q75,q95,"
      "probability_greater\n";
  const Ensemble& first = comparison.ensembles()[0];
  const detail::MeasureLabels labels(first);
  for (std::size_t k = 1; k < comparison.names().size(); ++k)
    for (const MeasureAt& at : first.table().measures()) {
      if (!at.year && at.t < 0) continue;
      const auto of = comparison.difference(k, at);
      const auto mean = first.summary(at);
      if (!of || !mean) continue;
      out += detail::field(comparison.names()[k]) + ',';
      out += labels.of(at);
      const Summary& d = of->difference;
      for (const double x : {mean->mean, mean->mean + d.mean, d.mean, d.se, d.sd, d.q05, d.q25, d.q50, d.q75,
                             d.q95, of->probability_greater}) {
        out += ',';
        if (std::isfinite(x)) append_shortest(out, x);
      }
      out += '\n';
    }
  return out;
}

std::string comparison_json(const Comparison& comparison, const RunRecord& record) {
  using Json = nlohmann::ordered_json;
  const Ensemble& first = comparison.ensembles()[0];
  Json comparisons = Json::array();
  for (std::size_t k = 1; k < comparison.names().size(); ++k)
    for (const auto& [by, measure] : detail::two_rankings(first.names())) {
      Json providers = Json::array();
      for (const Pair& row : pairs(comparison, k, measure))
        providers.push_back(
            {{"provider", first.names().providers[row.provider]},
             {"name", first.names().display_names[row.provider]},
             {"first", row.first},
             {"value", row.value},
             {"difference", row.of.difference.mean},
             {"se", std::isfinite(row.of.difference.se) ? Json(row.of.difference.se) : Json()},
             {"q05", row.of.difference.q05},
             {"q95", row.of.difference.q95},
             {"probability_greater", row.of.probability_greater},
             {"lead_first", row.lead_first},
             {"lead", row.lead}});
      comparisons.push_back({{"scenario", comparison.names()[k]},
                             {"moment", label_of(detail::last_of(first), first.calendar())},
                             {"layer", measure.layer ? first.names().layers[measure.layer->index()] : "all"},
                             {"measure", name_of(measure.measure)},
                             {"providers", std::move(providers)}});
    }
  const Json result = {{"record", Json::parse(to_json(record))},
                       {"scenarios", comparison.names()},
                       {"comparisons", std::move(comparisons)}};
  return result.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace lockin
