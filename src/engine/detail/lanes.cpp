#include "engine/detail/lanes.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "random/bit_places.hpp"

// Highway compiles this file once for each instruction set; the newest one, which puts lanes together by itself, only where
// it is asked for.
#define HWY_WANT_AVX3_DL
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/detail/lanes.cpp"
#include <hwy/foreach_target.h>

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace lockin::detail::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET == HWY_SCALAR  // one lane, which has no halves

void draw_words(const Philox& stream, std::size_t first, std::size_t n, std::uint32_t* words) {
  for (std::size_t i = 0; i < n; i += 4) {
    const auto block = stream.block(static_cast<std::uint32_t>((first + i) / 4));
    std::copy(block.begin(), block.end(), words + i);
  }
}

#else

using Words = hn::ScalableTag<std::uint64_t>;
using Halves = hn::Repartition<std::uint32_t, Words>;

// Philox4x32-10, one block of four words a lane of 64 bits: the upper half of a lane is rubbish until the end.
struct Blocks {
  hn::Vec<Words> x0, x1, x2, x3;

  static HWY_INLINE hn::Vec<Words> times(hn::Vec<Words> x, std::uint64_t factor) {
    return hn::MulEven(hn::BitCast(Halves(), x), hn::BitCast(Halves(), hn::Set(Words(), factor)));
  }
  HWY_INLINE void round(std::uint64_t key0, std::uint64_t key1) {
    const auto p0 = times(x0, PHILOX_M4x32_0), p1 = times(x2, PHILOX_M4x32_1);
    x0 = hn::Xor(hn::Xor(hn::ShiftRight<32>(p1), x1), hn::Set(Words(), key0));
    // As a shift would do, where shifts are what vectors wait for.
    const auto upper = hn::BitCast(Words(), hn::DupOdd(hn::BitCast(Halves(), p0)));
    x2 = hn::Xor(hn::Xor(upper, x3), hn::Set(Words(), key1));
    x1 = p1;
    x3 = p0;
  }
  // Neighbours in pairs of lanes are so in memory: the first half of the blocks stands in even lanes, the second in odd ones.
  static HWY_INLINE hn::Vec<Words> order() {
    const auto lane = hn::Iota(Words(), 0), odd = hn::And(lane, hn::Set(Words(), 1));
    const auto half = hn::Set(Words(), hn::Lanes(Words()) / 2);
    return hn::Add(hn::ShiftRight<1>(lane), hn::And(hn::Sub(hn::Zero(Words()), odd), half));
  }
  HWY_INLINE void store(std::uint32_t* words) const {
    const auto low = pair(x0, x1), high = pair(x2, x3);
    auto* out = reinterpret_cast<std::uint64_t*>(words);
    hn::StoreU(hn::InterleaveLower(Words(), low, high), Words(), out);
    hn::StoreU(hn::InterleaveUpper(Words(), low, high), Words(), out + hn::Lanes(Words()));
  }
  static HWY_INLINE hn::Vec<Words> pair(hn::Vec<Words> low, hn::Vec<Words> high) {
    return hn::BitCast(Words(),
                       hn::OddEven(hn::DupEven(hn::BitCast(Halves(), high)), hn::BitCast(Halves(), low)));
  }
};

void draw_words(const Philox& stream, std::size_t first, std::size_t n, std::uint32_t* words) {
  // Copies: what is in memory would be read again after every write to a word.
  const Philox::Counter counter = stream.counter();
  std::array<std::uint64_t, 20> keys;
  for (std::uint32_t round = 0; round < 10; ++round) {
    keys[2 * round] = stream.key()[0] + round * PHILOX_W32_0;
    keys[2 * round + 1] = stream.key()[1] + round * PHILOX_W32_1;
  }
  const std::size_t lanes = hn::Lanes(Words());
  const auto order = Blocks::order(), c0 = hn::Set(Words(), counter[0]), c1 = hn::Set(Words(), counter[1]),
             c2 = hn::Set(Words(), counter[2]);
  std::size_t block = 0;
  // Two vectors at a time: a round waits for the products of the one before.
  for (; 4 * (block + lanes) < n; block += 2 * lanes) {
    Blocks a{hn::Add(order, hn::Set(Words(), first / 4 + block)), c0, c1, c2};
    Blocks b{hn::Add(a.x0, hn::Set(Words(), lanes)), c0, c1, c2};
    for (std::size_t round = 0; round < 10; ++round) {
      a.round(keys[2 * round], keys[2 * round + 1]);
      b.round(keys[2 * round], keys[2 * round + 1]);
    }
    a.store(words + 4 * block);
    b.store(words + 4 * (block + lanes));
  }
  if (4 * block < n) {
    Blocks a{hn::Add(order, hn::Set(Words(), first / 4 + block)), c0, c1, c2};
    for (std::size_t round = 0; round < 10; ++round) a.round(keys[2 * round], keys[2 * round + 1]);
    a.store(words + 4 * block);
  }
}

