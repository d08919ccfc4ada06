#pragma once

#include "share_path.hpp"

namespace lockin::bench {

/// Expected shares of the workload, type by type and state by state, without a random number: what every loop must agree
/// with. With a network effect it is the limit of many customers.
/// @throws std::invalid_argument unless the workload has one or two layers.
[[nodiscard]] SharePath mean_field_reference(const Workload& workload);

}  // namespace lockin::bench
