#include "report/detail/split_sections.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/detail/html_text.hpp"
#include "report/detail/page_data.hpp"
#include "report/detail/page_sections.hpp"
#include "report/detail/stacked_bars.hpp"

namespace lockin::detail {
namespace {

using Json = nlohmann::ordered_json;

// `sd 3.21 points`; a variance that is estimated below 0 is none.
double sd_in_points(const SplitValue& of) { return 100 * std::sqrt(std::max(0.0, of.variance)); }

// `45.1 +- 2.3`, percent of the variance
std::string share_of_variance(const SplitValue& of, std::size_t part) {
  if (!(of.variance > 0)) return "-";
  return fmt::format("{:.1f} +- {:.1f}", 100 * of.parts[part] / of.variance,
                     100 * of.errors[part] / of.variance);
}

// The mean field has no noise of customers.
bool has_customers(const SplitResults& results) {
  return results.record.value("engine", std::string()) != "mean_field";
}

// `the share of revenue of Alibaba Cloud is the least sure (sd 3.21 points): 85 % of its variance comes from uncertain numbers, ..`
std::string least_sure(const SplitResults& results, const Chart& chart) {
  std::optional<SplitValue> most;
  std::size_t who = 0;
  for (std::size_t j = 0; j < results.providers().size(); ++j)
    if (const auto of = results.at({chart.layer, chart.measure}, j, results.labels.size() - 1);
        of && of->variance > (most ? most->variance : 0)) {
      most = of;
      who = j;
    }
  std::string what = chart.title;
  what[0] = 's';
  if (!most) return fmt::format("no {} differs between histories", what);
  std::string parts;
  const std::size_t count = has_customers(results) ? split_styles.size() : split_styles.size() - 1;
  for (std::size_t i = 0; i < count; ++i)
    parts += fmt::format("{}{:.0f} % {} {}",
                         i == 0           ? ""
                         : i + 1 == count ? " and "
                                          : ", ",
                         100 * most->parts[i] / most->variance,
                         i == 0 ? "of its variance comes from" : "from", split_styles[i].shown);
  return fmt::format("the {} of {} is the least sure (sd {:.2f} points): {}", what, results.shown(who),
                     sd_in_points(*most), parts);
}

std::string split_figure(const SplitResults& results, const Chart& chart, bool open) {
  std::vector<std::string> head = {"Provider", "sd, points"};
  for (const SplitStyle& style : split_styles) head.emplace_back(style.shown);
  std::vector<std::vector<std::string>> rows;
  for (std::size_t j = 0; j < results.providers().size(); ++j)
    if (const auto of = results.at({chart.layer, chart.measure}, j, results.labels.size() - 1)) {
      rows.push_back({results.shown(j), fmt::format("{:.2f}", sd_in_points(*of))});
      for (std::size_t i = 0; i < split_styles.size(); ++i) rows.back().push_back(share_of_variance(*of, i));
    }
  return fmt::format(
      "<figure id=\"{}\" data-kind=\"variance\" data-layer=\"{}\" "
      "data-measure=\"{}\">\n<figcaption>{}</figcaption>\n"
      "<div class=\"chart\"></div>\n{}</figure>\n",
      escaped(chart.id()), escaped(chart.layer), chart.measure, escaped(chart.title),
      folded_table(
          fmt::format("Table ({}; percent of the variance, +- standard error)", results.last_label()), head,
          rows, open));
}

std::string rerun_split(const SplitResults& results) {
  std::string command = "lockin split scenario.toml";
  command += fmt::format(" --draws {} --shocks {}", results.nested[0], results.nested[1]);
  if (results.nested[2] > 1)  // the mean field has one history of customers
    command += fmt::format(" --histories {}", results.nested[2]);
  return fmt::format(
      "<section id=\"rerun\">\n<h2>How to run it again</h2>\n<p>The resolved scenario, with the same version "
      "({}), gives the same "
      "bits:</p>\n<pre class=\"command\">{} --out again</pre>\n{}</section>\n",
      escaped(results.record.value("version", std::string("?"))), command,
      scenario_text(results.scenario.resolved));
}

}  // namespace

std::string split_sections(const SplitResults& results, bool open) {
  std::string sentence;
  for (const Chart& chart : results.charts())
    if (chart.layer == "all" || chart.measure == "token_share")
      sentence += (sentence.empty() ? "" : "; ") + least_sure(results, chart);
  std::string out = fmt::format("<p class=\"answer\">{}</p>\n",
                                escaped(fmt::format("In {} {}.", results.last_label(), sentence)));
  std::string note =
      "The variance of one history's share, by the law of total variance: what the uncertain numbers of the "
      "scenario give it, what "
      "common shocks (releases, recurring events) add when these are known, and what is left, the choices of "
      "single customers. "
      "Estimates are unbiased, so a small part may come out below 0; errors are standard errors by the "
      "jackknife.";
  if (!has_customers(results)) note += " The mean field has no noise of customers: other engines have.";
  out += fmt::format(
      "<section id=\"variance\">\n<h2>Where the uncertainty comes from</h2>\n<p>{}</p>\n<div "
      "class=\"figures\">\n",
      escaped(note));
  for (const Chart& chart : results.charts()) out += split_figure(results, chart, open);
  out += "</div>\n</section>\n";
  out += assumption_section(results.scenario, results.record);
  return out + rerun_split(results);
}

Json split_data(const SplitResults& results) {
  Json data;
  data["kind"] = "split";
  data["providers"] = providers_data(results);
  data["labels"] = results.labels;
  for (const SplitStyle& style : split_styles)
    data["variance_parts"].push_back(
        {{"name", style.name}, {"shown", style.shown}, {"colour", style.colour}});
  for (const Chart& chart : results.charts()) {
    Json& by_label = data["variance"][chart.layer + "|" + chart.measure];
    for (std::size_t label = 0; label < results.labels.size(); ++label) {
      Json providers = Json::array();
      for (std::size_t j = 0; j < results.providers().size(); ++j) {
        const auto of = results.at({chart.layer, chart.measure}, j, label);
        providers.push_back(
            of ? Json{{"variance", of->variance}, {"parts", of->parts}, {"errors", of->errors}} : Json());
      }
      by_label.push_back(std::move(providers));
    }
  }
  return data;
}

std::string split_plot(const SplitResults& results, const Chart& chart, const PlotSize& size) {
  std::vector<BarPart> parts;
  parts.reserve(split_styles.size());
  for (const SplitStyle& style : split_styles) parts.push_back({style.shown, style.colour});
  std::vector<StackedBar> bars;
  for (std::size_t j = 0; j < results.providers().size(); ++j) {
    const auto of = results.at({chart.layer, chart.measure}, j, results.labels.size() - 1);
    if (!of) continue;
    StackedBar& bar = bars.emplace_back();
    bar.name = results.shown(j);
    bar.total = fmt::format("sd {:.2f}", sd_in_points(*of));
    if (!(of->variance > 0)) continue;
    for (std::size_t i = 0; i < split_styles.size(); ++i) {
      bar.parts.push_back(100 * of->parts[i] / of->variance);
      bar.errors.push_back(100 * of->errors[i] / of->variance);
    }
  }
  return stacked_bars(fmt::format("{} in {}: percent of its variance", chart.title, results.last_label()),
                      parts, bars, size);
}

}  // namespace lockin::detail
