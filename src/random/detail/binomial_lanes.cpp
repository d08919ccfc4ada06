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

constexpr std::size_t most = 1024;    // lanes in one go
constexpr double most_searched = 30;  // mean up to which inversion is the quicker way

// As `stirling_rest` of count_samplers.hpp.
HWY_INLINE Real stirling_rest_of(Real k) {
  alignas(64) static constexpr double small[] = {
      0.08106146679532726,  0.04134069595540929, 0.02767792568499834, 0.02079067210376509,
      0.01664469118982119,  0.01387612882307075, 0.01189670994589177, 0.01041126526197209,
      0.009255462182712733, 0.008330563433362871};
  static constexpr double series[] = {1.0 / 12, -1.0 / 360, 1.0 / 1260, -1.0 / 1680};
  const Real x = hn::Div(set(1), hn::Add(k, set(1))), y = hn::Mul(x, x);
  const Real large = hn::Mul(x, polynomial(y, series));
  const Mask is_small = hn::Lt(k, set(10));
  if (hn::AllFalse(D(), is_small)) return large;
  const auto at = hn::ConvertTo(hn::ScalableTag<std::int64_t>(), hn::Max(hn::Min(k, set(9)), set(0)));
  return hn::IfThenElse(is_small, hn::GatherIndex(D(), small, at), large);
}

// As `log_ratio` of count_samplers.hpp.
HWY_INLINE Real log_ratio_of(Real n, Real r, Real k, Real m) {
  const Real one = set(1), half = set(0.5);
  const Real nm = hn::Add(hn::Sub(n, m), one), nk = hn::Add(hn::Sub(n, k), one);
  const Real m1 = hn::Add(m, one), k1 = hn::Add(k, one), r_nm = hn::Mul(r, nm), r_nk = hn::Mul(r, nk);
  const Real a = hn::Mul(hn::Add(m, half), log1p_of(hn::Div(hn::Sub(m1, r_nm), r_nm)));
  const Real b = hn::Mul(hn::Add(n, one), log1p_of(hn::Div(hn::Sub(k, m), nk)));
  const Real c = hn::Mul(hn::Add(k, half), log1p_of(hn::Div(hn::Sub(r_nk, k1), k1)));
  const Real at_m = hn::Add(stirling_rest_of(m), stirling_rest_of(hn::Sub(n, m)));
  const Real at_k = hn::Add(stirling_rest_of(k), stirling_rest_of(hn::Sub(n, k)));
  return hn::Add(hn::Add(hn::Add(a, b), c), hn::Sub(at_m, at_k));
}

// The lanes of a piece that something is done to.
struct Listed {
  std::uint16_t at[most + 64];
  std::size_t count = 0;

  // What vectors read past the end: a lane that there is.
  HWY_INLINE void pad() { std::fill_n(at + count, hn::Lanes(D()), std::uint16_t{0}); }
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
  alignas(64) double result[hn::MaxLanes(D())] = {};
  hn::Store(hn::IfThenElse(hn::Gt(p, set(0.5)), hn::Sub(n, drawn), drawn), D(), result);
  const std::size_t width = std::min(hn::Lanes(D()), lanes.count - i);
  for (std::size_t lane = 0; lane < width; ++lane) piece.hits[lanes.at[i + lane]] = result[lane];
}

// p / (1 - p) and ln(1 - p), both to some 1e-16 of themselves, p <= 1/2: ln((1 - s) / (1 + s)) for s = p / (2 - p), with a
// polynomial that interpolates 2 atanh(s) / s in s^2 at Chebyshev's points of [0, 1/9].
HWY_INLINE void odds_and_log(Real p, Real& odds, Real& log_miss) {
  static constexpr double series[] = {0x1.0000000000000p+1, 0x1.5555555555527p-1, 0x1.99999999a1c4fp-2,
                                      0x1.249249201beacp-2, 0x1.c71c7445b2127p-3, 0x1.745caf74cbe5ep-3,
                                      0x1.3b1e2bc8a12dep-3, 0x1.106443d797a85p-3, 0x1.f00852a5c69fap-4,
                                      0x1.54f8c703ce149p-4, 0x1.5d1081172f887p-3};
  const Real miss = hn::Sub(set(1), p), two = hn::Sub(set(2), p);
  const Real part = hn::Div(p, hn::Mul(miss, two)), s = hn::Mul(miss, part);
  odds = hn::Mul(two, part);
  log_miss = hn::Neg(hn::Mul(s, polynomial(hn::Mul(s, s), series)));
}

