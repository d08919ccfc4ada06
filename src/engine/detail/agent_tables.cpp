#include "engine/detail/agent_tables.hpp"

#include <algorithm>

#include "engine/detail/lanes.hpp"

namespace lockin::detail {
namespace {

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
  act_byte.assign(whole_vectors(offsets), 0);
  event_byte.assign(whole_vectors(offsets), 0);
  choice.assign(offsets, {});
  provider.resize(states.size());
  for (std::size_t state = 0; state < states.size(); ++state)
    provider[state] = static_cast<std::uint16_t>(states.provider(state));
  fill_rows(kernel);
  for (std::size_t c = 0; c < kernel.contexts; ++c)
    for (std::size_t x = 0; x <= J; ++x) fill_provider(kernel, c, x);
  fill_context(kernel, others);
  moves.clear();
  for (const Market::Move& move : all_moves)
    if (move.layer == kernel.layer && (!move.segment || *move.segment == segment))
      moves.push_back({move.from.index(), move.to.index(), in_units(move.share, 0x1p32), move.keep_stage});
}

// The states of a slot that provider x holds, or J: nobody.
void AgentTables::fill_provider(const SlotKernel& kernel, std::size_t c, std::size_t x) {
  const std::size_t J = providers, stages = x == J ? 1 : states.stage_count();
  const std::size_t first = x == J ? states.none() : states.held(x, 0), offset = c * stride + first;
  for (std::size_t d = 0; d < stages; ++d) {
    const double act = kernel.act_table[kernel.act_index(c, d) + x];
    const bool rises = d + 1 < stages;
    Threshold& t = threshold[offset + d];
    t.act = in_units(act, 0x1p40);
    t.event = rises ? in_units(act + (1 - act) * kernel.advance, 0x1p40) : t.act;
    act_byte[offset + d] = top_byte(t.act);
    event_byte[offset + d] = top_byte(t.event);
    const std::size_t row = kernel.row_index(c, first + d);
    Choice& of = choice[offset + d];
    of = {0, static_cast<std::uint32_t>(row), static_cast<std::uint32_t>(x)};
    if (!rises) continue;
    if (d > 0 && kernel.row_per_state == 0) {
      of.rise_end = choice[offset].rise_end;
      continue;
    }
    const std::uint64_t begin = x == 0 ? 0 : cumulative[row * J + x - 1], end = cumulative[row * J + x];
    of.rise_end = begin + in_units(kernel.advance, static_cast<double>(end - begin));
  }
}

void AgentTables::fill_rows(const SlotKernel& kernel) {
  const std::size_t J = providers, rows = kernel.rows.size() / J;
  cumulative.resize(rows * J);
  guide.assign(rows * 256, search);
  for (std::size_t r = 0; r < rows; ++r) {
    std::size_t last = 0;
    double sum = 0;
    for (std::size_t j = 0; j < J; ++j) {
      const double p = kernel.rows[r * J + j];
      if (p > 0) last = j;
      sum += p;
      cumulative[r * J + j] = in_units(sum, 0x1p32);
    }
    for (std::size_t j = last; j < J; ++j)
      cumulative[r * J + j] = 0x100000000ull;  // rounding leaves no gap at the end
    std::uint64_t begin = 0;
    for (std::size_t j = 0; j <= last && j < search; ++j) {  // the bytes whose words all go to j
      const std::uint64_t end = cumulative[r * J + j], first = (begin + 0xffffff) >> 24, past = end >> 24;
      if (first < past) std::fill_n(&guide[r * 256 + first], past - first, static_cast<std::uint8_t>(j));
      begin = end;
    }
  }
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
  context_byte.assign(narrow ? others.size() : 0, {});
  for (std::size_t k = 0; k < context_byte.size(); ++k) {
    context_byte[k].assign(context[k].begin(), context[k].end());
    context_byte[k].resize(whole_vectors(context[k].size()));
  }
}

}  // namespace lockin::detail
