#include "report/detail/run_results.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "lockin/error.hpp"
#include "lockin/market/calendar.hpp"
#include "lockin/scenario/load.hpp"

namespace lockin::detail {
namespace {

std::vector<std::string> with_statistics(std::vector<std::string> columns) {
  columns.insert(columns.end(), Statistics::names.begin(), Statistics::names.end());
  return columns;
}

CsvTable series_table(const ResultFiles& files, const std::string& name) {
  return {name, needed_file(files, name, "run"),
          with_statistics({"period", "layer", "segment", "provider", "measure"})};
}

CsvTable ranks_table(const ResultFiles& files, const std::string& name) {
  return {name,
          needed_file(files, name, "run"),
          {"period", "layer", "measure", "provider", "rank", "probability"}};
}

Statistics statistics_at(const CsvTable& table, std::size_t row) {
  Statistics found;
  for (std::size_t i = 0; i < found.of.size(); ++i)
    if (const auto number = table.number(row, Statistics::names[i])) found.of[i] = *number;
  return found;
}

std::size_t label_at(const CsvTable& table, std::size_t row, const std::vector<std::string>& labels) {
  const auto found = std::ranges::find(labels, table.text(row, "period"));
  if (found == labels.end()) table.refuse(row, "period", "one of the scenario's horizon");
  return static_cast<std::size_t>(found - labels.begin());
}

}  // namespace

const std::string& needed_file(const ResultFiles& files, const std::string& name, const char* command) {
  const auto found = files.find(name);
  if (found == files.end())
    throw InputError({{{name, 0, 0},
                       {"results", "no such file", fmt::format("what lockin {} --out writes", command), {}},
                       {}}});
  return found->second;
}

Statistics::Statistics() { of.fill(std::numeric_limits<double>::quiet_NaN()); }

RunResults::RunResults(const ResultFiles& files) {
  record = nlohmann::ordered_json::parse(needed_file(files, "run.json", "run"), nullptr, false);
  if (!record.is_object())
    throw InputError({{{"run.json", 0, 0}, {"record", "no JSON object", "what lockin writes", {}}, {}}});
  scenario = parse_scenario(needed_file(files, "scenario.toml", "run"), "scenario.toml");
  providers_ = scenario.spec.providers;
  places_.resize(providers_.size());
  std::iota(places_.begin(), places_.end(), std::size_t{0});
  const Calendar calendar(scenario.spec.start, scenario.spec.end, scenario.spec.period);
  ensemble = files.contains("draws.csv");
  moments = {"opening"};
  for (long t = 0; t < static_cast<long>(calendar.size()); ++t) moments.push_back(calendar.label(t));
  read_series(series_table(files, "opening.csv"), moments, by_moment);
  read_series(series_table(files, "shares.csv"), moments, by_moment);
  const CsvTable annual = series_table(files, "annual.csv");
  for (std::size_t row = 0; row < annual.rows(); ++row)
    if (years.empty() || years.back() != annual.text(row, "period"))
      years.push_back(annual.text(row, "period"));
  read_series(annual, years, by_year);
  read_ranks(ranks_table(files, "ranks.csv"), moments, ranks);
  read_ranks(ranks_table(files, "annual_ranks.csv"), years, annual_ranks);
  read_flows({"switching.csv", needed_file(files, "switching.csv", "run"),
              with_statistics({"period", "layer", "from", "to"})});
  read_growth({"growth.csv", needed_file(files, "growth.csv", "run"),
               with_statistics({"period", "layer", "provider", "measure", "part"})});
  if (ensemble)
    draws = CsvTable("draws.csv", needed_file(files, "draws.csv", "run"), {"replication", "failed"});
}

const std::string& RunResults::shown(std::size_t provider) const {
  const ProviderSpec& of = providers()[provider];
  return of.display_name.empty() ? of.name : of.display_name;
}

std::string RunResults::last_label() const { return years.empty() ? moments.back() : years.back(); }

std::optional<Statistics> RunResults::last(const SeriesKey& key) const {
  const auto& all = years.empty() ? by_moment : by_year;
  const auto found = all.find(key);
  if (found == all.end() || std::isnan(found->second.back().value())) return std::nullopt;
  return found->second.back();
}

std::vector<std::size_t> RunResults::order(const RankingKey& by) const {
  std::vector<std::pair<double, std::size_t>> valued;
  for (std::size_t j = 0; j < providers().size(); ++j)
    if (const auto at = last({by.layer, "all", providers()[j].name, by.measure}))
      valued.emplace_back(-at->value(), j);
  std::ranges::sort(valued);
  std::vector<std::size_t> result;
  result.reserve(valued.size());
  for (const auto& [value, j] : valued) result.push_back(j);
  return result;
}

double RunResults::lead_probability(const RankingKey& by, std::size_t provider) const {
  const Ranks& all = years.empty() ? ranks : annual_ranks;
  const auto found = all.find(by);
  if (found == all.end() || found->second.back()[provider].empty()) return 0;
  return found->second.back()[provider][0];
}

void RunResults::keep_largest(std::size_t most) {
  if (most >= providers_.size()) return;
  std::vector<std::pair<double, std::size_t>> largest;
  for (std::size_t j = 0; j < providers_.size(); ++j) {
    double share = 0;
    for (const auto& [by, probabilities] : ranks)
      if (const auto at = last({by.layer, "all", providers_[j].name, by.measure}))
        share = std::max(share, at->value());
    largest.emplace_back(-share, j);
  }
  const std::vector<std::size_t> kept = keep_first(largest, most, providers_, places_);
  for (Ranks* all : {&ranks, &annual_ranks})
    for (auto& [by, times] : *all)
      for (auto& time : times) {
        keep_places(kept, time);
        for (auto& of : time) of.resize(std::min(of.size(), most));
      }
  for (auto& [layer, times] : flows)
    for (auto& [year, matrix] : times) {
      keep_places(kept, matrix);
      for (auto& row : matrix) keep_places(kept, row);
    }
}

std::size_t RunResults::provider_at(const CsvTable& table, std::size_t row, const char* column) const {
  const auto found = std::ranges::find(providers(), table.text(row, column), &ProviderSpec::name);
  if (found == providers().end()) table.refuse(row, column, "a provider of the scenario");
  return static_cast<std::size_t>(found - providers().begin());
}

void RunResults::read_series(const CsvTable& table, const std::vector<std::string>& labels,
                             std::map<SeriesKey, std::vector<Statistics>>& into) const {
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const std::string& provider = table.text(row, "provider");
    if (provider != "all" &&
        std::ranges::find(providers(), provider, &ProviderSpec::name) == providers().end())
      table.refuse(row, "provider", "a provider of the scenario, or all");
    auto& course =
        into[{table.text(row, "layer"), table.text(row, "segment"), provider, table.text(row, "measure")}];
    course.resize(labels.size());
    course[label_at(table, row, labels)] = statistics_at(table, row);
  }
}

