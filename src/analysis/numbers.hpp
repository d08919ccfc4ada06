#pragma once

#include <vector>

#include "lockin/analysis/gradient.hpp"
#include "market/market_adjoint.hpp"

namespace lockin {

/// Pulls derivatives by what a market is compiled to back to the numbers of its description.
[[nodiscard]] std::vector<PartialDerivative> pull_back_numbers(const Market& market, const MarketAdjoint& by);

}  // namespace lockin
