#include "lockin/report/comparison_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

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

// One provider in both scenarios, or in one of them alone.
struct Pair {
  std::string provider, shown;
  std::optional<double> first, value;      // shares
  std::optional<double> lead_first, lead;  // probability of the first place
  std::optional<PairedDifference> of;
};

// The same ranking in another scenario, where the layer may have another place; nothing if it has none.
std::optional<RankedMeasure> ranking_there(const Ensemble& first, const Ensemble& other, RankedMeasure by) {
  if (!by.layer) return by;
  const auto& layers = other.names().layers;
  const auto found = std::ranges::find(layers, first.names().layers[by.layer->index()]);
  if (found == layers.end()) return std::nullopt;
  by.layer = LayerId(static_cast<std::size_t>(found - layers.begin()));
  return by;
}

// Providers by their mean in the first scenario, then those of the other alone.
std::vector<Pair> pairs(const Comparison& comparison, std::size_t k, const RankedMeasure& by) {
  const Ensemble &first = comparison.ensembles()[0], &other = comparison.ensembles()[k];
  const Moment last = detail::last_of(first);
  const std::optional<RankedMeasure> by_there = ranking_there(first, other, by);
  const auto& names_there = other.names().providers;
  std::vector<Pair> result;
  const auto add_there = [&](Pair& pair, std::size_t j) {
    pair.value = detail::mean_of(other, last, *by_there, j);
    pair.lead = detail::lead_probability(other, *by_there, j);
  };
  for (const std::size_t j : detail::ranked(first, by)) {
    Pair& pair = result.emplace_back();
    pair.provider = first.names().providers[j];
    pair.shown = first.names().display_names[j];
    pair.first = detail::mean_of(first, last, by, j);
    pair.lead_first = detail::lead_probability(first, by, j);
    pair.of = comparison.difference(k, detail::at_moment(last, by.measure, {by.layer, {}, ProviderId(j)}));
    const auto found = std::ranges::find(names_there, pair.provider);
    if (by_there && found != names_there.end())
      add_there(pair, static_cast<std::size_t>(found - names_there.begin()));
  }
  if (!by_there) return result;
  for (const std::size_t j : detail::ranked(other, *by_there)) {
    if (std::ranges::find(result, names_there[j], &Pair::provider) != result.end()) continue;
    Pair& pair = result.emplace_back();
    pair.provider = names_there[j];
    pair.shown = other.names().display_names[j];
    add_there(pair, j);
  }
  return result;
}

void add_pairs(TerminalText& out, const Comparison& comparison, std::size_t k, const std::string& title,
               const RankedMeasure& by) {
  std::vector<Pair> rows = pairs(comparison, k, by);
  if (rows.empty()) return;
  const std::size_t all_rows = rows.size();
  if (all_rows > most_rows) {  // the largest of either
    std::ranges::stable_sort(rows, std::ranges::greater{}, [](const Pair& row) {
      return std::max(row.first.value_or(0), row.value.value_or(0));
    });
    rows.resize(most_rows);
  }
  out.line(std::string(indent, ' ') + fit_left(title, widest_name) + fit_right("first", mean_width) +
           fit_right("here", mean_width) + fit_right("points", difference_width) +
           fit_right("+-", error_width) + fit_right("5..95 %", band_width) +
           fit_right("P(more)", probability_width));
  for (const Pair& row : rows) {
    std::string line = std::string(indent, ' ') + fit_left(row.shown, widest_name) +
                       fit_right(detail::percent(row.first), mean_width) +
                       fit_right(detail::percent(row.value), mean_width);
    if (row.of) {
      const Summary& d = row.of->difference;
      line +=
          fit_right(detail::signed_points(d.mean, 2), difference_width) +
          fit_right(std::isfinite(d.se) ? fmt::format("{:.2f}", 100 * d.se) : "-", error_width) +
          fit_right(detail::signed_points(d.q05, 1) + ".." + detail::signed_points(d.q95, 1), band_width) +
          fit_right(fmt::format("{:.3f}", row.of->probability_greater), probability_width);
    } else {
      line += fit_right("-", difference_width);
    }
    out.line(line);
  }
  if (all_rows > rows.size())
    out.line(std::string(indent, ' ') + fmt::format("({} more)", all_rows - rows.size()));
}

