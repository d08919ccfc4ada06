#pragma once

#include <string>
#include <string_view>

namespace lockin::detail {

/// What changed between two scenarios: `- ` before lines of the first alone, `+ ` before those of the second alone, each run of
/// them below the table that it stands in. By the longest common subsequence of lines.
std::string changed_lines(std::string_view first, std::string_view second);

}  // namespace lockin::detail