// Small n p: the chances of 0, 1, 2, ... one after the other. First loop: where it starts; it has no branch that waits.
HWY_NOINLINE void by_inversion(const Piece& piece, Listed& lanes, std::uint32_t attempt, Listed& again) {
  // No chance beyond 200 exceeds 1e-150: only what rounding leaves of u could reach it.
  static constexpr auto inverse = [] {
    std::array<double, 202> of{};
    for (std::size_t k = 0; k < of.size(); ++k) of[k] = 1.0 / static_cast<double>(k + 1);
    return of;
  }();
  const std::size_t width = hn::Lanes(D());
  lanes.pad();
  alignas(64) double trials[most + lane_room], uniform[most + lane_room], none[most + lane_room],
      ratio[most + lane_room];
  for (std::size_t i = 0; i < lanes.count; i += width) {
    const auto at = places(lanes, i);
    const Real n = hn::GatherIndex(D(), piece.trials, at),
               p = smaller(hn::GatherIndex(D(), piece.chance, at));
    Real odds = p, log_miss = p;
    odds_and_log(p, odds, log_miss);
    Real u = hn::GatherIndex(D(), piece.uniform, at), unused = u;
    if (attempt > 0) draw(piece, at, attempt, u, unused);
    hn::StoreU(u, D(), uniform + i);
    hn::StoreU(exp_of(hn::Mul(n, log_miss)), D(), none + i);
    hn::StoreU(odds, D(), ratio + i);
    hn::StoreU(n, D(), trials + i);
  }
  for (std::size_t i = 0; i < lanes.count; i += width) {
    Real u = hn::LoadU(D(), uniform + i), chance = hn::LoadU(D(), none + i), drawn = hn::Zero(D());
    const Real odds = hn::LoadU(D(), ratio + i), n = hn::LoadU(D(), trials + i);
    // The chance of k + 1 is odds (n - k) / (k + 1) times that of k.
    const Real scale = hn::Mul(odds, hn::Add(n, set(1)));
    Mask open = hn::And(hn::Ge(u, chance), hn::FirstN(D(), lanes.count - i));
    for (std::size_t k = 0; k < inverse.size() && !hn::AllFalse(D(), open); k += 2)
      for (std::size_t next = k; next < k + 2; ++next) {
        drawn = hn::Add(drawn, hn::IfThenElseZero(open, set(1)));
        u = hn::Sub(u, chance);
        chance = hn::Mul(chance, hn::Sub(hn::Mul(scale, set(inverse[next])), odds));
        open = hn::And(open, hn::Ge(u, chance));
      }
    // Rounding may leave something of u when all counts are through.
    open = hn::Or(open, hn::And(hn::Gt(drawn, n), hn::FirstN(D(), lanes.count - i)));
    if (!hn::AllFalse(D(), open)) list_some(lanes, i, bits_of(open), again);
    give(piece, lanes, i, n, hn::GatherIndex(D(), piece.chance, places(lanes, i)), drawn);
  }
}

// How far a pass of rejection looks: `box` takes what is inside the box; `squeeze` decides most of what is outside by bounds of the
// law; `law` decides all.
enum class Look { box, squeeze, law };

