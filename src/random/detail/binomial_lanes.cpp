#include "random/binomial_lanes.hpp"

#include <algorithm>
#include <array>

#include "random/bit_places.hpp"

// Highway compiles this file once for each instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "random/detail/binomial_lanes.cpp"
#include <hwy/foreach_target.h>

#include <hwy/highway.h>

#include "random/detail/lane_maths-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace lockin::detail::HWY_NAMESPACE {

constexpr std::size_t most = 2048;    // lanes in one go
constexpr double most_searched = 60;  // mean up to which inversion is the quicker way

// 2 atanh(s) = ln((1 + s) / (1 - s)) for |s| <= 1/3, by a polynomial that interpolates 2 atanh(s) / s in s^2 at Chebyshev's points
// of [0, 1/9]: to 3e-18 of itself, rounding apart.
HWY_INLINE Real log_of_quotient(Real s) {
  static constexpr double series[] = {0x1.0000000000000p+1, 0x1.5555555555527p-1, 0x1.99999999a1c4fp-2,
                                      0x1.249249201beacp-2, 0x1.c71c7445b2127p-3, 0x1.745caf74cbe5ep-3,
                                      0x1.3b1e2bc8a12dep-3, 0x1.106443d797a85p-3, 0x1.f00852a5c69fap-4,
                                      0x1.54f8c703ce149p-4, 0x1.5d1081172f887p-3};
  return hn::Mul(s, polynomial(hn::Mul(s, s), series));
}

// ln(x / y), x - y and 1 / (x + y) given.
HWY_INLINE Real log_of_quotient(Real x, Real y, Real difference, Real per_sum) {
  const Real s = hn::Mul(difference, per_sum), near = log_of_quotient(s);
  const Mask far = hn::Gt(hn::Abs(s), set(1.0 / 3));
  if (hn::AllFalse(D(), far)) return near;
  return hn::IfThenElse(far, log_of(hn::Max(hn::Div(x, y), set(1e-300))), near);
}

// As `stirling_rest` of count_samplers.hpp, 1 / (k + 1) given.
HWY_INLINE Real stirling_rest_of(Real k, Real x) {
  alignas(64) static constexpr double small[] = {
      0.08106146679532726,  0.04134069595540929, 0.02767792568499834, 0.02079067210376509,
      0.01664469118982119,  0.01387612882307075, 0.01189670994589177, 0.01041126526197209,
      0.009255462182712733, 0.008330563433362871};
  static constexpr double series[] = {1.0 / 12, -1.0 / 360, 1.0 / 1260, -1.0 / 1680};
  const Real large = hn::Mul(x, polynomial(hn::Mul(x, x), series));
  const Mask is_small = hn::Lt(k, set(10));
  if (hn::AllFalse(D(), is_small)) return large;
  const auto at = hn::ConvertTo(hn::ScalableTag<std::int64_t>(), hn::Max(hn::Min(k, set(9)), set(0)));
  return hn::IfThenElse(is_small, hn::GatherIndex(D(), small, at), large);
}

// As `log_ratio` of count_samplers.hpp, by few divisions. Pre: k is 0 .. n.
HWY_INLINE Real log_ratio_of(Real n, Real r, Real k, Real m) {
  const Real one = set(1), half = set(0.5);
  const Real nm = hn::Add(hn::Sub(n, m), one), nk = hn::Add(hn::Sub(n, k), one);
  const Real m1 = hn::Add(m, one), k1 = hn::Add(k, one), r_nm = hn::Mul(r, nm), r_nk = hn::Mul(r, nk);
  const Real sum_a = hn::Add(m1, r_nm), sum_b = hn::Add(nm, nk), sum_c = hn::Add(r_nk, k1);
  const Real ab = hn::Mul(sum_a, sum_b), per_abc = hn::Div(one, hn::Mul(ab, sum_c));
  const Real per_ab = hn::Mul(per_abc, sum_c);
  const Real a = log_of_quotient(m1, r_nm, hn::Sub(m1, r_nm), hn::Mul(per_ab, sum_b));
  const Real b = log_of_quotient(nm, nk, hn::Sub(k, m), hn::Mul(per_ab, sum_a));
  const Real c = log_of_quotient(r_nk, k1, hn::Sub(r_nk, k1), hn::Mul(per_abc, ab));
  const Real logs = hn::Add(hn::Add(hn::Mul(hn::Add(m, half), a), hn::Mul(hn::Add(n, one), b)),
                            hn::Mul(hn::Add(k, half), c));
  const Real per_m = hn::Div(one, hn::Mul(m1, nm)), per_k = hn::Div(one, hn::Mul(k1, nk));
  const Real at_m =
      hn::Add(stirling_rest_of(m, hn::Mul(per_m, nm)), stirling_rest_of(hn::Sub(n, m), hn::Mul(per_m, m1)));
  const Real at_k =
      hn::Add(stirling_rest_of(k, hn::Mul(per_k, nk)), stirling_rest_of(hn::Sub(n, k), hn::Mul(per_k, k1)));
  return hn::Add(logs, hn::Sub(at_m, at_k));
}

