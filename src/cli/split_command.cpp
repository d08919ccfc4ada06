#include <chrono>

#include "cli/running.hpp"
#include "lockin/report/split_report.hpp"

namespace lockin::cli {

namespace {

NestedDesign design_of(const SplitCommand& command) {
  NestedDesign design;
  design.draws = command.draws.value_or(design.draws);
  design.shocks = command.shocks.value_or(design.shocks);
  design.customers = command.customers.value_or(design.customers);
  return design;
}

}  // namespace

int execute(const SplitCommand& command, const Processes& processes) {
  std::unique_ptr<OutputFolder> folder = checked_folder(command.run.out);
  const Scenario scenario = load(command.run, command.run.scenario);
  const std::size_t threads = threads_of(command.run, processes);
  RunRecord record = record_of(command.run, scenario, threads);
  const EnsembleOptions options = ensemble_options(command.run, folder.get(), threads, processes);
  tell_helpers(processes, {scenario});
  const auto start = std::chrono::steady_clock::now();
  const VarianceSplit split = run_stoppable(options, [&](const EnsembleOptions& stoppable) {
    return split_variance(scenario, design_of(command), stoppable);
  });
  record.wall_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  record.replications = split.ensemble().replications();
  record.shocks_drawn = true;
  record.uncertain_drawn = !scenario.uncertain.empty();
  record.design = "nested";
  record.nested = {split.design().draws, split.design().shocks, split.design().customers};
  if (folder) {
    write_results(std::move(folder),
                  {{"variance.csv", variance_csv(split)}, {"scenario.toml", record.resolved}}, record);
    remove_checkpoint(options);
  }
  print_as(
      command.run.format, [&] { return terminal_report(split, record, {.colour = colour_wanted()}); },
      [&] { return split_json(split, record); }, [&] { return variance_csv(split); });
  return done;
}

int help(const SplitCommand& command, const Processes& processes) {
  return help_with(command.run, processes, [&](const auto& scenarios, const auto& options) {
    help_split(scenarios[0], design_of(command), options);
  });
}

}  // namespace lockin::cli
