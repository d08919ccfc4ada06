#include "lockin/choice/transition_kernel.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>

#include "deterministic_math.hpp"
#include "lockin/choice/share_inversion.hpp"
#include "lockin/choice/switching_cost.hpp"
#include "workers.hpp"

namespace lockin {
namespace {

constexpr double lowest = -std::numeric_limits<double>::infinity();
constexpr double most_bytes = 4e9;

void check_probabilities(std::span<const double> p, std::span<const double> utility,
                         const ChoiceContext& context) {
  double sum = 0;
  bool sound = true;
  for (std::size_t j = 0; j < p.size(); ++j) {
    sum += p[j];
    sound = sound && p[j] >= 0 && (utility[j] > lowest || p[j] == 0);
  }
  // 1e-9: a model's own rounding, far below what a run could show
  if (!sound || !(std::abs(sum - 1) < 1e-9))
    throw RunError(
        fmt::format("choice model, layer {}, segment {}, period {}: the probabilities [{}] are none",
                    context.layer.value, context.segment.value, context.t, fmt::join(p, ", ")));
}

}  // namespace

void SlotKernel::decode(std::size_t context, std::vector<std::size_t>& held) const {
  const std::size_t radix = states.providers() + 1;
  for (std::size_t k = 0; k < held.size(); ++k)
    held[k] = context_stride[k] == 0 ? states.providers() : context / context_stride[k] % radix;
}

double SlotKernel::move(std::size_t context, std::size_t state) const {
  const std::size_t x = states.provider(state);
  if (x == states.providers()) return 0;
  return act(context, state) * (1 - row(context, state)[x]);
}

TransitionKernel::TransitionKernel(const Market& market, AnyChoiceModel choice)
    : market_(market),
      choice_(std::move(choice)),
      revealed_(revealed_appeal(market)),
      example_type_(market.choice_class_count()),
      views_(market.layer_count() * market.segment_count()),
      slots_(market.choice_class_count()),
      exit_(market.segment_count()),
      entry_(market.segment_count()) {
  for (std::size_t l = 0; l < market.layer_count(); ++l)
    if (market.layer(LayerId(l)).revealed_appeal && choice_.has_probabilities())
      throw std::invalid_argument(
          "revealed appeal inverts logit and nested logit; a model with probabilities of its own needs "
          "stated appeal");
  const std::size_t radix = market.provider_count() + 1, layers = market.layer_count();
  double bytes = 0;
  for (std::size_t y = market.type_count(); y-- > 0;) example_type_[market.type(TypeId(y)).choice_class] = y;
  for (std::size_t c = 0; c < slots_.size(); ++c) {
    const CustomerType& type = market.type(TypeId(example_type_[c]));
    const Market::Segment& segment = market.segment(type.segment);
    for (std::size_t k = 0; k < type.slots.size(); ++k) {
      SlotKernel slot;
      slot.layer = type.slots[k].layer;
      slot.states = SlotStates(market.provider_count(), market.layer(slot.layer).stages);
      double contexts = 1;
      for (std::size_t other = 0; other < type.slots.size(); ++other) {
        const std::size_t pair = slot.layer.index() * layers + type.slots[other].layer.index();
        const bool matters = other != k && segment.affinity[pair].has_value();
        slot.context_stride.push_back(matters ? static_cast<std::size_t>(contexts) : 0);
        if (matters) contexts *= static_cast<double>(radix);
      }
      const Market::Layer& layer = market.layer(slot.layer);
      const bool rows_by_state = choice_.has_probabilities() || !layer.nest.empty();
      const double states = static_cast<double>(slot.states.size());
      const double rows = contexts * (rows_by_state ? states : 1);
      bytes += 8 * (contexts * states + rows * static_cast<double>(market.provider_count()));
      if (bytes > most_bytes)
        throw std::invalid_argument(fmt::format(
            "the transition kernel would take more than {:.0f} GB: affinity between {} slots of {} providers "
            "has {:.3g} contexts for "
            "each of {} classes of customers; fewer affinities, providers, slots or taste classes make it "
            "smaller",
            most_bytes / 1e9, type.slots.size(), market.provider_count(), contexts, slots_.size()));
      slot.contexts = static_cast<std::size_t>(contexts);
      slot.row_per_context = rows_by_state ? slot.states.size() : 1;
      slot.row_per_state = rows_by_state ? 1 : 0;
      slots_[c].push_back(std::move(slot));
    }
    odds_.emplace_back(slots_[c].size());
  }
}

void TransitionKernel::fill(const PeriodParameters& parameters, const Aggregates& last,
                            detail::Workers* workers) {
  for (std::size_t s = 0; s < exit_.size(); ++s) {
    const Market::Segment& segment = market_.segment(SegmentId(s));
    exit_[s] = market_.per_period(parameters[segment.exit]);
    entry_[s] = math::expm1(math::log1p(parameters[segment.entry]) / market_.calendar().per_year());
  }
  moves_ = parameters.moves;
  for (std::size_t l = 0; l < market_.layer_count(); ++l)
    for (std::size_t s = 0; s < market_.segment_count(); ++s) see(LayerId(l), SegmentId(s), parameters, last);
  const auto fill_class = [&](std::size_t c, std::size_t thread) {
    for (std::size_t k = 0; k < slots_[c].size(); ++k)
      fill_slot(slots_[c][k], odds_[c][k], market_.type(TypeId(example_type_[c])), parameters,
                rooms_[thread]);
  };
  if (workers && choice_.empty()) {
    rooms_.resize(std::max(rooms_.size(), workers->size()));
    workers->run(slots_.size(), fill_class);
  } else {
    for (std::size_t c = 0; c < slots_.size(); ++c) fill_class(c, 0);
  }
}

void TransitionKernel::see(LayerId l, SegmentId s, const PeriodParameters& parameters,
                           const Aggregates& last) {
  const std::size_t J = market_.provider_count();
  const Market::Layer& layer = market_.layer(l);
  const Market::Segment& segment = market_.segment(s);
  View& view = views_[l.index() * market_.segment_count() + s.index()];
  view.on_sale.assign(J, false);
  for (auto* values : {&view.quality, &view.log_price, &view.reach, &view.appeal, &view.share})
    values->assign(J, 0.0);
  for (std::size_t j = 0; j < J; ++j) {
    const Market::Offer& offer = layer.offers[j];
    view.on_sale[j] = offer.on_sale(parameters.t);
    if (!offer.sold) continue;
    view.quality[j] = parameters[offer.quality];
    view.log_price[j] = math::log(parameters[offer.price]);
    view.reach[j] = parameters[offer.reach[s.index()]];
    view.appeal[j] = parameters[offer.appeal[s.index()]] +
                     revealed_[(l.index() * market_.segment_count() + s.index()) * J + j];
    view.share[j] = last.customer_share(l, ProviderId(j));
  }
  const double present = last.present[s.index()];
  const double adopted = present > 0 ? last.customers.sum(l, s) / present : 0;
  const double bass =
      parameters[segment.innovate[l.index()]] + parameters[segment.imitate[l.index()]] * adopted;
  view.adoption = market_.per_period(std::min(1.0, bass));
  view.hazard = market_.per_period(parameters[segment.re_evaluate[l.index()]]);
  view.advance = market_.per_period(parameters[layer.advance]);
}

void TransitionKernel::fill_slot(SlotKernel& slot, Odds& odds, const CustomerType& type,
                                 const PeriodParameters& parameters, Room& room) const {
  const std::size_t J = market_.provider_count(), l = slot.layer.index(), s = type.segment.index();
  const Market::Layer& layer = market_.layer(slot.layer);
  const Market::Segment& segment = market_.segment(type.segment);
  const View& view = views_[l * market_.segment_count() + s];
  slot.advance = view.advance;
  set_switching_costs(market_, parameters, type, slot.layer, slot.cost);
  if (slot.cost != odds.cost) {  // mostly those of the period before
    odds.cost = slot.cost;
    odds.of_cost.resize(odds.cost.size());
    std::transform(odds.cost.begin(), odds.cost.end(), odds.of_cost.begin(),
                   [](double x) { return math::expm1(x); });
  }
  slot.act_table.resize(slot.act_index(slot.contexts, 0));
  slot.rows.resize(slot.contexts * slot.row_per_context * J);

  room.base.resize(J);
  room.utility.resize(J);
  room.held.resize(slot.context_stride.size());
  const ChoiceContext of{parameters.t,
                         slot.layer,
                         type.segment,
                         type.alpha[l],
                         type.beta[l],
                         segment.gamma[l],
                         parameters[segment.network[l]],
                         view.quality,
                         view.log_price,
                         view.reach,
                         view.appeal,
                         view.share,
                         layer.nest,
                         layer.dissimilarity};
  choice_.utilities(of, room.base);
  for (std::size_t j = 0; j < J; ++j) {
    if (view.on_sale[j] && !std::isfinite(room.base[j]))
      throw RunError(fmt::format("choice model, layer {}, segment {}, period {}: utility {} of provider {}",
                                 l, s, parameters.t, room.base[j], market_.spec().providers[j].name));
    if (!view.on_sale[j]) room.base[j] = lowest;
  }
  room.affinity.assign(room.held.size(), 0.0);
  for (std::size_t k = 0; k < room.held.size(); ++k)
    if (slot.context_stride[k] > 0)
      room.affinity[k] =
          parameters[*segment.affinity[l * market_.layer_count() + type.slots[k].layer.index()]];
  const bool tilts = slot.row_per_state == 0 && set_weights(room);
  std::copy(room.base.begin(), room.base.end(), room.utility.begin());
  slot.decode(0, room.held);
  for (std::size_t c = 0; c < slot.contexts; ++c) {
    for (std::size_t k = 0; k < room.held.size(); ++k)
      if (room.held[k] < J && view.on_sale[room.held[k]]) room.utility[room.held[k]] += room.affinity[k];
    if (slot.row_per_state == 0) {
      const std::span<double> row = std::span(slot.rows).subspan(c * J, J);
      if (tilts)
        tilt(room, row);
      else
        choice_.probabilities(of, room.utility, row);
      fill_logit(slot, c, view, odds.of_cost, room);
    } else {
      fill_states(slot, c, view, of, room);
    }
    for (const std::size_t x : room.held)
      if (x < J) room.utility[x] = room.base[x];
    for (std::size_t k = 0; k < room.held.size(); ++k) {  // to the next context
      if (slot.context_stride[k] == 0) continue;
      if (++room.held[k] <= J) break;
      room.held[k] = 0;
    }
  }
}

// Weights of the free choice without affinity, and what an affinity multiplies them by.
// @return whether all their products are numbers of full precision
bool TransitionKernel::set_weights(Room& room) {
  constexpr double most = 300;  // exp(2 * 300) and its inverse are well within the range of doubles
  const double top = *std::max_element(room.base.begin(), room.base.end());
  double sum = 0;
  bool tame = top > lowest;
  room.weight.resize(room.base.size());
  for (std::size_t j = 0; j < room.base.size(); ++j) {
    tame = tame && (room.base[j] == lowest || room.base[j] - top > -most);
    room.weight[j] = math::exp(room.base[j] - top);
  }
  room.factor.resize(room.affinity.size());
  for (std::size_t k = 0; k < room.affinity.size(); ++k) {
    sum += std::abs(room.affinity[k]);
    room.factor[k] = math::exp(room.affinity[k]);
  }
  return tame && sum < most;
}

// The logit of the context at hand: exp(V + theta) = exp(V) exp(theta), so that no context takes an exponential of its own.
void TransitionKernel::tilt(const Room& room, std::span<double> row) {
  std::copy(room.weight.begin(), room.weight.end(), row.begin());
  for (std::size_t k = 0; k < room.held.size(); ++k)
    if (room.held[k] < row.size()) row[room.held[k]] *= room.factor[k];
  const double sum = std::accumulate(row.begin(), row.end(), 0.0);
  for (double& p : row) p /= sum;
}

// exp(V - kappa) against exp(V[x]): the chance of a fresh draw is rho / (1 + P[x] (exp(kappa) - 1)).
void TransitionKernel::fill_logit(SlotKernel& slot, std::size_t context, const View& view,
                                  std::span<const double> odds, const Room& room) const {
  const std::size_t J = slot.states.providers(), D = slot.states.stage_count() - 1;
  const std::span<const double> row = slot.row(context, 0);
  const double* fresh = row.data();
  const double hazard = view.hazard, adoption = view.adoption;
  double* act = slot.act_table.data() + slot.act_index(context, 0);
  for (std::size_t d = 0; d <= D; ++d) {
    double* of_stage = act + d * (J + 1);
    const double odds_of_stage = odds[d];
    for (std::size_t x = 0; x < J; ++x) of_stage[x] = hazard / (1 + fresh[x] * odds_of_stage);
    of_stage[J] = adoption;
  }
  const bool finite = std::isfinite(odds[D]);  // then so is its product with a probability
  for (std::size_t x = 0; x < J; ++x) {
    const double p = row[x];
    if (view.on_sale[x] && (finite || std::isfinite(p * odds[D]))) continue;
    const double gone = market_.offer(slot.layer, ProviderId(x)).sold ? 1 : 0;
    // P[x] may underflow where exp(kappa) overflows: then logarithms decide
    const double top = *std::max_element(room.utility.begin(), room.utility.end());
    const double largest = *std::max_element(row.begin(), row.end());
    for (std::size_t d = 0; d <= D; ++d) {
      const double safe = std::isfinite(p * odds[d])
                              ? p * odds[d]
                              : largest * math::exp(room.utility[x] - top + slot.cost[d]);
      act[d * (J + 1) + x] = view.on_sale[x] ? view.hazard / (1 + safe) : gone;
    }
  }
}

// Families without a fresh draw: a row for every state.
void TransitionKernel::fill_states(SlotKernel& slot, std::size_t context, const View& view,
                                   const ChoiceContext& of, Room& room) const {
  const std::size_t J = slot.states.providers();
  room.net.resize(J);
  room.p.resize(J);
  for (std::size_t d = 0; d < slot.states.stage_count(); ++d)
    slot.act_table[slot.act_index(context, d) + J] = view.adoption;
  for (std::size_t state = 0; state < slot.states.size(); ++state) {
    const std::size_t x = slot.states.provider(state), d = slot.states.stage(state);
    double* row = slot.rows.data() + slot.row_index(context, state) * J;
    double& act = slot.act_table[slot.act_index(context, d) + x];
    if (x < J && !market_.offer(slot.layer, ProviderId(x)).sold) {
      std::fill_n(row, J, 0.0);
      act = 0;
      continue;
    }
    const double kappa = x < J && view.on_sale[x] ? slot.cost[d] : 0;
    for (std::size_t j = 0; j < J; ++j) room.net[j] = j == x ? room.utility[j] : room.utility[j] - kappa;
    choice_.probabilities(of, room.net, room.p);
    check_probabilities(room.p, room.net, of);
    double leave = 0;
    for (std::size_t j = 0; j < J; ++j)
      if (j != x) leave += room.p[j];
    for (std::size_t j = 0; j < J; ++j) row[j] = leave > 0 ? (j == x ? 0 : room.p[j] / leave) : room.p[j];
    if (x < J) act = view.on_sale[x] ? view.hazard * leave : 1;
  }
}

}  // namespace lockin
