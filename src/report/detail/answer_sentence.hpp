#pragma once

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
};

/// The answer in one sentence; `nobody sells anything` without leads.
std::string answer_sentence(const std::string& when, const std::vector<Lead>& leads);

}  // namespace lockin::detail
