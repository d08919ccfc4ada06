#include "lockin/ensemble/statistics.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "lockin/random/stream.hpp"

namespace lockin {
namespace {

// As by sorting, bit for bit, for any size and with many that are equal.
TEST(Statistics, SummariesHaveTheQuantilesOfSortedNumbers) {
  Philox stream = StreamKey{20260107, 0, 0, Purpose::parameter, {}, 0}.stream();
  for (std::size_t n = 1; n < 400; ++n)
    for (const double steps : {3.0, 20.0, 1e15}) {
      std::vector<double> numbers;
      Moments moments;
      for (std::size_t i = 0; i < n; ++i) {
        numbers.push_back(std::floor(stream.uniform() * steps));
        moments.add(numbers.back());
      }
      const Summary summary = summary_of(moments, numbers);
      std::sort(numbers.begin(), numbers.end());
      for (const auto& [p, q] :
           {std::pair(0.05, summary.q05), std::pair(0.25, summary.q25), std::pair(0.5, summary.q50),
            std::pair(0.75, summary.q75), std::pair(0.95, summary.q95)})
        ASSERT_EQ(q, quantile(numbers, p)) << n << ' ' << steps << ' ' << p;
    }
}

TEST(Statistics, QuantilesOfType7) {  // R: quantile(c(1, 2, 4, 8), c(.05, .25, .5, .75, .95))
  const std::vector<double> x{1, 2, 4, 8};
  EXPECT_DOUBLE_EQ(quantile(x, 0.05), 1.15);
  EXPECT_DOUBLE_EQ(quantile(x, 0.25), 1.75);
  EXPECT_DOUBLE_EQ(quantile(x, 0.5), 3);
  EXPECT_DOUBLE_EQ(quantile(x, 0.75), 5);
  EXPECT_DOUBLE_EQ(quantile(x, 0.95), 7.4);
  EXPECT_EQ(quantile(x, 0), 1);
  EXPECT_EQ(quantile(x, 1), 8);
  EXPECT_EQ(quantile(std::vector<double>{3.0}, 0.7), 3);
}

TEST(Statistics, MomentsOfNumbersFarFromZero) {
  Moments moments;
  for (const double x : {1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16}) moments.add(x);
  EXPECT_EQ(moments.count(), 4u);
  EXPECT_DOUBLE_EQ(moments.mean(), 1e9 + 10);
  EXPECT_DOUBLE_EQ(moments.variance(), 30);
}

TEST(Statistics, ASummaryLeavesOutWhatIsMissing) {
  constexpr double missing = std::numeric_limits<double>::quiet_NaN();
  Moments moments;
  for (const double x : {3.0, 1.0}) moments.add(x);
  const Summary of = summary_of(moments, {3.0, missing, 1.0});
  EXPECT_EQ(of.count, 2u);
  EXPECT_EQ(of.mean, 2);
  EXPECT_DOUBLE_EQ(of.sd, std::sqrt(2.0));
  EXPECT_DOUBLE_EQ(of.se, 1);
  EXPECT_EQ(of.q50, 2);
  Moments one;
  one.add(5);
  EXPECT_TRUE(std::isnan(summary_of(one, {5}).se));
  EXPECT_EQ(summary_of(one, {5}).q95, 5);
  EXPECT_TRUE(std::isnan(summary_of({}, {missing}).q50));
}

}  // namespace
}  // namespace lockin
