#include "lockin/engine/mean_field_engine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "engine/detail/mean_field_split.hpp"
#include "engine/detail/tied_slots.hpp"
#include "engine/detail/workers.hpp"

namespace lockin {
namespace {

constexpr double most_states =
    3e8;  // a step works on tables of about seven times the counts of a group: 16 GB

// In four parts, so that the processor need not wait for each addition.
double sum(const double* values, std::size_t n) {
  double a = 0, b = 0, c = 0, d = 0;
  std::size_t i = 0;
  for (; i + 4 <= n; i += 4) {
    a += values[i];
    b += values[i + 1];
    c += values[i + 2];
    d += values[i + 3];
  }
  for (; i < n; ++i) a += values[i];
  return (a + b) + (c + d);
}

}  // namespace

MeanFieldEngine::MeanFieldEngine(const Market& market, std::size_t threads)
    : market_(market), workers_(std::make_unique<detail::Workers>(threads)), tally_(market) {
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

MeanFieldEngine::MeanFieldEngine(const Market& market, const Population& opening, std::size_t threads)
    : market_(market), workers_(std::make_unique<detail::Workers>(threads)), tally_(market) {
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

MeanFieldEngine::~MeanFieldEngine() = default;
MeanFieldEngine::MeanFieldEngine(MeanFieldEngine&& other) noexcept = default;

void MeanFieldEngine::make_units(bool merge_sizes) {
  for (std::size_t i = 0; i < workers_->size(); ++i)
    splits_.push_back(std::make_unique<detail::MeanFieldSplit>());
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
  workers_->run(units_.size(), [&](std::size_t u, std::size_t thread) {
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
      splits_[thread]->step(kernel, type, group.slots, group.counts, flows_[u]);
    }
  });
  report();
}

void MeanFieldEngine::report() {
  std::vector<double> sums;
  for (std::size_t u = 0; u < units_.size(); ++u) {
    const Unit& unit = units_[u];
    for (const Group& group : unit.groups) {
      // Slot by slot, from the last: its states by column, then the sums of rows are the table of the slots before.
      const double* table = group.counts.data();
      std::size_t rows = group.counts.size();
      for (std::size_t i = group.slots.size(); i-- > 0; table = sums.data()) {
        std::vector<double>& held = flows_[u][group.slots[i]].held;
        std::fill(held.begin(), held.end(), 0.0);
        rows /= held.size();
        if (sums.size() < rows) sums.resize(rows);
        for (std::size_t row = 0; row < rows; ++row) {
          const double* counts = table + row * held.size();
          for (std::size_t state = 0; state < held.size(); ++state) held[state] += counts[state];
          sums[row] = sum(counts, held.size());
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