#endif

// Four of a state's counters take turns.
HWY_INLINE void count_by_turns(const std::uint16_t* states, std::size_t n, std::int64_t* counts) {
  std::size_t i = 0;
  for (; i + 4 <= n; i += 4)
    for (std::size_t turn = 0; turn < 4; ++turn) ++counts[states[i + turn] * counters + turn];
  for (; i < n; ++i) ++counts[states[i] * counters];
}

#if HWY_TARGET == HWY_AVX3_DL  // counts the bits of eight words by one instruction

// 512 states at a time: a vector for each of their bits, and for each state an "and" of those vectors or their inverses.
void count_states(std::uint16_t* states, std::size_t n, std::size_t state_count, std::int64_t* counts) {
  constexpr std::size_t at_once = 512, bits = 6, worth_it = 96;
  if (state_count > std::size_t{1} << bits) return count_by_turns(states, n, counts);
  const hn::ScalableTag<std::uint16_t> pairs;
  const hn::ScalableTag<std::uint8_t> bytes;
  const Words words;
  std::size_t i = 0;
  for (; i + worth_it <= n; i += at_once) {
    if (i + at_once > n)
      std::fill(states + n, states + i + at_once, static_cast<std::uint16_t>(state_count - 1));
    alignas(64) std::uint64_t planes[bits][at_once / 64];
    for (std::size_t word = 0; word < at_once / 64; ++word) {
      const std::uint16_t* from = states + i + 64 * word;
      const auto two = hn::Or(hn::LoadU(pairs, from), hn::ShiftLeft<8>(hn::LoadU(pairs, from + 32)));
      for (std::size_t bit = 0; bit < bits; ++bit)
        hn::StoreMaskBits(
            bytes, hn::TestBit(hn::BitCast(bytes, two), hn::Set(bytes, static_cast<std::uint8_t>(1 << bit))),
            reinterpret_cast<std::uint8_t*>(&planes[bit][word]));
    }
    // Where three of the bits are those of x, x = 0 .. 7.
    const auto where = [&](std::size_t first, hn::Vec<Words>(&three)[8]) {
      const auto a = hn::Load(words, planes[first]), b = hn::Load(words, planes[first + 1]),
                 c = hn::Load(words, planes[first + 2]);
      const auto none = hn::AndNot(b, hn::Not(c)), only_b = hn::AndNot(c, b), only_c = hn::AndNot(b, c),
                 both = hn::And(b, c);
      const hn::Vec<Words> of_two[] = {none, only_b, only_c, both};
      for (std::size_t x = 0; x < 4; ++x) {
        three[2 * x] = hn::AndNot(a, of_two[x]);
        three[2 * x + 1] = hn::And(a, of_two[x]);
      }
    };
    hn::Vec<Words> low[8], high[8];
    where(0, low);
    where(3, high);
    for (std::size_t eight = 0; 8 * eight < state_count; ++eight)
      for (std::size_t x = 0; x < 8; ++x) {
        auto* of_state = reinterpret_cast<std::uint64_t*>(counts + (8 * eight + x) * counters);
        const auto found = hn::PopulationCount(hn::And(low[x], high[eight]));
        hn::StoreU(hn::Add(hn::LoadU(words, of_state), found), words, of_state);
      }
  }
  if (i < n) count_by_turns(states + i, n - i, counts);
}

#else

void count_states(std::uint16_t* states, std::size_t n, std::size_t, std::int64_t* counts) {
  count_by_turns(states, n, counts);
}

#endif

void narrow(const std::uint16_t* states, std::size_t n, std::uint8_t* out) {
  for (std::size_t i = 0; i < n; ++i) out[i] = static_cast<std::uint8_t>(states[i]);
}

