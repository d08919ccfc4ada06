#include "engine/detail/cohort_split.hpp"

#include <algorithm>
#include <bit>

#include "random/count_samplers.hpp"

namespace lockin::detail {
namespace {

constexpr std::uint64_t most_dense = 1u << 16;  // keys that have a place each: half a megabyte
constexpr std::size_t enough_lanes = 2048;      // joint counts that are drawn together
constexpr std::size_t most_destinations = 8192;  // that are kept from block to block
constexpr std::uint32_t no_row = ~std::uint32_t{0};

// Whether a move takes slots of this layer from provider x (J: of none).
bool loses(const Market::Move& move, const CustomerType& type, LayerId layer, std::size_t x) {
  return move.layer == layer && move.from.index() == x && (!move.segment || *move.segment == type.segment);
}

// Adds and takes away what was drawn of lanes.
void give(const double* hits, double* to, double* from, std::size_t n) {
  for (std::size_t b = 0; b < n; ++b) {
    to[b] += hits[b];
    from[b] -= hits[b];
  }
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
  return (6 * sizeof(double) + 2 * sizeof(std::uint64_t) + sizeof(Leaving) +
          static_cast<double>(slots.size() * sizeof(Next))) *
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
  axes_.resize(std::max(axes_.size(), slots_));
  leavers_.resize(2 * axes_.size());
  row_of_.resize(axes_.size());
  for (std::size_t i = 0; i < slots_; ++i) {
    const SlotKernel& kernel = period.kernel.slot(type.choice_class, group.slots[i]);
    row_of_[i].assign(kernel.contexts * kernel.states.size(), no_row);
    std::fill(tally[group.slots[i]].held.begin(), tally[group.slots[i]].held.end(), 0.0);
  }
  const StreamKey stream{
      period.key.seed, period.key.replication, period.key.period.value, Purpose::split, {}, 0};
  counter_ = stream.stream().counter();
  find_blocks(period, type, group, cells);
  for (std::size_t first = 0; first < ranges_.size();) {
    set_axes(period, type, group, cells[ranges_[first].first].key);
    std::size_t last = first + 1;
    while (last < ranges_.size() && ranges_[last].shape == ranges_[first].shape &&
           (last - first + 1) * joint_ <= enough_lanes)
      ++last;
    split(period, type, group, cells, std::span(ranges_).subspan(first, last - first), tally);
    if (to_.size() > most_destinations) {
      count_arrivals(group, tally);
      for (std::size_t i = 0; i < slots_; ++i) std::fill(row_of_[i].begin(), row_of_[i].end(), no_row);
    }
    first = last;
  }
  count_arrivals(group, tally);
  collect(group, cells);
}

// Blocks, those of the same shape together.
void CohortSplit::find_blocks(const Period& period, const CustomerType& type, const SlotGroup& group,
                              std::span<const CohortCell> cells) {
  const std::size_t J = providers_;
  shape_.assign(slots_ * (J + 1), 0);  // 0: of none
  for (std::size_t i = 0; i < slots_; ++i) {
    std::size_t number = 0, of_most = 0;
    for (std::size_t x = 0; x < J; ++x) {
      const bool moves = std::any_of(
          period.kernel.moves().begin(), period.kernel.moves().end(),
          [&](const Market::Move& move) { return loses(move, type, type.slots[group.slots[i]].layer, x); });
      if (!moves && of_most == 0) of_most = ++number;
      shape_[i * (J + 1) + x] = moves ? ++number : of_most;
    }
  }
  ranges_.clear();
  for (std::size_t first = 0, last = 0; first < cells.size(); first = last) {
    const std::uint64_t past = (cells[first].key / group.stages + 1) * group.stages;
    while (last < cells.size() && cells[last].key < past) ++last;
    std::uint64_t shape = 0;
    for (std::size_t i = 0; i < slots_; ++i)
      shape = shape * (J + 1) + shape_[i * (J + 1) + cells[first].key / group.block_stride[i] % (J + 1)];
    ranges_.push_back({shape, first, last});
  }
  std::sort(ranges_.begin(), ranges_.end(), [](const Range& a, const Range& b) {
    return a.shape != b.shape ? a.shape < b.shape : a.first < b.first;
  });
}

// What blocks of the shape of this key have in common; `joint_`: numbers of their joint states.
void CohortSplit::set_axes(const Period& period, const CustomerType& type, const SlotGroup& group,
                           std::uint64_t key) {
  joint_ = 1;
  for (std::size_t i = 0; i < slots_; ++i) {
    const SlotKernel& kernel = period.kernel.slot(type.choice_class, group.slots[i]);
    const std::size_t x = key / group.block_stride[i] % (providers_ + 1);
    Axis& at = axes_[i];
    at.own = x == providers_ ? 1 : group.states[i].stage_count();
    at.leaving = kernel.row_per_state != 0 ? at.own : 1;
    at.fates = at.own + at.leaving;
    at.rise = kernel.advance;
    at.moves.clear();
    for (const Market::Move& move : period.kernel.moves()) {
      if (!loses(move, type, type.slots[group.slots[i]].layer, x)) continue;
      at.moves.push_back({move.share, move.keep_stage, at.fates, move.to.index()});
      at.fates += move.keep_stage ? at.own : 1;
    }
    joint_ *= at.own;
  }
}

void CohortSplit::add_block(const Period& period, const CustomerType& type, const SlotGroup& group,
                            std::span<const CohortCell> cells, std::size_t b) {
  const std::size_t J = providers_, B = blocks_.size();
  const std::uint64_t first_key = cells.front().key / group.stages * group.stages;
  CellId cell = type.cell;
  for (std::size_t i = 0; i < slots_; ++i) {
    const std::size_t x = first_key / group.block_stride[i] % (J + 1);
    axes_[i].incumbent[b] = x;
    axes_[i].key[b] = x * group.block_stride[i];
    cell = cell.with(group.cells[i].value()).with(period.providers[x].value());
  }
  const Philox::Key key = StreamKey{.seed = period.key.seed, .cell = cell}.stream().key();
  Block& block = blocks_[b];
  block = {.key = key[0] | static_cast<std::uint64_t>(key[1]) << 32};
  for (std::size_t i = 0; i < slots_; ++i) {
    const SlotKernel& kernel = period.kernel.slot(type.choice_class, group.slots[i]);
    Axis& at = axes_[i];
    std::size_t context = 0;
    for (std::size_t other = 0; other < slots_; ++other)
      context += kernel.context_stride[group.slots[other]] * axes_[other].incumbent[b];
    const std::size_t x = at.incumbent[b];
    for (std::size_t d = 0; d < at.own; ++d) {
      const std::size_t state = x == J ? kernel.states.none() : kernel.states.held(x, d);
      if (d < at.leaving) at.row[d * B + b] = row_of(kernel, group, i, context, state);
      const double away = rows_[at.row[(d < at.leaving ? d : 0) * B + b]].away;
      at.leave[d * B + b] = std::min(1.0, kernel.act(context, state) * away);
    }
  }
  const bool whole = joint_ == group.stages;  // nobody who has not adopted: stages as in the key
  for (const CohortCell& of : cells) {
    std::size_t place = of.key - first_key;
    if (!whole) {
      place = 0;
      for (std::size_t i = 0; i < slots_; ++i)
        place = place * axes_[i].own + of.key / group.stage_stride[i] % group.states[i].stage_count();
    }
    value_[place * B + b] = static_cast<double>(of.count);
    block.customers += static_cast<double>(of.count);
  }
}

// The destinations of a state. No draw knows of a provider that nobody takes.
std::uint32_t CohortSplit::row_of(const SlotKernel& kernel, const SlotGroup& group, std::size_t i,
                                  std::size_t context, std::size_t state) {
  std::uint32_t& known = row_of_[i][context * kernel.states.size() + state];
  if (known != no_row) return known;
  known = static_cast<std::uint32_t>(rows_.size());
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
  row.few = 1.5 * static_cast<double>(row.count);
  return known;
}

// The slots get their fates one after the other, each by its state at t-1, as no fate depends on another's; whoever leaves
// is drawn a destination at the end.
void CohortSplit::split(const Period& period, const CustomerType& type, const SlotGroup& group,
                        std::span<const CohortCell> cells, std::span<const Range> ranges,
                        std::vector<SlotTally>& tally) {
  const std::size_t B = ranges.size();
  blocks_.resize(B);
  std::size_t most_joint = joint_;
  for (std::size_t i = 0, joint = joint_; i < slots_; ++i) {
    Axis& at = axes_[i];
    at.incumbent.resize(B);
    at.key.resize(B);
    at.leave.resize(at.own * B);
    at.row.resize(at.leaving * B);
    at.count.assign(at.fates * B, 0);
    most_joint = std::max(most_joint, joint);  // that are drawn of
    joint = joint / at.own * at.fates;
  }
  make_room(most_joint * B);
  std::fill_n(value_.begin(), joint_ * B, 0.0);
  for (std::size_t b = 0; b < B; ++b)
    add_block(period, type, group, cells.subspan(ranges[b].first, ranges[b].last - ranges[b].first), b);
  for (std::size_t joint = 0, lane = 0; joint < most_joint; ++joint)
    for (std::size_t b = 0; b < B; ++b, ++lane) {
      key_[lane] = blocks_[b].key;
      place_[lane] = joint;
    }
  for (std::size_t i = 0; i < slots_; ++i) transform(i);
  count_fates(group, tally);
  place(group);
  for (std::size_t i = 0; i < slots_; ++i) {
    for (const bool last : {false, true}) {
      spread_alone(i, last);
      spread(i, last);
    }
  }
}

LaneStreams CohortSplit::streams(std::size_t i, std::size_t step) const {
  Philox::Counter counter = counter_;
  counter[0] = static_cast<std::uint32_t>(step << 16 | i << 8);
  return {key_.data(), place_.data(), counter};
}

void CohortSplit::make_room(std::size_t lanes) {
  const std::size_t size = lanes + lane_room;
  const auto grow = [&](std::size_t least, auto&... of) {
    ((of.size() < least ? of.resize(least) : void()), ...);
  };
  grow(size, value_, chance_, hits_, key_, place_);
  grow(2 * size, uniform_);
}

// Replaces the states of slot i, which is the slowest index of the joint counts, by its fates, which become the fastest but for the
// block.
void CohortSplit::transform(std::size_t i) {
  Axis& at = axes_[i];
  const std::size_t B = blocks_.size(), rest = joint_ / at.own, own = at.own * rest * B, run = rest * B;
  if (other_.size() < at.fates * run + lane_room) other_.resize(at.fates * run + lane_room);
  std::fill_n(other_.begin(), at.fates * run, 0.0);
  double *const first = uniform_.data(), *const second = first + own + lane_room;
  const auto draw = [&](std::size_t step, std::size_t lanes, const double* uniform) {
    draw_binomials(lanes, value_.data(), chance_.data(), uniform, streams(i, step), hits_.data());
  };
  const auto to = [&](std::size_t fate, std::size_t r) { return &other_[(r * at.fates + fate) * B]; };
  for (std::size_t m = 0; m < at.moves.size(); ++m) {
    const Move& move = at.moves[m];
    std::fill_n(chance_.begin(), own, move.share);
    draw_uniforms(own, streams(i, Step::move + m), first, second);
    draw(Step::move + m, own, first);
    for (std::size_t d = 0, from = 0; d < at.own; ++d)
      for (std::size_t r = 0; r < rest; ++r, from += B)
        give(&hits_[from], to(move.fate + (move.keep_stage ? d : 0), r), &value_[from], B);
  }
  for (std::size_t d = 0, from = 0; d < at.own; ++d)
    for (std::size_t r = 0; r < rest; ++r, from += B) std::copy_n(&at.leave[d * B], B, &chance_[from]);
  draw_uniforms(own, streams(i, Step::leave), first, second);
  draw(Step::leave, own, first);
  for (std::size_t d = 0, from = 0; d < at.own; ++d)
    for (std::size_t r = 0; r < rest; ++r, from += B)
      give(&hits_[from], to(at.own + (at.leaving > 1 ? d : 0), r), &value_[from], B);
  // Nobody rises from the last stage.
  std::fill_n(chance_.begin(), own - run, at.rise);
  draw(Step::rise, own - run, second);
  for (std::size_t d = 0, from = 0; d < at.own; ++d)
    for (std::size_t r = 0; r < rest; ++r, from += B) {
      if (d + 1 < at.own) give(&hits_[from], to(d + 1, r), &value_[from], B);
      const double* const left = &value_[from];
      double* const stay = to(d, r);
      for (std::size_t b = 0; b < B; ++b) stay[b] += left[b];
    }
  const double* drawn = other_.data();
  for (std::size_t r = 0; r < rest; ++r)
    for (double& count : at.count) count += *drawn++;
  value_.swap(other_);
  joint_ = rest * at.fates;
}

// Adds what has become of the slots to their tallies, those apart who draw a destination.
void CohortSplit::count_fates(const SlotGroup& group, std::vector<SlotTally>& tally) const {
  const std::size_t J = providers_, B = blocks_.size();
  for (std::size_t i = 0; i < slots_; ++i) {
    const Axis& at = axes_[i];
    SlotTally& slot = tally[group.slots[i]];
    for (std::size_t b = 0; b < B; ++b) {
      const std::size_t x = at.incumbent[b];
      if (x < J) slot.base[x] += blocks_[b].customers;
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
  put_in_order(list_);
  cells.swap(list_);
}

}  // namespace lockin::detail
