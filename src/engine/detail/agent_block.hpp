#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/detail/agent_tables.hpp"
#include "lockin/random/philox.hpp"

// The hot loop, alone in its file: measure the impact of changes (`./dev bench`).
namespace lockin::detail {

/// What happened to a slot in a block, added to the tally afterwards: whole numbers, so that order does not matter.
struct BlockCounts {
  std::vector<std::int64_t> held;     ///< [state] change
  std::vector<std::int64_t> moved;    ///< [from * J + to]
  std::vector<std::int64_t> adopted;  ///< [to]
};

/// A move of the period as the loop needs it.
struct AgentMove {
  std::size_t slot = 0;  ///< of the type
  std::size_t from = 0, to = 0;
  std::uint64_t share = 0;  ///< in units of 2^-32
  bool keep_stage = false;
};

/// A block of customers of one type: columns by slot, all read at t-1 before any is written.
struct Block {
  std::span<std::uint16_t* const> states;  ///< [slot] first customer of the block
  std::size_t size = 0;
  std::span<const AgentTables> tables;    ///< [slot]
  std::span<const SlotStates> numbering;  ///< [slot]
  std::span<const Philox> streams;        ///< [slot] 16 bits a customer: word i / 2, the low half first
  Philox detail;  ///< what is needed once something may happen, in order of customers and slots
  Philox coins;   ///< of moves, one word for each slot that `from` holds, the same order
  std::span<const AgentMove> moves;
  std::span<BlockCounts> counts;  ///< [slot]
};

/// What slot k does in `state`, given its row of thresholds. @return the state afterwards
inline std::uint16_t act(const AgentTables& tables, const SlotStates& states, std::size_t offset,
                         std::uint16_t state, std::uint32_t bits, Philox& detail, BlockCounts& counts) {
  const AgentTables::Threshold& threshold = tables.threshold[offset];
  const std::uint64_t low = static_cast<std::uint64_t>(bits) << 32;
  std::uint64_t u = low;
  // 32 bits more only where the first 16 leave it open.
  const auto open = [&](std::uint64_t limit) { return low < limit && low + 0xffffffffull >= limit; };
  if (open(threshold.act) || open(threshold.event)) u |= detail();
  if (u >= threshold.event) return state;
  std::uint16_t next = static_cast<std::uint16_t>(state + 1);
  if (u < threshold.act) {
    const std::uint64_t r = detail();
    const std::uint64_t* cumulative = tables.cumulative.data() + tables.row[offset];
    std::size_t to = 0;
    for (std::size_t j = 0; j < tables.providers; ++j) to += r >= cumulative[j];
    const std::size_t from = states.provider(state);
    if (to == from) {
      if (states.stage(state) + 1 >= states.stage_count() || detail() >= tables.advance) return state;
    } else {
      next = static_cast<std::uint16_t>(states.held(to, 0));
      if (from == states.providers())
        ++counts.adopted[to];
      else
        ++counts.moved[from * states.providers() + to];
    }
  }
  --counts.held[state];
  ++counts.held[next];
  return next;
}

/// True if an event moved the slot: it then does nothing else in the period.
inline bool moved(const Block& block, std::size_t k, std::uint16_t& state, Philox& coins) {
  const SlotStates& states = block.numbering[k];
  if (state >= states.none()) return false;
  for (const AgentMove& move : block.moves) {
    if (move.slot != k || states.provider(state) != move.from || coins() >= move.share) continue;
    const std::size_t stage = move.keep_stage ? states.stage(state) : 0;
    const auto next = static_cast<std::uint16_t>(states.held(move.to, stage));
    ++block.counts[k].moved[move.from * states.providers() + move.to];
    --block.counts[k].held[state];
    ++block.counts[k].held[next];
    state = next;
    return true;
  }
  return false;
}

/// One period of a block. `Slots`: the number of slots, 0 if it is known at run time only; `Moves`: whether events move slots.
template <std::size_t Slots, bool Moves>
void step_block(Block& block) {
  constexpr std::size_t most = 16;  // customers whose random bits come from two words of four at once
  const std::size_t slots = Slots > 0 ? Slots : block.states.size();
  std::vector<std::array<std::uint16_t, most>> bits(slots);
  std::vector<std::uint16_t> old(slots);
  for (std::size_t first = 0; first < block.size; first += most) {
    for (std::size_t k = 0; k < slots; ++k)
      for (std::uint32_t half = 0; half < 2; ++half) {
        const auto words = block.streams[k].block(static_cast<std::uint32_t>(first / 8) + half);
        for (std::size_t w = 0; w < 4; ++w) {
          bits[k][8 * half + 2 * w] = static_cast<std::uint16_t>(words[w]);
          bits[k][8 * half + 2 * w + 1] = static_cast<std::uint16_t>(words[w] >> 16);
        }
      }
    const std::size_t end = std::min(most, block.size - first);
    for (std::size_t i = 0; i < end; ++i) {
      for (std::size_t k = 0; k < slots; ++k) old[k] = block.states[k][first + i];
      for (std::size_t k = 0; k < slots; ++k) {
        const AgentTables& tables = block.tables[k];
        std::size_t offset = old[k];
        for (std::size_t other = 0; slots > 1 && other < slots; ++other)
          offset += tables.context[other][old[other]];
        if constexpr (Moves)
          if (moved(block, k, block.states[k][first + i], block.coins)) continue;
        if (bits[k][i] >= tables.candidate[offset]) continue;
        block.states[k][first + i] =
            act(tables, block.numbering[k], offset, old[k], bits[k][i], block.detail, block.counts[k]);
      }
    }
  }
}

}  // namespace lockin::detail
