// What the draws of many lanes need of the standard library, for the instruction set at hand: exp and logarithms by +, -, *
// and / alone, so that all sets agree, and the generator. Included once for each set.
#if defined(LOCKIN_LANE_MATHS) == defined(HWY_TARGET_TOGGLE)
#ifdef LOCKIN_LANE_MATHS
#undef LOCKIN_LANE_MATHS
#else
#define LOCKIN_LANE_MATHS
#endif

#include <bit>
#include <cstddef>
#include <cstdint>

#include <hwy/highway.h>

#include "lockin/random/philox.hpp"

HWY_BEFORE_NAMESPACE();
namespace lockin::detail::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using D = hn::ScalableTag<double>;
using U = hn::ScalableTag<std::uint64_t>;
using Real = hn::Vec<D>;
using Bits = hn::Vec<U>;
using Mask = hn::Mask<D>;

HWY_INLINE Real set(double x) { return hn::Set(D(), x); }

template <std::size_t n>  // a power of 2
HWY_INLINE Real power(Real x) {
  if constexpr (n == 1) {
    return x;
  } else {
    const Real root = power<n / 2>(x);
    return hn::Mul(root, root);
  }
}

// c[0] + x c[1] + x^2 c[2] + ..., halves side by side (Estrin), as each step waits for the one before.
template <std::size_t n>
HWY_INLINE Real polynomial(Real x, const double* c) {
  if constexpr (n == 1) {
    return set(c[0]);
  } else {
    constexpr std::size_t half = std::bit_floor(n - 1);
    return hn::Add(polynomial<half>(x, c), hn::Mul(power<half>(x), polynomial<n - half>(x, c + half)));
  }
}
template <std::size_t n>
HWY_INLINE Real polynomial(Real x, const double (&c)[n]) {
  return polynomial<n>(x, &c[0]);
}

// Shifts whole numbers below 2^51 in size between the low bits of a double and its value.
constexpr double shifter = 0x1.8p52;
constexpr double ln2_high = 0x1.62e42fefa38p-1, ln2_low = 0x1.ef35793c7673p-45;  // high: k times it is exact

// x in [-500, 0].
HWY_INLINE Real exp_of(Real x) {
  static constexpr double taylor[] = {1,
                                      1,
                                      1.0 / 2,
                                      1.0 / 6,
                                      1.0 / 24,
                                      1.0 / 120,
                                      1.0 / 720,
                                      1.0 / 5040,
                                      1.0 / 40320,
                                      1.0 / 362880,
                                      1.0 / 3628800,
                                      1.0 / 39916800,
                                      1.0 / 479001600,
                                      1.0 / 6227020800};
  const Real shifted = hn::Add(hn::Mul(x, set(1.4426950408889634)), set(shifter));
  const Real k = hn::Sub(shifted, set(shifter));
  const Real rest = hn::Sub(hn::Sub(x, hn::Mul(k, set(ln2_high))), hn::Mul(k, set(ln2_low)));
  const Bits power = hn::ShiftLeft<52>(hn::BitCast(U(), shifted));
  return hn::BitCast(D(), hn::Add(hn::BitCast(U(), polynomial(rest, taylor)), power));
}

// x > 0 and normal.
HWY_INLINE Real log_of(Real x) {
  static constexpr double odd[] = {2.0 / 3,  2.0 / 5,  2.0 / 7,  2.0 / 9,  2.0 / 11,
                                   2.0 / 13, 2.0 / 15, 2.0 / 17, 2.0 / 19, 2.0 / 21};
  const hn::ScalableTag<std::int64_t> whole;
  const auto bits = hn::BitCast(whole, x);
  // The power of 2 that leaves a factor between sqrt(1/2) and sqrt(2).
  const auto k = hn::ShiftRight<52>(hn::Sub(bits, hn::Set(whole, 0x3fe6a09e667f3bcd)));
  const Real f = hn::Sub(hn::BitCast(D(), hn::Sub(bits, hn::ShiftLeft<52>(k))), set(1));
  const Real power = hn::Sub(hn::BitCast(D(), hn::Add(k, hn::BitCast(whole, set(shifter)))), set(shifter));
  const Real s = hn::Div(f, hn::Add(f, set(2))), z = hn::Mul(s, s);
  const Real series = hn::Add(hn::Add(s, s), hn::Mul(hn::Mul(s, z), polynomial(z, odd)));
  return hn::Add(hn::Mul(power, set(ln2_high)), hn::Add(hn::Mul(power, set(ln2_low)), series));
}

// A round of Philox, one block of four words a lane of 64 bits, whose upper half is rubbish.
HWY_INLINE Bits times(Bits x, std::uint64_t factor) {
#if HWY_TARGET == HWY_SCALAR  // one lane, which has no halves
  return hn::Mul(hn::And(x, hn::Set(U(), 0xffffffffu)), hn::Set(U(), factor));
#else
  const hn::Repartition<std::uint32_t, U> half;
  return hn::MulEven(hn::BitCast(half, x), hn::BitCast(half, hn::Set(U(), factor)));
#endif
}

HWY_INLINE Real uniform_of(Bits low, Bits high) {
  const Bits bits = hn::Or(hn::And(low, hn::Set(U(), 0xffffffffu)), hn::ShiftLeft<32>(high));
  // 52 bits behind the point of 1.; half a step more than what that leaves above 1.
  const Real above = hn::BitCast(D(), hn::Or(hn::ShiftRight<12>(bits), hn::Set(U(), 0x3ff0000000000000)));
  return hn::Sub(above, set(1 - 0x1p-53));
}

HWY_INLINE void uniforms(Bits key, Bits place, const Philox::Counter& counter, std::uint32_t attempt,
                         Real& first, Real& second) {
  Bits key0 = key, key1 = hn::ShiftRight<32>(key);
  Bits x0 = place, x1 = hn::Set(U(), counter[0] | attempt), x2 = hn::Set(U(), counter[1]),
       x3 = hn::Set(U(), counter[2]);
  for (int round = 0; round < 10; ++round) {
    const Bits p0 = times(x0, PHILOX_M4x32_0), p1 = times(x2, PHILOX_M4x32_1);
    x0 = hn::Xor(hn::Xor(hn::ShiftRight<32>(p1), x1), key0);
    x2 = hn::Xor(hn::Xor(hn::ShiftRight<32>(p0), x3), key1);
    x1 = p1;
    x3 = p0;
    key0 = hn::Add(key0, hn::Set(U(), PHILOX_W32_0));
    key1 = hn::Add(key1, hn::Set(U(), PHILOX_W32_1));
  }
  first = uniform_of(x0, x1);
  second = uniform_of(x2, x3);
}

}  // namespace lockin::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
