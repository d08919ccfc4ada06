#include "report/detail/comparison_results.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "csv_table.hpp"
#include "lockin/error.hpp"
#include "lockin/market/calendar.hpp"
#include "lockin/scenario/load.hpp"

namespace lockin::detail {
namespace {

Scenario scenario_of(const ResultFiles& files, const std::string& name) {
  const std::string at = "scenario_" + name + ".toml";
  Scenario scenario = parse_scenario(needed_file(files, at, "compare"), at);
  scenario.name = name;
  return scenario;
}

}  // namespace

ComparisonResults::ComparisonResults(const ResultFiles& files) {
  record = nlohmann::ordered_json::parse(needed_file(files, "run.json", "compare"), nullptr, false);
  if (!record.is_object() || !record.value("scenario", nlohmann::ordered_json()).is_string())
    throw InputError({{{"run.json", 0, 0}, {"record", "no scenario", "what lockin writes", {}}, {}}});
  scenarios.push_back(scenario_of(files, record["scenario"]));
  const MarketSpec& spec = scenarios[0].spec;
  const Calendar calendar(spec.start, spec.end, spec.period);
  for (long t = 0; t < static_cast<long>(calendar.size()); ++t) moments.push_back(calendar.label(t));
  std::vector<std::string> columns = {"scenario", "period", "layer", "segment",    "provider",
                                      "measure",  "first",  "value", "difference", "probability_greater"};
  columns.insert(columns.end(), Statistics::names.begin() + 1, Statistics::names.end());
  const CsvTable table("comparison.csv", needed_file(files, "comparison.csv", "compare"), columns);
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
    const auto number = [&](const char* column) {
      return table.number(row, column).value_or(std::numeric_limits<double>::quiet_NaN());
    };
    at.first = number("first");
    at.value = number("value");
    at.probability_greater = number("probability_greater");
    at.difference.of[0] = number("difference");
    for (std::size_t i = 1; i < at.difference.of.size(); ++i)
      at.difference.of[i] = number(Statistics::names[i]);
    course[static_cast<std::size_t>(std::ranges::find(labels, period) - labels.begin())] = at;
  }
  if (scenarios.size() < 2)
    throw InputError({{{"comparison.csv", 1, 1}, {"results", "no rows", "a row for each measure", {}}, {}}});
  for (const Scenario& scenario : scenarios)
    for (const ProviderSpec& provider : scenario.spec.providers)
      if (std::ranges::find(providers_, provider.name, &ProviderSpec::name) == providers_.end())
        providers_.push_back(provider);
  places_.resize(providers_.size());
  std::iota(places_.begin(), places_.end(), std::size_t{0});
  read_leads(files);
}

void ComparisonResults::read_leads(const ResultFiles& files) {
  for (const Scenario& scenario : scenarios) {
    const std::string name = (years.empty() ? "ranks_" : "annual_ranks_") + scenario.name + ".csv";
    const CsvTable table(name, needed_file(files, name, "compare"),
                         {"period", "layer", "measure", "provider", "rank", "probability"});
    auto& of = leads.emplace_back();
    for (std::size_t row = 0; row < table.rows(); ++row)
      if (table.text(row, "period") == last_label() && table.text(row, "rank") == "1") {
        if (const auto probability = table.number(row, "probability"))
          of[{table.text(row, "layer"), table.text(row, "measure")}][table.text(row, "provider")] =
              *probability;
        else
          table.refuse(row, "probability", "a number");
      }
  }
}

std::optional<double> ComparisonResults::lead(std::size_t k, const RankingKey& by,
                                              std::size_t provider) const {
  const auto ranking = leads[k].find(by);
  if (ranking == leads[k].end()) return std::nullopt;
  const auto found = ranking->second.find(providers_[provider].name);
  return found == ranking->second.end() ? std::nullopt : std::optional(found->second);
}

template <class Of>
std::vector<Statistics> ComparisonResults::course(std::size_t k, const RankingKey& by, std::size_t provider,
                                                  const Of& of) const {
  const Courses& all = by_moment[std::max<std::size_t>(k, 1) - 1];
  const auto found = all.find({by.layer, "all", providers_[provider].name, by.measure});
  if (found == all.end()) return {};
  std::vector<Statistics> result(moments.size());
  bool any = false;
  for (std::size_t m = 0; m < found->second.size(); ++m)
    if (found->second[m]) {
      result[m] = of(*found->second[m]);
      any = any || !std::isnan(result[m].value());
    }
  return any ? result : std::vector<Statistics>();
}

std::vector<Statistics> ComparisonResults::level(std::size_t k, const RankingKey& by,
                                                 std::size_t provider) const {
  return course(k, by, provider, [&](const ComparedValue& at) {
    Statistics level;
    level.of[0] = k == 0 ? at.first : at.value;
    return level;
  });
}

std::vector<Statistics> ComparisonResults::difference(std::size_t k, const RankingKey& by,
                                                      std::size_t provider) const {
  return course(k, by, provider, [](const ComparedValue& at) { return at.difference; });
}

void ComparisonResults::keep_largest(std::size_t most) {
  if (most >= providers_.size()) return;
  std::vector<std::pair<double, std::size_t>> largest;
  for (std::size_t j = 0; j < providers_.size(); ++j) {
    double share = 0;
    for (std::size_t k = 1; k < scenarios.size(); ++k)
      for (const auto& [name, by] : rankings())
        if (const auto at = last(k, {by.layer, "all", providers_[j].name, by.measure}))
          for (const double x : {at->first, at->value})
            if (x > share) share = x;
    largest.emplace_back(-share, j);
  }
  keep_first(largest, most, providers_, places_);
}

std::vector<double> ComparisonResults::times() const {
  const MarketSpec& spec = scenarios[0].spec;
  const Calendar calendar(spec.start, spec.end, spec.period);
  std::vector<double> times;
  for (long t = 0; t < static_cast<long>(calendar.size()); ++t)
    times.push_back(static_cast<double>(calendar.months_at(t + 1)) / 12);
  return times;
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
    return std::ranges::none_of(by_moment, [&](const Courses& of) {
      return std::ranges::any_of(providers(), [&](const ProviderSpec& provider) {
        return of.contains({ranking.second.layer, "all", provider.name, ranking.second.measure});
      });
    });
  });
  return all;
}

}  // namespace lockin::detail
