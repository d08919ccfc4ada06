#pragma once

#include <vector>

#include "dual.hpp"
#include "lockin/market/calendar.hpp"
#include "lockin/market/market_spec.hpp"

namespace lockin {

// What a market makes of its numbers, one text for values and for derivatives. Read is `Plain` or `By`.

/// `Path::value`.
template <class Read>
NumberOf<Read> path_value(const Path& path, const Calendar& calendar, long t, bool ratio, const Read& read);

/// `layer_totals`.
template <class Read>
std::vector<NumberOf<Read>> totals_of_layer(const MarketSpec& spec, const Calendar& calendar,
                                            std::size_t layer, const Read& read);

/// `DiscretePoints` of a taste.
template <class Number>
struct PointsOf {
  std::vector<Number> value, weight;
};
/// `taste_points`.
template <class Read>
PointsOf<NumberOf<Read>> points_of_taste(const TasteSpec& spec, const Read& read);

/// `size_classes`.
template <class Read>
std::vector<NumberOf<Read>> means_of_size_classes(const SizeSpec& spec, const Read& read);

/// g(0..D) of a layer without a curve of its own.
template <class Read>
std::vector<NumberOf<Read>> stage_curve(int stages, const double* tau, const Read& read) {
  std::vector<NumberOf<Read>> curve;
  const double D = stages;
  for (int d = 0; d <= stages; ++d) {
    if (stages == 0)
      curve.push_back(0);
    else if (tau)
      curve.push_back(math::expm1(-d / read(*tau)) / math::expm1(-D / read(*tau)));
    else
      curve.push_back(d / D);
  }
  return curve;
}

}  // namespace lockin
