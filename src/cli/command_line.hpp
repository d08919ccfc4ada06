#pragma once

#include <string>
#include <variant>
#include <vector>

#include "cli/commands.hpp"

namespace lockin::cli {

/// Text that the user asked for: help or version.
struct ShowText {
  std::string text;
};

using Command = std::variant<RunCommand, CompareCommand, SplitCommand, ReportCommand, PlotCommand,
                             CheckCommand, ScenariosCommand, ShowText>;

/// Reads the arguments, without the program's name. @throws UsageError with a hint where one is near.
Command parse(std::vector<std::string> arguments);

/// What `lockin --version` prints: version, compiler, and which optional parts were built.
std::string version_text();

}  // namespace lockin::cli
