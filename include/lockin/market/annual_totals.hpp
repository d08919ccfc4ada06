#pragma once

#include <optional>
#include <vector>

#include "lockin/market/calendar.hpp"
#include "lockin/market/market_spec.hpp"

namespace lockin {

/// Market total of a year: given, between given years at constant growth, or by `growth_per_year` outside; nothing if not covered.
[[nodiscard]] std::optional<double> market_size(const MarketSizeSpec& size, int year);

/// A layer's part in a year: a straight line between given years, flat outside.
[[nodiscard]] double annual_share(const Annual& share, int year);

/// Annual totals as periods by proportional Denton benchmarking (Denton 1971): x = z r with the least sum of squared
/// changes of r, each year's x adding up to its total. @param totals of consecutive years from `first_year` (all > 0).
/// @param per_year periods in a year
/// @return one value per period of `first_year` .. the last year.
[[nodiscard]] std::vector<double> benchmark_to_periods(const std::vector<double>& totals, int per_year);

/// Totals of layer `layer` in each period of the horizon. Empty without market size.
[[nodiscard]] std::vector<double> layer_totals(const MarketSpec& spec, const Calendar& calendar,
                                               std::size_t layer);

}  // namespace lockin
