#include "engine/detail/mean_field_runs_adjoint.hpp"

// Highway compiles this file once for each instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/detail/mean_field_runs_adjoint.cpp"
#include <hwy/foreach_target.h>

#include "engine/detail/mean_field_vectors-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace lockin::detail::HWY_NAMESPACE {

// The transpose of `set_fates_of`.
template <class Lanes>
HWY_INLINE void pull_back_fates_of(Lanes d, const StageRuns& slot, const StageAdjoint& by_slot,
                                   std::size_t places, std::size_t p, std::size_t others,
                                   const double* HWY_RESTRICT from, const double* HWY_RESTRICT by,
                                   double* HWY_RESTRICT to) {
  const std::size_t own = slot.own, moves = (slot.fates - own - slot.acts) / own;
  const std::size_t next = others * d.lanes, fates = slot.fates * d.lanes;
  for (std::size_t s = 0; s < own; ++s, from += next, to += next) {
    const std::size_t stage = s * places + p;
    const bool rises = s + 1 < own;
    const auto keep = at(d, slot.keep + stage), act = at(d, slot.act + stage);
    const auto rise = rises ? at(d, slot.rise + stage) : 0 * keep;
    auto by_keep = at(d, by_slot.keep + stage), by_act = at(d, by_slot.act + stage),
         by_rise = at(d, by_slot.rise + stage);
    const double *by_kept = by + s * d.lanes, *by_risen = rises ? by_kept + d.lanes : by_kept,
                 *by_acted = by + (own + (slot.acts == 1 ? 0 : s)) * d.lanes;
    for (std::size_t i = 0, f = 0; i < next; i += d.lanes, f += fates) {
      const auto here = at(d, from + i), by_stay = at(d, by_kept + f), by_up = at(d, by_risen + f),
                 by_gone = at(d, by_acted + f);
      at(d, to + i) = by_stay * keep + by_gone * act + by_up * rise;
      by_keep = by_keep + here * by_stay;
      by_act = by_act + here * by_gone;
      by_rise = by_rise + here * by_up;
    }
    at(d, by_slot.keep + stage) = by_keep;
    at(d, by_slot.act + stage) = by_act;
    if (rises) at(d, by_slot.rise + stage) = by_rise;
    for (std::size_t m = 0; m < moves; ++m) {
      const auto moved = at(d, slot.moved + m * places + p);
      auto by_share = at(d, by_slot.moved + m * places + p);
      const double* by_moved = by + (own + slot.acts + m * own + s) * d.lanes;
      for (std::size_t i = 0, f = 0; i < next; i += d.lanes, f += fates) {
        at(d, to + i) = at(d, to + i) + at(d, by_moved + f) * moved;
        by_share = by_share + at(d, from + i) * at(d, by_moved + f);
      }
      at(d, by_slot.moved + m * places + p) = by_share;
    }
  }
}

void pull_back_fates(const FateRuns& of, const double* from, const double* const* by,
                     std::span<const StageAdjoint> by_slots, double* to) {
  const std::size_t n = of.places;
  by_vectors(n, [&](auto d) {
    std::size_t fates = 1;
    for (const StageRuns& slot : of.slots) fates *= slot.fates;
    for (std::size_t p = 0; p < n; p += d.lanes) {
      for (std::size_t b = 0; b < of.blocks; ++b) at(d, of.room + b * d.lanes) = at(d, from + b * n + p);
      double* value = set_fates_at(d, of, p, of.room);
      double* by_value = value + fates * d.lanes;
      for (std::size_t f = 0; f < fates; ++f) at(d, by_value + f * d.lanes) = at(d, by[f] + p);
      std::size_t blocks = fates;
      for (std::size_t i = of.slots.size(); i-- > 0;) {
        const StageRuns& slot = of.slots[i];
        double* by_next = by_value + blocks * d.lanes;
        blocks = blocks / slot.fates * slot.own;
        value -= blocks * d.lanes;
        pull_back_fates_of(d, slot, by_slots[i], n, p, blocks / slot.own, value, by_value, by_next);
        by_value = by_next;
      }
      for (std::size_t b = 0; b < of.blocks; ++b) at(d, to + b * n + p) = at(d, by_value + b * d.lanes);
    }
  });
}

