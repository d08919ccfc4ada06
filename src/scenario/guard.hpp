#pragma once

#include <algorithm>
#include <memory>
#include <string_view>

#include "scenario/document.hpp"

namespace lockin {

/// What would harm the parser, or is no text: added to the problems.
void guard(std::string_view text, const std::shared_ptr<const Source>& source, ProblemList& problems);

}  // namespace lockin
