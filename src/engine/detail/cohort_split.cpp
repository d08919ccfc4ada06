#include "engine/detail/cohort_split.hpp"

#include <algorithm>

namespace lockin::detail {
namespace {

constexpr std::uint64_t most_dense = 1u << 16;  // keys that have a place each: half a megabyte
constexpr std::uint64_t most_alone = 4;         // customers who draw one by one: fewer draws than by counts

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
  return 2 * sizeof(std::uint64_t) * counts;
}

void CohortSplit::step(const Period& period, const CustomerType& type, const SlotGroup& group,
                       std::vector<CohortCell>& cells, std::vector<SlotTally>& tally) {
  dense_ = group.keys <= most_dense;
  if (dense_ && by_key_.size() < group.keys) by_key_.resize(group.keys, 0);
  list_.clear();
  axes_.resize(std::max(axes_.size(), group.slots.size()));
  to_.resize(axes_.size());
  for (std::vector<std::uint64_t>& to : to_) to.resize(period.market.provider_count());
  incumbents_.resize(group.slots.size());
  rises_.resize(period.market.layer_count());
  for (const std::size_t k : group.slots) std::fill(tally[k].held.begin(), tally[k].held.end(), 0.0);
  for (std::size_t first = 0; first < cells.size();) {
    const std::uint64_t block = cells[first].key / group.stages;
    std::size_t last = first;
    while (last < cells.size() && cells[last].key / group.stages == block) ++last;
    split_block(period, type, group, std::span(cells).subspan(first, last - first), tally);
    first = last;
  }
  collect(group, cells);
}

// Customers with the same incumbents: the slots get their fates one after the other, each by its state at t-1, as no
// fate depends on another's; whoever leaves is drawn a destination at the end.
void CohortSplit::split_block(const Period& period, const CustomerType& type, const SlotGroup& group,
                              std::span<const CohortCell> block, std::vector<SlotTally>& tally) {
  const std::size_t n = group.slots.size(), J = period.market.provider_count();
  const std::uint64_t first_key = block.front().key / group.stages * group.stages;
  CellId cell = type.cell;
  std::size_t size = 1;
  extent_.clear();
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t x = first_key / group.block_stride[i] % (J + 1);
    incumbents_[i] = x;
    cell = cell.with(group.cells[i].value()).with(period.providers[x].value());
    extent_.push_back(x == J ? 1 : group.states[i].stage_count());
    size *= extent_.back();
  }
  words_.start(
      StreamKey{period.key.seed, period.key.replication, period.key.period.value, Purpose::split, cell, 0}
          .stream());
  value_.assign(size, 0);
  std::uint64_t customers = 0;
  for (const CohortCell& of : block) {
    std::size_t place = 0;
    for (std::size_t i = 0; i < n; ++i)
      place = place * extent_[i] + of.key / group.stage_stride[i] % group.states[i].stage_count();
    value_[place] = of.count;
    customers += of.count;
  }
  for (std::size_t i = 0; i < n; ++i) {
    if (incumbents_[i] < J) tally[group.slots[i]].base[incumbents_[i]] += static_cast<double>(customers);
    set_axis(axes_[i], period, type, group, i);
    transform(i);
  }
  place(0, 0, 0);
  for (std::size_t i = 0; i < n; ++i) count_slot(axes_[i], tally[group.slots[i]]);
}