// The lanes of a piece that something is done to.
struct Listed {
  std::uint16_t at[most + 64];
  std::size_t count = 0;

  // What vectors read past the end: a lane like the others, so that no search waits for it.
  HWY_INLINE void pad() {
    if (count > 0) std::fill_n(at + count, 2 * hn::Lanes(D()), at[count - 1]);
  }
};

// What a draw goes by.
struct Piece {
  const double *trials, *chance, *uniform;
  const std::uint64_t *key, *place;
  Philox::Counter counter;
  double* hits;
};

HWY_INLINE auto places(const Listed& lanes, std::size_t i) {
  const hn::Rebind<std::uint16_t, D> narrow;
  const hn::Rebind<std::uint32_t, D> wider;
  const hn::ScalableTag<std::int64_t> whole;
  return hn::BitCast(whole, hn::PromoteTo(U(), hn::PromoteTo(wider, hn::LoadU(narrow, lanes.at + i))));
}

HWY_INLINE Real smaller(Real p) { return hn::Min(p, hn::Sub(set(1), p)); }

HWY_INLINE std::uint64_t bits_of(Mask mask) {
  std::uint64_t bits = 0;
  hn::StoreMaskBits(D(), mask, reinterpret_cast<std::uint8_t*>(&bits));
  return bits;
}

// The first attempt has its first random number already.
HWY_INLINE void draw(const Piece& piece, auto at, std::uint32_t attempt, Real& first, Real& second) {
  uniforms(hn::GatherIndex(U(), piece.key, at), hn::GatherIndex(U(), piece.place, at), piece.counter,
           attempt + 1, first, second);
  if (attempt > 0) return;
  second = first;
  first = hn::GatherIndex(D(), piece.uniform, at);
}

// Lists those of lanes i and following whose bit is set; writes up to 8 entries too many.
HWY_INLINE void list_some(const Listed& lanes, std::size_t i, std::uint64_t which, Listed& list) {
  if (lanes.count - i < hn::Lanes(D())) which &= (std::uint64_t{1} << (lanes.count - i)) - 1;
#if HWY_TARGET == HWY_SCALAR  // one lane, and no shuffles
  list.at[list.count] = lanes.at[i];
  list.count += which;
#else
  const hn::CappedTag<std::uint16_t, 8> d;
  const hn::Repartition<std::uint8_t, decltype(d)> bytes;
  const auto order = hn::BitCast(d, hn::LoadU(bytes, bit_places.pairs[which].data()));
  hn::StoreU(hn::TableLookupBytes(hn::LoadU(d, lanes.at + i), order), d, list.at + list.count);
  list.count += bit_places.count[which];
#endif
}

// What lanes have drawn; those that must draw again are overwritten then. Chances above 1/2 have counted misses.
HWY_INLINE void give(const Piece& piece, const Listed& lanes, std::size_t i, Real n, Real p, Real drawn) {
  const Real hits = hn::IfThenElse(hn::Gt(p, set(0.5)), hn::Sub(n, drawn), drawn);
  if (lanes.count - i >= hn::Lanes(D())) return hn::ScatterIndex(hits, D(), piece.hits, places(lanes, i));
  alignas(64) double result[hn::MaxLanes(D())] = {};
  hn::Store(hits, D(), result);
  for (std::size_t lane = i; lane < lanes.count; ++lane) piece.hits[lanes.at[lane]] = result[lane - i];
}

