#include "engine/detail/mean_field_split.hpp"

#include <algorithm>

#include "engine/detail/mean_field_runs.hpp"

namespace lockin::detail {

void MeanFieldSplit::make_room(std::vector<double>& values, std::size_t size) {
  if (values.size() < size) values.resize(size);
}

void MeanFieldSplit::step(const TransitionKernel& kernel, const CustomerType& type,
                          const std::vector<std::size_t>& slots, std::vector<double>& counts,
                          std::vector<SlotTally>& tally) {
  start(kernel, type, slots, tally);
  to_blocks(counts, value_);
  set_marginals();
  for (Axis& axis : axes_) count_flows(axis);
  std::size_t outer = 1, inner = blocks_;
  for (const Axis& axis : axes_) {
    inner /= axis.own;
    transform(axis, outer, inner);
    outer *= axis.fates;
  }
  make_room(next_, blocks_ * places_);
  for (std::size_t f = 0; f < outer; ++f)
    if (fates_[f].acting.empty())
      std::copy_n(value_.data() + f * places_, places_, next_.data() + fates_[f].to);
  for (std::size_t f = 0; f < outer; ++f) {
    acting_ = fates_[f].acting;
    if (!acting_.empty()) spread(0, value_.data() + f * places_, 0, 0, fates_[f].to);
  }
  from_blocks(next_, counts);
}

void MeanFieldSplit::start(const TransitionKernel& kernel, const CustomerType& type,
                           const std::vector<std::size_t>& slots, std::vector<SlotTally>& tally) {
  axes_.resize(slots.size());
  room_.resize(slots.size());
  places_ = blocks_ = 1;
  for (std::size_t i = slots.size(); i-- > 0;) {
    Axis& axis = axes_[i];
    axis.kernel = &kernel.slot(type.choice_class, slots[i]);
    axis.tally = &tally[slots[i]];
    axis.slot = slots[i];
    axis.moves.clear();
    for (const Market::Move& move : kernel.moves())
      if (move.layer == axis.kernel->layer && (!move.segment || *move.segment == type.segment))
        axis.moves.push_back(&move);
    providers_ = axis.kernel->states.providers();
    axis.own = axis.kernel->states.stage_count();
    axis.acts_fates = axis.shares_rows() ? 1 : axis.own;
    axis.fates = axis.own + axis.acts_fates + axis.moves.size() * axis.own;
    axis.stride = places_;
    axis.block_stride = blocks_;
    places_ *= providers_ + 1;
    blocks_ *= axis.own;
  }
  // Where things stand is the same for most laws, one after the other.
  shape_.swap(last_shape_);
  shape_.assign({slots.size(), providers_});
  for (const Axis& axis : axes_) {
    shape_.insert(shape_.end(),
                  {axis.own, axis.fates, axis.kernel->row_per_context, axis.kernel->row_per_state});
    for (const Axis& other : axes_) shape_.push_back(axis.kernel->context_stride[other.slot]);
  }
  if (shape_ != last_shape_) set_places();
  for (Axis& axis : axes_) {
    set_axis(axis);
    set_rows(axis);
  }
}

void MeanFieldSplit::set_places() {
  for (Axis& axis : axes_) {
    axis.incumbent.resize(places_);
    for (std::size_t p = 0; p < places_;)
      for (std::size_t x = 0; x <= providers_; ++x, p += axis.stride)
        std::fill_n(axis.incumbent.begin() + static_cast<std::ptrdiff_t>(p), axis.stride, x);
  }
  for (Axis& axis : axes_) {
    const SlotKernel& kernel = *axis.kernel;
    const SlotStates& states = kernel.states;
    axis.at.resize(states.size());
    for (std::size_t state = 0; state < states.size(); ++state)
      axis.at[state] = axis.block_stride * places_ * (state == states.none() ? 0 : states.stage(state)) +
                       axis.stride * states.provider(state);
    axis.act_at.resize(places_);
    axis.row_at.resize(places_);
    for (std::size_t p = 0; p < places_; ++p) {
      std::size_t context = 0;
      for (const Axis& other : axes_) context += kernel.context_stride[other.slot] * other.incumbent[p];
      const std::size_t x = axis.incumbent[p];
      const std::size_t state = x == providers_ ? states.none() : states.held(x, 0);
      axis.act_at[p] = context * states.size() + state;
      axis.row_at[p] = kernel.row_index(context, state) * providers_;
    }
  }
  for (std::vector<double>& block : room_) block.assign(places_, 0.0);
  for (auto* values : {&sum_, &spared_, &kept_, &rising_}) values->resize(places_);
  list_starts();
  list_fates();
}

// Where runs of a block begin that lie `stride` of a slot apart, by the slots before it that are at one incumbent.
void MeanFieldSplit::list_starts() {
  const std::size_t n = axes_.size();
  starts_.resize(n << n);
  for (std::size_t fixed = 0; fixed < std::size_t{1} << n; ++fixed)
    for (std::size_t s = 0; s < n; ++s) {
      std::vector<std::size_t>& starts = starts_[fixed * n + s];
      starts.assign(1, 0);
      for (std::size_t i = s; i-- > 0;) {
        if (fixed >> i & 1) continue;
        const std::size_t old = starts.size();
        for (std::size_t x = 1; x <= providers_; ++x)
          for (std::size_t k = 0; k < old; ++k) starts.push_back(starts[k] + x * axes_[i].stride);
      }
    }
}

template <typename Visit>
void MeanFieldSplit::for_rows(Visit visit) const {
  const std::size_t n = axes_.size() - 1;
  std::vector<std::size_t> state(n, 0);
  for (bool more = true; more;) {
    std::size_t place = 0;
    for (std::size_t i = 0; i < n; ++i) place += axes_[i].at[state[i]];
    visit(place);
    more = false;
    for (std::size_t i = n; i-- > 0 && !more;) {
      more = state[i] + 1 < axes_[i].at.size();
      state[i] = more ? state[i] + 1 : 0;
    }
  }
}

void MeanFieldSplit::to_blocks(const std::vector<double>& counts, std::vector<double>& blocks) const {
  make_room(blocks, blocks_ * places_);
  std::fill_n(blocks.begin(), blocks_ * places_, 0.0);
  const std::vector<std::size_t>& at = axes_.back().at;
  const double* from = counts.data();
  for_rows([&](std::size_t place) {
    for (const std::size_t last : at) blocks[place + last] = *from++;
  });
}

void MeanFieldSplit::from_blocks(const std::vector<double>& blocks, std::vector<double>& counts) const {
  const std::vector<std::size_t>& at = axes_.back().at;
  double* to = counts.data();
  for_rows([&](std::size_t place) {
    for (const std::size_t last : at) *to++ = blocks[place + last];
  });
}

void MeanFieldSplit::set_axis(Axis& axis) {
  const SlotKernel& kernel = *axis.kernel;
  const std::size_t J = providers_, own = axis.own;
  axis.spared.assign(J + 1, 1.0);
  axis.moved.assign(axis.moves.size() * (J + 1), 0.0);
  for (std::size_t m = 0; m < axis.moves.size(); ++m) {
    const std::size_t x = axis.moves[m]->from.index();
    axis.moved[m * (J + 1) + x] = axis.spared[x] * axis.moves[m]->share;
    axis.spared[x] *= 1 - axis.moves[m]->share;
  }
  for (auto* values : {&axis.keep, &axis.rise, &axis.act}) values->resize(own * places_);
  for (std::size_t p = 0; p < places_; ++p) {
    const std::size_t x = axis.incumbent[p];
    spared_[p] = axis.spared[x];
    rising_[p] = x == J ? 0 : kernel.advance;
  }
  for (std::size_t d = 0; d < own; ++d) {
    if (d == 0 || !axis.shares_rows())
      for (std::size_t p = 0; p < places_; ++p)
        kept_[p] = axis.incumbent[p] == J ? 0 : kernel.rows[axis.row_at[p] + d * J + axis.incumbent[p]];
    if (d + 1 == own) std::fill(rising_.begin(), rising_.end(), 0.0);
    const std::size_t at = d * places_;
    for (std::size_t p = 0; p < places_; ++p)  // at *none*, which has one stage, nobody is at the others
      axis.act[at + p] = spared_[p] * kernel.act_table[axis.act_at[p] + (axis.incumbent[p] == J ? 0 : d)];
    for (std::size_t p = 0; p < places_; ++p) {
      const double act = axis.act[at + p], stay = spared_[p] - act + act * kept_[p];
      axis.keep[at + p] = stay * (1 - rising_[p]);
      axis.rise[at + p] = stay * rising_[p];
    }
  }
}

// Rows by place. Where all states share them they stand at the places of the first incumbent; those of the last slot are
// read from the kernel.
void MeanFieldSplit::set_rows(Axis& axis) {
  const std::size_t J = providers_;
  axis.rows.clear();
  if (axis.shares_rows() && axis.stride == 1) return;
  axis.rows.resize(axis.acts_fates * J * places_);
  for (std::size_t p = 0; p < places_; ++p) {
    const std::size_t x = axis.incumbent[p];
    if (axis.shares_rows() && x > 0) {
      p += axis.stride * J - 1;
      continue;
    }
    for (std::size_t f = 0; f < axis.acts_fates; ++f) {
      const double* row = axis.kernel->rows.data() + axis.row_at[p] + f * J;
      for (std::size_t j = 0; j < J; ++j)
        axis.rows[(f * J + j) * places_ + p] =
            !axis.shares_rows() && (x == j || (x == J && f > 0)) ? 0 : row[j];
    }
  }
}

void MeanFieldSplit::set_marginals() {
  for (Axis& axis : axes_) axis.marginal.assign(axis.own * places_, 0.0);
  if (axes_.size() == 1) {
    std::copy_n(value_.begin(), blocks_ * places_, axes_[0].marginal.begin());
    return;
  }
  for (std::size_t b = 0; b < blocks_; ++b)
    for (Axis& axis : axes_)
      add(value_.data() + b * places_, places_,
          axis.marginal.data() + b / axis.block_stride % axis.own * places_);
}

// Who goes where, whatever the other slots do.
void MeanFieldSplit::count_flows(Axis& axis) {
  const std::size_t J = providers_, n = places_;
  const double *marginal = axis.marginal.data(), *act = axis.act.data();
  const auto flow = [&](std::size_t x) {
    return x == J ? axis.tally->adopted.data() : axis.tally->moved.data() + x * J;
  };
  for (std::size_t f = 0; f < axis.acts_fates; ++f) {
    set_product(marginal + f * n, act + f * n, n, sum_.data());
    if (axis.shares_rows())
      for (std::size_t d = 1; d < axis.own; ++d) add_product(marginal + d * n, act + d * n, n, sum_.data());
    for (std::size_t p = 0; p < n; ++p) {
      const std::size_t x = axis.incumbent[p];
      if (x == J && f > 0) continue;
      const double *row = axis.kernel->rows.data() + axis.row_at[p] + f * J, acting = sum_[p];
      double* to = flow(x);
      for (std::size_t j = 0; j < J; ++j) to[j] += acting * row[j];
    }
  }
  for (std::size_t x = 0; x < J; ++x) flow(x)[x] = 0;  // who draws the incumbent stays
  std::copy_n(marginal, n, sum_.begin());
  for (std::size_t d = 1; d < axis.own; ++d) add(marginal + d * n, n, sum_.data());
  for (std::size_t p = 0; p < n; ++p) {
    const std::size_t x = axis.incumbent[p];
    if (x < J) axis.tally->base[x] += sum_[p];
    for (std::size_t m = 0; m < axis.moves.size(); ++m)
      flow(x)[axis.moves[m]->to.index()] += sum_[p] * axis.moved[m * (J + 1) + x];
  }
}

// Replaces the stages of a slot by its fates.
void MeanFieldSplit::transform(const Axis& axis, std::size_t outer, std::size_t inner) {
  const std::size_t own = axis.own, n = places_, J = providers_;
  make_room(other_, outer * axis.fates * inner * n);
  for (std::size_t o = 0; o < outer; ++o)
    for (std::size_t i = 0; i < inner; ++i) {
      const double* from = value_.data() + (o * own * inner + i) * n;
      double *to = other_.data() + (o * axis.fates * inner + i) * n, *acts = to + own * inner * n;
      for (std::size_t d = 0; d < own; ++d) {
        const double *at = from + d * inner * n, *keep = axis.keep.data() + d * n,
                     *act = axis.act.data() + d * n;
        double* kept = to + d * inner * n;
        double* acted = acts + (axis.acts_fates == 1 ? 0 : d * inner * n);
        if (d == 0)
          set_product(at, keep, n, kept);
        else
          set_products(at, keep, at - inner * n, axis.rise.data() + (d - 1) * n, n, kept);
        (d == 0 || axis.acts_fates > 1 ? set_product : add_product)(at, act, n, acted);
        for (std::size_t m = 0; m < axis.moves.size(); ++m)
          for (std::size_t p = 0; p < n; ++p)
            acts[(axis.acts_fates + m * own + d) * inner * n + p] =
                at[p] * axis.moved[m * (J + 1) + axis.incumbent[p]];
      }
    }
  value_.swap(other_);
}

void MeanFieldSplit::list_fates() {
  fates_.assign(1, {});
  for (std::size_t i = 0; i < axes_.size(); ++i) {
    const Axis& axis = axes_[i];
    std::vector<Fates> longer;
    for (const Fates& before : fates_)
      for (std::size_t f = 0; f < axis.fates; ++f) {
        longer.push_back(before);
        if (f < axis.own)
          longer.back().to += f * axis.block_stride * places_;
        else
          longer.back().acting.push_back({i, f - axis.own});
      }
    fates_.swap(longer);
  }
}

// Whether the row of a slot that acts later depends on the incumbent of this one.
bool MeanFieldSplit::matters_later(std::size_t a) const {
  for (std::size_t later = a + 1; later < acting_.size(); ++later) {
    const Axis& axis = axes_[acting_[later].axis];
    if (acting_[later].fate < axis.acts_fates &&
        axis.kernel->context_stride[axes_[acting_[a].axis].slot] != 0)
      return true;
  }
  return false;
}

// Adds what becomes of those who act, slot by slot. Where no later slot asks who the incumbent was, all incumbents are
// taken together; else each by itself.
// @param a how many slots have been spread
// @param from a block; of fixed slots, the places of their first incumbent
// @param fixed bits of the slots that have been taken one incumbent at a time
// @param rows what their incumbents add to a place
// @param to what the destinations of these and the stages of others add to a place in `next_`
void MeanFieldSplit::spread(std::size_t a, const double* from, std::size_t fixed, std::size_t rows,
                            std::size_t to) {
  const std::size_t n = axes_.size(), J = providers_;
  if (a == acting_.size()) {
    const std::size_t s = acting_.back().axis;
    for (const std::size_t start : starts_[fixed * n + s])
      add(from + start, axes_[s].stride, next_.data() + to + start);
    return;
  }
  const Acting& acting = acting_[a];
  const Axis& axis = axes_[acting.axis];
  const std::size_t with = fixed | std::size_t{1} << acting.axis, stride = axis.stride;
  if (acting.fate >= axis.acts_fates) {
    const std::size_t of = acting.fate - axis.acts_fates;
    const Market::Move& move = *axis.moves[of / axis.own];
    const std::size_t stage = move.keep_stage ? of % axis.own : 0, x = move.from.index();
    spread(a + 1, from + x * stride, with, rows + x * stride,
           to + move.to.index() * stride + stage * axis.block_stride * places_);
  } else if (matters_later(a)) {
    double* part = room_[a].data();
    for (std::size_t x = 0; x <= J; ++x)
      for (std::size_t j = 0; j < J; ++j) {
        if (j == x) continue;
        const double* row =
            axis.rows.data() + (acting.fate * J + j) * places_ + rows + (axis.shares_rows() ? 0 : x * stride);
        for (const std::size_t start : starts_[fixed * n + acting.axis])
          set_product(from + start + x * stride, row + start, stride, part + start);
        spread(a + 1, part, with, rows + x * stride, to + j * stride);
      }
  } else if (a + 1 == acting_.size()) {
    pool(acting, from, fixed, rows, next_.data() + to);
  } else {
    std::fill(room_[a].begin(), room_[a].end(), 0.0);
    pool(acting, from, fixed, rows, room_[a].data());
    spread(a + 1, room_[a].data(), fixed, rows, to);
  }
}

// Adds those who come to each provider of a slot: of one row, by all who act but the provider's own.
void MeanFieldSplit::pool(const Acting& acting, const double* from, std::size_t fixed, std::size_t rows,
                          double* to) {
  const Axis& axis = axes_[acting.axis];
  const std::size_t J = providers_, stride = axis.stride;
  const PoolRuns runs{starts_[fixed * axes_.size() + acting.axis], stride, J};
  if (axis.shares_rows()) {
    if (stride == 1)
      pool_neighbours(runs, from, axis.kernel->rows.data(), axis.row_at.data() + rows, to);
    else
      detail::pool(runs, from, axis.rows.data() + rows, places_, sum_.data(), to);
    return;
  }
  for (const std::size_t start : runs.starts)
    for (std::size_t j = 0; j < J; ++j) {
      const double* row = axis.rows.data() + (acting.fate * J + j) * places_ + rows + start;
      for (std::size_t x = 0; x <= J; ++x)
        add_product(from + start + x * stride, row + x * stride, stride, to + start + j * stride);
    }
}

}  // namespace lockin::detail
