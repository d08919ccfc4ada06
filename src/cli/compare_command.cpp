#include <fmt/format.h>

#include <chrono>
#include <set>

#include "cli/running.hpp"
#include "lockin/report/comparison_report.hpp"
#include "lockin/report/tidy_csv.hpp"

namespace lockin::cli {
int execute(const CompareCommand& command, const Processes& processes) {
  std::unique_ptr<OutputFolder> folder = checked_folder(command.run.out);
  std::vector<Scenario> scenarios;
  std::set<std::string> names;
  for (const std::string& name : command.scenarios) {
    scenarios.push_back(load(command.run, name));
    if (!names.insert(scenarios.back().name).second)
      throw UsageError(fmt::format("compare: two scenarios are named {}", scenarios.back().name));
  }
  const std::size_t threads = threads_of(command.run, processes);
  RunRecord record = record_of(command.run, scenarios[0], threads);
  const EnsembleOptions options = ensemble_options(command.run, folder.get(), threads, processes);
  tell_helpers(processes, scenarios);
  const auto start = std::chrono::steady_clock::now();
  const Comparison comparison =
      run_stoppable(options, [&](const EnsembleOptions& stoppable) { return compare(scenarios, stoppable); });
  record.wall_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  record.replications = comparison.ensembles()[0].replications();
  for (const Ensemble& ensemble : comparison.ensembles())
    record.failed_replications += ensemble.failed().size();
  if (folder) {
    ResultFiles files{{"comparison.csv", comparison_csv(comparison)}};
    for (std::size_t k = 0; k < scenarios.size(); ++k) {
      files["scenario_" + scenarios[k].name + ".toml"] = scenarios[k].resolved;
      files["ranks_" + scenarios[k].name + ".csv"] = ranks_csv(comparison.ensembles()[k]);
      files["annual_ranks_" + scenarios[k].name + ".csv"] = annual_ranks_csv(comparison.ensembles()[k]);
    }
    write_results(std::move(folder), std::move(files), record);
    remove_checkpoint(options);
  }
  print_as(
      command.run.format, [&] { return terminal_report(comparison, record, {.colour = colour_wanted()}); },
      [&] { return comparison_json(comparison, record); }, [&] { return comparison_csv(comparison); });
  return done;
}

int help(const CompareCommand& command, const Processes& processes) {
  return help_with(command.run, processes,
                   [](const auto& scenarios, const auto& options) { help_compare(scenarios, options); });
}

}  // namespace lockin::cli
