#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "lockin/simulation/trajectory.hpp"

namespace lockin {

/// `crossings` of any course. @param value gives what provider j has at t = -1 .. periods - 1, NaN for nothing
template <class Value>
std::vector<Crossing> passings_of(std::size_t providers, long periods, const Value& value) {
  std::vector<Crossing> result;
  for (std::size_t a = 0; a < providers; ++a)
    for (std::size_t b = 0; b < providers; ++b) {
      if (a == b) continue;
      // A provider without a value yet is behind: a newcomer passes those that it overtakes.
      bool behind = false, first = true;
      for (long t = -1; t < periods; ++t) {
        const double va = value(t, a), vb = value(t, b);
        if (std::isnan(vb)) continue;
        const bool ahead = va > vb;
        // Equal is not ahead at the opening, but whoever led then is passed only by being less.
        if (first ? !ahead : !(va >= vb)) behind = true;
        first = false;
        if (ahead && behind) {
          result.push_back({a, b, Period(static_cast<std::size_t>(t))});
          break;
        }
      }
    }
  std::stable_sort(result.begin(), result.end(),
                   [](const Crossing& x, const Crossing& y) { return x.when < y.when; });
  return result;
}

}  // namespace lockin
