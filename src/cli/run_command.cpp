#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/commands.hpp"
#include "cli/ensemble_file.hpp"
#include "cli/running.hpp"
#include "cli/standard_streams.hpp"
#include "cli/stopping_rule.hpp"
#include "lockin/ensemble/run_ensemble.hpp"
#include "lockin/report/display_width.hpp"
#include "lockin/report/rankings_json.hpp"
#include "lockin/report/terminal.hpp"
#include "lockin/report/tidy_csv.hpp"

namespace lockin::cli {
namespace {

/// One history: that of the scenario, or one replication of an ensemble.
Trajectory run_one(const RunCommand& command, const Scenario& scenario, std::size_t threads,
                   const std::string& title) {
  Progress progress(fmt::format("simulating {} ...", printable(title)));
  Replication of = replication_of(scenario, {}, command.only.value_or(0));
  of.settings.threads = threads;
  const Calendar calendar(scenario.spec.start, scenario.spec.end, scenario.spec.period);
  if (progress.shown())
    of.settings.observer = [&progress, calendar](const PeriodView& view) {
      if (view.t >= 0)
        progress.show(fmt::format("simulating: {} is done, {} of {}", calendar.label(view.t), view.t + 1,
                                  calendar.size()));
    };
  return simulate(Market(std::move(of.spec)), of.settings);
}

template <class Results>
void show(OutputFormat format, const Results& results, const RunRecord& record) {
  print_as(
      format, [&] { return terminal_report(results, record, {.colour = colour_wanted()}); },
      [&] { return rankings_json(results, record); }, [&] { return shares_csv(results); });
}

}  // namespace

int execute(const RunCommand& command, const Processes& processes) {
  std::unique_ptr<OutputFolder> folder = checked_folder(command.out);
  const Scenario scenario = load(command, command.scenario);
  const std::uint64_t replications = scenario.run.replications;
  if (command.only && *command.only >= replications)
    throw UsageError(fmt::format("--only: {} is not a replication (0..{})", *command.only, replications - 1));
  if (!command.until.empty() && (replications == 1 || command.only))
    throw UsageError("--until: needs --replications R, how many there may be at most");
  if (command.keep_replications && (replications == 1 || command.only))
    throw UsageError("--keep-replications: needs --replications R, more than one");
  const std::size_t threads = threads_of(command, processes);
  RunRecord record = record_of(command, scenario, threads);
  const auto start = std::chrono::steady_clock::now();
  const auto seconds = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  if (replications == 1 || command.only) {
    tell_helpers(processes, {});
    record.replication = static_cast<std::uint32_t>(command.only.value_or(0));
    const Trajectory path = run_one(command, scenario, threads, record.title);
    record.wall_seconds = seconds();
    if (folder) {
      ResultFiles files = result_tables(path);
      files["scenario.toml"] = record.resolved;
      write_results(std::move(folder), std::move(files), record);
    }
    show(command.format, path, record);
    return done;
  }
  const EnsembleFile ensemble_file(command, folder.get());
  EnsembleOptions options = ensemble_options(command, folder.get(), threads, processes);
  options.replication_file = ensemble_file.replications();
  if (!command.until.empty()) options.until = stopping_rule(command.until, scenario);
  tell_helpers(processes, {scenario});
  const Ensemble ensemble = run_stoppable(
      options, [&](const EnsembleOptions& stoppable) { return run_ensemble(scenario, stoppable); });
  record.wall_seconds = seconds();
  record.replications = ensemble.replications();
  if (options.until) {
    RunCommand as_run = command;  // the same results as asking for this number
    as_run.replications = record.replications;
    record.resolved = load(as_run, command.scenario).resolved;
    if (!(ensemble.largest_se() <= options.until->se))
      note(fmt::format("lockin: after all {} replications the error is {:.2g}, above --until se={}",
                       record.replications, ensemble.largest_se(), options.until->se));
  }
  record.failed_replications = ensemble.failed().size();
  if (folder) {
    ResultFiles files = result_tables(ensemble);
    files["scenario.toml"] = record.resolved;
    write_results(std::move(folder), std::move(files), record, ensemble_file.of(ensemble, record));
    remove_checkpoint(options);
  }
  show(command.format, ensemble, record);
  return done;
}

int help(const RunCommand& command, const Processes& processes) {
  return help_with(command, processes,
                   [](const auto& scenarios, const auto& options) { help_ensemble(scenarios[0], options); });
}

}  // namespace lockin::cli
