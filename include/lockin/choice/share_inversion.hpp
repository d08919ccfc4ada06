#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "lockin/market/market.hpp"

namespace lockin {

/// Mean utilities that reproduce shares (Berry 1994, RAND J. Econ. 25, eq. 13, with random coefficients as in Berry,
/// Levinsohn and Pakes 1995): sum over nodes of weight * P(mu[node] + delta) = share. Newton's method on ln P = ln share to
/// a largest change of 1e-13.
/// @param shares positive, add up to 1: the outside option, if there is one, is one of the alternatives
/// @param mu utilities apart from delta, [node * alternatives + alternative]
/// @param weights of the nodes, > 0, add up to 1
/// @param nest nest of each alternative, or empty; @param dissimilarity of the nests, (0, 1]
/// @return delta, normalised to 0 for the first alternative
/// @throws std::domain_error if a share is not positive, shares do not add up to 1 (1e-9), or no solution is found
[[nodiscard]] std::vector<double> invert_shares(std::span<const double> shares, std::span<const double> mu,
                                                std::span<const double> weights,
                                                std::span<const std::size_t> nest = {},
                                                double dissimilarity = 1);

/// The base xi0[layer][segment][provider] (flat) of revealed appeal: with it a customer who holds nothing and chooses
/// freely at the opening picks each provider with its opening share. Share-weighted mean 0; 0 where appeal is stated and
/// for a provider without opening share.
[[nodiscard]] std::vector<double> revealed_appeal(const Market& market);

}  // namespace lockin
