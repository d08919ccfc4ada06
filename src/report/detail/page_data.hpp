#pragma once

#include <nlohmann/json.hpp>

#include "report/detail/run_results.hpp"

namespace lockin::detail {

/// What the page's program reads: columns by name, numbers as in the CSVs (src/report/web/data.js says what is where).
nlohmann::ordered_json page_data(const RunResults& results);

}  // namespace lockin::detail
