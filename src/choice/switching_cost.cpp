#include "lockin/choice/switching_cost.hpp"

#include "deterministic_math.hpp"

namespace lockin {

std::vector<double> switching_costs(const Market& market, const PeriodParameters& parameters,
                                    const CustomerType& type, LayerId layer) {
  std::vector<double> costs;
  set_switching_costs(market, parameters, type, layer, costs);
  return costs;
}

void set_switching_costs(const Market& market, const PeriodParameters& parameters, const CustomerType& type,
                         LayerId layer, std::vector<double>& costs) {
  const Market::Segment& segment = market.segment(type.segment);
  const double initial = parameters[segment.cost_initial[layer.index()]];
  const double full = parameters[segment.cost_full[layer.index()]];
  const double factor = parameters[market.portability()] * type.cost_factor[layer.index()] * type.size_factor;
  costs.clear();
  for (const double g : market.layer(layer).curve) costs.push_back(factor * (initial + (full - initial) * g));
}

double discount_a_rival_must_offer(double kappa, double alpha) {
  return kappa == 0 ? 0 : -math::expm1(-kappa / alpha);
}

double premium_the_incumbent_can_charge(double kappa, double alpha) {
  return kappa == 0 ? 0 : math::expm1(kappa / alpha);
}

}  // namespace lockin
