#pragma once

#include <array>
#include <string_view>

#include "lockin/simulation/trajectory.hpp"

namespace lockin {

/// Where a change of a provider's revenue or tokens came from.
enum class GrowthPart {
  new_customers,  ///< slots that adopted
  switching,      ///< slots that came from rivals less those that went to them
  departures,     ///< slots of customers that left the market; 0 or less
  spend,          ///< more or less spend by a customer, and another mix of customers
  price  ///< of tokens: as many for another price. Revenue has none: a price moves customers, not their spend
};
/// How many parts there are.
inline constexpr std::size_t growth_part_count = 5;
/// One number for each part, in their order.
using GrowthParts = std::array<double, growth_part_count>;

/// Name of a part as in files: `new_customers`.
[[nodiscard]] std::string_view name_of(GrowthPart part);

/// Parts of a provider's change from the period before to period t; they add up to it.
///
/// In each segment the change is r dC + C dr, with dC the change of its customers, r its spend (or tokens) by customer, and both
/// factors the means of the two periods (Marshall 1887, Edgeworth 1925: nothing is left over). dC is new customers, switching and
/// departures; of tokens C dr is split once more, between spend and 1 / price.
/// @param path a history
/// @param t the period, 0 .. size() - 1; before the first stands the opening
/// @param measure `Measure::revenue` or `Measure::tokens`
/// @param layer in which
/// @param provider whose
/// @throws std::invalid_argument for another measure; std::out_of_range for a period that the path does not have
[[nodiscard]] GrowthParts growth_parts(const Trajectory& path, long t, Measure measure, LayerId layer,
                                       ProviderId provider);

/// The same over the periods of a whole year: parts of the change from the last period before the year to its last.
/// @param path a history
/// @param year one of `path.whole_years()`
/// @param measure `Measure::revenue` or `Measure::tokens`
/// @param layer in which
/// @param provider whose
/// @throws std::invalid_argument for another measure; std::out_of_range for a year that the path does not have whole
[[nodiscard]] GrowthParts annual_growth_parts(const Trajectory& path, int year, Measure measure,
                                              LayerId layer, ProviderId provider);

}  // namespace lockin
