#pragma once

#include <cstddef>
#include <vector>

#include "lockin/market/market.hpp"

namespace lockin::detail {

/// Groups of the slots of a type: affinity, directly or through others, ties the slots of a group, and none of them to
/// a slot outside. Groups by their first slot, slots in rising order.
[[nodiscard]] std::vector<std::vector<std::size_t>> tied_slots(const Market& market,
                                                               const CustomerType& type);

}  // namespace lockin::detail
