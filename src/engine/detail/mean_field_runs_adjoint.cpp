#include "engine/detail/mean_field_runs_adjoint.hpp"

#include <algorithm>

// Highway compiles this file once for each instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/detail/mean_field_runs_adjoint.cpp"
#include <hwy/foreach_target.h>

#include "engine/detail/mean_field_vectors-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace lockin::detail::HWY_NAMESPACE {

// Four places at a time on all machines, as they are summed over.
double pull_back_chances(const ChanceRuns& of, const ChanceAdjoint& by) {
  const FourLanes d;
  const std::size_t n = of.places;
  const double *HWY_RESTRICT holds = of.holds, *HWY_RESTRICT spared = of.spared;
  double *HWY_RESTRICT own = of.room, *HWY_RESTRICT by_own = own + n, *HWY_RESTRICT by_stays = by_own + n,
                       *HWY_RESTRICT by_acts = by_stays + n;
  FourLanes::Vector by_advance{};
  std::fill_n(by_own, n, 0.0);
  for (std::size_t stage = 0; stage < of.own; ++stage) {
    const auto s = static_cast<std::int64_t>(stage);
    const double *HWY_RESTRICT keep = by.keep + stage * n, *HWY_RESTRICT rise = by.rise + stage * n,
                               *HWY_RESTRICT act = by.act + stage * n,
                               *HWY_RESTRICT acts = by.acts + stage * n;
    const bool rises = stage + 1 < of.own;
    const double advance = rises ? of.advance : 0;
    if (stage == 0 || of.next_row > 0) {
      const double* HWY_RESTRICT rows = of.rows + s * of.next_row;
      for (std::size_t p = 0; p < n; ++p) own[p] = holds[p] * rows[of.own_at[p]];
    }
    for (std::size_t p = 0; p < n; p += d.lanes) {
      const auto held = at(d, holds + p), kept = at(d, own + p), by_keep = at(d, keep + p),
                 by_rise = at(d, rise + p), acted = at(d, acts + p), rising = held * advance;
      const auto by_stay = by_keep * (1 - rising) + by_rise * rising;
      at(d, by_stays + p) = by_stay;
      at(d, by_acts + p) = at(d, act + p) + by_stay * (kept - 1);
      at(d, by_own + p) = at(d, by_own + p) + held * by_stay * acted;
      if (rises)
        by_advance = by_advance + held * (by_rise - by_keep) * (at(d, spared + p) - acted * (1 - kept));
    }
    double* HWY_RESTRICT by_table = by.act_table + s * of.next_act;
    for (std::size_t p = 0; p < n; ++p) by_table[of.act_at[p]] += by_acts[p] * spared[p];
    if (by.spared != nullptr) {
      const double* HWY_RESTRICT table = of.act_table + s * of.next_act;
      for (std::size_t p = 0; p < n; ++p) by.spared[p] += by_stays[p] + by_acts[p] * table[of.act_at[p]];
    }
  }
  if (of.next_row == 0)  // a state's row is without its incumbent
    for (std::size_t p = 0; p < n; ++p) by.rows[of.own_at[p]] += by_own[p];
  return (by_advance[0] + by_advance[1]) + (by_advance[2] + by_advance[3]);
}

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

// Replaces the stages of all slots but the last by their fates, at places p and after.
// @param value blocks by stages, followed by room for what comes of them slot by slot
// @return where the blocks by fates, and by stages of the last slot, begin
template <class Lanes>
HWY_INLINE double* set_last_stages(Lanes d, const FateRuns& of, std::size_t p, double* value) {
  std::size_t blocks = of.blocks;
  for (const StageRuns& slot : of.slots.first(of.slots.size() - 1)) {
    double* next = value + blocks * d.lanes;
    set_fates_of(d, slot, of.places, p, blocks / slot.own, value, d.lanes,
                 [&](std::size_t f) { return next + f * d.lanes; });
    value = next;
    blocks = blocks / slot.own * slot.fates;
  }
  return value;
}

