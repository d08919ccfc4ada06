#include "lockin/engine/cohort_engine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <stdexcept>

#include "engine/detail/cohort_split.hpp"
#include "engine/detail/tied_slots.hpp"
#include "engine/detail/turnover.hpp"
#include "lockin/error.hpp"
#include "random/binomial_lanes.hpp"
#include "random/count_samplers.hpp"
#include "workers.hpp"

namespace lockin {

using detail::CohortCell;
using detail::SlotGroup;

namespace {

constexpr double most_bytes = 8e9;

// Customers of each type on average.
std::vector<double> expected_by_type(const Market& market, const std::vector<std::uint64_t>& simulated) {
  for (std::size_t s = 0; s < simulated.size(); ++s)
    if (simulated[s] > CohortEngine::most_customers)
      throw std::invalid_argument(fmt::format("cohort: {} customers of segment {}; 1e12 at most",
                                              simulated[s], market.spec().segments[s].name));
  std::vector<double> expected;
  for (const CustomerType& type : market.types())
    expected.push_back(type.weight * static_cast<double>(simulated[type.segment.index()]));
  return expected;
}

// Customers of each type in given counts, which stand for themselves.
std::vector<double> given_by_type(const Market& market, const Population& opening,
                                  std::optional<std::uint64_t> customers) {
  if (customers)
    throw std::invalid_argument("given counts and a number of simulated customers exclude each other");
  check_population(market, opening);
  std::vector<double> given(market.type_count(), 0.0), of_segment(market.segment_count(), 0.0);
  for (const PopulationCell& cell : opening) {
    const std::size_t s = market.type(cell.type).segment.index();
    given[cell.type.index()] += static_cast<double>(cell.count);
    of_segment[s] += static_cast<double>(cell.count);
    if (of_segment[s] > static_cast<double>(CohortEngine::most_customers))
      throw std::invalid_argument(
          fmt::format("cohort: more than 1e12 customers of segment {}", market.spec().segments[s].name));
  }
  return given;
}

}  // namespace

struct CohortEngine::Cohort {
  std::vector<SlotGroup> groups;
  std::vector<std::vector<CohortCell>> cells;  // [group] in rising order of keys
  std::uint64_t present = 0;
};

CohortEngine::CohortEngine(const Market& market, const Settings& settings,
                           const std::vector<double>& expected)
    : market_(market),
      settings_(settings),
      workers_(std::make_unique<detail::Workers>(settings.threads)),
      cohorts_(market.type_count()),
      tally_(market) {
  for (std::size_t i = 0; i < workers_->size(); ++i)
    splits_.push_back(std::make_unique<detail::CohortSplit>());
  for (const ProviderSpec& provider : market.spec().providers)
    providers_.push_back(CellId().with(provider.name));
  providers_.emplace_back();
  double cells = 0, room = 0;
  for (std::size_t y = 0; y < cohorts_.size(); ++y) {
    const CustomerType& type = market.type(TypeId(y));
    std::vector<std::vector<std::size_t>> groups = detail::tied_slots(market, type);
    const Market::Segment& segment = market.segment(type.segment);
    if (groups.size() > 1 &&
        (settings.exit_unannounced || detail::may_differ_from_zero(market, segment.exit))) {
      groups.assign(1, std::vector<std::size_t>(type.slots.size()));
      std::iota(groups[0].begin(), groups[0].end(), std::size_t{0});
    }
    for (std::vector<std::size_t>& slots : groups) {
      const double keys = SlotGroup::key_count(market, type, slots);
      // No more cells than customers; three times, for the cells of the next period beside those of this one.
      cells += 3 * sizeof(CohortCell) * std::min(keys, expected[y] + 1);
      // Each thread splits a block by all its fates at once, however few its customers are.
      room = std::max(room, static_cast<double>(workers_->size()) *
                                detail::CohortSplit::bytes_of_a_block(market, type, slots));
      const double bytes = cells + room;
      if (keys > 0x1p62 || bytes > most_bytes)
        throw std::invalid_argument(fmt::format(
            "cohort: {:.3g} joint states of {} slots of a customer in segment {} would take {:.3g} GB, "
            "{:.0f} at "
            "most; the agent engine needs less, and so do less affinity, fewer stages, providers or "
            "simulated customers",
            keys, slots.size(), market.spec().segments[type.segment.index()].name, bytes / 1e9,
            most_bytes / 1e9));
      cohorts_[y].groups.emplace_back(market, type, std::move(slots));
    }
    cohorts_[y].cells.resize(cohorts_[y].groups.size());
  }
}

CohortEngine::CohortEngine(const Market& market, const Settings& settings)
    : CohortEngine(market, settings,
                   expected_by_type(market, simulated_customers(market, settings.customers))) {
  const std::vector<std::uint64_t> simulated = simulated_customers(market, settings.customers);
  for (std::size_t s = 0; s < simulated.size(); ++s)
    tally_.scale[s] = market.segment(SegmentId(s)).customers / static_cast<double>(simulated[s]);
  const std::vector<std::uint64_t> counts =
      detail::draw_opening_types(market, settings.seed, settings.replication, simulated);
  for (std::size_t y = 0; y < cohorts_.size(); ++y) draw_opening(y, counts[y]);
}

CohortEngine::CohortEngine(const Market& market, const Settings& settings, const Population& opening)
    : CohortEngine(market, settings, given_by_type(market, opening, settings.customers)) {
  for (const PopulationCell& cell : opening) {
    if (cell.count == 0) continue;
    Cohort& cohort = cohorts_[cell.type.index()];
    cohort.present += cell.count;
    for (std::size_t g = 0; g < cohort.groups.size(); ++g) {
      const SlotGroup& group = cohort.groups[g];
      std::uint64_t key = 0;
      for (std::size_t i = 0; i < group.slots.size(); ++i)
        key += group.key_of(i, cell.states[group.slots[i]]);
      cohort.cells[g].push_back({key, cell.count});
    }
  }
  for (Cohort& cohort : cohorts_)
    for (std::size_t g = 0; g < cohort.groups.size(); ++g)
      put_in_order(cohort.cells[g], cohort.groups[g].keys);
  count_held();
}

CohortEngine::~CohortEngine() = default;
CohortEngine::CohortEngine(CohortEngine&& other) noexcept = default;

void CohortEngine::draw_opening(std::size_t y, std::uint64_t count) {
  const CustomerType& type = market_.type(TypeId(y));
  Cohort& cohort = cohorts_[y];
  cohort.present = count;
  tally_.present[y] = static_cast<double>(count);
  for (std::size_t g = 0; g < cohort.groups.size(); ++g) {
    const SlotGroup& group = cohort.groups[g];
    std::vector<CohortCell> cells;
    if (count > 0) cells.push_back({0, count});
    for (std::size_t i = 0; i < group.slots.size(); ++i) {
      const std::vector<double> law =
          market_.opening_distribution(type.segment, type.slots[group.slots[i]].layer);
      std::vector<double> chances;
      add_chances(law, chances);
      std::vector<std::uint64_t> counts(law.size());
      Philox stream = StreamKey{settings_.seed,
                                settings_.replication,
                                0,
                                Purpose::opening_slots,
                                type.cell.with(group.cells[i].value()),
                                0}
                          .stream();
      std::vector<double>& held = tally_.slots[y][group.slots[i]].held;
      std::vector<CohortCell> split;
      for (const CohortCell& cell : cells) {
        multinomial(cell.count, chances, stream, counts);
        for (std::size_t state = 0; state < counts.size(); ++state) {
          if (counts[state] == 0) continue;
          split.push_back({cell.key + group.key_of(i, state), counts[state]});
          held[state] += static_cast<double>(counts[state]);
        }
      }
      cells = std::move(split);
    }
    put_in_order(cells, group.keys);
    cohort.cells[g] = std::move(cells);
  }
}

void CohortEngine::count_held() {
  for (std::size_t y = 0; y < cohorts_.size(); ++y) {
    const Cohort& cohort = cohorts_[y];
    tally_.present[y] = static_cast<double>(cohort.present);
    for (std::size_t g = 0; g < cohort.groups.size(); ++g)
      for (const CohortCell& cell : cohort.cells[g])
        for (std::size_t i = 0; i < cohort.groups[g].slots.size(); ++i)
          tally_.slots[y][cohort.groups[g].slots[i]].held[cohort.groups[g].state_of(i, cell.key)] +=
              static_cast<double>(cell.count);
  }
}

void CohortEngine::leave(const TransitionKernel& kernel, const StepKey& key, std::size_t y) {
  const CustomerType& type = market_.type(TypeId(y));
  const double delta = kernel.exit(type.segment);
  if (delta == 0) return;
  Cohort& cohort = cohorts_[y];
  if (cohort.groups.size() > 1)
    throw RunError(
        fmt::format("cohort: customers leave segment {}, which no path and no event announced "
                    "(CohortEngine::Settings::exit_unannounced)",
                    market_.spec().segments[type.segment.index()].name));
  const Philox stream =
      StreamKey{key.seed, key.replication, key.period.value, Purpose::exit, type.cell, 0}.stream();
  constexpr std::size_t most = 1024;
  std::array<double, most + detail::lane_room> present, chance, first_of_two, second_of_two, gone;
  std::array<std::uint64_t, most + detail::lane_room> stream_key, place;
  chance.fill(delta);
  stream_key.fill(stream.key()[0] | static_cast<std::uint64_t>(stream.key()[1]) << 32);
  std::vector<CohortCell>& cells = cohort.cells.front();
  for (std::size_t first = 0; first < cells.size(); first += most) {
    const std::size_t n = std::min(most, cells.size() - first);
    for (std::size_t i = 0; i < n; ++i) {
      present[i] = static_cast<double>(cells[first + i].count);
      place[i] = first + i;
    }
    const detail::LaneStreams streams{stream_key.data(), place.data(), stream.counter()};
    detail::draw_uniforms(n, streams, first_of_two.data(), second_of_two.data());
    detail::draw_binomials(n, present.data(), chance.data(), first_of_two.data(), streams, gone.data());
    for (std::size_t i = 0; i < n; ++i) {
      cells[first + i].count -= static_cast<std::uint64_t>(gone[i]);
      cohort.present -= static_cast<std::uint64_t>(gone[i]);
    }
  }
  std::erase_if(cells, [](const CohortCell& cell) { return cell.count == 0; });
}

// Who enters holds nothing: the key of *none* in all slots is the largest of all that stand for a state.
void CohortEngine::enter(std::size_t y, std::uint64_t count) {
  if (count == 0) return;
  Cohort& cohort = cohorts_[y];
  cohort.present += count;
  if (cohort.present > 1'000'000'000'000'000)
    throw RunError("cohort: entry has made a type of customers larger than 1e15");
  for (std::size_t g = 0; g < cohort.groups.size(); ++g) {
    std::uint64_t key = 0;
    for (std::size_t i = 0; i < cohort.groups[g].slots.size(); ++i)
      key += cohort.groups[g].key_of(i, cohort.groups[g].states[i].none());
    std::vector<CohortCell>& cells = cohort.cells[g];
    if (!cells.empty() && cells.back().key == key)
      cells.back().count += count;
    else
      cells.push_back({key, count});
  }
}

void CohortEngine::step(const TransitionKernel& kernel, const StepKey& key) {
  tally_.clear_flows();
  // The number of entrants follows from those present at t-1, whoever leaves in t.
  const std::vector<std::uint64_t> entrants = detail::draw_entrants(market_, kernel, key, tally_.present);
  workers_->run(cohorts_.size(), [&](std::size_t y, std::size_t thread) {
    Cohort& cohort = cohorts_[y];
    leave(kernel, key, y);
    enter(y, entrants[y]);
    tally_.present[y] = static_cast<double>(cohort.present);
    for (std::size_t g = 0; g < cohort.groups.size(); ++g)
      splits_[thread]->step({market_, kernel, key, providers_}, market_.type(TypeId(y)), cohort.groups[g],
                            cohort.cells[g], tally_.slots[y]);
  });
}

std::size_t CohortEngine::group_of(TypeId type, std::size_t k) const {
  if (type.index() >= cohorts_.size() || k >= market_.type(type).slots.size())
    throw std::out_of_range("no such type or slot");
  const std::vector<SlotGroup>& groups = cohorts_[type.index()].groups;
  const auto has = [&](const SlotGroup& group) {
    return std::find(group.slots.begin(), group.slots.end(), k) != group.slots.end();
  };
  return static_cast<std::size_t>(std::find_if(groups.begin(), groups.end(), has) - groups.begin());
}

std::vector<CohortEngine::Cell> CohortEngine::joint(TypeId type, std::size_t k) const {
  const std::size_t g = group_of(type, k);
  const Cohort& cohort = cohorts_[type.index()];
  std::vector<Cell> joint;
  for (const CohortCell& cell : cohort.cells[g]) {
    Cell of{{}, cell.count};
    for (std::size_t i = 0; i < cohort.groups[g].slots.size(); ++i)
      of.states.push_back(cohort.groups[g].state_of(i, cell.key));
    joint.push_back(std::move(of));
  }
  return joint;
}

std::vector<std::size_t> CohortEngine::together(TypeId type, std::size_t k) const {
  return cohorts_[type.index()].groups[group_of(type, k)].slots;
}

}  // namespace lockin
