#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lockin::detail {

/// A field, quoted where it must be (RFC 4180).
inline std::string field(std::string_view text) {
  const bool blank_ends = text.starts_with(' ') || text.ends_with(' ');  // a reader may drop them
  if (!blank_ends && text.find_first_of(",\"\t\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

inline std::vector<std::string> all_and(const std::vector<std::string>& names) {
  std::vector<std::string> result = {"all"};
  result.insert(result.end(), names.begin(), names.end());
  return result;
}

}  // namespace lockin::detail
