#include "lockin/engine/agent_engine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <mutex>
#include <numeric>
#include <stdexcept>

#include "engine/detail/agent_block.hpp"
#include "engine/detail/leavers.hpp"
#include "engine/detail/turnover.hpp"
#include "engine/detail/word_stream.hpp"
#include "workers.hpp"

namespace lockin {
namespace {

using detail::AgentTables;

constexpr std::int16_t at_opening = -1;

// Where a uniform number falls in a distribution; the last cell of positive probability takes what rounding leaves.
class Table {
 public:
  explicit Table(const std::vector<double>& probabilities) {
    double sum = 0;
    for (const double p : probabilities) cumulative_.push_back(sum += p);
    for (std::size_t i = 0; i < probabilities.size(); ++i)
      if (probabilities[i] > 0) last_ = i;
    cumulative_[last_] = 1;
    std::size_t i = 0;
    for (std::size_t part = 0; part < first_.size(); ++part) {
      while (cumulative_[i] * static_cast<double>(first_.size()) <= static_cast<double>(part)) ++i;
      first_[part] = static_cast<std::uint16_t>(i);
    }
  }
  std::size_t operator()(double u) const {
    std::size_t i = first_[static_cast<std::size_t>(u * static_cast<double>(first_.size()))];
    while (u >= cumulative_[i]) ++i;
    return i;
  }

