// The agent engine once more, slowly: no blocks of bits, no tables of offsets, no columns taken from the engine. It reads
// the same streams in the order that detail/agent_block.hpp states, so that every state of every customer must agree.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "full_market.hpp"
#include "lockin/engine/agent_engine.hpp"
#include "lockin/random/multinomial.hpp"
#include "plain_market.hpp"

namespace lockin::test {
namespace {

struct Customer {
  bool present = true;
  int entered = -1;
  std::vector<std::size_t> state;  // by slot
};

class SlowAgents {
 public:
  SlowAgents(const Market& market, std::uint64_t seed, const AgentEngine& opening)
      : market_(market), seed_(seed) {
    for (const CustomerColumns& columns : opening.columns()) {
      std::vector<Customer> of_type(columns.states[0].size());
      for (std::size_t i = 0; i < of_type.size(); ++i)
        for (const auto& column : columns.states) of_type[i].state.push_back(column[i]);
      types_.push_back(of_type);
    }
  }

  void step(const TransitionKernel& kernel, std::uint32_t t) {
    turn_over(kernel, t);
    tally_ = Tally(market_);
    for (std::size_t y = 0; y < types_.size(); ++y)
      for (const Customer& customer : types_[y])
        for (std::size_t k = 0; customer.present && k < customer.state.size(); ++k)
          if (const std::size_t x = states(y, k).provider(customer.state[k]); x < J())
            tally_.slots[y][k].base[x] += 1;
    for (std::size_t y = 0; y < types_.size(); ++y)
      for (std::size_t first = 0; first < types_[y].size(); first += 4096) step_block(kernel, t, y, first);
    for (std::size_t y = 0; y < types_.size(); ++y)
      for (const Customer& customer : types_[y]) {
        tally_.present[y] += customer.present;
        for (std::size_t k = 0; customer.present && k < customer.state.size(); ++k)
          tally_.slots[y][k].held[customer.state[k]] += 1;
      }
  }

  [[nodiscard]] const std::vector<Customer>& of_type(std::size_t y) const { return types_[y]; }
  [[nodiscard]] const Tally& tally() const { return tally_; }

 private:
  [[nodiscard]] std::size_t J() const { return market_.provider_count(); }
  [[nodiscard]] SlotStates states(std::size_t y, std::size_t k) const {
    return {J(), market_.layer(market_.type(TypeId(y)).slots[k].layer).stages};
  }
  [[nodiscard]] Philox stream(std::uint32_t t, Purpose purpose, CellId cell, std::size_t block = 0) const {
    return StreamKey{seed_, 0, t, purpose, cell, static_cast<std::uint32_t>(block)}.stream();
  }
  static std::uint64_t whole(double p, double units) {
    return static_cast<std::uint64_t>(std::llrint(p * units));
  }

  void turn_over(const TransitionKernel& kernel, std::uint32_t t) {
    std::vector<std::uint64_t> entrants(types_.size(), 0);
    for (std::size_t s = 0; s < market_.segment_count(); ++s) {
      const Market::Segment& segment = market_.segment(SegmentId(s));
      double present = 0;
      std::vector<double> weights;
      for (std::size_t y = segment.first_type; y < segment.first_type + segment.type_count; ++y) {
        weights.push_back(market_.type(TypeId(y)).weight);
        for (const Customer& customer : types_[y]) present += customer.present;
      }
      Philox draws =
          stream(t, Purpose::entry, CellId().with("segment").with(market_.spec().segments[s].name));
      const std::uint64_t n = draw_poisson(present * kernel.entry_rate(SegmentId(s)), draws);
      draw_multinomial(n, weights, draws,
                       std::span(entrants).subspan(segment.first_type, segment.type_count));
    }
    for (std::size_t y = 0; y < types_.size(); ++y) {
      const CustomerType& type = market_.type(TypeId(y));
      Streams streams{
          stream(t, Purpose::exit, type.cell), stream(t, Purpose::exit, type.cell), {{}, {}}, {{}, {}}};
      for (std::size_t i = 0; kernel.exit(type.segment) > 0 && i < types_[y].size(); ++i) {
        if (i % 4096 == 0) {
          streams.act = streams.resolve = stream(t, Purpose::exit, type.cell, i / 4096);
          streams.resolve.discard(1024);
        }
        if (i % 4 == 0) streams.word = streams.act();
        const std::uint64_t byte = streams.word >> 8 * (i % 4) & 0xff;
        if (below(byte, {whole(kernel.exit(type.segment), 0x1p40)}, streams).first == 1)
          types_[y][i].present = false;
      }
      // Newcomers take the first free places, then new ones.
      for (std::size_t i = 0; entrants[y] > 0; ++i) {
        if (i == types_[y].size()) types_[y].emplace_back().present = false;
        if (types_[y][i].present) continue;
        types_[y][i] = {true, static_cast<int>(t), {}};
        for (std::size_t k = 0; k < type.slots.size(); ++k) types_[y][i].state.push_back(states(y, k).none());
        --entrants[y];
      }
    }
  }

