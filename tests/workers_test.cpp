#include "workers.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

namespace lockin::test {
namespace {

TEST(Workers, DoAllWorkOnceWhateverTheirNumber) {
  for (const std::size_t threads : {0u, 1u, 2u, 3u, 7u}) {
    detail::Workers workers(threads);
    EXPECT_EQ(workers.size(), std::max<std::size_t>(threads, 1));
    for (const std::size_t n : {0u, 1u, 2u, 5u, 1000u}) {
      std::vector<std::atomic<int>> done(n);
      std::atomic<bool> in_range = true;
      workers.run(n, [&](std::size_t i, std::size_t thread) {
        ++done[i];
        if (thread >= workers.size()) in_range = false;
      });
      for (const std::atomic<int>& times : done) EXPECT_EQ(times, 1) << threads << " threads, " << n;
      EXPECT_TRUE(in_range);
    }
  }
}

// The second thread may only just have been woken when the first, whose half is done, has taken most of its half from it.
TEST(Workers, HelpEachOtherFromTheEnd) {
  detail::Workers workers(2);
  std::vector<std::size_t> order;  // of what the caller did
  std::atomic<bool> caller_helped = false;
  workers.run(8, [&](std::size_t i, std::size_t thread) {
    if (thread == 0) {
      order.push_back(i);
      if (i >= 4) caller_helped = true;
      return;
    }
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!caller_helped && std::chrono::steady_clock::now() < end) std::this_thread::yield();
  });
  ASSERT_GT(order.size(), 4u);
  for (std::size_t n = 0; n < order.size(); ++n) EXPECT_EQ(order[n], n < 4 ? n : 11 - n);
}

TEST(Workers, ThrowTheExceptionOfTheLowestAgainAndGoOn) {
  for (const std::size_t threads : {1u, 2u, 3u, 7u}) {
    detail::Workers workers(threads);
    for (int round = 0; round < 50; ++round) {
      try {
        workers.run(50, [&](std::size_t i, std::size_t) {
          if (i % 10 == 3) throw std::runtime_error(std::to_string(i));
        });
        ADD_FAILURE() << "no exception";
      } catch (const std::runtime_error& error) {
        EXPECT_STREQ(error.what(), "3") << threads << " threads";
      }
      std::atomic<int> done = 0;
      workers.run(50, [&](std::size_t, std::size_t) { ++done; });
      EXPECT_EQ(done, 50);
    }
  }
}

}  // namespace
}  // namespace lockin::test
