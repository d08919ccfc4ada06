#pragma once

#include <array>
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
  bool years = false;               ///< the last of them is a whole year
  /// All segments together, by label; nothing where a history has no value.
  std::map<SeriesKey, std::vector<std::optional<SplitValue>>> variances;

  [[nodiscard]] const std::vector<ProviderSpec>& providers() const { return scenario.spec.providers; }
  [[nodiscard]] const std::string& shown(std::size_t provider) const;
  /// What an answer is about: the last whole year, else the last period.
  [[nodiscard]] const std::string& last_label() const { return labels.back(); }
  /// A provider's variance by a ranking at a label.
  [[nodiscard]] std::optional<SplitValue> at(const RankingKey& by, std::size_t provider, std::size_t label) const;
  /// Shares of revenue over all layers, then of tokens, then of revenue by layer: those that have any.
  [[nodiscard]] std::vector<Chart> charts() const;
};

}  // namespace lockin::detail
