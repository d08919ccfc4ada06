#include "cli/nearest_word.hpp"

#include <algorithm>
#include <cstddef>

namespace lockin::cli {
namespace {

/// Edits between two words, a swap of neighbours counted once (Damerau's distance, each letter edited once).
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i)
    for (std::size_t j = 1; j <= b.size(); ++j) {
      d[i][j] =
          std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0u : 1u)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  return d[a.size()][b.size()];
}

}  // namespace

std::string did_you_mean(std::string_view typed, const std::vector<std::string>& candidates) {
  if (typed.size() > 100) return {};
  const std::string* nearest = nullptr;
  std::size_t least = 0;
  for (const std::string& candidate : candidates) {
    const std::size_t edits = distance(typed, candidate);
    if (edits > std::max<std::size_t>(1, candidate.size() / 3)) continue;
    if (nearest == nullptr || edits < least) nearest = &candidate, least = edits;
  }
  return nearest == nullptr ? std::string() : "did you mean " + *nearest + "?";
}

}  // namespace lockin::cli
