#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lockin/ensemble/run_ensemble.hpp"

namespace lockin {

/// A measure of one scenario less that of another, replication by replication.
struct PairedDifference {
  Summary difference;              ///< over the pairs in which both have a value
  double probability_greater = 0;  ///< that the difference is above 0
  double independent_se =
      0;  ///< the standard error that independent random numbers would give: the gain of pairing is
          ///< the square of its ratio to `difference.se`
};

/// Several scenarios, each an ensemble, and the others less the first.
class Comparison {
 public:
  /// Names of the scenarios, in order.
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
  /// What each says by itself.
  [[nodiscard]] const std::vector<Ensemble>& ensembles() const { return ensembles_; }
  /// Scenario k less the first; `at` is a measure of the first. Nothing if no pair has both values, or scenario k has no layer,
  /// segment or provider of that name.
  /// @param k 1 or more
  /// @param at of the first scenario
  /// @throws std::out_of_range for no such scenario
  [[nodiscard]] std::optional<PairedDifference> difference(std::size_t k, const MeasureAt& at) const;

 private:
  friend class ComparisonRun;
  struct Difference {
    std::vector<Summary> summaries;      // by measure of the first scenario
    std::vector<std::uint64_t> greater;  // pairs
    std::vector<double> independent_se;
  };
  std::vector<std::string> names_;
  std::vector<Ensemble> ensembles_;
  std::vector<Difference> differences_;  // of scenarios 1, 2, ...
};

/// Runs scenarios with the same seed: random numbers of the same name are the same in all (common random numbers), so that
/// differences have less noise than independent runs would give. Replication r of one is paired with r of the others.
/// @param scenarios two or more; the others are compared with the first
/// @param options hold for all; replications and seed default to those of the first scenario
/// @throws std::invalid_argument for fewer than two scenarios, or different periods; EnsembleError, EnsembleStopped as `run_ensemble`
[[nodiscard]] Comparison compare(const std::vector<Scenario>& scenarios, const EnsembleOptions& options = {});

/// What the ranks other than 0 do while rank 0 calls `compare` with the same scenarios and options.
/// @throws std::invalid_argument without `options.ranks`, or as `compare`
void help_compare(const std::vector<Scenario>& scenarios, const EnsembleOptions& options);

}  // namespace lockin
