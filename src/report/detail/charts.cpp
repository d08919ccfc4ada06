#include "report/detail/charts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace lockin::detail {
namespace {

std::string in_layer(const std::string& what, const RunResults& results, const std::string& layer) {
  return results.scenario.spec.layers.size() == 1 ? what : fmt::format("{} in {}", what, layer);
}

bool any_value(const RunResults& results, const std::string& layer, const std::string& measure) {
  return std::ranges::any_of(results.providers(), [&](const ProviderSpec& provider) {
    return results.by_moment.contains({layer, "all", provider.name, measure});
  });
}

// Without values there is nothing to draw.
void add(std::vector<Chart>& charts, const RunResults& results, Chart chart) {
  if (any_value(results, chart.layer, chart.measure)) charts.push_back(std::move(chart));
}

}  // namespace

std::string Chart::id() const {
  std::string id = kind;
  for (const std::string* part : {&layer, &measure})
    if (!part->empty()) id += "-" + *part;
  return id;
}

std::string unit_of(const RunResults& results, const std::string& measure) {
  if (measure == "mean_switching_cost") return "logits";
  if (measure == "mean_stage") return "stage";
  if (measure != "revenue" && measure != "tokens") return "%";
  const std::string& currency = results.scenario.spec.currency;
  if (currency.empty()) return "relative units";  // so are tokens, which are revenue over a price
  return measure == "tokens" ? "trillions" : currency;
}

const std::vector<GrowthStyle>& growth_styles() {
  static const std::vector<GrowthStyle> styles = {{"new_customers", "new customers", "#00645a"},
                                                  {"switching", "switching", "#20b2a0"},
                                                  {"spend", "spend by customer", "#9be3d6"},
                                                  {"price", "price", "#e0c040"},
                                                  {"departures", "left the market", "#8a8a8a"}};
  return styles;
}

std::vector<std::vector<double>> growth_sums(const RunResults& results, const Chart& chart,
                                             const std::string& year) {
  std::vector<std::vector<double>> sums;
  for (const ProviderSpec& provider : results.providers()) {
    std::vector<double>& of = sums.emplace_back(growth_styles().size(), 0.0);
    const auto found = results.growth.find({chart.layer, "all", provider.name, chart.measure});
    if (found == results.growth.end()) continue;
    for (std::size_t y = 0; y < results.years.size(); ++y)
      for (std::size_t i = 0; i < found->second[y].size(); ++i)
        for (std::size_t k = 0; k < of.size(); ++k) {
          const double value = found->second[y][i].value();
          const bool asked = year.empty() || year == results.years[y];
          if (asked && results.growth_parts[i] == growth_styles()[k].part && !std::isnan(value))
            of[k] += value;
        }
  }
  return sums;
}

bool has_growth(const RunResults& results, const Chart& chart, std::size_t provider) {
  return results.growth.contains({chart.layer, "all", results.providers()[provider].name, chart.measure});
}

std::vector<Chart> share_charts(const RunResults& results) {
  std::vector<Chart> charts;
  const auto& layers = results.scenario.spec.layers;
  add(charts, results,
      {"shares", "all", "revenue_share",
       layers.size() == 1 ? "Shares of revenue" : "Shares of revenue over all layers"});
  for (const LayerSpec& layer : layers)
    if (layer.token_unit)
      add(charts, results,
          {"shares", layer.name, "token_share", in_layer("Shares of tokens", results, layer.name)});
  for (const LayerSpec& layer : layers)
    if (layers.size() > 1)
      add(charts, results,
          {"shares", layer.name, "revenue_share", in_layer("Shares of revenue", results, layer.name)});
  return charts;
}

std::vector<Chart> rank_charts(const RunResults& results) {
  std::vector<Chart> charts;
  for (Chart chart : share_charts(results)) {
    if (chart.layer != "all" && chart.measure != "token_share") continue;
    if (!results.ranks.contains({chart.layer, chart.measure})) continue;
    chart.kind = "ranks";
    chart.title = chart.measure == "token_share" ? in_layer("Rank by tokens", results, chart.layer)
                                                 : std::string("Rank by revenue");
    charts.push_back(std::move(chart));
  }
  return charts;
}

std::vector<Chart> flow_charts(const RunResults& results) {
  std::vector<Chart> charts;
  for (const LayerSpec& layer : results.scenario.spec.layers)
    if (const auto flows = results.flows.find(layer.name); flows != results.flows.end()) {
      const bool any = std::ranges::any_of(flows->second, [](const auto& year) {
        return std::ranges::any_of(year.second, [](const std::vector<double>& from) {
          return std::ranges::any_of(from, [](double moved) { return moved > 0; });
        });
      });
      if (any)
        charts.push_back({"flows", layer.name, "", in_layer("Customers that moved", results, layer.name)});
    }
  return charts;
}

std::vector<Chart> growth_charts(const RunResults& results) {
  std::vector<Chart> charts;
  for (const char* measure : {"revenue", "tokens"})
    for (const LayerSpec& layer : results.scenario.spec.layers)
      if (std::ranges::any_of(results.providers(), [&](const ProviderSpec& provider) {
            return results.growth.contains({layer.name, "all", provider.name, measure});
          }))
        charts.push_back({"growth", layer.name, measure,
                          in_layer(fmt::format("Where {} grew", measure), results, layer.name)});
  return charts;
}

std::vector<Chart> lock_in_charts(const RunResults& results) {
  std::vector<Chart> charts;
  const auto& layers = results.scenario.spec.layers;
  for (const LayerSpec& layer : layers)
    add(charts, results,
        {"lock_in", layer.name, "mean_switching_cost",
         in_layer("Mean switching cost of the base", results, layer.name)});
  for (const LayerSpec& layer : layers)
    if (layer.stages > 0)
      add(charts, results,
          {"lock_in", layer.name, "mean_stage", in_layer("Mean lock-in stage", results, layer.name)});
  for (const LayerSpec& layer : layers)
    add(charts, results,
        {"lock_in", layer.name, "churn", in_layer("Part of the base that left", results, layer.name)});
  return charts;
}

std::vector<Chart> draw_charts(const RunResults& results) {
  if (drawn_numbers(results).empty()) return {};
  return {{"draws", "", "", "Uncertain numbers that were drawn"}};
}

std::vector<std::pair<std::string, std::vector<double>>> drawn_numbers(const RunResults& results) {
  std::vector<std::pair<std::string, std::vector<double>>> all;
  if (!results.draws || !results.record.value("uncertain_drawn", false)) return all;
  for (const UncertainNumber& number : results.scenario.uncertain) {
    std::vector<double>& of = all.emplace_back(number.key, std::vector<double>()).second;
    for (std::size_t row = 0; row < results.draws->rows(); ++row)
      if (results.draws->text(row, "failed") == "0")
        if (const auto draw = results.draws->number(row, number.key)) of.push_back(*draw);
    if (of.empty()) all.pop_back();
  }
  return all;
}

std::vector<Chart> all_charts(const RunResults& results) {
  std::vector<Chart> charts;
  for (const auto& some : {share_charts(results), rank_charts(results), flow_charts(results),
                           growth_charts(results), lock_in_charts(results), draw_charts(results)})
    charts.insert(charts.end(), some.begin(), some.end());
  return charts;
}

}  // namespace lockin::detail