// p / (1 - p) and ln(1 - p), p <= 1/2, by one division: ln((1 - s) / (1 + s)) for s = p / (2 - p).
HWY_INLINE void odds_and_log(Real p, Real& odds, Real& log_miss) {
  const Real miss = hn::Sub(set(1), p), two = hn::Sub(set(2), p);
  const Real part = hn::Div(p, hn::Mul(miss, two));
  odds = hn::Mul(two, part);
  log_miss = hn::Neg(log_of_quotient(hn::Mul(miss, part)));
}

// A vector of searches: how many of the sums of the chances of 0, 1, 2, ... do not exceed u.
struct Search {
  Real u, n, odds, scale, chance, sum, drawn;
  Mask open;

  HWY_INLINE Search(const double* uniform, const double* trials, const double* ratio, const double* none) {
    u = hn::Load(D(), uniform);
    n = hn::Load(D(), trials);
    odds = hn::Load(D(), ratio);
    scale = hn::Mul(odds, hn::Add(n, set(1)));
    chance = sum = hn::Load(D(), none);
    drawn = hn::Zero(D());
    open = hn::Ge(u, sum);
  }
  // The chance of k + 1 is odds (n - k) / (k + 1) times that of k.
  HWY_INLINE void next(double per_next) {
    drawn = hn::IfThenElse(open, hn::Add(drawn, set(1)), drawn);
    chance = hn::Mul(chance, hn::Sub(hn::Mul(scale, set(per_next)), odds));
    sum = hn::Add(sum, chance);
    open = hn::Ge(u, sum);
  }
  // Not found: rounding has left the sum of all chances below u.
  HWY_INLINE Mask lost() const { return hn::Or(open, hn::Gt(drawn, n)); }
};

// Small n p: the chances of 0, 1, 2, ... one after the other, two vectors at a time, as each step waits for the one before. First
// loop: where it starts; it has no branch that waits.
HWY_NOINLINE void by_inversion(const Piece& piece, Listed& lanes, std::size_t least, std::uint32_t attempt,
                               Listed& again) {
  // No chance beyond 200 exceeds 1e-40: only what rounding leaves of u could reach it.
  static constexpr auto inverse = [] {
    std::array<double, 204> of{};  // the search goes on in fours, from `least` on
    for (std::size_t k = 0; k < of.size(); ++k) of[k] = 1.0 / static_cast<double>(k + 1);
    return of;
  }();
  constexpr std::size_t at_once = 128;  // lanes
  const std::size_t width = hn::Lanes(D());
  lanes.pad();
  alignas(64) double trials[at_once], chances[at_once], uniform[at_once], none[at_once], ratio[at_once];
  const auto finish = [&](const Search& of, std::size_t first, std::size_t i) {
    const Mask lost = of.lost();
    if (!hn::AllFalse(D(), lost)) list_some(lanes, first + i, bits_of(lost), again);
    give(piece, lanes, first + i, of.n, hn::Load(D(), chances + i), of.drawn);
  };
  for (std::size_t first = 0; first < lanes.count; first += at_once) {
    const std::size_t size = std::min(at_once, lanes.count - first);
    for (std::size_t i = 0; i < (size + 2 * width - 1) / (2 * width) * (2 * width); i += width) {
      const auto at = places(lanes, first + i);
      const Real n = hn::GatherIndex(D(), piece.trials, at), chance = hn::GatherIndex(D(), piece.chance, at),
                 p = smaller(chance);
      Real odds = p, log_miss = p;
      odds_and_log(p, odds, log_miss);
      Real u = hn::GatherIndex(D(), piece.uniform, at), unused = u;
      if (attempt > 0) draw(piece, at, attempt, u, unused);
      hn::Store(chance, D(), chances + i);
      hn::Store(u, D(), uniform + i);
      hn::Store(exp_of(hn::Mul(n, log_miss)), D(), none + i);
      hn::Store(odds, D(), ratio + i);
      hn::Store(n, D(), trials + i);
    }
    for (std::size_t i = 0; i < size; i += 2 * width) {
      Search a(uniform + i, trials + i, ratio + i, none + i);
      Search b(uniform + i + width, trials + i + width, ratio + i + width, none + i + width);
      std::size_t k = 0;
      for (; k < least; ++k) {
        a.next(inverse[k]);
        b.next(inverse[k]);
      }
      for (; k < 200 && !hn::AllFalse(D(), hn::Or(a.open, b.open)); k += 4)
        for (std::size_t next = k; next < k + 4; ++next) {
          a.next(inverse[next]);
          b.next(inverse[next]);
        }
      finish(a, first, i);
      if (i + width < size) finish(b, first, i + width);
    }
  }
}

