#include "spelling.hpp"

#include <algorithm>
#include <cstddef>

namespace lockin {
namespace {

// Edits between two words, a swap of neighbours counted once (Damerau's distance, each letter edited once).
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

std::string did_you_mean(std::string_view typed, const std::vector<std::string>& candidates,
                         std::string_view quote) {
  if (typed.size() > 200) return {};  // no slip of a finger, and costly to compare
  const std::string* nearest = nullptr;
  std::size_t least = std::max<std::size_t>(2, typed.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    if (std::max(typed.size(), candidate.size()) - std::min(typed.size(), candidate.size()) >= least)
      continue;
    const std::size_t edits = distance(typed, candidate);
    if (edits < least) nearest = &candidate, least = edits;
  }
  if (nearest == nullptr) return {};
  return "did you mean " + std::string(quote).append(*nearest).append(quote) + "?";
}

}  // namespace lockin
