#include "engine/detail/mean_field_split.hpp"

#include <algorithm>

namespace lockin::detail {

void MeanFieldSplit::measure(const MeanFieldLayout& layout, const std::vector<std::size_t>& slots,
                             JointCounts& joint, std::vector<SlotTally>& tally) {
  const std::size_t n = layout.places, J = layout.providers;
  set_marginals(layout, joint.counts.data(), joint.marginals);
  held_.resize(layout.width);
  const double* marginal = joint.marginals.data();
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const MeanFieldLayout::Axis& axis = layout.axes[i];
    std::vector<double>& held = tally[slots[i]].held;
    for (std::size_t d = 0; d < axis.states.stage_count(); ++d, marginal += n) {
      sum_others({axis.incumbents, axis.stride, J + 1, layout.width}, marginal, held_.data());
      for (std::size_t x = 0; x < J; ++x) held[axis.states.held(x, d)] = held_[x];
      if (d == 0) held[axis.states.none()] = held_[J];
    }
  }
  share_alike(layout, slots, tally);
}

// Slot by slot, from the last: what its stages add up to are the blocks of the slots before.
void MeanFieldSplit::set_marginals(const MeanFieldLayout& layout, const double* counts, Numbers& marginals) {
  const std::size_t n = layout.places;
  std::size_t stages = 0, outer = layout.blocks;
  for (const MeanFieldLayout::Axis& axis : layout.axes) stages += axis.states.stage_count();
  marginals.resize(stages * n);
  sums_.resize(std::max(sums_.size(), layout.size()));
  double* marginal = marginals.data() + marginals.size();
  for (std::size_t i = layout.axes.size(); i-- > 0; counts = sums_.data()) {
    const std::size_t own = layout.axes[i].states.stage_count();
    outer /= own;
    marginal -= own * n;
    sum_stages(counts, outer, own, n, marginal, sums_.data());
  }
}

void MeanFieldSplit::share_alike(const MeanFieldLayout& layout, const std::vector<std::size_t>& slots,
                                 std::vector<SlotTally>& tally) {
  if (!layout.square) return;
  SlotTally &a = tally[slots[0]], &b = tally[slots[1]];
  for (const auto values : {&SlotTally::held, &SlotTally::moved, &SlotTally::adopted, &SlotTally::base})
    for (std::size_t i = 0; i < (a.*values).size(); ++i)
      (a.*values)[i] = (b.*values)[i] = 0.5 * ((a.*values)[i] + (b.*values)[i]);
}

void MeanFieldSplit::leave_and_enter(const Of& of, Numbers& marginals) {
  if (of.stay != 1) scale(of.stay, marginals.size(), marginals.data());
  double* marginal = marginals.data() + of.layout.none;
  for (const MeanFieldLayout::Axis& axis : of.layout.axes) {
    *marginal += of.enter;
    marginal += axis.states.stage_count() * of.layout.places;
  }
}

void MeanFieldSplit::step(const Of& of, JointCounts& joint, std::vector<SlotTally>& tally) {
  start(of, tally);
  leave_and_enter(of, joint.marginals);
  const double* marginal = joint.marginals.data();
  for (std::size_t i = 0; i < axes_.size(); marginal += axes_[i++].own * of.layout.places)
    count_flows(i, marginal);
  set_all_fates(joint.counts.data(), joint.counts.data());
  spread_all(joint.counts.data());
  measure(of.layout, of.slots, joint, tally);
}

void MeanFieldSplit::start(const Of& of, std::vector<SlotTally>& tally) {
  layout_ = &of.layout;
  stay_ = of.stay;
  enter_ = of.enter;
  room_of_axes_.resize(std::max(room_of_axes_.size(), of.slots.size()));
  axes_ = std::span(room_of_axes_).first(of.slots.size());
  shape_ = {layout_->providers, axes_.size()};
  for (std::size_t i = 0; i < axes_.size(); ++i) {
    Axis& axis = axes_[i];
    axis.kernel = &of.kernel.slot(of.type.choice_class, of.slots[i]);
    axis.tally = &tally[of.slots[i]];
    axis.slot = of.slots[i];
    axis.moves.clear();
    for (const Market::Move& move : of.kernel.moves())
      if (move.layer == axis.kernel->layer && (!move.segment || *move.segment == of.type.segment))
        axis.moves.push_back(&move);
    axis.own = axis.kernel->states.stage_count();
    axis.acts_fates = axis.shares_rows() ? 1 : axis.own;
    axis.fates = axis.own + axis.acts_fates + axis.moves.size() * axis.own;
    shape_.insert(shape_.end(),
                  {axis.own, axis.fates, axis.kernel->row_per_context, axis.kernel->row_per_state});
    for (const std::size_t other : of.slots) shape_.push_back(axis.kernel->context_stride[other]);
  }
  set_grid(here_, *layout_, &Axis::rows);
  at_ = here_.at;
  if (layout_->square) set_grid(square_, *layout_->square, &Axis::square_rows);
  acting_.resize(layout_->places);
  for (std::size_t i = 0; i < axes_.size(); ++i) {
    pad_rows(i);
    set_rows(here_, i);
    if (layout_->square) set_rows(square_, i);
    set_axis(i);
  }
}

