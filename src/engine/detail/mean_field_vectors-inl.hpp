// What is in vectors of both directions: included once for each instruction set.
#if defined(LOCKIN_MEAN_FIELD_VECTORS_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef LOCKIN_MEAN_FIELD_VECTORS_INL
#undef LOCKIN_MEAN_FIELD_VECTORS_INL
#else
#define LOCKIN_MEAN_FIELD_VECTORS_INL
#endif

#include <hwy/highway.h>

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "engine/detail/mean_field_runs.hpp"

HWY_BEFORE_NAMESPACE();
namespace lockin::detail::HWY_NAMESPACE {

// Numbers side by side. The compilers' vectors: Highway has none of doubles in WebAssembly.
struct FourLanes {
  using Vector [[gnu::vector_size(32), gnu::aligned(8)]] = double;
  static constexpr std::size_t lanes = 4;
};
#if HWY_MAX_BYTES >= 64
struct EightLanes {
  using Vector [[gnu::vector_size(64), gnu::aligned(8)]] = double;
  static constexpr std::size_t lanes = 8;
};
#endif
static_assert(FourLanes::lanes == row_unit);

template <class Lanes>
HWY_INLINE const typename Lanes::Vector& at(Lanes, const double* first) {
  return *reinterpret_cast<const typename Lanes::Vector*>(first);
}
template <class Lanes>
HWY_INLINE typename Lanes::Vector& at(Lanes, double* first) {
  return *reinterpret_cast<typename Lanes::Vector*>(first);
}
// From an entry that need not be a multiple of the lanes from the first: clang takes it to be in `at`.
template <class Lanes>
HWY_INLINE void load_any(Lanes, const double* first, typename Lanes::Vector& lanes) {
  std::memcpy(&lanes, first, sizeof lanes);
}

// Calls work(lanes) with the longest vectors that divide a run of n.
template <class Work>
HWY_INLINE void by_vectors(std::size_t n, const Work& work) {
#if HWY_MAX_BYTES >= 64
  if (n % EightLanes::lanes == 0) return work(EightLanes());
#endif
  (void)n;
  work(FourLanes());
}

// A run of one vector is one move; the library's is a call.
template <class Lanes>
HWY_INLINE void copy_run(Lanes d, const double* HWY_RESTRICT from, std::size_t n, double* HWY_RESTRICT to) {
  if (n == d.lanes)
    at(d, to) = at(d, from);
  else
    std::copy_n(from, n, to);
}

// In four parts, whatever the vectors.
HWY_INLINE double sum(const double* HWY_RESTRICT of, std::size_t n) {
  double a = of[0], b = of[1], c = of[2], d = of[3];
  for (std::size_t i = row_unit; i < n; i += row_unit) {
    a += of[i];
    b += of[i + 1];
    c += of[i + 2];
    d += of[i + 3];
  }
  return (a + b) + (c + d);
}

// Of a[i] b[i], likewise.
HWY_INLINE double sum_products(const double* HWY_RESTRICT a, const double* HWY_RESTRICT b, std::size_t n) {
  double parts[row_unit];
  for (std::size_t i = 0; i < row_unit; ++i) parts[i] = a[i] * b[i];
  for (std::size_t i = row_unit; i < n; ++i) parts[i % row_unit] += a[i] * b[i];
  return (parts[0] + parts[1]) + (parts[2] + parts[3]);
}

// Customers at places p and after, by stages: those who stay, and newcomers.
template <class Lanes>
HWY_INLINE void take(Lanes d, const FateRuns& of, std::size_t p, const double* HWY_RESTRICT from,
                     double* HWY_RESTRICT value) {
  for (std::size_t b = 0; b < of.blocks; ++b)
    at(d, value + b * d.lanes) = at(d, from + b * of.places + p) * of.stay;
  if (p <= of.none && of.none < p + d.lanes) value[of.none - p] += of.enter;
}

// Calls work(own) with a number of stages, known to the compiler where loops over them are short.
template <class Work>
HWY_INLINE void by_stages(std::size_t own, const Work& work) {
  switch (own) {
    case 3:
      return work(std::integral_constant<std::size_t, 3>());
    case 4:
      return work(std::integral_constant<std::size_t, 4>());
    case 5:
      return work(std::integral_constant<std::size_t, 5>());
    default:
      work(own);
  }
}

// Replaces the stages of one slot by its fates, at places p and after.
// @param from by [stage][others], `apart` numbers from one to the next
// @param to gives the place of the number-th of [others][fate]: what comes first is always the slot that is next
template <class Lanes, class To>
HWY_INLINE void set_fates_of(Lanes d, const StageRuns& slot, std::size_t places, std::size_t p,
                             std::size_t others, const double* HWY_RESTRICT from, std::size_t apart,
                             const To& to) {
  const std::size_t next = others * apart;
  const double *HWY_RESTRICT keep = slot.keep + p, *HWY_RESTRICT rise = slot.rise + p,
                             *HWY_RESTRICT act = slot.act + p;
  const auto replace = [&](auto own, auto acts, auto moves) {
    const std::size_t fates = own * (moves + 1) + acts;
    for (std::size_t i = 0, f = 0; i < next; i += apart, f += fates) {
      auto acted = at(d, from + i), below = acted;
      for (std::size_t s = 0; s < own; ++s) {
        const auto here = at(d, from + i + s * next);
        const auto kept = here * at(d, keep + s * places), now = here * at(d, act + s * places);
        at(d, to(f + s)) = s == 0 ? kept : (kept + below * at(d, rise + (s - 1) * places));
        acted = s == 0 ? now : (acted + now);
        below = here;
        if (acts > 1) at(d, to(f + own + s)) = now;
        for (std::size_t m = 0; m < moves; ++m)
          at(d, to(f + own + acts + m * own + s)) = here * at(d, slot.moved + m * places + p);
      }
      if (acts == 1) at(d, to(f + own)) = acted;
    }
  };
  if (slot.acts == 1 && slot.fates == slot.own + 1)
    by_stages(slot.own, [&](auto own) {
      replace(own, std::integral_constant<std::size_t, 1>(), std::integral_constant<std::size_t, 0>());
    });
  else
    replace(slot.own, slot.acts, (slot.fates - slot.own - slot.acts) / slot.own);
}

// How far those who act have been spread.
struct Spreading {
  std::size_t slots = 0;  // how many of them have been spread
  std::size_t fixed =
      0;  // bits of those taken one incumbent at a time; of them a block holds the first incumbent
  std::size_t rows = 0;  // what the incumbents that they had add to a place
  bool last = false;     // whether the last slot has been, one incumbent at a time (in `rows`, too)
  std::size_t to =
      0;  // where the destinations of fixed slots and the stages of others begin in a table of all blocks
};

// As much of a block as there is once the first slots have been taken one incumbent at a time.
HWY_INLINE std::size_t extent_of(const SpreadRuns& runs, std::size_t fixed) {
  std::size_t extent = runs.places;
  for (std::size_t i = 0; fixed >> i & 1; ++i) extent = runs.slots[i].stride;
  return extent;
}

// Calls work(d, rows) with the longest vectors that divide a run, and what reads a row of a slot before the last at place i
// and `lane` places after: by place, or, once the last slot has been spread, that of one incumbent of it for all its
// destinations (then i stands at the first of them).
template <class Work>
HWY_INLINE void with_rows(bool spread_last, std::size_t n, const Work& work) {
  by_vectors(n, [&](auto d) {
    if (spread_last)
      work(d, [](const double* row, std::size_t) { return *row; });
    else
      work(d, [&](const double* row, std::size_t lane) -> const auto& { return at(d, row + lane); });
  });
}

// Those of one incumbent of the last slot, by their destinations: part = row * who, but nobody at the incumbent.
HWY_INLINE void spread_one(const SpreadSlot& slot, const SpreadRuns& runs,
                           std::span<const std::size_t> starts, std::size_t fate, std::size_t x,
                           const double* HWY_RESTRICT from, double* HWY_RESTRICT part) {
  const double* HWY_RESTRICT others = runs.others + x * runs.width;
  by_vectors(runs.width, [&](auto d) {
    for (const std::size_t start : starts) {
      const double* HWY_RESTRICT row = slot.rows + slot.row_at[start + x] + fate * runs.width;
      for (std::size_t j = 0; j < runs.width; j += d.lanes)
        at(d, part + start + j) = from[start + x] * (at(d, row + j) * at(d, others + j));
    }
  });
}

// Adds those who come to each provider of the last slot: of one row, by all who act but the provider's own.
HWY_INLINE void pool_last(const SpreadSlot& slot, const SpreadRuns& runs, std::span<const std::size_t> starts,
                          std::size_t fate, const double* HWY_RESTRICT from, double* HWY_RESTRICT to) {
  const std::size_t width = runs.width;
  by_vectors(width, [&](auto d) {
    for (const std::size_t start : starts) {
      const double* HWY_RESTRICT row = slot.rows + slot.row_at[start];
      if (slot.shares_rows) {
        const auto all = sum(from + start, width);
        for (std::size_t j = 0; j < width; j += d.lanes) {
          double* arrive = to + start + j;
          at(d, arrive) = at(d, arrive) + at(d, row + j) * (all - at(d, from + start + j));
        }
        continue;
      }
      for (std::size_t x = 0; x <= runs.providers; ++x) {
        row = slot.rows + slot.row_at[start + x] + fate * width;
        const double* HWY_RESTRICT others = runs.others + x * width;
        for (std::size_t j = 0; j < width; j += d.lanes) {
          double* arrive = to + start + j;
          at(d, arrive) = at(d, arrive) + from[start + x] * (at(d, row + j) * at(d, others + j));
        }
      }
    }
  });
}

// The same for a slot before the last.
HWY_INLINE void pool(const SpreadSlot& slot, const SpreadRuns& runs, std::span<const std::size_t> starts,
                     std::size_t fate, const double* HWY_RESTRICT from, std::size_t rows, bool spread_last,
                     double* HWY_RESTRICT to) {
  const std::size_t J = runs.providers, stride = slot.stride, width = runs.width;
  with_rows(spread_last, width, [&](auto d, const auto& row) {
    for (const std::size_t start : starts)
      for (std::size_t i = start; i < start + stride; i += width)
        for (std::size_t lane = 0; lane < width; lane += d.lanes) {
          const double* HWY_RESTRICT of = from + i + lane;
          double* HWY_RESTRICT arrive = to + i + lane;
          if (slot.shares_rows) {
            auto all = at(d, of);
            for (std::size_t x = 1; x <= J; ++x) all = all + at(d, of + x * stride);
            for (std::size_t j = 0; j < J; ++j, arrive += stride)
              at(d, arrive) = at(d, arrive) + row(slot.rows + j * runs.places + rows + i, lane) *
                                                  (all - at(d, of + j * stride));
            continue;
          }
          for (std::size_t j = 0; j < J; ++j, arrive += stride)
            for (std::size_t x = 0; x <= J; ++x)
              at(d, arrive) = at(d, arrive) +
                              at(d, of + x * stride) *
                                  row(slot.rows + (fate * J + j) * runs.places + rows + i + x * stride, lane);
        }
  });
}

// to[i] = from[i] times the row's entry, in runs of `stride` from each of `starts`.
HWY_INLINE void multiply_runs(std::span<const std::size_t> starts, std::size_t stride, std::size_t width,
                              const double* HWY_RESTRICT from, const double* HWY_RESTRICT rows,
                              bool spread_last, double* HWY_RESTRICT to) {
  with_rows(spread_last, width, [&](auto d, const auto& row) {
    for (const std::size_t start : starts)
      for (std::size_t i = start; i < start + stride; i += width)
        for (std::size_t lane = 0; lane < width; lane += d.lanes)
          at(d, to + i + lane) = at(d, from + i + lane) * row(rows + i, lane);
  });
}

}  // namespace lockin::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