// n p >= 10: transformed rejection with decomposition and squeeze (BTRD). Lists who must draw again, and who needs the next look at
// the same draw.
template <Look look>
HWY_NOINLINE void by_rejection(const Piece& piece, Listed& lanes, std::uint32_t attempt, Listed& again,
                               Listed& look_on) {
  lanes.pad();
  const Real one = set(1), half = set(0.5);
  for (std::size_t i = 0; i < lanes.count; i += hn::Lanes(D())) {
    const auto at = places(lanes, i);
    const Real n = hn::GatherIndex(D(), piece.trials, at), chance = hn::GatherIndex(D(), piece.chance, at),
               p = smaller(chance);
    const Real np = hn::Mul(n, p), npq = hn::Mul(np, hn::Sub(one, p)), root = hn::Sqrt(npq);
    const Real b = hn::Add(set(1.15), hn::Mul(set(2.53), root));
    const Real a = hn::Add(hn::Add(set(-0.0873), hn::Mul(set(0.0248), b)), hn::Mul(set(0.01), p));
    const Real c = hn::Add(np, half), b_v_r = hn::Sub(hn::Mul(set(0.92), b), set(4.2)), two_a = hn::Add(a, a);
    if constexpr (look == Look::box) {
      // floor((2 a / us + b) u + c), u = uniform / v_r - 0.43, us = 1/2 - |u|: all times b v_r, so that one division does.
      const Real scaled = hn::Mul(hn::GatherIndex(D(), piece.uniform, at), b);
      const Real u = hn::Sub(scaled, hn::Mul(set(0.43), b_v_r));
      const Real us = hn::Sub(hn::Mul(half, b_v_r), hn::Abs(u));
      const Real moved = hn::Mul(u, hn::Add(hn::Mul(two_a, b_v_r), hn::Mul(b, us)));
      const Real k = hn::Floor(hn::Add(hn::Div(moved, hn::Mul(us, b_v_r)), c));
      list_some(lanes, i, bits_of(hn::Gt(scaled, hn::Mul(set(0.86), b_v_r))), look_on);
      give(piece, lanes, i, n, chance, k);
    } else {
      Real first = c, second = c;
      draw(piece, at, attempt, first, second);
      const Real scaled = hn::Mul(first, b), per_both = hn::Div(one, hn::Mul(b_v_r, npq));
      const Mask in_box = hn::Le(scaled, hn::Mul(set(0.86), b_v_r)), in_tail = hn::Ge(scaled, b_v_r);
      const Real part = hn::Mul(scaled, hn::Mul(per_both, npq));  // uniform / v_r
      const Real edge = hn::Sub(part, set(0.93));
      const Real near_edge = hn::Sub(hn::IfThenElse(hn::Lt(edge, hn::Zero(D())), set(-0.5), half), edge);
      const Real outside_u = hn::IfThenElse(in_tail, hn::Sub(second, half), near_edge);
      const Real u = hn::IfThenElse(in_box, hn::Sub(part, set(0.43)), outside_u);
      const Real us = hn::Sub(half, hn::Abs(u)), us2 = hn::Mul(us, us);
      // v alpha / (a / us^2 + b), alpha = (2.83 + 5.1 / b) root, and 1 / us: one division.
      const Real below = hn::Mul(hn::Mul(b, b), hn::Add(a, hn::Mul(b, us2)));
      const Real per_us_below = hn::Div(one, hn::Mul(us, below));
      const Real k = hn::Floor(hn::Add(
          hn::Mul(hn::Add(hn::Mul(two_a, hn::Mul(per_us_below, below)), b), u), c));
      const Mask possible = hn::And(hn::Ge(k, hn::Zero(D())), hn::Le(k, n));
      const Real alpha = hn::Mul(hn::Add(hn::Mul(set(2.83), b), set(5.1)), root);
      const Real b_v = hn::IfThenElse(in_tail, scaled, hn::Mul(second, b_v_r));
      const Real v = hn::Mul(hn::Mul(b_v, alpha), hn::Mul(us2, hn::Mul(per_us_below, us)));
      const Real log_v = log_of(v), m = hn::Floor(hn::Mul(hn::Add(n, one), p));
      Mask taken = hn::Not(possible), refused = taken;
      if constexpr (look == Look::squeeze) {
        // ln of the chance of k over that of m is -distance^2 / (2 npq) +- wide.
        const Real distance = hn::Abs(hn::Sub(k, m)), per = hn::Mul(per_both, b_v_r), x = hn::Mul(distance, per);
        const Real cubic = hn::Add(hn::Mul(hn::Add(hn::Mul(distance, set(1.0 / 3)), set(0.625)), distance),
                                   set(1.0 / 6));
        const Real wide = hn::Mul(x, hn::Add(hn::Mul(cubic, per), half));
        const Real middle = hn::Mul(hn::Mul(x, distance), set(-0.5));
        const Mask holds = hn::And(possible, hn::Le(x, half));
        taken = hn::And(holds, hn::Lt(log_v, hn::Sub(middle, wide)));
        refused = hn::Or(refused, hn::And(holds, hn::Gt(log_v, hn::Add(middle, wide))));
        taken = hn::Or(in_box, taken);
        refused = hn::AndNot(in_box, refused);
        list_some(lanes, i, bits_of(hn::Not(hn::Or(taken, refused))), look_on);
      } else {
        const Real r = hn::Div(p, hn::Sub(one, p));
        refused = hn::Or(refused, hn::Gt(log_v, log_ratio_of(n, r, k, m)));
        refused = hn::AndNot(in_box, refused);
      }
      list_some(lanes, i, bits_of(refused), again);
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

// Draws of up to three trials, by inversion; of none, and of what is certain.
HWY_INLINE Real draw_three(Real n, Real p, Real u) {
  const Real one = set(1), q = hn::Sub(one, p), q2 = hn::Mul(q, q), p2 = hn::Mul(p, p);
  const Mask two = hn::Eq(n, set(2)), three = hn::Eq(n, set(3));
  const Real none = hn::IfThenElse(three, hn::Mul(q2, q), hn::IfThenElse(two, q2, q));
  const Real all = hn::IfThenElse(three, hn::Mul(p2, p), p2);
  const Real at_most_one = hn::Add(none, hn::Mul(set(3), hn::Mul(q2, p)));
  Real drawn = hn::IfThenElseZero(hn::And(hn::Ge(n, one), hn::Ge(u, none)), one);
  drawn = hn::Add(drawn, hn::IfThenElseZero(hn::And(three, hn::Ge(u, at_most_one)), one));
  drawn = hn::Add(drawn, hn::IfThenElseZero(hn::And(hn::Or(two, three), hn::Ge(u, hn::Sub(one, all))), one));
  return hn::IfThenElse(hn::Ge(p, one), n, drawn);
}

// Means below the n-th of these, and not below the one before, are searched together: loops of about the same length.
constexpr double up_to[] = {1, 4, 12, most_searched};
constexpr std::size_t classes = std::size(up_to);

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
        below[of] |= bits_of(hn::Lt(mean, set(up_to[of]))) << (i - first);
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
  Listed lists[classes + 1], outside, close, again;
  for (std::size_t first = 0; first < n; first += most) {
    const Piece piece{trials + first,        chance + first,  uniform + first, streams.key + first,
                      streams.place + first, streams.counter, hits + first};
    for (Listed& list : lists) list.count = 0;
    outside.count = close.count = again.count = 0;
    sort(piece, std::min(most, n - first), lists);
    Listed &few = lists[classes - 1], &many = lists[classes];
    for (std::size_t of = 0; of < classes; ++of) by_inversion(piece, lists[of], 0, again);
    by_rejection<Look::box>(piece, many, 0, again, outside);
    by_rejection<Look::squeeze>(piece, outside, 0, again, close);
    by_rejection<Look::law>(piece, close, 0, again, close);
    for (std::uint32_t attempt = 1; again.count > 0; ++attempt) {
      few.count = many.count = close.count = 0;
      for (std::size_t i = 0; i < again.count; ++i) {
        const std::uint16_t at = again.at[i];
        const double p = piece.chance[at];
        Listed& list = piece.trials[at] * std::min(p, 1 - p) < most_searched ? few : many;
        list.at[list.count++] = at;
      }
      again.count = 0;
      by_inversion(piece, few, attempt, again);
      by_rejection<Look::squeeze>(piece, many, attempt, again, close);
      by_rejection<Look::law>(piece, close, attempt, again, close);
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

}  // namespace lockin::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace lockin::detail {

HWY_EXPORT(draw_binomials);
HWY_EXPORT(draw_uniforms);

void draw_binomials(std::size_t n, const double* trials, const double* chance, const double* uniform,
                    const LaneStreams& streams, double* hits) {
  HWY_DYNAMIC_DISPATCH(draw_binomials)(n, trials, chance, uniform, streams, hits);
}

void draw_uniforms(std::size_t n, const LaneStreams& streams, double* first, double* second) {
  HWY_DYNAMIC_DISPATCH(draw_uniforms)(n, streams, first, second);
}

}  // namespace lockin::detail
#endif
