#include <algorithm>

#include "engine/detail/mean_field_split.hpp"

namespace lockin::detail {
namespace {

// In two sums, so that the processor need not wait for each addition.
double dot(const double* a, const double* b, std::size_t n) {
  double even = 0, odd = 0;
  for (std::size_t i = 0; i + 1 < n; i += 2) {
    even += a[i] * b[i];
    odd += a[i + 1] * b[i + 1];
  }
  return even + odd + (n % 2 == 1 ? a[n - 1] * b[n - 1] : 0);
}

void add_scaled(const double* from, double factor, std::size_t n, double* to) {
  for (std::size_t i = 0; i < n; ++i) to[i] += from[i] * factor;
}

}  // namespace

void MeanFieldSplit::pull_back(const TransitionKernel& kernel, const CustomerType& type,
                               const std::vector<std::size_t>& slots, const std::vector<double>& counts,
                               std::vector<SlotTally>& by_flows, std::vector<double>& by_counts,
                               std::vector<SlotKernel>& by_slots, std::vector<double>& by_move_shares) {
  start(kernel, type, slots, by_flows);
  row_levels_.resize(slots.size());
  value_levels_.resize(slots.size());
  by_axes_.resize(slots.size());

  // The transpose of `finish`.
  const SlotStates& states = axes_.back().kernel->states;
  const std::size_t S = states.size(), J = states.providers(), width = S + arrivals_;
  by_next_.assign(counts.size() / S * width + 1, 0.0);
  for (std::size_t r = 0; r < counts.size() / S; ++r) {
    std::copy_n(by_counts.data() + r * S, S, by_next_.data() + r * width);
    for (std::size_t a = 0; a < J * arrival_stages_; ++a)
      by_next_[r * width + S + a] = by_counts[r * S + states.held(a % J, a / J)];
  }
  for (bool more = true; more;) {
    load(counts);
    block_ = rows_;
    for (Axis& axis : axes_) set_axis(axis, slots);
    pull_back_block();
    for (std::size_t i = 0; i < axes_.size(); ++i)
      pull_back_axis(axes_[i], by_axes_[i], kernel, by_slots[slots[i]], by_move_shares);
    const std::size_t own = axes_.back().own;
    for (std::size_t r = 0; r < block_.size(); ++r)
      std::copy_n(by_value_.data() + r * own, own, by_counts.data() + block_[r].to);
    more = false;
    for (std::size_t i = axes_.size(); i-- > 0 && !more;) {
      more = axes_[i].incumbent < axes_[i].kernel->states.providers();
      axes_[i].incumbent = more ? axes_[i].incumbent + 1 : 0;
    }
  }
  row_levels_.clear();
}

void MeanFieldSplit::pull_back_block() {
  for (std::size_t i = 0; i < axes_.size(); ++i) {
    const Axis& axis = axes_[i];
    AxisAdjoint& by = by_axes_[i];
    for (auto* values : {&by.keep, &by.rise, &by.acts}) values->assign(axis.own, 0.0);
    by.spread.assign(axis.spread.size(), 0.0);
    by.moved.assign(axis.here.size(), 0.0);
  }
  std::size_t outer = 1, inner = value_.size();
  for (std::size_t i = 0; i + 1 < axes_.size(); ++i) {
    inner /= axes_[i].own;
    value_levels_[i] = value_;
    transform(axes_[i], outer, inner);
    outer *= axes_[i].fates;
  }
  value_levels_.back() = value_;
  spread_last();
  expand_rows();
  pull_back_place();
  pull_back_last();
  inner = axes_.back().own;
  for (std::size_t i = axes_.size() - 1; i-- > 0; inner *= axes_[i].own) {
    outer /= axes_[i].fates;
    pull_back_transform(i, outer, inner);
  }
  outer = 1;
  for (std::size_t i = 0; i < axes_.size(); ++i) {
    inner /= axes_[i].own;
    pull_back_flows(i, outer, inner);
    outer *= axes_[i].own;
  }
}

void MeanFieldSplit::pull_back_place() {
  const Axis& axis = axes_.back();
  const std::size_t S = axis.kernel->states.size();
  const std::size_t run = last_.size() / (value_.size() / axis.own) - arrivals_;
  by_last_.assign(last_.size(), 0.0);
  by_row_.resize(rows_.size());
  for (std::size_t r = 0; r < rows_.size(); ++r) {
    const std::size_t place = rows_[r].from * (run + arrivals_);
    const double* by = by_next_.data() + rows_[r].to * (S + arrivals_);
    add_scaled(by + axis.state, rows_[r].weight, axis.own, by_last_.data() + place);
    add_scaled(by + S, rows_[r].weight, arrivals_, by_last_.data() + place + run);
    by_row_[r] = rows_.size() == 1 ? 0  // of nothing that varies
                                   : dot(last_.data() + place, by + axis.state, axis.own) +
                                         dot(last_.data() + place + run, by + S, arrivals_);
  }
  for (std::size_t i = axes_.size() - 1; i-- > 0;) {
    const std::vector<Row>&parts = row_levels_[i + 1], &wholes = row_levels_[i];
    by_other_.assign(wholes.size(), 0.0);
    for (std::size_t r = 0; r < parts.size(); ++r) {
      const Row& part = parts[r];
      if (part.spread == whole) {
        by_other_[part.of] += by_row_[r];
      } else {
        by_other_[part.of] += by_row_[r] * axes_[i].spread[part.spread];
        by_axes_[i].spread[part.spread] += by_row_[r] * wholes[part.of].weight;
      }
    }
    by_row_.swap(by_other_);
  }
}

void MeanFieldSplit::pull_back_last() {
  const Axis& axis = axes_.back();
  AxisAdjoint& by_axis = by_axes_.back();
  const std::size_t own = axis.own, J = axis.kernel->states.providers(), rows = value_.size() / own;
  const std::size_t width = last_.size() / rows, run = width - arrivals_;
  by_value_.resize(value_.size());
  for (std::size_t r = 0; r < rows; ++r) {
    const double* from = value_.data() + r * own;
    const double *by = by_last_.data() + r * width, *by_arrivals = by + run;
    double* by_from = by_value_.data() + r * own;
    double by_acting = axis.acts_fates == 1 ? dot(by_arrivals, axis.spread.data(), J) : 0, acting = 0;
    for (std::size_t d = 0; d < own; ++d) {
      if (axis.acts_fates > 1) {
        by_acting = dot(by_arrivals, axis.spread.data() + d * J, J);
        add_scaled(by_arrivals, from[d] * axis.acts[d], J, by_axis.spread.data() + d * J);
      }
      acting += from[d] * axis.acts[d];
      by_from[d] = by[d] * axis.keep[d] + by_acting * axis.acts[d];
      by_axis.keep[d] += by[d] * from[d];
      by_axis.acts[d] += by_acting * from[d];
      if (d + 1 < own) {
        by_from[d] += by[d + 1] * axis.rise[d];
        by_axis.rise[d] += by[d + 1] * from[d];
      }
      for (std::size_t m = 0; m < axis.here.size(); ++m) {
        const double by_moved =
            by_arrivals[(axis.here[m]->keep_stage ? d * J : 0) + axis.here[m]->to.index()];
        by_from[d] += by_moved * axis.moved[m];
        by_axis.moved[m] += by_moved * from[d];
      }
    }
    if (axis.acts_fates == 1) add_scaled(by_arrivals, acting, J, by_axis.spread.data());
  }
}

// The fates of a slot, not the last, back to its stages.
void MeanFieldSplit::pull_back_transform(std::size_t i, std::size_t outer, std::size_t inner) {
  const Axis& axis = axes_[i];
  AxisAdjoint& by_axis = by_axes_[i];
  const std::size_t own = axis.own;
  by_other_.resize(outer * own * inner);
  for (std::size_t o = 0; o < outer; ++o) {
    const double *from = value_levels_[i].data() + o * own * inner,
                 *by = by_value_.data() + o * axis.fates * inner, *by_acts = by + own * inner;
    for (std::size_t d = 0; d < own; ++d) {
      const double *at = from + d * inner, *by_at = by + d * inner,
                   *by_act = by_acts + (axis.acts_fates == 1 ? 0 : d * inner);
      double* to = by_other_.data() + (o * own + d) * inner;
      for (std::size_t n = 0; n < inner; ++n) to[n] = by_at[n] * axis.keep[d] + by_act[n] * axis.acts[d];
      by_axis.keep[d] += dot(at, by_at, inner);
      by_axis.acts[d] += dot(at, by_act, inner);
      if (d + 1 < own) {
        add_scaled(by_at + inner, axis.rise[d], inner, to);
        by_axis.rise[d] += dot(at, by_at + inner, inner);
      }
      for (std::size_t m = 0; m < axis.here.size(); ++m) {
        const double* by_moved = by_acts + (axis.acts_fates + m * own + d) * inner;
        add_scaled(by_moved, axis.moved[m], inner, to);
        by_axis.moved[m] += dot(at, by_moved, inner);
      }
    }
  }
  by_value_.swap(by_other_);
}

// The transpose of `count_flows` and of the base.
void MeanFieldSplit::pull_back_flows(std::size_t i, std::size_t outer, std::size_t inner) {
  const Axis& axis = axes_[i];
  AxisAdjoint& by_axis = by_axes_[i];
  const std::size_t J = axis.kernel->states.providers(), own = axis.own;
  const bool none = axis.incumbent == J;
  const double* by_flow = none ? axis.tally->adopted.data() : axis.tally->moved.data() + axis.incumbent * J;
  const double by_base = none ? 0 : axis.tally->base[axis.incumbent];
  by_axis.marginal.assign(own, 0.0);
  for (std::size_t o = 0; o < outer; ++o)
    for (std::size_t d = 0; d < own; ++d) {
      const double* from = value_levels_[0].data() + (o * own + d) * inner;
      for (std::size_t n = 0; n < inner; ++n) by_axis.marginal[d] += from[n];
    }
  double acting = 0, by_acting = dot(axis.spread.data(), by_flow, J);
  for (std::size_t d = 0; d < own; ++d) {
    if (axis.acts_fates > 1) {
      by_acting = dot(axis.spread.data() + d * J, by_flow, J);
      add_scaled(by_flow, by_axis.marginal[d] * axis.acts[d], J, by_axis.spread.data() + d * J);
    }
    acting += by_axis.marginal[d] * axis.acts[d];
    double by_one = by_base + axis.acts[d] * by_acting;
    by_axis.acts[d] += by_axis.marginal[d] * by_acting;
    for (std::size_t m = 0; m < axis.here.size(); ++m) {
      by_one += axis.moved[m] * by_flow[axis.here[m]->to.index()];
      by_axis.moved[m] += by_axis.marginal[d] * by_flow[axis.here[m]->to.index()];
    }
    for (std::size_t o = 0; o < outer; ++o)
      for (std::size_t n = 0; n < inner; ++n) by_value_[(o * own + d) * inner + n] += by_one;
  }
  if (axis.acts_fates == 1) add_scaled(by_flow, acting, J, by_axis.spread.data());
}

// The transpose of `set_axis`.
void MeanFieldSplit::pull_back_axis(const Axis& axis, AxisAdjoint& by, const TransitionKernel& kernel,
                                    SlotKernel& by_slot, std::vector<double>& by_move_shares) {
  const SlotKernel& slot = *axis.kernel;
  const std::size_t J = slot.states.providers(), x = axis.incumbent;
  const double* act = slot.act_table.data() + axis.context * slot.states.size() + axis.state;
  double* by_act = by_slot.act_table.data() + axis.context * slot.states.size() + axis.state;
  double* by_row = by_slot.rows.data() + slot.row_index(axis.context, axis.state) * J;
  const double* row = slot.rows.data() + slot.row_index(axis.context, axis.state) * J;
  double spared = 1, by_spared = 0;
  for (const Market::Move* move : axis.here) spared *= 1 - move->share;
  if (x < J)
    for (std::size_t f = 0; f < axis.acts_fates; ++f) by.spread[f * J + x] = 0;
  for (std::size_t d = 0; d < axis.own; ++d) {
    const std::size_t f = axis.acts_fates == 1 ? 0 : d * J;
    const double rising = d + 1 < axis.own ? slot.advance : 0, kept = x == J ? 0 : row[f + x];
    const double by_stay = by.keep[d] * (1 - rising) + by.rise[d] * rising;
    const double by_acts = by.acts[d] + by_stay * (kept - 1);
    if (d + 1 < axis.own) by_slot.advance += (by.rise[d] - by.keep[d]) * (spared - axis.acts[d] * (1 - kept));
    if (x < J) by.spread[f + x] += by_stay * axis.acts[d];
    by_act[d] += by_acts * spared;
    by_spared += by_stay + by_acts * act[d];
  }
  for (std::size_t i = 0; i < by.spread.size(); ++i) by_row[i] += by.spread[i];
  // moved[m] = share[m] * (what the moves before it spared).
  for (std::size_t m = axis.here.size(); m-- > 0;) {
    double before = 1;
    for (std::size_t e = 0; e < m; ++e) before *= 1 - axis.here[e]->share;
    const double share = axis.here[m]->share;
    by_move_shares[static_cast<std::size_t>(axis.here[m] - kernel.moves().data())] +=
        (by.moved[m] - by_spared) * before;
    by_spared = by_spared * (1 - share) + by.moved[m] * share;
  }
}

}  // namespace lockin::detail