void MeanFieldSplit::set_grid(Grid& grid, const MeanFieldLayout& layout, Numbers Axis::*rows) {
  shape_.push_back(layout.places);  // a square has more than its pairs
  auto known = std::find_if(known_places_.begin(), known_places_.end(),
                            [&](const Places& places) { return places.shape == shape_; });
  if (known == known_places_.end()) {
    known_places_.push_back(places_of(layout));
    known = known_places_.end() - 1;
  }
  grid.layout = &layout;
  grid.at = &*known;
  grid.rows = rows;
  shape_.pop_back();
}

MeanFieldSplit::Places MeanFieldSplit::places_of(const MeanFieldLayout& layout) const {
  const std::size_t J = layout.providers, n = layout.places;
  Places found{shape_, std::vector<Places::OfAxis>(axes_.size()), list_fates(layout), {}};
  if (layout.square) found.from_square = list_pair_blocks(layout, found.fates);
  for (std::size_t i = 0; i < axes_.size(); ++i) {
    const SlotKernel& kernel = *axes_[i].kernel;
    const SlotStates& states = kernel.states;
    Places::OfAxis& of = found.axes[i];
    for (std::size_t p = 0; p < n; ++p) {
      std::size_t context = 0;
      for (std::size_t other = 0; other < axes_.size(); ++other)
        context += kernel.context_stride[axes_[other].slot] * std::min(layout.axes[other].incumbent[p], J);
      const std::size_t x = layout.axes[i].incumbent[p];
      const std::size_t state = x < J ? states.held(x, 0) : states.none();
      const std::size_t row = kernel.row_index(context, state);
      of.act_at.push_back(static_cast<std::int64_t>(kernel.act_index(context, 0) + std::min(x, J)));
      of.own_at.push_back(static_cast<std::int64_t>(row * layout.width + std::min(x, J)));
      of.present.push_back(x > J ? 0 : 1);
      of.holds.push_back(x < J ? 1 : 0);
      of.row_at.push_back(row * J);
      of.padded_at.push_back(row * layout.width);
    }
  }
  return found;
}

std::vector<MeanFieldSplit::Fates> MeanFieldSplit::list_fates(const MeanFieldLayout& layout) const {
  std::vector<Fates> fates{{}};
  for (std::size_t i = 0; i < axes_.size(); ++i) {
    const Axis& axis = axes_[i];
    std::vector<Fates> longer;
    for (const Fates& before : fates)
      for (std::size_t f = 0; f < axis.fates; ++f) {
        longer.push_back(before);
        if (f < axis.own)
          longer.back().to += f * layout.axes[i].block_stride;
        else
          longer.back().acting.push_back({i, f - axis.own});
      }
    fates.swap(longer);
  }
  const std::size_t of_pair = layout.square ? axes_.front().fates : 1,
                    rest = fates.size() / (of_pair * of_pair);
  for (std::size_t f = 0; f < fates.size(); ++f) {
    Fates& of = fates[f];
    const std::size_t first = f / rest / of_pair, second = f / rest % of_pair;
    of.mirrored = (second * of_pair + first) * rest + f % rest;
    of.pair_acts = layout.square && !of.acting.empty() && of.acting.front().slot < 2;
    if (layout.square) of.to_square = of.to * layout.square->places;
    of.to *= layout.places;
    // The last slot first: see `spread`.
    if (!of.acting.empty() && of.acting.back().slot + 1 == axes_.size())
      std::rotate(of.acting.begin(), of.acting.end() - 1, of.acting.end());
    for (std::size_t a = 0; a < of.acting.size(); ++a) of.acting[a].apart = asked_later(of.acting, a);
  }
  return fates;
}