// n p >= 10: transformed rejection with decomposition (BTRD). `quick`: takes what is inside the box, without a look at the law,
// and lists the others.
template <bool quick>
HWY_NOINLINE void by_rejection(const Piece& piece, Listed& lanes, std::uint32_t attempt, Listed& again) {
  lanes.pad();
  const Real one = set(1), half = set(0.5);
  for (std::size_t i = 0; i < lanes.count; i += hn::Lanes(D())) {
    const auto at = places(lanes, i);
    const Real n = hn::GatherIndex(D(), piece.trials, at), chance = hn::GatherIndex(D(), piece.chance, at),
               p = smaller(chance);
    const Real np = hn::Mul(n, p), miss = hn::Sub(one, p), root = hn::Sqrt(hn::Mul(np, miss));
    const Real b = hn::Add(set(1.15), hn::Mul(set(2.53), root));
    const Real a = hn::Add(hn::Add(set(-0.0873), hn::Mul(set(0.0248), b)), hn::Mul(set(0.01), p));
    const Real c = hn::Add(np, half), b_v_r = hn::Sub(hn::Mul(set(0.92), b), set(4.2)), two_a = hn::Add(a, a);
    const Real box = hn::Mul(set(0.86), b_v_r);
    if constexpr (quick) {
      // floor((2 a / us + b) u + c), u = uniform / v_r - 0.43, us = 1/2 - |u|: all times b v_r, so that one division does.
      const Real scaled = hn::Mul(hn::GatherIndex(D(), piece.uniform, at), b);
      const Real u = hn::Sub(scaled, hn::Mul(set(0.43), b_v_r));
      const Real us = hn::Sub(hn::Mul(half, b_v_r), hn::Abs(u));
      const Real moved = hn::Mul(u, hn::Add(hn::Mul(two_a, b_v_r), hn::Mul(b, us)));
      const Real k = hn::Floor(hn::Add(hn::Div(moved, hn::Mul(us, b_v_r)), c));
      list_some(lanes, i, bits_of(hn::Gt(scaled, box)), again);
      give(piece, lanes, i, n, chance, k);
    } else {
      Real first = c, second = c;
      draw(piece, at, attempt, first, second);
      const Real scaled = hn::Mul(first, b), part = hn::Div(scaled, b_v_r);  // uniform / v_r
      const Mask in_box = hn::Le(scaled, box), in_tail = hn::Ge(scaled, b_v_r);
      const Real edge = hn::Sub(part, set(0.93));
      const Real near_edge = hn::Sub(hn::IfThenElse(hn::Lt(edge, hn::Zero(D())), set(-0.5), half), edge);
      const Real outside_u = hn::IfThenElse(in_tail, hn::Sub(second, half), near_edge);
      const Real u = hn::IfThenElse(in_box, hn::Sub(part, set(0.43)), outside_u);
      const Real us = hn::Sub(half, hn::Abs(u)), us2 = hn::Mul(us, us);
      // v alpha / (a / us^2 + b), alpha = (2.83 + 5.1 / b) root, and 1 / us: one division.
      const Real below = hn::Mul(hn::Mul(b, b), hn::Add(a, hn::Mul(b, us2)));
      const Real per_us_below = hn::Div(one, hn::Mul(us, below));
      const Real k =
          hn::Floor(hn::Add(hn::Mul(hn::Add(hn::Mul(two_a, hn::Mul(per_us_below, below)), b), u), c));
      const Real alpha = hn::Mul(hn::Add(hn::Mul(set(2.83), b), set(5.1)), root);
      const Real b_v = hn::IfThenElse(in_tail, scaled, hn::Mul(second, b_v_r));
      const Real v = hn::Mul(hn::Mul(b_v, alpha), hn::Mul(us2, hn::Mul(per_us_below, us)));
      const Real possible = hn::Max(hn::Min(k, n), hn::Zero(D()));
      const Real r = hn::Div(p, miss), m = hn::Floor(hn::Mul(hn::Add(n, one), p));
      const Mask accepted = hn::And(hn::Eq(k, possible), hn::Le(log_of(v), log_ratio_of(n, r, possible, m)));
      list_some(lanes, i, bits_of(hn::Not(hn::Or(in_box, accepted))), again);
      give(piece, lanes, i, n, chance, k);
    }
  }
}

