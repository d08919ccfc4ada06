#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lockin/market/market.hpp"
#include "lockin/simulation/trajectory.hpp"

namespace lockin {

/// How a measure changes with one number of a market.
struct PartialDerivative {
  std::string key;        ///< as in `MarketNumber`
  double value = 0;       ///< the number
  double derivative = 0;  ///< unit of the measure per unit of the number; infinite or NaN where there is none
};

/// A measure and its derivatives by every number of the market.
struct Gradient {
  double value = 0;                         ///< the measure
  std::vector<PartialDerivative> partials;  ///< each number once, in the order of the market

  /// The entry of a key. @throws std::out_of_range if the market has no such number.
  [[nodiscard]] const PartialDerivative& at(std::string_view key) const;
};

/// Exact derivatives of measures of the mean field by every number of a market: one run forward, then for each measure one
/// sweep back (adjoint mode; Griewank and Walther 2008, Evaluating Derivatives, ch. 3), whose cost does not depend on how many
/// numbers there are.
///
/// The numbers are those of the market's description and of all paths, those at their defaults included. A number drawn from
/// a distribution stands at its mean; of a process, `jump` is the mean jump. Numbers that fix what there is (classes, stages,
/// dates, durations) have no derivative and are left out, and so is a switching-cost exponent of 0, at which size classes are one.
/// Derivatives hold between kinks: while no event with a trigger starts earlier or later. See the page on gradients.
class Gradients {
 public:
  /// Runs the market forward, with the model of the model page and without draws.
  /// @param market must outlive this
  /// @param threads at work at once, 0: one for each processor. Results do not depend on it
  /// @throws std::invalid_argument as `simulate`
  /// @throws RunError as `simulate`
  explicit Gradients(const Market& market, std::size_t threads = 0);
  ~Gradients();
  Gradients(Gradients&& other) noexcept;  ///< the other one may only be destroyed then

  /// The run: the same numbers as those of the mean-field engine.
  [[nodiscard]] const Trajectory& trajectory() const;
  /// Value and derivatives of a measure.
  /// @throws std::out_of_range for a period outside the run; std::invalid_argument if the measure has no value there.
  [[nodiscard]] Gradient of(const MeasureAt& at);

 private:
  struct Run;
  std::unique_ptr<Run> run_;
};

}  // namespace lockin