// Blocks that fates of a pair may lead to: stages of those that keep their provider, 0, and those that moves may keep.
std::vector<MeanFieldSplit::PairBlocks> MeanFieldSplit::list_pair_blocks(
    const MeanFieldLayout& layout, const std::vector<Fates>& fates) const {
  const auto &first = layout.axes[0], &second = layout.axes[1];
  std::vector<bool> reached(layout.blocks, false);
  for (std::size_t f = 0; f < fates.size(); ++f) {
    const Fates& of = fates[f];
    if (!of.spreads_in_square(f)) continue;
    std::vector<std::size_t> blocks{of.to / layout.places};
    for (const Acting& acting : of.acting) {
      const Axis& axis = axes_[acting.slot];
      if (acting.fate < axis.acts_fates) continue;
      const std::size_t kept =
          (acting.fate - axis.acts_fates) % axis.own * layout.axes[acting.slot].block_stride;
      for (std::size_t b = 0, n = blocks.size(); b < n; ++b) blocks.push_back(blocks[b] + kept);
    }
    for (const std::size_t block : blocks) reached[block] = true;
  }
  std::vector<PairBlocks> found;
  for (std::size_t block = 0; block < layout.blocks; ++block) {
    if (!reached[block]) continue;
    const std::size_t own = first.states.stage_count(), a = block / first.block_stride,
                      b = block / second.block_stride % own;
    const std::size_t mirrored = block + b * first.block_stride + a * second.block_stride -
                                 a * first.block_stride - b * second.block_stride;
    found.push_back({block * layout.square->places, block * layout.places, mirrored * layout.places});
  }
  return found;
}

// Whether the row of a slot that acts later depends on the incumbent of this one.
bool MeanFieldSplit::asked_later(const std::vector<Acting>& acting, std::size_t a) const {
  return std::any_of(
      acting.begin() + static_cast<std::ptrdiff_t>(a) + 1, acting.end(), [&](const Acting& later) {
        const Axis& axis = axes_[later.slot];
        return later.fate < axis.acts_fates && axis.kernel->context_stride[axes_[acting[a].slot].slot] != 0;
      });
}

// What moves leave of those at each place, until the next call.
const double* MeanFieldSplit::spared_by_place(std::size_t i) {
  const Axis& axis = axes_[i];
  const Places::OfAxis& at = at_->axes[i];
  if (axis.moves.empty()) return at.present.data();
  spared_.resize(layout_->places);
  for (std::size_t p = 0; p < layout_->places; ++p)
    spared_[p] = at.present[p] * axis.spared[std::min(layout_->axes[i].incumbent[p], layout_->providers)];
  return spared_.data();
}

void MeanFieldSplit::set_axis(std::size_t i) {
  Axis& axis = axes_[i];
  const std::size_t J = layout_->providers;
  axis.spared.assign(J + 1, 1.0);
  axis.moved.assign(axis.moves.size() * layout_->places, 0.0);
  for (std::size_t m = 0; m < axis.moves.size(); ++m) {
    const std::size_t x = axis.moves[m]->from.index();
    for (std::size_t p = 0; p < layout_->places; ++p)
      if (layout_->axes[i].incumbent[p] == x)
        axis.moved[m * layout_->places + p] = axis.spared[x] * axis.moves[m]->share;
    axis.spared[x] *= 1 - axis.moves[m]->share;
  }
  const std::vector<double>& act_table = axis.kernel->act_table;
  act_table_.resize(act_table.size() + layout_->width);  // rows are read in whole vectors
  std::copy(act_table.begin(), act_table.end(), act_table_.begin());
  std::fill_n(act_table_.end() - static_cast<std::ptrdiff_t>(layout_->width), layout_->width, 0.0);
  for (auto* values : {&axis.keep, &axis.rise, &axis.act}) values->resize(axis.own * layout_->places);
  set_chances(chance_runs(i), axis.keep.data(), axis.rise.data(), axis.act.data());
}

