#include "report/detail/changed_lines.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace lockin::detail {
namespace {

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (end > 0) lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

bool is_header(std::string_view line) { return line.starts_with('['); }

}  // namespace

std::string changed_lines(std::string_view first, std::string_view second) {
  const std::vector<std::string_view> a = lines_of(first), b = lines_of(second);
  // common[i][j]: length of the longest common subsequence of a from i on and b from j on.
  std::vector<std::vector<std::size_t>> common(a.size() + 1, std::vector<std::size_t>(b.size() + 1, 0));
  for (std::size_t i = a.size(); i-- > 0;)
    for (std::size_t j = b.size(); j-- > 0;)
      common[i][j] = a[i] == b[j] ? common[i + 1][j + 1] + 1 : std::max(common[i + 1][j], common[i][j + 1]);
  std::string out;
  std::string_view header, written;
  const auto add = [&](const char* mark, std::string_view line) {
    if (is_header(line))
      written = line;
    else if (!header.empty() && header != written)
      out.append("  ").append(written = header).append("\n");
    out.append(mark).append(line).append("\n");
  };
  for (std::size_t i = 0, j = 0; i < a.size() || j < b.size();) {
    if (i < a.size() && j < b.size() && a[i] == b[j]) {
      if (is_header(a[i])) header = a[i];
      ++i, ++j;
    } else if (j == b.size() || (i < a.size() && common[i + 1][j] >= common[i][j + 1])) {
      add("- ", a[i++]);
    } else {
      if (is_header(b[j])) header = b[j];
      add("+ ", b[j++]);
    }
  }
  return out;
}

}  // namespace lockin::detail
