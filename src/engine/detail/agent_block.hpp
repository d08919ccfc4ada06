#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/detail/agent_tables.hpp"
#include "engine/detail/lanes.hpp"
#include "lockin/random/philox.hpp"

// The hot loop, alone in its file: measure the impact of changes (`./dev bench`).
//
// Every slot of a block of customers has its own four streams. What customer i of the block does with u, 48 bits:
//   u = half i of `act` << 32 | word i of `resolve`      (half i: word i / 2, the low half first)
//   u < act: takes the next two words of `destination`, in order of customers: the provider is the first j with
//     word 1 < cumulative[j]; if that is the incumbent, the slot rises a stage when word 2 < lambda
//   act <= u < event: rises a stage
// Moves come first: a slot that `from` holds takes the next word of `move`, in order of customers, then of moves, until one
// is below the share; it then does nothing else and takes no word of `destination`.
namespace lockin::detail {

/// A slot of a block of customers of one type.
struct BlockSlot {
  std::uint16_t* states = nullptr;  ///< first customer of the block
  const AgentTables* tables = nullptr;
  Philox act, resolve, destination, move;
};

/// What happened to a slot in a block, added to the tally afterwards: whole numbers, so that order does not matter.
struct BlockCounts {
  std::vector<std::int32_t> held;   ///< [state] change
  std::vector<std::int32_t> taken;  ///< [from * J + to], from = J: adopted; to = from: kept
};

/// Room for one block at a time, kept from block to block.
class BlockRoom {
 public:
  explicit BlockRoom(std::size_t block_size)
      : words_(2 * block_size + lane_room),
        candidates_(block_size + lane_room),
        acting_(block_size),
        rising_(block_size) {}

  /// One period of a block: all slots are read at t-1 before any is written.
  void step(std::span<const BlockSlot> slots, std::size_t size) {
    offset_.resize(std::max(offset_.size(), slots.size()));
    counts_.resize(offset_.size());
    for (std::size_t k = 0; k < slots.size(); ++k) locate(slots, k, size);
    for (std::size_t k = 0; k < slots.size(); ++k) {
      counts_[k].held.assign(slots[k].tables->stride, 0);
      counts_[k].taken.assign((slots[k].tables->providers + 1) * slots[k].tables->providers, 0);
      if (!slots[k].tables->moves.empty()) move(slots[k], k, size);
      decide(slots[k], offset_[k].data(), size);
      rise(slots[k], counts_[k]);
      choose(slots[k], offset_[k].data(), counts_[k]);
    }
  }
  [[nodiscard]] const BlockCounts& counts(std::size_t k) const { return counts_[k]; }

 private:
  // Where in its tables each customer's slot stands.
  void locate(std::span<const BlockSlot> slots, std::size_t k, std::size_t size) {
    const AgentTables& tables = *slots[k].tables;
    offset_[k].resize(candidates_.size(), 0);
    std::uint32_t* offset = offset_[k].data();
    const std::uint16_t* own = slots[k].states;
    for (std::size_t i = 0; i < size; ++i) offset[i] = own[i];
    for (std::size_t other = 0; other < slots.size(); ++other) {
      if (tables.context[other].empty()) continue;
      const std::uint32_t* part = tables.context[other].data();
      const std::uint16_t* states = slots[other].states;
      for (std::size_t i = 0; i < size; ++i) offset[i] += part[states[i]];
    }
  }

  // Moves of events. Who is moved stands afterwards where nothing happens.
  void move(const BlockSlot& slot, std::size_t k, std::size_t size) {
    const AgentTables& tables = *slot.tables;
    Philox coins = slot.move;
    for (std::size_t i = 0; i < size; ++i) {
      const std::uint16_t state = slot.states[i];
      if (state >= tables.states.none()) continue;
      for (const AgentMove& move : tables.moves) {
        if (tables.provider[state] != move.from || coins() >= move.share) continue;
        slot.states[i] = static_cast<std::uint16_t>(
            tables.states.held(move.to, move.keep_stage ? tables.states.stage(state) : 0));
        --counts_[k].held[state];
        ++counts_[k].held[slot.states[i]];
        ++counts_[k].taken[move.from * tables.providers + move.to];
        offset_[k][i] = static_cast<std::uint32_t>(tables.states.left());
        break;
      }
    }
  }

  // Lists who acts and who rises; nothing here branches on chance, but for the few whose 16 bits leave it open.
  void decide(const BlockSlot& slot, const std::uint32_t* offset, std::size_t size) {
    const AgentTables::Threshold* threshold = slot.tables->threshold.data();
    std::uint32_t *words = words_.data(), *acting = acting_.data(), *rising = rising_.data();
    draw_words(slot.act, (size + 1) / 2, words);
    const std::size_t candidates =
        list_below(words, offset, slot.tables->candidate.data(), size, candidates_.data());
    std::size_t act = 0, rise = 0;
    for (std::size_t c = 0; c < candidates; ++c) {
      const std::uint32_t i = candidates_[c];
      const AgentTables::Threshold limit = threshold[offset[i]];
      const std::uint64_t bits = (words[i / 2] >> (16 * (i & 1))) & 0xffff;
      std::uint64_t u = bits << 32;
      if ((bits == limit.act >> 32) | (bits == limit.event >> 32)) [[unlikely]]
        u |= slot.resolve.block(i / 4)[i % 4];
      acting[act] = rising[rise] = i;
      act += u < limit.act;
      rise += static_cast<std::size_t>(u >= limit.act) & static_cast<std::size_t>(u < limit.event);
    }
    acting_count_ = act;
    rising_count_ = rise;
  }

  void rise(const BlockSlot& slot, BlockCounts& counts) const {
    std::int32_t* held = counts.held.data();
    for (std::size_t c = 0; c < rising_count_; ++c) {
      std::uint16_t& state = slot.states[rising_[c]];
      --held[state];
      ++held[++state];
    }
  }

  void choose(const BlockSlot& slot, const std::uint32_t* offset, BlockCounts& counts) {
    const AgentTables& tables = *slot.tables;
    const std::size_t J = tables.providers, stages = tables.states.stage_count();
    const std::uint64_t *cumulative = tables.cumulative.data(), *rises = tables.rises.data();
    const std::uint32_t* row = tables.row.data();
    const std::uint16_t* provider = tables.provider.data();
    std::uint16_t* states = slot.states;
    std::int32_t *held = counts.held.data(), *taken = counts.taken.data();
    const std::uint32_t *words = words_.data(), *acting = acting_.data();
    draw_words(slot.destination, 2 * acting_count_, words_.data());
    for (std::size_t n = 0; n < acting_count_; ++n) {
      const std::uint32_t i = acting[n];
      const std::size_t state = states[i], from = provider[state];
      const std::uint64_t* ends = cumulative + row[offset[i]];
      std::size_t to = 0;
      for (std::size_t j = 0; j + 1 < J; ++j) to += words[2 * n] >= ends[j];
      const std::size_t kept = state + (words[2 * n + 1] < rises[state]);
      const std::size_t keeps = to == from, next = to * stages + (kept - to * stages) * keeps;
      states[i] = static_cast<std::uint16_t>(next);
      --held[state];
      ++held[next];
      ++taken[from * J + to];
    }
  }

  std::vector<std::vector<std::uint32_t>> offset_;  // [slot][customer]
  std::vector<BlockCounts> counts_;                 // [slot]
  std::vector<std::uint32_t> words_, candidates_, acting_, rising_;
  std::size_t acting_count_ = 0, rising_count_ = 0;
};

}  // namespace lockin::detail