#if HWY_TARGET == HWY_SCALAR  // nor can it shuffle bytes

void add_entries(std::span<const std::uint8_t> table, const std::uint8_t* at, std::size_t n,
                 const std::uint8_t* from, std::uint8_t* sum) {
  for (std::size_t i = 0; i < n; ++i)
    sum[i] = static_cast<std::uint8_t>(from[i] + (at[i] < table.size() ? table[at[i]] : 0));
}

void look_up(std::span<const std::uint8_t> first, std::span<const std::uint8_t> second,
             const std::uint8_t* at, std::size_t n, std::uint8_t* first_out, std::uint8_t* second_out) {
  for (std::size_t i = 0; i < n; ++i) {
    first_out[i] = at[i] < first.size() ? first[at[i]] : std::uint8_t{0};
    second_out[i] = at[i] < second.size() ? second[at[i]] : std::uint8_t{0};
  }
}

Sifted sift(const std::uint8_t* bytes, const std::uint8_t* low, const std::uint8_t* high, std::size_t n,
            std::uint16_t* states, const Sieve& out) {
  Sifted found;
  for (std::size_t i = 0; i < n; ++i) {
    const bool open = (bytes[i] == low[i]) | (bytes[i] == high[i]), under = bytes[i] < low[i];
    const bool between = !open & !under & (bytes[i] < high[i]);
    out.under[found.under] = out.open[found.open] = static_cast<std::uint16_t>(i);
    out.risen[found.risen] = states[i];
    states[i] = static_cast<std::uint16_t>(states[i] + between);
    found.under += under;
    found.risen += between;
    found.open += open;
  }
  return found;
}

std::size_t list_up_to(std::uint8_t most, const std::uint8_t* bytes, std::size_t n, std::uint16_t* places) {
  std::size_t found = 0;
  for (std::size_t i = 0; i < n; ++i) {
    places[found] = static_cast<std::uint16_t>(i);
    found += bytes[i] <= most;
  }
  return found;
}

std::size_t choose(const LimitTable& limits, const std::uint8_t* at, const std::uint8_t* bytes, std::size_t n,
                   std::uint8_t* reached, std::uint16_t* open) {
  std::size_t opened = 0;
  for (std::size_t i = 0; i < n; ++i) {
    reached[i] = 0;
    bool equal = false;
    for (std::size_t j = 0; j < limits.columns; ++j) {
      const std::uint8_t limit = limits.bytes[j * limits.rows + at[i]];
      reached[i] = static_cast<std::uint8_t>(reached[i] + (limit <= bytes[i]));
      equal |= limit == bytes[i];
    }
    open[opened] = static_cast<std::uint16_t>(i);
    opened += equal;
  }
  return opened;
}

#else

using Bytes = hn::ScalableTag<std::uint8_t>;

#if HWY_TARGET == HWY_AVX3_DL  // one instruction looks up among 64 entries

template <class... Tables>
HWY_INLINE void each_entry(Bytes d, hn::Vec<Bytes> index, std::size_t size, const Tables&... tables) {
  const auto sixty_four = hn::Set(d, 64);
  for (std::size_t first = 0; first < size; first += 64) {
    const __mmask64 held = size - first < 64 ? (__mmask64{1} << (size - first)) - 1 : ~__mmask64{0};
    const __mmask64 here = _mm512_cmplt_epu8_mask(index.raw, sixty_four.raw);
    (tables.add(hn::Vec<Bytes>{_mm512_maskz_permutexvar_epi8(
         here, index.raw, _mm512_maskz_loadu_epi8(held, tables.entries + first))}),
     ...);
    index = hn::Sub(index, sixty_four);
  }
}

#else

// Shuffles that look at the lower four bits of an index and at its sign only; the others want the rest to be 0.
constexpr bool ignores_middle_bits = (HWY_TARGET & (HWY_SSSE3 | HWY_SSE4 | HWY_AVX2 | HWY_AVX3)) != 0;

