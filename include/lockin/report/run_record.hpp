#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lockin/scenario/scenario.hpp"

namespace lockin {

/// The computer that a run was made on; says nothing about its user or its name.
struct Machine {
  std::string system;          ///< `Linux 6.1.0 x86_64`
  std::string processor;       ///< model name, empty where the system does not say
  std::size_t processors = 0;  ///< that run at once

  /// This computer.
  [[nodiscard]] static Machine here();
};

/// What a run was: enough to make it again bit for bit, and to say what it was above its results.
struct RunRecord {
  std::string version;                 ///< of lockin
  std::string scenario;                ///< the scenario's name
  std::string title;                   ///< heading of the report
  std::string currency;                ///< unit of revenue, empty: none
  std::string resolved;                ///< the resolved scenario (TOML)
  std::vector<std::string> overrides;  ///< `KEY=VALUE`, as the command was given them
  std::string engine;                  ///< `agent`, `cohort` or `mean_field`
  std::string engine_from;             ///< who named it: `scenario`, `--engine` or `default`; empty: not said
  std::uint64_t seed = 0;              ///< of all random numbers
  std::uint64_t replications = 1;      ///< how many histories
  std::uint64_t failed_replications = 0;   ///< of them, left out of the results
  std::uint32_t replication = 0;           ///< which history of that seed, if it is one
  std::optional<std::uint64_t> customers;  ///< simulated; nothing where the engine has no single customers
  std::size_t uncertain_numbers = 0;       ///< how many numbers of the scenario are distributions
  bool uncertain_drawn = false;            ///< they were drawn; else they stood at their means
  bool shocks_drawn = false;               ///< processes were drawn; else they followed their means
  std::string design;                      ///< how numbers were drawn; empty: they were not
  std::vector<std::uint64_t> nested;       ///< of a variance split: draws, shocks, customers; else empty
  std::size_t threads = 0;                 ///< results do not depend on them
  double wall_seconds = 0;                 ///< of the simulation
  Machine machine;                         ///< where it was made
};

/// The record of a run of a scenario as it is, on this computer: what it says of engine, seed, replications and customers. The wall time
/// and failed replications are for the caller to fill in.
/// @param scenario what is run; settings that differ from it are given to it as overrides when it is read
[[nodiscard]] RunRecord run_record(const Scenario& scenario);

/// Name of the file of a record, and what marks a folder as one that lockin wrote.
inline constexpr std::string_view record_file = "run.json";
/// What `written_by` says in a record of ours.
inline constexpr std::string_view record_writer = "lockin";

/// The record as JSON, keys in this order: `written_by`, the fields above, the hash of the resolved scenario as
/// `fnv1a64:` and 16 hexadecimal digits, and `files`, the names of all files of the folder. Seeds are exact integers.
[[nodiscard]] std::string to_json(const RunRecord& record, const std::vector<std::string>& files = {});

/// 64-bit FNV-1a of a text's bytes (Fowler, Noll and Vo; offset 0xcbf29ce484222325, prime 0x100000001b3). It tells
/// apart scenarios that differ by accident; it is no protection against forgery.
[[nodiscard]] std::uint64_t fnv1a64(std::string_view text);
/// That hash as records have it: `fnv1a64:` and 16 hexadecimal digits.
[[nodiscard]] std::string hash_of(std::string_view text);

}  // namespace lockin
