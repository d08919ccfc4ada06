#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cli/commands.hpp"
#include "cli/interruption.hpp"
#include "cli/standard_streams.hpp"
#include "lockin/ensemble/run_ensemble.hpp"
#include "lockin/report/output_folder.hpp"
#include "lockin/report/result_files.hpp"
#include "lockin/report/run_record.hpp"
#include "lockin/scenario/scenario.hpp"

namespace lockin::cli {

/// Threads that were asked for, or one for each processor.
std::size_t threads_of(const RunCommand& command, const Processes& processes);
/// A scenario (empty: the baseline) with the command's options over its `[run]`, so that the resolved scenario alone repeats the run.
Scenario load(const RunCommand& command, const std::string& name);
/// What is known of a run before it is made.
RunRecord record_of(const RunCommand& command, const Scenario& scenario, std::size_t threads);
/// The folder that was asked for, checked before the run that may be long; null if none was.
std::unique_ptr<OutputFolder> checked_folder(const std::string& out);

/// The checkpoint of a run whose results go to that folder.
std::filesystem::path checkpoint_of(const OutputFolder& folder);

/// A file that is not a text: its name, and what writes it to a path, calling the function now and then so that a signal can end it.
struct WrittenFile {
  std::string name;
  std::function<void(const std::filesystem::path&, const std::function<void()>&)> write;
};
/// Writes the files, the record of the run and its page, and puts the folder in its place.
void write_results(std::unique_ptr<OutputFolder> given, ResultFiles texts, const RunRecord& record,
                   const std::vector<WrittenFile>& others = {});

[[noreturn]] void say_stopped(const EnsembleStopped& stopped, const EnsembleOptions& options);

/// How far an ensemble is, on a terminal.
class EnsembleProgress {
 public:
  EnsembleProgress() : line_("simulating ...") {}
  /// For `EnsembleOptions::progress`; false once a signal came. Must not outlive this.
  [[nodiscard]] std::function<bool(const EnsembleStatus&)> function();

 private:
  StopSoon stop_;
  Progress line_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::optional<std::uint64_t> before_;  // of a resumed checkpoint
};

/// Options of a command for its ensemble. The folder may be null: then there is no checkpoint.
EnsembleOptions ensemble_options(const RunCommand& command, const OutputFolder* folder, std::size_t threads,
                                 const Processes& processes);
/// Tells the helping processes which scenarios are run; none: there is nothing to help with.
void tell_helpers(const Processes& processes, const std::vector<Scenario>& scenarios);
/// What rank 0 told.
std::vector<Scenario> told_scenarios(const Processes& processes);
/// Runs `work(scenarios, options)` as a helper, if there is something to help with.
template <class Work>
int help_with(const RunCommand& command, const Processes& processes, const Work& work) {
  const StopSoon rank_0_says_when;
  const std::vector<Scenario> scenarios = told_scenarios(processes);
  if (!scenarios.empty())
    work(scenarios, ensemble_options(command, nullptr, threads_of(command, processes), processes));
  return done;
}
/// Runs an ensemble, or a comparison, that can be stopped; it says then how to go on.
/// @throws Interrupted
template <class Run>
auto run_stoppable(EnsembleOptions options, const Run& run) {
  try {
    EnsembleProgress progress;
    options.progress = progress.function();
    return run(options);
  } catch (const EnsembleStopped& stopped) {
    say_stopped(stopped, options);
  }
}
/// Prints the text that was asked for; each is written when it is wanted.
template <class Table, class Json, class Csv>
void print_as(OutputFormat format, const Table& table, const Json& json, const Csv& csv) {
  print(format == OutputFormat::table ? table() : format == OutputFormat::json ? json() : csv());
}
/// The checkpoint is not needed any more.
void remove_checkpoint(const EnsembleOptions& options);

}  // namespace lockin::cli