void RunResults::read_ranks(const CsvTable& table, const std::vector<std::string>& labels,
                            Ranks& into) const {
  for (std::size_t row = 0; row < table.rows(); ++row) {
    auto& ranking = into[{table.text(row, "layer"), table.text(row, "measure")}];
    ranking.resize(labels.size(), std::vector<std::vector<double>>(providers().size()));
    const std::size_t j = provider_at(table, row, "provider");
    auto& of = ranking[label_at(table, row, labels)][j];
    const auto rank = table.number(row, "rank");
    if (!rank || *rank != static_cast<double>(of.size() + 1)) table.refuse(row, "rank", "the next rank");
    const auto probability = table.number(row, "probability");
    if (!probability) table.refuse(row, "probability", "a number");
    of.push_back(*probability);
  }
}

void RunResults::read_flows(const CsvTable& table) {
  const std::vector<std::vector<double>> none(providers().size(),
                                              std::vector<double>(providers().size(), 0.0));
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const std::string& period = moments[label_at(table, row, moments)];
    auto& year = flows[table.text(row, "layer")].try_emplace(period.substr(0, 4), none).first->second;
    const auto moved = table.number(row, "value");
    if (!moved) table.refuse(row, "value", "a number");
    year[provider_at(table, row, "from")][provider_at(table, row, "to")] += *moved;
  }
}

void RunResults::read_growth(const CsvTable& table) {
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const std::string& part = table.text(row, "part");
    if (std::ranges::find(growth_parts, part) == growth_parts.end()) growth_parts.push_back(part);
    const auto place = static_cast<std::size_t>(std::ranges::find(growth_parts, part) - growth_parts.begin());
    const std::size_t j = provider_at(table, row, "provider");
    auto& years_of =
        growth[{table.text(row, "layer"), "all", providers()[j].name, table.text(row, "measure")}];
    years_of.resize(years.size());
    auto& parts = years_of[label_at(table, row, years)];
    parts.resize(std::max(parts.size(), place + 1));
    parts[place] = statistics_at(table, row);
  }
}

}  // namespace lockin::detail
