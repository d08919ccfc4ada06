#pragma once

#include <string>

#include "lockin/scenario/scenario.hpp"

namespace lockin {

/// What a scenario means, in words: horizon, market, who sells, who buys and how readily it leaves, what is uncertain and
/// what happens when. The yearly churn per segment and layer is that of the first period by the mean field, at P periods a
/// year: 1 - (1 - churn)^P. Warns where a network effect is above its tipping point at the mean switching cost.
[[nodiscard]] std::string describe(const Scenario& scenario);

/// eta above which equal shares of J providers are not stable: J (1 + (J-1) u) / (2 + (J-2) u), u = exp(-kappa).
[[nodiscard]] double tipping_point(std::size_t providers, double kappa);

}  // namespace lockin
