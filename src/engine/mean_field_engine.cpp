#include "lockin/engine/mean_field_engine.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "engine/detail/tied_slots.hpp"

namespace lockin {
namespace {

constexpr double most_states = 1e9;

// Joint counts over the slots of a group while one after the other moves; other slots still stand at t-1.
struct Tensor {
  std::vector<std::size_t> extent;  // per slot of the group
  std::vector<double> value;
};

// Where a slot that was with one provider (or none) can be afterwards: its own states first, then the other providers.
struct Outcomes {
  std::vector<std::size_t> state;                                 // outcome -> state
  std::vector<std::vector<std::pair<std::size_t, double>>> from;  // by old stage: (outcome, probability)
};

Outcomes outcomes(const SlotKernel& kernel, std::size_t context, std::size_t x,
                  std::span<const Market::Move> moves) {
  const SlotStates& states = kernel.states;
  const std::size_t J = states.providers(), top = states.stage_count() - 1;
  Outcomes out;
  const std::size_t own = x == J ? 1 : states.stage_count();
  for (std::size_t d = 0; d < own; ++d) out.state.push_back(x == J ? states.none() : states.held(x, d));
  std::vector<std::size_t> at_stage_0(J);
  for (std::size_t j = 0; j < J; ++j) {
    at_stage_0[j] = j == x ? 0 : out.state.size();
    if (j != x) out.state.push_back(states.held(j, 0));
  }
  for (std::size_t d = 0; d < own; ++d) {
    const std::size_t state = out.state[d];
    std::vector<std::pair<std::size_t, double>> to;
    double spared = 1;
    for (const Market::Move& move : moves) {
      std::size_t outcome = at_stage_0[move.to.index()];
      if (move.keep_stage && d > 0) {
        outcome = out.state.size();
        out.state.push_back(states.held(move.to.index(), d));
      }
      to.emplace_back(outcome, spared * move.share);
      spared *= 1 - move.share;
    }
    const double act = spared * kernel.act(context, state);
    const std::span<const double> row = kernel.row(context, state);
    double stay = spared - act;
    for (std::size_t j = 0; j < J; ++j) {
      if (j == x)
        stay += act * row[j];
      else if (row[j] > 0)
        to.emplace_back(at_stage_0[j], act * row[j]);
    }
    if (x == J || d == top) {
      to.emplace_back(d, stay);
    } else {
      to.emplace_back(d, stay * (1 - kernel.advance));
      to.emplace_back(d + 1, stay * kernel.advance);
    }
    out.from.push_back(std::move(to));
  }
  return out;
}

// Replaces axis `axis` of the tensor by the outcomes of its slot, and counts where it went.
void transform(Tensor& tensor, std::size_t axis, const Outcomes& out, std::size_t x, SlotTally& tally) {
  const std::size_t J = tally.states.providers();
  std::size_t inner = 1, outer = 1;
  for (std::size_t k = 0; k < axis; ++k) outer *= tensor.extent[k];
  for (std::size_t k = axis + 1; k < tensor.extent.size(); ++k) inner *= tensor.extent[k];
  const std::size_t old_extent = tensor.extent[axis], new_extent = out.state.size();
  std::vector<double> next(outer * new_extent * inner, 0.0);
  for (std::size_t o = 0; o < outer; ++o)
    for (std::size_t d = 0; d < old_extent; ++d)
      for (const auto& [outcome, probability] : out.from[d]) {
        const std::size_t to = tally.states.provider(out.state[outcome]);
        double sum = 0;
        for (std::size_t i = 0; i < inner; ++i) {
          const double mass = tensor.value[(o * old_extent + d) * inner + i] * probability;
          next[(o * new_extent + outcome) * inner + i] += mass;
          sum += mass;
        }
        if (to < J && to != x) (x == J ? tally.adopted[to] : tally.moved[x * J + to]) += sum;
      }
  tensor.value = std::move(next);
  tensor.extent[axis] = new_extent;
}

}  // namespace

MeanFieldEngine::MeanFieldEngine(const Market& market) : market_(market), tally_(market) {
  make_units(true);
  for (Unit& unit : units_) {
    const CustomerType& type = market.type(TypeId(unit.types.front()));
    for (const std::size_t y : unit.types)
      unit.present += market.segment(type.segment).customers * market.type(TypeId(y)).weight;
    for (Group& group : unit.groups) {
      group.counts.assign(1, unit.present);
      for (const std::size_t k : group.slots) {
        const std::vector<double> opening = market.opening_distribution(type.segment, type.slots[k].layer);
        std::vector<double> product;
        for (const double mass : group.counts)
          for (const double p : opening) product.push_back(mass * p);
        group.counts = std::move(product);
      }
    }
  }
  report();
}

MeanFieldEngine::MeanFieldEngine(const Market& market, const Population& opening)
    : market_(market), tally_(market) {
  check_population(market, opening);
  make_units(false);
  for (const PopulationCell& cell : opening) {
    Unit& unit = units_[cell.type.index()];
    unit.present += static_cast<double>(cell.count);
    for (Group& group : unit.groups) {
      std::size_t place = 0;
      for (const std::size_t k : group.slots)
        place = place * tally_.slots[cell.type.index()][k].states.size() + cell.states[k];
      group.counts[place] += static_cast<double>(cell.count);
    }
  }
  report();
}

void MeanFieldEngine::make_units(bool merge_sizes) {
  double states = 0;
  for (std::size_t y = 0; y < market_.type_count(); ++y) {
    const CustomerType& type = market_.type(TypeId(y));
    if (merge_sizes && y > 0 && market_.type(TypeId(y - 1)).choice_class == type.choice_class) {
      units_.back().types.push_back(y);
      continue;
    }
    Unit unit;
    unit.types.push_back(y);
    for (const std::vector<std::size_t>& slots : detail::tied_slots(market_, type)) {
      Group group{slots, {}};
      double size = 1;
      for (const std::size_t k : slots) size *= static_cast<double>(tally_.slots[y][k].states.size());
      states += size;
      if (states > most_states)
        throw std::invalid_argument(
            fmt::format("mean_field: the joint states of segment {} would take {:.1f} GB; less affinity, "
                        "fewer stages or providers make them fewer",
                        market_.spec().segments[type.segment.index()].name, states * 8e-9));
      group.counts.assign(static_cast<std::size_t>(size), 0.0);
      unit.groups.push_back(std::move(group));
    }
    units_.push_back(std::move(unit));
  }
  for (const Unit& unit : units_) flows_.push_back(tally_.slots[unit.types.front()]);
}

void MeanFieldEngine::step(const TransitionKernel& kernel, const StepKey&) {
  std::vector<double> entrants(market_.segment_count(), 0.0);
  for (const Unit& unit : units_)
    entrants[market_.type(TypeId(unit.types.front())).segment.index()] += unit.present;
  for (std::size_t s = 0; s < entrants.size(); ++s) entrants[s] *= kernel.entry_rate(SegmentId(s));
  for (std::size_t u = 0; u < units_.size(); ++u) {
    Unit& unit = units_[u];
    const CustomerType& type = market_.type(TypeId(unit.types.front()));
    double weight = 0;
    for (const std::size_t y : unit.types) weight += market_.type(TypeId(y)).weight;
    const double stay = 1 - kernel.exit(type.segment), enter = entrants[type.segment.index()] * weight;
    unit.present = unit.present * stay + enter;
    for (SlotTally& flow : flows_[u])
      for (auto* values : {&flow.held, &flow.moved, &flow.adopted, &flow.base})
        values->assign(values->size(), 0.0);
    for (Group& group : unit.groups) {
      for (double& count : group.counts) count *= stay;
      group.counts.back() += enter;  // *none* is the last state of every slot
      step_group(kernel, unit, group, flows_[u]);
    }
  }
  report();
}

void MeanFieldEngine::step_group(const TransitionKernel& kernel, const Unit& unit, Group& group,
                                 std::vector<SlotTally>& tally) const {
  const CustomerType& type = market_.type(TypeId(unit.types.front()));
  const std::size_t J = market_.provider_count(), K = group.slots.size();
  std::vector<std::size_t> stride(K, 1);
  for (std::size_t i = K; i-- > 1;) stride[i - 1] = stride[i] * tally[group.slots[i]].states.size();
  std::vector<double> next(group.counts.size(), 0.0);
  std::vector<std::size_t> held(K, 0), index;
  for (bool more = true; more;) {
    // Customers that were with these providers at t-1, by the stages of their slots.
    Tensor tensor;
    std::size_t size = 1;
    for (std::size_t i = 0; i < K; ++i) {
      tensor.extent.push_back(held[i] == J ? 1 : tally[group.slots[i]].states.stage_count());
      size *= tensor.extent.back();
    }
    tensor.value.resize(size);
    double mass = 0;
    for (std::size_t n = 0; n < size; ++n) {
      std::size_t rest = n, place = 0;
      for (std::size_t i = K; i-- > 0;) {
        const SlotStates& states = tally[group.slots[i]].states;
        const std::size_t d = rest % tensor.extent[i];
        rest /= tensor.extent[i];
        place += stride[i] * (held[i] == J ? states.none() : states.held(held[i], d));
      }
      mass += tensor.value[n] = group.counts[place];
    }
    if (mass > 0) {
      std::vector<Outcomes> outs;
      for (std::size_t i = 0; i < K; ++i) {
        const std::size_t k = group.slots[i];
        const SlotKernel& slot = kernel.slot(type.choice_class, k);
        std::size_t context = 0;
        for (std::size_t other = 0; other < K; ++other)
          context += slot.context_stride[group.slots[other]] * held[other];
        std::vector<Market::Move> moves;
        for (const Market::Move& move : kernel.moves())
          if (move.layer == slot.layer && move.from.index() == held[i] &&
              (!move.segment || *move.segment == type.segment))
            moves.push_back(move);
        outs.push_back(outcomes(slot, context, held[i], moves));
        if (held[i] < J) tally[k].base[held[i]] += mass;
      }
      for (std::size_t i = 0; i < K; ++i) transform(tensor, i, outs[i], held[i], tally[group.slots[i]]);
      for (std::size_t n = 0; n < tensor.value.size(); ++n) {
        if (tensor.value[n] == 0) continue;
        std::size_t rest = n, place = 0;
        for (std::size_t i = K; i-- > 0;) {
          place += stride[i] * outs[i].state[rest % tensor.extent[i]];
          rest /= tensor.extent[i];
        }
        next[place] += tensor.value[n];
      }
    }
    more = false;
    for (std::size_t i = K; i-- > 0 && !more;) {
      more = held[i] < J;
      held[i] = more ? held[i] + 1 : 0;
    }
  }
  group.counts = std::move(next);
}

void MeanFieldEngine::report() {
  for (std::size_t u = 0; u < units_.size(); ++u) {
    const Unit& unit = units_[u];
    for (const Group& group : unit.groups) {
      for (const std::size_t k : group.slots) flows_[u][k].held.assign(flows_[u][k].held.size(), 0.0);
      for (std::size_t n = 0; n < group.counts.size(); ++n) {
        std::size_t rest = n;
        for (std::size_t i = group.slots.size(); i-- > 0;) {
          SlotTally& slot = flows_[u][group.slots[i]];
          slot.held[rest % slot.states.size()] += group.counts[n];
          rest /= slot.states.size();
        }
      }
    }
    double weight = 0;
    for (const std::size_t y : unit.types) weight += market_.type(TypeId(y)).weight;
    for (const std::size_t y : unit.types) {
      const double part = unit.types.size() == 1 ? 1 : market_.type(TypeId(y)).weight / weight;
      tally_.present[y] = unit.present * part;
      for (std::size_t k = 0; k < flows_[u].size(); ++k) {
        const SlotTally& from = flows_[u][k];
        SlotTally& to = tally_.slots[y][k];
        for (const auto values : {&SlotTally::held, &SlotTally::moved, &SlotTally::adopted, &SlotTally::base})
          for (std::size_t i = 0; i < (from.*values).size(); ++i) (to.*values)[i] = (from.*values)[i] * part;
      }
    }
  }
}

const std::vector<double>& MeanFieldEngine::joint(TypeId type, std::size_t k) const {
  for (const Unit& unit : units_)
    for (const std::size_t y : unit.types)
      if (y == type.index())
        for (const Group& group : unit.groups)
          for (const std::size_t slot : group.slots)
            if (slot == k) return group.counts;
  throw std::out_of_range("no such type or slot");
}

}  // namespace lockin
