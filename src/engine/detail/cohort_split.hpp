#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "lockin/engine/engine.hpp"
#include "random/binomial_lanes.hpp"

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

  /// Room that the split of a block takes, before any customer: joint counts by own stages and stages that leave, what is
  /// drawn of each, and those on their way to another provider.
  [[nodiscard]] static double bytes_of_a_block(const Market& market, const CustomerType& type,
                                               const std::vector<std::size_t>& slots);

  /// One period: all slots are read at t-1. Draws from a stream for each block of customers with the same incumbents.
  /// @param cells in rising order of keys, counts > 0; afterwards those of the end of the period
  /// @param tally of the slots of the type: flows are added, `held` of the group's slots counted anew
  void step(const Period& period, const CustomerType& type, const SlotGroup& group,
            std::vector<CohortCell>& cells, std::vector<SlotTally>& tally);

 private:
  // What the random numbers of a slot are for.
  struct Step {
    static constexpr std::size_t leave = 0, rise = 1, alone = 2, move = 3, destination = 1u << 15;
  };
  // What can become of a slot of a block: its own stages first, then whatever leaves, then moves of events.
  struct Fate {
    std::size_t state = 0;  // afterwards
    bool leaves = false;    // draws its destination when all slots have their fates
    std::uint32_t row = 0;  // for `leaves`: of its destinations
    std::uint64_t key = 0;  // part of the key afterwards; 0 for `leaves`
  };
  // Providers that can be taken by whoever leaves, none of which has no chance.
  struct Row {
    std::size_t first = 0, count = 0;  // in to_
  };
  struct Destination {
    double chance = 0;      // among those left
    double arrived = 0;     // customers
    std::uint64_t key = 0;  // part of the key
    std::size_t provider = 0;
  };
  struct Move {
    double share = 0;
    bool keep_stage = false;
    std::size_t fate = 0;  // of stage 0, or of the first stage
  };
  // A slot of a block.
  struct Axis {
    std::size_t incumbent = 0, own = 0;  // provider or J; states
    std::size_t first_leaving = 0;       // fate; one for all stages, or one a stage
    bool leaving_by_stage = false;
    double rise = 0;            // chance of a stage but the last
    std::vector<double> leave;  // chance by stage
    std::vector<Move> moves;
    std::vector<Fate> fates;
    std::vector<double> count;  // [fate] customers
    std::size_t first_row = 0, past_row = 0;
  };
  // Customers with the same incumbents.
  struct Block {
    std::uint64_t key = 0;            // of its stream
    std::size_t lane = 0, lanes = 0;  // its joint counts
    double customers = 0;
    std::uint64_t next_place = 0;  // in its stream
  };
  // Customers of one fate each who leave their provider in some slots.
  struct Leaving {
    double count = 0;
    std::uint64_t key = 0;              // afterwards, but for the slots that still leave
    std::uint32_t block = 0, fate = 0;  // place of the fates among those of the block
    std::uint32_t row = 0;              // of the destinations of the slot that is next
    bool others = false;                // whether later slots leave, too
  };

  void add_block(const Period& period, const CustomerType& type, const SlotGroup& group,
                 std::span<const CohortCell> cells);
  void split_blocks(const SlotGroup& group, std::vector<SlotTally>& tally);
  void set_axis(Axis& axis, const Period& period, const CustomerType& type, const SlotGroup& group,
                std::size_t i);
  void add_row(const SlotGroup& group, std::size_t i, double away);
  [[nodiscard]] LaneStreams streams(std::size_t i, std::size_t step) const;
  void make_room(std::size_t lanes);
  void transform(std::size_t i);
  void place(std::size_t i, std::size_t at, std::size_t first_leaving, const Leaving& leaving);
  void leave(std::size_t i, const Leaving& leaving);
  void spread_alone(std::size_t i);
  void spread(std::size_t i);
  void arrive(std::size_t i, const Leaving& leaving, std::size_t at, double count);
  void count_slot(const Axis& axis, SlotTally& slot) const;
  void add(std::uint64_t key, double count);
  void collect(const SlotGroup& group, std::vector<CohortCell>& cells);
  [[nodiscard]] Axis& axis(std::size_t b, std::size_t i) { return axes_[b * slots_ + i]; }

  std::size_t slots_ = 0, providers_ = 0;
  std::vector<std::size_t> incumbents_;
  std::vector<Block> blocks_;  // that are split together
  std::vector<Axis> axes_;     // [block][slot]
  std::vector<Row> rows_;      // of all axes
  std::vector<Destination> to_;
  std::vector<double> up_to_;  // as to_: chance that it is this destination of its row or an earlier one
  std::vector<double> weights_, chances_;
  Philox::Counter counter_{};  // of the period
  // A lane is a joint count, or customers who leave: what is drawn of them, and where from.
  std::vector<double> value_, other_, chance_, hits_, first_, second_;
  std::vector<std::uint64_t> key_, place_;
  std::vector<std::vector<Leaving>> leaving_, alone_;  // [slot] that is next; `alone_` draw one by one
  std::vector<std::uint32_t> open_;                    // of `leaving_`: who have destinations left
  bool dense_ = true;
  std::vector<double> by_key_;    // next counts, where all keys fit
  std::vector<CohortCell> list_;  // and where they do not
};

}  // namespace lockin::detail
