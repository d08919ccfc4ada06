#pragma once

#include <string>

#include "report/detail/comparison_results.hpp"

namespace lockin::detail {

/// The page of a comparison below its title.
/// @param open tables are shown from the start
std::string comparison_sections(const ComparisonResults& results, bool open);
/// What its program reads (src/report/web/data.js).
nlohmann::ordered_json comparison_data(const ComparisonResults& results);

}  // namespace lockin::detail
