#include <algorithm>

#include "engine/detail/mean_field_runs_adjoint.hpp"
#include "engine/detail/mean_field_split.hpp"

namespace lockin::detail {

void MeanFieldSplit::pull_back(const Of& of, const double* counts, std::vector<SlotTally>& by_flows,
                               Numbers& by_counts, std::vector<SlotKernel>& by_slots,
                               std::vector<double>& by_move_shares) {
  start(of, by_flows);
  set_marginals(*layout_, counts, marginals_);
  leave_and_enter(of, marginals_);
  const std::size_t n = layout_->places, slots = axes_.size();
  set_all_fates(counts, nullptr);
  by_axes_.resize(std::max(by_axes_.size(), slots));
  by_room_.resize(std::max(by_room_.size(), slots));
  const std::size_t most_places = layout_->square ? layout_->square->places : n;
  for (Numbers& block : by_room_) block.resize(std::max(block.size(), most_places));
  std::vector<StageAdjoint> by_stages;
  for (std::size_t i = 0; i < slots; ++i) {
    AxisAdjoint& by = by_axes_[i];
    by.slot = &by_slots[of.slots[i]];
    for (auto* values : {&by.keep, &by.rise, &by.act}) values->assign(axes_[i].own * n, 0.0);
    by.rows.assign(axes_[i].rows.size(), 0.0);
    by.square_rows.assign(axes_[i].square_rows.size(), 0.0);
    by.padded_rows.assign(axes_[i].padded_rows.size(), 0.0);
    by.moved.assign(axes_[i].moved.size(), 0.0);
    by_stages.push_back({by.keep.data(), by.rise.data(), by.act.data(), by.moved.data()});
  }

  pull_back_spread_all(by_counts.data());
  by_marginals_.resize(marginals_.size());
  for (std::size_t i = 0, at = 0; i < slots; at += axes_[i++].own * n)
    pull_back_flows(i, marginals_.data() + at, by_marginals_.data() + at);
  pull_back_fates(fate_runs(), counts, to_.data(), by_stages, by_counts.data());
  add_marginals(fate_runs(), by_marginals_.data(), by_counts.data());
  for (std::size_t i = 0; i < slots; ++i) pull_back_axis(i, of.kernel, by_move_shares);
}

// The transpose of `spread_all`: derivatives by all fates.
// @param by_counts those of fates that nobody acts in stand there
void MeanFieldSplit::pull_back_spread_all(double* by_counts) {
  const std::size_t n = layout_->places;
  std::vector<double*> by_rows, by_square_rows;
  for (std::size_t i = 0; i < axes_.size(); ++i) {
    AxisAdjoint& by = by_axes_[i];
    const bool last = i + 1 == axes_.size();
    by_rows.push_back(last ? by.padded_rows.data() : by.rows.data());
    by_square_rows.push_back(last ? by.padded_rows.data() : by.square_rows.data());
  }
  spread_sums_.resize(layout_->others.size());
  by_value_.resize(std::max(by_value_.size(), at_->fates.size() * n));
  const SpreadRuns runs = spread_runs(here_, nullptr);
  for (std::size_t f = 0; f < to_.size(); ++f) {
    const Fates& of = at_->fates[f];
    to_[f] = of.acting.empty() ? by_counts + of.to : by_value_.data() + f * n;
    if (of.acting.empty() || of.pair_acts) continue;
    std::fill_n(to_[f], n, 0.0);
    pull_back_spread(runs, {by_room_, by_rows, by_counts, spread_sums_.data()}, of.acting,
                     values_.data() + f * n, to_[f], of.to);
  }
  if (!layout_->square) return;
  const std::size_t square = layout_->square->places;
  square_block_.resize(square);
  by_square_block_.resize(square);
  square_counts_.resize(layout_->square->size());  // derivatives
  for (const PairBlocks& of : at_->from_square)
    pull_back_fold_pairs(pair_runs(), by_counts + of.block, by_counts + of.mirrored,
                         square_counts_.data() + of.square);
  const SpreadRuns apart = spread_runs(square_, nullptr);
  for (std::size_t f = 0; f < to_.size(); ++f) {
    const Fates& of = at_->fates[f];
    if (!of.spreads_in_square(f)) continue;
    unfold_pairs(pair_runs(), values_.data() + f * n, values_.data() + of.mirrored * n, square_block_.data());
    std::fill_n(by_square_block_.data(), square, 0.0);
    pull_back_spread(apart, {by_room_, by_square_rows, square_counts_.data(), spread_sums_.data()}, of.acting,
                     square_block_.data(), by_square_block_.data(), of.to_square);
    pull_back_unfold_pairs(pair_runs(), by_square_block_.data(), to_[f], to_[of.mirrored]);
  }
}

// The transpose of `count_flows`.
void MeanFieldSplit::pull_back_flows(std::size_t i, const double* marginal, double* by_marginal) {
  const Axis& axis = axes_[i];
  AxisAdjoint& by_axis = by_axes_[i];
  const std::size_t J = layout_->providers, n = layout_->places, width = layout_->width;
  const std::vector<std::size_t>& incumbent = layout_->axes[i].incumbent;
  std::vector<double> by_base(J + 2, 0.0);
  flows_.assign((J + 1) * width, 0.0);  // derivatives
  for (std::size_t x = 0; x <= J; ++x) {
    const double* by_flow = x == J ? axis.tally->adopted.data() : axis.tally->moved.data() + x * J;
    for (std::size_t j = 0; j < J; ++j) flows_[x * width + j] = j == x ? 0 : by_flow[j];
    if (x < J) by_base[x] = axis.tally->base[x];
    for (std::size_t m = 0; m < axis.moves.size(); ++m)
      by_base[x] += axis.moved[m * n + layout_->axes[i].first[x]] * by_flow[axis.moves[m]->to.index()];
  }
  by_acting_.resize(n);
  for (std::size_t f = 0; f < axis.acts_fates; ++f) {
    const std::size_t first = f * n, stages = axis.shares_rows() ? axis.own : 1;
    set_products(marginal + first, axis.act.data() + first, stages, n, acting_.data());
    detail::pull_back_flows(incumbents(i), acting_.data(), at_->axes[i].padded_at.data(),
                            axis.padded_rows.data() + f * width, flows_.data(), by_acting_.data(),
                            by_axis.padded_rows.data() + f * width);
    for (std::size_t d = f; d < f + stages; ++d) {
      set_products(axis.act.data() + d * n, by_acting_.data(), 1, n, by_marginal + d * n);
      add_product(marginal + d * n, by_acting_.data(), n, by_axis.act.data() + d * n);
      for (std::size_t p = 0; p < n; ++p) by_marginal[d * n + p] += by_base[incumbent[p]];
    }
  }
  for (std::size_t m = 0; m < axis.moves.size(); ++m) {
    const std::size_t x = axis.moves[m]->from.index(), to = axis.moves[m]->to.index();
    double base = 0;
    for (std::size_t d = 0; d < axis.own; ++d)
      for (std::size_t p = 0; p < n; ++p)
        if (incumbent[p] == x) base += marginal[d * n + p];
    by_axis.moved[m * n + layout_->axes[i].first[x]] += base * axis.tally->moved[x * J + to];
  }
}

// The transpose of `set_rows`.
void MeanFieldSplit::pull_back_rows(const Grid& grid, std::size_t i) const {
  if (!grid.has_rows(i)) return;
  const Axis& axis = axes_[i];
  const std::size_t J = layout_->providers, n = grid.layout->places;
  const Numbers& by_rows = &grid == &square_ ? by_axes_[i].square_rows : by_axes_[i].rows;
  for (std::size_t p = 0; p < n; ++p) {
    const std::size_t x = grid.layout->axes[i].incumbent[p], acts = x < J ? axis.acts_fates : 1;
    if (x > (axis.shares_rows() ? 0 : J)) continue;
    double* by_row = by_axes_[i].slot->rows.data() + grid.at->axes[i].row_at[p];
    for (std::size_t f = 0; f < acts; ++f)
      for (std::size_t j = 0; j < J; ++j)
        if (axis.shares_rows() || j != x) by_row[f * J + j] += by_rows[(f * J + j) * n + p];
  }
}

// The transpose of `set_axis` and `pad_rows`.
void MeanFieldSplit::pull_back_axis(std::size_t i, const TransitionKernel& kernel,
                                    std::vector<double>& by_move_shares) {
  const Axis& axis = axes_[i];
  AxisAdjoint& by = by_axes_[i];
  const SlotKernel& slot = *axis.kernel;
  const std::size_t J = layout_->providers, n = layout_->places, width = layout_->width;
  std::vector<double> by_spared(J + 1, 0.0);
  by_spared_.assign(axis.moves.empty() ? 0 : n, 0.0);
  ChanceRuns of = chance_runs(i);
  of.act_table = slot.act_table.data();
  by.slot->advance += pull_back_chances(
      of, {by.keep.data(), by.rise.data(), by.act.data(), axis.act.data(), by.slot->act_table.data(),
           by.padded_rows.data(), axis.moves.empty() ? nullptr : by_spared_.data()});
  for (std::size_t p = 0; p < by_spared_.size(); ++p)
    if (at_->axes[i].present[p] > 0) by_spared[layout_->axes[i].incumbent[p]] += by_spared_[p];
  pull_back_rows(here_, i);
  if (layout_->square) pull_back_rows(square_, i);
  for (std::size_t row = 0; row * J < slot.rows.size(); ++row)
    for (std::size_t j = 0; j < J; ++j) by.slot->rows[row * J + j] += by.padded_rows[row * width + j];
  // moved[m] = share[m] * (what the moves of the same incumbent before it spared).
  for (std::size_t m = axis.moves.size(); m-- > 0;) {
    const std::size_t x = axis.moves[m]->from.index();
    const double share = axis.moves[m]->share;
    double before = 1, by_moved = 0;
    for (std::size_t p = 0; p < n; ++p)
      if (layout_->axes[i].incumbent[p] == x) by_moved += by.moved[m * n + p];
    for (std::size_t e = 0; e < m; ++e)
      if (axis.moves[e]->from.index() == x) before *= 1 - axis.moves[e]->share;
    by_move_shares[static_cast<std::size_t>(axis.moves[m] - kernel.moves().data())] +=
        (by_moved - by_spared[x]) * before;
    by_spared[x] = by_spared[x] * (1 - share) + by_moved * share;
  }
}

}  // namespace lockin::detail