void pull_back_fates(const FateRuns& of, const double* from, const double* const* by,
                     std::span<const StageAdjoint> by_slots, double* to) {
  const std::size_t n = of.places;
  by_vectors(n, [&](auto d) {
    std::size_t fates = 1;
    for (const StageRuns& slot : of.slots) fates *= slot.fates;
    for (std::size_t p = 0; p < n; p += d.lanes) {
      take(d, of, p, from, of.room);
      double* value = set_last_stages(d, of, p, of.room);
      double* by_value = value + fates / of.slots.back().fates * of.slots.back().own * d.lanes;
      for (std::size_t f = 0; f < fates; ++f) at(d, by_value + f * d.lanes) = at(d, by[f] + p);
      std::size_t blocks = fates;
      for (std::size_t i = of.slots.size(); i-- > 0;) {
        const StageRuns& slot = of.slots[i];
        double* by_next = by_value + blocks * d.lanes;
        blocks = blocks / slot.fates * slot.own;
        if (i + 1 < of.slots.size()) value -= blocks * d.lanes;
        pull_back_fates_of(d, slot, by_slots[i], n, p, blocks / slot.own, value, by_value, by_next);
        by_value = by_next;
      }
      for (std::size_t b = 0; b < of.blocks; ++b) at(d, to + b * n + p) = at(d, by_value + b * d.lanes);
    }
  });
}

// The transpose of `spread_one`.
HWY_INLINE void pull_back_spread_one(const SpreadSlot& slot, const SpreadRuns& runs,
                                     std::span<const std::size_t> starts, std::size_t fate, std::size_t x,
                                     const double* HWY_RESTRICT from, const double* HWY_RESTRICT by_part,
                                     double* HWY_RESTRICT by_rows, double* HWY_RESTRICT by_from,
                                     double* HWY_RESTRICT room) {
  const double* HWY_RESTRICT others = runs.others + x * runs.width;
  by_vectors(runs.width, [&](auto d) {
    for (const std::size_t start : starts) {
      const std::size_t row = slot.row_at[start + x] + fate * runs.width;
      for (std::size_t j = 0; j < runs.width; j += d.lanes) {
        const auto by = at(d, by_part + start + j) * at(d, others + j);
        at(d, room + j) = by;
        at(d, by_rows + row + j) = at(d, by_rows + row + j) + from[start + x] * by;
      }
      by_from[start + x] += sum_products(room, slot.rows + row, runs.width);
    }
  });
}

// The transpose of `pool_last`.
HWY_INLINE void pull_back_pool_last(const SpreadSlot& slot, const SpreadRuns& runs,
                                    std::span<const std::size_t> starts, std::size_t fate,
                                    const double* HWY_RESTRICT from, const double* HWY_RESTRICT by_to,
                                    double* HWY_RESTRICT by_rows, double* HWY_RESTRICT by_from,
                                    double* HWY_RESTRICT room) {
  if (!slot.shares_rows) {
    for (std::size_t x = 0; x <= runs.providers; ++x)
      pull_back_spread_one(slot, runs, starts, fate, x, from, by_to, by_rows, by_from, room);
    return;
  }
  by_vectors(runs.width, [&](auto d) {
    for (const std::size_t start : starts) {
      const double* HWY_RESTRICT row = slot.rows + slot.row_at[start];
      const auto all = sum(from + start, runs.width);
      const auto by_all = sum_products(by_to + start, row, runs.width);
      for (std::size_t j = 0; j < runs.width; j += d.lanes) {
        const auto by = at(d, by_to + start + j);
        double *by_own = by_from + start + j, *by_row = by_rows + slot.row_at[start] + j;
        at(d, by_own) = at(d, by_own) + (by_all - by * at(d, row + j));
        at(d, by_row) = at(d, by_row) + by * (all - at(d, from + start + j));
      }
    }
  });
}

// Adds the products of two runs to the derivative by one row's entries, or by the one entry that all of the run share.
HWY_INLINE void add_to_rows(bool spread_last, const double* HWY_RESTRICT a, const double* HWY_RESTRICT b,
                            std::size_t width, double* HWY_RESTRICT by_row) {
  if (spread_last)
    *by_row += sum_products(a, b, width);
  else
    for (std::size_t i = 0; i < width; ++i) by_row[i] += a[i] * b[i];
}

