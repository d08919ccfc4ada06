#pragma once

#include <span>
#include <string>
#include <vector>

#include "lockin/market/ids.hpp"
#include "lockin/market/market_spec.hpp"
#include "lockin/random/stream.hpp"

namespace lockin {

/// One sourcing decision of a customer.
struct Slot {
  LayerId layer;           ///< where it buys
  bool secondary = false;  ///< the second slot of a customer that multi-homes in the layer
  double weight = 1;       ///< w: its part of the customer's spend in the layer
};

/// Customers that share every probability and the expected size. All engines share one table of types.
struct CustomerType {
  SegmentId segment;             ///< its segment
  double weight = 1;             ///< part of the segment's customers
  double size = 1;               ///< mean spend of its size class, relative to the segment's mean
  double size_factor = 1;        ///< size^z / m: factor on its switching costs
  std::size_t size_class = 0;    ///< 0: the smallest
  std::size_t choice_class = 0;  ///< types with the same choice class have the same probabilities
  std::vector<std::size_t>
      points;  ///< its latent class (if there are any), then its point of each taste, in the order of the table
  std::vector<double> alpha,  ///< by layer: weight of ln price, >= 0
      beta,                   ///< by layer: weight of quality
      cost_factor;            ///< by layer: factor on kappa, >= 0
  std::vector<Slot> slots;    ///< in order of layers, the primary slot first
  CellId cell;                ///< identity for random streams
};

/// Nodes and weights of a discrete distribution.
struct DiscretePoints {
  std::vector<double> value,  ///< the nodes
      weight;                 ///< of each node; they add up to 1
};

/// Gauss-Hermite nodes and weights for the standard normal density (weights add up to 1), n in 1..64, in rising order.
/// Newton's method in a fixed order, so that the bits do not depend on a library.
[[nodiscard]] DiscretePoints gauss_hermite(int n);

/// The points of a taste distribution (Gauss-Hermite of the normal or the underlying normal, or the given values).
[[nodiscard]] DiscretePoints taste_points(const TasteSpec& spec);

/// Equal-mass classes of a size distribution of mean 1: conditional means, in rising order.
[[nodiscard]] std::vector<double> size_classes(const SizeSpec& spec);

/// Size at quantile u in [0, 1) of the distribution of mean 1: where a drawn size comes from.
[[nodiscard]] double size_quantile(const SizeSpec& spec, double u);

/// Types of one segment, in a fixed order; weights add up to 1. `first_choice_class` numbers its choice classes.
[[nodiscard]] std::vector<CustomerType> customer_types(const MarketSpec& market, std::size_t segment,
                                                       std::size_t first_choice_class);

}  // namespace lockin
