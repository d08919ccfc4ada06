#pragma once

#include <concepts>
#include <functional>

#include "lockin/market/aggregates.hpp"
#include "lockin/market/market.hpp"
#include "lockin/market/period_parameters.hpp"

namespace lockin {

/// What a provider may know when it moves: the market and the aggregates of t-1 (of the opening when t = 0).
struct MarketView {
  const Market& market;    ///< what does not change
  long t = 0;              ///< the period in which the provider moves
  const Aggregates& last;  ///< at the end of t-1
};

/// Changes the parameters of a period: prices, quality, reach. Called once per period, in order, for one run.
/// Pre: paths and events are applied. Post: parameters stay in their ranges, else the run stops.
template <class P>
concept ProviderPolicy = requires(P& policy, const MarketView& view, PeriodParameters& parameters) {
  { policy(view, parameters) } -> std::same_as<void>;
};

/// Any provider policy, held by value; each run works on its own copy.
using AnyProviderPolicy = std::function<void(const MarketView&, PeriodParameters&)>;

}  // namespace lockin
