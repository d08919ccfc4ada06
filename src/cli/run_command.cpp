#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <numeric>
#include <thread>

#include "cli/commands.hpp"
#include "cli/find_scenario.hpp"
#include "cli/interruption.hpp"
#include "cli/standard_streams.hpp"
#include "lockin/error.hpp"
#include "lockin/report/display_width.hpp"
#include "lockin/report/output_folder.hpp"
#include "lockin/report/rankings_json.hpp"
#include "lockin/report/run_record.hpp"
#include "lockin/report/terminal.hpp"
#include "lockin/report/tidy_csv.hpp"
#include "lockin/scenario/simulate_scenario.hpp"
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

Trajectory run(const Scenario& scenario, EngineKind engine, std::size_t threads, const std::string& title) {
  Progress progress(fmt::format("simulating {} ...", printable(title)));
  ScenarioRunOptions options;
  options.engine = engine;
  options.threads = threads;  // seed and customers are in the scenario
  if (progress.shown()) {
    const Calendar calendar(scenario.spec.start, scenario.spec.end, scenario.spec.period);
    options.observer = [&progress, calendar](const PeriodView& view) {
      if (view.t >= 0)
        progress.show(fmt::format("simulating: {} is done, {} of {}", calendar.label(view.t), view.t + 1,
                                  calendar.size()));
    };
  }
  return simulate(scenario, options);
}

void write_results(std::unique_ptr<OutputFolder> given, const Trajectory& path, const RunRecord& record) {
  const FinishWriting finish;
  const std::unique_ptr<OutputFolder> folder = std::move(given);  // cleans up before signals act again
  std::vector<std::string> files;
  const auto write = [&](const std::string& name, std::string_view content) {
    folder->write(name, content);
    files.push_back(name);
    finish.stop_if_interrupted();
  };
  write("shares.csv", shares_csv(path));
  write("annual.csv", annual_csv(path));
  write("switching.csv", switching_csv(path));
  write("ranks.csv", ranks_csv(path));
  write("crossings.csv", crossings_csv(path));
  write("scenario.toml", record.resolved);
  write(std::string(record_file), to_json(record, files));
  folder->commit();
  note(fmt::format("lockin: results are in {}", folder->target().string()));
}

}  // namespace

int execute(const RunCommand& command) {
  if (const std::uint64_t runs = command.replications.value_or(1); runs > 1)
    throw UsageError(
        fmt::format("--replications: {} runs: this version makes one; ensembles come in the next", runs));
  std::unique_ptr<OutputFolder> folder = checked_folder(command.out);
  const Scenario scenario = load(command);
  if (scenario.run.replications > 1)
    note(fmt::format("lockin: note: the scenario asks for {} replications; this version makes one of them",
                     scenario.run.replications));
  const EngineKind engine = scenario.run.engine;
  const std::size_t threads = command.threads ? static_cast<std::size_t>(*command.threads)
                                              : std::max(1u, std::thread::hardware_concurrency());
  RunRecord record = record_of(command, scenario, engine, threads);

  const auto start = std::chrono::steady_clock::now();
  const Trajectory path = run(scenario, engine, threads, record.title);
  record.wall_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();

  if (folder) write_results(std::move(folder), path, record);
  switch (command.format) {
    case OutputFormat::table:
      print(terminal_report(path, record, {.colour = colour_wanted()}));
      break;
    case OutputFormat::json:
      print(rankings_json(path, record));
      break;
    case OutputFormat::csv:
      print(shares_csv(path));
      break;
  }
  return done;
}

}  // namespace lockin::cli
