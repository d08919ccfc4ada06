#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "lockin/ensemble/run_ensemble.hpp"

namespace lockin {

/// What the cells of a variable are numbered by. Layers, segments and providers have `all` before them; `from` and `to` are
/// providers without it.
enum class Axis { time, year, layer, segment, provider, from, to, rank, quantile };

/// A measure in all periods or in all years, as the variables of a file have it.
struct Quantity {
  std::string name,  ///< `revenue_share`, `annual_revenue_share`
      long_name,     ///< for people
      units,         ///< of the values
      over_time;     ///< how it is made of the moments of its period, after CF; empty: CF has no word for it
  std::vector<Axis> axes;
  std::vector<std::size_t> places;  ///< of its cells in a `MeasureTable`; its size() where there is no number
};

/// All numbers of an ensemble but those of the opening. A quantity that has no number is left out.
/// @param currency unit of revenue; empty: relative units
[[nodiscard]] std::vector<Quantity> quantities_of(const Ensemble& ensemble, const std::string& currency);

}  // namespace lockin
