#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>

#include "lockin/scenario/scenario.hpp"
#include "lockin/simulation/simulate.hpp"

namespace lockin {

/// What a run does differently from what the scenario says; nothing: as the scenario says.
struct ScenarioRunOptions {
  std::optional<EngineKind> engine = {};
  std::optional<std::uint64_t> seed = {};
  std::optional<std::uint64_t> customers = {};  ///< simulated
  std::uint32_t replication = 0;
  std::size_t threads = 0;  ///< 0: one for each processor. Results do not depend on it
  AnyChoiceModel choice = {};
  std::vector<AnyProviderPolicy> policies = {};
  std::function<void(const PeriodView&)> observer = {};
};

/// One run of a scenario: uncertain numbers at their means, processes as `run.shocks` says.
/// @throws std::invalid_argument for an engine or settings that do not fit; RunError if the market leaves its range
[[nodiscard]] Trajectory simulate(const Scenario& scenario, const ScenarioRunOptions& options = {});

}  // namespace lockin