// The transpose of `pool`.
HWY_INLINE void pull_back_pool(const SpreadSlot& slot, const SpreadRuns& runs,
                               std::span<const std::size_t> starts, std::size_t fate,
                               const double* HWY_RESTRICT from, std::size_t rows,
                               const double* HWY_RESTRICT by_to, double* HWY_RESTRICT by_rows,
                               double* HWY_RESTRICT by_from) {
  const std::size_t J = runs.providers, stride = slot.stride;
  if (!slot.shares_rows) {
    for (const std::size_t start : starts)
      for (std::size_t j = 0; j < J; ++j) {
        const std::size_t first = (fate * J + j) * runs.places + rows + start;
        for (std::size_t x = 0; x <= J; ++x)
          for (std::size_t i = x * stride; i < (x + 1) * stride; ++i) {
            const double by = by_to[start + j * stride + i - x * stride];
            by_from[start + i] += by * slot.rows[first + i];
            by_rows[first + i] += by * from[start + i];
          }
      }
  } else if (stride == 1) {
    by_vectors(runs.width, [&](auto d) {
      for (const std::size_t start : starts) {
        const double* HWY_RESTRICT row = slot.rows + rows;
        const auto all = sum(from + start, runs.width);
        const auto by_all = sum_products(by_to + start, row + start, runs.width);
        for (std::size_t i = start; i < start + runs.width; i += d.lanes) {
          const auto by = at(d, by_to + i);
          const auto by_others = by_all - by * at(d, row + i);
          const auto others = all - at(d, from + i);
          at(d, by_from + i) = at(d, by_from + i) + by_others;
          at(d, by_rows + rows + i) = at(d, by_rows + rows + i) + by * others;
        }
      }
    });
  } else {
    by_vectors(stride, [&](auto d) {
      for (const std::size_t start : starts)
        for (std::size_t i = start; i < start + stride; i += d.lanes) {
          auto all = at(d, from + i), by_all = typename decltype(d)::Vector{};
          for (std::size_t x = 1; x <= J; ++x) all = all + at(d, from + x * stride + i);
          for (std::size_t j = 0; j < J; ++j)
            by_all = by_all + at(d, by_to + j * stride + i) * at(d, slot.rows + j * runs.places + rows + i);
          for (std::size_t j = 0; j <= J; ++j) {
            const std::size_t own = j * stride + i, row = j * runs.places + rows + i;
            auto by_others = by_all;
            if (j < J) {
              const auto by = at(d, by_to + own), others = all - at(d, from + own);
              by_others = by_all - by * at(d, slot.rows + row);
              at(d, by_rows + row) = at(d, by_rows + row) + by * others;
            }
            at(d, by_from + own) = at(d, by_from + own) + by_others;
          }
        }
    });
  }
}

// The transpose of `multiply_runs`.
HWY_INLINE void pull_back_multiply_runs(std::span<const std::size_t> starts, std::size_t stride,
                                        const double* HWY_RESTRICT from, const double* HWY_RESTRICT row,
                                        const double* HWY_RESTRICT by, double* HWY_RESTRICT by_from,
                                        double* HWY_RESTRICT by_row) {
  by_vectors(stride, [&](auto d) {
    for (const std::size_t start : starts)
      for (std::size_t i = start; i < start + stride; i += d.lanes) {
        const auto by_part = at(d, by + i);
        at(d, by_from + i) = at(d, by_from + i) + by_part * at(d, row + i);
        at(d, by_row + i) = at(d, by_row + i) + by_part * at(d, from + i);
      }
  });
}

