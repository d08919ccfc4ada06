#pragma once

#include <vector>

#include "lockin/market/market.hpp"
#include "lockin/market/period_parameters.hpp"

namespace lockin {

/// kappa(d) for d = 0..D of a type in a layer [logits]: portability * factor * size^z / m * (initial + (full - initial) g(d)).
[[nodiscard]] std::vector<double> switching_costs(const Market& market, const PeriodParameters& parameters,
                                                  const CustomerType& type, LayerId layer);

/// The same into a vector whose room is kept.
void set_switching_costs(const Market& market, const PeriodParameters& parameters, const CustomerType& type,
                         LayerId layer, std::vector<double>& costs);

/// 1 - exp(-kappa / alpha): the fraction by which a rival must be cheaper; 1 if price does not matter (alpha = 0, kappa > 0).
[[nodiscard]] double discount_a_rival_must_offer(double kappa, double alpha);

/// exp(kappa / alpha) - 1: the premium that the incumbent can charge.
[[nodiscard]] double premium_the_incumbent_can_charge(double kappa, double alpha);

}  // namespace lockin
