#pragma once

#include <cstdint>

#include "share_path.hpp"

namespace lockin::bench {

/// The loop that a good researcher writes in an afternoon: a vector of structs, `std::mt19937_64`, and for each customer
/// who looks at the market again the utility and `std::exp` of every provider and a cumulative sum. One thread.
/// @throws std::invalid_argument unless the workload has one or two layers.
[[nodiscard]] History naive_loop(const Workload& workload, std::uint64_t seed);

}  // namespace lockin::bench