// The transpose of `pool`.
HWY_INLINE void pull_back_pool(const SpreadSlot& slot, const SpreadRuns& runs,
                               std::span<const std::size_t> starts, std::size_t fate,
                               const double* HWY_RESTRICT from, std::size_t rows, bool spread_last,
                               const double* HWY_RESTRICT by_to, double* HWY_RESTRICT by_rows,
                               double* HWY_RESTRICT by_from, double* HWY_RESTRICT room) {
  const std::size_t J = runs.providers, stride = slot.stride, width = runs.width;
  with_rows(spread_last, width, [&](auto d, const auto& row) {
    for (const std::size_t start : starts)
      for (std::size_t i = start; i < start + stride; i += width) {
        if (!slot.shares_rows) {
          for (std::size_t j = 0; j < J; ++j)
            for (std::size_t x = 0; x <= J; ++x) {
              const std::size_t of = i + x * stride, entry = (fate * J + j) * runs.places + rows + of;
              for (std::size_t lane = 0; lane < width; lane += d.lanes)
                at(d, by_from + of + lane) =
                    at(d, by_from + of + lane) +
                    at(d, by_to + i + j * stride + lane) * row(slot.rows + entry, lane);
              add_to_rows(spread_last, by_to + i + j * stride, from + of, width, by_rows + entry);
            }
          continue;
        }
        for (std::size_t lane = 0; lane < width; lane += d.lanes) {
          const std::size_t own = i + lane;
          auto all = at(d, from + own), by_all = typename decltype(d)::Vector{};
          for (std::size_t x = 1; x <= J; ++x) all = all + at(d, from + x * stride + own);
          for (std::size_t j = 0; j < J; ++j)
            by_all =
                by_all + at(d, by_to + j * stride + own) * row(slot.rows + j * runs.places + rows + i, lane);
          for (std::size_t j = 0; j <= J; ++j) {
            double* by_own = by_from + j * stride + own;
            auto by_others = by_all;
            if (j < J)
              by_others = by_all -
                          at(d, by_to + j * stride + own) * row(slot.rows + j * runs.places + rows + i, lane);
            at(d, by_own) = at(d, by_own) + by_others;
            at(d, room + j * width + lane) = all - at(d, from + j * stride + own);
          }
        }
        for (std::size_t j = 0; j < J; ++j)
          add_to_rows(spread_last, by_to + j * stride + i, room + j * width, width,
                      by_rows + j * runs.places + rows + i);
      }
  });
}

// The transpose of `multiply_runs`.
HWY_INLINE void pull_back_multiply_runs(std::span<const std::size_t> starts, std::size_t stride,
                                        std::size_t width, const double* HWY_RESTRICT from,
                                        const double* HWY_RESTRICT rows, bool spread_last,
                                        const double* HWY_RESTRICT by, double* HWY_RESTRICT by_from,
                                        double* HWY_RESTRICT by_rows) {
  with_rows(spread_last, width, [&](auto d, const auto& row) {
    for (const std::size_t start : starts)
      for (std::size_t i = start; i < start + stride; i += width) {
        for (std::size_t lane = i; lane < i + width; lane += d.lanes)
          at(d, by_from + lane) = at(d, by_from + lane) + at(d, by + lane) * row(rows + i, lane - i);
        add_to_rows(spread_last, by + i, from + i, width, by_rows + i);
      }
  });
}

