#include "lockin/report/display_width.hpp"

#include <gtest/gtest.h>

namespace lockin {
namespace {

TEST(DisplayWidth, CountsColumnsNotBytes) {
  EXPECT_EQ(display_width(""), 0u);
  EXPECT_EQ(display_width("Alibaba"), 7u);
  EXPECT_EQ(display_width("Tölö"), 4u);
  EXPECT_EQ(display_width("火山引擎"), 8u);
  EXPECT_EQ(display_width("한국 clouds"), 11u);
  EXPECT_EQ(display_width("e\u0301"), 1u);  // a combining accent
  EXPECT_EQ(display_width("▁█"), 2u);
}

TEST(DisplayWidth, FitsToExactlyTheWidth) {
  EXPECT_EQ(fit_left("ab", 4), "ab  ");
  EXPECT_EQ(fit_right("ab", 4), "  ab");
  EXPECT_EQ(fit_left("abcdef", 4), "abc…");
  EXPECT_EQ(fit_left("火山引擎", 8), "火山引擎");
  EXPECT_EQ(fit_left("火山引擎", 6), "火山… ");  // half a character has no place
  EXPECT_EQ(fit_left("火山引擎", 7), "火山引…");
  EXPECT_EQ(fit_left("abc", 0), "");
  for (std::size_t width = 1; width < 12; ++width) {
    EXPECT_EQ(display_width(fit_left("云a计b算", width)), width);
    EXPECT_EQ(display_width(fit_right("云a计b算", width)), width);
  }
}

TEST(DisplayWidth, WrapsAtSpaces) {
  EXPECT_EQ(wrapped("one two three", 7), "one two\nthree\n");
  EXPECT_EQ(wrapped("one two three", 9, 2, 4), "  one two\n    three\n");
  EXPECT_EQ(wrapped("火山 引擎", 8), "火山\n引擎\n");  // nine columns
  EXPECT_EQ(wrapped("unbreakable a", 5), "unbreakable\na\n");
  EXPECT_EQ(wrapped("a unbreakable", 5), "a\nunbreakable\n");
  EXPECT_EQ(wrapped("a 火山引擎云 b", 7, 0, 1), "a 火山\n 引擎云\n b\n");  // eleven columns
  EXPECT_EQ(wrapped("", 5), "\n");
}

TEST(DisplayWidth, ControlsAndBrokenBytesBecomeQuestionMarks) {
  EXPECT_EQ(printable("a\x1b[31mb\n"), "a?[31mb?");
  EXPECT_EQ(printable("\xff\xc0\xaf"), "???");  // never UTF-8; overlong
  EXPECT_EQ(printable("\xe7\x81"), "??");       // cut off
  EXPECT_EQ(printable("\xed\xa0\x80"), "???");  // surrogate
  EXPECT_EQ(printable("\xf0\x9f\x98\x80"), "\U0001F600");
  EXPECT_EQ(display_width("\U0001F600"), 2u);
}

}  // namespace
}  // namespace lockin