std::string leads(const Comparison& comparison, std::size_t k, const std::string& by,
                  const RankedMeasure& measure) {
  const auto text_of = [](std::optional<double> lead) { return lead ? fmt::format("{:.2f}", *lead) : "-"; };
  std::string text;
  for (const Pair& row : pairs(comparison, k, measure))
    if (std::max(row.lead.value_or(0), row.lead_first.value_or(0)) >= 0.005)
      text += fmt::format("{}{} {} -> {}", text.empty() ? "" : ", ", row.shown, text_of(row.lead_first),
                          text_of(row.lead));
  return fmt::format("Probability of the lead by {}: {}.", by, text);
}

// `period,..,measure` and the numbers; nothing where there is none.
void append_row(std::string& out, const std::string& scenario, const std::string& label,
                const std::optional<Summary>& first, const std::optional<Summary>& other,
                const std::optional<PairedDifference>& of) {
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  out += detail::field(scenario) + ',' + label;
  const Summary nothing{
      .mean = none, .sd = none, .se = none, .q05 = none, .q25 = none, .q50 = none, .q75 = none, .q95 = none};
  const Summary& d = of ? of->difference : nothing;
  const double before = first ? first->mean : none;
  for (const double x :
       {before,
        of      ? before + d.mean
        : other ? other->mean
                : none,
        d.mean, d.se, d.sd, d.q05, d.q25, d.q50, d.q75, d.q95, of ? of->probability_greater : none}) {
    out += ',';
    if (std::isfinite(x)) append_shortest(out, x);
  }
  out += '\n';
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
  for (std::size_t k = 1; k < comparison.names().size(); ++k) {
    const Ensemble& other = comparison.ensembles()[k];
    const detail::MeasureLabels labels_there(other);
    std::map<std::string, Summary> there;  // what the other scenario has, until it is written
    for (const MeasureAt& at : other.table().measures())
      if (const auto summary = other.summary(at); summary && (at.year || at.t >= 0))
        there.emplace(labels_there.of(at), *summary);
    for (const MeasureAt& at : first.table().measures()) {
      const auto mean = first.summary(at);
      if (!mean || (!at.year && at.t < 0)) continue;
      const std::string label = labels.of(at);
      const auto found = there.find(label);
      append_row(out, comparison.names()[k], label, mean,
                 found == there.end() ? std::nullopt : std::optional(found->second),
                 comparison.difference(k, at));
      if (found != there.end()) there.erase(found);
    }
    for (const MeasureAt& at : other.table().measures())  // of the other alone
      if (const auto found = there.find(labels_there.of(at)); found != there.end() && (at.year || at.t >= 0))
        append_row(out, comparison.names()[k], found->first, {}, found->second, {});
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
      const auto number = [](std::optional<double> x) { return x && std::isfinite(*x) ? Json(*x) : Json(); };
      for (const Pair& row : pairs(comparison, k, measure)) {
        const auto difference = [&](double Summary::*of) {
          return row.of ? number(row.of->difference.*of) : Json();
        };
        providers.push_back({{"provider", row.provider},
                             {"name", row.shown},
                             {"first", number(row.first)},
                             {"value", number(row.value)},
                             {"difference", difference(&Summary::mean)},
                             {"se", difference(&Summary::se)},
                             {"q05", difference(&Summary::q05)},
                             {"q95", difference(&Summary::q95)},
                             {"probability_greater", row.of ? Json(row.of->probability_greater) : Json()},
                             {"lead_first", number(row.lead_first)},
                             {"lead", number(row.lead)}});
      }
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
