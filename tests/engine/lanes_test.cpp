#include "engine/detail/lanes.hpp"

#include <gtest/gtest.h>

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "lockin/random/stream.hpp"

namespace lockin::detail {
namespace {

TEST(Lanes, WordsAreThoseOfTheStream) {
  Philox stream = StreamKey{.seed = 3, .replication = 2, .period = 5, .block = 7}.stream();
  for (const std::size_t n : {0u, 1u, 4u, 31u, 32u, 33u, 4096u}) {
    std::vector<std::uint32_t> words(n + lane_room, 0);
    draw_words(stream, n, words.data());
    for (std::size_t i = 0; i < n; ++i)
      ASSERT_EQ(words[i], stream.block(static_cast<std::uint32_t>(i / 4))[i % 4]) << i << " of " << n;
  }
}

TEST(Lanes, ListsWhatABranchWouldList) {
  Philox draws = StreamKey{.seed = 4}.stream();
  const std::vector<std::uint32_t> limit{0, 1, 20'000, 65'535, 65'536};
  for (const std::size_t n : {0u, 1u, 7u, 16u, 17u, 100u, 4095u, 4096u}) {
    std::vector<std::uint32_t> halves(n / 2 + lane_room), offset(n + lane_room), list(n + lane_room),
        expected;
    for (std::uint32_t& word : halves) word = draws();
    for (std::uint32_t& at : offset) at = draws() % 5;
    for (std::uint32_t i = 0; i < n; ++i)
      if ((halves[i / 2] >> 16 * (i % 2) & 0xffff) < limit[offset[i]]) expected.push_back(i);
    ASSERT_EQ(list_below(halves.data(), offset.data(), limit.data(), n, list.data()), expected.size()) << n;
    list.resize(expected.size());
    EXPECT_EQ(list, expected) << n;
  }
}

// Past the end of a block stand offsets of earlier blocks, perhaps into a far larger table: limits end here at a page that
// nobody may read.
TEST(Lanes, ReadsNoLimitPastTheEnd) {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  void* const pages = mmap(nullptr, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(pages, MAP_FAILED);
  ASSERT_EQ(mprotect(static_cast<char*>(pages) + page, page, PROT_NONE), 0);
  std::uint32_t* const limit = reinterpret_cast<std::uint32_t*>(static_cast<char*>(pages) + page) - 2;
  std::fill(limit, limit + 2, 65'536u);
  std::vector<std::uint32_t> halves(lane_room), offset(lane_room, 5), list(lane_room);
  std::fill(offset.begin(), offset.begin() + 3, 1u);
  EXPECT_EQ(list_below(halves.data(), offset.data(), limit, 3, list.data()), 3u);
  munmap(pages, 2 * page);
}

}  // namespace
}  // namespace lockin::detail
