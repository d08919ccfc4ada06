#include "engine/detail/agent_tables.hpp"

#include <algorithm>

#include "engine/detail/lanes.hpp"

namespace lockin::detail {
namespace {

constexpr std::uint64_t certain = std::uint64_t{1} << 40;

// To the nearest; llround costs a call each.
std::uint64_t in_units(double probability, double units) {
  const double scaled = std::min(1.0, std::max(0.0, probability)) * units;
  const auto below = static_cast<std::int64_t>(scaled);  // signed: one instruction each way
  return static_cast<std::uint64_t>(below + (scaled - static_cast<double>(below) >= 0.5 ? 1 : 0));
}

std::uint8_t top_byte(std::uint64_t threshold) {
  return static_cast<std::uint8_t>(std::min<std::uint64_t>(threshold >> 32, 255));
}

std::size_t whole_vectors(std::size_t entries) { return (entries + 15) / 16 * 16; }

}  // namespace

void AgentTables::fill(const SlotKernel& kernel, const std::vector<SlotStates>& others, SegmentId segment,
                       const std::vector<Market::Move>& all_moves) {
  states = kernel.states;
  const std::size_t J = states.providers();
  stride = states.size() + 1;
  providers = J;
  const std::size_t offsets = kernel.contexts * stride;
  threshold.assign(offsets, {});
  move_byte.assign(whole_vectors(offsets), 0);
  event_byte.assign(whole_vectors(offsets), 0);
  row_of.assign(offsets, 0);
  provider.resize(states.size());
  for (std::size_t state = 0; state < states.size(); ++state)
    provider[state] = static_cast<std::uint16_t>(states.provider(state));
  const std::size_t all_rows = kernel.contexts * (kernel.row_per_state == 0 ? J + 1 : states.size());
  rows = whole_vectors(all_rows);
  cumulative.resize(all_rows * J);
  limit_byte.assign(rows * (J - 1), 0);
  for (std::size_t c = 0; c < kernel.contexts; ++c)
    for (std::size_t x = 0; x <= J; ++x) fill_provider(kernel, c, x);
  fill_context(kernel, others);
  moves.clear();
  for (const Market::Move& move : all_moves)
    if (move.layer == kernel.layer && (!move.segment || *move.segment == segment))
      moves.push_back({move.from.index(), move.to.index(), in_units(move.share, 0x1p32), move.keep_stage});
}

// The states of a slot that provider x holds, or J: nobody. They share a row, but for families with one for each state.
void AgentTables::fill_provider(const SlotKernel& kernel, std::size_t c, std::size_t x) {
  const std::size_t J = providers, stages = x == J ? 1 : states.stage_count();
  const std::size_t first = x == J ? states.none() : states.held(x, 0), offset = c * stride + first;
  const double* act = kernel.act_table.data() + c * states.size() + first;
  double others = 0;
  for (std::size_t d = 0; d < stages; ++d) {
    if (d == 0 || kernel.row_per_state != 0) {
      const std::span<const double> row = kernel.row(c, first + d);
      others = 0;
      for (std::size_t j = 0; j < J; ++j) others += j == x ? 0 : row[j];
      row_of[offset + d] = static_cast<std::uint32_t>(
          kernel.row_per_state == 0 ? c * (J + 1) + x : kernel.row_index(c, first + d));
      fill_row(row.data(), x, others, row_of[offset + d]);
    } else {
      row_of[offset + d] = row_of[offset];
    }
    const double move = act[d] * others;
    Threshold& t = threshold[offset + d];
    t.move = in_units(move, 0x1p40);
    t.event = d + 1 < stages ? in_units(move + (1 - move) * kernel.advance, 0x1p40) : t.move;
    move_byte[offset + d] = top_byte(t.move);
    event_byte[offset + d] = top_byte(t.event);
  }
}

// @param others the sum of the row without the incumbent
void AgentTables::fill_row(const double* row, std::size_t incumbent, double others, std::size_t at) {
  std::uint64_t* limit = cumulative.data() + at * providers;
  std::size_t last = 0;
  double sum = 0;
  for (std::size_t j = 0; j < providers; ++j) {
    const double p = j == incumbent ? 0 : row[j];
    if (p > 0) last = j;
    sum += p;
    limit[j] = others > 0 ? in_units(sum / others, 0x1p40) : 0;
  }
  for (std::size_t j = last; j < providers; ++j) limit[j] = certain;  // rounding leaves no gap at the end
  for (std::size_t j = 0; j + 1 < providers; ++j) limit_byte[j * rows + at] = top_byte(limit[j]);
}

void AgentTables::fill_context(const SlotKernel& kernel, const std::vector<SlotStates>& others) {
  narrow = kernel.contexts * stride <= most_bytes;
  context.resize(others.size());
  for (std::size_t k = 0; k < others.size(); ++k) {
    context[k].clear();
    if (kernel.context_stride[k] == 0) continue;
    narrow = narrow && others[k].left() < most_bytes;
    for (std::size_t state = 0; state <= others[k].left(); ++state)
      context[k].push_back(
          static_cast<std::uint32_t>(kernel.context_stride[k] * others[k].provider(state) * stride));
  }
  row_of_byte.assign(narrow ? row_of.size() : 0, 0);
  for (std::size_t i = 0; i < row_of_byte.size(); ++i) row_of_byte[i] = static_cast<std::uint8_t>(row_of[i]);
  context_byte.assign(narrow ? others.size() : 0, {});
  for (std::size_t k = 0; k < context_byte.size(); ++k) {
    context_byte[k].assign(context[k].begin(), context[k].end());
    context_byte[k].resize(whole_vectors(context[k].size()));
  }
}

}  // namespace lockin::detail
