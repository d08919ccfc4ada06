#pragma once

#include <array>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include "engine/detail/agent_tables.hpp"
#include "engine/detail/lanes.hpp"
#include "lockin/random/philox.hpp"

// The hot loop, alone in its file: measure the impact of changes (`./dev bench`).
//
// Every slot of a block of customers has its own four streams. What place i of the block does with u, 40 bits:
//   the top byte of u is byte i of `act` (byte i % 4 of word i / 4, the lowest first); who may have to know more, because
//   that byte is the top one of `move` or of `event` (255 if the threshold is 2^40), takes the next word of `resolve` as
//   the other 32 bits, in order of places
//   u < move: takes the next byte of `destination` as the top one of another 40 bits; first all whose byte of `act` was
//     enough, in order of places, then the others. The provider is the first j with word < limit[j]; who has to know
//     more, because a limit lies among the words with that byte, takes the next word of `resolve`, in the same order
//   move <= u < event: rises a stage
// Moves come first: a slot that `from` holds takes the next word of `move`, in order of places, then of moves, until one
// is below the share; it then has no event, as the place of a customer that has left.
namespace lockin::detail {

/// A slot of a block of customers of one type.
struct BlockSlot {
  std::uint16_t* states = nullptr;  ///< first customer of the block
  const AgentTables* tables = nullptr;
  Philox act{{}, {}}, resolve{{}, {}}, destination{{}, {}}, move{{}, {}};
};

/// What happened to a slot, block after block: whole numbers, so that order does not matter.
struct BlockCounts {
  std::vector<std::int64_t> held;   ///< [state] change
  std::vector<std::int64_t> taken;  ///< [from * J + to], from = J: adopted; to != from
};

/// Room for one block at a time, kept from block to block. No two share a cache line, of which threads would wait for each
/// other.
class alignas(64) BlockRoom {
 public:
  explicit BlockRoom(std::size_t block_size)
      : place_count_(block_size + lane_room),
        words_(place_count_),
        moving_(place_count_),
        risen_(place_count_),
        open_(place_count_),
        to_(place_count_),
        move_byte_(place_count_),
        event_byte_(place_count_),
        row_byte_(place_count_),
        to_byte_(place_count_),
        resolve_(resolve_count + lane_room) {}

  /// Room for what `step` takes.
  std::vector<BlockSlot>& slots() { return block_slots_; }

  /// Forgets what was counted; the slots to come are of one type.
  void start(std::span<const AgentTables> tables) {
    stepped_ = 0;
    slots_.resize(std::max(slots_.size(), tables.size()));
    for (std::size_t k = 0; k < tables.size(); ++k) {
      const std::size_t J = tables[k].providers;
      slots_[k].went.assign(tables[k].stride * J, 0);
      slots_[k].rose.assign(with_counters(tables[k].stride), 0);
      slots_[k].counts.held.assign(tables[k].states.size(), 0);
      slots_[k].counts.taken.assign((J + 1) * J, 0);
    }
  }

  /// One period of a block: all slots are read at t-1 before any is written.
  void step(std::span<const BlockSlot> slots, std::size_t size) {
    stepped_ += size;
    for (std::size_t k = 0; k < slots.size(); ++k)
      if (slots[k].tables->states.left() < most_bytes) {
        slots_[k].own.resize(place_count_);
        lockin::detail::narrow(slots[k].states, size, slots_[k].own.data());
      }
    for (std::size_t k = 0; k < slots.size(); ++k) {
      if (slots[k].tables->narrow)
        locate_bytes(slots, k, size);
      else
        locate_words(slots, k, size);
    }
    for (std::size_t k = 0; k < slots.size(); ++k) {
      if (slots[k].tables->narrow)
        step_slot(slots[k], slots_[k], slots_[k].offset_bytes, size);
      else
        step_slot(slots[k], slots_[k], slots_[k].offset.data(), size);
    }
  }

  /// More blocks might count to where 32 bits end: time to `count` and to `start` again.
  [[nodiscard]] bool full() const { return stepped_ >= std::size_t{1} << 30; }
  /// Counts what happened since `start`; once.
  void count(std::span<const AgentTables> tables) {
    for (std::size_t k = 0; k < tables.size(); ++k) count(k, tables[k]);
  }
  /// What happened to slot k between `start` and `count`.
  [[nodiscard]] const BlockCounts& counts(std::size_t k) const { return slots_[k].counts; }

