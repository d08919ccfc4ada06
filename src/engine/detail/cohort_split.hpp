#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/detail/word_stream.hpp"
#include "lockin/engine/engine.hpp"
#include "random/binomial_tables.hpp"

namespace lockin::detail {

/// Slots of a type that are followed jointly, and how their joint states are numbered: `key` is the incumbents of the
/// slots (J is *none*) in mixed radix, the first slot highest, then their stages.
struct SlotGroup {
  std::vector<std::size_t> slots;  ///< of the type
  std::vector<SlotStates> states;  ///< of each
  std::vector<CellId> cells;       ///< identity of each slot
  std::vector<std::uint64_t> block_stride, stage_stride;
  std::uint64_t stages = 1;  ///< keys of one block: of customers with the same incumbents
  std::uint64_t keys = 1;    ///< all keys

  SlotGroup(const Market& market, const CustomerType& type, std::vector<std::size_t> slots);
  /// Part of a key that the state of one slot of the group makes up.
  [[nodiscard]] std::uint64_t key_of(std::size_t i, std::size_t state) const {
    return block_stride[i] * states[i].provider(state) + stage_stride[i] * states[i].stage(state);
  }
  /// State of one slot of the group in a key.
  [[nodiscard]] std::size_t state_of(std::size_t i, std::uint64_t key) const;
  /// How many keys there are, as a number that cannot overflow.
  [[nodiscard]] static double key_count(const Market& market, const CustomerType& type,
                                        const std::vector<std::size_t>& slots);
};

/// So many customers of a type in the joint state `key`.
struct CohortCell {
  std::uint64_t key = 0, count = 0;
};

/// Puts cells in rising order of keys, each key once.
void put_in_order(std::vector<CohortCell>& cells);

/// Splits the customers of a group over what they do in a period, exactly. Room is kept from call to call.
class CohortSplit {
 public:
  /// What a split reads besides the cells.
  struct Period {
    const Market& market;
    const TransitionKernel& kernel;
    const StepKey& key;
    std::span<const CellId> providers;  ///< identity of each provider; after the last: of *none*
  };

  /// Room that the split of a block takes, before any customer: twice the joint counts by own stages and stages that leave.
  [[nodiscard]] static double bytes_of_a_block(const Market& market, const CustomerType& type,
                                               const std::vector<std::size_t>& slots);

  /// One period: all slots are read at t-1. Draws from a stream for each block of customers with the same incumbents.
  /// @param cells in rising order of keys, counts > 0; afterwards those of the end of the period
  /// @param tally of the slots of the type: flows are added, `held` of the group's slots counted anew
  void step(const Period& period, const CustomerType& type, const SlotGroup& group,
            std::vector<CohortCell>& cells, std::vector<SlotTally>& tally);

 private:
  // What can become of a slot of a block: its own stages first, then whatever leaves, then moves of events.
  struct Fate {
    std::size_t state = 0;  // afterwards; for `leaves`: place of its destinations in `to`
    bool leaves = false;    // draws its destination when all slots have their fates
    std::uint64_t key = 0;  // part of the key afterwards; 0 for `leaves`
  };
  struct Move {
    Chance share{0};
    bool keep_stage = false;
    std::size_t fate = 0;  // of stage 0, or of the first stage
  };
  struct Axis {
    std::size_t incumbent = 0, own = 0, top = 0;  // provider or J; states; last stage, 0 for *none*
    std::size_t first_leaving = 0;                // fate; one for all stages, or one a stage
    bool leaving_by_stage = false;
    BinomialTables* rises = nullptr;
    std::vector<Chance> leave;  // by stage
    std::vector<Move> moves;
    std::vector<Fate> fates;
    // [leaving fate][provider], without the incumbent: among those left, and at this provider or an earlier one.
    std::vector<Chance> to;
    std::vector<double> up_to;
    std::uint64_t stride = 0;            // of the key: from a provider to the next
    std::size_t chosen = 0;              // fate that is being placed
    std::vector<std::uint64_t> count;    // [fate] customers
    std::vector<std::uint64_t> arrived;  // [provider] customers who left their incumbent for it
  };

  void split_block(const Period& period, const CustomerType& type, const SlotGroup& group,
                   std::span<const CohortCell> block, std::vector<SlotTally>& tally);
  void set_axis(Axis& axis, const Period& period, const CustomerType& type, const SlotGroup& group,
                std::size_t i);
  void transform(std::size_t i);
  void draw_destinations(const Axis& axis, std::size_t fate, std::uint64_t count,
                         std::span<std::uint64_t> to);
  void place(std::size_t i, std::size_t at, std::uint64_t key);
  void spread(std::size_t i, std::uint64_t key, std::uint64_t count);
  void count_slot(const Axis& axis, SlotTally& slot) const;
  void add(std::uint64_t key, std::uint64_t count);
  void collect(const SlotGroup& group, std::vector<CohortCell>& cells);

  WordStream words_;
  std::vector<BinomialTables> rises_;  // [layer] of rising a stage: one chance for most customers of a run
  std::vector<std::size_t> incumbents_;
  std::vector<Axis> axes_;
  std::vector<std::size_t> extent_;
  std::vector<std::uint64_t> value_, other_;  // joint counts while one slot after the other gets its fate
  std::vector<double> weights_;
  std::vector<std::vector<std::uint64_t>> to_;  // [slot][provider]: room for destinations
  bool dense_ = true;
  std::vector<std::uint64_t> by_key_;  // next counts, where all keys fit
  std::vector<CohortCell> list_;       // and where they do not
};

}  // namespace lockin::detail
