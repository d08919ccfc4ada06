#include "report/detail/comparison_results.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "lockin/error.hpp"
#include "lockin/market/calendar.hpp"
#include "lockin/scenario/load.hpp"
#include "csv_table.hpp"

namespace lockin::detail {
namespace {

const std::string& file(const ResultFiles& files, const std::string& name) {
  const auto found = files.find(name);
  if (found == files.end())
    throw InputError(
        {{{name, 0, 0}, {"results", "no such file", "what lockin compare --out writes", {}}, {}}});
  return found->second;
}

Scenario scenario_of(const ResultFiles& files, const std::string& name) {
  const std::string at = "scenario_" + name + ".toml";
  Scenario scenario = parse_scenario(file(files, at), at);
  scenario.name = name;
  return scenario;
}

double needed(const CsvTable& table, std::size_t row, const char* column) {
  const auto number = table.number(row, column);
  if (!number) table.refuse(row, column, "a number");
  return *number;
}

}  // namespace

ComparisonResults::ComparisonResults(const ResultFiles& files) {
  record = nlohmann::ordered_json::parse(file(files, "run.json"), nullptr, false);
  if (!record.is_object() || !record.value("scenario", nlohmann::ordered_json()).is_string())
    throw InputError({{{"run.json", 0, 0}, {"record", "no scenario", "what lockin writes", {}}, {}}});
  scenarios.push_back(scenario_of(files, record["scenario"]));
  const MarketSpec& spec = scenarios[0].spec;
  const Calendar calendar(spec.start, spec.end, spec.period);
  for (long t = 0; t < static_cast<long>(calendar.size()); ++t) moments.push_back(calendar.label(t));
  std::vector<std::string> columns = {"scenario", "period", "layer", "segment",    "provider",
                                      "measure",  "first",  "value", "difference", "probability_greater"};
  columns.insert(columns.end(), Statistics::names.begin() + 1, Statistics::names.end());
  const CsvTable table("comparison.csv", file(files, "comparison.csv"), columns);
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const std::string &scenario = table.text(row, "scenario"), &period = table.text(row, "period");
    if (scenarios.back().name != scenario) {
      scenarios.push_back(scenario_of(files, scenario));
      by_moment.emplace_back();
      by_year.emplace_back();
    }
    const bool year = std::ranges::find(moments, period) == moments.end();
    if (year && (period.size() != 4 || !Date::parse(period)))
      table.refuse(row, "period", "one of the horizon");
    if (year && std::ranges::find(years, period) == years.end()) years.push_back(period);
    if (table.text(row, "segment") != "all") continue;
    const auto& labels = year ? years : moments;
    auto& course = (year ? by_year : by_moment)
                       .back()[{table.text(row, "layer"), "all", table.text(row, "provider"),
                                table.text(row, "measure")}];
    course.resize(std::max(course.size(), labels.size()));
    ComparedValue at;
    at.first = needed(table, row, "first");
    at.value = needed(table, row, "value");
    at.probability_greater = needed(table, row, "probability_greater");
    at.difference.of[0] = needed(table, row, "difference");
    for (std::size_t i = 1; i < at.difference.of.size(); ++i)
      if (const auto number = table.number(row, Statistics::names[i])) at.difference.of[i] = *number;
    course[static_cast<std::size_t>(std::ranges::find(labels, period) - labels.begin())] = at;
  }
  if (scenarios.size() < 2)
    throw InputError({{{"comparison.csv", 1, 1}, {"results", "no rows", "a row for each measure", {}}, {}}});
  read_leads(files);
}

void ComparisonResults::read_leads(const ResultFiles& files) {
  for (const Scenario& scenario : scenarios) {
    const std::string name = "annual_ranks_" + scenario.name + ".csv";
    const CsvTable table(name, file(files, name),
                         {"period", "layer", "measure", "provider", "rank", "probability"});
    auto& of = leads.emplace_back();
    for (std::size_t row = 0; row < table.rows(); ++row)
      if (table.text(row, "period") == last_label() && table.text(row, "rank") == "1")
        of[{table.text(row, "layer"), table.text(row, "measure")}][table.text(row, "provider")] =
            needed(table, row, "probability");
  }
}

const std::string& ComparisonResults::shown(std::size_t provider) const {
  const ProviderSpec& of = providers()[provider];
  return of.display_name.empty() ? of.name : of.display_name;
}

std::string ComparisonResults::last_label() const { return years.empty() ? moments.back() : years.back(); }

std::optional<ComparedValue> ComparisonResults::last(std::size_t k, const SeriesKey& key) const {
  const Courses& all = (years.empty() ? by_moment : by_year)[k - 1];
  const auto found = all.find(key);
  if (found == all.end() ||
      found->second.size() < std::max<std::size_t>(1, years.empty() ? moments.size() : years.size()))
    return std::nullopt;
  return found->second.back();
}

std::vector<std::pair<std::string, RankingKey>> ComparisonResults::rankings() const {
  const auto& layers = scenarios[0].spec.layers;
  std::vector<std::pair<std::string, RankingKey>> all = {{"revenue", {"all", "revenue_share"}}};
  for (const LayerSpec& layer : layers)
    if (layer.token_unit)
      all.emplace_back(layers.size() > 1 ? fmt::format("tokens in {}", layer.name) : "tokens",
                       RankingKey{layer.name, "token_share"});
  for (const LayerSpec& layer : layers)
    if (layers.size() > 1)
      all.emplace_back(fmt::format("revenue in {}", layer.name), RankingKey{layer.name, "revenue_share"});
  std::erase_if(all, [&](const auto& ranking) {
    return std::ranges::none_of(providers(), [&](const ProviderSpec& provider) {
      return by_moment[0].contains({ranking.second.layer, "all", provider.name, ranking.second.measure});
    });
  });
  return all;
}

}  // namespace lockin::detail
