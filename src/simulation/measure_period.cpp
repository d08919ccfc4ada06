#include "lockin/simulation/measure_period.hpp"

#include "lockin/choice/switching_cost.hpp"

namespace lockin {
namespace {

// Unit of `market.size`, in bare currency: prices per token are in the bare currency.
double currency_unit(const std::string& currency) {
  const std::size_t space = currency.rfind(' ');
  const std::string unit = space == std::string::npos ? "" : currency.substr(space + 1);
  return unit == "k" ? 1e3 : unit == "mn" ? 1e6 : unit == "bn" ? 1e9 : unit == "tn" ? 1e12 : 1.0;
}

void add_slot(Aggregates& sum, const CustomerType& type, const Slot& slot, const SlotTally& tally,
              double weight, double spend_per_customer, const std::vector<double>& costs) {
  const std::size_t J = tally.states.providers();
  const SegmentId s = type.segment;
  for (std::size_t x = 0; x < J; ++x) {
    const ProviderId j(x);
    double held = 0, stages = 0, cost = 0;
    for (std::size_t d = 0; d < costs.size(); ++d) {
      const double n = tally.held[tally.states.held(x, d)];
      held += n;
      stages += n * static_cast<double>(d);
      cost += n * costs[d];
    }
    sum.customers(slot.layer, s, j) += weight * held;
    sum.revenue(slot.layer, s, j) +=
        spend_per_customer * (tally.spend.empty() ? held * type.size : tally.spend[x]);
    sum.stage_sum(slot.layer, s, j) += weight * stages;
    sum.cost_sum(slot.layer, s, j) += weight * cost;
    sum.new_customers(slot.layer, s, j) += weight * tally.adopted[x];
    sum.held_before(slot.layer, s, j) += weight * tally.base[x];
    for (std::size_t to = 0; to < J; ++to) {
      const double moved = weight * tally.moved[x * J + to];
      if (moved == 0) continue;
      sum.moved(slot.layer, s, j) += moved;
      sum.switches(slot.layer, s, j, ProviderId(to)) += moved;
    }
  }
}

}  // namespace

Aggregates measure_period(const Market& market, const PeriodParameters& parameters, const Tally& tally) {
  const std::size_t L = market.layer_count(), S = market.segment_count(), J = market.provider_count();
  Aggregates sum(L, S, J);
  std::size_t cost_class = market.choice_class_count();
  std::vector<std::vector<double>> cost_of;  // by layer, of the choice class at hand
  for (std::size_t y = 0; y < market.type_count(); ++y) {
    const CustomerType& type = market.type(TypeId(y));
    const double scale = tally.scale[type.segment.index()];
    sum.present[type.segment.index()] += scale * tally.present[y];
    if (type.choice_class != cost_class) {
      cost_class = type.choice_class;
      cost_of.clear();
      for (std::size_t l = 0; l < L; ++l)
        cost_of.push_back(switching_costs(market, parameters, type, LayerId(l)));
    }
    for (std::size_t k = 0; k < type.slots.size(); ++k) {
      const Slot& slot = type.slots[k];
      const double intensity = parameters[market.segment(type.segment).intensity[slot.layer.index()]];
      add_slot(sum, type, slot, tally.slots[y][k], scale * slot.weight, scale * slot.weight * intensity,
               cost_of[slot.layer.index()]);
    }
  }
  const double unit = currency_unit(market.spec().currency);
  for (std::size_t l = 0; l < L; ++l) {
    const Market::Layer& layer = market.layer(LayerId(l));
    const double spend = sum.revenue.sum(LayerId(l));
    const double Z = layer.total.empty() ? 1
                     : spend > 0         ? layer.total[static_cast<std::size_t>(parameters.t)] / spend
                                         : 0;
    for (std::size_t s = 0; s < S; ++s) {
      const double public_share = 1 - parameters[market.segment(SegmentId(s)).private_share];
      for (std::size_t j = 0; j < J; ++j) {
        double& revenue = sum.revenue(LayerId(l), SegmentId(s), ProviderId(j));
        revenue *= Z;
        if (layer.token_unit && layer.offers[j].sold)  // price per million; reported in trillions
          sum.tokens(LayerId(l), SegmentId(s), ProviderId(j)) =
              revenue * unit * public_share / parameters[layer.offers[j].price] * 1e6 / 1e12;
      }
    }
    for (std::size_t j = 0; j < J; ++j) {
      sum.sold[l * J + j] = layer.offers[j].sold ? 1 : 0;
      sum.price[l * J + j] = layer.offers[j].sold ? parameters[layer.offers[j].price] : 0;
    }
  }
  return sum;
}

}  // namespace lockin
