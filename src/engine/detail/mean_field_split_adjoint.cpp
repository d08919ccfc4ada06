#include <algorithm>

#include "engine/detail/mean_field_runs.hpp"
#include "engine/detail/mean_field_split.hpp"

namespace lockin::detail {

void MeanFieldSplit::pull_back(const TransitionKernel& kernel, const CustomerType& type,
                               const std::vector<std::size_t>& slots, const std::vector<double>& counts,
                               std::vector<SlotTally>& by_flows, std::vector<double>& by_counts,
                               std::vector<SlotKernel>& by_slots, std::vector<double>& by_move_shares) {
  start(kernel, type, slots, by_flows);
  to_blocks(counts, value_);
  set_marginals();
  by_axes_.resize(slots.size());
  by_room_.resize(slots.size());
  for (std::vector<double>& block : by_room_) block.resize(places_);
  value_levels_.resize(slots.size());
  by_sum_.resize(places_);
  for (std::size_t i = 0; i < axes_.size(); ++i) {
    AxisAdjoint& by = by_axes_[i];
    by.slot = &by_slots[slots[i]];
    for (auto* values : {&by.keep, &by.rise, &by.act}) values->assign(axes_[i].own * places_, 0.0);
    by.rows.assign(axes_[i].rows.size(), 0.0);
    by.moved.assign(axes_[i].moved.size(), 0.0);
  }
  std::size_t outer = 1, inner = blocks_;
  for (std::size_t i = 0; i < axes_.size(); ++i) {
    inner /= axes_[i].own;
    value_levels_[i].assign(
        value_.begin(), value_.begin() + static_cast<std::ptrdiff_t>(outer * inner * axes_[i].own * places_));
    transform(axes_[i], outer, inner);
    outer *= axes_[i].fates;
  }

  to_blocks(by_counts, by_next_);
  by_value_.assign(outer * places_, 0.0);
  for (std::size_t f = 0; f < outer; ++f) {
    acting_ = fates_[f].acting;
    pull_back_spread(0, value_.data() + f * places_, by_value_.data() + f * places_, 0, 0, fates_[f].to);
  }
  for (std::size_t i = axes_.size(); i-- > 0; inner *= axes_[i].own) {
    outer /= axes_[i].fates;
    pull_back_transform(i, outer, inner);
  }
  for (std::size_t i = 0; i < axes_.size(); ++i) {
    pull_back_flows(i);
    pull_back_axis(axes_[i], by_axes_[i], kernel, by_move_shares);
  }
  from_blocks(by_value_, by_counts);
}

// The fates of a slot back to its stages.
void MeanFieldSplit::pull_back_transform(std::size_t i, std::size_t outer, std::size_t inner) {
  const Axis& axis = axes_[i];
  AxisAdjoint& by_axis = by_axes_[i];
  const std::size_t own = axis.own, n = places_, J = providers_, next = inner * n;
  make_room(by_other_, outer * own * next);
  for (std::size_t o = 0; o < outer; ++o)
    for (std::size_t k = 0; k < inner; ++k) {
      const double* from = value_levels_[i].data() + (o * own * inner + k) * n;
      const double *by = by_value_.data() + (o * axis.fates * inner + k) * n, *by_acts = by + own * next;
      double* to = by_other_.data() + (o * own * inner + k) * n;
      for (std::size_t d = 0; d < own; ++d) {
        const double *at = from + d * next, *by_kept = by + d * next,
                     *by_acted = by_acts + (axis.acts_fates == 1 ? 0 : d * next);
        const double *keep = axis.keep.data() + d * n, *act = axis.act.data() + d * n;
        double* by_at = to + d * next;
        set_products(by_kept, keep, by_acted, act, n, by_at);
        add_product(at, by_kept, n, by_axis.keep.data() + d * n);
        add_product(at, by_acted, n, by_axis.act.data() + d * n);
        if (d + 1 < own) {
          add_product(by_kept + next, axis.rise.data() + d * n, n, by_at);
          add_product(at, by_kept + next, n, by_axis.rise.data() + d * n);
        }
        for (std::size_t m = 0; m < axis.moves.size(); ++m) {
          const double* by_moved = by_acts + (axis.acts_fates + m * own + d) * next;
          for (std::size_t p = 0; p < n; ++p) {
            const std::size_t of = m * (J + 1) + axis.incumbent[p];
            by_at[p] += by_moved[p] * axis.moved[of];
            by_axis.moved[of] += by_moved[p] * at[p];
          }
        }
      }
    }
  by_value_.swap(by_other_);
}

// The transpose of `spread`.
void MeanFieldSplit::pull_back_spread(std::size_t a, const double* from, double* by_from, std::size_t fixed,
                                      std::size_t rows, std::size_t to) {
  if (acting_.empty()) {
    add(by_next_.data() + to, places_, by_from);
    return;
  }
  const std::size_t n = axes_.size(), J = providers_;
  if (a == acting_.size()) {
    const std::size_t s = acting_.back().axis;
    for (const std::size_t start : starts_[fixed * n + s])
      add(by_next_.data() + to + start, axes_[s].stride, by_from + start);
    return;
  }
  const Acting& acting = acting_[a];
  const Axis& axis = axes_[acting.axis];
  const std::size_t with = fixed | std::size_t{1} << acting.axis, stride = axis.stride;
  if (acting.fate >= axis.acts_fates) {
    const std::size_t of = acting.fate - axis.acts_fates;
    const Market::Move& move = *axis.moves[of / axis.own];
    const std::size_t stage = move.keep_stage ? of % axis.own : 0, x = move.from.index();
    pull_back_spread(a + 1, from + x * stride, by_from + x * stride, with, rows + x * stride,
                     to + move.to.index() * stride + stage * axis.block_stride * places_);
  } else if (matters_later(a)) {
    double *part = room_[a].data(), *by_part = by_room_[a].data();
    const std::vector<std::size_t>& starts = starts_[fixed * n + acting.axis];
    for (std::size_t x = 0; x <= J; ++x)
      for (std::size_t j = 0; j < J; ++j) {
        if (j == x) continue;
        const std::size_t place =
            (acting.fate * J + j) * places_ + rows + (axis.shares_rows() ? 0 : x * stride);
        const double* row = axis.rows.data() + place;
        double* by_row = by_axes_[acting.axis].rows.data() + place;
        for (const std::size_t start : starts)
          for (std::size_t i = start; i < start + stride; ++i) {
            part[i] = from[i + x * stride] * row[i];
            by_part[i] = 0;
          }
        pull_back_spread(a + 1, part, by_part, with, rows + x * stride, to + j * stride);
        for (const std::size_t start : starts) {
          add_product(by_part + start, row + start, stride, by_from + start + x * stride);
          add_product(by_part + start, from + start + x * stride, stride, by_row + start);
        }
      }
  } else if (a + 1 == acting_.size()) {
    pull_back_pool(acting, from, by_from, fixed, rows, by_next_.data() + to);
  } else {
    std::fill(room_[a].begin(), room_[a].end(), 0.0);
    std::fill(by_room_[a].begin(), by_room_[a].end(), 0.0);
    pool(acting, from, fixed, rows, room_[a].data());
    pull_back_spread(a + 1, room_[a].data(), by_room_[a].data(), fixed, rows, to);
    pull_back_pool(acting, from, by_from, fixed, rows, by_room_[a].data());
  }
}

// The transpose of `pool`.
void MeanFieldSplit::pull_back_pool(const Acting& acting, const double* from, double* by_from,
                                    std::size_t fixed, std::size_t rows, const double* by_to) {
  const Axis& axis = axes_[acting.axis];
  AxisAdjoint& by_axis = by_axes_[acting.axis];
  const std::size_t J = providers_, stride = axis.stride;
  const PoolRuns runs{starts_[fixed * axes_.size() + acting.axis], stride, J};
  if (axis.shares_rows() && stride > 1) {
    detail::pull_back_pool(runs, from, axis.rows.data() + rows, places_, by_to, sum_.data(), by_sum_.data(),
                           by_axis.rows.data() + rows, by_from);
    return;
  }
  for (const std::size_t start : runs.starts) {
    const double *at = from + start, *by_arrive = by_to + start;
    double* by_at = by_from + start;
    if (axis.shares_rows()) {
      const double* row = axis.kernel->rows.data() + axis.row_at[rows + start];
      double* by_row = by_axis.slot->rows.data() + axis.row_at[rows + start];
      double sum = 0, by_sum = 0;
      for (std::size_t x = 0; x <= J; ++x) sum += at[x];
      for (std::size_t j = 0; j < J; ++j) {
        const double by = by_arrive[j] * row[j];
        by_row[j] += by_arrive[j] * (sum - at[j]);
        by_at[j] -= by;
        by_sum += by;
      }
      for (std::size_t x = 0; x <= J; ++x) by_at[x] += by_sum;
      continue;
    }
    for (std::size_t j = 0; j < J; ++j) {
      const std::size_t place = (acting.fate * J + j) * places_ + rows + start;
      for (std::size_t x = 0; x <= J; ++x) {
        const std::size_t of = x * stride;
        add_product(by_arrive + j * stride, axis.rows.data() + place + of, stride, by_at + of);
        add_product(by_arrive + j * stride, at + of, stride, by_axis.rows.data() + place + of);
      }
    }
  }
}

// The transpose of `count_flows` and `set_marginals`.
void MeanFieldSplit::pull_back_flows(std::size_t i) {
  Axis& axis = axes_[i];
  AxisAdjoint& by_axis = by_axes_[i];
  const std::size_t J = providers_, next_row = axis.shares_rows() ? 0 : J;
  for (std::size_t p = 0; p < places_; ++p) {
    const std::size_t x = axis.incumbent[p];
    const double* by_flow = x == J ? axis.tally->adopted.data() : axis.tally->moved.data() + x * J;
    const double* row = axis.kernel->rows.data() + axis.row_at[p];
    double* by_row = by_axis.slot->rows.data() + axis.row_at[p];
    double acting = 0, by_acting = 0, all = 0, by_all = x == J ? 0 : axis.tally->base[x];
    for (std::size_t m = 0; m < axis.moves.size(); ++m)
      by_all += axis.moved[m * (J + 1) + x] * by_flow[axis.moves[m]->to.index()];
    const std::size_t stages = x == J ? 1 : axis.own;
    for (std::size_t d = 0; d < stages; ++d) {
      const double here = axis.marginal[d * places_ + p], act = axis.act[d * places_ + p];
      if (d == 0 || next_row > 0) {
        by_acting = 0;
        for (std::size_t j = 0; j < J; ++j) by_acting += j == x ? 0 : row[d * next_row + j] * by_flow[j];
      }
      acting += here * act;
      all += here;
      by_axis.act[d * places_ + p] += here * by_acting;
      axis.marginal[d * places_ + p] = by_all + act * by_acting;  // from here on the derivative
      if (next_row > 0 || d + 1 == stages) {
        for (std::size_t j = 0; j < J; ++j) by_row[d * next_row + j] += j == x ? 0 : acting * by_flow[j];
        acting = 0;
      }
    }
    for (std::size_t d = stages; d < axis.own; ++d) axis.marginal[d * places_ + p] = 0;
    for (std::size_t m = 0; m < axis.moves.size(); ++m)
      by_axis.moved[m * (J + 1) + x] += all * by_flow[axis.moves[m]->to.index()];
  }
  for (std::size_t b = 0; b < blocks_; ++b)
    add(axis.marginal.data() + b / axis.block_stride % axis.own * places_, places_,
        by_value_.data() + b * places_);
}

// The transpose of `set_axis` and `set_rows`.
void MeanFieldSplit::pull_back_axis(const Axis& axis, AxisAdjoint& by, const TransitionKernel& kernel,
                                    std::vector<double>& by_move_shares) const {
  const SlotKernel& slot = *axis.kernel;
  const std::size_t J = providers_, n = places_, next_row = axis.shares_rows() ? 0 : J;
  std::vector<double> by_spared(J + 1, 0.0);
  for (std::size_t p = 0; p < n; ++p) {
    const std::size_t x = axis.incumbent[p], stages = x == J ? 1 : axis.own;
    const double* act = slot.act_table.data() + axis.act_at[p];
    const double* row = slot.rows.data() + axis.row_at[p];
    double* by_act = by.slot->act_table.data() + axis.act_at[p];
    double* by_row = by.slot->rows.data() + axis.row_at[p];
    for (std::size_t d = 0; d < stages; ++d) {
      const double rising = d + 1 < stages ? slot.advance : 0, kept = x == J ? 0 : row[d * next_row + x];
      const double by_keep = by.keep[d * n + p], by_rise = d + 1 < stages ? by.rise[d * n + p] : 0;
      const double by_stay = by_keep * (1 - rising) + by_rise * rising;
      const double by_acts = by.act[d * n + p] + by_stay * (kept - 1), acts = axis.act[d * n + p];
      if (d + 1 < stages) by.slot->advance += (by_rise - by_keep) * (axis.spared[x] - acts * (1 - kept));
      if (x < J) by_row[d * next_row + x] += by_stay * acts;
      by_act[d] += by_acts * axis.spared[x];
      by_spared[x] += by_stay + by_acts * act[d];
    }
    if (by.rows.empty() || (axis.shares_rows() && x > 0)) continue;
    for (std::size_t f = 0; f < (axis.shares_rows() ? 1 : stages); ++f)
      for (std::size_t j = 0; j < J; ++j)
        if (axis.shares_rows() || j != x) by_row[f * J + j] += by.rows[(f * J + j) * n + p];
  }
  // moved[m] = share[m] * (what the moves of the same incumbent before it spared).
  for (std::size_t m = axis.moves.size(); m-- > 0;) {
    const std::size_t x = axis.moves[m]->from.index();
    const double share = axis.moves[m]->share, by_moved = by.moved[m * (J + 1) + x];
    double before = 1;
    for (std::size_t e = 0; e < m; ++e)
      if (axis.moves[e]->from.index() == x) before *= 1 - axis.moves[e]->share;
    by_move_shares[static_cast<std::size_t>(axis.moves[m] - kernel.moves().data())] +=
        (by_moved - by_spared[x]) * before;
    by_spared[x] = by_spared[x] * (1 - share) + by_moved * share;
  }
}

}  // namespace lockin::detail