  void step_block(const TransitionKernel& kernel, std::uint32_t t, std::size_t y, std::size_t first) {
    const CustomerType& type = market_.type(TypeId(y));
    const std::vector<Customer> old(types_[y].begin(), types_[y].end());
    for (std::size_t k = 0; k < type.slots.size(); ++k) {
      const Slot& slot = type.slots[k];
      const CellId cell =
          type.cell.with(market_.spec().layers[slot.layer.index()].name).with(slot.secondary ? 1 : 0);
      const auto of = [&](Purpose purpose) { return stream(t, purpose, cell, first / 4096); };
      Streams streams{of(Purpose::act), of(Purpose::resolve), of(Purpose::destination), of(Purpose::move)};
      std::vector<std::size_t> moving, moving_late;  // late: whose byte of `act` was not enough
      for (std::size_t i = first; i < std::min(first + 4096, types_[y].size()); ++i) {
        // Every place has its own byte, whether somebody is there or not.
        if (i % 4 == 0) streams.word = streams.act();
        const std::uint64_t byte = streams.word >> 8 * (i % 4) & 0xff;
        if (!old[i].present) {
          (void)below(byte, {0, 0}, streams);
          continue;
        }
        std::size_t& state = types_[y][i].state[k];
        const Fate fate = decide(kernel, y, k, old[i].state, byte, streams, state);
        if (fate.moves) (fate.late ? moving_late : moving).push_back(i);
      }
      moving.insert(moving.end(), moving_late.begin(), moving_late.end());
      for (std::size_t n = 0; n < moving.size(); ++n) {
        if (n % 4 == 0) streams.word = streams.destination();
        const std::uint64_t byte = streams.word >> 8 * (n % 4) & 0xff;
        types_[y][moving[n]].state[k] = destination(kernel, y, k, old[moving[n]].state, byte, streams);
      }
    }
  }

  struct Streams {
    Philox act, resolve, destination, coins;
    std::uint32_t word = 0;
  };
  // How many of the limits, in units of 2^-40, u does not reach, and whether it took more bits: it does where its byte is
  // that of a limit.
  static std::pair<std::size_t, bool> below(std::uint64_t byte, const std::vector<std::uint64_t>& limits,
                                            Streams& streams) {
    const bool late = std::any_of(limits.begin(), limits.end(), [&](std::uint64_t limit) {
      return byte == std::min<std::uint64_t>(limit >> 32, 255);
    });
    const std::uint64_t u = byte << 32 | (late ? streams.resolve() : 0);
    return {std::count_if(limits.begin(), limits.end(), [&](std::uint64_t limit) { return u < limit; }),
            late};
  }

