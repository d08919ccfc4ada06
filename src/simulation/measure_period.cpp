#include "lockin/simulation/measure_period.hpp"

#include "lockin/choice/switching_cost.hpp"
#include "simulation/measure_adjoint.hpp"

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
  const std::size_t J = tally.states.providers(), D = costs.size();
  const auto of_first = [&](Aggregates::Table& table) {
    return &table(slot.layer, type.segment, ProviderId(0));
  };
  double *customers = of_first(sum.customers), *revenue = of_first(sum.revenue),
         *stage_sum = of_first(sum.stage_sum), *cost_sum = of_first(sum.cost_sum),
         *new_customers = of_first(sum.new_customers), *held_before = of_first(sum.held_before),
         *moved = of_first(sum.moved),
         *switches = &sum.switches(slot.layer, type.segment, ProviderId(0), ProviderId(0));
  const double *held_in = tally.held.data(), *moved_by_pair = tally.moved.data();
  for (std::size_t x = 0; x < J; ++x, held_in += D, moved_by_pair += J, switches += J) {
    double held = 0, stages = 0, cost = 0;
    for (std::size_t d = 0; d < D; ++d) {
      held += held_in[d];
      stages += held_in[d] * static_cast<double>(d);
      cost += held_in[d] * costs[d];
    }
    customers[x] += weight * held;
    revenue[x] += spend_per_customer * (tally.spend.empty() ? held * type.size : tally.spend[x]);
    stage_sum[x] += weight * stages;
    cost_sum[x] += weight * cost;
    new_customers[x] += weight * tally.adopted[x];
    held_before[x] += weight * tally.base[x];
    double those_moved = moved[x];
    for (std::size_t to = 0; to < J; ++to) {
      const double those = weight * moved_by_pair[to];
      those_moved += those;
      switches[to] += those;
    }
    moved[x] = those_moved;
  }
}

// Adds what a slot of a type did to that of a type of other size; `spend` is what they hold times their sizes.
void add_sized(const SlotTally& slot, double size, SlotTally& sum) {
  const std::size_t J = slot.states.providers(), stages = slot.states.stage_count();
  for (const auto values : {&SlotTally::held, &SlotTally::moved, &SlotTally::adopted, &SlotTally::base})
    for (std::size_t i = 0; i < (sum.*values).size(); ++i) (sum.*values)[i] += (slot.*values)[i];
  for (std::size_t x = 0; x < J; ++x) {
    double held = 0;
    for (std::size_t d = 0; d < stages; ++d) held += slot.held[slot.states.held(x, d)];
    sum.spend[x] += slot.spend.empty() ? held * size : slot.spend[x];
  }
}

// Slot k of the types y .. past - 1, which differ by their sizes only.
void add_sizes(const Market& market, const Tally& tally, std::size_t y, std::size_t past, std::size_t k,
               SlotTally& sum) {
  const SlotTally& first = tally.slots[y][k];
  sum.states = first.states;
  for (const auto values : {&SlotTally::held, &SlotTally::moved, &SlotTally::adopted, &SlotTally::base})
    (sum.*values).assign((first.*values).size(), 0.0);
  sum.spend.assign(first.states.providers(), 0.0);
  for (; y < past; ++y) add_sized(tally.slots[y][k], market.type(TypeId(y)).size, sum);
}

// The transpose of `add_slot`.
void pull_back_slot(const Aggregates& by, const CustomerType& type, std::size_t k, const SlotTally& tally,
                    double intensity, const std::vector<double>& costs, SlotTally& by_tally,
                    CustomerType& by_type, double& by_intensity, std::vector<double>& by_cost) {
  const std::size_t J = tally.states.providers();
  const Slot& slot = type.slots[k];
  const LayerId l = slot.layer;
  const SegmentId s = type.segment;
  const double w = slot.weight;
  double by_weight = 0, by_spend = 0;  // by w, and by w * intensity * size
  for (std::size_t x = 0; x < J; ++x) {
    const ProviderId j(x);
    const double customers = by.customers(l, s, j), stages = by.stage_sum(l, s, j),
                 cost = by.cost_sum(l, s, j), spend = by.revenue(l, s, j);
    double held = 0;
    for (std::size_t d = 0; d < costs.size(); ++d) {
      const double n = tally.held[tally.states.held(x, d)];
      const double of_one = customers + stages * static_cast<double>(d) + cost * costs[d];
      by_tally.held[tally.states.held(x, d)] += w * (of_one + intensity * type.size * spend);
      by_weight += of_one * n;
      by_cost[d] += cost * w * n;
      held += n;
    }
    by_spend += spend * held;
    by_tally.adopted[x] += w * by.new_customers(l, s, j);
    by_tally.base[x] += w * by.held_before(l, s, j);
    by_weight += by.new_customers(l, s, j) * tally.adopted[x] + by.held_before(l, s, j) * tally.base[x];
    for (std::size_t to = 0; to < J; ++to) {
      const double moved = by.moved(l, s, j) + by.switches(l, s, j, ProviderId(to));
      by_tally.moved[x * J + to] += w * moved;
      by_weight += moved * tally.moved[x * J + to];
    }
  }
  by_type.slots[k].weight += by_weight + by_spend * intensity * type.size;
  by_type.size += by_spend * w * intensity;
  by_intensity += by_spend * w * type.size;
}

}  // namespace

