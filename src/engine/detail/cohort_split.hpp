#pragma once

#include <array>
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
/// @param cells counts > 0
/// @param keys more than all keys
void put_in_order(std::vector<CohortCell>& cells, std::uint64_t keys);

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
  // What random numbers are for.
  struct Step {
    static constexpr std::size_t leave = 0, rise = 1, alone = 2, move = 3, destination = 1u << 15;
  };
  // The cells of a block: customers with the same incumbents.
  struct Range {
    std::uint64_t shape = 0;
    std::size_t first = 0, last = 0;
  };
  struct Move {
    double share = 0;
    bool keep_stage = false;
    std::size_t fate = 0;  // of stage 0, or of the only stage
    std::size_t to = 0;    // provider
  };
  // A slot of the blocks of a shape. What can become of it, its fates: its own stages first, then whatever leaves (one for all
  // stages, or one for each) and draws its destination when all slots have their fates, then moves of events.
  struct Axis {
    std::size_t own = 0, leaving = 0, fates = 0;  // how many
    double rise = 0;                              // chance of a stage but the last
    std::vector<Move> moves;
    std::vector<std::size_t> incumbent;  // [block] provider or J
    std::vector<std::uint64_t> key;      // [block] part of the key, but for the stage
    std::vector<double> leave;           // [stage][block] chance
    std::vector<std::uint32_t> row;      // [leaving fate][block] of its destinations
    std::vector<double> count;           // [fate][block] customers
  };
  // Where joint counts are, those that may rise before the others: lanes of joint state or fates number `joint`, block by block.
  struct Layout {
    std::size_t rising = 0;                       // joint numbers
    std::size_t first_rising = 0, first_top = 0;  // lanes
    std::size_t blocks = 0;

    [[nodiscard]] std::size_t lane(std::size_t joint) const {
      return joint < rising ? first_rising + joint * blocks : first_top + (joint - rising) * blocks;
    }
  };
  // Blocks with the same fates in all slots, which are split together.
  struct Shape {
    std::vector<Axis> axes;  // [slot]
    std::size_t first_block = 0, blocks = 0;
    // How many joint states or fates: the slot that is next varies slowest.
    std::size_t joint = 0;
    Layout at, next;  // of value_, and of other_
  };
  struct Block {
    double customers = 0;
    std::uint32_t shape = 0;
    std::uint64_t next_alone = 0, next_together = 0;  // places in its stream
  };
  // Providers that can be taken by whoever leaves one in a context, none of which has no chance.
  struct Row {
    std::uint32_t slot = 0, count = 0;  // of the group; destinations
    std::size_t incumbent = 0;
    double away = 0;  // chance to take one of them
    double few = 0;   // so many customers draw one by one
  };
  struct Destination {
    std::uint64_t key = 0;  // part of the key
    double arrived = 0;     // customers
  };
  // Customers of one fate each who leave their provider in some slots.
  struct Leaving {
    double count = 0;
    std::uint64_t key = 0;  // afterwards, but for the slots that still leave
    std::uint32_t block = 0;
    std::uint32_t row = 0;    // destinations of the slot that is next
    std::uint32_t later = 0;  // in later_, or `none_later`
  };
  // A slot that leaves after another of the same customers, by which of its leaving fates, and what comes after it.
  struct Later {
    std::uint32_t slot = 0, leaving = 0, later = 0;
  };

  void find_blocks(const Period& period, const CustomerType& type, const SlotGroup& group,
                   std::span<const CohortCell> cells);
  [[nodiscard]] std::size_t add_shape(const Period& period, const CustomerType& type, const SlotGroup& group,
                                      std::span<const CohortCell> cells, std::size_t range,
                                      std::size_t lanes);
  void add_block(const Period& period, const CustomerType& type, const SlotGroup& group,
                 std::span<const CohortCell> cells, Shape& shape, std::size_t b);
  std::uint32_t add_row(const SlotKernel& kernel, const SlotGroup& group, std::size_t i, std::size_t context,
                        std::size_t state);
  void split(const Period& period, const CustomerType& type, const SlotGroup& group,
             std::span<const CohortCell> cells, std::span<const Range> ranges, std::vector<SlotTally>& tally);
  void lay_out(std::size_t i);
  void transform(std::size_t i);
  [[nodiscard]] LaneStreams streams(std::size_t i, std::size_t step) const;
  void make_room(std::size_t lanes);
  void place(const SlotGroup& group, const Shape& shape);
  void list(const Shape& shape, std::size_t joint, std::uint64_t key, const Later& first);
  void spread_alone(std::size_t round);
  void spread(std::size_t round);
  void arrive(std::size_t round, const Leaving& leaving, std::size_t at, double count);
  void count_fates(const SlotGroup& group, const Shape& shape, std::vector<SlotTally>& tally) const;
  void count_arrivals(const SlotGroup& group, std::vector<SlotTally>& tally);
  void add(std::uint64_t key, double count);
  void collect(const SlotGroup& group, std::vector<CohortCell>& cells);

  static constexpr std::uint32_t no_row = ~std::uint32_t{0}, none_later = no_row;

  std::size_t slots_ = 0, providers_ = 0;
  std::vector<std::size_t> shape_of_;  // [slot][provider or none]: those of one number have the same fates
  std::vector<Range> ranges_;
  std::vector<Shape> shapes_;  // that are split together, the first `used_`
  std::size_t used_ = 0;
  std::vector<Block> blocks_;             // of all of them
  std::vector<std::uint64_t> block_key_;  // of their streams
  // Destinations, so long as they are kept: `width_` places a row, a power of 2.
  std::size_t width_ = 1;
  std::vector<std::vector<std::uint32_t>> row_of_;  // [slot][context, state]: row, or `no_row`
  std::vector<Row> rows_;
  std::vector<Destination> to_;          // [row][destination]
  std::vector<std::uint32_t> provider_;  // as to_
  std::vector<double> chance_of_;        // as to_: among those left
  std::vector<double> up_to_;            // as to_: chance of this one or one before
  std::vector<double> weights_, chances_;
  Philox::Counter counter_{};  // of the period
  // A lane is a joint count, or customers who leave: what is drawn of them, and where from.
  std::size_t lanes_ = 0, rising_lanes_ = 0;
  std::vector<double> value_, other_, chance_, hits_, uniform_;
  std::vector<std::uint64_t> key_, place_, row_key_;
  std::vector<Later> later_;
  // Who is to draw a destination next, one by one or together; [1] and [0] in turns: for another slot of the same customers.
  std::array<std::vector<Leaving>, 2> alone_, together_;
  std::vector<std::uint64_t> taken_;  // two customers a lane: place in to_
  std::vector<double> second_;        // by lane: 1 if there is a second customer
  std::vector<std::uint32_t> who_;    // by lane: theirs among the leavers
  std::vector<std::size_t> row_;      // by lane: where its destinations begin
  bool dense_ = true;
  std::vector<double> by_key_;    // next counts, where all keys fit
  std::vector<CohortCell> list_;  // and where they do not
};

}  // namespace lockin::detail
