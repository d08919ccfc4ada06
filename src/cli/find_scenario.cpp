#include "cli/find_scenario.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "cli/commands.hpp"
#include "lockin/scenario/bundled.hpp"
#include "lockin/scenario/load.hpp"
#include "spelling.hpp"

namespace lockin::cli {

std::vector<std::string> bundled_names() {
  std::vector<std::string> names;
  for (const BundledScenario& scenario : bundled_scenarios()) names.emplace_back(scenario.name);
  return names;
}

Scenario find_scenario(const std::string& name, const std::vector<std::string>& overrides) {
  std::error_code ignored;
  const std::vector<std::string> bundled = bundled_names();
  const bool is_bundled = std::ranges::find(bundled, name) != bundled.end();
  const bool is_file =
      std::filesystem::exists(name, ignored) && !(is_bundled && std::filesystem::is_directory(name, ignored));
  if (is_file) return load_scenario(name, overrides);
  if (is_bundled) return load_bundled(name, overrides);
  std::string hint = did_you_mean(name, bundled);
  if (hint.empty())
    hint = "lockin scenarios lists the bundled ones; lockin scenarios --copy NAME writes one to edit";
  throw UsageError(fmt::format("{}: no such file, and no bundled scenario of that name", name), hint);
}

}  // namespace lockin::cli
