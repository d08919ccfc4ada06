#include "lockin/engine/mean_field_engine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <stdexcept>
#include <utility>

#include "engine/detail/mean_field_units.hpp"
#include "engine/detail/tied_slots.hpp"
#include "workers.hpp"

namespace lockin {
namespace {

constexpr double most_states =
    3e8;  // a step works on tables of about seven times the counts of a group: 16 GB

// Two slots of one layer obey one law: that of their layer and segment, given what the others hold. Puts the first such pair
// first if there are other slots.
// @return whether there is one
bool pair_first(const CustomerType& type, std::vector<std::size_t>& slots) {
  if (slots.size() < 3) return false;
  for (auto a = slots.begin(); a != slots.end(); ++a)
    for (auto b = a + 1; b != slots.end(); ++b)
      if (type.slots[*a].layer == type.slots[*b].layer) {
        std::rotate(a + 1, b, b + 1);
        std::rotate(slots.begin(), a, a + 2);
        return true;
      }
  return false;
}

}  // namespace

MeanFieldEngine::Room MeanFieldEngine::make_room() { return std::make_shared<detail::MeanFieldRoom>(); }

MeanFieldEngine::MeanFieldEngine(const Market& market, std::size_t threads, Room room)
    : market_(market),
      workers_(std::make_unique<detail::Workers>(threads)),
      room_(std::move(room)),
      tally_(market) {
  make_units(Opening::distribution);
  std::map<const detail::MeanFieldLayout*, std::vector<std::size_t>> joint_places;
  for (Unit& unit : units_) {
    const CustomerType& type = market.type(TypeId(unit.types.front()));
    for (const std::size_t y : unit.types)
      unit.present += market.segment(type.segment).customers * market.type(TypeId(y)).weight;
    for (Group& group : unit.groups) {
      std::vector<double> joint{unit.present};
      for (const std::size_t k : group.slots) {
        const std::vector<double> opening = market.opening_distribution(type.segment, type.slots[k].layer);
        std::vector<double> product;
        product.reserve(joint.size() * opening.size());
        for (const double mass : joint)
          for (const double p : opening) product.push_back(mass * p);
        joint = std::move(product);
      }
      std::vector<std::size_t>& places = joint_places[group.layout];
      if (places.empty()) places = group.layout->joint_places();
      for (std::size_t i = 0; i < joint.size(); ++i) group.joint.counts[places[i]] += joint[i];
    }
  }
  measure();
}

MeanFieldEngine::MeanFieldEngine(const Market& market, const Population& opening, std::size_t threads,
                                 Room room)
    : market_(market),
      workers_(std::make_unique<detail::Workers>(threads)),
      room_(std::move(room)),
      tally_(market) {
  check_population(market, opening);
  make_units(Opening::counts);
  for (const PopulationCell& cell : opening) {
    Unit& unit = units_[cell.type.index()];
    unit.present += static_cast<double>(cell.count);
    for (Group& group : unit.groups) {
      std::size_t place = 0;
      for (std::size_t i = 0; i < group.slots.size(); ++i)
        place += group.layout->axes[i].at[cell.states[group.slots[i]]];
      group.joint.counts[place] += static_cast<double>(cell.count);
    }
  }
  measure();
}

MeanFieldEngine::~MeanFieldEngine() = default;
MeanFieldEngine::MeanFieldEngine(MeanFieldEngine&& other) noexcept = default;

// Given counts may tell types of one law apart, and slots of one layer.
void MeanFieldEngine::make_units(Opening opening) {
  if (room_->providers != market_.provider_count()) *room_ = {market_.provider_count(), {}, {}};
  while (room_->splits.size() < workers_->size())
    room_->splits.push_back(std::make_unique<detail::MeanFieldSplit>());
  double states = 0;
  for (std::size_t y = 0; y < market_.type_count(); ++y) {
    const CustomerType& type = market_.type(TypeId(y));
    if (opening == Opening::distribution && y > 0 &&
        market_.type(TypeId(y - 1)).choice_class == type.choice_class) {
      units_.back().types.push_back(y);
      continue;
    }
    Unit unit;
    unit.types.push_back(y);
    for (std::vector<std::size_t> slots : detail::tied_slots(market_, type)) {
      const bool paired = opening == Opening::distribution && pair_first(type, slots);
      std::vector<SlotStates> of_slots;
      double size = 1;
      for (const std::size_t k : slots) {
        of_slots.push_back(tally_.slots[y][k].states);
        size *= static_cast<double>(of_slots.back().size());
      }
      states += size;
      if (states > most_states)
        throw std::invalid_argument(
            fmt::format("mean_field: the joint states of segment {} would take {:.1f} GB; less affinity, "
                        "fewer stages or providers make them fewer",
                        market_.spec().segments[type.segment.index()].name, states * 8e-9));
      Group group{slots, layout_of(of_slots, paired), {}};
      group.joint.counts.assign(group.layout->size(), 0.0);
      unit.groups.push_back(std::move(group));
    }
    units_.push_back(std::move(unit));
  }
  for (const Unit& unit : units_) flows_.push_back(tally_.slots[unit.types.front()]);
}

const detail::MeanFieldLayout* MeanFieldEngine::layout_of(const std::vector<SlotStates>& slots, bool paired) {
  for (const auto& known : room_->layouts)
    if (paired == (known->square != nullptr) &&
        std::equal(slots.begin(), slots.end(), known->axes.begin(), known->axes.end(),
                   [](const SlotStates& states, const detail::MeanFieldLayout::Axis& axis) {
                     return states.stage_count() == axis.states.stage_count();
                   }))
      return known.get();
  room_->layouts.push_back(std::make_unique<detail::MeanFieldLayout>(slots, paired));
  return room_->layouts.back().get();
}

void MeanFieldEngine::measure() {
  for (std::size_t u = 0; u < units_.size(); ++u) {
    for (Group& group : units_[u].groups)
      room_->splits.front()->measure(*group.layout, group.slots, group.joint, flows_[u]);
    report(u);
  }
}

void MeanFieldEngine::step(const TransitionKernel& kernel, const StepKey&) {
  std::vector<double> entrants(market_.segment_count(), 0.0);
  for (const Unit& unit : units_)
    entrants[market_.type(TypeId(unit.types.front())).segment.index()] += unit.present;
  for (std::size_t s = 0; s < entrants.size(); ++s) entrants[s] *= kernel.entry_rate(SegmentId(s));
  workers_->run(units_.size(), [&](std::size_t u, std::size_t thread) {
    Unit& unit = units_[u];
    const CustomerType& type = market_.type(TypeId(unit.types.front()));
    double weight = 0;
    for (const std::size_t y : unit.types) weight += market_.type(TypeId(y)).weight;
    const double stay = 1 - kernel.exit(type.segment), enter = entrants[type.segment.index()] * weight;
    unit.present = unit.present * stay + enter;
    for (Group& group : unit.groups)
      room_->splits[thread]->step({kernel, type, *group.layout, group.slots, stay, enter}, group.joint,
                                  flows_[u]);
    report(u);
  });
}

// What a unit did, shared out to its types.
void MeanFieldEngine::report(std::size_t u) {
  const Unit& unit = units_[u];
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

// Joint counts by the states of a group's slots, row-major in the rising order of the slots.
std::vector<double> MeanFieldEngine::in_order(const Group& group) {
  const std::vector<double> counts = group.layout->joint(group.joint.counts);
  std::vector<std::size_t> sorted(group.slots.size());  // places in `group.slots`
  std::iota(sorted.begin(), sorted.end(), std::size_t{0});
  std::sort(sorted.begin(), sorted.end(),
            [&](std::size_t a, std::size_t b) { return group.slots[a] < group.slots[b]; });
  std::vector<std::size_t> from{0};  // of each joint state in order, in `counts`
  for (const std::size_t i : sorted) {
    std::size_t stride = 1;
    for (std::size_t k = i + 1; k < sorted.size(); ++k) stride *= group.layout->axes[k].states.size();
    std::vector<std::size_t> longer;
    for (const std::size_t before : from)
      for (std::size_t state = 0; state < group.layout->axes[i].states.size(); ++state)
        longer.push_back(before + state * stride);
    from.swap(longer);
  }
  std::vector<double> found;
  found.reserve(from.size());
  for (const std::size_t i : from) found.push_back(counts[i]);
  return found;
}

std::vector<double> MeanFieldEngine::joint(TypeId type, std::size_t k) const {
  for (const Unit& unit : units_)
    for (const Group& group : unit.groups)
      if (std::count(unit.types.begin(), unit.types.end(), type.index()) > 0 &&
          std::count(group.slots.begin(), group.slots.end(), k) > 0) {
        return in_order(group);
      }
  throw std::out_of_range("no such type or slot");
}

}  // namespace lockin
