#include "engine/detail/mean_field_split.hpp"

#include <algorithm>

namespace lockin::detail {
namespace {

void add_scaled(const double* from, double factor, std::size_t n, double* to) {
  for (std::size_t i = 0; i < n; ++i) to[i] += from[i] * factor;
}

// Runs of a few numbers go in pairs, the last filled with 0: adding it to a neighbour changes nothing.
std::size_t in_pairs(std::size_t n) { return (n + 1) / 2 * 2; }
void add_scaled_pairs(const double* from, double factor, std::size_t n, double* to) {
  for (std::size_t i = 0; i < n; i += 2) {
    to[i] += from[i] * factor;
    to[i + 1] += from[i + 1] * factor;
  }
}

}  // namespace

void MeanFieldSplit::step(const TransitionKernel& kernel, const CustomerType& type,
                          const std::vector<std::size_t>& slots, std::vector<double>& counts,
                          std::vector<SlotTally>& tally) {
  start(kernel, type, slots, tally);
  const std::size_t states = axes_.back().kernel->states.size();
  next_.assign(counts.size() / states * (states + arrivals_) + 1, 0.0);  // one more: see `in_pairs`
  for (bool more = true; more;) {
    const double mass = load(counts);
    if (mass > 0) {
      for (Axis& axis : axes_)
        if (axis.incumbent < axis.kernel->states.providers()) axis.tally->base[axis.incumbent] += mass;
      split(slots);
    }
    more = false;
    for (std::size_t i = axes_.size(); i-- > 0 && !more;) {
      more = axes_[i].incumbent < axes_[i].kernel->states.providers();
      axes_[i].incumbent = more ? axes_[i].incumbent + 1 : 0;
    }
  }
  finish(counts);
}

void MeanFieldSplit::start(const TransitionKernel& kernel, const CustomerType& type,
                           const std::vector<std::size_t>& slots, std::vector<SlotTally>& tally) {
  axes_.resize(slots.size());
  std::size_t stride = 1;
  for (std::size_t i = slots.size(); i-- > 0;) {
    Axis& axis = axes_[i];
    axis.kernel = &kernel.slot(type.choice_class, slots[i]);
    axis.tally = &tally[slots[i]];
    axis.stride = stride;
    axis.incumbent = 0;
    axis.moves.clear();
    for (const Market::Move& move : kernel.moves())
      if (move.layer == axis.kernel->layer && (!move.segment || *move.segment == type.segment))
        axis.moves.push_back(&move);
    stride *= axis.kernel->states.size();
  }
  const Axis& last = axes_.back();
  const bool keeps_stages = std::any_of(last.moves.begin(), last.moves.end(),
                                        [](const Market::Move* move) { return move->keep_stage; });
  arrival_stages_ = keeps_stages ? last.kernel->states.stage_count() : 1;
  arrivals_ = in_pairs(last.kernel->states.providers() * arrival_stages_);
}

// Customers that were with the incumbents at t-1, by the stages of their slots; returns how many.
double MeanFieldSplit::load(const std::vector<double>& counts) {
  std::size_t base = 0;
  for (Axis& axis : axes_) {
    const SlotStates& states = axis.kernel->states;
    const bool none = axis.incumbent == states.providers();
    axis.own = none ? 1 : states.stage_count();
    axis.state = none ? states.none() : states.held(axis.incumbent, 0);
    base += axis.stride * axis.state;
  }
  rows_.assign(1, {0, base, 1});
  for (std::size_t i = 0; i + 1 < axes_.size(); ++i) {
    expanded_.clear();
    for (const Row& row : rows_)
      for (std::size_t d = 0; d < axes_[i].own; ++d)
        expanded_.push_back({0, row.to + axes_[i].stride * d, 1});
    rows_.swap(expanded_);
  }
  const std::size_t run = axes_.back().own;
  value_.resize(rows_.size() * run);
  double mass = 0;
  for (std::size_t r = 0; r < rows_.size(); ++r)
    for (std::size_t d = 0; d < run; ++d) mass += value_[r * run + d] = counts[rows_[r].to + d];
  return mass;
}

void MeanFieldSplit::split(const std::vector<std::size_t>& slots) {
  for (Axis& axis : axes_) set_axis(axis, slots);
  std::size_t outer = 1, inner = value_.size();
  for (Axis& axis : axes_) {
    inner /= axis.own;
    count_flows(axis, outer, inner);
    outer *= axis.own;
  }
  outer = 1, inner = value_.size();
  for (std::size_t i = 0; i + 1 < axes_.size(); ++i) {
    inner /= axes_[i].own;
    transform(axes_[i], outer, inner);
    outer *= axes_[i].fates;
  }
  spread_last();
  place();
}

void MeanFieldSplit::set_axis(Axis& axis, const std::vector<std::size_t>& slots) {
  const SlotKernel& kernel = *axis.kernel;
  const std::size_t J = kernel.states.providers(), x = axis.incumbent, own = axis.own;
  std::size_t context = 0;
  for (std::size_t other = 0; other < slots.size(); ++other)
    context += kernel.context_stride[slots[other]] * axes_[other].incumbent;
  double spared = 1;
  axis.context = context;
  axis.here.clear();
  axis.moved.clear();
  for (const Market::Move* move : axis.moves) {
    if (move->from.index() != x) continue;
    axis.here.push_back(move);
    axis.moved.push_back(spared * move->share);
    spared *= 1 - move->share;
  }
  axis.acts_fates = kernel.row_per_state == 0 ? 1 : own;
  axis.fates = own + axis.acts_fates + axis.here.size() * own;
  axis.keep.resize(own);
  axis.rise.resize(own);
  axis.acts.resize(own);
  axis.spread.resize(axis.acts_fates * J);
  const std::size_t state = axis.state;
  const double* act = kernel.act_table.data() + context * kernel.states.size() + state;
  const double* row = kernel.rows.data() + kernel.row_index(context, state) * J;
  std::copy_n(row, axis.spread.size(), axis.spread.begin());
  const std::size_t next_row = axis.acts_fates == 1 ? 0 : J;
  for (std::size_t d = 0; d < own; ++d) {
    axis.acts[d] = spared * act[d];
    const double stay = spared - axis.acts[d] + (x == J ? 0 : axis.acts[d] * row[d * next_row + x]);
    const double rising = d + 1 < own ? kernel.advance : 0;
    axis.keep[d] = stay * (1 - rising);
    axis.rise[d] = stay * rising;
  }
  if (x < J)
    for (std::size_t f = 0; f < axis.acts_fates; ++f) axis.spread[f * J + x] = 0;
}

// Who goes where, whatever the other slots do.
void MeanFieldSplit::count_flows(Axis& axis, std::size_t outer, std::size_t inner) {
  const std::size_t J = axis.kernel->states.providers(), own = axis.own;
  double* flow =
      axis.incumbent == J ? axis.tally->adopted.data() : axis.tally->moved.data() + axis.incumbent * J;
  marginal_.assign(own, 0.0);
  for (std::size_t o = 0; o < outer; ++o)
    for (std::size_t d = 0; d < own; ++d) {
      const double* from = value_.data() + (o * own + d) * inner;
      double sum = 0;
      for (std::size_t n = 0; n < inner; ++n) sum += from[n];
      marginal_[d] += sum;
    }
  for (std::size_t f = 0; f < axis.acts_fates; ++f) {
    double acting = 0;
    for (std::size_t d = axis.acts_fates == 1 ? 0 : f; d < (axis.acts_fates == 1 ? own : f + 1); ++d)
      acting += marginal_[d] * axis.acts[d];
    add_scaled(axis.spread.data() + f * J, acting, J, flow);
  }
  for (std::size_t m = 0; m < axis.here.size(); ++m)
    for (std::size_t d = 0; d < own; ++d) flow[axis.here[m]->to.index()] += marginal_[d] * axis.moved[m];
}

// Replaces the stages of a slot, not the last, by its fates.
void MeanFieldSplit::transform(const Axis& axis, std::size_t outer, std::size_t inner) {
  const std::size_t own = axis.own;
  other_.resize(outer * axis.fates * inner);
  for (std::size_t o = 0; o < outer; ++o) {
    const double* from = value_.data() + o * own * inner;
    double *to = other_.data() + o * axis.fates * inner, *acts = to + own * inner;
    std::fill_n(acts, axis.acts_fates == 1 ? inner : 0, 0.0);
    for (std::size_t d = 0; d < own; ++d) {
      const double *at = from + d * inner, *below = at - inner;
      if (d == 0)
        for (std::size_t n = 0; n < inner; ++n) to[n] = at[n] * axis.keep[0];
      else
        for (std::size_t n = 0; n < inner; ++n)
          to[d * inner + n] = at[n] * axis.keep[d] + below[n] * axis.rise[d - 1];
      if (axis.acts_fates == 1)
        add_scaled(at, axis.acts[d], inner, acts);
      else
        for (std::size_t n = 0; n < inner; ++n) acts[d * inner + n] = at[n] * axis.acts[d];
      for (std::size_t m = 0; m < axis.here.size(); ++m)
        for (std::size_t n = 0; n < inner; ++n)
          acts[(axis.acts_fates + m * own + d) * inner + n] = at[n] * axis.moved[m];
    }
  }
  value_.swap(other_);
}

// Replaces the stages of the last slot by its own states and arrivals.
void MeanFieldSplit::spread_last() {
  const Axis& axis = axes_.back();
  const std::size_t own = axis.own, J = axis.kernel->states.providers(), run = in_pairs(own);
  const std::size_t width = run + arrivals_, rows = value_.size() / own;
  const bool plain = axis.acts_fates == 1 && axis.here.empty();
  last_.assign(rows * width, 0.0);
  for (std::size_t r = 0; r < rows; ++r) {
    const double* from = value_.data() + r * own;
    double* to = last_.data() + r * width;
    double acting = from[0] * axis.acts[0];
    to[0] = from[0] * axis.keep[0];
    for (std::size_t d = 1; d < own; ++d) {
      to[d] = from[d] * axis.keep[d] + from[d - 1] * axis.rise[d - 1];
      acting += from[d] * axis.acts[d];
    }
    if (axis.acts_fates == 1)
      for (std::size_t j = 0; j < J; ++j) to[run + j] = acting * axis.spread[j];
    if (plain) continue;
    for (std::size_t d = 0; d < own; ++d) {
      if (axis.acts_fates > 1) add_scaled(axis.spread.data() + d * J, from[d] * axis.acts[d], J, to + run);
      for (std::size_t m = 0; m < axis.here.size(); ++m)
        to[run + (axis.here[m]->keep_stage ? d * J : 0) + axis.here[m]->to.index()] +=
            from[d] * axis.moved[m];
    }
  }
}

// Where the fates of the other slots lead, as rows of the last slot.
void MeanFieldSplit::expand_rows() {
  rows_.assign(1, {0, 0, 1});
  if (!row_levels_.empty()) row_levels_[0] = rows_;
  for (std::size_t i = 0; i + 1 < axes_.size(); ++i) {
    const Axis& axis = axes_[i];
    const SlotStates& states = axis.kernel->states;
    const std::size_t J = states.providers(), own = axis.own;
    expanded_.clear();
    for (std::size_t r = 0; r < rows_.size(); ++r) {
      const Row& row = rows_[r];
      const std::size_t from = row.from * axis.fates, to = row.to * states.size();
      for (std::size_t d = 0; d < own; ++d)
        expanded_.push_back({from + d, to + axis.state + d, row.weight, r, whole});
      for (std::size_t f = 0; f < axis.acts_fates; ++f)
        for (std::size_t j = 0; j < J; ++j)
          if (const double part = axis.spread[f * J + j]; part > 0)
            expanded_.push_back({from + own + f, to + states.held(j, 0), row.weight * part, r, f * J + j});
      for (std::size_t m = 0; m < axis.here.size(); ++m)
        for (std::size_t d = 0; d < own; ++d)
          expanded_.push_back({from + own + axis.acts_fates + m * own + d,
                               to + states.held(axis.here[m]->to.index(), axis.here[m]->keep_stage ? d : 0),
                               row.weight, r, whole});
    }
    rows_.swap(expanded_);
    if (!row_levels_.empty()) row_levels_[i + 1] = rows_;
  }
}

// Adds what became of the block.
void MeanFieldSplit::place() {
  expand_rows();
  const Axis& axis = axes_.back();
  const std::size_t S = axis.kernel->states.size(), run = in_pairs(axis.own);
  for (const Row& row : rows_) {
    const double* values = last_.data() + row.from * (run + arrivals_);
    double* to = next_.data() + row.to * (S + arrivals_);
    add_scaled_pairs(values, row.weight, run, to + axis.state);
    add_scaled_pairs(values + run, row.weight, arrivals_, to + S);
  }
}

// Arrivals join the states at which they arrive.
void MeanFieldSplit::finish(std::vector<double>& counts) const {
  const SlotStates& states = axes_.back().kernel->states;
  const std::size_t S = states.size(), J = states.providers(), in_use = J * arrival_stages_;
  std::vector<std::size_t> arrive;
  for (std::size_t a = 0; a < in_use; ++a) arrive.push_back(states.held(a % J, a / J));
  for (std::size_t r = 0; r < counts.size() / S; ++r) {
    const double* from = next_.data() + r * (S + arrivals_);
    double* to = counts.data() + r * S;
    std::copy_n(from, S, to);
    for (std::size_t a = 0; a < in_use; ++a) to[arrive[a]] += from[S + a];
  }
}

}  // namespace lockin::detail
