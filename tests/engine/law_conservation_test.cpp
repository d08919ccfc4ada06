// Customers are neither made nor lost, shares add up to 1, stages stay in range, totals hold: in every state of many
// markets, for all engines.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "full_market.hpp"
#include "lockin/engine/agent_engine.hpp"
#include "lockin/engine/cohort_engine.hpp"
#include "lockin/engine/mean_field_engine.hpp"
#include "lockin/market/annual_totals.hpp"
#include "lockin/simulation/simulate.hpp"
#include "plain_market.hpp"

namespace lockin::test {
namespace {

double sum(const std::vector<double>& values) { return std::accumulate(values.begin(), values.end(), 0.0); }

// What one tally says must fit together, and with the one before. @param slack: rounding of real counts; 0 for agents.
void expect_consistent(const Tally& tally, const Tally* before, double slack) {
  for (std::size_t y = 0; y < tally.slots.size(); ++y)
    for (std::size_t k = 0; k < tally.slots[y].size(); ++k) {
      const SlotTally& slot = tally.slots[y][k];
      const std::size_t J = slot.states.providers();
      ASSERT_EQ(slot.held.size(), slot.states.size());
      ASSERT_NEAR(sum(slot.held), tally.present[y], slack * (1 + tally.present[y]));
      for (const auto* values : {&slot.held, &slot.moved, &slot.adopted, &slot.base})
        for (const double x : *values) {
          ASSERT_GE(x, 0);
          if (slack == 0) {
            ASSERT_EQ(x, std::floor(x));
          }
        }
      if (!before) continue;
      for (std::size_t j = 0; j < J; ++j) {
        double held = 0, held_before = 0, in = slot.adopted[j], out = 0;
        for (std::size_t d = 0; d < slot.states.stage_count(); ++d) {
          held += slot.held[slot.states.held(j, d)];
          held_before += before->slots[y][k].held[slot.states.held(j, d)];
        }
        for (std::size_t x = 0; x < J; ++x) {
          in += slot.moved[x * J + j];
          out += slot.moved[j * J + x];
        }
        ASSERT_EQ(slot.moved[j * J + j], 0);
        ASSERT_NEAR(held, slot.base[j] - out + in, slack * (1 + held));
        ASSERT_LE(slot.base[j], held_before + slack * (1 + held_before));
        ASSERT_LE(out, slot.base[j] + slack * (1 + held));
      }
    }
}

void expect_shares_and_totals(const Market& market, const Aggregates& now, long t) {
  for (std::size_t l = 0; l < market.layer_count(); ++l) {
    double shares = 0;
    for (std::size_t j = 0; j < market.provider_count(); ++j)
      shares += now.customer_share(LayerId(l), ProviderId(j));
    if (now.customers.sum(LayerId(l)) > 0) {
      ASSERT_NEAR(shares, 1, 1e-12);
    }
    for (std::size_t s = 0; s < market.segment_count(); ++s)
      ASSERT_LE(now.customers.sum(LayerId(l), SegmentId(s)), now.present[s] * (1 + 1e-12));
    const std::vector<double>& total = market.layer(LayerId(l)).total;
    if (!total.empty() && now.customers.sum(LayerId(l)) > 0) {
      const double expected = total[static_cast<std::size_t>(t)];
      ASSERT_NEAR(now.revenue.sum(LayerId(l)), expected, 1e-12 * expected);
    }
  }
}

// Where nobody leaves, the base is what was held before.
void expect_base_of_those_who_stayed(const Market& market, const Tally& tally, const Tally& before,
                                     const TransitionKernel& kernel, double slack) {
  for (std::size_t y = 0; y < tally.slots.size(); ++y) {
    if (kernel.exit(market.type(TypeId(y)).segment) > 0) continue;
    for (std::size_t k = 0; k < tally.slots[y].size(); ++k) {
      const SlotTally& slot = tally.slots[y][k];
      for (std::size_t j = 0; j < slot.states.providers(); ++j) {
        double held = 0;
        for (std::size_t d = 0; d < slot.states.stage_count(); ++d)
          held += before.slots[y][k].held[slot.states.held(j, d)];
        ASSERT_NEAR(slot.base[j], held, slack * (1 + held));
      }
    }
  }
}

template <Engine E>
void run(const Market& market, E& engine, double slack, std::uint32_t replication) {
  Loop loop(market, engine);
  expect_consistent(engine.tally(), nullptr, slack);
  while (loop.t() < static_cast<long>(market.calendar().size())) {
    const Tally before = engine.tally();
    const long t = loop.t();
    loop.step(1, replication);
    expect_consistent(engine.tally(), &before, slack);
    expect_shares_and_totals(market, loop.last(), t);
    expect_base_of_those_who_stayed(market, engine.tally(), before, loop.kernel(), slack);
    if constexpr (requires { engine.columns(); }) {  // the tally is what a count of the columns gives
      for (const CustomerColumns& columns : engine.columns())
        for (std::size_t k = 0; k < columns.states.size(); ++k) {
          const SlotTally& slot = engine.tally().slots[columns.type.index()][k];
          std::vector<double> held(slot.states.size() + 1, 0.0);
          for (const std::uint16_t state : columns.states[k]) held.at(state) += 1;
          held.pop_back();
          ASSERT_EQ(held, slot.held);
        }
    }
    // The tally is what the joint counts give.
    if constexpr (requires { engine.together(TypeId(), 0); }) {
      for (std::size_t y = 0; y < market.type_count(); ++y)
        for (std::size_t k = 0; k < engine.tally().slots[y].size(); ++k) {
          const std::vector<std::size_t> slots = engine.together(TypeId(y), k);
          const auto at = static_cast<std::size_t>(std::find(slots.begin(), slots.end(), k) - slots.begin());
          std::vector<double> held(engine.tally().slots[y][k].held.size(), 0.0);
          for (const CohortEngine::Cell& cell : engine.joint(TypeId(y), k))
            held.at(cell.states.at(at)) += static_cast<double>(cell.count);
          ASSERT_EQ(held, engine.tally().slots[y][k].held);
        }
    }
  }
}

TEST(LawConservation, MarketWithEverything) {
  MarketSpec spec = full_spec();
  const Market market(spec);
  for (std::uint32_t r = 0; r < 20; ++r) {
    AgentEngine engine(market, {.replication = r, .customers = 2000, .draw_sizes = r % 2 == 1});
    run(market, engine, 0, r);
    CohortEngine cohorts(market, {.replication = r, .customers = 2000});
    run(market, cohorts, 0, r);
  }
  CohortEngine many(market, {.customers = 1'000'000'000'000});
  run(market, many, 0, 0);
  MeanFieldEngine mean_field(market);
  run(market, mean_field, 1e-11, 0);
}

// Random small markets: 200 times up to 8 periods, with every number drawn.
TEST(LawConservation, RandomMarkets) {
  Philox draws = StreamKey{.seed = 99}.stream();
  const auto below = [&](std::size_t n) {
    return static_cast<std::size_t>(draws.uniform() * static_cast<double>(n));
  };
  for (std::uint32_t n = 0; n < 200; ++n) {
    MarketSpec spec = full_spec();
    spec.events.clear();
    spec.layers[0].stages = static_cast<int>(below(5));
    spec.layers[0].opening.clear();
    spec.layers[0].curve_tau.reset();
    spec.layers[0].advance_per_year = draws.uniform();
    spec.end = quarter(2025 + static_cast<int>(below(2)), 4);
    if (below(2) == 0)
      spec.layers[1].nests = NestsSpec{{{"a", "c"}, {"b", "e"}}, 0.3 + 0.7 * draws.uniform()};
    if (below(3) == 0) spec.size.reset();
    for (SegmentSpec& segment : spec.segments) {
      segment.customers = 1 + below(300);
      segment.entry_per_year = below(2) == 0 ? 0.0 : 2 * draws.uniform();
      segment.exit_per_year = below(2) == 0 ? 0.0 : 0.9 * draws.uniform();
      segment.re_evaluate_per_year = Path(below(4) == 0 ? 1.0 : draws.uniform());
      const double kappa = 5 * draws.uniform();
      segment.switching_cost = SwitchingCostSpec{kappa, Path(kappa + draws.uniform())};
      segment.adopted = draws.uniform();
      segment.adopt = AdoptSpec{draws.uniform() / 2, draws.uniform() / 2};
      segment.network = Path(8 * draws.uniform() - 4);
      if (below(2) == 0) segment.affinity = {{"maas", "iaas", 4 * draws.uniform() - 2}};
      segment.multi_home = {{"iaas", draws.uniform(), 0.1 + 0.8 * draws.uniform()}};
    }
    spec.events.push_back({});
    spec.events[0].name = "part";
    spec.events[0].at = quarter(2025, 1 + static_cast<int>(below(4)));
    spec.events[0].move = MoveSpec{"iaas", "b", "a", draws.uniform(), "", below(2) == 0};
    const Market market(spec);
    AgentEngine agents(market, {.replication = n});
    run(market, agents, 0, n);
    CohortEngine cohorts(market, {.replication = n});
    run(market, cohorts, 0, n);
    if (n % 8 != 0) continue;  // its joint tables take the time
    MeanFieldEngine mean_field(market);
    run(market, mean_field, 1e-11, 0);
  }
}

TEST(LawConservation, AnnualTotalsHold) {
  const MarketSpec spec = full_spec();
  const Market market(spec);
  const Trajectory path = simulate(market, {.customers = 3000});
  for (const int year : path.whole_years())
    for (const LayerSpec& layer : spec.layers) {
      const double iaas = annual_share(*spec.layers[0].share, year);
      const double total = *market_size(*spec.size, year) * (layer.name == "iaas" ? iaas : 1 - iaas);
      EXPECT_NEAR(*path.annual_value(year, Measure::revenue, layer.name, "all", "all"), total, 1e-10 * total)
          << year;
    }
}

}  // namespace
}  // namespace lockin::test
