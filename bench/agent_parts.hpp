#pragma once

#include "workload.hpp"

namespace lockin::bench {

/// What an agent-step of a workload takes at least: its parts, each measured alone, over and over on one block of customers
/// in the nearest cache. Nanoseconds per agent-step, all slots.
struct AgentParts {
  double words = 0;   ///< random bytes: one a slot, one a move
  double tables = 0;  ///< finding the entries of the tables and looking them up
  double sift = 0;    ///< listing who moves, letting rise who rises
  double moves = 0;   ///< finding the provider, writing and counting
  double rises = 0;   ///< counting
  [[nodiscard]] double sum() const { return words + tables + sift + moves + rises; }
};

/// How many slots move and rise is taken from the mean field.
[[nodiscard]] AgentParts agent_parts(const Workload& workload);

}  // namespace lockin::bench