// The transpose of `spread_rest`.
void pull_back_spread_rest(const SpreadRuns& runs, const SpreadAdjoint& by, std::span<const Acting> acting,
                           std::size_t a, const double* from, double* by_from, std::size_t fixed,
                           std::size_t rows, std::size_t to) {
  const std::size_t n = runs.slots.size(), J = runs.providers;
  if (a == acting.size()) {
    const std::size_t last = acting.back().slot;
    for (const std::size_t start : runs.starts[fixed * n + last])
      for (std::size_t i = start; i < start + runs.slots[last].stride; ++i) by_from[i] += by.by_to[to + i];
    return;
  }
  const Acting& now = acting[a];
  const SpreadSlot& slot = runs.slots[now.slot];
  const std::size_t with = fixed | std::size_t{1} << now.slot, stride = slot.stride;
  const std::span<const std::size_t> starts = runs.starts[fixed * n + now.slot];
  if (now.fate >= slot.acts) {
    const std::size_t of = now.fate - slot.acts;
    const SpreadSlot::Move& move = slot.moves[of / slot.own];
    const std::size_t stage = move.keep_stage ? of % slot.own : 0, x = move.from;
    pull_back_spread_rest(runs, by, acting, a + 1, from + x * stride, by_from + x * stride, with,
                          rows + x * stride, to + move.to * stride + stage * slot.next_stage);
  } else if (now.apart) {
    double *part = runs.room[a].data(), *by_part = by.by_room[a].data();
    for (std::size_t x = 0; x <= J; ++x)
      for (std::size_t j = 0; j < J; ++j) {
        if (j == x) continue;
        const std::size_t place =
            (now.fate * J + j) * runs.places + rows + (slot.shares_rows ? 0 : x * stride);
        multiply_runs(starts, stride, from + x * stride, slot.rows + place, part);
        for (const std::size_t start : starts)
          for (std::size_t i = start; i < start + stride; ++i) by_part[i] = 0;
        pull_back_spread_rest(runs, by, acting, a + 1, part, by_part, with, rows + x * stride,
                              to + j * stride);
        pull_back_multiply_runs(starts, stride, from + x * stride, slot.rows + place, by_part,
                                by_from + x * stride, by.by_rows[now.slot] + place);
      }
  } else if (a + 1 == acting.size()) {
    pull_back_pool(slot, runs, starts, now.fate, from, rows, by.by_to + to, by.by_rows[now.slot], by_from);
  } else {
    double *part = runs.room[a].data(), *by_part = by.by_room[a].data();
    for (std::size_t i = 0, extent = extent_of(runs, fixed); i < extent; ++i) part[i] = by_part[i] = 0;
    pool(slot, runs, starts, now.fate, from, rows, part);
    pull_back_spread_rest(runs, by, acting, a + 1, part, by_part, fixed, rows, to);
    pull_back_pool(slot, runs, starts, now.fate, from, rows, by_part, by.by_rows[now.slot], by_from);
  }
}

void pull_back_spread(const SpreadRuns& runs, const SpreadAdjoint& by, std::span<const Acting> acting,
                      const double* from, double* by_from, std::size_t to) {
  pull_back_spread_rest(runs, by, acting, 0, from, by_from, 0, 0, to);
}

void pull_back_flows(const Incumbents& of, const double* HWY_RESTRICT acting,
                     const std::size_t* HWY_RESTRICT row_at, const double* HWY_RESTRICT rows,
                     std::size_t width, const double* HWY_RESTRICT by_flows, double* HWY_RESTRICT by_acting,
                     double* HWY_RESTRICT by_rows) {
  by_vectors(width, [&](auto d) {
    for (const std::size_t start : of.starts)
      for (std::size_t x = 0; x < of.count; ++x)
        for (std::size_t p = start + x * of.stride; p < start + (x + 1) * of.stride; ++p) {
          const double* by = by_flows + x * width;
          by_acting[p] = sum_products(rows + row_at[p], by, width);
          for (std::size_t j = 0; j < width; j += d.lanes) {
            double* by_row = by_rows + row_at[p] + j;
            at(d, by_row) = at(d, by_row) + acting[p] * at(d, by + j);
          }
        }
  });
}