  [[nodiscard]] std::size_t context_of(const SlotKernel& slot, std::size_t y,
                                       const std::vector<std::size_t>& old) const {
    std::size_t context = 0;
    for (std::size_t other = 0; other < old.size(); ++other)
      context += slot.context_stride[other] * states(y, other).provider(old[other]);
    return context;
  }
  // What a row gives to the providers that do not hold the slot.
  static double others_of(std::span<const double> row, std::size_t x) {
    double sum = 0;
    for (std::size_t j = 0; j < row.size(); ++j) sum += j == x ? 0 : row[j];
    return sum;
  }

  struct Fate {
    bool moves = false, late = false;
  };
  // Writes the state of who does not move on by choice.
  Fate decide(const TransitionKernel& kernel, std::size_t y, std::size_t k,
              const std::vector<std::size_t>& old, std::uint64_t byte, Streams& streams, std::size_t& state) {
    const CustomerType& type = market_.type(TypeId(y));
    const SlotStates numbers = states(y, k);
    const SlotKernel& slot = kernel.slot(type.choice_class, k);
    const std::size_t x = numbers.provider(old[k]), d = numbers.stage(old[k]), D = numbers.stage_count() - 1;
    for (const Market::Move& move : kernel.moves())
      if (move.layer == slot.layer && move.from.index() == x &&
          (!move.segment || *move.segment == type.segment))
        if (streams.coins() < whole(move.share, 0x1p32)) {
          (void)below(byte, {0, 0}, streams);  // nothing else happens to who is moved
          tally_.slots[y][k].moved[x * J() + move.to.index()] += 1;
          state = numbers.held(move.to.index(), move.keep_stage ? d : 0);
          return {};
        }
    const std::size_t context = context_of(slot, y, old);
    const double move = slot.act(context, old[k]) * others_of(slot.row(context, old[k]), x);
    const double rise = x < J() && d < D ? slot.advance : 0;
    const auto [reached, late] =
        below(byte, {whole(move, 0x1p40), whole(move + (1 - move) * rise, 0x1p40)}, streams);
    if (reached == 1) state = numbers.held(x, d + 1);
    return {reached == 2, late};
  }

  std::size_t destination(const TransitionKernel& kernel, std::size_t y, std::size_t k,
                          const std::vector<std::size_t>& old, std::uint64_t byte, Streams& streams) {
    const SlotKernel& slot = kernel.slot(market_.type(TypeId(y)).choice_class, k);
    const std::size_t x = states(y, k).provider(old[k]);
    const std::span<const double> row = slot.row(context_of(slot, y, old), old[k]);
    const double others = others_of(row, x);
    std::size_t last = 0;
    for (std::size_t j = 0; j < J(); ++j)
      if (j != x && row[j] > 0) last = j;
    std::vector<std::uint64_t> limits;  // of all but the last provider
    double sum = 0;
    for (std::size_t j = 0; j + 1 < J(); ++j) {
      sum += j == x ? 0 : row[j];
      limits.push_back(j < last ? whole(sum / others, 0x1p40) : std::uint64_t{1} << 40);
    }
    std::uint64_t word = byte << 32;
    const bool more = std::any_of(limits.begin(), limits.end(), [&](std::uint64_t limit) {
      return word < limit && limit < word + 0x100000000ull;
    });
    if (more) word |= streams.resolve();
    const auto to = static_cast<std::size_t>(
        std::count_if(limits.begin(), limits.end(), [&](std::uint64_t limit) { return word >= limit; }));
    (x == J() ? tally_.slots[y][k].adopted[to] : tally_.slots[y][k].moved[x * J() + to]) += 1;
    return states(y, k).held(to, 0);
  }

