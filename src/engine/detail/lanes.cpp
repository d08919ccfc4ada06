#include "engine/detail/lanes.hpp"

#include <bit>

// Highway compiles this file once for each instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/detail/lanes.cpp"
#include <hwy/foreach_target.h>

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace lockin::detail::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// Philox4x32-10, one block of four words a lane of 64 bits: the upper half of a lane is rubbish until the end.
void draw_words(const Philox& stream, std::size_t n, std::uint32_t* words) {
  const hn::ScalableTag<std::uint64_t> d;
  const auto low = hn::Set(d, 0xffffffffu);
  const auto factor0 = hn::Set(d, PHILOX_M4x32_0), factor1 = hn::Set(d, PHILOX_M4x32_1);
#if HWY_TARGET == HWY_SCALAR  // one lane, which has no halves
  const auto times = [low](auto x, auto factor) { return hn::Mul(hn::And(x, low), factor); };
#else
  const hn::Repartition<std::uint32_t, decltype(d)> half;
  const auto times = [half](auto x, auto factor) {
    return hn::MulEven(hn::BitCast(half, x), hn::BitCast(half, factor));
  };
#endif
  for (std::size_t block = 0; 4 * block < n; block += hn::Lanes(d)) {
    auto x0 = hn::Iota(d, block), x1 = hn::Set(d, stream.counter()[0]);
    auto x2 = hn::Set(d, stream.counter()[1]), x3 = hn::Set(d, stream.counter()[2]);
    std::uint32_t key0 = stream.key()[0], key1 = stream.key()[1];
    for (int round = 0; round < 10; ++round) {
      const auto p0 = times(x0, factor0), p1 = times(x2, factor1);
      x0 = hn::Xor(hn::Xor(hn::ShiftRight<32>(p1), x1), hn::Set(d, key0));
      x2 = hn::Xor(hn::Xor(hn::ShiftRight<32>(p0), x3), hn::Set(d, key1));
      x1 = p1;
      x3 = p0;
      key0 += PHILOX_W32_0;
      key1 += PHILOX_W32_1;
    }
    const auto first = hn::Or(hn::And(x0, low), hn::ShiftLeft<32>(x1)),
               second = hn::Or(hn::And(x2, low), hn::ShiftLeft<32>(x3));
    hn::StoreInterleaved2(first, second, d, reinterpret_cast<std::uint64_t*>(words + 4 * block));
  }
}

std::size_t list_below(const std::uint32_t* halves, const std::uint32_t* offset, const std::uint32_t* limit,
                       std::size_t n, std::uint32_t* list) {
  const hn::ScalableTag<std::uint32_t> d;
  const hn::RebindToSigned<decltype(d)> index;
  const hn::Rebind<std::uint16_t, decltype(d)> narrow;
  const auto* bits = reinterpret_cast<const std::uint16_t*>(halves);
  std::size_t found = 0;
  for (std::size_t i = 0; i < n; i += hn::Lanes(d)) {
    const auto u = hn::PromoteTo(d, hn::LoadU(narrow, bits + i));
    const auto i_of_lane = hn::Iota(d, static_cast<std::uint32_t>(i));
    const auto inside = hn::Lt(i_of_lane, hn::Set(d, static_cast<std::uint32_t>(n)));
    // Lanes past the end may hold offsets into another table: they read entry 0.
    const auto at = hn::BitCast(index, hn::IfThenElseZero(inside, hn::LoadU(d, offset + i)));
    const auto hit = hn::And(hn::Lt(u, hn::GatherIndex(d, limit, at)), inside);
    hn::StoreU(hn::Compress(i_of_lane, hit), d, list + found);  // CompressStore takes 100 cycles on Zen 4
    found += hn::CountTrue(d, hit);
  }
  return found;
}

}  // namespace lockin::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace lockin::detail {

static_assert(std::endian::native == std::endian::little, "halves and words are read in place");

HWY_EXPORT(draw_words);
HWY_EXPORT(list_below);

void draw_words(const Philox& stream, std::size_t n, std::uint32_t* words) {
  HWY_DYNAMIC_DISPATCH(draw_words)(stream, n, words);
}

std::size_t list_below(const std::uint32_t* halves, const std::uint32_t* offset, const std::uint32_t* limit,
                       std::size_t n, std::uint32_t* list) {
  return HWY_DYNAMIC_DISPATCH(list_below)(halves, offset, limit, n, list);
}

}  // namespace lockin::detail
#endif
