#pragma once

#include <limits>
#include <string>
#include <string_view>

#include "lockin/market/path.hpp"

namespace lockin {

/// Everything that may change over time. One row of `parameter_rule` a kind: its range, and how it is interpolated.
enum class ParameterKind {
  portability,
  advance,
  price,
  quality,
  reach,
  appeal,
  entry,
  exit,
  intensity,
  re_evaluate,
  cost_initial,
  cost_full,
  innovate,
  imitate,
  network,
  affinity,
  private_share
};

/// Range and default interpolation of a kind of parameter.
struct ParameterRule {
  std::string_view allowed;  ///< in words, for messages
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
  bool min_is_excluded = false, max_is_excluded = false;
  bool ratio = false;  ///< constant growth between dates, else a straight line

  [[nodiscard]] bool holds(double value) const {
    if (!(value >= min && value <= max)) return false;
    if (value - value != 0) return false;
    return !(min_is_excluded && value == min) && !(max_is_excluded && value == max);
  }
};

[[nodiscard]] const ParameterRule& parameter_rule(ParameterKind kind);

/// One path of a market: the unit that events change.
struct Parameter {
  std::string key;  ///< dotted path as in a scenario file
  ParameterKind kind = ParameterKind::price;
  Path path;
};

}  // namespace lockin
