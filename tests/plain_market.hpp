#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "lockin/choice/transition_kernel.hpp"
#include "lockin/engine/engine.hpp"
#include "lockin/market/market.hpp"
#include "lockin/policy/learning_curve.hpp"
#include "lockin/policy/parameter_paths.hpp"
#include "lockin/simulation/measure_period.hpp"
#include "numbered.hpp"

namespace lockin::test {

inline Date year(int y) { return {y, 0, PeriodLength::year}; }

/// One layer `cloud`, one segment `users`, periods of a year from 2001 on: yearly rates are those of a period.
struct PlainMarket {
  std::vector<double> utility = {};  ///< V[j], as appeal: price 1, quality without weight
  std::vector<double> share = {};    ///< opening; empty: all at provider 0
  double rho = 1;
  double kappa = 0;                       ///< at stage 0
  std::optional<double> kappa_full = {};  ///< at stage D
  double eta = 0;
  int stages = 0;
  double lambda = 0;
  std::optional<double> tau = {};
  std::vector<double> curve = {};
  int opening_stage = 0;
  double portability = 1;
  double factor = 1;
  double adopted = 1;
  double innovate = 0, imitate = 0;
  std::uint64_t customers = 1000;
  int periods = 24;
};

inline MarketSpec plain_spec(const PlainMarket& of) {
  MarketSpec spec;
  spec.start = year(2001);
  spec.end = year(2000 + of.periods);
  spec.period = PeriodLength::year;
  spec.portability = of.portability;
  LayerSpec layer;
  layer.name = "cloud";
  layer.stages = of.stages;
  layer.advance_per_year = of.lambda;
  layer.curve_tau = of.tau;
  layer.curve = of.curve;
  layer.opening.assign(static_cast<std::size_t>(of.stages) + 1, 0.0);
  layer.opening[static_cast<std::size_t>(of.opening_stage)] = 1;
  spec.layers.push_back(layer);
  for (std::size_t j = 0; j < of.utility.size(); ++j) {
    OfferSpec offer;
    offer.share = of.share.empty() ? (j == 0 ? 1.0 : 0.0) : of.share[j];
    offer.appeal = Path(of.utility[j]);
    spec.providers.push_back({numbered("p", j), "", {{"cloud", offer}}, {}});
  }
  SegmentSpec segment;
  segment.name = "users";
  segment.customers = of.customers;
  segment.taste_quality = TasteSpec(0.0);
  segment.taste_switching_cost = TasteSpec(of.factor);
  segment.re_evaluate_per_year = Path(of.rho);
  segment.switching_cost = SwitchingCostSpec{of.kappa, {}};
  if (of.kappa_full) segment.switching_cost.all->full = Path(*of.kappa_full);
  segment.network = Path(of.eta);
  segment.adopted = of.adopted;
  segment.adopt = AdoptSpec{of.innovate, of.imitate};
  spec.segments.push_back(segment);
  return spec;
}

/// The period loop, with learning curves and with triggers on a share of customers: a test sees the engine between steps.
template <Engine E>
class Loop {
 public:
  Loop(const Market& market, E& engine, AnyChoiceModel choice = {})
      : market_(market),
        engine_(engine),
        paths_(market, {}),
        kernel_(market, std::move(choice)),
        last_(measure_period(market, paths_.at(0), engine.tally())) {}
  void step(std::uint64_t seed = 1, std::uint32_t replication = 0) {
    paths_.start_triggered(t_, [&](const TriggerSpec& trigger) -> std::optional<double> {
      if (trigger.measure != Measure::customer_share) throw std::invalid_argument("a trigger on shares");
      return last_.customer_share(market_.layer_named(trigger.layer),
                                  market_.provider_named(trigger.provider));
    });
    PeriodParameters parameters = paths_.at(t_);
    if (!market_.learning_curves().empty()) curves_({market_, t_, last_}, parameters);
    kernel_.fill(parameters, last_);
    engine_.step(kernel_, {seed, replication, Period(static_cast<std::size_t>(t_))});
    last_ = measure_period(market_, parameters, engine_.tally());
    ++t_;
  }
  [[nodiscard]] const Aggregates& last() const { return last_; }
  [[nodiscard]] const TransitionKernel& kernel() const { return kernel_; }
  [[nodiscard]] long t() const { return t_; }

 private:
  const Market& market_;
  E& engine_;
  ParameterPaths paths_;
  TransitionKernel kernel_;
  LearningCurves curves_;
  Aggregates last_;
  long t_ = 0;
};

}  // namespace lockin::test
