#include "lockin/scenario/simulate_scenario.hpp"

#include <stdexcept>

namespace lockin {

std::string_view name_of(Design design) {
  static constexpr std::string_view names[] = {"monte_carlo", "latin_hypercube", "sobol"};
  return names[static_cast<std::size_t>(design)];
}

Trajectory simulate(const Scenario& scenario, const ScenarioRunOptions& options) {
  if (scenario.run.draw_parameters.value_or(false) && !scenario.uncertain.empty())
    throw std::invalid_argument(
        "run.parameters = \"drawn\": one run has uncertain numbers at their means; run_ensemble draws them");
  RunSettings settings;
  settings.engine = options.engine.value_or(scenario.run.engine);
  settings.seed = options.seed.value_or(scenario.run.seed);
  settings.replication = options.replication;
  settings.threads = options.threads;
  settings.customers = options.customers ? options.customers : scenario.run.customers;
  settings.draw_shocks = scenario.run.draw_shocks.value_or(false);
  settings.draw_sizes = scenario.run.draw_sizes;
  settings.choice = options.choice;
  settings.policies = options.policies;
  settings.observer = options.observer;
  return simulate(scenario.market(), settings);
}

}  // namespace lockin
