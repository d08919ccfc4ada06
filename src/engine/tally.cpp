#include "lockin/engine/tally.hpp"

#include <algorithm>

namespace lockin {

Tally::Tally(const Market& market, bool drawn_sizes)
    : present(market.type_count(), 0.0), scale(market.segment_count(), 1.0) {
  const std::size_t J = market.provider_count();
  for (const CustomerType& type : market.types()) {
    std::vector<SlotTally> of_type;
    for (const Slot& slot : type.slots) {
      SlotTally t;
      t.states = SlotStates(J, market.layer(slot.layer).stages);
      t.held.assign(t.states.size(), 0.0);
      t.moved.assign(J * J, 0.0);
      t.adopted.assign(J, 0.0);
      t.base.assign(J, 0.0);
      if (drawn_sizes) t.spend.assign(J, 0.0);
      of_type.push_back(std::move(t));
    }
    slots.push_back(std::move(of_type));
  }
}

void SlotTally::clear_flows() {
  for (auto* flow : {&moved, &adopted, &base}) std::fill(flow->begin(), flow->end(), 0.0);
}

void Tally::clear_flows() {
  for (auto& of_type : slots)
    for (SlotTally& slot : of_type) slot.clear_flows();
}

}  // namespace lockin
