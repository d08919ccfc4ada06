#pragma once

#include "lockin/choice/transition_kernel.hpp"
#include "lockin/engine/tally.hpp"
#include "lockin/market/aggregates.hpp"
#include "lockin/market/market.hpp"
#include "lockin/market/period_parameters.hpp"

namespace lockin {

/// Step 6 of a period: counts become customers, revenue and tokens. A customer's spend in a held slot is
/// size * w * intensity * Z, with Z such that the layer's total of the period holds.
[[nodiscard]] Aggregates measure_period(const Market& market, const PeriodParameters& parameters,
                                        const Tally& tally);

}  // namespace lockin
