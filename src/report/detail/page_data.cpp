#include "report/detail/page_data.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "lockin/market/calendar.hpp"
#include "report/detail/charts.hpp"

namespace lockin::detail {
namespace {

using Json = nlohmann::ordered_json;

// Columns of a course that have any number: {"value": [...], "se": [...]}.
Json columns(const std::vector<Statistics>& course, bool all) {
  Json result = Json::object();
  for (std::size_t i = 0; i < Statistics::names.size(); ++i) {
    if (!all && i != 0 && Statistics::names[i] != std::string_view("q05") &&
        Statistics::names[i] != std::string_view("q95"))
      continue;
    Json column = Json::array();
    for (const Statistics& at : course) column.push_back(at.of[i]);
    const bool any = std::ranges::any_of(course, [&](const Statistics& at) { return !std::isnan(at.of[i]); });
    if (any) result[Statistics::names[i]] = std::move(column);
  }
  return result;
}

std::string text_of(const SeriesKey& key) {
  return fmt::format("{}|{}|{}|{}", key.layer, key.segment, key.provider, key.measure);
}

// The courses of the charts: shares with all columns, the rest with a band.
Json courses(const RunResults& results, const std::map<SeriesKey, std::vector<Statistics>>& from) {
  Json result = Json::object();
  for (const Chart& chart : all_charts(results)) {
    if (chart.measure.empty() || chart.kind == "ranks" || chart.kind == "growth") continue;
    for (const ProviderSpec& provider : results.providers()) {
      const SeriesKey key{chart.layer, "all", provider.name, chart.measure};
      if (const auto found = from.find(key); found != from.end())
        result[text_of(key)] = columns(found->second, chart.kind == "shares");
    }
  }
  return result;
}

// {"all|revenue_share": [moment][provider][rank]}
Json rankings(const RunResults& results) {
  Json result = Json::object();
  for (const Chart& chart : rank_charts(results))
    if (const auto found = results.ranks.find({chart.layer, chart.measure}); found != results.ranks.end())
      result[chart.layer + "|" + chart.measure] = found->second;
  return result;
}

// {"iaas|revenue": {year: [provider][part]}}, null for a provider that does not sell there
Json growth(const RunResults& results) {
  Json result = Json::object();
  for (const Chart& chart : growth_charts(results))
    for (const std::string& year : results.years) {
      const auto sums = growth_sums(results, chart, year);
      Json& providers = result[chart.layer + "|" + chart.measure][year];
      for (std::size_t j = 0; j < sums.size(); ++j)
        providers.push_back(has_growth(results, chart, j) ? Json(sums[j]) : Json());
    }
  return result;
}

}  // namespace

Json page_data(const RunResults& results) {
  const MarketSpec& spec = results.scenario.spec;
  const Calendar calendar(spec.start, spec.end, spec.period);
  Json data;
  data["kind"] = "run";
  data["ensemble"] = results.ensemble;
  data["record"] = results.record;
  data["record"].erase("resolved_scenario");
  for (const char* key : {"files", "threads", "wall_seconds"})  // the same page however long it took
    data["record"].erase(key);
  data["scenario"] = results.scenario.resolved;
  data["providers"] = providers_data(results);
  for (const LayerSpec& layer : spec.layers)
    data["layers"].push_back({{"name", layer.name}, {"tokens", layer.token_unit}});
  data["moments"] = results.moments;
  for (long t = -1; t < static_cast<long>(calendar.size()); ++t)  // ends of the periods
    data["times"].push_back(static_cast<double>(calendar.months_at(t + 1)) / 12);
  data["years"] = results.years;
  data["series"] = courses(results, results.by_moment);
  data["ranks"] = rankings(results);
  data["flows"] = results.flows;
  data["growth"] = growth(results);
  for (const GrowthStyle& style : growth_styles())
    data["growth_parts"].push_back({{"name", style.part}, {"shown", style.shown}, {"colour", style.colour}});
  data["draws"] = Json::object();
  for (auto& [key, numbers] : drawn_numbers(results)) data["draws"][key] = std::move(numbers);
  return data;
}

}  // namespace lockin::detail
