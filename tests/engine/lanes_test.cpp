#include "engine/detail/lanes.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
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
      const std::vector<std::uint8_t> before = drawn_bytes(n, 8);
      std::vector<std::uint8_t> sum(n + lane_room), a(n + lane_room), b(n + lane_room), in_place = before;
      add_entries(std::span(table).first(entries), at.data(), n, before.data(), sum.data());
      add_entries(std::span(table).first(entries), at.data(), n, in_place.data(), in_place.data());
      look_up(std::span(table).first(entries), std::span(second).first(entries), at.data(), n, a.data(),
              b.data());
      for (std::size_t i = 0; i < n; ++i) {
        const bool inside = at[i] < entries;
        ASSERT_EQ(sum[i], static_cast<std::uint8_t>(before[i] + (inside ? table[at[i]] : 0)))
            << i << " of " << n;
        ASSERT_EQ(in_place[i], sum[i]) << i << " of " << n;
        ASSERT_EQ(a[i], inside ? table[at[i]] : 0) << i << " of " << n;
        ASSERT_EQ(b[i], inside ? second[at[i]] : 0) << i << " of " << n;
      }
    }
}

using Places = std::vector<std::uint16_t>;

// Numbers of states around those that a set of instructions has its own way for, and of entries around its pieces of work.
TEST_P(Lanes, CountStates) {
  for (const std::size_t n : {0u, 1u, 95u, 96u, 97u, 511u, 512u, 513u, 607u, 608u, 4096u})
    for (const std::uint32_t state_count : {1u, 2u, 8u, 9u, 56u, 63u, 64u, 65u, 1000u}) {
      Philox draws = StreamKey{.seed = n + state_count}.stream();
      Places states(n + lane_room, 0xffff);
      std::vector<std::int64_t> expected(state_count), counts(with_counters(state_count));
      for (const int time : {1, 2}) {  // it adds to what is there
        for (std::size_t i = 0; i < n; ++i) {
          states[i] = static_cast<std::uint16_t>(draws() % state_count);
          ++expected[states[i]];
        }
        const Places before = states;
        count_states(states.data(), n, state_count, counts.data());
        EXPECT_TRUE(
            std::equal(before.begin(), before.begin() + static_cast<std::ptrdiff_t>(n), states.begin()));
        for (std::size_t state = 0; state + 1 < state_count; ++state) {
          const auto of_state = counts.begin() + static_cast<std::ptrdiff_t>(state * counters);
          ASSERT_EQ(std::accumulate(of_state, of_state + counters, std::int64_t{0}), expected[state])
              << state << " of " << state_count << ", " << n << ", time " << time;
        }
      }
    }
}

Places first(const Places& list, std::size_t n) {
  return {list.begin(), list.begin() + static_cast<std::ptrdiff_t>(n)};
}

TEST_P(Lanes, SiftsAsABranchWould) {
  for (const std::size_t n : sizes)
    for (const std::uint32_t range : {2u, 8u, 256u}) {  // small ranges: many bytes on a limit
      const std::vector<std::uint8_t> bytes = drawn_bytes(n, 1, range);
      std::vector<std::uint8_t> low = drawn_bytes(n, 2, range), high = drawn_bytes(n, 3, range);
      Places states(n + lane_room), expected, under, open, risen;
      for (std::size_t i = 0; i < states.size(); ++i) states[i] = static_cast<std::uint16_t>(i * 40503);
      expected = states;
      for (std::size_t i = 0; i < n; ++i) {
        if (low[i] > high[i]) std::swap(low[i], high[i]);
        if (bytes[i] == low[i] || bytes[i] == high[i])
          open.push_back(static_cast<std::uint16_t>(i));
        else if (bytes[i] < low[i])
          under.push_back(static_cast<std::uint16_t>(i));
        else if (bytes[i] < high[i])
          risen.push_back(expected[i]++);
      }
      Places a(n + lane_room), b(n + lane_room), c(n + lane_room);
      const Sifted found = sift(bytes.data(), low.data(), high.data(), n, states.data(),
                                {.under = a.data(), .open = b.data(), .risen = c.data()});
      EXPECT_EQ(first(a, found.under), under) << n;
      EXPECT_EQ(first(b, found.open), open) << n;
      EXPECT_EQ(first(c, found.risen), risen) << n;
      EXPECT_EQ(states, expected) << n;  // those past the end, too
    }
}

TEST_P(Lanes, ListsAsABranchWould) {
  for (const std::size_t n : sizes)
    for (const unsigned limit : {0u, 1u, 30u, 127u, 128u, 254u, 255u}) {
      const auto most = static_cast<std::uint8_t>(limit);
      const std::vector<std::uint8_t> bytes = drawn_bytes(n, 9);
      Places list(n + lane_room), expected;
      for (std::size_t i = 0; i < n; ++i)
        if (bytes[i] <= most) expected.push_back(static_cast<std::uint16_t>(i));
      EXPECT_EQ(first(list, list_up_to(most, bytes.data(), n, list.data())).size(), expected.size());
      EXPECT_EQ(first(list, expected.size()), expected) << n << ", " << limit;
    }
}

TEST_P(Lanes, ChoosesAsASearchWould) {
  for (const std::size_t n : sizes)
    for (const std::size_t rows : {16u, 64u, 256u})
      for (const std::size_t columns : {0u, 1u, 5u, 40u}) {
        const auto most = static_cast<std::uint32_t>(rows);
        const std::vector<std::uint8_t> at = drawn_bytes(n, 4, most), bytes = drawn_bytes(n, 5),
                                        table = drawn_bytes(rows * columns, 6);
        std::vector<std::uint8_t> reached(n + lane_room), expected;
        Places open, list(n + lane_room);
        for (std::size_t i = 0; i < n; ++i) {
          std::uint8_t count = 0;
          bool equal = false;
          for (std::size_t j = 0; j < columns; ++j) {
            count = static_cast<std::uint8_t>(count + (table[j * rows + at[i]] <= bytes[i]));
            equal = equal || table[j * rows + at[i]] == bytes[i];
          }
          expected.push_back(count);
          if (equal) open.push_back(static_cast<std::uint16_t>(i));
        }
        const std::size_t found = detail::choose({table.data(), rows, columns}, at.data(), bytes.data(), n,
                                                 reached.data(), list.data());
        EXPECT_EQ(first(list, found), open) << n;
        reached.resize(n);
        EXPECT_EQ(reached, expected) << n;
      }
}

}  // namespace
}  // namespace lockin::detail
