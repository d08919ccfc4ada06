#include "engine/detail/lanes.hpp"

#include <gtest/gtest.h>

#include <span>
#include <vector>

#include "instruction_sets.hpp"
#include "lockin/random/stream.hpp"

namespace lockin::detail {
namespace {

class Lanes : public test::InstructionSets {};
INSTANTIATE_TEST_SUITE_P(Sets, Lanes, testing::ValuesIn(hwy::SupportedAndGeneratedTargets()),
                         test::name_of_set);

TEST_P(Lanes, WordsAreThoseOfTheStream) {
  Philox stream = StreamKey{.seed = 3, .replication = 2, .period = 5, .block = 7}.stream();
  for (const std::size_t n : {0u, 1u, 4u, 31u, 32u, 33u, 4096u}) {
    std::vector<std::uint32_t> words(n + lane_room, 0);
    for (const std::size_t first : {0u, 64u}) {
      draw_words(stream, first, n, words.data());
      for (std::size_t i = 0; i < n; ++i)
        ASSERT_EQ(words[i], stream.block(static_cast<std::uint32_t>((first + i) / 4))[i % 4])
            << i << " of " << n;
    }
  }
}

std::vector<std::uint8_t> drawn_bytes(std::size_t n, std::uint32_t seed, std::uint32_t below = 256) {
  Philox draws = StreamKey{.seed = seed}.stream();
  std::vector<std::uint8_t> bytes(n + lane_room);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(draws() % below);
  return bytes;
}

constexpr std::size_t sizes[] = {0, 1, 7, 16, 17, 63, 64, 65, 100, 4095, 4096};

TEST_P(Lanes, NarrowStates) {
  for (const std::size_t n : sizes) {
    std::vector<std::uint16_t> states(n + lane_room);
    for (std::size_t i = 0; i < n; ++i) states[i] = static_cast<std::uint16_t>(i * 37 % 256);
    std::vector<std::uint8_t> out(n + lane_room);
    narrow(states.data(), n, out.data());
    for (std::size_t i = 0; i < n; ++i) ASSERT_EQ(out[i], states[i]) << i << " of " << n;
  }
}

// Tables of every number of sixteens; also indices past the end of the table, which count as 0.
TEST_P(Lanes, EntriesOfTables) {
  for (const std::size_t n : sizes)
    for (std::size_t entries = 16; entries <= most_bytes; entries += 16) {
      const std::vector<std::uint8_t> at = drawn_bytes(n, 5), table = drawn_bytes(entries, 6),
                                      second = drawn_bytes(entries, 7);
      std::vector<std::uint8_t> sum = drawn_bytes(n, 8), a(n + lane_room), b(n + lane_room);
      const std::vector<std::uint8_t> before = sum;
      add_entries(std::span(table).first(entries), at.data(), n, sum.data());
      look_up(std::span(table).first(entries), std::span(second).first(entries), at.data(), n, a.data(),
              b.data());
      for (std::size_t i = 0; i < n; ++i) {
        const bool inside = at[i] < entries;
        ASSERT_EQ(sum[i], static_cast<std::uint8_t>(before[i] + (inside ? table[at[i]] : 0)))
            << i << " of " << n;
        ASSERT_EQ(a[i], inside ? table[at[i]] : 0) << i << " of " << n;
        ASSERT_EQ(b[i], inside ? second[at[i]] : 0) << i << " of " << n;
      }
    }
}

TEST_P(Lanes, SiftsAsABranchWould) {
  for (const std::size_t n : sizes)
    for (const std::uint32_t range : {2u, 8u, 256u}) {  // small ranges: many bytes on a limit
      const std::vector<std::uint8_t> bytes = drawn_bytes(n, 1, range), low = drawn_bytes(n, 2, range),
                                      high = drawn_bytes(n, 3, range);
      std::vector<std::uint16_t> close(n + lane_room), between(n + lane_room), near, rest;
      for (std::size_t i = 0; i < n; ++i) {
        if (bytes[i] <= low[i] || bytes[i] == high[i])
          near.push_back(static_cast<std::uint16_t>(i));
        else if (bytes[i] < high[i])
          rest.push_back(static_cast<std::uint16_t>(i));
      }
      const Sifted found = sift(bytes.data(), low.data(), high.data(), n, close.data(), between.data());
      ASSERT_EQ(found.close, near.size());
      ASSERT_EQ(found.between, rest.size());
      close.resize(near.size());
      between.resize(rest.size());
      EXPECT_EQ(close, near) << n;
      EXPECT_EQ(between, rest) << n;
    }
}

}  // namespace
}  // namespace lockin::detail
