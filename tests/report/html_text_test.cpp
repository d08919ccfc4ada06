#include "report/detail/html_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lockin::detail {
namespace {

TEST(HtmlText, EscapesWhatHtmlReads) {
  EXPECT_EQ(escaped("<a href='x'>\"R&D\"</a>"), "&lt;a href=&#39;x&#39;&gt;&quot;R&amp;D&quot;&lt;/a&gt;");
  EXPECT_EQ(escaped("阿里云\nnext\x01\xff"), "阿里云\nnext??");
  EXPECT_EQ(escaped(""), "");
}

TEST(HtmlText, ATableEscapesItsCells) {
  const std::string table = html_table({"<h>"}, {{"<r>", "<c>"}});
  EXPECT_THAT(table, testing::HasSubstr("<th scope=\"col\">&lt;h&gt;</th>"));
  EXPECT_THAT(table, testing::HasSubstr("<th scope=\"row\">&lt;r&gt;</th><td>&lt;c&gt;</td>"));
}

TEST(HtmlText, NothingInJsonEndsItsScript) {
  EXPECT_EQ(script_json("[\"</script><!--\",\"a\u2028b\u2029\"]"),
            "[\"\\u003c/script>\\u003c!--\",\"a\\u2028b\\u2029\"]");
}

}  // namespace
}  // namespace lockin::detail