Aggregates measure_period(const Market& market, const PeriodParameters& parameters, const Tally& tally) {
  const std::size_t L = market.layer_count(), S = market.segment_count(), J = market.provider_count();
  Aggregates sum(L, S, J);
  std::vector<double> costs;
  SlotTally sizes;
  for (std::size_t y = 0, past = 0; y < market.type_count(); y = past) {
    const CustomerType& type = market.type(TypeId(y));
    const double scale = tally.scale[type.segment.index()];
    for (past = y; past < market.type_count(); ++past) {
      if (market.type(TypeId(past)).choice_class != type.choice_class) break;
      sum.present[type.segment.index()] += scale * tally.present[past];
    }
    for (std::size_t k = 0; k < type.slots.size(); ++k) {
      const Slot& slot = type.slots[k];
      const double intensity = parameters[market.segment(type.segment).intensity[slot.layer.index()]];
      if (past > y + 1) add_sizes(market, tally, y, past, k, sizes);
      set_switching_costs(market, parameters, type, slot.layer, costs);
      add_slot(sum, type, slot, past > y + 1 ? sizes : tally.slots[y][k], scale * slot.weight,
               scale * slot.weight * intensity, costs);
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

void pull_back_measures(const Market& market, const PeriodParameters& parameters, const Tally& tally,
                        const Aggregates& measured, Aggregates by, Tally& by_tally,
                        PeriodParameters& by_parameter, MarketAdjoint& by_market) {
  const std::size_t L = market.layer_count(), S = market.segment_count(), J = market.provider_count();
  const double unit = currency_unit(market.spec().currency);
  for (std::size_t l = 0; l < L; ++l) {
    const Market::Layer& layer = market.layer(LayerId(l));
    double by_scaled = 0;  // sum of revenue times the derivative by it
    for (std::size_t s = 0; s < S; ++s) {
      const ParameterId private_share = market.segment(SegmentId(s)).private_share;
      for (std::size_t j = 0; j < J; ++j) {
        const double revenue = measured.revenue(LayerId(l), SegmentId(s), ProviderId(j));
        double& by_revenue = by.revenue(LayerId(l), SegmentId(s), ProviderId(j));
        if (layer.token_unit && layer.offers[j].sold) {
          const double price = parameters[layer.offers[j].price], scale = unit / price * 1e6 / 1e12;
          const double by_tokens = by.tokens(LayerId(l), SegmentId(s), ProviderId(j)),
                       tokens = measured.tokens(LayerId(l), SegmentId(s), ProviderId(j));
          by_revenue += by_tokens * (1 - parameters[private_share]) * scale;
          by_parameter[private_share] -= by_tokens * revenue * scale;
          by_parameter[layer.offers[j].price] -= by_tokens * tokens / price;
        }
        by_scaled += by_revenue * revenue;
      }
    }
    for (std::size_t j = 0; j < J; ++j)
      if (layer.offers[j].sold) by_parameter[layer.offers[j].price] += by.price[l * J + j];
    if (layer.total.empty()) continue;
    // Revenue is spend * Z, with Z = total / sum of spend.
    const auto t = static_cast<std::size_t>(parameters.t);
    const double total = layer.total[t];
    if (!(measured.revenue.sum(LayerId(l)) > 0)) continue;
    by_market.layers[l].total[t] += by_scaled / total;
    double spend = 0;
    for (std::size_t y = 0; y < market.type_count(); ++y) {
      const CustomerType& type = market.type(TypeId(y));
      for (std::size_t k = 0; k < type.slots.size(); ++k)
        if (type.slots[k].layer.index() == l) {
          const SlotTally& slot = tally.slots[y][k];
          double held = 0;
          for (std::size_t state = 0; state < slot.states.none(); ++state) held += slot.held[state];
          spend +=
              held * type.size * type.slots[k].weight * parameters[market.segment(type.segment).intensity[l]];
        }
    }
    const double Z = total / spend;
    for (std::size_t s = 0; s < S; ++s)
      for (std::size_t j = 0; j < J; ++j) {
        double& by_revenue = by.revenue(LayerId(l), SegmentId(s), ProviderId(j));
        by_revenue = Z * (by_revenue - by_scaled / total);
      }
  }
  std::vector<double> costs, by_cost;
  for (std::size_t y = 0; y < market.type_count(); ++y) {
    const CustomerType& type = market.type(TypeId(y));
    by_tally.present[y] += by.present[type.segment.index()];
    for (std::size_t k = 0; k < type.slots.size(); ++k) {
      const LayerId l = type.slots[k].layer;
      const ParameterId intensity = market.segment(type.segment).intensity[l.index()];
      set_switching_costs(market, parameters, type, l, costs);
      by_cost.assign(costs.size(), 0.0);
      pull_back_slot(by, type, k, tally.slots[y][k], parameters[intensity], costs, by_tally.slots[y][k],
                     by_market.types[y], by_parameter[intensity], by_cost);
      pull_back_switching_costs(market, parameters, TypeId(y), l, by_cost, by_parameter, by_market);
    }
  }
}

}  // namespace lockin
