#pragma once

#include <concepts>
#include <cstdint>
#include <span>
#include <vector>

#include "lockin/choice/transition_kernel.hpp"
#include "lockin/engine/engine_kind.hpp"
#include "lockin/engine/tally.hpp"

namespace lockin {

/// Names the random streams of a step.
struct StepKey {
  std::uint64_t seed = 1;         ///< of all random numbers
  std::uint32_t replication = 0;  ///< which history of that seed
  Period period = {};             ///< t
};

/// State plus one step under a kernel. Post: the tally speaks of the end of the period; a step is a pure function of
/// state, kernel and key.
template <class E>
concept Engine = requires(E& engine, const E& seen, const TransitionKernel& kernel, const StepKey& key) {
  { engine.step(kernel, key) } -> std::same_as<void>;
  { seen.tally() } -> std::same_as<const Tally&>;
};

/// Customers of one type, read only: one entry per place. A place keeps its customer until that one leaves; then
/// another may enter there, and `entered` says so.
struct CustomerColumns {
  TypeId type;  ///< their type
  std::vector<std::span<const std::uint16_t>>
      states;  ///< per slot, numbered by `SlotStates` (`left()`: nobody there)
  std::span<const std::int16_t>
      entered;                   ///< period of entry, -1: at the opening; empty where nobody enters or leaves
  std::span<const float> sizes;  ///< drawn sizes; empty: the type's
};

}  // namespace lockin
