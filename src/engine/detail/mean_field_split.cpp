#include "engine/detail/mean_field_split.hpp"

#include <algorithm>
#include <numeric>

namespace lockin::detail {

void MeanFieldSplit::step(const TransitionKernel& kernel, const CustomerType& type,
                          const std::vector<std::size_t>& slots, std::vector<double>& counts,
                          std::vector<SlotTally>& tally) {
  const std::size_t K = slots.size();
  axes_.resize(K);
  std::size_t stride = 1;
  for (std::size_t i = K; i-- > 0;) {
    Axis& axis = axes_[i];
    axis.kernel = &kernel.slot(type.choice_class, slots[i]);
    axis.tally = &tally[slots[i]];
    axis.stride = stride;
    axis.incumbent = 0;
    axis.moves.clear();
    for (const Market::Move& move : kernel.moves())
      if (move.layer == axis.kernel->layer && (!move.segment || *move.segment == type.segment))
        axis.moves.push_back(move);
    stride *= axis.kernel->states.size();
  }
  next_.assign(counts.size(), 0.0);
  for (bool more = true; more;) {
    // Customers that were with these providers at t-1, by the stages of their slots.
    std::size_t base = 0, size = 1;
    for (Axis& axis : axes_) {
      const SlotStates& states = axis.kernel->states;
      const bool none = axis.incumbent == states.providers();
      axis.own = none ? 1 : states.stage_count();
      base += axis.stride * (none ? states.none() : states.held(axis.incumbent, 0));
      size *= axis.own;
    }
    value_.resize(size);
    const std::size_t run = axes_.back().own;
    double mass = 0;
    for (std::size_t n = 0; n < size; n += run) {
      std::size_t rest = n / run, from = base;
      for (std::size_t i = K - 1; i-- > 0; rest /= axes_[i].own)
        from += axes_[i].stride * (rest % axes_[i].own);
      for (std::size_t d = 0; d < run; ++d) mass += value_[n + d] = counts[from + d];
    }
    if (mass > 0) {
      for (Axis& axis : axes_) {
        set_axis(axis, slots);
        if (axis.incumbent < axis.kernel->states.providers()) axis.tally->base[axis.incumbent] += mass;
      }
      std::size_t outer = 1, inner = size;
      for (Axis& axis : axes_) count_flows(axis, outer, inner /= axis.own), outer *= axis.own;
      outer = 1, inner = size;
      for (Axis& axis : axes_) {
        transform(axis, outer, inner /= axis.own);
        outer *= axis.fates;
      }
      const Axis& axis = axes_.back();
      const std::size_t rows = outer / axis.fates, width = axis.targets.size();
      last_.resize(rows * width);
      for (std::size_t r = 0; r < rows; ++r)
        for (std::size_t f = 0; f < axis.fates; ++f)
          for (std::size_t t = axis.first[f]; t < axis.first[f + 1]; ++t)
            last_[r * width + t] = value_[r * axis.fates + f] * axis.targets[t].weight;
      place(0, 0, next_.data(), 1);
    }
    more = false;
    for (std::size_t i = K; i-- > 0 && !more;) {
      more = axes_[i].incumbent < axes_[i].kernel->states.providers();
      axes_[i].incumbent = more ? axes_[i].incumbent + 1 : 0;
    }
  }
  counts.swap(next_);
}

void MeanFieldSplit::set_axis(Axis& axis, const std::vector<std::size_t>& slots) {
  const SlotKernel& kernel = *axis.kernel;
  const SlotStates& states = kernel.states;
  const std::size_t J = states.providers(), x = axis.incumbent, own = axis.own;
  std::size_t context = 0;
  for (std::size_t other = 0; other < slots.size(); ++other)
    context += kernel.context_stride[slots[other]] * axes_[other].incumbent;
  axis.act_by_stage = kernel.row_per_state != 0;
  axis.keep.resize(own);
  axis.rise.resize(own);
  axis.acts.resize(own);
  axis.targets.clear();
  axis.first.clear();
  const auto state = [&](std::size_t d) { return x == J ? states.none() : states.held(x, d); };
  const auto end_fate = [&] { axis.first.push_back(axis.targets.size()); };
  end_fate();
  for (std::size_t d = 0; d < own; ++d, end_fate()) axis.targets.push_back({axis.stride * state(d), 1.0, x});
  double spared = 1;
  axis.moved.clear();
  axis.moves_here = 0;
  for (const Market::Move& move : axis.moves) {
    if (move.from.index() != x) continue;
    axis.moved.push_back(spared * move.share);
    spared *= 1 - move.share;
    ++axis.moves_here;
  }
  for (std::size_t d = 0; d < own; ++d) {
    const std::span<const double> row = kernel.row(context, state(d));
    axis.acts[d] = spared * kernel.act(context, state(d));
    const double stay = spared - axis.acts[d] + (x == J ? 0 : axis.acts[d] * row[x]);
    const double rising = d + 1 < own ? kernel.advance : 0;
    axis.keep[d] = stay * (1 - rising);
    axis.rise[d] = stay * rising;
    if (d > 0 && !axis.act_by_stage) continue;
    for (std::size_t j = 0; j < J; ++j)
      if (j != x && row[j] > 0) axis.targets.push_back({axis.stride * states.held(j, 0), row[j], j});
    end_fate();
  }
  for (const Market::Move& move : axis.moves) {
    if (move.from.index() != x) continue;
    for (std::size_t d = 0; d < own; ++d, end_fate())
      axis.targets.push_back(
          {axis.stride * states.held(move.to.index(), move.keep_stage ? d : 0), 1.0, move.to.index()});
  }
  axis.fates = axis.first.size() - 1;
}

// Who goes where, whatever the other slots do.
void MeanFieldSplit::count_flows(Axis& axis, std::size_t outer, std::size_t inner) const {
  const std::size_t J = axis.kernel->states.providers(), own = axis.own;
  const std::size_t acts = axis.act_by_stage ? own : 1;
  double* flow =
      axis.incumbent == J ? axis.tally->adopted.data() : axis.tally->moved.data() + axis.incumbent * J;
  const auto add = [&](std::size_t fate, double mass) {
    for (std::size_t t = axis.first[fate]; t < axis.first[fate + 1]; ++t)
      flow[axis.targets[t].provider] += mass * axis.targets[t].weight;
  };
  double acting = 0;
  for (std::size_t d = 0; d < own; ++d) {
    double mass = 0;
    for (std::size_t o = 0; o < outer; ++o)
      for (std::size_t n = 0; n < inner; ++n) mass += value_[(o * own + d) * inner + n];
    acting += mass * axis.acts[d];
    if (axis.act_by_stage || d + 1 == own) {
      add(own + (axis.act_by_stage ? d : 0), acting);
      acting = 0;
    }
    for (std::size_t m = 0; m < axis.moves_here; ++m) add(own + acts + m * own + d, mass * axis.moved[m]);
  }
}

// Replaces the stages of a slot by its fates.
void MeanFieldSplit::transform(const Axis& axis, std::size_t outer, std::size_t inner) {
  const std::size_t own = axis.own, fates = axis.fates, acts = axis.act_by_stage ? own : 1;
  other_.assign(outer * fates * inner, 0.0);
  for (std::size_t o = 0; o < outer; ++o)
    for (std::size_t d = 0; d < own; ++d) {
      const double* from = value_.data() + (o * own + d) * inner;
      double* to = other_.data() + o * fates * inner;
      const auto give = [&](std::size_t fate, double probability) {
        for (std::size_t n = 0; n < inner; ++n) to[fate * inner + n] += from[n] * probability;
      };
      give(d, axis.keep[d]);
      if (axis.rise[d] > 0) give(d + 1, axis.rise[d]);
      give(own + (axis.act_by_stage ? d : 0), axis.acts[d]);
      for (std::size_t m = 0; m < axis.moves_here; ++m) give(own + acts + m * own + d, axis.moved[m]);
    }
  value_.swap(other_);
}

// Adds what became of slots i and later; `from` counts the fates of those before.
void MeanFieldSplit::place(std::size_t i, std::size_t from, double* to, double weight) const {
  const Axis& axis = axes_[i];
  if (i + 1 == axes_.size()) {
    const double* values = last_.data() + from * axis.targets.size();
    for (std::size_t t = 0; t < axis.targets.size(); ++t) to[axis.targets[t].place] += values[t] * weight;
    return;
  }
  for (std::size_t f = 0; f < axis.fates; ++f)
    for (std::size_t t = axis.first[f]; t < axis.first[f + 1]; ++t)
      place(i + 1, from * axis.fates + f, to + axis.targets[t].place, weight * axis.targets[t].weight);
}

}  // namespace lockin::detail
