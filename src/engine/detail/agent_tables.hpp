#pragma once

#include <cstdint>
#include <vector>

#include "lockin/choice/transition_kernel.hpp"

namespace lockin::detail {

/// A move of the period as the loop needs it.
struct AgentMove {
  std::size_t from = 0, to = 0;
  std::uint64_t share = 0;  ///< in units of 2^-32
  bool keep_stage = false;
};

/// The kernel of one slot as integers, for the loop over customers. Offsets run over [context][state], one state more
/// than the kernel has: the place of a customer that has left, where nothing ever happens.
struct AgentTables {
  /// u < act: acts; act <= u < event: rises a stage; else nothing, for u of 40 bits.
  struct Threshold {
    std::uint64_t act = 0, event = 0;
  };
  /// What a slot that acts looks up at its offset.
  struct Choice {
    std::uint64_t rise_end = 0;  ///< a word that keeps the provider and is below: rises a stage
    std::uint32_t row = 0;       ///< place in `cumulative`, counted in rows
    std::uint32_t provider = 0;  ///< the incumbent; J for *none*
  };
  SlotStates states;
  std::size_t stride = 0;  ///< states + 1
  std::size_t providers = 0;
  bool narrow = false;               ///< offsets and what they are made of fit in bytes
  std::vector<Threshold> threshold;  ///< [offset]
  std::vector<std::uint8_t> act_byte,
      event_byte;  ///< [offset] their top bytes; 255 too where the probability is 1
  std::vector<std::uint64_t>
      cumulative;  ///< [row][provider] in units of 2^-32: the first c[j] above a word is its j
  std::vector<std::uint8_t>
      guide;                   ///< [row][top byte of a word] its provider; `search`: the byte leaves it open
  std::vector<Choice> choice;  ///< [offset]
  std::vector<std::uint16_t> provider;  ///< [state] J for *none*
  std::vector<std::vector<std::uint32_t>>
      context;  ///< [slot][state of it]: its part of the offset; empty: none
  std::vector<std::vector<std::uint8_t>> context_byte;  ///< the same where `narrow`
  std::vector<AgentMove> moves;

  /// @param others states of the type's slots, in order; @param all_moves those of the period, of all layers and segments
  void fill(const SlotKernel& kernel, const std::vector<SlotStates>& others, SegmentId segment,
            const std::vector<Market::Move>& all_moves);

  static constexpr std::uint8_t search = 255;
  /// The provider of a word of `destination`, 0 .. J - 1.
  [[nodiscard]] std::uint32_t destination(std::size_t row, std::uint32_t word) const {
    std::uint32_t to = 0;
    while (word >= cumulative[row * providers + to]) ++to;
    return to;
  }

 private:
  void fill_rows(const SlotKernel& kernel);
  void fill_provider(const SlotKernel& kernel, std::size_t context, std::size_t provider);
  void fill_context(const SlotKernel& kernel, const std::vector<SlotStates>& others);
};

}  // namespace lockin::detail
