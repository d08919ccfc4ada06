#include "report/detail/answer_sentence.hpp"

#include <fmt/format.h>

#include "report/detail/ranked_rows.hpp"

namespace lockin::detail {

namespace {

constexpr std::size_t most_named = 3;

// `A`, or `A, B and C` of those that are level
std::string names_of(const Lead& lead) {
  std::string names = lead.name;
  const std::size_t named = lead.level.size() > most_named ? most_named - 1 : lead.level.size();
  for (std::size_t i = 0; i < named; ++i)
    names += (i + 1 == lead.level.size() ? " and " : ", ") + lead.level[i];
  if (named < lead.level.size()) names += fmt::format(" and {} others", lead.level.size() - named);
  return names;
}

}  // namespace

std::string answer_sentence(const std::string& when, const std::vector<Lead>& leads) {
  std::string sentence = fmt::format("In {}", when);
  if (leads.empty()) return sentence + " nobody sells anything.";
  for (std::size_t i = 0; i < leads.size(); ++i) {
    const Lead& lead = leads[i];
    const bool first = i == 0, level = !lead.level.empty();
    const bool verb = first || level || !leads[i - 1].level.empty();  // else that of the part before
    const bool same = !verb && !lead.probability && lead.name == leads[i - 1].name;
    if (!first) sentence += same ? " and" : ",";
    if (!same) sentence += " " + names_of(lead);
    if (verb) sentence += level ? " are level" : " leads";
    sentence += " by " + lead.by;
    if (lead.probability && !level)
      sentence += fmt::format(" with probability {:.2f} ({} %, {} to {})", *lead.probability,
                              percent(lead.share), percent(lead.q05), percent(lead.q95));
    else
      sentence += fmt::format(" ({} %{})", percent(lead.share), level ? " each" : "");
  }
  return sentence + ".";
}

}  // namespace lockin::detail