void CohortSplit::set_axis(Axis& axis, const Period& period, const CustomerType& type, const SlotGroup& group,
                           std::size_t i) {
  const SlotKernel& kernel = period.kernel.slot(type.choice_class, group.slots[i]);
  const std::size_t J = period.market.provider_count(), x = incumbents_[i];
  std::size_t context = 0;
  for (std::size_t other = 0; other < group.slots.size(); ++other)
    context += kernel.context_stride[group.slots[other]] * incumbents_[other];
  axis.incumbent = x;
  axis.own = extent_[i];
  axis.top = axis.own - 1;
  axis.rises = &rises_[kernel.layer.index()];
  if (axis.rises->p() != kernel.advance) *axis.rises = BinomialTables(kernel.advance);
  axis.leaving_by_stage = kernel.row_per_state != 0;
  axis.fates.clear();
  axis.leave.clear();
  axis.to.clear();
  axis.up_to.clear();
  axis.moves.clear();
  std::vector<double>& weights = weights_;
  const auto state = [&](std::size_t d) { return x == J ? kernel.states.none() : kernel.states.held(x, d); };
  for (std::size_t d = 0; d < axis.own; ++d) axis.fates.push_back({state(d), false});
  axis.first_leaving = axis.fates.size();
  for (std::size_t d = 0; d < axis.own; ++d) {
    const std::span<const double> row = kernel.row(context, state(d));
    weights.assign(row.begin(), row.end());
    if (x < J) weights[x] = 0;
    double away = 0;
    for (const double weight : weights) away += weight;
    axis.leave.emplace_back(kernel.act(context, state(d)) * away);
    if (d > 0 && !axis.leaving_by_stage) continue;
    axis.fates.push_back({axis.to.size(), true});
    if (away > 0)
      add_chances(weights, axis.to);
    else
      axis.to.resize(axis.to.size() + J, Chance(0));  // nobody leaves
    double later = 1;
    for (std::size_t j = axis.to.size() - J; j < axis.to.size(); ++j) {
      later *= 1 - axis.to[j].p();
      axis.up_to.push_back(1 - later);
    }
  }
  for (const Market::Move& move : period.kernel.moves()) {
    if (x == J || move.layer != kernel.layer || move.from.index() != x ||
        (move.segment && *move.segment != type.segment))
      continue;
    axis.moves.push_back({Chance(move.share), move.keep_stage, axis.fates.size()});
    for (std::size_t d = 0; d < (move.keep_stage ? axis.own : 1); ++d)
      axis.fates.push_back({kernel.states.held(move.to.index(), d), false});
  }
  axis.stride = group.block_stride[i];
  axis.count.assign(axis.fates.size(), 0);
  axis.arrived.assign(J, 0);
  for (Fate& fate : axis.fates)
    if (!fate.leaves) fate.key = group.key_of(i, fate.state);
}

// Replaces the states of slot i by its fates.
void CohortSplit::transform(std::size_t i) {
  const Axis& axis = axes_[i];
  std::size_t inner = 1, outer = 1;
  for (std::size_t k = 0; k < i; ++k) outer *= extent_[k];
  for (std::size_t k = i + 1; k < extent_.size(); ++k) inner *= extent_[k];
  const std::size_t fates = axis.fates.size();
  other_.assign(outer * fates * inner, 0);
  for (std::size_t o = 0; o < outer; ++o)
    for (std::size_t d = 0; d < axis.own; ++d)
      for (std::size_t in = 0; in < inner; ++in) {
        std::uint64_t left = value_[(o * axis.own + d) * inner + in];
        if (left == 0) continue;
        const auto give = [&](std::size_t fate, std::uint64_t count) {
          other_[(o * fates + fate) * inner + in] += count;
          left -= count;
        };
        for (const Move& move : axis.moves)
          give(move.fate + (move.keep_stage ? d : 0), binomial(left, move.share, words_));
        const std::size_t leaving = axis.first_leaving + (axis.leaving_by_stage ? d : 0);
        if (left <= most_alone) {
          const double leave = axis.leave[d].p(),
                       rise = d < axis.top ? leave + (1 - leave) * axis.rises->p() : leave;
          for (std::uint64_t customers = left; customers > 0; --customers) {
            const double u = words_.uniform();
            give(u < leave ? leaving : u < rise ? d + 1 : d, 1);
          }
          continue;
        }
        give(leaving, binomial(left, axis.leave[d], words_));
        if (d < axis.top) give(d + 1, axis.rises->draw(left, words_));
        give(d, left);
      }
  value_.swap(other_);
  extent_[i] = fates;
}