// Looks up in tables of bytes by shuffles of 16: where the index lies in other sixteens, a shuffle gives 0.
template <class... Tables>
HWY_INLINE void each_entry(Bytes d, hn::Vec<Bytes> index, std::size_t size, const Tables&... tables) {
  const auto sixteen = hn::Set(d, 16), to_sign_bit = hn::Set(d, 0x70);
  for (std::size_t first = 0; first < size; first += 16) {
    auto nibble = hn::SaturatedAdd(index, to_sign_bit);
    if constexpr (!ignores_middle_bits) nibble = hn::And(nibble, hn::Set(d, 0x8f));
    (tables.add(hn::TableLookupBytesOr0(hn::LoadDup128(d, tables.entries + first), nibble)), ...);
    index = hn::Sub(index, sixteen);
  }
}

#endif

struct Sum {
  const std::uint8_t* entries;
  hn::Vec<Bytes>& sum;
  HWY_INLINE void add(hn::Vec<Bytes> found) const { sum = hn::Or(sum, found); }
};

void add_entries(std::span<const std::uint8_t> table, const std::uint8_t* at, std::size_t n,
                 const std::uint8_t* from, std::uint8_t* sum) {
  const Bytes d;
  for (std::size_t i = 0; i < n; i += hn::Lanes(d)) {
    auto found = hn::Zero(d);
    each_entry(d, hn::LoadU(d, at + i), table.size(), Sum{table.data(), found});
    hn::StoreU(hn::Add(hn::LoadU(d, from + i), found), d, sum + i);
  }
}

void look_up(std::span<const std::uint8_t> first, std::span<const std::uint8_t> second,
             const std::uint8_t* at, std::size_t n, std::uint8_t* first_out, std::uint8_t* second_out) {
  const Bytes d;
  for (std::size_t i = 0; i < n; i += hn::Lanes(d)) {
    auto a = hn::Zero(d), b = hn::Zero(d);
    each_entry(d, hn::LoadU(d, at + i), first.size(), Sum{first.data(), a}, Sum{second.data(), b});
    hn::StoreU(a, d, first_out + i);
    hn::StoreU(b, d, second_out + i);
  }
}

// Lists from[i] for the bits i that are set, i < 64, without a branch; writes up to 32 entries too many.
// @return their number
HWY_INLINE std::size_t list_states(const std::uint16_t* from, std::uint64_t bits, std::uint16_t* out) {
  std::size_t found = 0;
#if HWY_TARGET == HWY_AVX3_DL  // one instruction puts lanes together
  const hn::CappedTag<std::uint16_t, 32> d;
  for (std::size_t i = 0; i < 64; i += 32, bits >>= 32) {
    const auto mask = hn::LoadMaskBits(d, reinterpret_cast<const std::uint8_t*>(&bits));
    hn::StoreU(hn::Compress(hn::LoadU(d, from + i), mask), d, out + found);
    found += static_cast<std::size_t>(std::popcount(bits & 0xffffffff));
  }
#else
  const hn::CappedTag<std::uint16_t, 8> d;
  const hn::Repartition<std::uint8_t, decltype(d)> bytes;
  for (std::size_t i = 0; i < 64; i += 8, bits >>= 8) {
    const std::size_t byte = bits & 0xff;
    const auto lanes = hn::BitCast(d, hn::LoadU(bytes, bit_places.pairs[byte].data()));
    hn::StoreU(hn::TableLookupBytes(hn::LoadU(d, from + i), lanes), d, out + found);
    found += bit_places.count[byte];
  }
#endif
  return found;
}

// Lists base + i for the bits i that are set, i < 64, likewise.
HWY_INLINE std::size_t list_places(std::uint16_t base, std::uint64_t bits, std::uint16_t* out) {
#if HWY_TARGET == HWY_AVX3_DL
  const hn::CappedTag<std::uint16_t, 32> d;
  const Bytes bytes;
  const auto places = _mm512_maskz_compress_epi8(bits, hn::Iota(bytes, 0).raw);
  const auto found = static_cast<std::size_t>(std::popcount(bits));
  const auto put = [&](auto half, std::uint16_t* at) {
    hn::StoreU(hn::Add(hn::PromoteTo(d, half), hn::Set(d, base)), d, at);
  };
  put(hn::LowerHalf(hn::Vec<Bytes>{places}), out);
  if (found > 32) put(hn::UpperHalf(hn::Half<Bytes>(), hn::Vec<Bytes>{places}), out + 32);
  return found;
#else
  const hn::CappedTag<std::uint16_t, 8> d;
  const hn::Repartition<std::uint8_t, decltype(d)> bytes;
  std::size_t found = 0;
  for (std::size_t i = 0; i < 64; i += 8, bits >>= 8) {
    const std::size_t byte = bits & 0xff;
    const auto lanes = hn::BitCast(d, hn::LoadU(bytes, bit_places.pairs[byte].data()));
    const auto eight = hn::Iota(d, static_cast<std::uint16_t>(base + i));
    hn::StoreU(hn::TableLookupBytes(eight, lanes), d, out + found);
    found += bit_places.count[byte];
  }
  return found;
#endif
}

