#pragma once

#include <cstddef>
#include <vector>

#include "lockin/market/market.hpp"
#include "lockin/market/slot_state.hpp"

namespace lockin {

/// What one slot of a type did in a period, in simulated customers.
struct SlotTally {
  SlotStates states;            ///< how states are numbered
  std::vector<double> held;     ///< [state] at the end of the period, *none* included
  std::vector<double> moved;    ///< [from * J + to]
  std::vector<double> adopted;  ///< [to]
  std::vector<double>
      base;  ///< [provider] held at the end of the period before, by customers that did not leave
  std::vector<double> spend;  ///< [provider] sum of drawn sizes; empty where sizes are those of the classes

  /// Sets flows to 0: what is counted anew each period.
  void clear_flows();
};

/// What engines report of a period: counts by (type, slot, state). Whole numbers but for the mean field.
struct Tally {
  std::vector<double> present;                ///< [type]
  std::vector<std::vector<SlotTally>> slots;  ///< [type][slot]
  std::vector<double> scale;                  ///< [segment]: customers that one simulated customer stands for

  Tally() = default;
  /// All counts 0, one simulated customer for each.
  /// @param market gives types and slots
  /// @param drawn_sizes with room for drawn sizes
  explicit Tally(const Market& market, bool drawn_sizes = false);
  /// Sets all flows to 0.
  void clear_flows();
};

}  // namespace lockin
