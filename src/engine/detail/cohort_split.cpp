#include "engine/detail/cohort_split.hpp"

#include <algorithm>

#include "random/count_samplers.hpp"

namespace lockin::detail {
namespace {

constexpr std::uint64_t most_dense = 1u << 16;  // keys that have a place each: half a megabyte
constexpr std::size_t enough_lanes = 2048;      // joint counts that are drawn together

}  // namespace

SlotGroup::SlotGroup(const Market& market, const CustomerType& type, std::vector<std::size_t> of)
    : slots(std::move(of)), block_stride(slots.size()), stage_stride(slots.size()) {
  for (const std::size_t k : slots) {
    const Slot& slot = type.slots[k];
    states.emplace_back(market.provider_count(), market.layer(slot.layer).stages);
    cells.push_back(
        CellId().with(market.spec().layers[slot.layer.index()].name).with(slot.secondary ? 1 : 0));
  }
  for (std::size_t i = slots.size(); i-- > 0;) {
    stage_stride[i] = stages;
    stages *= states[i].stage_count();
  }
  keys = stages;
  for (std::size_t i = slots.size(); i-- > 0;) {
    block_stride[i] = keys;
    keys *= market.provider_count() + 1;
  }
}

std::size_t SlotGroup::state_of(std::size_t i, std::uint64_t key) const {
  const std::size_t x = key / block_stride[i] % (states[i].providers() + 1);
  return x == states[i].providers() ? states[i].none()
                                    : states[i].held(x, key / stage_stride[i] % states[i].stage_count());
}

double SlotGroup::key_count(const Market& market, const CustomerType& type,
                            const std::vector<std::size_t>& slots) {
  double keys = 1;
  for (const std::size_t k : slots)
    keys *= static_cast<double>((market.provider_count() + 1) *
                                (static_cast<std::size_t>(market.layer(type.slots[k].layer).stages) + 1));
  return keys;
}

void put_in_order(std::vector<CohortCell>& cells) {
  std::sort(cells.begin(), cells.end(),
            [](const CohortCell& a, const CohortCell& b) { return a.key < b.key; });
  std::size_t kept = 0;
  for (const CohortCell& cell : cells) {
    if (kept > 0 && cells[kept - 1].key == cell.key)
      cells[kept - 1].count += cell.count;
    else
      cells[kept++] = cell;
  }
  cells.resize(kept);
}

double CohortSplit::bytes_of_a_block(const Market& market, const CustomerType& type,
                                     const std::vector<std::size_t>& slots) {
  double counts = 1;
  for (const std::size_t k : slots)
    counts *= 2 * static_cast<double>(market.layer(type.slots[k].layer).stage_count());
  return (6 * sizeof(double) + 2 * sizeof(std::uint64_t) + sizeof(Leaving)) * counts;
}

void CohortSplit::step(const Period& period, const CustomerType& type, const SlotGroup& group,
                       std::vector<CohortCell>& cells, std::vector<SlotTally>& tally) {
  slots_ = group.slots.size();
  providers_ = period.market.provider_count();
  dense_ = group.keys <= most_dense;
  if (dense_ && by_key_.size() < group.keys) by_key_.resize(group.keys, 0);
  list_.clear();
  incumbents_.resize(slots_);
  leaving_.resize(std::max(leaving_.size(), slots_));
  alone_.resize(leaving_.size());
  for (const std::size_t k : group.slots) std::fill(tally[k].held.begin(), tally[k].held.end(), 0.0);
  const StreamKey stream{
      period.key.seed, period.key.replication, period.key.period.value, Purpose::split, {}, 0};
  counter_ = stream.stream().counter();
  blocks_.clear();
  for (std::size_t first = 0; first < cells.size();) {
    const std::uint64_t past = (cells[first].key / group.stages + 1) * group.stages;
    std::size_t last = first;
    while (last < cells.size() && cells[last].key < past) ++last;
    add_block(period, type, group, std::span(cells).subspan(first, last - first));
    if (blocks_.back().lane + blocks_.back().lanes >= enough_lanes) split_blocks(group, tally);
    first = last;
  }
  if (!blocks_.empty()) split_blocks(group, tally);
  collect(group, cells);
}

void CohortSplit::add_block(const Period& period, const CustomerType& type, const SlotGroup& group,
                            std::span<const CohortCell> cells) {
  const std::size_t b = blocks_.size(), J = providers_;
  if (axes_.size() < (b + 1) * slots_) axes_.resize((b + 1) * slots_);
  const std::uint64_t first_key = cells.front().key / group.stages * group.stages;
  CellId cell = type.cell;
  Block block;
  block.lane = b == 0 ? 0 : blocks_[b - 1].lane + blocks_[b - 1].lanes;
  block.lanes = 1;
  for (std::size_t i = 0; i < slots_; ++i) {
    const std::size_t x = first_key / group.block_stride[i] % (J + 1);
    incumbents_[i] = x;
    cell = cell.with(group.cells[i].value()).with(period.providers[x].value());
    axis(b, i).own = x == J ? 1 : group.states[i].stage_count();
    block.lanes *= axis(b, i).own;
  }
  const Philox::Key key = StreamKey{.seed = period.key.seed, .cell = cell}.stream().key();
  block.key = key[0] | static_cast<std::uint64_t>(key[1]) << 32;
  for (std::size_t i = 0; i < slots_; ++i) set_axis(axis(b, i), period, type, group, i);
  const std::size_t past = block.lane + block.lanes;
  if (value_.size() < past + lane_room) value_.resize(std::max(past + lane_room, 2 * value_.size()));
  std::fill_n(value_.begin() + static_cast<std::ptrdiff_t>(block.lane), block.lanes, 0.0);
  const bool whole = block.lanes == group.stages;  // nobody who has not adopted: stages as in the key
  for (const CohortCell& of : cells) {
    std::size_t place = of.key - first_key;
    if (!whole) {
      place = 0;
      for (std::size_t i = 0; i < slots_; ++i)
        place = place * axis(b, i).own + of.key / group.stage_stride[i] % group.states[i].stage_count();
    }
    value_[block.lane + place] = static_cast<double>(of.count);
    block.customers += static_cast<double>(of.count);
  }
  blocks_.push_back(block);
}

// The slots get their fates one after the other, each by its state at t-1, as no fate depends on another's; whoever leaves
// is drawn a destination at the end.
void CohortSplit::split_blocks(const SlotGroup& group, std::vector<SlotTally>& tally) {
  for (std::size_t i = 0; i < slots_; ++i) transform(i);
  for (std::size_t b = 0; b < blocks_.size(); ++b)
    place(0, 0, slots_, {.block = static_cast<std::uint32_t>(b)});
  for (std::size_t i = 0; i < slots_; ++i) {
    spread_alone(i);
    spread(i);
  }
  for (std::size_t b = 0; b < blocks_.size(); ++b)
    for (std::size_t i = 0; i < slots_; ++i) {
      const Axis& of = axis(b, i);
      if (of.incumbent < providers_) tally[group.slots[i]].base[of.incumbent] += blocks_[b].customers;
      count_slot(of, tally[group.slots[i]]);
    }
  blocks_.clear();
  rows_.clear();
  to_.clear();
  up_to_.clear();
}

void CohortSplit::set_axis(Axis& axis, const Period& period, const CustomerType& type, const SlotGroup& group,
                           std::size_t i) {
  const SlotKernel& kernel = period.kernel.slot(type.choice_class, group.slots[i]);
  const std::size_t J = providers_, x = incumbents_[i];
  std::size_t context = 0;
  for (std::size_t other = 0; other < group.slots.size(); ++other)
    context += kernel.context_stride[group.slots[other]] * incumbents_[other];
  axis.incumbent = x;
  axis.rise = kernel.advance;
  axis.leaving_by_stage = kernel.row_per_state != 0;
  axis.fates.clear();
  axis.leave.clear();
  axis.first_row = rows_.size();
  axis.moves.clear();
  const auto state = [&](std::size_t d) { return x == J ? kernel.states.none() : kernel.states.held(x, d); };
  for (std::size_t d = 0; d < axis.own; ++d) axis.fates.push_back({.state = state(d)});
  axis.first_leaving = axis.fates.size();
  double away = 0;
  for (std::size_t d = 0; d < axis.own; ++d) {
    if (d == 0 || axis.leaving_by_stage) {
      const std::span<const double> row = kernel.row(context, state(d));
      weights_.assign(row.begin(), row.end());
      if (x < J) weights_[x] = 0;
      away = 0;
      for (const double weight : weights_) away += weight;
      axis.fates.push_back({.leaves = true, .row = static_cast<std::uint32_t>(rows_.size())});
      add_row(group, i, away);
    }
    axis.leave.push_back(std::min(1.0, kernel.act(context, state(d)) * away));
  }
  for (const Market::Move& move : period.kernel.moves()) {
    if (x == J || move.layer != kernel.layer || move.from.index() != x ||
        (move.segment && *move.segment != type.segment))
      continue;
    axis.moves.push_back({move.share, move.keep_stage, axis.fates.size()});
    for (std::size_t d = 0; d < (move.keep_stage ? axis.own : 1); ++d)
      axis.fates.push_back({.state = kernel.states.held(move.to.index(), d)});
  }
  axis.past_row = rows_.size();
  axis.count.assign(axis.fates.size(), 0);
  for (Fate& fate : axis.fates)
    if (!fate.leaves) fate.key = group.key_of(i, fate.state);
}

// The destinations of weights_. No draw knows of a provider that nobody takes.
void CohortSplit::add_row(const SlotGroup& group, std::size_t i, double away) {
  Row& row = rows_.emplace_back();
  row.first = to_.size();
  chances_.clear();
  if (away > 0) add_chances(weights_, chances_);
  double later = 1;
  for (std::size_t j = 0; j < chances_.size(); ++j) {
    if (chances_[j] == 0) continue;
    later *= 1 - chances_[j];
    to_.push_back({.chance = chances_[j], .key = group.block_stride[i] * j, .provider = j});
    up_to_.push_back(1 - later);
  }
  row.count = to_.size() - row.first;
}

LaneStreams CohortSplit::streams(std::size_t i, std::size_t step) const {
  Philox::Counter counter = counter_;
  counter[0] = static_cast<std::uint32_t>(step << 16 | i << 8);
  return {key_.data(), place_.data(), counter};
}

void CohortSplit::make_room(std::size_t lanes) {
  const std::size_t size = lanes + lane_room;
  const auto grow = [&](auto&... of) { ((of.size() < size ? of.resize(size) : void()), ...); };
  grow(value_, chance_, hits_, first_, second_, key_, place_);
}

// Replaces the states of slot i, which is the slowest index of the joint counts, by its fates, which become the fastest.
void CohortSplit::transform(std::size_t i) {
  const std::size_t lanes = blocks_.back().lane + blocks_.back().lanes;
  make_room(lanes);
  std::size_t most_moves = 0, next = 0;
  for (std::size_t b = 0; b < blocks_.size(); ++b) {
    const Block& block = blocks_[b];
    for (std::size_t lane = 0; lane < block.lanes; ++lane) {
      key_[block.lane + lane] = block.key;
      place_[block.lane + lane] = lane;
    }
    most_moves = std::max(most_moves, axis(b, i).moves.size());
    next += block.lanes / axis(b, i).own * axis(b, i).fates.size();
  }
  if (other_.size() < next + lane_room) other_.resize(next + lane_room);
  std::fill_n(other_.begin(), next, 0.0);
  // Calls of(axis, stage, its lanes, their number, lanes of fate 0).
  const auto each_stage = [&](const auto& of) {
    std::size_t to = 0;
    for (std::size_t b = 0; b < blocks_.size(); ++b) {
      Axis& at = axis(b, i);
      const std::size_t n = blocks_[b].lanes / at.own;
      for (std::size_t d = 0; d < at.own; ++d) of(at, d, blocks_[b].lane + d * n, n, &other_[to]);
      to += n * at.fates.size();
    }
  };
  const auto set_chance = [&](std::size_t from, std::size_t n, double p) {
    std::fill_n(&chance_[from], n, p);
  };
  const auto give = [&](const Axis& at, std::size_t fate, std::size_t from, std::size_t n, double* to) {
    for (std::size_t k = 0; k < n; ++k) {
      to[k * at.fates.size() + fate] += hits_[from + k];
      value_[from + k] -= hits_[from + k];
    }
  };
  const auto draw = [&](std::size_t step, const std::vector<double>& uniform) {
    draw_binomials(lanes, value_.data(), chance_.data(), uniform.data(), streams(i, step), hits_.data());
  };
  for (std::size_t m = 0; m < most_moves; ++m) {
    each_stage([&](const Axis& at, std::size_t, std::size_t from, std::size_t n, double*) {
      set_chance(from, n, m < at.moves.size() ? at.moves[m].share : 0);
    });
    draw_uniforms(lanes, streams(i, Step::move + m), first_.data(), second_.data());
    draw(Step::move + m, first_);
    each_stage([&](const Axis& at, std::size_t d, std::size_t from, std::size_t n, double* to) {
      if (m < at.moves.size()) give(at, at.moves[m].fate + (at.moves[m].keep_stage ? d : 0), from, n, to);
    });
  }
  draw_uniforms(lanes, streams(i, Step::leave), first_.data(), second_.data());
  each_stage([&](const Axis& at, std::size_t d, std::size_t from, std::size_t n, double*) {
    set_chance(from, n, at.leave[d]);
  });
  draw(Step::leave, first_);
  each_stage([&](const Axis& at, std::size_t d, std::size_t from, std::size_t n, double* to) {
    give(at, at.first_leaving + (at.leaving_by_stage ? d : 0), from, n, to);
    set_chance(from, n, d + 1 < at.own ? at.rise : 0);
  });
  draw(Step::rise, second_);
  each_stage([&](Axis& at, std::size_t d, std::size_t from, std::size_t n, double* to) {
    if (d + 1 < at.own) give(at, d + 1, from, n, to);
    for (std::size_t k = 0; k < n; ++k) to[k * at.fates.size() + d] += value_[from + k];
    if (d + 1 < at.own) return;
    for (std::size_t k = 0; k < n; ++k, to += at.fates.size())
      for (std::size_t f = 0; f < at.fates.size(); ++f) at.count[f] += to[f];
  });
  value_.swap(other_);
  std::size_t lane = 0;
  for (std::size_t b = 0; b < blocks_.size(); ++b) {
    blocks_[b].lane = lane;
    blocks_[b].lanes = blocks_[b].lanes / axis(b, i).own * axis(b, i).fates.size();
    lane += blocks_[b].lanes;
  }
}

// Adds what has become of a slot of a block to its tally.
void CohortSplit::count_slot(const Axis& axis, SlotTally& slot) const {
  const std::size_t J = slot.states.providers(), x = axis.incumbent;
  const auto count = [&](std::size_t state, double n) {
    const std::size_t to = slot.states.provider(state);
    slot.held[state] += n;
    if (to != x) (x == J ? slot.adopted[to] : slot.moved[x * J + to]) += n;
  };
  for (std::size_t f = 0; f < axis.fates.size(); ++f)
    if (!axis.fates[f].leaves && axis.count[f] > 0) count(axis.fates[f].state, axis.count[f]);
  for (std::size_t row = axis.first_row; row < axis.past_row; ++row)
    for (std::size_t at = rows_[row].first; at < rows_[row].first + rows_[row].count; ++at)
      count(slot.states.held(to_[at].provider, 0), to_[at].arrived);
}

void CohortSplit::collect(const SlotGroup& group, std::vector<CohortCell>& cells) {
  cells.clear();
  if (dense_) {
    for (std::uint64_t key = 0; key < group.keys; ++key) {
      if (by_key_[key] == 0) continue;
      cells.push_back({key, static_cast<std::uint64_t>(by_key_[key])});
      by_key_[key] = 0;
    }
    return;
  }
  put_in_order(list_);
  cells.swap(list_);
}

}  // namespace lockin::detail
