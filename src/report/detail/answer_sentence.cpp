#include "report/detail/answer_sentence.hpp"

#include <fmt/format.h>

#include "report/detail/ranked_rows.hpp"

namespace lockin::detail {

std::string answer_sentence(const std::string& when, const std::vector<Lead>& leads) {
  std::string sentence = fmt::format("In {}", when);
  if (leads.empty()) return sentence + " nobody sells anything.";
  for (std::size_t i = 0; i < leads.size(); ++i) {
    const Lead& lead = leads[i];
    const bool same = i > 0 && !lead.probability && lead.name == leads[i - 1].name;
    if (i > 0) sentence += same ? " and" : ",";
    if (!same) sentence += " " + lead.name + (i == 0 ? " leads" : "");
    sentence += " by " + lead.by;
    if (lead.probability)
      sentence += fmt::format(" with probability {:.2f} ({} %, {} to {})", *lead.probability,
                              percent(lead.share), percent(lead.q05), percent(lead.q95));
    else
      sentence += fmt::format(" ({} %)", percent(lead.share));
  }
  return sentence + ".";
}

}  // namespace lockin::detail
