#include "engine/detail/mean_field_runs.hpp"

#include <algorithm>

// Highway compiles this file once for each instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/detail/mean_field_runs.cpp"
#include <hwy/foreach_target.h>

#include "engine/detail/mean_field_vectors-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace lockin::detail::HWY_NAMESPACE {

void set_chances(const ChanceRuns& of, double* HWY_RESTRICT keep, double* HWY_RESTRICT rise,
                 double* HWY_RESTRICT act) {
  const std::size_t n = of.places;
  const double *HWY_RESTRICT holds = of.holds, *HWY_RESTRICT spared = of.spared;
  for (std::size_t stage = 0; stage < of.own; ++stage, keep += n, rise += n, act += n) {
    const auto s = static_cast<std::int64_t>(stage);
    const double *HWY_RESTRICT table = of.act_table + s * of.next_act,
                               *HWY_RESTRICT rows = of.rows + s * of.next_row;
    const double advance = stage + 1 < of.own ? of.advance : 0;
    if (of.side_by_side) {
      by_vectors(of.width, [&](auto d) {
        for (std::size_t first = 0; first < n; first += of.width)
          for (std::size_t lane = 0, p = first; lane < of.width; lane += d.lanes, p += d.lanes) {
            const auto left = at(d, spared + p), held = at(d, holds + p);
            typename decltype(d)::Vector act_here;
            load_any(d, table + of.act_at[first] + lane, act_here);
            const auto acts = left * act_here;
            const auto stay = left - acts + acts * (held * at(d, rows + of.own_at[first] + lane)),
                       rising = held * advance;
            at(d, act + p) = acts;
            at(d, keep + p) = stay * (1 - rising);
            at(d, rise + p) = stay * rising;
          }
      });
      continue;
    }
    double* HWY_RESTRICT own = of.room;
    if (stage == 0 || of.next_row > 0)
      for (std::size_t p = 0; p < n; ++p) own[p] = holds[p] * rows[of.own_at[p]];
    for (std::size_t p = 0; p < n; ++p) {
      const double acts = spared[p] * table[of.act_at[p]];
      const double stay = spared[p] - acts + acts * own[p], rising = holds[p] * advance;
      act[p] = acts;
      keep[p] = stay * (1 - rising);
      rise[p] = stay * rising;
    }
  }
}

void set_fates(const FateRuns& of, const double* from, double* const* to) {
  const std::size_t n = of.places;
  // The last slot's fates may go where the first one's stages are read.
  const bool in_place = of.slots.size() > 1 && of.stay == 1 && of.enter == 0;
  by_vectors(n, [&](auto d) {
    for (std::size_t p = 0; p < n; p += d.lanes) {
      const double* value = from + p;
      std::size_t apart = n, blocks = of.blocks;
      double* room = of.room;
      if (!in_place) {
        take(d, of, p, from, room);
        value = room;
        apart = d.lanes;
        room += blocks * d.lanes;
      }
      for (std::size_t i = 0; i < of.slots.size(); ++i) {
        const StageRuns& slot = of.slots[i];
        const std::size_t others = blocks / slot.own;
        if (i + 1 == of.slots.size()) {
          set_fates_of(d, slot, n, p, others, value, apart, [&](std::size_t f) { return to[f] + p; });
          break;
        }
        set_fates_of(d, slot, n, p, others, value, apart, [&](std::size_t f) { return room + f * d.lanes; });
        value = room;
        apart = d.lanes;
        blocks = others * slot.fates;
        room += blocks * d.lanes;
      }
    }
  });
}

void sum_stages(const double* from, std::size_t outer, std::size_t own, std::size_t places, double* by_stage,
                double* rest) {
  by_vectors(places, [&](auto d) {
    for (std::size_t p = 0; p < places; p += d.lanes) {
      const std::size_t next = own * places;
      for (std::size_t s = 0; s < own; ++s) {
        const double* block = from + s * places + p;
        auto all = at(d, block);
        for (std::size_t o = 1; o < outer; ++o) all = all + at(d, block += next);
        at(d, by_stage + s * places + p) = all;
      }
      by_stages(own, [&](auto stages) {
        for (std::size_t o = 0; o < outer; ++o) {
          const double* block = from + o * next + p;
          auto all = at(d, block);
          for (std::size_t s = 1; s < stages; ++s) all = all + at(d, block + s * places);
          at(d, rest + o * places + p) = all;
        }
      });
    }
  });
}

