#pragma once

#include <vector>

#include "lockin/policy/learning_curve.hpp"
#include "lockin/policy/parameter_paths.hpp"
#include "lockin/simulation/measure_period.hpp"
#include "lockin/simulation/simulate.hpp"

namespace lockin {

/// What results of a market are labelled with.
[[nodiscard]] MarketNames names_of(const Market& market);

/// Policies in their order, and a check of what they leave. @throws RunError
void apply_policies(std::vector<AnyProviderPolicy>& policies, const Market& market, const Aggregates& last,
                    PeriodParameters& parameters);

/// The period loop, in the order of the model page. The engine is in its opening state.
/// @param paths before the first period
/// @param watch is called after each step with the parameters of the period
template <Engine E, class Watch>
Trajectory run_periods(const Market& market, const RunSettings& settings, E& engine, ParameterPaths& paths,
                       TransitionKernel& kernel, const Watch& watch) {
  const long periods = static_cast<long>(market.calendar().size());
  std::vector<AnyProviderPolicy> policies = settings.policies;
  if (!market.learning_curves().empty()) policies.insert(policies.begin(), LearningCurves{});

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
    kernel.fill(parameters, last, &engine.workers());
    engine.step(kernel, {settings.seed, settings.replication, Period(static_cast<std::size_t>(t))});
    // 6. Measure.
    path.append(measure_period(market, parameters, engine.tally()));
    watch(parameters);
    observe(t, path.at(Period(static_cast<std::size_t>(t))));
  }
  return path;
}

}  // namespace lockin