ChanceRuns MeanFieldSplit::chance_runs(std::size_t i) {
  const Axis& axis = axes_[i];
  const Places::OfAxis& at = at_->axes[i];
  ChanceRuns of;
  of.places = layout_->places;
  of.own = axis.own;
  of.width = layout_->width;
  of.act_table = act_table_.data();
  of.rows = axis.padded_rows.data();
  of.spared = spared_by_place(i);
  of.act_at = at.act_at.data();
  of.own_at = at.own_at.data();
  of.holds = at.holds.data();
  of.next_act = static_cast<std::int64_t>(layout_->providers + 1);
  of.next_row = axis.shares_rows() ? 0 : static_cast<std::int64_t>(layout_->width);
  of.side_by_side = axis.shares_rows() && i + 1 == axes_.size();
  of.advance = axis.kernel->advance;
  chance_room_.resize(chance_blocks * layout_->places);
  of.room = chance_room_.data();
  return of;
}

// Rows padded as the last slot's incumbents are, which is how that slot spreads by them.
void MeanFieldSplit::pad_rows(std::size_t i) {
  Axis& axis = axes_[i];
  const std::vector<double>& from = axis.kernel->rows;
  const std::size_t J = layout_->providers, width = layout_->width;
  // And rows of nobody: *none* has no stages above 0. What pads stays 0: the providers are always as many.
  axis.padded_rows.resize((from.size() / J + axis.own) * width);
  std::fill_n(axis.padded_rows.end() - static_cast<std::ptrdiff_t>(axis.own * width), axis.own * width, 0.0);
  for (std::size_t row = 0; row * J < from.size(); ++row)
    for (std::size_t j = 0; j < J; ++j) axis.padded_rows[row * width + j] = from[row * J + j];
}

// Rows of other slots, by place: where all states share them, [provider][place] at the places of the first incumbent; else
// [act][provider][place], without the incumbent's own.
void MeanFieldSplit::set_rows(const Grid& grid, std::size_t i) {
  if (!grid.has_rows(i)) return;
  Axis& axis = axes_[i];
  const Places::OfAxis& at = grid.at->axes[i];
  const std::vector<double>& from = axis.kernel->rows;
  Numbers& rows = axis.*grid.rows;
  const std::size_t J = layout_->providers, n = grid.layout->places, stride = grid.layout->axes[i].stride;
  rows.resize((axis.shares_rows() ? 1 : axis.acts_fates) * J * n);
  if (axis.shares_rows()) {
    for (const std::size_t start : grid.layout->starts[i])
      for (std::size_t p = start; p < start + stride; ++p)
        for (std::size_t j = 0; j < J; ++j) rows[j * n + p] = from[at.row_at[p] + j];
    return;
  }
  for (std::size_t p = 0; p < n; ++p) {
    const std::size_t x = grid.layout->axes[i].incumbent[p];
    for (std::size_t f = 0; f < axis.acts_fates; ++f)
      for (std::size_t j = 0; j < J; ++j)
        rows[(f * J + j) * n + p] = x == j || x > J || (x == J && f > 0) ? 0 : from[at.row_at[p] + f * J + j];
  }
}

Incumbents MeanFieldSplit::incumbents(std::size_t i) const {
  const MeanFieldLayout::Axis& axis = layout_->axes[i];
  return {axis.incumbents, axis.stride, layout_->providers + 1, layout_->width};
}

PairRuns MeanFieldSplit::pair_runs() const {
  return {layout_->pair_at.data(), layout_->providers + 1, layout_->axes.front().stride};
}

// Who goes where, whatever the other slots do.
void MeanFieldSplit::count_flows(std::size_t i, const double* marginal) {
  Axis& axis = axes_[i];
  const Places::OfAxis& at = at_->axes[i];
  const std::size_t J = layout_->providers, n = layout_->places, width = layout_->width;
  SlotTally& tally = *axis.tally;
  for (std::size_t x = 0; x < J; ++x) {
    double held = 0;
    for (std::size_t d = 0; d < axis.own; ++d) held += tally.held[axis.kernel->states.held(x, d)];
    tally.base[x] = held * stay_;
  }
  flows_.assign((J + 1) * width, 0.0);
  for (std::size_t f = 0; f < axis.acts_fates; ++f) {
    set_products(marginal + f * n, axis.act.data() + f * n, axis.shares_rows() ? axis.own : 1, n,
                 acting_.data());
    add_flows(incumbents(i), acting_.data(), at.padded_at.data(), axis.padded_rows.data() + f * width,
              flows_.data());
  }
  for (std::size_t x = 0; x <= J; ++x) {
    double* to = x == J ? tally.adopted.data() : tally.moved.data() + x * J;
    std::copy_n(flows_.data() + x * width, J, to);
    if (x == J) break;
    to[x] = 0;  // who draws the incumbent stays
    for (std::size_t m = 0; m < axis.moves.size(); ++m)
      to[axis.moves[m]->to.index()] += tally.base[x] * axis.moved[m * n + layout_->axes[i].first[x]];
  }
}

