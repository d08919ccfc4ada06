#include "report/detail/changed_lines.hpp"

#include <gtest/gtest.h>

namespace lockin::detail {
namespace {

TEST(ChangedLines, StandBelowTheirTables) {
  EXPECT_EQ(changed_lines("t = 1\n[a]\nx = 1\ny = 2\n", "t = 1\n[a]\nx = 1\ny = 2\n"), "");
  EXPECT_EQ(changed_lines("t = 1\n\n[a]\nx = 1\ny = 2\n[b]\nz = 1\n",
                          "t = 2\n[a]\nx = 1\ny = 3\n[b]\nz = 1\n[c]\nw = 1\n"),
            "- t = 1\n+ t = 2\n  [a]\n- y = 2\n+ y = 3\n+ [c]\n+ w = 1\n");
  EXPECT_EQ(changed_lines("", "a = 1"), "+ a = 1\n");
}

}  // namespace
}  // namespace lockin::detail
