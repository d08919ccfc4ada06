#pragma once

#include <cmath>
#include <optional>
#include <string>
#include <vector>

namespace lockin::detail {

/// Who leads by one ranking.
struct Lead {
  std::string by,  ///< `revenue` or `tokens`
      name;        ///< of the provider, as shown
  double share = 0, q05 = 0, q95 = 0;
  std::optional<double> probability;  ///< of the first place; nothing: one history, and no band either
  std::vector<std::string> level =
      {};  ///< others with the same share (and band), as shown: then nobody leads
};

/// Whether two shares, or ends of bands, are the same but for rounding errors of their sums.
inline bool level_with(double one, double other) { return std::abs(one - other) < 1e-9; }

/// The answer in one sentence; `nobody sells anything` without leads.
std::string answer_sentence(const std::string& when, const std::vector<Lead>& leads);

}  // namespace lockin::detail