// Replaces the stages of all slots by their fates.
// @param kept gets the blocks of those who keep all their providers: `counts`, or null and nobody reads them
void MeanFieldSplit::set_all_fates(const double* counts, double* kept) {
  const std::size_t n = layout_->places;
  values_.resize(std::max(values_.size(), at_->fates.size() * n));
  to_.resize(at_->fates.size());
  for (std::size_t f = 0; f < to_.size(); ++f)
    to_[f] =
        !at_->fates[f].acting.empty() || kept == nullptr ? values_.data() + f * n : kept + at_->fates[f].to;
  set_fates(fate_runs(), counts, to_.data());
}

FateRuns MeanFieldSplit::fate_runs() {
  stages_.clear();
  for (const Axis& axis : axes_)
    stages_.push_back({axis.own, axis.acts_fates, axis.fates, axis.keep.data(), axis.rise.data(),
                       axis.act.data(), axis.moved.data()});
  fate_room_.resize(std::max(fate_room_.size(), fate_room(stages_, layout_->blocks)));
  return {stages_, layout_->places, layout_->blocks, fate_room_.data(), stay_, enter_, layout_->none};
}

// Adds those who act to the counts.
void MeanFieldSplit::spread_all(double* counts) {
  const std::size_t n = layout_->places;
  const SpreadRuns runs = spread_runs(here_, counts);
  for (std::size_t f = 0; f < at_->fates.size(); ++f)
    if (const Fates& of = at_->fates[f]; !of.acting.empty() && !of.pair_acts)
      spread(runs, of.acting, values_.data() + f * n, of.to);
  if (!layout_->square) return;
  const std::size_t square = layout_->square->places;
  square_block_.resize(square);
  square_counts_.resize(layout_->square->size());
  for (const PairBlocks& of : at_->from_square) std::fill_n(square_counts_.data() + of.square, square, 0.0);
  const SpreadRuns apart = spread_runs(square_, square_counts_.data());
  for (std::size_t f = 0; f < at_->fates.size(); ++f) {
    const Fates& of = at_->fates[f];
    if (!of.spreads_in_square(f)) continue;
    unfold_pairs(pair_runs(), values_.data() + f * n, values_.data() + of.mirrored * n, square_block_.data());
    spread(apart, of.acting, square_block_.data(), of.to_square);
  }
  for (const PairBlocks& of : at_->from_square)
    fold_pairs(pair_runs(), square_counts_.data() + of.square, counts + of.block, counts + of.mirrored);
}

SpreadRuns MeanFieldSplit::spread_runs(Grid& grid, double* to) {
  const MeanFieldLayout& layout = *grid.layout;
  grid.slots.resize(std::max(grid.slots.size(), axes_.size()));
  room_.resize(std::max(room_.size(), axes_.size()));
  for (Numbers& block : room_) block.resize(std::max(block.size(), layout.places));
  for (std::size_t i = 0; i < axes_.size(); ++i) {
    const Axis& axis = axes_[i];
    const MeanFieldLayout::Axis& at = layout.axes[i];
    SpreadSlot& slot = grid.slots[i];
    slot.stride = at.stride;
    slot.own = axis.own;
    slot.acts = axis.acts_fates;
    slot.next_stage = at.block_stride * layout.places;
    slot.shares_rows = axis.shares_rows();
    slot.rows = at.stride == 1 ? axis.padded_rows.data() : (axis.*grid.rows).data();
    slot.row_at = grid.at->axes[i].padded_at.data();
    slot.moves.clear();
    for (const Market::Move* move : axis.moves)
      slot.moves.push_back({move->from.index(), move->to.index(), move->keep_stage});
  }
  return {std::span(grid.slots).first(axes_.size()),
          layout.starts,
          layout.providers,
          layout.width,
          layout.places,
          layout.others.data(),
          room_,
          to};
}

}  // namespace lockin::detail
