#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace lockin {

/// The files of a folder of results: their texts by name, for example `shares.csv`.
using ResultFiles = std::map<std::string, std::string>;

/// Reads the tables and scenarios that a finished folder's record lists, and the record.
/// @param folder what `--out` wrote
/// @throws std::invalid_argument if it is no such folder, or one of them is missing or no regular file, with the reason
[[nodiscard]] ResultFiles read_result_files(const std::filesystem::path& folder);

}  // namespace lockin
