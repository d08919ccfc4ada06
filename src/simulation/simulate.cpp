#include "lockin/simulation/simulate.hpp"

#include <stdexcept>
#include <thread>

#include "lockin/engine/agent_engine.hpp"
#include "lockin/engine/cohort_engine.hpp"
#include "simulation/period_loop.hpp"

namespace lockin {

namespace {

template <Engine E>
Trajectory run(const Market& market, const RunSettings& settings, E& engine) {
  ParameterPaths paths(market, {settings.draw_shocks, settings.seed,
                                settings.shock_replication.value_or(settings.replication)});
  TransitionKernel kernel(market, settings.choice);
  return run_periods(market, settings, engine, paths, kernel, [](const PeriodParameters&) {});
}

}  // namespace

Trajectory simulate(const Market& market, const RunSettings& settings) {
  return Simulator()(market, settings);
}

Trajectory Simulator::operator()(const Market& market, const RunSettings& settings) {
  const std::size_t threads =
      settings.threads > 0 ? settings.threads : std::max(1u, std::thread::hardware_concurrency());
  switch (settings.engine) {
    case EngineKind::agent: {
      const AgentEngine::Settings of{settings.seed, settings.replication, threads, settings.customers,
                                     settings.draw_sizes};
      AgentEngine engine =
          settings.opening ? AgentEngine(market, of, *settings.opening) : AgentEngine(market, of);
      return run(market, settings, engine);
    }
    case EngineKind::mean_field: {
      if (settings.draw_sizes) throw std::invalid_argument("drawn sizes need the agent engine");
      MeanFieldEngine engine = settings.opening ? MeanFieldEngine(market, *settings.opening, threads, room_)
                                                : MeanFieldEngine(market, threads, room_);
      return run(market, settings, engine);
    }
    case EngineKind::cohort: {
      if (settings.draw_sizes) throw std::invalid_argument("drawn sizes need the agent engine");
      const CohortEngine::Settings of{settings.seed, settings.replication, threads, settings.customers,
                                      !settings.policies.empty()};
      CohortEngine engine =
          settings.opening ? CohortEngine(market, of, *settings.opening) : CohortEngine(market, of);
      return run(market, settings, engine);
    }
  }
  throw std::invalid_argument("no such engine");
}

}  // namespace lockin
