#include <algorithm>
#include <cmath>
#include <limits>

#include "choice/choice_adjoint.hpp"
#include "deterministic_math.hpp"

namespace lockin {

void pull_back_switching_costs(const Market& market, const PeriodParameters& parameters, TypeId y, LayerId l,
                               std::span<const double> by_cost, PeriodParameters& by_parameter,
                               MarketAdjoint& by_market) {
  const CustomerType& type = market.type(y);
  CustomerType& by_type = by_market.types[y.index()];
  const Market::Segment& segment = market.segment(type.segment);
  const std::vector<double>& curve = market.layer(l).curve;
  const ParameterId initial = segment.cost_initial[l.index()], full = segment.cost_full[l.index()];
  const double portability = parameters[market.portability()], taste = type.cost_factor[l.index()];
  const double factor = portability * taste * type.size_factor, rise = parameters[full] - parameters[initial];
  double by_factor = 0;
  for (std::size_t d = 0; d < curve.size(); ++d) {
    by_factor += by_cost[d] * (parameters[initial] + rise * curve[d]);
    by_parameter[initial] += by_cost[d] * factor * (1 - curve[d]);
    by_parameter[full] += by_cost[d] * factor * curve[d];
    by_market.layers[l.index()].curve[d] += by_cost[d] * factor * rise;
  }
  by_parameter[market.portability()] += by_factor * taste * type.size_factor;
  by_type.cost_factor[l.index()] += by_factor * portability * type.size_factor;
  by_type.size_factor += by_factor * portability * taste;
}

KernelPullBack::KernelPullBack(const TransitionKernel& kernel) : kernel_(kernel) {
  const std::size_t J = kernel.market_.provider_count();
  by_view_.resize(kernel.views_.size());
  for (View& view : by_view_)
    for (auto* values : {&view.quality, &view.log_price, &view.reach, &view.appeal, &view.share})
      values->resize(J);
  for (auto* values : {&by_base_, &by_utility_, &by_p_, &by_net_, &net_, &p_, &base_, &utility_})
    values->resize(J);
}

void KernelPullBack::clear(KernelAdjoint& adjoint) const {
  if (adjoint.slots.empty()) adjoint.slots = kernel_.slots_;
  for (auto& of_class : adjoint.slots)
    for (SlotKernel& slot : of_class) {
      slot.advance = 0;
      std::fill(slot.act_table.begin(), slot.act_table.end(), 0.0);
      std::fill(slot.rows.begin(), slot.rows.end(), 0.0);
    }
  adjoint.exit.assign(kernel_.exit_.size(), 0.0);
  adjoint.entry.assign(kernel_.entry_.size(), 0.0);
  adjoint.move_shares.assign(kernel_.moves_.size(), 0.0);
}

void KernelPullBack::pull_back(const PeriodParameters& parameters, const Aggregates& last,
                               const KernelAdjoint& by_kernel, PeriodParameters& by_parameter,
                               Aggregates& by_last, MarketAdjoint& by_market,
                               std::vector<double>& by_revealed) {
  const Market& market = kernel_.market_;
  for (View& view : by_view_) {
    for (auto* values : {&view.quality, &view.log_price, &view.reach, &view.appeal, &view.share})
      std::fill(values->begin(), values->end(), 0.0);
    view.adoption = view.hazard = view.advance = 0;
  }
  for (std::size_t c = 0; c < kernel_.slots_.size(); ++c)
    for (std::size_t k = 0; k < kernel_.slots_[c].size(); ++k)
      pull_back_slot(kernel_.slots_[c][k], by_kernel.slots[c][k], c, parameters, by_parameter, by_market);
  for (std::size_t l = 0; l < market.layer_count(); ++l)
    for (std::size_t s = 0; s < market.segment_count(); ++s)
      pull_back_view(LayerId(l), SegmentId(s), parameters, last, by_parameter, by_last, by_revealed);
  for (std::size_t s = 0; s < market.segment_count(); ++s) {
    const Market::Segment& segment = market.segment(SegmentId(s));
    by_parameter[segment.exit] += by_kernel.exit[s] * per_period_slope(market, parameters[segment.exit]);
    by_parameter[segment.entry] += by_kernel.entry[s] * (1 + kernel_.entry_[s]) /
                                   (1 + parameters[segment.entry]) / market.calendar().per_year();
  }
}

void KernelPullBack::pull_back_slot(const SlotKernel& slot, const SlotKernel& by_slot,
                                    std::size_t choice_class, const PeriodParameters& parameters,
                                    PeriodParameters& by_parameter, MarketAdjoint& by_market) {
  const Market& market = kernel_.market_;
  const TypeId y(kernel_.example_type_[choice_class]);
  const CustomerType& type = market.type(y);
  const std::size_t J = market.provider_count(), L = market.layer_count(), l = slot.layer.index();
  const std::size_t place = l * market.segment_count() + type.segment.index();
  const TransitionKernel::View& view = kernel_.views_[place];
  View& by_view = by_view_[place];
  const Market::Segment& segment = market.segment(type.segment);
  const auto theta = [&](std::size_t k) { return *segment.affinity[l * L + type.slots[k].layer.index()]; };
  by_view.advance += by_slot.advance;
  by_cost_.assign(slot.cost.size(), 0.0);
  std::fill(by_base_.begin(), by_base_.end(), 0.0);
  const double eta = parameters[segment.network[l]];
  for (std::size_t j = 0; j < J; ++j)
    base_[j] = view.on_sale[j] ? type.beta[l] * view.quality[j] - type.alpha[l] * view.log_price[j] +
                                     view.appeal[j] + segment.gamma[l] * view.reach[j] + eta * view.share[j]
                               : -std::numeric_limits<double>::infinity();
  held_.resize(slot.context_stride.size());
  for (std::size_t c = 0; c < slot.contexts; ++c) {
    slot.decode(c, held_);
    std::fill(by_utility_.begin(), by_utility_.end(), 0.0);
    by_view.adoption += by_slot.act_table[slot.act_index(c, 0) + J];
    if (slot.row_per_state == 0) {
      pull_back_logit(slot, by_slot, c, view, by_view);
    } else {
      utility_ = base_;
      for (std::size_t k = 0; k < held_.size(); ++k)
        if (held_[k] < J && view.on_sale[held_[k]]) utility_[held_[k]] += parameters[theta(k)];
      pull_back_states(slot, by_slot, c, view, by_view, by_market.layers[l].dissimilarity);
    }
    for (std::size_t k = 0; k < held_.size(); ++k)
      if (held_[k] < J && view.on_sale[held_[k]]) by_parameter[theta(k)] += by_utility_[held_[k]];
    for (std::size_t j = 0; j < J; ++j) by_base_[j] += by_utility_[j];
  }
  CustomerType& by_type = by_market.types[y.index()];
  for (std::size_t j = 0; j < J; ++j) {
    if (!view.on_sale[j]) continue;
    const double by = by_base_[j];
    by_view.quality[j] += by * type.beta[l];
    by_view.log_price[j] -= by * type.alpha[l];
    by_view.appeal[j] += by;
    by_view.reach[j] += by * segment.gamma[l];
    by_view.share[j] += by * eta;
    by_type.beta[l] += by * view.quality[j];
    by_type.alpha[l] -= by * view.log_price[j];
    by_market.segments[type.segment.index()].gamma[l] += by * view.reach[j];
    by_parameter[segment.network[l]] += by * view.share[j];
  }
  pull_back_switching_costs(market, parameters, y, slot.layer, by_cost_, by_parameter, by_market);
}

// act = hazard a with a = 1 / (1 + p (exp(kappa) - 1)): d act / d kappa = -act (1 - a (1 - p)), and by the utilities
// act (1 - a) p[j], less act (1 - a) for the incumbent's own.
void KernelPullBack::pull_back_logit(const SlotKernel& slot, const SlotKernel& by_slot, std::size_t context,
                                     const TransitionKernel::View& view, View& by_view) {
  const std::size_t J = slot.states.providers(), stages = slot.states.stage_count();
  const std::span<const double> p = slot.row(context, 0);
  const double* by_row = by_slot.rows.data() + slot.row_index(context, 0) * J;
  const double* act = slot.act_table.data() + slot.act_index(context, 0);
  const double* by_act = by_slot.act_table.data() + slot.act_index(context, 0);
  const double per_hazard = view.hazard > 0 ? 1 / view.hazard : 0;
  double* by_cost = by_cost_.data();
  double by_hazard = by_view.hazard;  // here the compiler knows that nothing else changes it
  double mean = 0, all = 0;
  for (std::size_t j = 0; j < J; ++j) mean += p[j] * by_row[j];
  for (std::size_t x = 0; x < J; ++x) {
    if (!view.on_sale[x]) continue;
    double own = 0;
    for (std::size_t d = 0; d < stages; ++d) {
      const double acts = act[d * (J + 1) + x], by_acts = by_act[d * (J + 1) + x];
      const double fresh = view.hazard > 0 ? acts * per_hazard : 1 / (1 + p[x] * math::expm1(slot.cost[d]));
      by_hazard += by_acts * fresh;
      own += by_acts * acts * (1 - fresh);
      by_cost[d] -= by_acts * acts * (1 - fresh * (1 - p[x]));
    }
    by_utility_[x] -= own;
    all += own;
  }
  by_view.hazard = by_hazard;
  for (std::size_t j = 0; j < J; ++j) by_utility_[j] += p[j] * (all + by_row[j] - mean);
}

void KernelPullBack::pull_back_states(const SlotKernel& slot, const SlotKernel& by_slot, std::size_t context,
                                      const TransitionKernel::View& view, View& by_view,
                                      double& by_dissimilarity) {
  const std::size_t J = slot.states.providers();
  const Market::Layer& layer = kernel_.market_.layer(slot.layer);
  ChoiceContext of;
  of.nest = layer.nest;
  of.dissimilarity = layer.dissimilarity;
  for (std::size_t state = 0; state < slot.states.size(); ++state) {
    const std::size_t x = slot.states.provider(state);
    if (x < J && !layer.offers[x].sold) continue;
    const bool stays = x < J && view.on_sale[x];
    const double kappa = stays ? slot.cost[slot.states.stage(state)] : 0;
    for (std::size_t j = 0; j < J; ++j) net_[j] = j == x ? utility_[j] : utility_[j] - kappa;
    kernel_.choice_.probabilities(of, net_, p_);
    const double* by_row = by_slot.rows.data() + slot.row_index(context, state) * J;
    const double by_act = by_slot.act_table[slot.act_index(context, slot.states.stage(state)) + x];
    double leave = 0, mean = 0;
    for (std::size_t j = 0; j < J; ++j)
      if (j != x) leave += p_[j];
    if (!(leave > 0)) continue;
    for (std::size_t j = 0; j < J; ++j)
      if (j != x) mean += by_row[j] * p_[j] / leave;
    for (std::size_t j = 0; j < J; ++j)
      by_p_[j] = j == x ? 0 : (by_row[j] - mean) / leave + (stays ? by_act * view.hazard : 0);
    if (stays) by_view.hazard += by_act * leave;
    std::fill(by_net_.begin(), by_net_.end(), 0.0);
    by_dissimilarity += pull_back_probabilities(layer.nest, layer.dissimilarity, net_, p_, by_p_, by_net_);
    for (std::size_t j = 0; j < J; ++j) {
      by_utility_[j] += by_net_[j];
      if (stays && j != x) by_cost_[slot.states.stage(state)] -= by_net_[j];
    }
  }
}

void KernelPullBack::pull_back_view(LayerId l, SegmentId s, const PeriodParameters& parameters,
                                    const Aggregates& last, PeriodParameters& by_parameter,
                                    Aggregates& by_last, std::vector<double>& by_revealed) {
  const Market& market = kernel_.market_;
  const Market::Layer& layer = market.layer(l);
  const Market::Segment& segment = market.segment(s);
  const std::size_t J = market.provider_count(), place = l.index() * market.segment_count() + s.index();
  const View& by = by_view_[place];
  const double customers = last.customers.sum(l);
  double by_all = 0;  // by the sum of the layer's customers
  for (std::size_t j = 0; j < J; ++j) {
    const Market::Offer& offer = layer.offers[j];
    if (!offer.sold) continue;
    by_parameter[offer.quality] += by.quality[j];
    by_parameter[offer.price] += by.log_price[j] / parameters[offer.price];
    by_parameter[offer.reach[s.index()]] += by.reach[j];
    by_parameter[offer.appeal[s.index()]] += by.appeal[j];
    by_revealed[place * J + j] += by.appeal[j];
    if (customers > 0) by_all -= by.share[j] * last.customer_share(l, ProviderId(j)) / customers;
  }
  if (customers > 0)
    for (std::size_t s2 = 0; s2 < market.segment_count(); ++s2)
      for (std::size_t j = 0; j < J; ++j)
        by_last.customers(l, SegmentId(s2), ProviderId(j)) += by_all + by.share[j] / customers;

  const ParameterId innovate = segment.innovate[l.index()], imitate = segment.imitate[l.index()];
  const double present = last.present[s.index()];
  const double adopters = last.customers.sum(l, s), adopted = present > 0 ? adopters / present : 0;
  const double bass = parameters[innovate] + parameters[imitate] * adopted;
  if (bass <= 1) {
    const double by_bass = times_slope(by.adoption, per_period_slope(market, bass));
    by_parameter[innovate] += by_bass;
    by_parameter[imitate] += times_slope(adopted, by_bass);
    const double by_adopted = times_slope(parameters[imitate], by_bass);
    if (present > 0 && std::isfinite(by_adopted)) {
      for (std::size_t j = 0; j < J; ++j) by_last.customers(l, s, ProviderId(j)) += by_adopted / present;
      by_last.present[s.index()] -= by_adopted * adopted / present;
    }
  }
  const ParameterId hazard = segment.re_evaluate[l.index()];
  by_parameter[hazard] += times_slope(by.hazard, per_period_slope(market, parameters[hazard]));
  by_parameter[layer.advance] += times_slope(by.advance, per_period_slope(market, parameters[layer.advance]));
}

}  // namespace lockin
