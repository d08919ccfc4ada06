#pragma once

#include <bit>
#include <cstdint>
#include <vector>

#include "engine/detail/lanes.hpp"
#include "lockin/choice/transition_kernel.hpp"

namespace lockin::detail {

/// A move of the period as the loop needs it.
struct AgentMove {
  std::size_t from = 0, to = 0;
  std::uint64_t share = 0;  ///< in units of 2^-32
  bool keep_stage = false;
};

/// The kernel of one slot as integers, for the loop over customers: who acts and draws the incumbent again does nothing,
/// so a place *moves* with probability act * (1 - row[x]), then to the others in proportion to the row. Offsets run over
/// [context][state], one state more than the kernel has: the place of a customer that has left, where nothing ever
/// happens. Probabilities are in units of 2^-40; their top bytes decide nearly always.
struct AgentTables {
  // From the first period on, as the market lays them out.
  SlotStates states;
  std::size_t stride = 0;  ///< states + 1
  std::size_t providers = 0;
  bool narrow = false;                    ///< offsets and what they are made of fit in bytes
  std::vector<std::uint16_t> provider;    ///< [state] J for *none*
  std::vector<std::uint32_t> row_of;      ///< [offset] the kernel's row without the incumbent
  std::vector<std::uint8_t> row_of_byte;  ///< the same where `narrow`
  std::vector<std::vector<std::uint32_t>>
      context;  ///< [slot][state of it]: its part of the offset; empty: none
  std::vector<std::vector<std::uint8_t>> context_byte;  ///< the same where `narrow`

  // Of a period. u < move: moves; move <= u < event: rises a stage; else nothing, for u of 40 bits.
  std::vector<std::uint64_t> move, event;  ///< [offset]
  std::vector<std::uint8_t> move_byte,
      event_byte;  ///< [offset] top bytes; 255 too where the probability is 1
  // Where `narrow`. Others have many rows of which few are asked for: see `search`.
  std::size_t rows = 0;                  ///< up to whole vectors
  std::vector<std::uint64_t> limit;      ///< [provider][row]: the first above a word is where it goes
  std::vector<std::uint8_t> limit_byte;  ///< [provider][row] top bytes
  std::vector<AgentMove> moves;

  /// @param others states of the type's slots, in order
  void lay_out(const SlotKernel& kernel, const std::vector<SlotStates>& others);
  /// @param all_moves those of the period, of all layers and segments
  void fill(const SlotKernel& kernel, SegmentId segment, const std::vector<Market::Move>& all_moves);

  /// The limits of all but the last provider as `choose` reads them.
  [[nodiscard]] LimitTable limits() const { return {limit_byte.data(), rows, providers - 1}; }
  /// The provider of a word of 40 bits, 0 .. J - 1.
  /// @param more gives the other 32 bits, where the top byte leaves the provider open
  template <class More>
  [[nodiscard]] std::uint16_t destination(std::size_t row, std::uint8_t top, const More& more) const {
    const std::uint64_t first = std::uint64_t{top} << 32, past = first + (std::uint64_t{1} << 32);
    std::uint16_t to = 0;
    while (first >= limit[to * rows + row]) ++to;
    if (past <= limit[to * rows + row]) return to;
    const std::uint64_t word = first | more();
    while (word >= limit[to * rows + row]) ++to;
    return to;
  }

  /// The same from the kernel's row, where there are no limits.
  template <class More>
  [[nodiscard]] std::uint16_t search(std::size_t row, std::uint8_t top, const More& more) const {
    const std::size_t in_context = row % of_context_;
    const std::size_t incumbent = row_per_state_ ? provider[in_context] : in_context;
    const double *p = kernel_rows_ + (row_per_state_ ? row : row / of_context_) * providers,
                 others = others_[row];
    std::uint16_t to = 0;
    double share = incumbent == 0 ? 0 : p[0];
    std::uint64_t limit_here = 0;
    const auto next = [&] {
      ++to;
      share += incumbent == to ? 0 : p[to];
    };
    const auto pass = [&](std::uint64_t word) {
      // Below this a limit, however it is rounded, is not above the word: no division to see it.
      const double surely = static_cast<double>(static_cast<std::int64_t>(word)) * 0x1p-40 * others;
      while (share < surely) next();
      while (word >= (limit_here = in_units(share / others))) next();
    };
    const std::uint64_t first = std::uint64_t{top} << 32, past = first + (std::uint64_t{1} << 32);
    pass(first);
    if (past > limit_here) pass(first | more());
    return to;
  }

 private:
  // In units of 2^-40, to the nearest: those are the last bits of numbers between 2^12 and 2^13.
  static std::uint64_t in_units(double probability) {
    const double inside = probability < 1 ? probability : 1.0;
    return std::bit_cast<std::uint64_t>(inside + 0x1p12) - std::bit_cast<std::uint64_t>(0x1p12);
  }

  template <bool row_per_state>
  void fill_rows(const SlotKernel& kernel, std::size_t context);
  void fill_states(const SlotKernel& kernel, std::size_t context);

  std::vector<std::uint32_t> act_at_;  // [state] its entry in the kernel's table of a context
  std::vector<double> rises_,          // [state] 1 where there is a next stage, else 0
      advance_;                        // [state] lambda or 0
  std::size_t of_context_ = 1;         // rows of a context
  bool row_per_state_ = false;         // of the kernel
  const double* kernel_rows_ = nullptr;
  std::vector<double> others_,  // [row] sum over all but the incumbent
      share_;                   // [row of a context] a part of it
};

}  // namespace lockin::detail
