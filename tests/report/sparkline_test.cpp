#include "lockin/report/sparkline.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace lockin {
namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

TEST(Sparkline, GoesFromZeroToTheTop) {
  EXPECT_EQ(sparkline({0, 1, 2, 3, 4, 5, 6, 7}, 8, 8), "▁▂▃▄▅▆▇█");
  EXPECT_EQ(sparkline({8, 4}, 8, 8), "█▅");
}

TEST(Sparkline, AveragesWhatDoesNotFit) { EXPECT_EQ(sparkline({0, 8, 8, 8}, 8, 2), "▅█"); }

TEST(Sparkline, LeavesMissingValuesBlank) {
  EXPECT_EQ(sparkline({missing, 8, missing, 0}, 8, 4), " █ ▁");
  EXPECT_EQ(sparkline({missing, 8}, 8, 1), "█");
  EXPECT_EQ(sparkline({1, 2}, 0, 2), "  ");
  EXPECT_EQ(sparkline({}, 1, 4), "");
}

}  // namespace
}  // namespace lockin
