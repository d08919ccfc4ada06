#include "lockin/analysis/gradient.hpp"

#include <algorithm>
#include <stdexcept>
#include <thread>

#include "analysis/numbers.hpp"
#include "engine/mean_field_adjoint.hpp"
#include "policy/policy_adjoint.hpp"
#include "simulation/measure_adjoint.hpp"
#include "simulation/period_loop.hpp"

namespace lockin {

const PartialDerivative& Gradient::at(std::string_view key) const {
  for (const PartialDerivative& partial : partials)
    if (partial.key == key) return partial;
  throw std::out_of_range("no number is named " + std::string(key));
}

// A run, and what the sweep back reads of it.
struct Gradients::Run {
  Run(const Market& m, std::size_t threads)
      : market(m), engine(m, threads), states(engine), paths(m, {}), kernel(m) {
    states.remember();
    const auto watch = [&](const PeriodParameters& of) {
      parameters.push_back(of);
      states.remember();
    };
    trajectory = run_periods(market, {}, engine, paths, kernel, watch);
    opening_parameters = ParameterPaths(market, {}).at(0);
  }
  [[nodiscard]] const Aggregates& last(std::size_t t) const {
    return t == 0 ? trajectory.opening() : trajectory.at(Period(t - 1));
  }

  const Market& market;
  MeanFieldEngine engine;
  MeanFieldPullBack states;
  ParameterPaths paths;
  TransitionKernel kernel;
  Trajectory trajectory;
  PeriodParameters opening_parameters;       // that the opening is measured with
  std::vector<PeriodParameters> parameters;  // by period, policies applied
};

Gradients::Gradients(const Market& market, std::size_t threads)
    : run_(std::make_unique<Run>(
          market, threads > 0 ? threads : std::max(1u, std::thread::hardware_concurrency()))) {}
Gradients::~Gradients() = default;
Gradients::Gradients(Gradients&& other) noexcept = default;

const Trajectory& Gradients::trajectory() const { return run_->trajectory; }

Gradient Gradients::of(const MeasureAt& at) {
  Run& run = *run_;
  const Market& market = run.market;
  const std::size_t periods = run.parameters.size();
  std::vector<Aggregates> by_moments(
      periods + 1, Aggregates(market.layer_count(), market.segment_count(), market.provider_count()));
  const std::optional<double> value = pull_back_measure(run.trajectory, at, by_moments);
  if (!value) throw std::invalid_argument("the measure has no value there");

  MarketAdjoint by_market(market);
  std::vector<double> by_revealed(run.kernel.revealed().size(), 0.0);
  Tally by_tally(market);
  const auto clear_tally = [&] {
    by_tally.clear_flows();
    std::fill(by_tally.present.begin(), by_tally.present.end(), 0.0);
    for (auto& of_type : by_tally.slots)
      for (SlotTally& slot : of_type) std::fill(slot.held.begin(), slot.held.end(), 0.0);
  };
  KernelPullBack kernel_back(run.kernel);
  KernelAdjoint by_kernel;
  PathsPullBack paths_back(run.paths);
  std::vector<const PeriodParameters*> parameters;
  std::vector<const Aggregates*> last;
  for (std::size_t t = 0; t < periods; ++t) {
    parameters.push_back(&run.parameters[t]);
    last.push_back(&run.last(t));
  }
  LearningPullBack learning_back(market, parameters, last);
  const std::vector<double> none(market.parameters().size(), 0.0);

  // The period loop backwards: each step of a period hands its derivatives to the one before it.
  run.states.clear();
  for (std::size_t t = periods; t-- > 0;) {
    const long period = static_cast<long>(t);
    PeriodParameters by_parameter(period, none);
    clear_tally();
    pull_back_measures(market, run.parameters[t], run.states.tally(period), run.trajectory.at(Period(t)),
                       by_moments[t + 1], by_tally, by_parameter, by_market);
    run.states.add(by_tally);
    run.kernel.fill(run.parameters[t], run.last(t), &run.engine.workers());
    kernel_back.clear(by_kernel);
    run.states.pull_back(period, run.kernel, by_kernel, by_market);
    kernel_back.pull_back(run.parameters[t], run.last(t), by_kernel, by_parameter, by_moments[t], by_market,
                          by_revealed);
    for (std::size_t m = 0, e = 0; e < market.events().size(); ++e)
      if (market.events()[e].move && run.paths.start(e) == period)
        by_market.events[e].move->share += by_kernel.move_shares[m++];
    learning_back.pull_back(period, by_parameter, by_moments[t], by_market);
    paths_back.pull_back(period, true, by_parameter, by_market);
    if (t > 0) paths_back.step_back(period, by_market);
  }
  PeriodParameters by_parameter(0, none);
  clear_tally();
  pull_back_measures(market, run.opening_parameters, run.states.tally(-1), run.trajectory.opening(),
                     by_moments[0], by_tally, by_parameter, by_market);
  run.states.add(by_tally);
  run.states.pull_back_opening(by_market);
  paths_back.pull_back(0, false, by_parameter, by_market);
  paths_back.step_back(0, by_market);
  pull_back_revealed_appeal(market, by_revealed, by_market);
  return {*value, pull_back_numbers(market, by_market)};
}

}  // namespace lockin
