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
  std::optional<EngineKind> engine = {};         ///< which engine
  std::optional<std::uint64_t> seed = {};        ///< names the random numbers
  std::optional<std::uint64_t> customers = {};   ///< simulated
  std::uint32_t replication = 0;                 ///< which history of the seed
  std::size_t threads = 0;                       ///< 0: one for each processor. Results do not depend on it
  AnyChoiceModel choice = {};                    ///< empty: logit, or nested logit where a layer has nests
  std::vector<AnyProviderPolicy> policies = {};  ///< after the market's own
  std::function<void(const PeriodView&)> observer =
      {};  ///< called at the opening and after each period; may be empty
};

/// One run of a scenario: uncertain numbers at their means, processes as `run.shocks` says.
/// @throws std::invalid_argument for an engine or settings that do not fit; RunError if the market leaves its range
[[nodiscard]] Trajectory simulate(const Scenario& scenario, const ScenarioRunOptions& options = {});

}  // namespace lockin
