#include "lockin/simulation/simulate.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <thread>

#include "lockin/engine/agent_engine.hpp"
#include "lockin/engine/cohort_engine.hpp"
#include "lockin/engine/mean_field_engine.hpp"
#include "lockin/policy/learning_curve.hpp"
#include "lockin/policy/parameter_paths.hpp"
#include "lockin/simulation/measure_period.hpp"

namespace lockin {
namespace {

MarketNames names_of(const Market& market) {
  MarketNames names;
  for (const LayerSpec& layer : market.spec().layers) {
    names.layers.push_back(layer.name);
    names.token_layer.push_back(layer.token_unit);
  }
  for (const SegmentSpec& segment : market.spec().segments) names.segments.push_back(segment.name);
  for (const ProviderSpec& provider : market.spec().providers) {
    names.providers.push_back(provider.name);
    names.display_names.push_back(provider.display_name.empty() ? provider.name : provider.display_name);
  }
  return names;
}

void apply_policies(std::vector<AnyProviderPolicy>& policies, const Market& market, const Aggregates& last,
                    PeriodParameters& parameters) {
  for (AnyProviderPolicy& policy : policies) policy({market, parameters.t, last}, parameters);
  for (std::size_t i = 0; i < market.parameters().size(); ++i)
    check_parameter(market, ParameterId(i), parameters[ParameterId(i)], parameters.t,
                    " after the policies of providers");
}

// The period loop, in the order of the model page. The engine is in its opening state.
template <Engine E>
Trajectory run(const Market& market, const RunSettings& settings, E& engine) {
  const long periods = static_cast<long>(market.calendar().size());
  ParameterPaths paths(market, {settings.draw_shocks, settings.seed, settings.replication});
  std::vector<AnyProviderPolicy> policies = settings.policies;
  if (!market.learning_curves().empty()) policies.insert(policies.begin(), LearningCurves{});
  TransitionKernel kernel(market, settings.choice);

  // The opening is measured with the first period's parameters, dated events and totals.
  Trajectory path(names_of(market), market.calendar(), measure_period(market, paths.at(0), engine.tally()),
                  {});
  const auto observe = [&](long t, const Aggregates& aggregates) {
    if (!settings.observer) return;
    std::vector<CustomerColumns> columns;
    if constexpr (requires { engine.columns(); }) columns = engine.columns();
    settings.observer({t, market, aggregates, engine.tally(), columns});
  };
  observe(-1, path.opening());

  for (long t = 0; t < periods; ++t) {
    // 1. Providers move.
    paths.start_triggered(t, [&](const TriggerSpec& trigger) {
      return path.value(t - 1, trigger.measure, trigger.layer, "all",
                        trigger.provider.empty() ? "all" : trigger.provider);
    });
    const Aggregates& last = t == 0 ? path.opening() : path.at(Period(static_cast<std::size_t>(t - 1)));
    PeriodParameters parameters = paths.at(t);
    if (!policies.empty()) apply_policies(policies, market, last, parameters);
    // 2. to 5. Customers enter and leave, adopt, re-evaluate and choose, and become locked in.
    kernel.fill(parameters, last);
    engine.step(kernel, {settings.seed, settings.replication, Period(static_cast<std::size_t>(t))});
    // 6. Measure.
    path.append(measure_period(market, parameters, engine.tally()));
    observe(t, path.at(Period(static_cast<std::size_t>(t))));
  }
  return path;
}

}  // namespace

Trajectory simulate(const Market& market, const RunSettings& settings) {
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
      MeanFieldEngine engine = settings.opening ? MeanFieldEngine(market, *settings.opening, threads)
                                                : MeanFieldEngine(market, threads);
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