 private:
  void count(std::size_t k, const AgentTables& tables) {
    const std::size_t J = tables.providers, stages = tables.states.stage_count(), none = tables.states.none();
    Slot& slot = slots_[k];
    std::int64_t *held = slot.counts.held.data(), *taken = slot.counts.taken.data();
    std::int32_t* went = slot.went.data();
    for (std::size_t from = 0; from <= J; ++from, taken += J) {
      const std::size_t first = from == J ? none : from * stages,
                        past = from == J ? none + 1 : first + stages;
      std::int32_t* sum = went;  // over stages
      for (std::size_t state = first; state < past; ++state, went += J) {
        std::int32_t left = 0;
        for (std::size_t to = 0; to < J; ++to) left += went[to];
        held[state] -= left;
        if (state > first)
          for (std::size_t to = 0; to < J; ++to) sum[to] += went[to];
      }
      for (std::size_t to = 0; to < J; ++to) {
        taken[to] += sum[to];
        held[to * stages] += sum[to];
      }
    }
    for (std::size_t state = 0; state < none; ++state) {
      const auto first = slot.rose.begin() + static_cast<std::ptrdiff_t>(state * counters);
      const std::int64_t rose = std::accumulate(first, first + counters, std::int64_t{0});
      held[state] -= rose;
      held[state + 1] += rose;  // nobody rises from the last stage
    }
  }

  struct Slot {
    std::vector<std::uint8_t> own, with_context;
    std::uint8_t* offset_bytes = nullptr;  // one of the two
    std::vector<std::uint32_t> offset;     // where tables are not narrow
    std::vector<std::int32_t> went;        // [state][to]
    std::vector<std::int64_t> rose;        // [state][counter]
    BlockCounts counts;
  };

  // Where in its tables each customer's slot stands.
  void locate_bytes(std::span<const BlockSlot> slots, std::size_t k, std::size_t size) {
    Slot& slot = slots_[k];
    slot.offset_bytes = slot.own.data();
    for (std::size_t other = 0; other < slots.size(); ++other) {
      const auto& part = slots[k].tables->context_byte[other];
      if (part.empty()) continue;
      slot.with_context.resize(place_count_);  // the others read `own`
      add_entries(part, slots_[other].own.data(), size, slot.offset_bytes, slot.with_context.data());
      slot.offset_bytes = slot.with_context.data();
    }
  }
  void locate_words(std::span<const BlockSlot> slots, std::size_t k, std::size_t size) {
    slots_[k].offset.resize(place_count_);
    std::uint32_t* offset = slots_[k].offset.data();
    const std::uint16_t* own = slots[k].states;
    for (std::size_t i = 0; i < size; ++i) offset[i] = own[i];
    for (std::size_t other = 0; other < slots.size(); ++other) {
      if (slots[k].tables->context[other].empty()) continue;
      const std::uint32_t* part = slots[k].tables->context[other].data();
      const std::uint16_t* states = slots[other].states;
      for (std::size_t i = 0; i < size; ++i) offset[i] += part[states[i]];
    }
  }

  template <class Offset>
  void step_slot(const BlockSlot& slot, Slot& room, Offset* offset, std::size_t size) {
    if (!slot.tables->moves.empty()) move(slot, room, offset, size);
    decide(slot, offset, size);
    count_states(risen_.data(), risen_count_, slot.tables->stride, room.rose.data());
    move_on(slot, room, offset);
  }

  // Moves of events. Who is moved stands afterwards where nothing happens.
  template <class Offset>
  void move(const BlockSlot& slot, Slot& room, Offset* offset, std::size_t size) {
    const AgentTables& tables = *slot.tables;
    Philox coins = slot.move;
    for (std::size_t i = 0; i < size; ++i) {
      const std::uint16_t state = slot.states[i];
      if (state >= tables.states.none()) continue;
      for (const AgentMove& move : tables.moves) {
        if (tables.provider[state] != move.from || coins() >= move.share) continue;
        slot.states[i] = static_cast<std::uint16_t>(
            tables.states.held(move.to, move.keep_stage ? tables.states.stage(state) : 0));
        --room.counts.held[state];
        ++room.counts.held[slot.states[i]];
        ++room.counts.taken[move.from * tables.providers + move.to];
        offset[i] = static_cast<Offset>(tables.states.left());
        break;
      }
    }
  }

  void bytes_of(const AgentTables& tables, const std::uint8_t* offset, std::size_t size) {
    look_up(tables.move_byte, tables.event_byte, offset, size, move_byte_.data(), event_byte_.data());
  }
  void bytes_of(const AgentTables& tables, const std::uint32_t* offset, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
      move_byte_[i] = tables.move_byte[offset[i]];
      event_byte_[i] = tables.event_byte[offset[i]];
    }
  }

