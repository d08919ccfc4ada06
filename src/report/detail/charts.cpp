#include "report/detail/charts.hpp"

#include <fmt/format.h>

#include <algorithm>

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
  return measure.empty() ? fmt::format("{}-{}", kind, layer) : fmt::format("{}-{}-{}", kind, layer, measure);
}

std::string unit_of(const std::string& measure) {
  if (measure == "mean_switching_cost") return "logits";
  if (measure == "mean_stage") return "stage";
  return "%";
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

std::vector<Chart> all_charts(const RunResults& results) {
  std::vector<Chart> charts;
  for (const auto& some : {share_charts(results), rank_charts(results), flow_charts(results),
                           lock_in_charts(results)})
    charts.insert(charts.end(), some.begin(), some.end());
  return charts;
}

}  // namespace lockin::detail
