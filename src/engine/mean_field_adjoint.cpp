#include "engine/mean_field_adjoint.hpp"

#include <fmt/format.h>

#include <numeric>
#include <stdexcept>
#include <utility>

#include "engine/detail/mean_field_runs_adjoint.hpp"
#include "workers.hpp"

namespace lockin {

namespace {

// Calls work(numbers) for what a step changes of a tally.
template <class AnyTally, class Work>
void each_table(AnyTally& tally, const Work& work) {
  work(tally.present);
  for (auto& of_type : tally.slots)
    for (auto& slot : of_type)
      for (auto* numbers : {&slot.held, &slot.moved, &slot.adopted, &slot.base}) work(*numbers);
}

// Of [rest][state].
std::vector<double> sum_over_last(const std::vector<double>& of, const std::vector<double>& weights) {
  std::vector<double> sums(of.size() / weights.size());
  for (std::size_t i = 0; i < sums.size(); ++i)
    sums[i] = std::inner_product(weights.begin(), weights.end(),
                                 of.begin() + static_cast<std::ptrdiff_t>(i * weights.size()), 0.0);
  return sums;
}

// Of [state][rest].
std::vector<double> sum_over_first(const std::vector<double>& weights, const std::vector<double>& of) {
  std::vector<double> sums(of.size() / weights.size(), 0.0);
  for (std::size_t state = 0; state < weights.size(); ++state)
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += weights[state] * of[state * sums.size() + i];
  return sums;
}

}  // namespace

MeanFieldPullBack::MeanFieldPullBack(MeanFieldEngine& engine) : engine_(engine), tally_(engine.tally_) {
  constexpr double most_bytes = 1.6e10;
  std::size_t states = 0;
  for (const Unit& unit : engine.units_) {
    counts_at_.emplace_back();
    for (const auto& group : unit.groups) {
      counts_at_.back().push_back(states);
      states += group.joint.counts.size();
    }
  }
  const double bytes =
      8 * static_cast<double>(states) * static_cast<double>(engine.market_.calendar().size() + 1);
  if (bytes > most_bytes)
    throw std::invalid_argument(fmt::format(
        "gradients: the states of all periods would take {:.1f} GB, more than {:.0f}; less affinity, fewer "
        "stages, providers or periods make them fewer",
        bytes / 1e9, most_bytes / 1e9));
}

void MeanFieldPullBack::remember() {
  Moment now;
  if (!history_.empty()) {
    now.counts.reserve(history_.front().counts.size());
    now.tally.reserve(history_.front().tally.size());
  }
  for (const Unit& unit : engine_.units_) {
    now.present.push_back(unit.present);
    for (const auto& group : unit.groups)
      now.counts.insert(now.counts.end(), group.joint.counts.begin(), group.joint.counts.end());
  }
  each_table(engine_.tally_, [&](const std::vector<double>& numbers) {
    now.tally.insert(now.tally.end(), numbers.begin(), numbers.end());
  });
  history_.push_back(std::move(now));
}

const Tally& MeanFieldPullBack::tally(long t) {
  const double* next = history_[static_cast<std::size_t>(t + 1)].tally.data();
  each_table(tally_, [&](std::vector<double>& numbers) {
    std::copy_n(next, numbers.size(), numbers.begin());
    next += numbers.size();
  });
  return tally_;
}

double MeanFieldPullBack::weight(const Unit& unit) const {
  double sum = 0;
  for (const std::size_t y : unit.types) sum += engine_.market_.type(TypeId(y)).weight;
  return sum;
}

void MeanFieldPullBack::clear() {
  by_units_ = engine_.units_;
  by_flows_ = engine_.flows_;
  by_steps_.resize(by_units_.size());
  for (Unit& unit : by_units_) {
    unit.present = 0;
    for (auto& group : unit.groups) std::fill(group.joint.counts.begin(), group.joint.counts.end(), 0.0);
  }
  for (auto& of_unit : by_flows_)
    for (SlotTally& slot : of_unit)
      for (auto* values : {&slot.held, &slot.moved, &slot.adopted, &slot.base})
        values->assign(values->size(), 0.0);
}

// The transpose of `MeanFieldEngine::report`.
void MeanFieldPullBack::add(const Tally& by_tally) {
  for (std::size_t u = 0; u < by_units_.size(); ++u) {
    Unit& by_unit = by_units_[u];
    const double all = weight(by_unit);
    for (SlotTally& slot : by_flows_[u])
      for (auto* values : {&slot.held, &slot.moved, &slot.adopted, &slot.base})
        values->assign(values->size(), 0.0);
    for (const std::size_t y : by_unit.types) {
      const double part = by_unit.types.size() == 1 ? 1 : engine_.market_.type(TypeId(y)).weight / all;
      by_unit.present += part * by_tally.present[y];
      for (std::size_t k = 0; k < by_flows_[u].size(); ++k) {
        const SlotTally& from = by_tally.slots[y][k];
        for (const auto values : {&SlotTally::held, &SlotTally::moved, &SlotTally::adopted, &SlotTally::base})
          for (std::size_t i = 0; i < (from.*values).size(); ++i)
            (by_flows_[u][k].*values)[i] += (from.*values)[i] * part;
      }
    }
    for (auto& group : by_unit.groups) {
      const detail::MeanFieldLayout& layout = *group.layout;
      detail::MeanFieldSplit::share_alike(layout, group.slots, by_flows_[u]);
      std::vector<detail::StageRuns> stages;
      by_marginals_.assign(group.joint.marginals.size(), 0.0);
      double* by = by_marginals_.data();
      for (std::size_t i = 0; i < group.slots.size(); ++i) {
        const detail::MeanFieldLayout::Axis& axis = layout.axes[i];
        const std::vector<double>& by_held = by_flows_[u][group.slots[i]].held;
        const std::size_t own = axis.states.stage_count(), J = layout.providers;
        for (std::size_t d = 0; d < own; ++d, by += layout.places)
          for (std::size_t p = 0; p < layout.places; ++p)
            if (const std::size_t x = axis.incumbent[p]; x < J)
              by[p] = by_held[axis.states.held(x, d)];
            else if (x == J && d == 0)
              by[p] = by_held[axis.states.none()];
        stages.push_back({own, 1, own + 1});
      }
      room_.resize(std::max(room_.size(), detail::fate_room(stages, layout.blocks)));
      detail::add_marginals({stages, layout.places, layout.blocks, room_.data()}, by_marginals_.data(),
                            group.joint.counts.data());
    }
  }
}

void MeanFieldPullBack::pull_back(long t, const TransitionKernel& kernel, KernelAdjoint& by_kernel,
                                  MarketAdjoint& by_market) {
  const Market& market = engine_.market_;
  const Moment& before = history_[static_cast<std::size_t>(t)];
  const std::vector<Unit>& units = by_units_;
  std::vector<double> present(market.segment_count(), 0.0), by_entrants(present);
  const auto segment_of = [&](const Unit& unit) { return market.type(TypeId(unit.types.front())).segment; };
  for (std::size_t u = 0; u < units.size(); ++u) present[segment_of(units[u]).index()] += before.present[u];
  engine_.workers_->run(units.size(), [&](std::size_t u, std::size_t thread) {
    const SegmentId s = segment_of(units[u]);
    pull_back_unit(u, thread, kernel, present[s.index()] * kernel.entry_rate(s), before, by_kernel);
  });
  for (std::size_t u = 0; u < units.size(); ++u) {
    const std::size_t s = segment_of(units[u]).index();
    const UnitAdjoint& by = by_steps_[u];
    const double entrants = present[s] * kernel.entry_rate(SegmentId(s));
    by_kernel.exit[s] -= by.stay;
    by_entrants[s] += by.enter * weight(units[u]);
    for (const std::size_t y : units[u].types) by_market.types[y].weight += by.enter * entrants;
    for (std::size_t m = 0; m < by.move_shares.size(); ++m) by_kernel.move_shares[m] += by.move_shares[m];
  }
  for (std::size_t s = 0; s < present.size(); ++s) by_kernel.entry[s] += by_entrants[s] * present[s];
  for (Unit& by_unit : by_units_) {
    const SegmentId s = segment_of(by_unit);
    by_unit.present += by_entrants[s.index()] * kernel.entry_rate(s);
  }
}

void MeanFieldPullBack::pull_back_unit(std::size_t u, std::size_t thread, const TransitionKernel& kernel,
                                       double entrants, const Moment& before, KernelAdjoint& by_kernel) {
  Unit& by_unit = by_units_[u];
  const CustomerType& type = engine_.market_.type(TypeId(by_unit.types.front()));
  const double stay = 1 - kernel.exit(type.segment), enter = entrants * weight(by_unit);
  UnitAdjoint& by = by_steps_[u];
  by.stay = by_unit.present * before.present[u];
  by.enter = by_unit.present;
  by.move_shares.assign(kernel.moves().size(), 0.0);
  by_unit.present *= stay;
  for (std::size_t g = 0; g < by_unit.groups.size(); ++g) {
    const Group& group = by_unit.groups[g];
    detail::Numbers& by_counts = by_unit.groups[g].joint.counts;
    const double* counts = before.counts.data() + counts_at_[u][g];
    engine_.room_->splits[thread]->pull_back({kernel, type, *group.layout, group.slots, stay, enter}, counts,
                                             by_flows_[u], by_counts, by_kernel.slots[type.choice_class],
                                             by.move_shares);
    by.enter += by_counts[group.layout->none];
    by.stay += detail::sum_products(by_counts.data(), counts, by_counts.size());
    if (stay != 1) detail::scale(stay, by_counts.size(), by_counts.data());
  }
}

void MeanFieldPullBack::pull_back_opening(MarketAdjoint& by_market) {
  const Market& market = engine_.market_;
  const std::vector<Unit>& opening = by_units_;
  for (std::size_t u = 0; u < opening.size(); ++u) {
    const Unit& unit = opening[u];
    const CustomerType& type = market.type(TypeId(unit.types.front()));
    const Market::Segment& segment = market.segment(type.segment);
    Market::Segment& by_segment = by_market.segments[type.segment.index()];
    double by_present = by_units_[u].present;
    for (std::size_t g = 0; g < unit.groups.size(); ++g) {
      const std::vector<std::size_t>& slots = unit.groups[g].slots;
      std::vector<double> by_counts;
      for (const std::size_t place : unit.groups[g].layout->joint_places())
        by_counts.push_back(by_units_[u].groups[g].joint.counts[place]);
      std::vector<std::vector<double>> p, by_p;  // by slot
      for (const std::size_t k : slots)
        p.push_back(market.opening_distribution(type.segment, type.slots[k].layer));
      for (std::size_t k = 0; k < slots.size(); ++k) {  // those before it are summed over
        by_p.push_back(by_counts);
        for (std::size_t o = slots.size(); o-- > k + 1;) by_p[k] = sum_over_last(by_p[k], p[o]);
        by_counts = sum_over_first(p[k], by_counts);
        for (double& by : by_p[k]) by *= history_.front().present[u];
      }
      by_present += by_counts.front();
      for (std::size_t k = 0; k < slots.size(); ++k) {
        const std::size_t l = type.slots[slots[k]].layer.index();
        const Market::Layer& layer = market.layer(LayerId(l));
        Market::Layer& by_layer = by_market.layers[l];
        const SlotStates states(market.provider_count(), layer.stages);
        const double adopted = segment.adopted[l];
        by_segment.adopted[l] -= by_p[k][states.none()];
        for (std::size_t j = 0; j < market.provider_count(); ++j) {
          if (!layer.offers[j].sold) continue;
          const double share = layer.offers[j].opening_share[type.segment.index()];
          for (std::size_t d = 0; d < layer.stage_count(); ++d) {
            const double by = by_p[k][states.held(j, d)], stage = layer.opening[d];
            by_segment.adopted[l] += by * share * stage;
            by_layer.offers[j].opening_share[type.segment.index()] += by * adopted * stage;
            by_layer.opening[d] += by * adopted * share;
          }
        }
      }
    }
    by_segment.customers += by_present * weight(unit);
    for (const std::size_t y : unit.types) by_market.types[y].weight += by_present * segment.customers;
  }
}

}  // namespace lockin
