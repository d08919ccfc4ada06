#pragma once

#include "choice/choice_adjoint.hpp"
#include "lockin/engine/tally.hpp"
#include "lockin/market/aggregates.hpp"
#include "lockin/simulation/trajectory.hpp"

namespace lockin {

/// Pulls derivatives by what `measure_period` measured back to counts, parameters and the market.
/// @param tally without drawn sizes, one simulated customer for each
/// @param by the derivatives by `measured`; its `sold` is not read
void pull_back_measures(const Market& market, const PeriodParameters& parameters, const Tally& tally,
                        const Aggregates& measured, Aggregates by, Tally& by_tally,
                        PeriodParameters& by_parameter, MarketAdjoint& by_market);

/// Derivatives of a measure by what it is made of.
/// @param by_moments the opening, then the periods: the derivatives are added
/// @return the measure; nothing if it has no value
/// @throws std::out_of_range for a period that the path does not have
std::optional<double> pull_back_measure(const Trajectory& path, const MeasureAt& at,
                                        std::vector<Aggregates>& by_moments);

}  // namespace lockin
