#include "lockin/scenario/schema.hpp"
#include "page.hpp"

namespace lockin {
namespace {

TEST(FormatPage, ItsTableIsTheSchema) {
  test::expect_on_page("docs/scenario_format.md", "keys", "\n" + scenario_format_markdown() + "\n");
}

}  // namespace
}  // namespace lockin
