#include "engine/detail/agent_tables.hpp"

#include <algorithm>
#include <cmath>

#include "engine/detail/lanes.hpp"

namespace lockin::detail {
namespace {

// 255 where the threshold is 2^40.
void top_bytes(const std::uint64_t* thresholds, std::size_t n, std::uint8_t* top) {
  for (std::size_t i = 0; i < n; ++i)
    top[i] = static_cast<std::uint8_t>((thresholds[i] - (thresholds[i] >> 40)) >> 32);
}

std::size_t whole_vectors(std::size_t entries) { return (entries + 15) / 16 * 16; }

}  // namespace

void AgentTables::lay_out(const SlotKernel& kernel, const std::vector<SlotStates>& others) {
  states = kernel.states;
  const std::size_t J = states.providers();
  stride = states.size() + 1;
  providers = J;
  provider.resize(states.size());
  for (std::size_t state = 0; state < states.size(); ++state)
    provider[state] = static_cast<std::uint16_t>(states.provider(state));
  act_at_.resize(states.size());
  for (std::size_t state = 0; state < states.size(); ++state)
    act_at_[state] =
        static_cast<std::uint32_t>(kernel.act_index(0, states.stage(state)) + states.provider(state));

  const std::size_t offsets = kernel.contexts * stride;
  row_per_state_ = kernel.row_per_state != 0;
  of_context_ = row_per_state_ ? states.size() : J + 1;
  move.assign(offsets, 0);
  event.assign(offsets, 0);
  move_byte.assign(whole_vectors(offsets), 0);
  event_byte.assign(whole_vectors(offsets), 0);
  others_.resize(kernel.contexts * of_context_);
  share_.resize(of_context_);
  rises_.resize(states.size());
  for (std::size_t state = 0; state < states.none(); ++state)
    rises_[state] = states.stage(state) + 1 < states.stage_count() ? 1 : 0;
  advance_.resize(states.size());
  row_of.assign(offsets, 0);
  for (std::size_t c = 0; c < kernel.contexts; ++c)
    for (std::size_t state = 0; state < states.size(); ++state)
      row_of[c * stride + state] =
          static_cast<std::uint32_t>(c * of_context_ + (row_per_state_ ? state : provider[state]));

  narrow = offsets <= most_bytes;
  context.resize(others.size());
  for (std::size_t k = 0; k < others.size(); ++k) {
    if (kernel.context_stride[k] == 0) continue;
    narrow = narrow && others[k].left() < most_bytes;
    for (std::size_t state = 0; state <= others[k].left(); ++state)
      context[k].push_back(
          static_cast<std::uint32_t>(kernel.context_stride[k] * others[k].provider(state) * stride));
  }
  if (!narrow) return;
  rows = whole_vectors(others_.size());
  limit.assign(rows * J, 0);
  limit_byte.assign(rows * J, 0);
  row_of_byte.assign(row_of.begin(), row_of.end());
  context_byte.resize(others.size());
  for (std::size_t k = 0; k < others.size(); ++k) {
    context_byte[k].assign(context[k].begin(), context[k].end());
    context_byte[k].resize(whole_vectors(context[k].size()));
  }
}

void AgentTables::fill(const SlotKernel& kernel, SegmentId segment,
                       const std::vector<Market::Move>& all_moves) {
  for (std::size_t state = 0; state < states.size(); ++state)
    advance_[state] = rises_[state] * kernel.advance;
  kernel_rows_ = kernel.rows.data();
  for (std::size_t c = 0; c < kernel.contexts; ++c) {
    if (row_per_state_)
      fill_rows<true>(kernel, c);
    else
      fill_rows<false>(kernel, c);
    fill_states(kernel, c);
  }
  top_bytes(move.data(), move.size(), move_byte.data());
  top_bytes(event.data(), event.size(), event_byte.data());
  top_bytes(limit.data(), limit.size(), limit_byte.data());
  moves.clear();
  for (const Market::Move& of : all_moves)
    if (of.layer == kernel.layer && (!of.segment || *of.segment == segment))
      moves.push_back({of.from.index(), of.to.index(),
                       static_cast<std::uint64_t>(std::llround(of.share * 0x1p32)), of.keep_stage});
}

// The rows of a context without the incumbent: one for each provider that may hold the slot (the last: nobody), or, where
// the kernel has one for each state, for each state. Rows lie side by side, so that loops over them go in vectors.
template <bool row_per_state>
void AgentTables::fill_rows(const SlotKernel& kernel, std::size_t c) {
  const std::size_t J = providers, n = of_context_;
  const double* source = kernel.row(c, 0).data();
  double *others = others_.data() + c * n, *share = share_.data();
  const auto add = [&](std::size_t j, double* sums) {
    for (std::size_t r = 0; r < n; ++r) {
      const std::size_t x = row_per_state ? provider[r] : r;
      sums[r] += x == j ? 0.0 : source[row_per_state ? r * J + j : j];
    }
  };
  std::fill_n(others, n, 0.0);
  for (std::size_t j = 0; j < J; ++j) add(j, others);
  if (!narrow) return;
  std::fill_n(share, n, 0.0);
  for (std::size_t j = 0; j < J; ++j) {
    add(j, share);
    std::uint64_t* limits = limit.data() + j * rows + c * n;
    // The last quotient of those that somebody takes is 1: rounding leaves no gap.
    for (std::size_t r = 0; r < n; ++r) limits[r] = in_units(others[r] > 0 ? share[r] / others[r] : 1.0);
  }
}

void AgentTables::fill_states(const SlotKernel& kernel, std::size_t c) {
  const double* act = kernel.act_table.data() + kernel.act_index(c, 0);
  const std::uint32_t* act_at = act_at_.data();
  const std::uint32_t* row = row_of.data() + c * stride;
  std::uint64_t *moves_below = move.data() + c * stride, *events_below = event.data() + c * stride;
  for (std::size_t state = 0; state < states.size(); ++state) {
    const double moving = std::min(1.0, act[act_at[state]] * others_[row[state]]);
    moves_below[state] = in_units(moving);
    events_below[state] = in_units(moving + (1 - moving) * advance_[state]);
  }
}

}  // namespace lockin::detail
