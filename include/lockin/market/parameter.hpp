#pragma once

#include <limits>
#include <string>
#include <string_view>

#include "lockin/market/path.hpp"

namespace lockin {

/// Everything that may change over time. One row of `parameter_rule` a kind: its range, and how it is interpolated.
enum class ParameterKind {
  portability,   ///< factor on every switching cost
  advance,       ///< lambda as a yearly probability
  price,         ///< p: index, or bare currency per million tokens
  quality,       ///< q: index
  reach,         ///< r: sales and service presence
  appeal,        ///< stated xi [logits]
  entry,         ///< new customers per year as a share of those present
  exit,          ///< share per year that leaves the market
  intensity,     ///< mean spend of a customer, relative to other segments
  re_evaluate,   ///< rho as a yearly probability
  cost_initial,  ///< kappa at stage 0 [logits]
  cost_full,     ///< kappa at stage D [logits]
  innovate,      ///< Bass p, per year
  imitate,       ///< Bass b, per year
  network,       ///< eta [logits]
  affinity,      ///< theta [logits]
  private_share  ///< part of spend in token layers on private deployment
};

/// Range and default interpolation of a kind of parameter.
struct ParameterRule {
  std::string_view allowed;                               ///< in words, for messages
  double min = -std::numeric_limits<double>::infinity();  ///< lower bound of the range
  double max = std::numeric_limits<double>::infinity();   ///< upper bound of the range
  bool min_is_excluded = false,                           ///< values lie above the lower bound
      max_is_excluded = false;                            ///< values lie below the upper bound
  bool ratio = false;  ///< constant growth between dates, else a straight line

  /// True if a value is finite and in the range.
  [[nodiscard]] bool holds(double value) const {
    if (!(value >= min && value <= max)) return false;
    if (value - value != 0) return false;
    return !(min_is_excluded && value == min) && !(max_is_excluded && value == max);
  }
};

/// The rule of a kind. @throws std::invalid_argument for a value that is no kind.
[[nodiscard]] const ParameterRule& parameter_rule(ParameterKind kind);

/// One path of a market: the unit that events change.
struct Parameter {
  std::string key;                            ///< dotted path as in a scenario file
  ParameterKind kind = ParameterKind::price;  ///< says its range
  Path path;                                  ///< before events and policies
};

}  // namespace lockin
