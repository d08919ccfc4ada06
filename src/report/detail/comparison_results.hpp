#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "lockin/report/result_files.hpp"
#include "lockin/scenario/scenario.hpp"
#include "report/detail/run_results.hpp"

namespace lockin::detail {

/// A measure of another scenario beside the first, at one moment.
struct ComparedValue {
  double first = 0, value = 0, probability_greater = 0;
  Statistics difference;
};

/// The numbers of a folder that `lockin compare --out` wrote. Reading checks each file against the scenarios.
class ComparisonResults {
 public:
  /// @throws InputError for a file that is missing or not what a comparison writes
  explicit ComparisonResults(const ResultFiles& files);

  nlohmann::ordered_json record;
  std::vector<Scenario> scenarios;   ///< the first, then the others in the order of the file
  std::vector<std::string> moments;  ///< periods
  std::vector<std::string> years;
  /// [scenario 1, 2, ..][moment or year]; nothing where a pair has no value. All segments together.
  using Courses = std::map<SeriesKey, std::vector<std::optional<ComparedValue>>>;
  std::vector<Courses> by_moment, by_year;
  /// Probability of the first place in the last whole year: [scenario][ranking][provider's name].
  std::vector<std::map<RankingKey, std::map<std::string, double>>> leads;

  [[nodiscard]] const std::vector<ProviderSpec>& providers() const { return scenarios[0].spec.providers; }
  [[nodiscard]] const std::string& shown(std::size_t provider) const;
  /// The last whole year, else the last period.
  [[nodiscard]] std::string last_label() const;
  /// Scenario k (1 or more) against the first then.
  [[nodiscard]] std::optional<ComparedValue> last(std::size_t k, const SeriesKey& key) const;
  /// Revenue over all layers, then tokens, then revenue by layer: those that some provider has.
  [[nodiscard]] std::vector<std::pair<std::string, RankingKey>> rankings() const;

 private:
  void read_leads(const ResultFiles& files);
};

}  // namespace lockin::detail
