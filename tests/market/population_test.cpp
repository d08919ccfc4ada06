#include "lockin/market/population.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <stdexcept>
#include <vector>

#include "small_market.hpp"

namespace {

using Counts = std::vector<std::uint64_t>;

lockin::Market segments_of(const Counts& customers) {
  lockin::MarketSpec spec = small::spec({.utility = {0, 0}});
  const lockin::SegmentSpec segment = spec.segments[0];
  spec.segments.clear();
  for (std::size_t s = 0; s < customers.size(); ++s) {
    spec.segments.push_back(segment);
    spec.segments.back().name = lockin::test::numbered("s", s);
    spec.segments.back().customers = customers[s];
  }
  return lockin::Market(spec);
}

TEST(SimulatedCustomers, AsManyAsThereAre) {
  EXPECT_EQ(lockin::simulated_customers(segments_of({3, 500, 7}), {}), (Counts{3, 500, 7}));
}

TEST(SimulatedCustomers, InProportionByLargestRemainder) {
  EXPECT_EQ(lockin::simulated_customers(segments_of({100, 200, 700}), 10), (Counts{1, 2, 7}));
  // Quotas 1.429, 2.857, 5.714 of 10: remainders .429, .857, .714 - the second and third round up.
  EXPECT_EQ(lockin::simulated_customers(segments_of({1, 2, 4}), 10), (Counts{1, 3, 6}));
  // Quotas 3.5 each: the earlier segment on a tie.
  EXPECT_EQ(lockin::simulated_customers(segments_of({5, 5}), 7), (Counts{4, 3}));
  // 1.1, 1.1, 8.8: one left, to the largest remainder.
  EXPECT_EQ(lockin::simulated_customers(segments_of({10, 10, 80}), 11), (Counts{1, 1, 9}));
  EXPECT_EQ(lockin::simulated_customers(segments_of({100, 200, 700}), 1000), (Counts{100, 200, 700}));
}

TEST(SimulatedCustomers, HugeNumbersStayExact) {
  const std::uint64_t most = 1'000'000'000'000;
  const Counts counts = lockin::simulated_customers(segments_of({most, most - 2, 2}), most);
  EXPECT_EQ(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}), most);
  EXPECT_EQ(lockin::simulated_customers(segments_of({most, most}), most), (Counts{most / 2, most / 2}));
}

TEST(SimulatedCustomers, ASegmentWithoutAnyIsRefused) {
  EXPECT_THROW((void)lockin::simulated_customers(segments_of({1, 1'000'000}), 10), std::invalid_argument);
  EXPECT_THROW((void)lockin::simulated_customers(segments_of({1, 1}), 0), std::invalid_argument);
  EXPECT_THROW((void)lockin::simulated_customers(segments_of({5, 5, 5}), 2), std::invalid_argument);
}

}  // namespace
