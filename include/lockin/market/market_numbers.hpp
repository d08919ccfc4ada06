#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lockin/market/market_spec.hpp"

namespace lockin {

/// A number of a market's description: its dotted key, as in a scenario file (dates and years last, places in lists in brackets), and
/// where it stands.
struct MarketNumber {
  std::string key;                 ///< `providers.alibaba.iaas.appeal.2025Q4`
  double* number = nullptr;        ///< where it stands; or one of the two below
  std::uint64_t* whole = nullptr;  ///< a number of customers
  Distribution* jump = nullptr;    ///< drawn anew at each jump or occurrence: its mean counts

  /// The number.
  [[nodiscard]] double get() const;
  /// Puts another in its place: rounded where it is whole, the same at each jump or occurrence.
  void set(double value) const;
};

/// All numbers that a description holds and that could be others without changing what there is: not dates, durations,
/// numbers of classes, stages and slots, nor a switching-cost exponent of sizes that is 0. In the order of the description.
/// @param spec must outlive the result, in its place
[[nodiscard]] std::vector<MarketNumber> market_numbers(MarketSpec& spec);

}  // namespace lockin
