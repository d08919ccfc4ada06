#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "csv_table.hpp"
#include "lockin/report/result_files.hpp"
#include "lockin/scenario/scenario.hpp"

namespace lockin::detail {

/// What a row of the results says, in the order of its columns; NaN where the field is empty.
struct Statistics {
  static constexpr std::array names = {"value", "se", "sd", "q05", "q25", "q50", "q75", "q95"};
  std::array<double, names.size()> of;

  Statistics();
  [[nodiscard]] double value() const { return of[0]; }
  [[nodiscard]] double q05() const { return of[3]; }
  [[nodiscard]] double q95() const { return of[7]; }
};

/// What a course over time is of: names, or `all`.
struct SeriesKey {
  std::string layer, segment, provider, measure;
  auto operator<=>(const SeriesKey&) const = default;
};

/// A ranking: a layer (or `all`) and the measure that providers are ranked by.
struct RankingKey {
  std::string layer, measure;
  auto operator<=>(const RankingKey&) const = default;
};

/// The text of a file of results.
/// @param command that writes it: `run`, `compare`, `split`
/// @throws InputError if it is not there
const std::string& needed_file(const ResultFiles& files, const std::string& name, const char* command);

/// Keeps these places of a list, in their order.
template <class List>
void keep_places(const std::vector<std::size_t>& kept, List& all) {
  List rest = all;
  rest.clear();
  for (const std::size_t j : kept) rest.push_back(std::move(all[j]));
  all = std::move(rest);
}

/// Keeps the first so many of `order` (each with its place in the list, least first) of all lists, in the order of the lists.
/// @return the places that were kept
template <class... Lists>
std::vector<std::size_t> keep_first(std::vector<std::pair<double, std::size_t>> order, std::size_t most,
                                    Lists&... lists) {
  std::ranges::sort(order);
  std::vector<std::size_t> kept;
  kept.reserve(most);
  for (std::size_t i = 0; i < most; ++i) kept.push_back(order[i].second);
  std::ranges::sort(kept);
  (keep_places(kept, lists), ...);
  return kept;
}

/// A finished folder's numbers by what they are of. Reading checks each file against the scenario.
class RunResults {
 public:
  /// @throws InputError for a file that is missing or not what a run writes
  explicit RunResults(const ResultFiles& files);

  nlohmann::ordered_json record;
  Scenario scenario;
  bool ensemble = false;             ///< many histories; else one, without bands
  std::vector<std::string> moments;  ///< `opening`, then the periods
  std::vector<std::string> years;    ///< that the horizon covers whole
  std::map<SeriesKey, std::vector<Statistics>> by_moment, by_year;
  /// Probabilities, [period or year][provider][rank]; empty where a provider has no rank.
  using Ranks = std::map<RankingKey, std::vector<std::vector<std::vector<double>>>>;
  Ranks ranks, annual_ranks;
  /// Customers that moved: [layer][year of the period][from][to], sums of the means.
  std::map<std::string, std::map<std::string, std::vector<std::vector<double>>>> flows;
  /// Parts of the growth of each year, [year][part]; parts in the order of the file.
  std::map<SeriesKey, std::vector<std::vector<Statistics>>> growth;  // segment: all
  std::vector<std::string> growth_parts;
  std::optional<CsvTable> draws;

  /// Histories that were run, and those of them that failed.
  [[nodiscard]] std::uint64_t histories() const { return record.value("replications", std::uint64_t{1}); }
  [[nodiscard]] std::uint64_t failed() const { return record.value("failed_replications", std::uint64_t{0}); }
  /// One replication of an ensemble, run alone.
  [[nodiscard]] bool is_one_of_many() const { return !ensemble && scenario.run.replications > 1; }
  /// All of the scenario, or those that were kept.
  [[nodiscard]] const std::vector<ProviderSpec>& providers() const { return providers_; }
  [[nodiscard]] const std::string& shown(std::size_t provider) const;
  /// Its place in the scenario, which gives its colour.
  [[nodiscard]] std::size_t place(std::size_t provider) const { return places_[provider]; }
  /// Drops all but so many providers: those with the largest shares then, of anything.
  void keep_largest(std::size_t most);
  /// What an answer is about: the last whole year, else the last period.
  [[nodiscard]] std::string last_label() const;
  /// A value then; nothing if there is none.
  [[nodiscard]] std::optional<Statistics> last(const SeriesKey& key) const;
  /// Providers by their value then, largest first; those without one are left out.
  [[nodiscard]] std::vector<std::size_t> order(const RankingKey& by) const;
  /// Probability of the first place then.
  [[nodiscard]] double lead_probability(const RankingKey& by, std::size_t provider) const;

 private:
  [[nodiscard]] std::size_t provider_at(const CsvTable& table, std::size_t row, const char* column) const;
  void read_series(const CsvTable& table, const std::vector<std::string>& labels,
                   std::map<SeriesKey, std::vector<Statistics>>& into) const;
  void read_ranks(const CsvTable& table, const std::vector<std::string>& labels, Ranks& into) const;
  void read_flows(const CsvTable& table);
  void read_growth(const CsvTable& table);

  std::vector<ProviderSpec> providers_;
  std::vector<std::size_t> places_;
};

}  // namespace lockin::detail
