#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <numeric>
#include <thread>

#include "cli/commands.hpp"
#include "cli/find_scenario.hpp"
#include "cli/interruption.hpp"
#include "cli/standard_streams.hpp"
#include "lockin/ensemble/run_ensemble.hpp"
#include "lockin/error.hpp"
#include "lockin/report/display_width.hpp"
#include "lockin/report/output_folder.hpp"
#include "lockin/report/rankings_json.hpp"
#include "lockin/report/run_record.hpp"
#include "lockin/report/terminal.hpp"
#include "lockin/report/tidy_csv.hpp"
#include "lockin/version.hpp"

namespace lockin::cli {
namespace {

/// The scenario with the command's options over its `[run]`, so that the resolved scenario alone repeats the run.
Scenario load(const RunCommand& command) {
  std::vector<std::string> overrides = command.overrides;
  if (command.engine) overrides.push_back(fmt::format("run.engine=\"{}\"", name_of(*command.engine)));
  if (command.seed) overrides.push_back(fmt::format("run.seed={}", *command.seed));
  if (command.customers) overrides.push_back(fmt::format("run.customers={}", *command.customers));
  if (command.replications) overrides.push_back(fmt::format("run.replications={}", *command.replications));
  try {
    return find_scenario(command.scenario.empty() ? baseline : command.scenario, overrides);
  } catch (const InputError& error) {
    std::vector<PlacedProblem> problems = error.problems();
    for (PlacedProblem& p : problems) {
      if (!command.customers || p.place.file != "--set" || p.problem.key != "run.customers") continue;
      p.place.file = "--customers";  // as the user gave it
      p.place.line = p.place.column = 0;
    }
    throw InputError(std::move(problems));
  }
}

std::uint64_t customers_of(const Scenario& scenario) {
  if (scenario.run.customers) return *scenario.run.customers;
  const auto& segments = scenario.spec.segments;
  return std::accumulate(segments.begin(), segments.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const SegmentSpec& s) { return sum + s.customers; });
}

RunRecord record_of(const RunCommand& command, const Scenario& scenario, EngineKind engine,
                    std::size_t threads) {
  RunRecord record;
  record.version = version();
  record.scenario = scenario.name;
  record.title = scenario.spec.title.empty() ? scenario.name : scenario.spec.title;
  record.currency = scenario.spec.currency;
  record.resolved = scenario.resolved;
  record.overrides = command.overrides;
  record.engine = name_of(engine);
  record.engine_from = command.engine ? "--engine" : scenario.run.engine_is_default ? "default" : "scenario";
  record.seed = scenario.run.seed;
  if (engine != EngineKind::mean_field) record.customers = customers_of(scenario);
  record.uncertain_numbers = scenario.uncertain.size();
  record.uncertain_drawn =
      !scenario.uncertain.empty() && scenario.run.draw_parameters.value_or(scenario.run.replications > 1);
  record.shocks_drawn = scenario.run.draw_shocks.value_or(scenario.run.replications > 1);
  if (record.uncertain_drawn) record.design = name_of(scenario.run.design);
  record.threads = threads;
  record.machine = Machine::here();
  return record;
}

/// The folder that was asked for, checked before the run that may be long; null if none was.
std::unique_ptr<OutputFolder> checked_folder(const std::string& out) {
  if (out.empty()) return nullptr;
  const FinishWriting finish;
  auto folder = std::make_unique<OutputFolder>(out);
  finish.stop_if_interrupted();
  return folder;
}

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

Ensemble run_all(const RunCommand& command, const Scenario& scenario, std::size_t threads) {
  Progress progress("simulating ...");
  EnsembleOptions options;
  options.threads = threads;
  options.allow_failures = command.allow_failures;
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  if (progress.shown())
    options.progress = [&](std::uint64_t done, std::uint64_t all) {
      const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
      const double rate = static_cast<double>(done) / seconds;
      progress.show(fmt::format("simulating: {} of {} replications, {:.3g} a second, {:.0f} s left", done,
                                all, rate, static_cast<double>(all - done) / rate));
      return true;
    };
  return run_ensemble(scenario, options);
}

/// The tables of a run or of an ensemble; `more` are (name, text) of further files.
template <class Results>
void write_results(std::unique_ptr<OutputFolder> given, const Results& results, const RunRecord& record,
                   const std::vector<std::pair<std::string, std::string>>& more = {}) {
  const FinishWriting finish;
  const std::unique_ptr<OutputFolder> folder = std::move(given);  // cleans up before signals act again
  std::vector<std::string> files;
  const auto write = [&](const std::string& name, std::string_view content) {
    folder->write(name, content);
    files.push_back(name);
    finish.stop_if_interrupted();
  };
  write("shares.csv", shares_csv(results));
  write("annual.csv", annual_csv(results));
  write("switching.csv", switching_csv(results));
  write("ranks.csv", ranks_csv(results));
  write("crossings.csv", crossings_csv(results));
  for (const auto& [name, content] : more) write(name, content);
  write("scenario.toml", record.resolved);
  write(std::string(record_file), to_json(record, files));
  folder->commit();
  note(fmt::format("lockin: results are in {}", folder->target().string()));
}

template <class Results>
void show(OutputFormat format, const Results& results, const RunRecord& record) {
  switch (format) {
    case OutputFormat::table:
      print(terminal_report(results, record, {.colour = colour_wanted()}));
      break;
    case OutputFormat::json:
      print(rankings_json(results, record));
      break;
    case OutputFormat::csv:
      print(shares_csv(results));
      break;
  }
}

}  // namespace

int execute(const RunCommand& command) {
  std::unique_ptr<OutputFolder> folder = checked_folder(command.out);
  const Scenario scenario = load(command);
  const std::uint64_t replications = scenario.run.replications;
  if (command.only && *command.only >= replications)
    throw UsageError(fmt::format("--only: {} is not a replication (0..{})", *command.only, replications - 1));
  const EngineKind engine = scenario.run.engine;
  const std::size_t threads = command.threads ? static_cast<std::size_t>(*command.threads)
                                              : std::max(1u, std::thread::hardware_concurrency());
  RunRecord record = record_of(command, scenario, engine, threads);
  const auto start = std::chrono::steady_clock::now();
  const auto seconds = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  if (replications == 1 || command.only) {
    record.replication = static_cast<std::uint32_t>(command.only.value_or(0));
    const Trajectory path = run_one(command, scenario, threads, record.title);
    record.wall_seconds = seconds();
    if (folder) write_results(std::move(folder), path, record);
    show(command.format, path, record);
    return done;
  }
  const Ensemble ensemble = run_all(command, scenario, threads);
  record.wall_seconds = seconds();
  record.replications = replications;
  record.failed_replications = ensemble.failed().size();
  if (folder) write_results(std::move(folder), ensemble, record, {{"draws.csv", draws_csv(ensemble)}});
  show(command.format, ensemble, record);
  return done;
}

}  // namespace lockin::cli
