#include "lockin/report/shortest_number.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <limits>

namespace lockin {
namespace {

std::string shortest(double number) {
  std::string text = "x";
  append_shortest(text, number);
  return text.substr(1);
}

TEST(ShortestNumber, IsShort) {
  EXPECT_EQ(shortest(0.1), "0.1");
  EXPECT_EQ(shortest(12), "12");
  EXPECT_EQ(shortest(1e22), "1e+22");
  EXPECT_EQ(shortest(-0.25), "-0.25");
}

TEST(ShortestNumber, ReadsBackAsTheSameDouble) {
  using limits = std::numeric_limits<double>;
  for (const double number :
       {1.0 / 3, 0.1 + 0.2, -limits::min(), limits::denorm_min(), limits::max(), 1e15 / 7})
    EXPECT_EQ(std::strtod(shortest(number).c_str(), nullptr), number) << shortest(number);
}

}  // namespace
}  // namespace lockin