void sum_others(const Incumbents& of, const double* HWY_RESTRICT block, double* HWY_RESTRICT to) {
  std::fill_n(to, of.width, 0.0);
  if (of.stride > 1) {
    for (const IncumbentRun& run : of.runs) to[run.incumbent] += sum(block + run.start, of.stride);
    return;
  }
  by_vectors(of.width, [&](auto d) {
    for (const IncumbentRun& run : of.runs)
      for (std::size_t x = 0; x < of.width; x += d.lanes)
        at(d, to + x) = at(d, to + x) + at(d, block + run.start + x);
  });
}

void add_flows(const Incumbents& of, const double* HWY_RESTRICT acting,
               const std::size_t* HWY_RESTRICT row_at, const double* HWY_RESTRICT rows,
               double* HWY_RESTRICT flows) {
  by_vectors(of.width, [&](auto d) {
    for (const IncumbentRun& run : of.runs) {
      if (of.stride == 1) {
        for (std::size_t p = run.start, x = 0; x < of.count; ++p, ++x)
          for (std::size_t j = 0; j < of.width; j += d.lanes) {
            double* flow = flows + x * of.width + j;
            at(d, flow) = at(d, flow) + acting[p] * at(d, rows + row_at[p] + j);
          }
        continue;
      }
      for (std::size_t j = 0; j < of.width; j += d.lanes) {
        double* flow = flows + run.incumbent * of.width + j;
        auto even = at(d, flow), odd = typename decltype(d)::Vector{};
        for (std::size_t p = run.start; p < run.start + of.stride; p += 2) {
          even = even + acting[p] * at(d, rows + row_at[p] + j);
          odd = odd + acting[p + 1] * at(d, rows + row_at[p + 1] + j);
        }
        at(d, flow) = even + odd;
      }
    }
  });
}

void set_products(const double* HWY_RESTRICT a, const double* HWY_RESTRICT b, std::size_t terms,
                  std::size_t n, double* HWY_RESTRICT to) {
  by_vectors(n, [&](auto d) {
    for (std::size_t i = 0; i < n; i += d.lanes) {
      auto all = at(d, a + i) * at(d, b + i);
      for (std::size_t t = 1; t < terms; ++t) all = all + at(d, a + t * n + i) * at(d, b + t * n + i);
      at(d, to + i) = all;
    }
  });
}

void scale(double factor, std::size_t n, double* HWY_RESTRICT to) {
  for (std::size_t i = 0; i < n; ++i) to[i] *= factor;
}

void spread_rest(const SpreadRuns& runs, std::span<const Acting> acting, const double* from,
                 const Spreading& done) {
  const std::size_t n = runs.slots.size(), J = runs.providers;
  if (done.slots == acting.size()) {
    const std::size_t s = acting.back().slot, run = std::max(runs.slots[s].stride, runs.width);
    for (const std::size_t start : runs.starts[done.fixed * n + s])
      for (std::size_t i = start; i < start + run; ++i) runs.to[done.to + i] += from[i];
    return;
  }
  const Acting& now = acting[done.slots];
  const SpreadSlot& slot = runs.slots[now.slot];
  const std::size_t stride = slot.stride;
  const std::span<const std::size_t> starts = runs.starts[done.fixed * n + now.slot];
  const bool is_last = now.slot + 1 == n;
  double* part = runs.room[done.slots].data();
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
        part[start + move.to] = from[start + move.from];
      }
      spread_rest(runs, acting, part, next);
    } else {
      next.fixed |= std::size_t{1} << now.slot;
      next.to += move.to * stride;
      spread_rest(runs, acting, from + move.from * stride, next);
    }
  } else if (now.apart && is_last) {
    next.last = true;
    for (std::size_t x = 0; x <= J; ++x, ++next.rows) {
      const auto nobody = [&](std::size_t start) { return from[start + x] == 0; };
      if (std::all_of(starts.begin(), starts.end(), nobody)) continue;
      spread_one(slot, runs, starts, now.fate, x, from, part);
      spread_rest(runs, acting, part, next);
    }
  } else if (now.apart) {
    next.fixed |= std::size_t{1} << now.slot;
    for (std::size_t x = 0; x <= J; ++x)
      for (std::size_t j = 0; j < J; ++j) {
        if (j == x) continue;
        const double* row =
            slot.rows + (now.fate * J + j) * runs.places + done.rows + (slot.shares_rows ? 0 : x * stride);
        multiply_runs(starts, stride, runs.width, from + x * stride, row, done.last, part);
        next.rows = done.rows + x * stride;
        next.to = done.to + j * stride;
        spread_rest(runs, acting, part, next);
      }
  } else {
    const bool all_spread = next.slots == acting.size();
    if (!all_spread) std::fill_n(part, extent_of(runs, done.fixed), 0.0);
    double* to = all_spread ? runs.to + done.to : part;
    if (is_last)
      pool_last(slot, runs, starts, now.fate, from, to);
    else
      pool(slot, runs, starts, now.fate, from, done.rows, done.last, to);
    if (!all_spread) spread_rest(runs, acting, part, next);
  }
}

