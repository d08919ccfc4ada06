#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "engine/detail/mean_field_runs.hpp"
#include "lockin/market/slot_state.hpp"

namespace lockin::detail {

/// Where joint counts over the states of tied slots stand: in blocks, one for each stage of each slot (row-major), that hold
/// all incumbents of all slots, so that what happens at a stage is one long run. A place of a block is the slots'
/// incumbents, row-major, *none* the last; the incumbents of the last slot are padded to whole vectors, with counts of 0.
/// Of two slots that obey one law it does not matter which is which: where they are the first two, one place holds both
/// orders of their incumbents, with the customers named so that the first slot's incumbent is not the later provider.
struct MeanFieldLayout {
  /// A slot among them.
  struct Axis {
    SlotStates states;
    std::size_t stride = 0;  ///< from an incumbent to the next within a block; of a pair, numbers at each
    std::size_t block_stride = 0;  ///< from a stage to the next, in blocks
    std::vector<std::size_t>
        at;  ///< by state: its share of the place among all blocks; of a pair, by its stage
    std::vector<std::size_t> incumbent;    ///< by place; J is *none*, J + 1 is padding
    std::vector<std::size_t> first;        ///< by incumbent: the first place where the slot has it
    std::vector<IncumbentRun> incumbents;  ///< all places
  };

  /// @param slots at least one, of the same providers
  /// @param paired the first two obey one law; there are others
  explicit MeanFieldLayout(const std::vector<SlotStates>& slots, bool paired = false);

  std::vector<Axis> axes;  ///< by slot
  /// Where runs of a block begin that lie a slot's stride apart, by the slots before it that are at one incumbent:
  /// [bits of those * slots + slot]. A pair may neither be that slot nor at one incumbent.
  std::vector<std::vector<std::size_t>> starts;
  Numbers others;  ///< [incumbent][width]: 0 at the incumbent, else 1
  std::size_t providers = 0;
  std::size_t width = 0;               ///< incumbents of the last slot, padded
  std::size_t places = 1, blocks = 1;  ///< places of a block, number of blocks
  std::size_t none = 0;                ///< place of customers without any incumbent
  std::vector<std::size_t> pair_at;  ///< [incumbent][incumbent] of a pair: the first place; empty without one
  std::unique_ptr<MeanFieldLayout> square;  ///< the same slots without a pair; null without one

  /// Numbers in a table of all blocks.
  [[nodiscard]] std::size_t size() const { return blocks * places; }
  /// The place among all blocks of each joint state, states row-major.
  [[nodiscard]] std::vector<std::size_t> joint_places() const;
  /// What of the counts there belongs to each joint state: all, or a part if both orders of a pair stand there. By state,
  /// states row-major.
  [[nodiscard]] std::vector<double> joint(const Numbers& counts) const;

 private:
  [[nodiscard]] std::vector<std::size_t> pair_places() const;
};

}  // namespace lockin::detail
