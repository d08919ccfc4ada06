#include "lockin/random/stream.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "statistical.hpp"

namespace {

using lockin::CellId;
using lockin::Philox;
using lockin::Purpose;
using lockin::StreamKey;

constexpr std::uint32_t largest = std::numeric_limits<std::uint32_t>::max();

constexpr StreamKey base{.seed = 42,
                         .replication = 3,
                         .period = 5,
                         .purpose = Purpose::entry,
                         .cell = CellId().with("segment").with("smb"),
                         .block = 2};

std::vector<std::uint32_t> words(const StreamKey& key, std::size_t n) {
  Philox engine = key.stream();
  std::vector<std::uint32_t> result(n);
  for (auto& word : result) word = engine();
  return result;
}

// Keys that differ from `base` in one field, by one and by a lot.
std::vector<std::pair<std::string, StreamKey>> neighbours() {
  std::vector<std::pair<std::string, StreamKey>> keys;
  const auto add = [&](const char* name, auto change) {
    StreamKey key = base;
    change(key);
    keys.emplace_back(name, key);
  };
  add("seed + 1", [](StreamKey& k) { ++k.seed; });
  add("seed, upper half", [](StreamKey& k) { k.seed ^= std::uint64_t{1} << 63; });
  add("seed 0", [](StreamKey& k) { k.seed = 0; });
  add("replication + 1", [](StreamKey& k) { ++k.replication; });
  add("largest replication", [](StreamKey& k) { k.replication = largest; });
  add("period + 1", [](StreamKey& k) { ++k.period; });
  add("largest period", [](StreamKey& k) { k.period = (1u << 24) - 1; });
  add("period 0", [](StreamKey& k) { k.period = 0; });
  for (std::uint32_t p = 0; p <= static_cast<std::uint32_t>(Purpose::destination); ++p)
    if (static_cast<Purpose>(p) != base.purpose)
      add("purpose", [p](StreamKey& k) { k.purpose = static_cast<Purpose>(p); });
  add("cell", [](StreamKey& k) { k.cell = k.cell.with("more"); });
  add("no cell", [](StreamKey& k) { k.cell = {}; });
  add("block + 1", [](StreamKey& k) { ++k.block; });
  add("largest block", [](StreamKey& k) { k.block = largest; });
  return keys;
}

TEST(Stream, IsAPureFunctionOfItsKey) {
  const StreamKey again{
      base.seed, base.replication, base.period, base.purpose, CellId().with("segment").with("smb"),
      base.block};
  EXPECT_EQ(words(base, 100), words(again, 100));
  EXPECT_EQ(base.stream(), again.stream());
}

TEST(Stream, KeepsItsFirstWords) {
  // Recorded: whoever changes the keys changes every run, and must say so in the change log.
  const Philox engine = StreamKey{}.stream();
  EXPECT_EQ(engine.block(0), StreamKey{}.stream().block(0));
  constexpr std::uint64_t key = CellId::mix(CellId::mix(1));
  const Philox by_hand({static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32)},
                       {0, 0, static_cast<std::uint32_t>(Purpose::act)});
  EXPECT_EQ(engine, by_hand);
}

TEST(Stream, EveryFieldMakesAnotherStream) {
  const auto own = words(base, 64);
  for (const auto& [name, key] : neighbours()) {
    const auto other = words(key, 64);
    std::size_t same = 0;
    for (std::size_t i = 0; i < own.size(); ++i) same += own[i] == other[i];
    EXPECT_EQ(same, 0u) << name;  // chance of one in 64 words: 1.5e-8
  }
}

TEST(Stream, NoTwoStreamsShareABlock) {
  // 23 streams of 2000 blocks: among 46 000 blocks of 128 bits not one appears twice, at whatever place.
  std::set<std::array<std::uint32_t, 4>> seen;
  std::size_t blocks = 0;
  auto keys = neighbours();
  keys.emplace_back("base", base);
  for (const auto& [name, key] : keys)
    for (std::uint32_t i = 0; i < 2000; ++i) {
      seen.insert(key.stream().block(i));
      ++blocks;
    }
  EXPECT_EQ(seen.size(), blocks);
}

