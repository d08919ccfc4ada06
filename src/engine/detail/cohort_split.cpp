#include "engine/detail/cohort_split.hpp"

#include <algorithm>
#include <bit>

#include "random/count_samplers.hpp"

namespace lockin::detail {
namespace {

constexpr std::uint64_t most_dense = 1u << 16;   // keys that have a place each: half a megabyte
constexpr std::size_t enough_lanes = 2048;       // joint counts that are drawn together
constexpr std::size_t enough_blocks = 16;        // of a shape; fewer take up to four times as many lanes
constexpr std::size_t most_destinations = 8192;  // that are kept from block to block

// Whether a move takes slots of this layer from provider x (J: of none).
bool loses(const Market::Move& move, const CustomerType& type, LayerId layer, std::size_t x) {
  return move.layer == layer && move.from.index() == x && (!move.segment || *move.segment == type.segment);
}

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

void put_in_order(std::vector<CohortCell>& cells, std::uint64_t keys) {
  if (keys <= most_dense && keys <= 16 * cells.size()) {
    std::vector<std::uint64_t> counts(keys);
    for (const CohortCell& cell : cells) counts[cell.key] += cell.count;
    cells.clear();
    for (std::uint64_t key = 0; key < keys; ++key)
      if (counts[key] > 0) cells.push_back({key, counts[key]});
    return;
  }
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
  return (6 * sizeof(double) + 2 * sizeof(std::uint64_t) + sizeof(Leaving) +
          static_cast<double>(slots.size() * sizeof(Later))) *
         counts;
}

void CohortSplit::step(const Period& period, const CustomerType& type, const SlotGroup& group,
                       std::vector<CohortCell>& cells, std::vector<SlotTally>& tally) {
  slots_ = group.slots.size();
  providers_ = period.market.provider_count();
  width_ = std::bit_ceil(providers_);
  dense_ = group.keys <= most_dense;
  if (dense_ && by_key_.size() < group.keys) by_key_.resize(group.keys, 0);
  list_.clear();
  row_of_.resize(std::max(row_of_.size(), slots_));
  for (std::size_t i = 0; i < slots_; ++i) {
    const SlotKernel& kernel = period.kernel.slot(type.choice_class, group.slots[i]);
    row_of_[i].assign(kernel.contexts * kernel.states.size(), no_row);
    std::fill(tally[group.slots[i]].held.begin(), tally[group.slots[i]].held.end(), 0.0);
  }
  const StreamKey stream{
      period.key.seed, period.key.replication, period.key.period.value, Purpose::split, {}, 0};
  counter_ = stream.stream().counter();
  find_blocks(period, type, group, cells);
  for (std::size_t range = 0, lanes = 0; range < ranges_.size();) {
    const std::size_t first = range;
    used_ = lanes = 0;
    blocks_.clear();
    while (range < ranges_.size() && lanes < enough_lanes) {
      range = add_shape(period, type, group, cells, range, enough_lanes - lanes);
      lanes += shapes_[used_ - 1].joint * shapes_[used_ - 1].blocks;
    }
    split(period, type, group, cells, std::span(ranges_).subspan(first, range - first), tally);
    if (to_.size() > most_destinations) {
      count_arrivals(group, tally);
      for (std::size_t i = 0; i < slots_; ++i) std::fill(row_of_[i].begin(), row_of_[i].end(), no_row);
    }
  }
  count_arrivals(group, tally);
  collect(group, cells);
}

// Blocks, those of the same shape together.
void CohortSplit::find_blocks(const Period& period, const CustomerType& type, const SlotGroup& group,
                              std::span<const CohortCell> cells) {
  const std::size_t J = providers_;
  shape_of_.assign(slots_ * (J + 1), 0);  // 0: of none
  for (std::size_t i = 0; i < slots_; ++i) {
    std::size_t number = 0, of_most = 0;
    for (std::size_t x = 0; x < J; ++x) {
      const bool moves = std::any_of(
          period.kernel.moves().begin(), period.kernel.moves().end(),
          [&](const Market::Move& move) { return loses(move, type, type.slots[group.slots[i]].layer, x); });
      if (!moves && of_most == 0) of_most = ++number;
      shape_of_[i * (J + 1) + x] = moves ? ++number : of_most;
    }
  }
  ranges_.clear();
  for (std::size_t first = 0, last = 0; first < cells.size(); first = last) {
    const std::uint64_t past = (cells[first].key / group.stages + 1) * group.stages;
    while (last < cells.size() && cells[last].key < past) ++last;
    std::uint64_t shape = 0;
    for (std::size_t i = 0; i < slots_; ++i)
      shape = shape * (J + 1) + shape_of_[i * (J + 1) + cells[first].key / group.block_stride[i] % (J + 1)];
    ranges_.push_back({shape, first, last});
  }
  std::sort(ranges_.begin(), ranges_.end(), [](const Range& a, const Range& b) {
    return a.shape != b.shape ? a.shape < b.shape : a.first < b.first;
  });
}

// Takes blocks of one shape from a range on, so many that their joint counts are about `lanes` or less. Returns the range after them.
std::size_t CohortSplit::add_shape(const Period& period, const CustomerType& type, const SlotGroup& group,
                                   std::span<const CohortCell> cells, std::size_t range, std::size_t lanes) {
  if (shapes_.size() == used_) shapes_.emplace_back();
  Shape& shape = shapes_[used_++];
  const std::uint64_t key = cells[ranges_[range].first].key;
  shape.axes.resize(slots_);
  shape.joint = 1;
  for (std::size_t i = 0; i < slots_; ++i) {
    const SlotKernel& kernel = period.kernel.slot(type.choice_class, group.slots[i]);
    const std::size_t x = key / group.block_stride[i] % (providers_ + 1);
    Axis& at = shape.axes[i];
    at.own = x == providers_ ? 1 : group.states[i].stage_count();
    at.leaving = kernel.row_per_state != 0 ? at.own : 1;
    at.fates = at.own + at.leaving;
    at.rise = kernel.advance;
    at.moves.clear();
    for (const Market::Move& move : period.kernel.moves()) {
      if (!loses(move, type, kernel.layer, x)) continue;
      at.moves.push_back({move.share, move.keep_stage, at.fates, move.to.index()});
      at.fates += move.keep_stage ? at.own : 1;
    }
    shape.joint *= at.own;
  }
  const std::size_t first = range++;
  const auto fits = [&](std::size_t blocks) {
    return blocks * shape.joint <= (blocks <= enough_blocks ? 4 * enough_lanes : lanes);
  };
  while (range < ranges_.size() && ranges_[range].shape == ranges_[first].shape && fits(range - first + 1))
    ++range;
  shape.first_block = blocks_.size();
  shape.blocks = range - first;
  blocks_.resize(shape.first_block + shape.blocks);
  for (Axis& at : shape.axes) {
    at.incumbent.resize(shape.blocks);
    at.key.resize(shape.blocks);
    at.leave.resize(at.own * shape.blocks);
    at.row.resize(at.leaving * shape.blocks);
    at.count.assign(at.fates * shape.blocks, 0);
  }
  return range;
}

void CohortSplit::add_block(const Period& period, const CustomerType& type, const SlotGroup& group,
                            std::span<const CohortCell> cells, Shape& shape, std::size_t b) {
  const std::size_t J = providers_, B = shape.blocks;
  const std::uint64_t first_key = cells.front().key / group.stages * group.stages;
  CellId cell = type.cell;
  for (std::size_t i = 0; i < slots_; ++i) {
    const std::size_t x = first_key / group.block_stride[i] % (J + 1);
    shape.axes[i].incumbent[b] = x;
    shape.axes[i].key[b] = x * group.block_stride[i];
    cell = cell.with(group.cells[i].value()).with(period.providers[x].value());
  }
  const Philox::Key key = StreamKey{.seed = period.key.seed, .cell = cell}.stream().key();
  block_key_[shape.first_block + b] = key[0] | static_cast<std::uint64_t>(key[1]) << 32;
  for (std::size_t i = 0; i < slots_; ++i) {
    const SlotKernel& kernel = period.kernel.slot(type.choice_class, group.slots[i]);
    Axis& at = shape.axes[i];
    std::size_t context = 0;
    for (std::size_t other = 0; other < slots_; ++other)
      context += kernel.context_stride[group.slots[other]] * shape.axes[other].incumbent[b];
    const std::size_t x = at.incumbent[b];
    const std::uint32_t* const known = &row_of_[i][context * kernel.states.size()];
    double away = 0;
    for (std::size_t d = 0; d < at.own; ++d) {
      const std::size_t state = x == J ? kernel.states.none() : kernel.states.held(x, d);
      if (d < at.leaving) {
        const std::uint32_t row =
            known[state] == no_row ? add_row(kernel, group, i, context, state) : known[state];
        at.row[d * B + b] = row;
        away = rows_[row].away;
      }
      at.leave[d * B + b] = std::min(1.0, kernel.act_table[kernel.act_index(context, d) + x] * away);
    }
  }
  const bool whole = shape.joint == group.stages;  // nobody who has not adopted: stages as in the key
  std::uint64_t customers = 0;
  for (const CohortCell& of : cells) {
    std::size_t place = of.key - first_key;
    if (!whole) {
      place = 0;
      for (std::size_t i = 0; i < slots_; ++i)
        if (shape.axes[i].own > 1)
          place = place * shape.axes[i].own + of.key / group.stage_stride[i] % shape.axes[i].own;
    }
    value_[shape.at.lane(place) + b] = static_cast<double>(of.count);
    customers += of.count;
  }
  blocks_[shape.first_block + b] = {.customers = static_cast<double>(customers),
                                    .shape = static_cast<std::uint32_t>(&shape - shapes_.data())};
}

// The destinations of a state. No draw knows of a provider that nobody takes.
std::uint32_t CohortSplit::add_row(const SlotKernel& kernel, const SlotGroup& group, std::size_t i,
                                   std::size_t context, std::size_t state) {
  const auto number = static_cast<std::uint32_t>(rows_.size());
  row_of_[i][context * kernel.states.size() + state] = number;
  Row& row = rows_.emplace_back();
  row.slot = static_cast<std::uint32_t>(i);
  row.incumbent = kernel.states.provider(state);
  const std::span<const double> weights = kernel.row(context, state);
  weights_.assign(weights.begin(), weights.end());
  if (row.incumbent < providers_) weights_[row.incumbent] = 0;
  for (const double weight : weights_) row.away += weight;
  chances_.clear();
  if (row.away > 0) add_chances(weights_, chances_);
  const std::size_t first = to_.size(), past = first + width_;
  to_.resize(past);
  provider_.resize(past);
  chance_of_.resize(past, 0);
  up_to_.resize(past, 1);
  double later = 1;
  for (std::size_t j = 0; j < chances_.size(); ++j) {
    if (chances_[j] == 0) continue;
    const std::size_t at = first + row.count++;
    later *= 1 - chances_[j];
    to_[at].key = group.block_stride[i] * j;
    provider_[at] = static_cast<std::uint32_t>(j);
    chance_of_[at] = chances_[j];
    up_to_[at] = 1 - later;
  }
  row.few = 2 * static_cast<double>(row.count);
  return number;
}

// The slots get their fates one after the other, each by its state at t-1, as no fate depends on another's; whoever leaves
// is drawn a destination at the end.
void CohortSplit::split(const Period& period, const CustomerType& type, const SlotGroup& group,
                        std::span<const CohortCell> cells, std::span<const Range> ranges,
                        std::vector<SlotTally>& tally) {
  block_key_.resize(blocks_.size());
  lay_out(0);
  make_room(lanes_);
  std::fill_n(value_.begin(), lanes_, 0.0);
  for (std::size_t s = 0; s < used_; ++s) {
    Shape& shape = shapes_[s];
    shape.at = shape.next;
    for (std::size_t b = 0; b < shape.blocks; ++b) {
      const Range& range = ranges[shape.first_block + b];
      add_block(period, type, group, cells.subspan(range.first, range.last - range.first), shape, b);
    }
  }
  for (std::size_t i = 0; i < slots_; ++i) transform(i);
  later_.clear();
  for (std::size_t s = 0; s < used_; ++s) {
    count_fates(group, shapes_[s], tally);
    place(group, shapes_[s]);
  }
  for (std::size_t round = 0; !alone_[round].empty() || !together_[round].empty(); round = 1 - round) {
    spread_alone(round);
    spread(round);
  }
}

// Adds what has become of the slots to their tallies, those apart who draw a destination.
void CohortSplit::count_fates(const SlotGroup& group, const Shape& shape,
                              std::vector<SlotTally>& tally) const {
  const std::size_t J = providers_, B = shape.blocks;
  for (std::size_t i = 0; i < slots_; ++i) {
    const Axis& at = shape.axes[i];
    SlotTally& slot = tally[group.slots[i]];
    for (std::size_t b = 0; b < B; ++b) {
      const std::size_t x = at.incumbent[b];
      if (x < J) slot.base[x] += blocks_[shape.first_block + b].customers;
      for (std::size_t d = 0; d < at.own; ++d)
        slot.held[x == J ? slot.states.none() : slot.states.held(x, d)] += at.count[d * B + b];
      for (const Move& move : at.moves)
        for (std::size_t d = 0; d < (move.keep_stage ? at.own : 1); ++d) {
          const double n = at.count[(move.fate + d) * B + b];
          slot.held[slot.states.held(move.to, d)] += n;
          if (move.to != x) slot.moved[x * J + move.to] += n;
        }
    }
  }
}

// Adds who has arrived to the tallies, and forgets the destinations.
void CohortSplit::count_arrivals(const SlotGroup& group, std::vector<SlotTally>& tally) {
  for (std::size_t r = 0; r < rows_.size(); ++r) {
    const Row& row = rows_[r];
    SlotTally& slot = tally[group.slots[row.slot]];
    for (std::size_t at = r * width_; at < r * width_ + row.count; ++at) {
      const std::size_t j = provider_[at];
      slot.held[slot.states.held(j, 0)] += to_[at].arrived;
      (row.incumbent == providers_ ? slot.adopted[j] : slot.moved[row.incumbent * providers_ + j]) +=
          to_[at].arrived;
    }
  }
  rows_.clear();
  to_.clear();
  provider_.clear();
  chance_of_.clear();
  up_to_.clear();
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
  put_in_order(list_, group.keys);
  cells.swap(list_);
}

}  // namespace lockin::detail
