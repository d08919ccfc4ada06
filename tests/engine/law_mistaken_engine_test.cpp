// Engines with one mistake each are told from the real one, by tests whose power is computed: a pilot gives the
// noncentrality of the statistic, the power is that of another sample of the same size, and that sample is then drawn.
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "joint_counts.hpp"
#include "law_markets.hpp"
#include "lockin/random/distribution.hpp"

namespace lockin::test {
namespace {

enum class Mistake {
  none,
  stage_late,        // chances by the stage of a period before: it counts only once it has been held
  slot_after_slot,   // later slots see where earlier ones have gone in the same period
  rises_on_arrival,  // stages rise too fast: in the period of a switch, too
  normal_counts      // a rounded normal number for how many leave a state
};

// Agents of a market without turnover and moves, one after the other.
class MistakenAgents {
 public:
  MistakenAgents(const Market& market, Mistake mistake, std::uint64_t seed, std::uint32_t replication)
      : market_(market),
        mistake_(mistake),
        tally_(market),
        draws_(StreamKey{seed, replication, 0, Purpose::act, CellId().with("mistaken"), 0}.stream()) {
    const AgentEngine opening(market, {.seed = seed, .replication = replication});
    for (const CustomerColumns& columns : opening.columns()) {
      states_.emplace_back();
      for (const auto& column : columns.states) states_.back().emplace_back(column.begin(), column.end());
    }
    count();
  }

  void step(const TransitionKernel& kernel, const StepKey&) {
    for (std::size_t y = 0; y < states_.size(); ++y) {
      if (mistake_ == Mistake::normal_counts)
        step_counts(kernel, y);
      else
        for (std::size_t i = 0; i < states_[y][0].size(); ++i) step_customer(kernel, y, i);
    }
    count();
  }

  [[nodiscard]] const Tally& tally() const { return tally_; }
  [[nodiscard]] std::vector<CustomerColumns> columns() const {
    std::vector<CustomerColumns> all;
    for (std::size_t y = 0; y < states_.size(); ++y) {
      all.push_back({TypeId(y), {}, {}, {}});
      for (const auto& column : states_[y]) all.back().states.emplace_back(column);
    }
    return all;
  }

 private:
  [[nodiscard]] std::size_t draw(std::span<const double> row) {
    double u = draws_.uniform();
    std::size_t j = 0;
    while (j + 1 < row.size() && u >= row[j]) u -= row[j++];
    return j;
  }

  void step_customer(const TransitionKernel& kernel, std::size_t y, std::size_t i) {
    std::vector<std::vector<std::uint16_t>>& slots = states_[y];
    std::vector<std::size_t> seen;  // states by which the others decide
    for (const auto& column : slots) seen.push_back(column[i]);
    for (std::size_t k = 0; k < slots.size(); ++k) {
      const SlotKernel& slot = kernel.slot(market_.type(TypeId(y)).choice_class, k);
      const SlotStates& numbers = slot.states;
      std::size_t context = 0;
      for (std::size_t other = 0; other < slots.size(); ++other)
        context += slot.context_stride[other] * tally_.slots[y][other].states.provider(seen[other]);
      const std::size_t state = slots[k][i], x = numbers.provider(state), d = numbers.stage(state);
      const std::size_t looked_up =
          mistake_ == Mistake::stage_late && x < numbers.providers() && d > 0 ? state - 1 : state;
      std::size_t to = x;
      if (draws_.uniform() < slot.act(context, looked_up)) to = draw(slot.row(context, looked_up));
      const std::size_t stage = to == x ? d : 0;
      const bool may_rise = (to == x || mistake_ == Mistake::rises_on_arrival) && to < numbers.providers() &&
                            stage + 1 < numbers.stage_count();
      const bool rises = may_rise && draws_.uniform() < slot.advance;
      slots[k][i] = static_cast<std::uint16_t>(
          to == numbers.providers() ? numbers.none() : numbers.held(to, stage + (rises ? 1 : 0)));
      if (mistake_ == Mistake::slot_after_slot) seen[k] = slots[k][i];
    }
  }

  // Of n customers, each with chance p: a normal number, rounded and brought into range.
  [[nodiscard]] std::size_t normal_part(std::size_t n, double p) {
    const auto trials = static_cast<double>(n);
    const double z = normal_quantile(std::max(draws_.uniform(), 0x1p-54));
    return static_cast<std::size_t>(
        std::clamp(std::round(trials * p + z * std::sqrt(trials * p * (1 - p))), 0.0, trials));
  }

