#include "engine/detail/agent_tables.hpp"

#include <cmath>

namespace lockin::detail {
namespace {

std::uint64_t in_units(double probability, double units) {
  return static_cast<std::uint64_t>(std::llround(std::min(1.0, std::max(0.0, probability)) * units));
}

}  // namespace

void AgentTables::fill(const SlotKernel& kernel, const std::vector<SlotStates>& others, SegmentId segment,
                       const std::vector<Market::Move>& all_moves) {
  states = kernel.states;
  const std::size_t J = states.providers(), rows = kernel.rows.size() / J;
  stride = states.size() + 1;
  providers = J;
  candidate.assign(kernel.contexts * stride, 0);
  threshold.assign(kernel.contexts * stride, {});
  row.assign(kernel.contexts * stride, 0);
  const auto can_rise = [&](std::size_t state) {
    return state != states.none() && states.stage(state) + 1 < states.stage_count();
  };
  for (std::size_t state = 0; state < states.size(); ++state) {
    provider.push_back(static_cast<std::uint16_t>(states.provider(state)));
    rises.push_back(can_rise(state) ? in_units(kernel.advance, 0x1p32) : 0);
  }
  for (std::size_t c = 0; c < kernel.contexts; ++c)
    for (std::size_t state = 0; state < states.size(); ++state) {
      const double act = kernel.act(c, state);
      Threshold& t = threshold[c * stride + state];
      t.act = in_units(act, 0x1p48);
      t.event = can_rise(state) ? in_units(act + (1 - act) * kernel.advance, 0x1p48) : t.act;
      candidate[c * stride + state] = static_cast<std::uint32_t>((t.event + 0xffffffffull) >> 32);
      row[c * stride + state] = static_cast<std::uint32_t>(kernel.row_index(c, state) * J);
    }
  cumulative.resize(rows * J);
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
  }
  context.resize(others.size());
  for (std::size_t k = 0; k < others.size(); ++k) {
    if (kernel.context_stride[k] == 0) continue;
    context[k].assign(others[k].size() + 1, 0);
    for (std::size_t state = 0; state <= others[k].size(); ++state)
      context[k][state] =
          static_cast<std::uint32_t>(kernel.context_stride[k] * others[k].provider(state) * stride);
  }
  for (const Market::Move& move : all_moves)
    if (move.layer == kernel.layer && (!move.segment || *move.segment == segment))
      moves.push_back({move.from.index(), move.to.index(), in_units(move.share, 0x1p32), move.keep_stage});
}

}  // namespace lockin::detail
