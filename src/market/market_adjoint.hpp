#pragma once

#include <vector>

#include "lockin/market/market.hpp"
#include "lockin/market/period_parameters.hpp"

namespace lockin {

/// Derivatives of one value by what a market is compiled to, in the market's own shapes: where the market holds a number,
/// the adjoint holds the derivative by it (Griewank and Walther 2008, ch. 3). Filled by `pull_back` functions, each beside
/// the step that it differentiates.
struct MarketAdjoint {
  /// All derivatives 0.
  explicit MarketAdjoint(const Market& market);

  std::vector<Market::Layer> layers;      // curve, opening, dissimilarity, total, opening shares
  std::vector<Market::Segment> segments;  // customers, adopted, gamma
  std::vector<CustomerType> types;        // weight, size, size_factor, tastes, weights of slots
  std::vector<Market::Event> events;      // number of effects, share of moves, occurrences a year
  std::vector<Market::LearningCurve> learning_curves;
  std::vector<std::vector<double>> path_values;  // [period][parameter]: values of paths, before events
  // By parameter, of growing paths and processes: where they start, growth or releases per year, mean jump.
  std::vector<double> start, pace, jump;
};

/// The derivative of `Market::per_period`; infinite at 1 if there are several periods a year.
[[nodiscard]] double per_period_slope(const Market& market, double yearly_probability);

/// A derivative times a slope that may be infinite: 0 where nothing depends on it.
[[nodiscard]] inline double times_slope(double derivative, double slope) {
  return derivative == 0 ? 0 : derivative * slope;
}

}  // namespace lockin