  const Market& market_;
  std::uint64_t seed_;
  std::vector<std::vector<Customer>> types_;
  Tally tally_;
};

void expect_same_customers(const AgentEngine& engine, const SlowAgents& slow, const std::string& when) {
  for (const CustomerColumns& columns : engine.columns()) {
    const std::vector<Customer>& expected = slow.of_type(columns.type.index());
    ASSERT_EQ(columns.states[0].size(), expected.size()) << when;
    std::size_t different = 0;
    for (std::size_t i = 0; i < expected.size(); ++i)
      for (std::size_t k = 0; k < columns.states.size(); ++k) {
        const SlotStates& numbers = engine.tally().slots[columns.type.index()][k].states;
        const std::size_t state = expected[i].present ? expected[i].state[k] : numbers.left();
        different += columns.states[k][i] != state;
        if (!columns.entered.empty() && expected[i].present)
          different += columns.entered[i] != expected[i].entered;
      }
    EXPECT_EQ(different, 0u) << "type " << columns.type.index() << when;
  }
  for (std::size_t y = 0; y < slow.tally().slots.size(); ++y) {
    EXPECT_EQ(engine.tally().present[y], slow.tally().present[y]) << when;
    for (std::size_t k = 0; k < slow.tally().slots[y].size(); ++k) {
      const SlotTally &a = engine.tally().slots[y][k], &b = slow.tally().slots[y][k];
      EXPECT_EQ(a.held, b.held) << when;
      EXPECT_EQ(a.moved, b.moved) << when;
      EXPECT_EQ(a.adopted, b.adopted) << when;
      EXPECT_EQ(a.base, b.base) << when;
    }
  }
}

void redo_agents(const MarketSpec& spec, int periods) {
  const Market market(spec);
  AgentEngine engine(market, {.seed = 5, .threads = 2});
  SlowAgents slow(market, 5, engine);
  Loop loop(market, engine);
  for (int t = 0; t < periods; ++t) {
    loop.step(5);
    slow.step(loop.kernel(), static_cast<std::uint32_t>(t));
    expect_same_customers(engine, slow, numbered(" in period ", t));
  }
}

TEST(RedoAgentEngine, EveryCustomerOfAMarketWithEverything) { redo_agents(full_spec(), 12); }

TEST(RedoAgentEngine, EveryCustomerWithNests) {
  MarketSpec spec = full_spec();
  for (LayerSpec& layer : spec.layers) layer.nests = NestsSpec{{{"a", "b"}}, 0.6};
  redo_agents(spec, 8);
}

// Many places stand empty, and blocks are full.
TEST(RedoAgentEngine, EveryCustomerWithMuchTurnover) {
  MarketSpec spec = full_spec();
  for (SegmentSpec& segment : spec.segments) {
    segment.customers = 40'000;
    segment.exit_per_year = 0.8;
  }
  redo_agents(spec, 4);
}

TEST(RedoAgentEngine, EveryCustomerWithoutTurnover) {
  PlainMarket of{.utility = {0.3, 0, -0.4}, .share = {0.2, 0.5, 0.3}, .rho = 0.5, .kappa = 0.3};
  of.kappa_full = 2;
  of.stages = 4;
  of.lambda = 1;  // certain: the threshold is 2^40 itself
  of.customers = 5000;
  redo_agents(plain_spec(of), 6);
}

// The opening state: each slot its own uniform number in the distribution of the segment and layer.
TEST(RedoAgentEngine, OpeningState) {
  const Market market(full_spec());
  const AgentEngine engine(market, {.seed = 9, .replication = 3});
  for (const CustomerColumns& columns : engine.columns()) {
    const CustomerType& type = market.type(columns.type);
    for (std::size_t k = 0; k < type.slots.size(); ++k) {
      const Slot& slot = type.slots[k];
      const CellId cell =
          type.cell.with(market.spec().layers[slot.layer.index()].name).with(slot.secondary ? 1 : 0);
      const std::vector<double> law = market.opening_distribution(type.segment, slot.layer);
      for (std::size_t i = 0; i < columns.states[k].size(); ++i) {
        Philox draws =
            StreamKey{9, 3, 0, Purpose::opening_slots, cell, static_cast<std::uint32_t>(i / 4096)}.stream();
        draws.discard(2 * (i % 4096));
        const double u = draws.uniform();
        double sum = 0;
        std::size_t state = 0;
        while (u >= (sum += law[state])) ++state;
        ASSERT_EQ(columns.states[k][i], state) << "customer " << i << ", slot " << k;
      }
    }
  }
}

}  // namespace
}  // namespace lockin::test
