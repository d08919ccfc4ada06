#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "lockin/choice/choice_model.hpp"
#include "lockin/engine/engine.hpp"
#include "lockin/engine/mean_field_engine.hpp"
#include "lockin/market/market.hpp"
#include "lockin/market/population.hpp"
#include "lockin/policy/provider_policy.hpp"
#include "lockin/simulation/trajectory.hpp"

namespace lockin {

/// What an observer sees at the end of each period (and once at the opening, with t = -1).
struct PeriodView {
  long t = -1;                                 ///< the period
  const Market& market;                        ///< what is simulated
  const Aggregates& aggregates;                ///< measured at the end of the period
  const Tally& tally;                          ///< counts per (type, slot, state)
  std::span<const CustomerColumns> customers;  ///< the agent engine's columns; empty for the others
};

/// How a market is run.
struct RunSettings {
  EngineKind engine = EngineKind::agent;                ///< which engine
  std::uint64_t seed = 1;                               ///< names the random numbers
  std::uint32_t replication = 0;                        ///< which history of the seed
  std::optional<std::uint32_t> shock_replication = {};  ///< whose shocks, if not those of `replication`
  std::size_t threads = 0;                       ///< 0: one for each processor. Results do not depend on it
  std::optional<std::uint64_t> customers = {};   ///< to simulate; nothing: all. The mean field has no number
  bool draw_shocks = false;                      ///< draw processes such as releases, else their mean
  bool draw_sizes = false;                       ///< continuous sizes (agent engine only)
  AnyChoiceModel choice = {};                    ///< empty: logit, or nested logit where a layer has nests
  std::vector<AnyProviderPolicy> policies = {};  ///< after the market's own
  std::optional<Population> opening = {};  ///< given counts; nothing: drawn from the opening distribution
  std::function<void(const PeriodView&)> observer =
      {};  ///< called at the opening and after each period; may be empty
};

/// Runs markets one after the other, with the same results as `simulate`, and keeps what its engines work in from one to
/// the next: for many short runs, as those of an ensemble. Of one thread at a time.
class Simulator {
 public:
  /// One run: see `simulate`.
  [[nodiscard]] Trajectory operator()(const Market& market, const RunSettings& settings = {});

 private:
  MeanFieldEngine::Room room_ = MeanFieldEngine::make_room();
};

/// One run of a market: the period loop in the order of the model page.
/// @throws std::invalid_argument for settings that do not fit the market; RunError if it leaves its range on the way.
[[nodiscard]] Trajectory simulate(const Market& market, const RunSettings& settings = {});

}  // namespace lockin
