#pragma once

#include <vector>

#include "lockin/policy/provider_policy.hpp"

namespace lockin {

/// Prices that fall with cumulative volume (Wright 1936): the factor (X(t-1) / X(-1))^(pass_through log2(rate)), where the
/// volume of a period is revenue / price. The factor stays 1 where the opening volume is 0.
class LearningCurves {
 public:
  /// Multiplies the prices of providers with a learning curve by their factors. Called once per period, from t = 0 on.
  void operator()(const MarketView& view, PeriodParameters& parameters);

 private:
  std::vector<double> opening_, cumulated_;  // X(-1) and X(t-1) by curve and layer
};

static_assert(ProviderPolicy<LearningCurves>);

}  // namespace lockin
