#pragma once

#include <string>
#include <string_view>

namespace lockin::cli {

/// Writes a file that does not exist yet, whole or not at all.
/// @throws UsageError if it exists or its folder does not; std::runtime_error if writing fails.
void write_new_file(const std::string& name, std::string_view content);

/// Writes a file, in place of one of that name if there is one, whole or not at all.
/// @throws UsageError if its folder does not exist or may not be written to; std::runtime_error if writing fails.
void replace_file(const std::string& name, std::string_view content);

}  // namespace lockin::cli
