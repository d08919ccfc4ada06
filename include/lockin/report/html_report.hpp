#pragma once

#include <string>

#include "lockin/report/result_files.hpp"

namespace lockin {

/// Name of the page in a folder of results.
inline constexpr const char* report_file = "report.html";

/// A finished run, comparison or variance split as one page that needs nothing else: no network, no other file. It is made of the files alone, so its numbers
/// are those of the CSVs. Text of the scenario is escaped.
/// @param files those of `--out` of `lockin run`, `compare` or `split`
/// @throws InputError for a file that is missing or damaged, with its line
[[nodiscard]] std::string html_report(const ResultFiles& files);

/// Whether pages have charts. Else the library was built without node, and they have tables only.
[[nodiscard]] bool report_has_charts();

/// Whether pages have sliders that run the market anew. Else the library was built without node or Emscripten.
[[nodiscard]] bool report_has_sliders();

}  // namespace lockin