// Places of the bits that are set; writes up to 8 entries too many.
HWY_INLINE void list_bits(std::uint64_t byte, std::size_t first, Listed& list) {
  const hn::CappedTag<std::uint16_t, 8> d;
  const hn::Rebind<std::uint8_t, decltype(d)> narrow;
  for (std::size_t lane = 0; lane < 8; lane += hn::Lanes(d)) {
    const auto places_of = hn::PromoteTo(d, hn::LoadU(narrow, bit_places.of[byte].data() + lane));
    hn::StoreU(hn::Add(places_of, hn::Set(d, static_cast<std::uint16_t>(first))), d,
               list.at + list.count + lane);
  }
  list.count += bit_places.count[byte];
}

// Draws of up to three trials, by inversion: how many of the chances of at most 0, 1, 2 do not exceed u.
HWY_INLINE Real draw_three(Real n, Real p, Real u) {
  const Real one = set(1), never = set(2), q = hn::Sub(one, p), q2 = hn::Mul(q, q), p2 = hn::Mul(p, p);
  const Mask two = hn::Eq(n, set(2)), three = hn::Eq(n, set(3));
  const Real q3 = hn::Mul(q2, q);
  Real none = hn::IfThenElse(three, q3, hn::IfThenElse(two, q2, q));
  none = hn::IfThenElse(hn::Lt(n, one), never, none);
  const Real of_three = hn::Add(q3, hn::Mul(set(3), hn::Mul(q2, p)));
  const Real at_most_one = hn::IfThenElse(three, of_three, hn::IfThenElse(two, hn::Sub(one, p2), never));
  const Real at_most_two = hn::IfThenElse(three, hn::Sub(one, hn::Mul(p2, p)), never);
  const Real drawn = hn::IfThenElseZero(hn::Ge(u, none), one);
  const Real more = hn::IfThenElse(hn::Ge(u, at_most_one), hn::Add(drawn, one), drawn);
  return hn::IfThenElse(hn::Ge(u, at_most_two), hn::Add(more, one), more);
}

// Means below the n-th of these, and not below the one before, are searched together: loops of about the same length.
constexpr double class_ends[] = {2, 8, 25, most_searched};
constexpr std::size_t classes = std::size(class_ends);
constexpr std::size_t least[] = {3, 8, 20, 50};

// Lists the lanes with more to draw by their means, the largest last, and gives the others what they draw. 1 - n p is less than the
// chance of 0, so that most lanes of small means need no exponential.
HWY_INLINE void sort(const Piece& piece, std::size_t n, Listed (&lists)[classes + 1]) {
  const std::size_t width = hn::Lanes(D()), at_once = std::max<std::size_t>(8, width);
  for (std::size_t first = 0; first < n; first += at_once) {
    std::uint64_t open = 0, below[classes] = {};
    for (std::size_t i = first; i < first + at_once; i += width) {
      const Real trials = hn::LoadU(D(), piece.trials + i), p = hn::LoadU(D(), piece.chance + i);
      const Real u = hn::LoadU(D(), piece.uniform + i), mean = hn::Mul(trials, smaller(p));
      const Mask several = hn::Gt(trials, set(3));
      open |= bits_of(hn::And(several, hn::Ge(u, hn::Sub(set(1), mean)))) << (i - first);
      for (std::size_t of = 0; of < classes; ++of)
        below[of] |= bits_of(hn::Lt(mean, set(class_ends[of]))) << (i - first);
      const Real none = hn::IfThenElseZero(hn::Gt(p, set(0.5)), trials);
      hn::StoreU(hn::IfThenElse(several, none, draw_three(trials, p, u)), D(), piece.hits + i);
    }
    open &= n - first < 64 ? (std::uint64_t{1} << (n - first)) - 1 : ~std::uint64_t{0};
    for (std::size_t of = 0; of <= classes; ++of) {
      const std::uint64_t here = of < classes ? open & below[of] : open;
      open ^= here;
      for (std::size_t byte = 0; byte < at_once / 8; ++byte)
        list_bits(here >> 8 * byte & 0xff, first + 8 * byte, lists[of]);
    }
  }
}