 private:
  std::vector<double> cumulative_;
  std::size_t last_ = 0;
  std::array<std::uint16_t, 1024> first_{};  // the lowest cell that a number in this part of 0..1 can fall in
};

std::size_t blocks_of(std::size_t places) {
  return (places + AgentEngine::block_size - 1) / AgentEngine::block_size;
}

}  // namespace

AgentEngine::AgentEngine(const Market& market, const Settings& settings, std::vector<std::uint64_t> simulated)
    : market_(market),
      settings_(settings),
      workers_(std::make_unique<detail::Workers>(settings.threads)),
      runs_(market.type_count()),
      tables_(market.choice_class_count()),
      first_type_(market.choice_class_count()),
      tally_(market, settings.draw_sizes) {
  for (std::size_t y = runs_.size(); y-- > 0;) first_type_[market.type(TypeId(y)).choice_class] = y;
  for (std::size_t i = 0; i < workers_->size(); ++i) {
    rooms_.emplace_back(block_size);
    leavers_.emplace_back(block_size);
  }
  for (std::size_t y = 0; y < runs_.size(); ++y) {
    const CustomerType& type = market.type(TypeId(y));
    for (const Slot& slot : type.slots)
      runs_[y].cells.push_back(
          type.cell.with(market.spec().layers[slot.layer.index()].name).with(slot.secondary ? 1 : 0));
  }
  for (std::size_t s = 0; s < market.segment_count(); ++s) {
    const Market::Segment& segment = market.segment(SegmentId(s));
    tally_.scale[s] = segment.customers / static_cast<double>(simulated[s]);
    turnover_.push_back(detail::may_differ_from_zero(market, segment.entry) ||
                        detail::may_differ_from_zero(market, segment.exit));
  }
}

AgentEngine::AgentEngine(const Market& market, const Settings& settings)
    : AgentEngine(market, settings, simulated_customers(market, settings.customers)) {
  const std::vector<std::uint64_t> counts = detail::draw_opening_types(
      market, settings.seed, settings.replication, simulated_customers(market, settings.customers));
  draw_opening(counts);
  count_held();
}

AgentEngine::AgentEngine(const Market& market, const Settings& settings, const Population& opening)
    : AgentEngine(market, settings, simulated_customers(market, std::nullopt)) {
  if (settings.customers)
    throw std::invalid_argument("given counts and a number of simulated customers exclude each other");
  check_population(market, opening);
  tally_.scale.assign(market.segment_count(), 1.0);  // given counts stand for themselves
  for (const PopulationCell& cell : opening) {
    const std::size_t y = cell.type.index();
    const std::size_t before = runs_[y].states.empty() ? 0 : runs_[y].states.front().size();
    reserve(y, before + cell.count);
    for (std::size_t k = 0; k < cell.states.size(); ++k)
      std::fill(runs_[y].states[k].begin() + static_cast<std::ptrdiff_t>(before), runs_[y].states[k].end(),
                static_cast<std::uint16_t>(cell.states[k]));
  }
  for (std::size_t y = 0; y < runs_.size(); ++y)
    reserve(y, runs_[y].states.empty() ? 0 : runs_[y].states.front().size());
  for (std::size_t y = 0; y < runs_.size(); ++y) {
    std::vector<std::uint32_t> places(runs_[y].states.front().size());
    std::iota(places.begin(), places.end(), 0u);
    if (settings.draw_sizes)
      draw_sizes(y, places,
                 StreamKey{settings.seed, settings.replication, 0, Purpose::opening_sizes,
                           market.type(TypeId(y)).cell, 0}
                     .stream());
  }
  count_held();
}

AgentEngine::~AgentEngine() = default;
AgentEngine::AgentEngine(AgentEngine&& other) noexcept = default;

// Gives a type so many places; new ones hold nobody yet.
void AgentEngine::reserve(std::size_t y, std::size_t count) {
  Run& run = runs_[y];
  const CustomerType& type = market_.type(TypeId(y));
  if (count > 0xffffffffull) throw std::length_error("more than 2^32 simulated customers of one type");
  run.states.resize(type.slots.size());
  for (std::size_t k = 0; k < run.states.size(); ++k)
    run.states[k].resize(count, static_cast<std::uint16_t>(tally_.slots[y][k].states.none()));
  if (turnover_[type.segment.index()]) run.entered.resize(count, at_opening);
  if (settings_.draw_sizes) run.sizes.resize(count, 0.0f);
}

// Many pieces of work a thread, so that none waits long for the last; the same from call to call, so that what a thread has
// written is in its cache.
std::vector<AgentEngine::Piece> AgentEngine::pieces() const {
  std::size_t blocks = 0;
  for (const Run& run : runs_) blocks += blocks_of(run.states.front().size());
  const std::size_t size = std::max<std::size_t>(1, blocks / (64 * workers_->size()));
  std::vector<Piece> all;
  for (std::size_t y = 0; y < runs_.size(); ++y) {
    const std::size_t of_type = blocks_of(runs_[y].states.front().size());
    for (std::size_t b = 0; b < of_type; b += size) all.push_back({y, b, std::min(of_type, b + size)});
  }
  return all;
}

void AgentEngine::draw_opening(const std::vector<std::uint64_t>& counts) {
  for (std::size_t y = 0; y < counts.size(); ++y) reserve(y, counts[y]);
  std::vector<Table> tables;  // [segment][layer]
  for (std::size_t s = 0; s < market_.segment_count(); ++s)
    for (std::size_t l = 0; l < market_.layer_count(); ++l)
      tables.emplace_back(market_.opening_distribution(SegmentId(s), LayerId(l)));
  const std::vector<Piece> work = pieces();
  workers_->run(work.size(), [&](std::size_t w, std::size_t) {
    const auto [y, first, past] = work[w];
    const CustomerType& type = market_.type(TypeId(y));
    for (std::size_t k = 0; k < type.slots.size(); ++k) {
      const Table& table = tables[type.segment.index() * market_.layer_count() + type.slots[k].layer.index()];
      std::vector<std::uint16_t>& states = runs_[y].states[k];
      for (std::size_t b = first; b < past; ++b) {
        detail::WordStream words;
        words.start(StreamKey{settings_.seed, settings_.replication, 0, Purpose::opening_slots,
                              runs_[y].cells[k], static_cast<std::uint32_t>(b)}
                        .stream());
        for (std::size_t i = b * block_size; i < std::min(states.size(), (b + 1) * block_size); ++i)
          states[i] = static_cast<std::uint16_t>(table(words.uniform()));
      }
    }
  });
  if (!settings_.draw_sizes) return;
  workers_->run(runs_.size(), [&](std::size_t y, std::size_t) {
    std::vector<std::uint32_t> places(counts[y]);
    std::iota(places.begin(), places.end(), 0u);
    draw_sizes(y, places,
               StreamKey{settings_.seed, settings_.replication, 0, Purpose::opening_sizes,
                         market_.type(TypeId(y)).cell, 0}
                   .stream());
  });
}

// A drawn size lies in the size class of the type: its quantile is uniform between the bounds of the class.
void AgentEngine::draw_sizes(std::size_t y, const std::vector<std::uint32_t>& places, const Philox& stream) {
  const CustomerType& type = market_.type(TypeId(y));
  const SizeSpec& spec = market_.spec().segments[type.segment.index()].size;
  const double classes = spec.spread == SizeSpec::Spread::none ? 1 : spec.classes;
  Philox draws = stream;
  for (const std::uint32_t place : places)
    runs_[y].sizes[place] = static_cast<float>(
        size_quantile(spec, (static_cast<double>(type.size_class) + draws.uniform()) / classes));
}

void AgentEngine::count_held() {
  workers_->run(runs_.size(), [&](std::size_t y, std::size_t) {
    tally_.present[y] = static_cast<double>(runs_[y].states.front().size());
    for (std::size_t k = 0; k < runs_[y].states.size(); ++k) {
      std::vector<std::uint64_t> counts(tally_.slots[y][k].states.size(), 0);
      for (const std::uint16_t state : runs_[y].states[k]) ++counts[state];
      std::copy(counts.begin(), counts.end(), tally_.slots[y][k].held.begin());
    }
  });
  sum_spend();
}

// From here on customers of this type come and go: a policy may bring about what no path or event announced.
void AgentEngine::open_to_turnover(std::size_t y) {
  turnover_[market_.type(TypeId(y)).segment.index()] = true;
  runs_[y].entered.resize(runs_[y].states.front().size(), at_opening);
}

void AgentEngine::leave(const TransitionKernel& kernel, const StepKey& key) {
  bool any = false;
  for (std::size_t y = 0; y < runs_.size(); ++y)
    if (kernel.exit(market_.type(TypeId(y)).segment) > 0) {
      open_to_turnover(y);
      any = true;
    }
  if (!any) return;
  workers_->run(runs_.size(), [&](std::size_t y, std::size_t thread) {
    const CustomerType& type = market_.type(TypeId(y));
    const double delta = kernel.exit(type.segment);
    if (delta == 0) return;
    Run& run = runs_[y];
    const std::size_t places = run.states.front().size();
    const auto free_before = static_cast<std::ptrdiff_t>(run.free_places.size());
    for (std::size_t b = 0; b < blocks_of(places); ++b) {
      const std::size_t first = b * block_size;
      const StreamKey of{key.seed,      key.replication, key.period.value,
                         Purpose::exit, type.cell,       static_cast<std::uint32_t>(b)};
      for (const std::uint16_t in_block :
           leavers_[thread].draw(delta, of.stream(), std::min(block_size, places - first))) {
        const std::size_t i = first + in_block;
        if (run.states.front()[i] == tally_.slots[y].front().states.left()) continue;
        run.free_places.push_back(static_cast<std::uint32_t>(i));
        tally_.present[y] -= 1;
        for (std::size_t k = 0; k < run.states.size(); ++k) {
          SlotTally& slot = tally_.slots[y][k];
          slot.held[run.states[k][i]] -= 1;
          run.states[k][i] = static_cast<std::uint16_t>(slot.states.left());
        }
      }
    }
    const auto freed = run.free_places.begin() + free_before;
    std::reverse(freed, run.free_places.end());
    std::inplace_merge(run.free_places.begin(), freed, run.free_places.end(), std::greater<>());
  });
}

void AgentEngine::enter(const TransitionKernel& kernel, const StepKey& key) {
  // The number of entrants follows from those present at t-1, whoever leaves in t.
  const std::vector<std::uint64_t> counts = detail::draw_entrants(market_, kernel, key, tally_.present);
  leave(kernel, key);
  bool any = false;
  for (std::size_t y = 0; y < runs_.size(); ++y)
    if (counts[y] > 0) {
      open_to_turnover(y);
      any = true;
    }
  if (!any) return;
  workers_->run(runs_.size(), [&](std::size_t y, std::size_t) {
    if (counts[y] > 0) place(y, counts[y], key);
  });
}

// Newcomers take the first free places, then new ones.
void AgentEngine::place(std::size_t y, std::size_t count, const StepKey& key) {
  Run& run = runs_[y];
  std::vector<std::uint32_t> places;
  places.reserve(count);
  while (places.size() < count && !run.free_places.empty()) {
    places.push_back(run.free_places.back());
    run.free_places.pop_back();
  }
  const std::size_t old = run.states.front().size(), added = count - places.size();
  reserve(y, old + added);
  for (std::size_t i = old; i < old + added; ++i) places.push_back(static_cast<std::uint32_t>(i));
  for (const std::uint32_t place : places) run.entered[place] = static_cast<std::int16_t>(key.period.value);
  for (std::size_t k = 0; k < run.states.size(); ++k) {
    SlotTally& slot = tally_.slots[y][k];
    const auto none = static_cast<std::uint16_t>(slot.states.none());
    for (const std::uint32_t place : places) run.states[k][place] = none;
    slot.held[none] += static_cast<double>(count);
  }
  tally_.present[y] += static_cast<double>(count);
  if (settings_.draw_sizes)
    draw_sizes(y, places,
               StreamKey{key.seed, key.replication, key.period.value, Purpose::entry_sizes,
                         market_.type(TypeId(y)).cell, 0}
                   .stream());
}

void AgentEngine::step(const TransitionKernel& kernel, const StepKey& key) {
  enter(kernel, key);
  prepare(kernel);
  const std::vector<Piece> work = pieces();
  std::mutex guard;
  // The type whose events the room of a thread counts; a cache line each.
  struct alignas(64) At {
    std::size_t type;
  };
  std::vector<At> at(rooms_.size(), {runs_.size()});
  const auto tables = [&](std::size_t y) -> std::vector<AgentTables>& {
    return tables_[market_.type(TypeId(y)).choice_class];
  };
  const auto finish_type = [&](std::size_t thread) {
    const std::size_t y = at[thread].type;
    if (y == runs_.size()) return;
    rooms_[thread].count(tables(y));
    const std::lock_guard lock(guard);
    add_events(rooms_[thread], y);
  };
  workers_->run(work.size(), [&](std::size_t w, std::size_t thread) {
    const auto [y, first, past] = work[w];
    if (at[thread].type != y) {
      finish_type(thread);
      at[thread].type = y;
      rooms_[thread].start(tables(y));
    }
    for (std::size_t b = first; b < past; ++b) step_block(rooms_[thread], y, b, key);
    if (rooms_[thread].full()) {
      finish_type(thread);
      at[thread].type = runs_.size();
    }
  });
  for (std::size_t thread = 0; thread < rooms_.size(); ++thread) finish_type(thread);
  sum_spend();
}

// Flows begin anew; the tables of a choice class hold for all its types.
void AgentEngine::prepare(const TransitionKernel& kernel) {
  workers_->run(runs_.size(), [&](std::size_t y, std::size_t) {
    for (SlotTally& slot : tally_.slots[y]) {
      slot.clear_flows();
      for (std::size_t j = 0; j < market_.provider_count(); ++j)
        for (std::size_t d = 0; d < slot.states.stage_count(); ++d)
          slot.base[j] += slot.held[slot.states.held(j, d)];
    }
    const std::size_t c = market_.type(TypeId(y)).choice_class;
    if (y == first_type_[c]) fill_tables(kernel, c);
  });
}

void AgentEngine::fill_tables(const TransitionKernel& kernel, std::size_t c) {
  const std::size_t y = first_type_[c];
  std::vector<AgentTables>& tables = tables_[c];
  if (tables.empty()) {
    std::vector<SlotStates> numbering;
    for (const SlotTally& slot : tally_.slots[y]) numbering.push_back(slot.states);
    tables.resize(numbering.size());
    for (std::size_t k = 0; k < numbering.size(); ++k) tables[k].lay_out(kernel.slot(c, k), numbering);
  }
  for (std::size_t k = 0; k < tables.size(); ++k)
    tables[k].fill(kernel.slot(c, k), market_.type(TypeId(y)).segment, kernel.moves());
}

void AgentEngine::step_block(detail::BlockRoom& room, std::size_t y, std::size_t b, const StepKey& key) {
  Run& run = runs_[y];
  const std::vector<AgentTables>& tables = tables_[market_.type(TypeId(y)).choice_class];
  std::vector<detail::BlockSlot>& slots = room.slots();
  slots.resize(run.states.size());
  for (std::size_t k = 0; k < slots.size(); ++k) {
    const auto stream = [&](Purpose purpose) {
      return StreamKey{key.seed, key.replication, key.period.value,
                       purpose,  run.cells[k],    static_cast<std::uint32_t>(b)}
          .stream();
    };
    detail::BlockSlot& slot = slots[k];
    slot.states = run.states[k].data() + b * block_size;
    slot.tables = &tables[k];
    slot.act = stream(Purpose::act);
    slot.resolve = stream(Purpose::resolve);
    slot.destination = stream(Purpose::destination);
    slot.move = stream(Purpose::move);
  }
  room.step(slots, std::min(block_size, run.states.front().size() - b * block_size));
}

void AgentEngine::add_events(const detail::BlockRoom& room, std::size_t y) {
  const std::size_t J = market_.provider_count();
  for (std::size_t k = 0; k < tally_.slots[y].size(); ++k) {
    SlotTally& slot = tally_.slots[y][k];
    const detail::BlockCounts& counts = room.counts(k);
    for (std::size_t i = 0; i < slot.held.size(); ++i) slot.held[i] += static_cast<double>(counts.held[i]);
    for (std::size_t i = 0; i < J * J; ++i) slot.moved[i] += static_cast<double>(counts.taken[i]);
    for (std::size_t j = 0; j < J; ++j) slot.adopted[j] += static_cast<double>(counts.taken[J * J + j]);
  }
}

// Drawn sizes are summed type by type in the order of places: a sum of doubles depends on its order.
void AgentEngine::sum_spend() {
  if (!settings_.draw_sizes) return;
  workers_->run(runs_.size(), [&](std::size_t y, std::size_t) {
    for (std::size_t k = 0; k < runs_[y].states.size(); ++k) {
      SlotTally& slot = tally_.slots[y][k];
      std::fill(slot.spend.begin(), slot.spend.end(), 0.0);
      for (std::size_t i = 0; i < runs_[y].sizes.size(); ++i)
        if (runs_[y].states[k][i] < slot.states.none())
          slot.spend[slot.states.provider(runs_[y].states[k][i])] += static_cast<double>(runs_[y].sizes[i]);
    }
  });
}

std::vector<CustomerColumns> AgentEngine::columns() const {
  std::vector<CustomerColumns> columns;
  for (std::size_t y = 0; y < runs_.size(); ++y) {
    CustomerColumns of{TypeId(y), {}, runs_[y].entered, runs_[y].sizes};
    for (const auto& states : runs_[y].states) of.states.emplace_back(states);
    columns.push_back(std::move(of));
  }
  return columns;
}

}  // namespace lockin
