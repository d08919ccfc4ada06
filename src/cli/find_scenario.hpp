#pragma once

#include <string>
#include <vector>

#include "lockin/scenario/scenario.hpp"

namespace lockin::cli {

/// Loads the file of that name, or the bundled scenario of that name if there is no such file.
/// @throws UsageError if there is neither, InputError for what is wrong in it.
Scenario find_scenario(const std::string& name, const std::vector<std::string>& overrides);

/// Names of the bundled scenarios.
std::vector<std::string> bundled_names();

}  // namespace lockin::cli