// Adds 1 to the states whose bits are set.
HWY_INLINE void raise(std::uint16_t* states, std::uint64_t bits) {
  const hn::CappedTag<std::uint16_t, 32> d;
  const std::size_t lanes = hn::Lanes(d);
  for (std::size_t i = 0; i < 64; i += lanes) {
    const std::uint64_t part = bits >> i;
    const auto mask = hn::LoadMaskBits(d, reinterpret_cast<const std::uint8_t*>(&part));
    const auto v = hn::LoadU(d, states + i);
    hn::StoreU(hn::IfThenElse(mask, hn::Add(v, hn::Set(d, std::uint16_t{1})), v), d, states + i);
  }
}

// So many bits, the lowest.
constexpr std::uint64_t lowest(std::size_t n) {
  return n < 64 ? (std::uint64_t{1} << n) - 1 : ~std::uint64_t{0};
}

Sifted sift(const std::uint8_t* bytes, const std::uint8_t* low, const std::uint8_t* high, std::size_t n,
            std::uint16_t* states, const Sieve& out) {
  const Bytes d;
  const std::size_t lanes = hn::Lanes(d), at_once = lanes < 64 ? 64 : lanes;
  std::array<std::uint16_t, 64> last{};  // in place of the last states: what lies past the end is not ours
  Sifted found;
  for (std::size_t i = 0; i < n; i += at_once) {
    std::array<std::uint64_t, 32> under, between, open;  // a bit a lane; vectors have 2048 bits at most
    for (std::size_t v = 0; v < at_once; v += lanes) {
      const auto store = [d, v](auto mask, std::array<std::uint64_t, 32>& bits) {
        hn::StoreMaskBits(d, mask, reinterpret_cast<std::uint8_t*>(bits.data()) + v / 8);
      };
      const auto u = hn::LoadU(d, bytes + i + v), a = hn::LoadU(d, low + i + v),
                 b = hn::LoadU(d, high + i + v);
      const auto equal = hn::Or(hn::Eq(u, a), hn::Eq(u, b)), up_to_low = hn::Eq(hn::Min(u, a), u),
                 up_to_high = hn::Eq(hn::Min(u, b), u);
      store(equal, open);
      store(hn::AndNot(equal, up_to_low), under);
      store(hn::AndNot(hn::Or(equal, up_to_low), up_to_high), between);
    }
    for (std::size_t w = 0; w < at_once / 64 && i + 64 * w < n; ++w) {
      const std::size_t first = i + 64 * w, left = n - first;
      const std::uint64_t inside = lowest(left);
      const auto base = static_cast<std::uint16_t>(first);
      found.under += list_places(base, under[w] & inside, out.under + found.under);
      found.open += list_places(base, open[w] & inside, out.open + found.open);
      std::uint16_t* here = states + first;
      if (left < 64) {
        std::copy(here, here + left, last.begin());
        here = last.data();
      }
      found.risen += list_states(here, between[w] & inside, out.risen + found.risen);
      raise(here, between[w] & inside);
      if (left < 64) std::copy(here, here + left, states + first);
    }
  }
  return found;
}

std::size_t list_up_to(std::uint8_t most, const std::uint8_t* bytes, std::size_t n, std::uint16_t* places) {
  const Bytes d;
  const std::size_t lanes = hn::Lanes(d), at_once = lanes < 64 ? 64 : lanes;
  const auto limit = hn::Set(d, most);
  std::size_t found = 0;
  for (std::size_t i = 0; i < n; i += at_once) {
    std::array<std::uint64_t, 32> up_to;
    for (std::size_t v = 0; v < at_once; v += lanes) {
      const auto u = hn::LoadU(d, bytes + i + v);
      hn::StoreMaskBits(d, hn::Eq(hn::Min(u, limit), u),
                        reinterpret_cast<std::uint8_t*>(up_to.data()) + v / 8);
    }
    for (std::size_t w = 0; w < at_once / 64 && i + 64 * w < n; ++w) {
      const std::size_t first = i + 64 * w;
      found += list_places(static_cast<std::uint16_t>(first), up_to[w] & lowest(n - first), places + found);
    }
  }
  return found;
}

