#pragma once

#include <cstdint>

#include "share_path.hpp"

namespace lockin::bench {

/// What the same researcher has after a week: customers sorted by type and held in one byte a slot, cumulative
/// probabilities tabulated every period, xoshiro256++, geometric skips over the customers to whom nothing happens. No
/// vector code, one thread.
/// @throws std::invalid_argument unless the workload has one or two layers of at most 255 states.
[[nodiscard]] History tuned_loop(const Workload& workload, std::uint64_t seed);

}  // namespace lockin::bench
