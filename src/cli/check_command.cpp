#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/find_scenario.hpp"
#include "cli/new_file.hpp"
#include "cli/standard_streams.hpp"
#include "lockin/scenario/describe.hpp"

namespace lockin::cli {

int execute(const CheckCommand& command) {
  const Scenario scenario = find_scenario(command.scenario, command.overrides);
  if (command.resolved == "-") {
    print(scenario.resolved);
    return done;
  }
  if (!command.resolved.empty()) write_new_file(command.resolved, scenario.resolved);
  std::string description = describe(scenario);
  if (!description.ends_with('\n')) description += '\n';
  print(description);
  if (!command.resolved.empty()) note(fmt::format("wrote {}", command.resolved));
  return done;
}

}  // namespace lockin::cli
