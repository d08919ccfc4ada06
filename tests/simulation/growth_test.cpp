#include "lockin/simulation/growth.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "lockin/scenario/load.hpp"
#include "lockin/scenario/simulate_scenario.hpp"

namespace lockin {
namespace {

double amount(const Trajectory& path, long t, Measure measure, LayerId l, ProviderId j) {
  return path.value(t, measure, MeasureKey{l, {}, j}).value_or(0);
}

// One layer and segment; provider 0 has customers and revenue as given, and loses 10 to provider 1.
Trajectory two_periods() {
  const auto state = [](double c, double revenue, double price) {
    Aggregates x(1, 1, 2);
    x.customers(LayerId(0), SegmentId(0), ProviderId(0)) = c;
    x.revenue(LayerId(0), SegmentId(0), ProviderId(0)) = revenue;
    x.tokens(LayerId(0), SegmentId(0), ProviderId(0)) = revenue / price;
    x.price = {price, price};
    x.sold = {1, 1};
    x.present = {1000};
    return x;
  };
  Aggregates now = state(110, 330, 0.5);
  now.new_customers(LayerId(0), SegmentId(0), ProviderId(0)) = 25;
  now.held_before(LayerId(0), SegmentId(0), ProviderId(0)) = 95;  // 5 left the market
  now.moved(LayerId(0), SegmentId(0), ProviderId(0)) = 10;
  now.switches(LayerId(0), SegmentId(0), ProviderId(0), ProviderId(1)) = 10;
  MarketNames names{{"maas"}, {"all_customers"}, {"a", "b"}, {"A", "B"}, {true}};
  const Date year = *Date::parse("2025");
  return Trajectory(std::move(names), Calendar(year, year, PeriodLength::year), state(100, 200, 1), {now});
}

TEST(Growth, PartsByHand) {
  const Trajectory path = two_periods();
  // Spend by customer rises from 2 to 3: mean 2.5 for 25 new, 10 lost to the rival, 5 departed; 105 customers spend 1 more each.
  const GrowthParts revenue = growth_parts(path, 0, Measure::revenue, LayerId(0), ProviderId(0));
  EXPECT_EQ(revenue, (GrowthParts{62.5, -25, -12.5, 105, 0}));
  EXPECT_EQ(revenue, annual_growth_parts(path, 2025, Measure::revenue, LayerId(0), ProviderId(0)));
  // Tokens by customer from 2 to 6: mean 4; 105 customers, of the 4 more each 2.5 (their mean spend) times 1 (of 1 / price) by price.
  const GrowthParts tokens = growth_parts(path, 0, Measure::tokens, LayerId(0), ProviderId(0));
  EXPECT_EQ(tokens, (GrowthParts{100, -40, -20, 105 * 1.5, 105 * 2.5}));
  EXPECT_THROW((void)growth_parts(path, 1, Measure::revenue, LayerId(0), ProviderId(0)), std::out_of_range);
  EXPECT_THROW((void)growth_parts(path, 0, Measure::churn, LayerId(0), ProviderId(0)), std::invalid_argument);
  EXPECT_THROW((void)annual_growth_parts(path, 2026, Measure::revenue, LayerId(0), ProviderId(0)),
               std::out_of_range);
}

// Customers are counted: every change of a base is new, switched or departed. With more customers than a double's
// rounding in 24 periods of sums, 1e-9 of the larger amount is far above rounding, and below a single customer.
TEST(Growth, PartsAddUpForEveryEngine) {
  for (const EngineKind engine : {EngineKind::agent, EngineKind::cohort, EngineKind::mean_field}) {
    const Scenario china = load_bundled("china_merger", {"run.replications=1", "run.customers=20000"});
    const Trajectory path = simulate(china, {.engine = engine});
    for (std::size_t l = 0; l < path.names().layers.size(); ++l)
      for (std::size_t j = 0; j < path.names().providers.size(); ++j)
        for (const Measure measure : {Measure::revenue, Measure::tokens})
          for (long t = 0; t < static_cast<long>(path.size()); ++t) {
            const GrowthParts parts = growth_parts(path, t, measure, LayerId(l), ProviderId(j));
            const double before = amount(path, t - 1, measure, LayerId(l), ProviderId(j)),
                         now = amount(path, t, measure, LayerId(l), ProviderId(j));
            EXPECT_NEAR(std::accumulate(parts.begin(), parts.end(), 0.0), now - before,
                        1e-9 * std::max(before, now))
                << name_of(engine) << " " << t << " " << l << " " << j;
          }
  }
}

}  // namespace
}  // namespace lockin
