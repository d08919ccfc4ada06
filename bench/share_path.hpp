#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "workload.hpp"

namespace lockin::bench {

/// Shares of the providers in one layer.
using Shares = std::array<double, provider_count>;

/// Shares at the end of every period: `path[t][l][j]`.
using SharePath = std::vector<std::vector<Shares>>;

/// One history of a workload.
struct History {
  SharePath path;
  double opening_seconds = 0;  ///< drawing types and incumbents
  double period_seconds = 0;   ///< all the periods, without the opening
};

/// Largest `|a - b| / sqrt(share (1 - share))` over periods, layers and providers, where share is b's. Times the square
/// root of the number of customers it is the distance in standard deviations of the share of one history.
/// @throws std::invalid_argument if the paths have different shapes, std::domain_error if a share of b is not in (0, 1).
[[nodiscard]] double largest_deviation(const SharePath& a, const SharePath& b);

/// Distance in standard deviations that the largest of the path's shares exceeds with probability 1e-6 at most:
/// the normal quantile of 1e-6 / 2 divided by the number of shares (Bonferroni).
[[nodiscard]] double largest_chance_deviation(const SharePath& path);

}  // namespace lockin::bench