// Walks over the fates of slots i and later. `at`: place of those of the slots before, whose part of the key is `key`.
void CohortSplit::place(std::size_t i, std::size_t at, std::uint64_t key) {
  Axis& axis = axes_[i];
  at *= extent_[i];
  for (std::size_t f = 0; f < extent_[i]; ++f, ++at) {
    const Fate& fate = axis.fates[f];
    axis.chosen = f;
    if (i + 1 < extent_.size()) {
      place(i + 1, at, key + fate.key);
      continue;
    }
    const std::uint64_t count = value_[at];
    if (count == 0) continue;
    for (std::size_t k = 0; k <= i; ++k) axes_[k].count[axes_[k].chosen] += count;
    spread(0, key + fate.key, count);
  }
}

// Draws destinations of slots i and later for customers of one fate each.
void CohortSplit::spread(std::size_t i, std::uint64_t key, std::uint64_t count) {
  while (i < extent_.size() && !axes_[i].fates[axes_[i].chosen].leaves) ++i;
  if (i == extent_.size()) return add(key, count);
  Axis& axis = axes_[i];
  // A later slot draws destinations, too, before this one has come to its next.
  std::vector<std::uint64_t>& to = to_[i];
  draw_destinations(axis, axis.fates[axis.chosen].state, count, to);
  for (std::size_t j = 0; j < to.size(); ++j) {
    if (to[j] == 0) continue;
    axis.arrived[j] += to[j];
    spread(i + 1, key + axis.stride * j, to[j]);
  }
}

// Adds what has become of a slot of a block to its tally.
void CohortSplit::count_slot(const Axis& axis, SlotTally& slot) const {
  const std::size_t J = slot.states.providers(), x = axis.incumbent;
  const auto count = [&](std::size_t state, std::uint64_t customers) {
    const std::size_t to = slot.states.provider(state);
    const auto n = static_cast<double>(customers);
    slot.held[state] += n;
    if (to != x) (x == J ? slot.adopted[to] : slot.moved[x * J + to]) += n;
  };
  for (std::size_t f = 0; f < axis.fates.size(); ++f)
    if (!axis.fates[f].leaves && axis.count[f] > 0) count(axis.fates[f].state, axis.count[f]);
  for (std::size_t j = 0; j < J; ++j)
    if (axis.arrived[j] > 0) count(slot.states.held(j, 0), axis.arrived[j]);
}

void CohortSplit::draw_destinations(const Axis& axis, std::size_t first, std::uint64_t count,
                                    std::span<std::uint64_t> to) {
  const std::size_t J = to.size();
  if (count <= most_alone) {
    std::fill(to.begin(), to.end(), 0);
    for (; count > 0; --count) {
      const double u = words_.uniform();
      std::size_t j = 0;
      for (std::size_t k = 0; k + 1 < J; ++k) j += u >= axis.up_to[first + k];
      ++to[j];
    }
    return;
  }
  for (std::size_t j = 0; j < J; ++j) {
    to[j] = binomial(count, axis.to[first + j], words_);
    count -= to[j];
  }
}

void CohortSplit::add(std::uint64_t key, std::uint64_t count) {
  if (dense_)
    by_key_[key] += count;
  else
    list_.push_back({key, count});
}

void CohortSplit::collect(const SlotGroup& group, std::vector<CohortCell>& cells) {
  cells.clear();
  if (dense_) {
    for (std::uint64_t key = 0; key < group.keys; ++key) {
      if (by_key_[key] == 0) continue;
      cells.push_back({key, by_key_[key]});
      by_key_[key] = 0;
    }
    return;
  }
  put_in_order(list_);
  cells.swap(list_);
}

}  // namespace lockin::detail
