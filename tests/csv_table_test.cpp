#include "csv_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lockin/error.hpp"

namespace lockin {
namespace {

std::string refusal(const std::string& text, const std::vector<std::string>& columns = {"a", "b"}) {
  try {
    const CsvTable table("x.csv", text, columns);
    for (std::size_t row = 0; row < table.rows(); ++row) (void)table.number(row, "b");
  } catch (const InputError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(CsvTable, ReadsQuotedFieldsAndEmptyOnes) {
  const CsvTable table("x.csv", "b,a\r\n,\"x, \"\"y\"\"\nz\"\n1.5e-3,w", {"a", "b"});
  ASSERT_EQ(table.rows(), 2u);
  EXPECT_EQ(table.text(0, "a"), "x, \"y\"\nz");
  EXPECT_EQ(table.number(0, "b"), std::nullopt);
  EXPECT_EQ(table.number(1, "b"), 1.5e-3);
  EXPECT_EQ(table.text(1, "a"), "w");
}

TEST(CsvTable, SaysWhereAFileIsWrong) {
  EXPECT_THAT(refusal("a\n1\n"), testing::HasSubstr("x.csv:1:1: error: columns: no column b, allowed: a,b"));
  EXPECT_THAT(refusal("a,b\n1,2\n1\n"),
              testing::HasSubstr("x.csv:3:1: error: columns: 1 fields, allowed: 2"));
  EXPECT_THAT(refusal("a,b\n\"1\n1\", nan\n"),
              testing::HasSubstr("x.csv:3:5: error: b: nan, allowed: a number"));
  EXPECT_THAT(refusal("a,b\n云计算,2x\n"), testing::HasSubstr("x.csv:2:5: error: b: 2x"));
  EXPECT_THAT(refusal("a,b\n\"1,2\n"),
              testing::HasSubstr("x.csv:2:1: error: text: a quote that is not closed"));
  EXPECT_THAT(refusal("a,b\n\"1\"x,2\n"),
              testing::HasSubstr("x.csv:2:4: error: text: text after a closing quote"));
  EXPECT_THAT(refusal("a,b,b\n1,2,3\n"), testing::HasSubstr("x.csv:1:1: error: columns: column b twice"));
  EXPECT_THAT(refusal(""), testing::HasSubstr("x.csv:1:1: error: columns: no column a"));
  EXPECT_EQ(refusal("a,b\n1,2\n"), "accepted");
  EXPECT_EQ(refusal("\xEF\xBB\xBF"
                    "a , b\r\n\r\n 1,\t2 \r\n\n"),
            "accepted");
}

TEST(CsvTable, BlanksAreOfAFieldOnlyWithinQuotes) {
  const CsvTable table("x.csv", "a\n x y \n\" z \"\n", {"a"});
  EXPECT_EQ(table.text(0, "a"), "x y");
  EXPECT_EQ(table.text(1, "a"), " z ");
}

}  // namespace
}  // namespace lockin