  // One slot a customer: those who leave a state are its first, and go on by normal parts of what is left.
  void step_counts(const TransitionKernel& kernel, std::size_t y) {
    std::vector<std::uint16_t>& column = states_[y][0];
    const SlotKernel& slot = kernel.slot(market_.type(TypeId(y)).choice_class, 0);
    const SlotStates& numbers = slot.states;
    const std::vector<std::uint16_t> old = column;
    for (std::size_t state = 0; state < numbers.none(); ++state) {
      std::vector<std::size_t> there;
      for (std::size_t i = 0; i < old.size(); ++i)
        if (old[i] == state) there.push_back(i);
      const std::size_t x = numbers.provider(state), d = numbers.stage(state);
      std::size_t first = 0;
      double rest = 1;
      for (std::size_t j = 0; j < numbers.providers(); ++j) {
        if (j == x) continue;
        const double p = slot.act(0, state) * slot.row(0, state)[j];
        const std::size_t going = normal_part(there.size() - first, std::min(1.0, p / rest));
        rest -= p;
        for (std::size_t n = 0; n < going; ++n)
          column[there[first++]] = static_cast<std::uint16_t>(numbers.held(j, 0));
      }
      if (d + 1 == numbers.stage_count()) continue;
      const std::size_t rising = normal_part(there.size() - first, slot.advance);
      for (std::size_t n = 0; n < rising; ++n) ++column[there[first++]];
    }
  }

  void count() {
    for (std::size_t y = 0; y < states_.size(); ++y) {
      tally_.present[y] = static_cast<double>(states_[y][0].size());
      for (std::size_t k = 0; k < states_[y].size(); ++k) {
        std::vector<double>& held = tally_.slots[y][k].held;
        std::fill(held.begin(), held.end(), 0.0);
        for (const std::uint16_t state : states_[y][k]) held[state] += 1;
      }
    }
  }

  const Market& market_;
  Mistake mistake_;
  Tally tally_;
  Philox draws_;
  std::vector<std::vector<std::vector<std::uint16_t>>> states_;  // [type][slot][customer]
};

constexpr std::uint32_t histories = 3000;
constexpr long periods = 3;

template <class MakeEngine>
Histories joint_counts(const Market& market, const JointTables& tables, std::uint64_t seed,
                       const MakeEngine& make) {
  Histories counts;
  for (std::uint32_t r = 0; r < histories; ++r) {
    auto engine = make(seed, r);
    Loop loop(market, engine);
    while (loop.t() < periods) loop.step(seed, r);
    counts.push_back(tables.count(engine));
  }
  return counts;
}

struct Rejection {
  double power = 0;
  bool rejected = false;
};

// The real engine against another one, by all means of joint counts: a pilot for the power, then the sample.
template <class MakeOther>
Rejection compare(const Market& market, const Market& of_other, const MakeOther& other) {
  const JointTables tables(market, CohortEngine(market, {}));
  const auto agents = [&](std::uint64_t seed, std::uint32_t r) {
    return AgentEngine(market, {.seed = seed, .replication = r});
  };
  const auto differ = [&](std::uint64_t seed, statistical::Statistic& seen) {
    const auto [a, b] = pool_rare(joint_counts(market, tables, seed, agents),
                                  joint_counts(of_other, tables, seed + 1, other));
    return !same_means(a, b, statistical::false_alarm_rate, nullptr, &seen);
  };
  statistical::Statistic pilot, seen;
  (void)differ(71, pilot);
  return {statistical::power_after(pilot), differ(73, seen)};
}

Rejection compare(const MarketSpec& spec, Mistake mistake) {
  const Market market(spec);
  return compare(market, market, [&](std::uint64_t seed, std::uint32_t r) {
    return MistakenAgents(market, mistake, seed, r);
  });
}

void expect_rejected(const Rejection& of) {
  EXPECT_GT(of.power, statistical::power);
  EXPECT_TRUE(of.rejected);
  testing::Test::RecordProperty("power", std::to_string(of.power));
}

// The engine in which the mistakes are made has none of its own.
TEST(MistakenEngine, WithoutAMistakePasses) {
  for (const MarketSpec& spec : {law_one_layer(), law_two_layers(1.2, 0.8)}) {
    const Rejection of = compare(spec, Mistake::none);
    EXPECT_FALSE(of.rejected);
    EXPECT_LT(of.power, 0.01);
  }
}

TEST(MistakenEngine, StageOfAPeriodBefore) { expect_rejected(compare(law_one_layer(), Mistake::stage_late)); }

TEST(MistakenEngine, SlotsOneAfterTheOther) {
  expect_rejected(compare(law_two_layers(1.2, 0.8), Mistake::slot_after_slot));
}

TEST(MistakenEngine, StagesThatRiseTooFast) {
  expect_rejected(compare(law_one_layer(), Mistake::rises_on_arrival));
}

// Rounding and the bound at 0 shift the means of small counts, more with each period.
TEST(MistakenEngine, NormalNumbersForSmallCounts) {
  expect_rejected(compare(law_one_layer(), Mistake::normal_counts));
}

TEST(MistakenEngine, SizesIgnored) {
  MarketSpec spec = law_one_layer();
  spec.segments[0].size.spread = SizeSpec::Spread::lognormal;
  spec.segments[0].size.parameter = 1.0;
  spec.segments[0].size.classes = 2;
  spec.segments[0].size.switching_cost_exponent = 0.5;
  MarketSpec ignored = spec;
  ignored.segments[0].size.switching_cost_exponent = 0;
  const Market market(spec), without(ignored);
  expect_rejected(compare(market, without, [&](std::uint64_t seed, std::uint32_t r) {
    return CohortEngine(without, {.seed = seed, .replication = r});
  }));
}

}  // namespace
}  // namespace lockin::test