void spread(const SpreadRuns& runs, std::span<const Acting> acting, const double* from, std::size_t to) {
  spread_rest(runs, acting, from, {0, 0, 0, false, to});
}

void unfold_pairs(const PairRuns& of, const double* HWY_RESTRICT block, const double* HWY_RESTRICT mirrored,
                  double* HWY_RESTRICT square) {
  const std::size_t n = of.incumbents;
  const bool same = block == mirrored;
  by_vectors(of.run, [&](auto d) {
    for (std::size_t x = 0; x < n; ++x)
      for (std::size_t y = 0; y < n; ++y, square += of.run) {
        const std::size_t from = of.at[x * n + y];
        if (same && x > y)
          std::fill_n(square, of.run, 0.0);
        else if (same || x != y)
          copy_run(d, (x <= y ? block : mirrored) + from, of.run, square);
        else
          for (std::size_t i = 0; i < of.run; i += d.lanes)
            at(d, square + i) = at(d, block + from + i) + at(d, mirrored + from + i);
      }
  });
}

void fold_pairs(const PairRuns& of, const double* HWY_RESTRICT square, double* block, double* mirrored) {
  const std::size_t n = of.incumbents;
  by_vectors(of.run, [&](auto d) {
    for (std::size_t x = 0; x < n; ++x)
      for (std::size_t y = 0; y < n; ++y, square += of.run) {
        double* to = (x <= y ? block : mirrored) + of.at[x * n + y];
        for (std::size_t i = 0; i < of.run; i += d.lanes) at(d, to + i) = at(d, to + i) + at(d, square + i);
      }
  });
}

}  // namespace lockin::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace lockin::detail {

HWY_EXPORT(set_chances);
HWY_EXPORT(set_fates);
HWY_EXPORT(sum_stages);
HWY_EXPORT(sum_others);
HWY_EXPORT(add_flows);
HWY_EXPORT(set_products);
HWY_EXPORT(scale);
HWY_EXPORT(spread);
HWY_EXPORT(unfold_pairs);
HWY_EXPORT(fold_pairs);

void set_chances(const ChanceRuns& of, double* keep, double* rise, double* act) {
  HWY_DYNAMIC_DISPATCH(set_chances)(of, keep, rise, act);
}

std::size_t fate_room(std::span<const StageRuns> slots, std::size_t blocks) {
  std::size_t all = blocks;
  for (const StageRuns& slot : slots) all += blocks = blocks / slot.own * slot.fates;
  return 16 * all;  // eight places, and their derivatives
}

void set_fates(const FateRuns& of, const double* from, double* const* to) {
  HWY_DYNAMIC_DISPATCH(set_fates)(of, from, to);
}

void sum_stages(const double* from, std::size_t outer, std::size_t own, std::size_t places, double* by_stage,
                double* rest) {
  HWY_DYNAMIC_DISPATCH(sum_stages)(from, outer, own, places, by_stage, rest);
}

void sum_others(const Incumbents& of, const double* block, double* to) {
  HWY_DYNAMIC_DISPATCH(sum_others)(of, block, to);
}

void add_flows(const Incumbents& of, const double* acting, const std::size_t* row_at, const double* rows,
               double* flows) {
  HWY_DYNAMIC_DISPATCH(add_flows)(of, acting, row_at, rows, flows);
}

void set_products(const double* a, const double* b, std::size_t terms, std::size_t n, double* sum) {
  HWY_DYNAMIC_DISPATCH(set_products)(a, b, terms, n, sum);
}

void scale(double factor, std::size_t n, double* to) { HWY_DYNAMIC_DISPATCH(scale)(factor, n, to); }

void spread(const SpreadRuns& runs, std::span<const Acting> acting, const double* from, std::size_t to) {
  HWY_DYNAMIC_DISPATCH(spread)(runs, acting, from, to);
}

void unfold_pairs(const PairRuns& of, const double* block, const double* mirrored, double* square) {
  HWY_DYNAMIC_DISPATCH(unfold_pairs)(of, block, mirrored, square);
}

void fold_pairs(const PairRuns& of, const double* square, double* block, double* mirrored) {
  HWY_DYNAMIC_DISPATCH(fold_pairs)(of, square, block, mirrored);
}

}  // namespace lockin::detail
#endif
