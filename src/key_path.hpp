#pragma once

#include <string>
#include <string_view>

namespace lockin {

/// The full name of a key of a scenario: `key_path("segments", name, "size")` is `segments.NAME.size`. An empty `key`
/// stands for the top of the file.
template <class... Names>
std::string key_path(std::string_view key, const Names&... names) {
  std::string path(key);
  ((path += path.empty() ? "" : ".", path += std::string_view(names)), ...);
  return path;
}

}  // namespace lockin