  // Lists who moves and lets rise who rises; nothing here branches on chance.
  template <class Offset>
  void decide(const BlockSlot& slot, const Offset* offset, std::size_t size) {
    bytes_of(*slot.tables, offset, size);
    draw_words(slot.act, 0, (size + 3) / 4, words_.data());
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(words_.data());
    std::uint16_t *moving = moving_.data(), *risen = risen_.data();
    const Sifted sifted = sift(bytes, move_byte_.data(), event_byte_.data(), size, slot.states,
                               {.under = moving, .open = open_.data(), .risen = risen});
    moving_count_ = sifted.under;
    risen_count_ = sifted.risen;
    resolved_ = 0;
    const std::uint64_t *move = slot.tables->move.data(), *event = slot.tables->event.data();
    for (std::size_t c = 0; c < sifted.open; ++c) {
      const std::uint16_t i = open_[c];
      const std::uint64_t u = std::uint64_t{bytes[i]} << 32 | resolve(slot);
      const bool moves = u < move[offset[i]], rises = !moves & (u < event[offset[i]]);
      moving[moving_count_] = i;
      moving_count_ += static_cast<std::size_t>(moves);
      risen[risen_count_] = slot.states[i];
      risen_count_ += static_cast<std::size_t>(rises);
      slot.states[i] = static_cast<std::uint16_t>(slot.states[i] + rises);
    }
  }

  std::uint32_t resolve(const BlockSlot& slot) {
    if (resolved_ % resolve_count == 0) draw_words(slot.resolve, resolved_, resolve_count, resolve_.data());
    return resolve_[resolved_++ % resolve_count];
  }

  template <class Offset>
  void move_on(const BlockSlot& slot, Slot& room, const Offset* offset) {
    draw_words(slot.destination, 0, (moving_count_ + 3) / 4, words_.data());
    choose_providers(slot, offset);
    // Copies: a pointer in memory would be read again after every write to a state.
    const std::size_t count = moving_count_, J = slot.tables->providers,
                      stages = slot.tables->states.stage_count();
    const std::uint16_t* moving = moving_.data();
    const std::uint16_t* to = to_.data();
    std::uint16_t* states = slot.states;
    std::int32_t* went = room.went.data();
    for (std::size_t n = 0; n < count; ++n) {
      std::uint16_t& state = states[moving[n]];
      ++went[state * J + to[n]];
      state = static_cast<std::uint16_t>(to[n] * stages);
    }
  }

  // Where those go who move.
  void choose_providers(const BlockSlot& slot, const std::uint8_t* offset) {
    const AgentTables& tables = *slot.tables;
    const std::size_t count = moving_count_;
    const std::uint16_t* moving = moving_.data();
    const std::uint8_t* row_of = tables.row_of_byte.data();
    std::uint8_t *rows = row_byte_.data(), *to_bytes = to_byte_.data();
    for (std::size_t n = 0; n < count; ++n) rows[n] = row_of[offset[moving[n]]];
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(words_.data());
    const std::size_t open = choose(tables.limits(), rows, bytes, count, to_bytes, open_.data());
    std::uint16_t* to = to_.data();
    for (std::size_t n = 0; n < count; ++n) to[n] = to_bytes[n];
    for (std::size_t c = 0; c < open; ++c) {
      const std::size_t n = open_[c];
      to_[n] = tables.destination(rows[n], bytes[n], [&] { return resolve(slot); });
    }
  }
  void choose_providers(const BlockSlot& slot, const std::uint32_t* offset) {
    const AgentTables& tables = *slot.tables;
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(words_.data());
    for (std::size_t n = 0; n < moving_count_; ++n)
      to_[n] = tables.search(tables.row_of[offset[moving_[n]]], bytes[n], [&] { return resolve(slot); });
  }

  static constexpr std::size_t resolve_count = 32;

  std::size_t place_count_, stepped_ = 0;  // customers since `start`
  std::vector<BlockSlot> block_slots_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> words_;
  std::vector<std::uint16_t> moving_, risen_, open_, to_;
  std::vector<std::uint8_t> move_byte_, event_byte_, row_byte_, to_byte_;
  std::vector<std::uint32_t> resolve_;  // some words ahead
  std::size_t moving_count_ = 0, risen_count_ = 0, resolved_ = 0;
};

}  // namespace lockin::detail
