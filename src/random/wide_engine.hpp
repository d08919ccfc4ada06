#pragma once

#include <cstdint>

#include "lockin/random/philox.hpp"

namespace lockin {

// Boost's samplers build doubles from an engine's words: 32-bit words would leave 2^32 values, so they see 64-bit ones.
struct WideEngine {
  using result_type = std::uint64_t;
  static constexpr bool has_fixed_range = true;
  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return ~result_type{0}; }
  result_type operator()() { return engine.next64(); }
  Philox& engine;
};

}  // namespace lockin
