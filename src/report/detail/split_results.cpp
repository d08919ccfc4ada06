#include "report/detail/split_results.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "csv_table.hpp"
#include "lockin/error.hpp"
#include "lockin/market/calendar.hpp"
#include "lockin/scenario/load.hpp"

namespace lockin::detail {
namespace {

double required_number(const CsvTable& table, std::size_t row, const std::string& column) {
  const auto number = table.number(row, column);
  if (!number) table.refuse(row, column, "a number");
  return *number;
}

}  // namespace

SplitResults::SplitResults(const ResultFiles& files) {
  record = nlohmann::ordered_json::parse(needed_file(files, "run.json", "split"), nullptr, false);
  if (!record.is_object())
    throw InputError({{{"run.json", 0, 0}, {"record", "no JSON object", "what lockin writes", {}}, {}}});
  scenario = parse_scenario(needed_file(files, "scenario.toml", "split"), "scenario.toml");
  const auto numbers = record.value("nested", nlohmann::ordered_json());
  if (!numbers.is_array() || numbers.size() != nested.size() ||
      !std::all_of(numbers.begin(), numbers.end(),
                   [](const auto& number) { return number.is_number_unsigned(); }))
    throw InputError({{{"run.json", 0, 0},
                       {"nested", numbers.dump(), "three whole numbers: draws, shocks, customers", {}},
                       {}}});
  for (std::size_t i = 0; i < nested.size(); ++i) nested[i] = numbers[i].get<std::uint64_t>();
  providers_ = scenario.spec.providers;
  places_.resize(providers_.size());
  std::iota(places_.begin(), places_.end(), std::size_t{0});
  const Calendar calendar(scenario.spec.start, scenario.spec.end, scenario.spec.period);
  for (long t = 0; t < static_cast<long>(calendar.size()); ++t) labels.push_back(calendar.label(t));
  std::vector<std::string> columns = {"period", "layer", "segment", "provider", "measure", "variance"};
  for (const SplitStyle& style : split_styles)
    columns.insert(columns.end(), {std::string(style.name), std::string(style.name) + "_se"});
  const CsvTable table("variance.csv", needed_file(files, "variance.csv", "split"), columns);
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const std::string& label = table.text(row, "period");
    auto found = std::ranges::find(labels, label);
    if (found == labels.end()) {
      if (label.size() != 4 || !Date::parse(label))
        table.refuse(row, "period", "one of the scenario's horizon");
      labels.push_back(label);
      found = labels.end() - 1;
    }
    if (table.text(row, "segment") != "all") continue;
    auto& course =
        variances[{table.text(row, "layer"), "all", table.text(row, "provider"), table.text(row, "measure")}];
    const auto place = static_cast<std::size_t>(found - labels.begin());
    course.resize(std::max(course.size(), place + 1));
    SplitValue& value = course[place].emplace();
    value.variance = required_number(table, row, "variance");
    for (std::size_t i = 0; i < split_styles.size(); ++i) {
      const std::string part(split_styles[i].name);
      value.parts[i] = required_number(table, row, part);
      value.errors[i] = required_number(table, row, part + "_se");
    }
  }
}

const std::string& SplitResults::shown(std::size_t provider) const {
  const ProviderSpec& of = providers()[provider];
  return of.display_name.empty() ? of.name : of.display_name;
}

std::optional<SplitValue> SplitResults::at(const RankingKey& by, std::size_t provider,
                                           std::size_t label) const {
  const auto found = variances.find({by.layer, "all", providers()[provider].name, by.measure});
  if (found == variances.end() || label >= found->second.size()) return std::nullopt;
  return found->second[label];
}

void SplitResults::keep_largest(std::size_t most) {
  if (most >= providers_.size()) return;
  std::vector<std::pair<double, std::size_t>> largest;
  for (std::size_t j = 0; j < providers_.size(); ++j) {
    double variance = 0;
    for (const Chart& chart : charts())
      if (const auto of = at({chart.layer, chart.measure}, j, labels.size() - 1))
        variance = std::max(variance, of->variance);
    largest.emplace_back(-variance, j);
  }
  keep_first(largest, most, providers_, places_);
}

std::vector<Chart> SplitResults::charts() const {
  const auto& layers = scenario.spec.layers;
  std::vector<Chart> charts = {{"variance", "all", "revenue_share", "Share of revenue"}};
  for (const LayerSpec& layer : layers)
    if (layer.token_unit)
      charts.push_back({"variance", layer.name, "token_share",
                        layers.size() > 1 ? "Share of tokens in " + layer.name : "Share of tokens"});
  for (const LayerSpec& layer : layers)
    if (layers.size() > 1)
      charts.push_back({"variance", layer.name, "revenue_share", "Share of revenue in " + layer.name});
  std::erase_if(charts, [&](const Chart& chart) {
    return std::ranges::none_of(providers(), [&](const ProviderSpec& provider) {
      return variances.contains({chart.layer, "all", provider.name, chart.measure});
    });
  });
  return charts;
}

}  // namespace lockin::detail