// The transpose of `spread_rest`.
void pull_back_spread_rest(const SpreadRuns& runs, const SpreadAdjoint& by, std::span<const Acting> acting,
                           const double* from, double* by_from, const Spreading& done) {
  const std::size_t n = runs.slots.size(), J = runs.providers;
  if (done.slots == acting.size()) {
    const std::size_t s = acting.back().slot, run = std::max(runs.slots[s].stride, runs.width);
    for (const std::size_t start : runs.starts[done.fixed * n + s])
      for (std::size_t i = start; i < start + run; ++i) by_from[i] += by.by_to[done.to + i];
    return;
  }
  const Acting& now = acting[done.slots];
  const SpreadSlot& slot = runs.slots[now.slot];
  const std::size_t stride = slot.stride;
  const std::span<const std::size_t> starts = runs.starts[done.fixed * n + now.slot];
  const bool is_last = now.slot + 1 == n;
  double *part = runs.room[done.slots].data(), *by_part = by.by_room[done.slots].data();
  double* by_rows = by.by_rows[now.slot];
  Spreading next = done;
  ++next.slots;
  if (now.fate >= slot.acts) {
    const std::size_t of = now.fate - slot.acts;
    const SpreadSlot::Move& move = slot.moves[of / slot.own];
    next.rows += move.from * stride;
    next.to += (move.keep_stage ? of % slot.own : 0) * slot.next_stage;
    if (is_last) {
      next.last = true;
      for (const std::size_t start : starts) {
        std::fill_n(part + start, runs.width, 0.0);
        std::fill_n(by_part + start, runs.width, 0.0);
        part[start + move.to] = from[start + move.from];
      }
      pull_back_spread_rest(runs, by, acting, part, by_part, next);
      for (const std::size_t start : starts) by_from[start + move.from] += by_part[start + move.to];
    } else {
      next.fixed |= std::size_t{1} << now.slot;
      next.to += move.to * stride;
      pull_back_spread_rest(runs, by, acting, from + move.from * stride, by_from + move.from * stride, next);
    }
  } else if (now.apart && is_last) {
    next.last = true;
    for (std::size_t x = 0; x <= J; ++x, ++next.rows) {
      spread_one(slot, runs, starts, now.fate, x, from, part);
      std::fill_n(by_part, extent_of(runs, done.fixed), 0.0);
      pull_back_spread_rest(runs, by, acting, part, by_part, next);
      pull_back_spread_one(slot, runs, starts, now.fate, x, from, by_part, by_rows, by_from, by.sums);
    }
  } else if (now.apart) {
    next.fixed |= std::size_t{1} << now.slot;
    for (std::size_t x = 0; x <= J; ++x)
      for (std::size_t j = 0; j < J; ++j) {
        if (j == x) continue;
        const std::size_t row =
            (now.fate * J + j) * runs.places + done.rows + (slot.shares_rows ? 0 : x * stride);
        multiply_runs(starts, stride, runs.width, from + x * stride, slot.rows + row, done.last, part);
        for (const std::size_t start : starts) std::fill_n(by_part + start, stride, 0.0);
        next.rows = done.rows + x * stride;
        next.to = done.to + j * stride;
        pull_back_spread_rest(runs, by, acting, part, by_part, next);
        pull_back_multiply_runs(starts, stride, runs.width, from + x * stride, slot.rows + row, done.last,
                                by_part, by_from + x * stride, by_rows + row);
      }
  } else {
    const double* by_to = by.by_to + done.to;
    if (next.slots < acting.size()) {
      by_to = by_part;
      std::fill_n(part, extent_of(runs, done.fixed), 0.0);
      std::fill_n(by_part, extent_of(runs, done.fixed), 0.0);
      if (is_last)
        pool_last(slot, runs, starts, now.fate, from, part);
      else
        pool(slot, runs, starts, now.fate, from, done.rows, done.last, part);
      pull_back_spread_rest(runs, by, acting, part, by_part, next);
    }
    if (is_last)
      pull_back_pool_last(slot, runs, starts, now.fate, from, by_to, by_rows, by_from, by.sums);
    else
      pull_back_pool(slot, runs, starts, now.fate, from, done.rows, done.last, by_to, by_rows, by_from,
                     by.sums);
  }
}

void pull_back_spread(const SpreadRuns& runs, const SpreadAdjoint& by, std::span<const Acting> acting,
                      const double* from, double* by_from, std::size_t to) {
  pull_back_spread_rest(runs, by, acting, from, by_from, {0, 0, 0, false, to});
}

