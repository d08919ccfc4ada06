#pragma once

#include <cstddef>
#include <vector>

#include "engine/detail/mean_field_runs.hpp"
#include "lockin/market/slot_state.hpp"

namespace lockin::detail {

/// Where joint counts over the states of tied slots stand: in blocks, one for each stage of each slot (row-major), that hold
/// all incumbents of all slots, so that what happens at a stage is one long run. A place of a block is the slots'
/// incumbents, row-major, *none* the last; the incumbents of the last slot are padded to whole vectors, with counts of 0.
struct MeanFieldLayout {
  /// A slot among them.
  struct Axis {
    SlotStates states;
    std::size_t stride = 0;              ///< from an incumbent to the next within a block
    std::size_t block_stride = 0;        ///< from a stage to the next, in blocks
    std::vector<std::size_t> at;         ///< by state: its share of the place among all blocks
    std::vector<std::size_t> incumbent;  ///< by place; J is *none*, J + 1 is padding
  };

  /// @param slots at least one, of the same providers
  explicit MeanFieldLayout(const std::vector<SlotStates>& slots);

  std::vector<Axis> axes;  ///< by slot
  /// Where runs of a block begin that lie a slot's stride apart, by the slots before it that are at one incumbent:
  /// [bits of those * slots + slot].
  std::vector<std::vector<std::size_t>> starts;
  Numbers others;  ///< [incumbent][width]: 0 at the incumbent, else 1
  std::size_t providers = 0;
  std::size_t width = 0;               ///< incumbents of the last slot, padded
  std::size_t places = 1, blocks = 1;  ///< places of a block, number of blocks
  std::size_t none = 0;                ///< place of customers without any incumbent

  /// Numbers in a table of all blocks.
  [[nodiscard]] std::size_t size() const { return blocks * places; }
  /// The place among all blocks of each joint state, states row-major.
  [[nodiscard]] std::vector<std::size_t> joint_places() const;
};

}  // namespace lockin::detail
