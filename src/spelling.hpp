#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lockin {

/// `did you mean X?` for the candidate that differs least from what was typed, or nothing if none is near: at most a third
/// of its letters, and at most two of a short word, inserted, left out, replaced or swapped with a neighbour.
/// @param quote put around the candidate
std::string did_you_mean(std::string_view typed, const std::vector<std::string>& candidates,
                         std::string_view quote = "");

}  // namespace lockin
