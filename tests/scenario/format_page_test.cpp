#include <fmt/format.h>

#include "lockin/market/calendar.hpp"
#include "lockin/scenario/schema.hpp"
#include "market/market_compiler.hpp"
#include "page.hpp"
#include "scenario/limits.hpp"

namespace lockin {
namespace {

TEST(FormatPage, ItsTableIsTheSchema) {
  test::expect_on_page("docs/scenario_format.md", "keys", "\n" + scenario_format_markdown() + "\n");
}

TEST(FormatPage, ItsLimitsAreThoseOfTheReader) {
  std::string table = "| of | at most |\n| --- | --- |\n";
  const auto row = [&](const char* what, std::size_t most) {
    table += fmt::format("| {} | {} |\n", what, most);
  };
  row("bytes in a file", limits::file_bytes);
  row("bytes in a CSV file", limits::table_bytes);
  row("values that a distribution takes from a CSV column", limits::column_values);
  row("files that extend each other, the first included", limits::extended_files);
  row("tables and lists within each other in a value", limits::nesting);
  row("parts of a dotted key", limits::key_parts);
  row("letters of a name of a layer, provider or segment", limits::name_length);
  row("layers", limits::layers);
  row("providers", limits::providers);
  row("segments", limits::segments);
  row("layers x providers x segments", limits::combinations);
  row("events", limits::events);
  row("periods", max_periods);
  row("types of customers in a segment (taste classes x size classes x sourcing)", max_types);
  test::expect_on_page("docs/scenario_format.md", "limits", "\n" + table + "\n");
}

}  // namespace
}  // namespace lockin
