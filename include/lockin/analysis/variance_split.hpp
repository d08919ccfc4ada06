#pragma once

#include <optional>
#include <vector>

#include "lockin/ensemble/run_ensemble.hpp"

namespace lockin {

/// A part of a variance. The estimate is unbiased, so it may be below 0 where the part is small.
struct VariancePart {
  double variance = 0,  ///< in the square of the measure's unit
      se = 0;           ///< its standard error, by the jackknife over the draws (Efron and Stein 1981)
};

/// Where the variance of a measure of one history comes from (law of total variance).
struct VarianceParts {
  VariancePart parameters,  ///< variance of the mean given the uncertain numbers
      shocks,               ///< mean variance, given the numbers, of the mean given the common shocks too
      customers;            ///< mean variance of what is left: idiosyncratic customers
  double total = 0;         ///< their sum
};

/// The split of every measure's variance.
class VarianceSplit {
 public:
  /// All histories together.
  [[nodiscard]] const Ensemble& ensemble() const { return ensemble_; }
  /// How many of each there were.
  [[nodiscard]] const NestedDesign& design() const { return design_; }
  /// Of a measure; nothing if a history has no value, or there is no such measure.
  [[nodiscard]] std::optional<VarianceParts> of(const MeasureAt& at) const;

 private:
  friend class VarianceSplitRun;
  Ensemble ensemble_;
  NestedDesign design_;
  std::vector<VarianceParts> parts_;  // by measure; a total of NaN where there is none
};

/// Runs a nested design and splits variances by the analysis of variance of nested random effects (Searle, Casella and McCulloch
/// 1992, section 3.6, balanced data). Uncertain numbers and shocks are drawn whatever the scenario says. The mean field has no
/// customers' noise: there `customers` is 1 and its part 0.
/// @param scenario which market
/// @param design at least 3 draws, 2 histories of shocks and 2 of customers
/// @param options as for `run_ensemble`, but for `replications`, `until`, `nested` and `allow_failures`, which are not read
/// @throws std::invalid_argument for a design that is too small, and as `run_ensemble`
[[nodiscard]] VarianceSplit split_variance(const Scenario& scenario, const NestedDesign& design = {},
                                           const EnsembleOptions& options = {});

/// What the ranks other than 0 do while rank 0 calls `split_variance` with the same arguments.
/// @throws std::invalid_argument without `options.ranks`, or as `split_variance`
void help_split(const Scenario& scenario, const NestedDesign& design, const EnsembleOptions& options);

}  // namespace lockin