void pull_back_flows(const Incumbents& of, const double* HWY_RESTRICT acting,
                     const std::size_t* HWY_RESTRICT row_at, const double* HWY_RESTRICT rows,
                     const double* HWY_RESTRICT by_flows, double* HWY_RESTRICT by_acting,
                     double* HWY_RESTRICT by_rows) {
  by_vectors(of.width, [&](auto d) {
    const std::size_t run_length = of.stride == 1 ? of.count : of.stride;
    for (const IncumbentRun& run : of.runs)
      for (std::size_t i = 0; i < run_length; ++i) {
        const std::size_t p = run.start + i;
        const double* by = by_flows + (of.stride == 1 ? i : run.incumbent) * of.width;
        by_acting[p] = sum_products(rows + row_at[p], by, of.width);
        for (std::size_t j = 0; j < of.width; j += d.lanes) {
          double* by_row = by_rows + row_at[p] + j;
          at(d, by_row) = at(d, by_row) + acting[p] * at(d, by + j);
        }
      }
  });
}

// Each place of a square stands at one of a block; of the same fate, and past the diagonal, at none.
void pull_back_unfold_pairs(const PairRuns& of, const double* HWY_RESTRICT by_square, double* by_block,
                            double* by_mirrored) {
  const std::size_t n = of.incumbents;
  by_vectors(of.run, [&](auto d) {
    for (std::size_t x = 0; x < n; ++x)
      for (std::size_t y = 0; y < n; ++y, by_square += of.run) {
        if (x <= y) copy_run(d, by_square, of.run, by_block + of.at[x * n + y]);
        if (x >= y && by_mirrored != by_block) copy_run(d, by_square, of.run, by_mirrored + of.at[x * n + y]);
      }
  });
}

void pull_back_fold_pairs(const PairRuns& of, const double* by_block, const double* by_mirrored,
                          double* HWY_RESTRICT by_square) {
  const std::size_t n = of.incumbents;
  by_vectors(of.run, [&](auto d) {
    for (std::size_t x = 0; x < n; ++x)
      for (std::size_t y = 0; y < n; ++y, by_square += of.run)
        copy_run(d, (x <= y ? by_block : by_mirrored) + of.at[x * n + y], of.run, by_square);
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

HWY_EXPORT(pull_back_chances);
HWY_EXPORT(pull_back_fates);
HWY_EXPORT(pull_back_spread);
HWY_EXPORT(pull_back_flows);
HWY_EXPORT(pull_back_unfold_pairs);
HWY_EXPORT(pull_back_fold_pairs);
HWY_EXPORT(add_product);
HWY_EXPORT(add_marginals);
HWY_EXPORT(sum_of_products);

double pull_back_chances(const ChanceRuns& of, const ChanceAdjoint& by) {
  return HWY_DYNAMIC_DISPATCH(pull_back_chances)(of, by);
}

void pull_back_fates(const FateRuns& of, const double* from, const double* const* by,
                     std::span<const StageAdjoint> by_slots, double* to) {
  HWY_DYNAMIC_DISPATCH(pull_back_fates)(of, from, by, by_slots, to);
}

void pull_back_spread(const SpreadRuns& runs, const SpreadAdjoint& by, std::span<const Acting> acting,
                      const double* from, double* by_from, std::size_t to) {
  HWY_DYNAMIC_DISPATCH(pull_back_spread)(runs, by, acting, from, by_from, to);
}

void pull_back_flows(const Incumbents& of, const double* acting, const std::size_t* row_at,
                     const double* rows, const double* by_flows, double* by_acting, double* by_rows) {
  HWY_DYNAMIC_DISPATCH(pull_back_flows)(of, acting, row_at, rows, by_flows, by_acting, by_rows);
}

void pull_back_unfold_pairs(const PairRuns& of, const double* by_square, double* by_block,
                            double* by_mirrored) {
  HWY_DYNAMIC_DISPATCH(pull_back_unfold_pairs)(of, by_square, by_block, by_mirrored);
}

void pull_back_fold_pairs(const PairRuns& of, const double* by_block, const double* by_mirrored,
                          double* by_square) {
  HWY_DYNAMIC_DISPATCH(pull_back_fold_pairs)(of, by_block, by_mirrored, by_square);
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
