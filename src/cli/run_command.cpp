#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <numeric>
#include <optional>
#include <thread>

#include "cli/commands.hpp"
#include "cli/find_scenario.hpp"
#include "cli/interruption.hpp"
#include "cli/standard_streams.hpp"
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
  return find_scenario(command.scenario.empty() ? baseline : command.scenario, overrides);
}

/// What this version cannot do is refused where the user asked for it, and said where the scenario did.
EngineKind engine_of(const RunCommand& command, const Scenario& scenario) {
  const EngineKind engine = scenario.run.engine;
  if (engine != EngineKind::cohort) return engine;
  if (command.engine)
    throw UsageError("--engine: the cohort engine comes in the next version",
                     "agent gives the same distribution, mean-field its expectation");
  note(
      "lockin: note: the scenario asks for the cohort engine, which comes in the next version; this is the "
      "agent engine, "
      "whose results have the same distribution");
  return EngineKind::agent;
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
  record.seed = scenario.run.seed;
  if (engine != EngineKind::mean_field) record.customers = customers_of(scenario);
  record.uncertain_numbers = scenario.uncertain.size();
  record.threads = threads;
  record.machine = Machine::here();
  return record;
}

void write_results(OutputFolder& folder, const Trajectory& path, const RunRecord& record,
                   const FinishWriting& finish) {
  std::vector<std::string> files;
  const auto write = [&](const std::string& name, std::string_view content) {
    folder.write(name, content);
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
  folder.commit();
}

}  // namespace

int execute(const RunCommand& command) {
  if (command.replications.value_or(1) > 1)
    throw UsageError(
        fmt::format("--replications: {} runs: this version makes one; ensembles come in the next",
                    *command.replications));
  std::optional<FinishWriting> finish;  // outlives the folder, which takes away what is half-written
  std::unique_ptr<OutputFolder> folder;
  if (!command.out.empty()) {
    finish.emplace();
    folder = std::make_unique<OutputFolder>(command.out);
    finish->stop_if_interrupted();
    finish.reset();
  }
  const Scenario scenario = load(command);
  if (scenario.run.replications > 1)
    note(fmt::format("lockin: note: the scenario asks for {} replications; this version makes one of them",
                     scenario.run.replications));
  const EngineKind engine = engine_of(command, scenario);
  const std::size_t threads = command.threads ? static_cast<std::size_t>(*command.threads)
                                              : std::max(1u, std::thread::hardware_concurrency());
  RunRecord record = record_of(command, scenario, engine, threads);

  const auto start = std::chrono::steady_clock::now();
  const Trajectory path = [&] {
    const Progress progress(fmt::format("simulating {} ...", record.title));
    ScenarioRunOptions options;
    options.engine = engine;
    options.threads = threads;
    return simulate(scenario, options);  // seed and customers are in the scenario
  }();
  record.wall_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();

  if (folder) {
    finish.emplace();
    write_results(*folder, path, record, *finish);
    finish.reset();
    note(fmt::format("lockin: results are in {}", folder->target().string()));
  }
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