std::size_t choose(const LimitTable& limits, const std::uint8_t* at, const std::uint8_t* bytes, std::size_t n,
                   std::uint8_t* reached, std::uint16_t* open) {
  const Bytes d;
  const std::size_t lanes = hn::Lanes(d), at_once = lanes < 64 ? 64 : lanes;
  std::size_t opened = 0;
  for (std::size_t i = 0; i < n; i += at_once) {
    std::array<std::uint64_t, 32> equal;
    for (std::size_t v = 0; v < at_once; v += lanes) {
      const auto row = hn::LoadU(d, at + i + v), u = hn::LoadU(d, bytes + i + v);
      auto below = hn::Zero(d);
      auto is_limit = hn::Ne(u, u);
      for (std::size_t j = 0; j < limits.columns; ++j) {
        auto limit = hn::Zero(d);
        each_entry(d, row, limits.rows, Sum{limits.bytes + j * limits.rows, limit});
        below = hn::Sub(below, hn::VecFromMask(d, hn::Eq(hn::Min(limit, u), limit)));
        is_limit = hn::Or(is_limit, hn::Eq(limit, u));
      }
      hn::StoreU(below, d, reached + i + v);
      hn::StoreMaskBits(d, is_limit, reinterpret_cast<std::uint8_t*>(equal.data()) + v / 8);
    }
    for (std::size_t w = 0; w < at_once / 64 && i + 64 * w < n; ++w) {
      const std::size_t first = i + 64 * w;
      opened += list_places(static_cast<std::uint16_t>(first), equal[w] & lowest(n - first), open + opened);
    }
  }
  return opened;
}

#endif

}  // namespace lockin::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace lockin::detail {

static_assert(std::endian::native == std::endian::little, "bytes of words are read in place");

HWY_EXPORT(draw_words);
HWY_EXPORT(narrow);
HWY_EXPORT(count_states);
HWY_EXPORT(add_entries);
HWY_EXPORT(look_up);
HWY_EXPORT(sift);
HWY_EXPORT(list_up_to);
HWY_EXPORT(choose);

void draw_words(const Philox& stream, std::size_t first, std::size_t n, std::uint32_t* words) {
  HWY_DYNAMIC_DISPATCH(draw_words)(stream, first, n, words);
}

void narrow(const std::uint16_t* states, std::size_t n, std::uint8_t* out) {
  HWY_DYNAMIC_DISPATCH(narrow)(states, n, out);
}

void count_states(std::uint16_t* states, std::size_t n, std::size_t state_count, std::int64_t* counts) {
  HWY_DYNAMIC_DISPATCH(count_states)(states, n, state_count, counts);
}

void add_entries(std::span<const std::uint8_t> table, const std::uint8_t* at, std::size_t n,
                 const std::uint8_t* from, std::uint8_t* sum) {
  HWY_DYNAMIC_DISPATCH(add_entries)(table, at, n, from, sum);
}

void look_up(std::span<const std::uint8_t> first, std::span<const std::uint8_t> second,
             const std::uint8_t* at, std::size_t n, std::uint8_t* first_out, std::uint8_t* second_out) {
  HWY_DYNAMIC_DISPATCH(look_up)(first, second, at, n, first_out, second_out);
}

Sifted sift(const std::uint8_t* bytes, const std::uint8_t* low, const std::uint8_t* high, std::size_t n,
            std::uint16_t* states, const Sieve& out) {
  return HWY_DYNAMIC_DISPATCH(sift)(bytes, low, high, n, states, out);
}

std::size_t list_up_to(std::uint8_t most, const std::uint8_t* bytes, std::size_t n, std::uint16_t* places) {
  return HWY_DYNAMIC_DISPATCH(list_up_to)(most, bytes, n, places);
}

std::size_t choose(const LimitTable& limits, const std::uint8_t* at, const std::uint8_t* bytes, std::size_t n,
                   std::uint8_t* reached, std::uint16_t* open) {
  return HWY_DYNAMIC_DISPATCH(choose)(limits, at, bytes, n, reached, open);
}

}  // namespace lockin::detail
#endif
