#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "lockin/report/result_files.hpp"
#include "lockin/scenario/scenario.hpp"
#include "report/detail/charts.hpp"
#include "report/detail/run_results.hpp"

namespace lockin::detail {

/// Where the variance of a measure of one history comes from.
struct SplitValue {
  double variance = 0;
  std::array<double, 3> parts{}, errors{};  ///< parameters, shocks, customers, and their standard errors
};

/// A part of a variance for people, and its colour: none of a provider's.
struct SplitStyle {
  std::string_view name, shown, colour;
};
inline constexpr std::array<SplitStyle, 3> split_styles = {{{"parameters", "uncertain numbers", "#00645a"},
                                                            {"shocks", "common shocks", "#20b2a0"},
                                                            {"customers", "single customers", "#9be3d6"}}};

/// The numbers of a folder that `lockin split --out` wrote.
class SplitResults {
 public:
  /// @throws InputError for a file that is missing or not what a split writes
  explicit SplitResults(const ResultFiles& files);

  nlohmann::ordered_json record;
  Scenario scenario;
  std::vector<std::string> labels;  ///< periods, then whole years, in the order of the file
  std::array<std::uint64_t, 3>
      nested{};  ///< draws, histories of shocks for each, of customers for each of those
  /// All segments together, by label; nothing where a history has no value.
  std::map<SeriesKey, std::vector<std::optional<SplitValue>>> variances;

  /// All of the scenario, or those that were kept.
  [[nodiscard]] const std::vector<ProviderSpec>& providers() const { return providers_; }
  [[nodiscard]] const std::string& shown(std::size_t provider) const;
  /// Its place in the scenario, which gives its colour.
  [[nodiscard]] std::size_t place(std::size_t provider) const { return places_[provider]; }
  /// Drops all but so many providers: those with the largest variances then, of anything.
  void keep_largest(std::size_t most);
  /// What an answer is about: the last whole year, else the last period.
  [[nodiscard]] const std::string& last_label() const { return labels.back(); }
  /// A provider's variance by a ranking at a label.
  [[nodiscard]] std::optional<SplitValue> at(const RankingKey& by, std::size_t provider,
                                             std::size_t label) const;
  /// Shares of revenue over all layers, then of tokens, then of revenue by layer: those that have any.
  [[nodiscard]] std::vector<Chart> charts() const;

 private:
  std::vector<ProviderSpec> providers_;
  std::vector<std::size_t> places_;
};

}  // namespace lockin::detail
