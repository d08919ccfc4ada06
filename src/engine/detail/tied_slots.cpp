#include "engine/detail/tied_slots.hpp"

#include <algorithm>
#include <numeric>

namespace lockin::detail {

std::vector<std::vector<std::size_t>> tied_slots(const Market& market, const CustomerType& type) {
  const Market::Segment& segment = market.segment(type.segment);
  std::vector<std::size_t> group_of(type.slots.size());
  std::iota(group_of.begin(), group_of.end(), std::size_t{0});
  const auto tied = [&](std::size_t a, std::size_t b) {
    return segment.affinity[type.slots[a].layer.index() * market.layer_count() + type.slots[b].layer.index()]
        .has_value();
  };
  for (bool changed = true; changed;) {
    changed = false;
    for (std::size_t a = 0; a < group_of.size(); ++a)
      for (std::size_t b = 0; b < group_of.size(); ++b)
        if (a != b && tied(a, b) && group_of[a] != group_of[b])
          group_of[a] = group_of[b] = std::min(group_of[a], group_of[b]), changed = true;
  }
  std::vector<std::vector<std::size_t>> groups;
  for (std::size_t g = 0; g < group_of.size(); ++g) {
    std::vector<std::size_t> slots;
    for (std::size_t k = 0; k < group_of.size(); ++k)
      if (group_of[k] == g) slots.push_back(k);
    if (!slots.empty()) groups.push_back(std::move(slots));
  }
  return groups;
}

}  // namespace lockin::detail
