#include <cmath>
#include <functional>
#include <string>

#include <gtest/gtest.h>

#include "baseline/naive_loop.hpp"
#include "baseline/tuned_loop.hpp"
#include "mean_field_reference.hpp"

// The loops that lockin is measured against are right: over the whole path their shares are those of the mean field.
//
// One history, fixed seeds. Customers are independent given the shares that all see, in segments of fixed size, so the
// variance of a share s of N customers is at most s (1 - s) / N. The network effect of the two layers feeds a share's
// noise back: over 1000 histories the variance was 1.07 times that on average, 1.25 at most; we allow 1.2 in the standard
// deviation. The bound on the largest deviation has a false-alarm rate of 1e-6 over all shares of a path.
// Power: at N = 1e6 it is 5.8 standard deviations (7.1 with two layers), so an error of 0.0028 (0.0034) in a share of 0.37
// in a single period is seen half the time.
namespace lockin::bench {
namespace {

constexpr std::uint64_t customers = 1'000'000;

using Loop = std::function<History(const Workload&, std::uint64_t)>;

// The two layers with everything turned up, so that what hardly shows in the shares of the workloads shows: whether a slot
// looks at the other's incumbent before or after it moved, a tenth of an affinity. No network effect.
Workload strained(std::uint64_t n) {
  Workload workload = two_layers(n);
  workload.name = "strained";
  workload.layers[0].re_evaluate = 0.8;
  workload.layers[0].affinity = 2.5;
  workload.layers[1].re_evaluate = 0.9;
  workload.layers[1].affinity = -1.5;
  workload.layers[1].kappa_full = 3;
  workload.layers[1].network = 0;
  return workload;
}

struct Case {
  const char* loop_name;
  Loop loop;
  Workload workload;
};

class BaselineTest : public testing::TestWithParam<Case> {};

TEST_P(BaselineTest, WholePathIsThatOfTheMeanField) {
  const Workload& workload = GetParam().workload;
  const SharePath expected = mean_field_reference(workload);
  const History run = GetParam().loop(workload, 20250101);
  ASSERT_EQ(run.path.size(), period_count);
  const double noise = workload.layers.back().network > 0 ? 1.2 : 1;
  EXPECT_LT(largest_deviation(run.path, expected) * std::sqrt(static_cast<double>(customers)),
            largest_chance_deviation(expected) * noise);
  EXPECT_GT(run.period_seconds, 0);
}

TEST_P(BaselineTest, SeedDecides) {
  Workload small = GetParam().workload;
  small.customers = 1003;  // segments of unequal size
  const SharePath first = GetParam().loop(small, 1).path;
  EXPECT_EQ(first, GetParam().loop(small, 1).path);
  EXPECT_NE(first, GetParam().loop(small, 2).path);
}

INSTANTIATE_TEST_SUITE_P(Loops, BaselineTest,
                         testing::Values(Case{"naive", naive_loop, one_layer_busy(customers)},
                                         Case{"naive", naive_loop, one_layer_quiet(customers)},
                                         Case{"naive", naive_loop, two_layers(customers)},
                                         Case{"naive", naive_loop, strained(customers)},
                                         Case{"tuned", tuned_loop, one_layer_busy(customers)},
                                         Case{"tuned", tuned_loop, one_layer_quiet(customers)},
                                         Case{"tuned", tuned_loop, two_layers(customers)},
                                         Case{"tuned", tuned_loop, strained(customers)}),
                         [](const auto& test) {
                           return std::string(test.param.loop_name) + "_" + test.param.workload.name;
                         });

// Shares of the last period as another loop, written from the same page by another hand, gave them: one history of 1e6
// customers, rounded to 0.001. Tolerance: 5 standard deviations of the largest of these shares, and the rounding.
void expect_last(const Workload& workload, const std::vector<Shares>& quoted) {
  const double tolerance = 5 * std::sqrt(0.371 * 0.629 / 1e6) + 0.0005;
  const SharePath path = mean_field_reference(workload);
  for (std::size_t l = 0; l < quoted.size(); ++l)
    for (std::size_t j = 0; j < provider_count; ++j)
      EXPECT_NEAR(path.back()[l][j], quoted[l][j], tolerance)
          << workload.layers[l].name << ", provider " << j;
}

TEST(MeanFieldReferenceTest, LastPeriodOfOneLayer) {
  expect_last(one_layer_busy(customers), {{0.171, 0.371, 0.153, 0.121, 0.088, 0.097}});
}

TEST(MeanFieldReferenceTest, LastPeriodOfTwoLayers) {
  expect_last(two_layers(customers),
              {{0.247, 0.290, 0.154, 0.114, 0.088, 0.107}, {0.183, 0.367, 0.151, 0.119, 0.086, 0.095}});
}

TEST(MeanFieldReferenceTest, SharesAddUpToOne) {
  for (const Workload& workload : {one_layer_busy(7), one_layer_quiet(7), two_layers(7)}) {
    for (const auto& layers : mean_field_reference(workload)) {
      for (const Shares& shares : layers) {
        double sum = 0;
        for (const double share : shares) sum += share;
        EXPECT_NEAR(sum, 1, 1e-12);
      }
    }
  }
}

TEST(SharePathTest, DeviationIsInStandardDeviationsOfOneCustomer) {
  SharePath a = {{{0.1, 0.1, 0.1, 0.1, 0.1, 0.5}}};
  SharePath b = a;
  b[0][0][5] = 0.4;
  EXPECT_NEAR(largest_deviation(b, a), 0.2, 1e-12);
  b[0][0][0] = std::nan("");
  EXPECT_TRUE(std::isinf(largest_deviation(b, a)));
  EXPECT_THROW(static_cast<void>(largest_deviation({}, a)), std::invalid_argument);
}

TEST(SharePathTest, ChanceDeviationIsTheNormalQuantile) {
  const SharePath one = {{Shares{}}};  // six shares: tail 0.5e-6 / 6
  EXPECT_NEAR(0.5 * std::erfc(largest_chance_deviation(one) / std::sqrt(2.0)), 0.5e-6 / 6, 1e-12);
}

}  // namespace
}  // namespace lockin::bench
