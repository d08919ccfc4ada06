#include "cli/running.hpp"

#include <fmt/format.h>

#include "cli/find_scenario.hpp"
#include "lockin/error.hpp"
#include "lockin/report/html_report.hpp"
#include "lockin/scenario/load.hpp"

namespace lockin::cli {

std::size_t threads_of(const RunCommand& command, const Processes& processes) {
  return command.threads ? static_cast<std::size_t>(*command.threads) : processes.processors();
}

Scenario load(const RunCommand& command, const std::string& name) {
  std::vector<std::string> overrides = command.overrides;
  if (command.engine) overrides.push_back(fmt::format("run.engine=\"{}\"", name_of(*command.engine)));
  if (command.seed) overrides.push_back(fmt::format("run.seed={}", *command.seed));
  if (command.customers) overrides.push_back(fmt::format("run.customers={}", *command.customers));
  if (command.replications) overrides.push_back(fmt::format("run.replications={}", *command.replications));
  try {
    return find_scenario(name.empty() ? baseline : name, overrides);
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

RunRecord record_of(const RunCommand& command, const Scenario& scenario, std::size_t threads) {
  RunRecord record = run_record(scenario);
  record.replications = 1;  // until they are run
  record.overrides = command.overrides;
  if (command.engine) record.engine_from = "--engine";
  record.threads = threads;
  return record;
}

std::unique_ptr<OutputFolder> checked_folder(const std::string& out) {
  if (out.empty()) return nullptr;
  const FinishWriting finish;
  auto folder = std::make_unique<OutputFolder>(out);
  finish.stop_if_interrupted();
  return folder;
}

void write_results(std::unique_ptr<OutputFolder> given, ResultFiles texts, const RunRecord& record,
                   const std::vector<WrittenFile>& others) {
  const FinishWriting finish;
  const std::unique_ptr<OutputFolder> folder = std::move(given);  // cleans up before signals act again
  std::vector<std::string> files;
  files.reserve(texts.size() + 1 + others.size());
  for (const auto& [name, text] : texts) files.push_back(name);
  files.emplace_back(report_file);
  for (const WrittenFile& other : others) files.push_back(other.name);
  texts[std::string(record_file)] = to_json(record, files);
  texts[report_file] = html_report(texts);
  for (const auto& [name, text] : texts) {
    finish.stop_if_interrupted();
    folder->write(name, text);
  }
  const auto look = [&finish] { finish.stop_if_interrupted(); };
  for (const WrittenFile& other : others) {
    folder->write(other.name, [&](const std::filesystem::path& path) { other.write(path, look); });
    look();
  }
  finish.stop_if_interrupted();
  folder->commit();
  note(fmt::format("lockin: results are in {}", folder->target().string()));
}

std::function<bool(const EnsembleStatus&)> EnsembleProgress::function() {
  return [this](const EnsembleStatus& status) {
    if (!before_) before_ = status.done - 1;
    if (!line_.shown()) return !stop_.asked();
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    const double rate = static_cast<double>(status.done - *before_) / seconds;
    const std::string error = status.se ? fmt::format(", error {:.2g}", *status.se) : "";
    line_.show(fmt::format("simulating: {} of {}, {:.3g} a second, {:.0f} s left{}", status.done, status.all,
                           rate, static_cast<double>(status.all - status.done) / rate, error));
    return !stop_.asked();
  };
}

std::filesystem::path checkpoint_of(const OutputFolder& folder) {
  return folder.target().string() + ".checkpoint";
}

EnsembleOptions ensemble_options(const RunCommand& command, const OutputFolder* folder, std::size_t threads,
                                 const Processes& processes) {
  EnsembleOptions options;
  options.ranks = processes.ranks();
  options.threads = threads;
  options.allow_failures = command.allow_failures;
  options.resume = command.resume;
  if (command.checkpoint_seconds) options.checkpoint_seconds = *command.checkpoint_seconds;
  if (folder != nullptr) options.checkpoint = checkpoint_of(*folder);
  return options;
}

void tell_helpers(const Processes& processes, const std::vector<Scenario>& scenarios) {
  if (processes.ranks() == nullptr) return;
  std::vector<std::string> texts;
  texts.reserve(scenarios.size());
  for (const Scenario& scenario : scenarios) texts.push_back(scenario.resolved);
  share(*processes.ranks(), texts);
}

std::vector<Scenario> told_scenarios(const Processes& processes) {
  std::vector<std::string> texts;
  share(*processes.ranks(), texts);
  std::vector<Scenario> scenarios;
  scenarios.reserve(texts.size());
  for (const std::string& text : texts) scenarios.push_back(parse_scenario(text, "scenario"));
  return scenarios;
}

void say_stopped(const EnsembleStopped& stopped, const EnsembleOptions& options) {
  if (stopped.kept())
    throw Interrupted(fmt::format("{} holds {} replications; the same command with --resume goes on",
                                  options.checkpoint.string(), stopped.done()));
  throw Interrupted();
}

void remove_checkpoint(const EnsembleOptions& options) {
  if (options.checkpoint.empty()) return;
  std::error_code ignored;
  std::filesystem::remove(options.checkpoint, ignored);
  std::filesystem::remove(options.checkpoint.string() + ".new", ignored);
}

}  // namespace lockin::cli
