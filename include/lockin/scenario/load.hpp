#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lockin/scenario/scenario.hpp"

namespace lockin {

/// Reads a scenario file. @param file its path; `extends` is relative to its folder
/// @param overrides `KEY=VALUE`, dotted path and TOML value, applied after `extends`.
/// @throws InputError with every problem of the file, each at its line and column
[[nodiscard]] Scenario load_scenario(const std::string& file, const std::vector<std::string>& overrides = {});

/// Reads a scenario from text. `extends` may name a bundled scenario.
/// @param text the scenario (TOML)
/// @param name shown in messages, and the name of the scenario
/// @param overrides `KEY=VALUE`, as above
/// @throws InputError with every problem of the text, each at its line and column
[[nodiscard]] Scenario parse_scenario(std::string_view text, const std::string& name,
                                      const std::vector<std::string>& overrides = {});

/// Reads a bundled scenario. @throws InputError if there is none of that name
[[nodiscard]] Scenario load_bundled(std::string_view name, const std::vector<std::string>& overrides = {});

}  // namespace lockin
