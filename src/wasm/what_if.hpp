#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lockin/market/market_numbers.hpp"
#include "lockin/scenario/scenario.hpp"
#include "lockin/simulation/trajectory.hpp"

namespace lockin {

/// A number of a scenario that a user of the page may move.
struct Knob {
  std::string key;        ///< as for `--set`
  double value = 0;       ///< what the scenario says
  double min = 0;         ///< least that the page offers, at most `value`; the scenario accepts it
  double max = 0;         ///< most that the page offers, at least `value`; the scenario accepts it
  double derivative = 0;  ///< of the lead, in its share per unit of the number
  bool whole = false;     ///< a whole number
};

/// Who stands where by one measure.
struct RankedShares {
  Measure measure = Measure::revenue_share;  ///< revenue or tokens
  std::string layer;                         ///< its key, or `all`
  std::vector<double> shares;  ///< [opening, then each period][provider], 0..1; NaN where there is none
  std::vector<double> last;    ///< [provider] in the last whole year, else in the last period
};

/// A scenario by the mean field, run again and again with a few of its numbers changed: those on which the lead in the last
/// year hangs most.
class WhatIf {
 public:
  /// Reads the scenario and runs it as it is: uncertain numbers and processes at their means.
  /// @param text a scenario (TOML)
  /// @param knobs how many numbers at most, those first whose change by a hundredth moves the lead most
  /// @throws InputError for a scenario that is none, RunError if it leaves its range on the way
  WhatIf(std::string_view text, std::size_t knobs);
  // The numbers point into the description.
  WhatIf(const WhatIf&) = delete;
  WhatIf& operator=(const WhatIf&) = delete;

  /// The numbers that may be moved, those first on which the lead hangs most. The lead is that of the first over the
  /// second by revenue of all layers in the last whole year (else the last period).
  [[nodiscard]] const std::vector<Knob>& knobs() const { return knobs_; }
  /// Runs the scenario with these numbers: the same as `--set KEY=VALUE` of each that differs.
  /// @param values one for each knob, in order
  /// @throws MarketError for values that the market does not take, RunError; the shares are then those of before
  void run(std::span<const double> values);
  /// Shares of the last run: revenue over all layers, then tokens of each layer that has them.
  [[nodiscard]] const std::vector<RankedShares>& rankings() const { return rankings_; }

  /// What the shares are labelled with.
  [[nodiscard]] const MarketNames& names() const { return names_; }
  /// The simulated periods.
  [[nodiscard]] const Calendar& calendar() const { return calendar_; }
  /// What `last` of the shares is about: `2030`, or a period's label.
  [[nodiscard]] std::string last_label() const;

 private:
  void choose_knobs(std::string_view text, const Scenario& scenario, std::size_t count);
  void show(const Trajectory& path);

  MarketSpec spec_;
  std::vector<MarketNumber> numbers_;  // of spec_
  std::vector<std::size_t> at_;        // by knob: in numbers_
  std::vector<Knob> knobs_;
  MarketNames names_;
  Calendar calendar_;
  MeasureAt last_;  // the moment of `RankedShares::last`
  std::vector<RankedShares> rankings_;
};

}  // namespace lockin
