#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "cli/ranks.hpp"
#include "lockin/engine/engine_kind.hpp"

namespace lockin::cli {

/// What the shell sees.
enum ExitStatus : int { done = 0, run_failed = 1, bad_usage = 2, interrupted = 130 };

/// The command was called wrongly; ends with status 2.
class UsageError : public std::runtime_error {
 public:
  explicit UsageError(const std::string& message, std::string hint_line = {})
      : std::runtime_error(message), hint(std::move(hint_line)) {}
  std::string hint;  ///< empty, or one line of advice
};

enum class OutputFormat { table, json, csv };

/// `lockin run [SCENARIO]`
struct RunCommand {
  std::string scenario;  ///< empty: the bundled baseline
  std::optional<EngineKind> engine;
  std::optional<std::uint64_t> replications, seed, threads, customers;
  std::optional<std::uint64_t> only;  ///< this replication of the ensemble alone
  bool allow_failures = false;
  bool resume = false;  ///< go on from the checkpoint beside `out`
  std::optional<double> checkpoint_seconds;
  std::string until;  ///< empty: all replications
  std::vector<std::string> overrides;
  std::string out;  ///< empty: no files
  OutputFormat format = OutputFormat::table;
};

/// `lockin compare FIRST OTHER [...]`
struct CompareCommand {
  std::vector<std::string> scenarios;  ///< two or more; the others are compared with the first
  RunCommand run;                      ///< options that hold for all
};

/// `lockin split [SCENARIO]`
struct SplitCommand {
  RunCommand run;  ///< its scenario and options
  std::optional<std::uint64_t> draws, shocks, customers;
};

/// `lockin check SCENARIO`
struct CheckCommand {
  std::string scenario;
  std::vector<std::string> overrides;
  std::string resolved;  ///< empty: not written; `-`: standard output
};

/// `lockin report DIR`
struct ReportCommand {
  std::string folder;
};

/// `lockin plot DIR`
struct PlotCommand {
  std::string folder;
  std::string chart;  ///< empty: list them
  std::string out;    ///< empty or `-`: standard output
  std::optional<std::uint64_t> width, height;
};

/// `lockin scenarios`
struct ScenariosCommand {
  std::string copy;  ///< empty: list them
  std::string to;    ///< empty: NAME.toml; `-`: standard output
};

// What the processes other than rank 0 do while it executes the same command.
int help(const RunCommand& command, const Processes& processes);
int help(const CompareCommand& command, const Processes& processes);
int help(const SplitCommand& command, const Processes& processes);

// Each does what was asked and returns an exit status; errors are exceptions.
int execute(const RunCommand& command, const Processes& processes);
int execute(const CompareCommand& command, const Processes& processes);
int execute(const SplitCommand& command, const Processes& processes);
int execute(const ReportCommand& command);
int execute(const PlotCommand& command);
int execute(const CheckCommand& command);
int execute(const ScenariosCommand& command);

/// The bundled scenario that a run without a scenario takes.
inline constexpr const char* baseline = "china_ai_cloud";

}  // namespace lockin::cli
