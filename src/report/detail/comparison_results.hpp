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

/// A measure of another scenario beside the first, at one moment; NaN where one of them has none.
struct ComparedValue {
  double first, value, probability_greater;
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
  /// Probability of the first place then (`last_label`): [scenario][ranking][provider's name].
  std::vector<std::map<RankingKey, std::map<std::string, double>>> leads;

  /// Those of the first scenario, then those of others alone.
  [[nodiscard]] const std::vector<ProviderSpec>& providers() const { return providers_; }
  [[nodiscard]] const std::string& shown(std::size_t provider) const;
  /// Its place among all of them, which gives its colour.
  [[nodiscard]] std::size_t place(std::size_t provider) const { return places_[provider]; }
  /// Drops all but so many providers: those with the largest shares then, of anything and in any scenario.
  void keep_largest(std::size_t most);
  /// The same, of scenario k; nothing if it has no such ranking or provider.
  [[nodiscard]] std::optional<double> lead(std::size_t k, const RankingKey& by, std::size_t provider) const;
  /// The last whole year, else the last period.
  [[nodiscard]] std::string last_label() const;
  /// Scenario k (1 or more) against the first then.
  [[nodiscard]] std::optional<ComparedValue> last(std::size_t k, const SeriesKey& key) const;
  /// What a chart shows of a provider, by period: its share in scenario k (only the value), or (k of 1 or more) how much more that is
  /// than in the first, with its bands. Empty where there is no number.
  [[nodiscard]] std::vector<Statistics> level(std::size_t k, const RankingKey& by,
                                              std::size_t provider) const;
  [[nodiscard]] std::vector<Statistics> difference(std::size_t k, const RankingKey& by,
                                                   std::size_t provider) const;
  /// Years at which the periods end.
  [[nodiscard]] std::vector<double> times() const;
  /// Revenue over all layers, then tokens, then revenue by layer: those that some provider has.
  [[nodiscard]] std::vector<std::pair<std::string, RankingKey>> rankings() const;

 private:
  void read_leads(const ResultFiles& files);
  template <class Of>
  [[nodiscard]] std::vector<Statistics> course(std::size_t k, const RankingKey& by, std::size_t provider,
                                               const Of& of) const;

  std::vector<ProviderSpec> providers_;
  std::vector<std::size_t> places_;
};

}  // namespace lockin::detail