TEST(Stream, CounterHoldsReplicationPeriodPurposeAndBlockUnmixed) {
  // Of one seed and cell, different keys have different counters: streams cannot meet, at any of their 2^34 words.
  const auto engine_of = [](std::uint32_t replication, std::uint32_t period, std::uint32_t purpose,
                            std::uint32_t block) {
    return StreamKey{.seed = 42,
                     .replication = replication,
                     .period = period,
                     .purpose = static_cast<Purpose>(purpose),
                     .cell = {},
                     .block = block}
        .stream();
  };
  const std::uint32_t ends[] = {0, 1, 2, 255, 256, 257, 65535, 65536, (1u << 24) - 1};
  std::vector<Philox> engines;
  for (const std::uint32_t replication : {0u, 1u, 256u, largest})
    for (const std::uint32_t period : ends)
      for (std::uint32_t purpose = 0; purpose <= static_cast<std::uint32_t>(Purpose::destination); ++purpose)
        for (const std::uint32_t block : {0u, 1u, 256u, largest})
          engines.push_back(engine_of(replication, period, purpose, block));
  std::set<std::array<std::uint32_t, 4>> first_blocks;
  for (const Philox& engine : engines) first_blocks.insert(engine.block(0));
  EXPECT_EQ(first_blocks.size(),
            engines.size());  // a permutation of counters: equal blocks would mean equal counters
  static_assert(static_cast<std::uint32_t>(Purpose::destination) < 256,
                "the purpose has 8 bits of the counter");
}

TEST(CellId, IsWhatThePathOfNamesSays) {
  EXPECT_EQ(CellId().with("a").with("b"), CellId().with("a").with("b"));
  EXPECT_NE(CellId().with("a").with("b"), CellId().with("b").with("a"));
  EXPECT_NE(CellId().with("ab"), CellId().with("a").with("b"));
  EXPECT_NE(CellId().with(""), CellId());
  EXPECT_NE(CellId().with(std::uint64_t{0}), CellId());
  EXPECT_NE(CellId().with(std::uint64_t{0}), CellId().with("0"));
  EXPECT_NE(CellId().with(std::uint64_t{1}).with(std::uint64_t{0}),
            CellId().with(std::uint64_t{0}).with(std::uint64_t{1}));
}

TEST(CellId, DoesNotDependOnOtherCells) {
  // The identity of a cell is built from its own names: making others first, in any order, changes nothing.
  const std::vector<std::string> names{"smb", "gov", "startup"};
  std::vector<std::uint64_t> forwards, backwards;
  for (std::size_t i = 0; i < names.size(); ++i)
    forwards.push_back(CellId().with("type").with(names[i]).with(std::uint64_t{7}).value());
  for (std::size_t i = names.size(); i-- > 0;)
    backwards.push_back(CellId().with("type").with(names[i]).with(std::uint64_t{7}).value());
  for (std::size_t i = 0; i < names.size(); ++i) EXPECT_EQ(forwards[i], backwards[names.size() - 1 - i]);
}

TEST(CellId, SmallNumbersAndShortNamesDoNotCollide) {
  std::set<std::uint64_t> seen;
  std::size_t cells = 0;
  for (const std::string parent : {"smb", "gov"})
    for (std::uint64_t i = 0; i < 300; ++i)
      for (std::uint64_t k = 0; k < 100; ++k) {
        seen.insert(CellId().with(parent).with(i).with(k).value());
        ++cells;
      }
  for (int a = 'a'; a <= 'z'; ++a)
    for (int b = 'a'; b <= 'z'; ++b) {
      seen.insert(CellId().with(std::string{static_cast<char>(a), static_cast<char>(b)}).value());
      ++cells;
    }
  EXPECT_EQ(seen.size(), cells);
}

TEST(CellId, MixIsSplitmix64) {
  // First outputs of splitmix64 with seed 1234567 (Steele et al. 2014; published test values of Vigna's splitmix64.c).
  std::uint64_t state = 1234567;
  for (const std::uint64_t expected :
       {6457827717110365317ull, 3203168211198807973ull, 9817491932198370423ull}) {
    EXPECT_EQ(CellId::mix(state), expected);
    state += 0x9e3779b97f4a7c15ull;
  }
}

TEST(Stream, NeighbouringStreamsAreUncorrelated) {
  // Products of uniforms of neighbours: mean 1/4.
  for (const auto& [name, key] : neighbours()) {
    Philox a = base.stream(), b = key.stream();
    std::vector<double> product(20'000);
    for (double& x : product) x = a.uniform() * b.uniform();
    EXPECT_TRUE(statistical::mean_is(product, 0.25)) << name;
  }
}

}  // namespace