void draw_binomials(std::size_t n, const double* trials, const double* chance, const double* uniform,
                    const LaneStreams& streams, double* hits) {
  Listed lists[classes + 1], outside, again;
  for (std::size_t first = 0; first < n; first += most) {
    const Piece piece{trials + first,        chance + first,  uniform + first, streams.key + first,
                      streams.place + first, streams.counter, hits + first};
    for (Listed& list : lists) list.count = 0;
    outside.count = again.count = 0;
    sort(piece, std::min(most, n - first), lists);
    Listed &few = lists[classes - 1], &many = lists[classes];
    for (std::size_t of = 0; of < classes; ++of) by_inversion(piece, lists[of], least[of], 0, again);
    by_rejection<true>(piece, many, 0, outside);
    by_rejection<false>(piece, outside, 0, again);
    for (std::uint32_t attempt = 1; again.count > 0; ++attempt) {
      few.count = many.count = 0;
      for (std::size_t i = 0; i < again.count; ++i) {
        const std::uint16_t at = again.at[i];
        const double p = piece.chance[at];
        Listed& list = piece.trials[at] * std::min(p, 1 - p) < most_searched ? few : many;
        list.at[list.count++] = at;
      }
      again.count = 0;
      by_inversion(piece, few, 0, attempt, again);
      by_rejection<false>(piece, many, attempt, again);
    }
  }
}

void draw_uniforms(std::size_t n, const LaneStreams& streams, double* first, double* second) {
  const std::size_t lanes = hn::Lanes(D());
  for (std::size_t i = 0; i < n; i += lanes) {
    Real u = hn::Zero(D()), v = u;
    uniforms(hn::LoadU(U(), streams.key + i), hn::LoadU(U(), streams.place + i), streams.counter, 0, u, v);
    hn::StoreU(u, D(), first + i);
    hn::StoreU(v, D(), second + i);
  }
}

void draw_places(std::size_t n, const LaneStreams& streams, const double* up_to, std::size_t width,
                 std::uint64_t* taken) {
  const std::size_t lanes = hn::Lanes(D());
  const hn::ScalableTag<std::int64_t> whole;
  const auto take = [&](Real u, Bits row) {
    Bits at = row;
    for (std::size_t half = width / 2; half > 0; half /= 2) {
      const Bits next = hn::Add(at, hn::Set(U(), half));
      const Real limit = hn::GatherIndex(D(), up_to + (half - 1), hn::BitCast(whole, at));
      at = hn::IfThenElse(hn::RebindMask(U(), hn::Ge(u, limit)), next, at);
    }
    return at;
  };
  for (std::size_t i = 0; i < n; i += lanes) {
    Real u = hn::Zero(D()), v = u;
    uniforms(hn::LoadU(U(), streams.key + i), hn::LoadU(U(), streams.place + i), streams.counter, 0, u, v);
    Bits first = hn::Zero(U()), second = first;
    hn::LoadInterleaved2(U(), taken + 2 * i, first, second);
    hn::StoreInterleaved2(take(u, first), take(v, second), U(), taken + 2 * i);
  }
}

}  // namespace lockin::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace lockin::detail {

HWY_EXPORT(draw_binomials);
HWY_EXPORT(draw_uniforms);
HWY_EXPORT(draw_places);

void draw_binomials(std::size_t n, const double* trials, const double* chance, const double* uniform,
                    const LaneStreams& streams, double* hits) {
  HWY_DYNAMIC_DISPATCH(draw_binomials)(n, trials, chance, uniform, streams, hits);
}

void draw_uniforms(std::size_t n, const LaneStreams& streams, double* first, double* second) {
  HWY_DYNAMIC_DISPATCH(draw_uniforms)(n, streams, first, second);
}

void draw_places(std::size_t n, const LaneStreams& streams, const double* up_to, std::size_t width,
                 std::uint64_t* taken) {
  HWY_DYNAMIC_DISPATCH(draw_places)(n, streams, up_to, width, taken);
}

}  // namespace lockin::detail
#endif