// In sixteen parts: long runs need not wait for each addition.
double sum_of_products(const double* HWY_RESTRICT a, const double* HWY_RESTRICT b, std::size_t n) {
  const FourLanes d;
  FourLanes::Vector parts[4] = {};
  std::size_t i = 0;
  for (; i + 16 <= n; i += 16)
    for (std::size_t k = 0; k < 4; ++k) parts[k] = parts[k] + at(d, a + i + 4 * k) * at(d, b + i + 4 * k);
  for (; i < n; i += 4) parts[0] = parts[0] + at(d, a + i) * at(d, b + i);
  const FourLanes::Vector all = (parts[0] + parts[1]) + (parts[2] + parts[3]);
  return (all[0] + all[1]) + (all[2] + all[3]);
}

void add_product(const double* HWY_RESTRICT a, const double* HWY_RESTRICT b, std::size_t n,
                 double* HWY_RESTRICT to) {
  for (std::size_t i = 0; i < n; ++i) to[i] += a[i] * b[i];
}

void add_marginals(const FateRuns& of, const double* HWY_RESTRICT by_marginals, double* HWY_RESTRICT to) {
  const std::size_t n = of.places;
  by_vectors(n, [&](auto d) {
    for (std::size_t p = 0; p < n; p += d.lanes) {
      double* sums = of.room;  // over the slots so far
      at(d, sums) = typename decltype(d)::Vector{};
      std::size_t blocks = 1;
      const double* by = by_marginals + p;
      for (const StageRuns& slot : of.slots) {
        double* longer = sums + blocks * d.lanes;
        for (std::size_t b = 0; b < blocks; ++b)
          for (std::size_t s = 0; s < slot.own; ++s)
            at(d, longer + (b * slot.own + s) * d.lanes) = at(d, sums + b * d.lanes) + at(d, by + s * n);
        blocks *= slot.own;
        by += slot.own * n;
        sums = longer;
      }
      for (std::size_t b = 0; b < blocks; ++b)
        at(d, to + b * n + p) = at(d, to + b * n + p) + at(d, sums + b * d.lanes);
    }
  });
}

}  // namespace lockin::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace lockin::detail {

HWY_EXPORT(pull_back_fates);
HWY_EXPORT(pull_back_spread);
HWY_EXPORT(pull_back_flows);
HWY_EXPORT(add_product);
HWY_EXPORT(add_marginals);
HWY_EXPORT(sum_of_products);

void pull_back_fates(const FateRuns& of, const double* from, const double* const* by,
                     std::span<const StageAdjoint> by_slots, double* to) {
  HWY_DYNAMIC_DISPATCH(pull_back_fates)(of, from, by, by_slots, to);
}

void pull_back_spread(const SpreadRuns& runs, const SpreadAdjoint& by, std::span<const Acting> acting,
                      const double* from, double* by_from, std::size_t to) {
  HWY_DYNAMIC_DISPATCH(pull_back_spread)(runs, by, acting, from, by_from, to);
}

void pull_back_flows(const Incumbents& of, const double* acting, const std::size_t* row_at,
                     const double* rows, std::size_t width, const double* by_flows, double* by_acting,
                     double* by_rows) {
  HWY_DYNAMIC_DISPATCH(pull_back_flows)(of, acting, row_at, rows, width, by_flows, by_acting, by_rows);
}

double sum_products(const double* a, const double* b, std::size_t n) {
  return HWY_DYNAMIC_DISPATCH(sum_of_products)(a, b, n);
}

void add_product(const double* a, const double* b, std::size_t n, double* to) {
  HWY_DYNAMIC_DISPATCH(add_product)(a, b, n, to);
}

void add_marginals(const FateRuns& of, const double* by_marginals, double* to) {
  HWY_DYNAMIC_DISPATCH(add_marginals)(of, by_marginals, to);
}

}  // namespace lockin::detail
#endif
