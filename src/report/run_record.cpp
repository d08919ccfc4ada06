#include "lockin/report/run_record.hpp"

#include <sys/utsname.h>

#include <fmt/format.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>
#include <thread>

#include "lockin/version.hpp"

namespace lockin {
namespace {

std::string processor_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("model name")) continue;
    const std::size_t start = line.find_first_not_of(" \t", line.find(':') + 1);
    return start == std::string::npos ? std::string() : line.substr(start);
  }
  return {};
}

}  // namespace

Machine Machine::here() {
  Machine machine;
  utsname names = {};
  if (uname(&names) == 0)
    machine.system = fmt::format("{} {} {}", names.sysname, names.release, names.machine);
  machine.processor = processor_name();
  machine.processors = std::thread::hardware_concurrency();
  return machine;
}

namespace {

std::uint64_t customers_of(const Scenario& scenario) {
  if (scenario.run.customers) return *scenario.run.customers;
  const auto& segments = scenario.spec.segments;
  return std::accumulate(segments.begin(), segments.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const SegmentSpec& s) { return sum + s.customers; });
}

}  // namespace

RunRecord run_record(const Scenario& scenario) {
  const RunSection& run = scenario.run;
  RunRecord record;
  record.version = version();
  record.scenario = scenario.name;
  record.title = scenario.spec.title.empty() ? scenario.name : scenario.spec.title;
  record.currency = scenario.spec.currency;
  record.resolved = scenario.resolved;
  record.engine = name_of(run.engine);
  record.engine_from = run.engine_is_default ? "default" : "scenario";
  record.seed = run.seed;
  record.replications = run.replications;
  if (run.engine != EngineKind::mean_field) record.customers = customers_of(scenario);
  record.uncertain_numbers = scenario.uncertain.size();
  record.uncertain_drawn = !scenario.uncertain.empty() && run.draw_parameters.value_or(run.replications > 1);
  record.shocks_drawn = run.draw_shocks.value_or(run.replications > 1);
  if (record.uncertain_drawn) record.design = name_of(run.design);
  record.machine = Machine::here();
  return record;
}

std::string to_json(const RunRecord& record, const std::vector<std::string>& files) {
  nlohmann::ordered_json json;
  json["written_by"] = record_writer;
  json["version"] = record.version;
  json["scenario"] = record.scenario;
  json["title"] = record.title;
  json["currency"] = record.currency;
  json["engine"] = record.engine;
  json["engine_from"] = record.engine_from;
  json["seed"] = record.seed;
  json["replications"] = record.replications;
  json["failed_replications"] = record.failed_replications;
  json["replication"] = record.replication;
  json["customers"] = record.customers ? nlohmann::ordered_json(*record.customers) : nlohmann::ordered_json();
  json["uncertain_numbers"] = record.uncertain_numbers;
  json["uncertain_drawn"] = record.uncertain_drawn;
  json["shocks_drawn"] = record.shocks_drawn;
  json["design"] = record.design;
  if (!record.nested.empty()) json["nested"] = record.nested;
  json["overrides"] = record.overrides;
  json["threads"] = record.threads;
  json["wall_seconds"] = record.wall_seconds;
  json["machine"] = {{"system", record.machine.system},
                     {"processor", record.machine.processor},
                     {"processors", record.machine.processors}};
  json["scenario_hash"] = hash_of(record.resolved);
  json["resolved_scenario"] = record.resolved;
  json["files"] = files;
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

std::uint64_t fnv1a64(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return hash;
}

std::string hash_of(std::string_view text) { return fmt::format("fnv1a64:{:016x}", fnv1a64(text)); }

}  // namespace lockin
