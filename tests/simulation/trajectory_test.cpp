#include "lockin/simulation/trajectory.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "oracle_files.hpp"

namespace lockin::test {
namespace {

const LayerId iaas{0u}, maas{1u};
const SegmentId s0{0u}, s1{1u};

Date quarter(int year, int q) { return {year, 3 * (q - 1), PeriodLength::quarter}; }

// Two layers, two segments, three providers; `c` sells no iaas.
Aggregates empty() {
  Aggregates of(2, 2, 3);
  of.sold = {1, 1, 0, 1, 1, 1};
  of.present = {10, 20};
  return of;
}

// Revenue of iaas in the first segment.
Aggregates with_revenue(double of_a, double of_b, double c_in_maas = 0) {
  Aggregates of = empty();
  of.revenue(iaas, s0, ProviderId(0u)) = of_a;
  of.revenue(iaas, s0, ProviderId(1u)) = of_b;
  of.revenue(maas, s0, ProviderId(2u)) = c_in_maas;
  return of;
}

Trajectory path_of(std::vector<Aggregates> periods, Date start = quarter(2025, 1),
                   Aggregates opening = empty()) {
  const Calendar calendar(start, Date{start.year + 3, 0, PeriodLength::year}, PeriodLength::quarter);
  return {{{"iaas", "maas"}, {"x", "y"}, {"a", "b", "c"}, {"A", "B", "C"}, {false, true}},
          calendar,
          std::move(opening),
          std::move(periods)};
}

std::optional<double> of(const Trajectory& path, long t, Measure measure, const char* layer,
                         const char* provider, const char* segment = "all") {
  return path.value(t, measure, layer, segment, provider);
}

TEST(Trajectory, NamesOfMeasures) {
  EXPECT_EQ(all_measures().size(), 12u);
  for (const Measure measure : all_measures()) EXPECT_EQ(measure_named(name_of(measure)), measure);
  EXPECT_EQ(name_of(Measure::mean_switching_cost), "mean_switching_cost");
  EXPECT_EQ(name_of(Measure::hhi), "hhi");
  EXPECT_FALSE(measure_named("market_share"));
}

TEST(Trajectory, StocksFlowsAndShares) {
  Aggregates now = empty();
  now.customers(iaas, s0, ProviderId(0u)) = 6;
  now.customers(iaas, s0, ProviderId(1u)) = 2;
  now.customers(iaas, s1, ProviderId(0u)) = 8;
  now.new_customers(iaas, s0, ProviderId(1u)) = 1;
  now.new_customers(iaas, s1, ProviderId(0u)) = 3;
  now.moved(iaas, s0, ProviderId(0u)) = 2;
  now.switches(iaas, s0, ProviderId(0u), ProviderId(1u)) = 2;
  now.switches(iaas, s1, ProviderId(0u), ProviderId(1u)) = 0.5;
  now.held_before(iaas, s0, ProviderId(0u)) = 8;
  now.held_before(iaas, s1, ProviderId(0u)) = 2;
  now.stage_sum(iaas, s0, ProviderId(0u)) = 9;
  now.cost_sum(iaas, s1, ProviderId(0u)) = 4;
  now.tokens(maas, s0, ProviderId(2u)) = 3;
  now.tokens(maas, s1, ProviderId(1u)) = 1;
  const Trajectory path = path_of({now});
  EXPECT_EQ(of(path, 0, Measure::customers, "iaas", "a"), 14);
  EXPECT_EQ(of(path, 0, Measure::customers, "iaas", "all"), 16);
  EXPECT_EQ(of(path, 0, Measure::customers, "iaas", "a", "y"), 8);
  EXPECT_EQ(of(path, 0, Measure::customer_share, "iaas", "b"), 0.125);
  EXPECT_EQ(of(path, 0, Measure::customer_share, "iaas", "b", "x"), 0.25);
  EXPECT_EQ(of(path, 0, Measure::new_customer_share, "iaas", "a"), 0.75);
  EXPECT_EQ(of(path, 0, Measure::new_customer_share, "iaas", "a", "x"), 0);
  EXPECT_EQ(of(path, 0, Measure::churn, "iaas", "all"), 0.2);
  EXPECT_EQ(of(path, 0, Measure::churn, "iaas", "a", "x"), 0.25);
  EXPECT_EQ(of(path, 0, Measure::mean_stage, "iaas", "a", "x"), 1.5);
  EXPECT_EQ(of(path, 0, Measure::mean_switching_cost, "iaas", "all"), 0.25);
  EXPECT_EQ(of(path, 0, Measure::tokens, "maas", "all"), 4);
  EXPECT_EQ(of(path, 0, Measure::token_share, "maas", "c"), 0.75);
  EXPECT_EQ(path.switched(Period(0u), "iaas", "a", "b"), 2.5);
  EXPECT_THROW((void)path.switched(Period(0u), "all", "a", "b"), std::out_of_range);
}

TEST(Trajectory, WhatHasNoValue) {
  const Trajectory path = path_of({empty(), with_revenue(3, 1, 4)});
  // Denominators that are not positive.
  for (const Measure measure : {Measure::customer_share, Measure::revenue_share, Measure::new_customer_share,
                                Measure::churn, Measure::mean_stage, Measure::mean_switching_cost})
    EXPECT_FALSE(of(path, 0, measure, "iaas", "a")) << name_of(measure);
  EXPECT_FALSE(of(path, 0, Measure::hhi, "iaas", "all"));
  EXPECT_FALSE(of(path, 0, Measure::token_share, "maas", "a"));
  EXPECT_EQ(of(path, 0, Measure::customers, "iaas", "a"), 0);
  // A provider in a layer that it does not sell; tokens outside token layers.
  EXPECT_FALSE(of(path, 1, Measure::revenue, "iaas", "c"));
  EXPECT_FALSE(of(path, 1, Measure::customers, "iaas", "c"));
  EXPECT_FALSE(of(path, 1, Measure::tokens, "iaas", "a"));
  // Over all layers only revenue, its shares and concentration.
  EXPECT_EQ(of(path, 1, Measure::revenue, "all", "c"), 4);
  EXPECT_EQ(of(path, 1, Measure::revenue_share, "all", "c"), 0.5);
  EXPECT_TRUE(of(path, 1, Measure::hhi, "all", "all"));
  for (const Measure measure :
       {Measure::customers, Measure::customer_share, Measure::tokens, Measure::token_share, Measure::churn,
        Measure::new_customer_share, Measure::mean_stage, Measure::mean_switching_cost})
    EXPECT_FALSE(of(path, 1, measure, "all", "a")) << name_of(measure);
  // A share is somebody's, concentration is nobody's.
  EXPECT_FALSE(of(path, 1, Measure::revenue_share, "iaas", "all"));
  EXPECT_FALSE(of(path, 1, Measure::hhi, "iaas", "a"));
  // Flows of the opening.
  for (const Measure measure : {Measure::churn, Measure::new_customer_share, Measure::increment_share})
    EXPECT_FALSE(of(path, -1, measure, "iaas", "a"));
  EXPECT_EQ(of(path, -1, Measure::customers, "iaas", "a"), 0);
  EXPECT_TRUE(std::isnan(path.revenue_share("iaas", "a")[0]));
  EXPECT_EQ(path.revenue_share("iaas", "a")[1], 0.75);
  EXPECT_THROW((void)of(path, 2, Measure::revenue, "iaas", "a"), std::out_of_range);
  EXPECT_THROW((void)of(path, -2, Measure::revenue, "iaas", "a"), std::out_of_range);
  EXPECT_THROW((void)of(path, 0, Measure::revenue, "paas", "a"), std::out_of_range);
  EXPECT_THROW((void)of(path, 0, Measure::revenue, "iaas", "d"), std::out_of_range);
  EXPECT_THROW((void)of(path, 0, Measure::revenue, "iaas", "a", "z"), std::out_of_range);
}

TEST(Trajectory, IncrementOverAYear) {
  std::vector<Aggregates> periods{with_revenue(6, 4), with_revenue(6, 4), with_revenue(6, 4),
                                  with_revenue(6, 4)};
  periods.push_back(with_revenue(7, 8));         // + 1 and + 4
  periods.push_back(with_revenue(9, 1));         // no increment
  periods.push_back(with_revenue(5, 7));         // - 1 and + 3
  periods.push_back(with_revenue(6, 4 + 5e-9));  // within rounding of nothing
  const Trajectory path = path_of(periods);
  EXPECT_FALSE(of(path, 3, Measure::increment_share, "iaas", "a"));
  EXPECT_DOUBLE_EQ(*of(path, 4, Measure::increment_share, "iaas", "a"), 0.2);
  EXPECT_DOUBLE_EQ(*of(path, 4, Measure::increment_share, "all", "b"), 0.8);
  EXPECT_FALSE(of(path, 5, Measure::increment_share, "iaas", "a"));
  EXPECT_DOUBLE_EQ(*of(path, 6, Measure::increment_share, "iaas", "a"), -0.5);
  EXPECT_DOUBLE_EQ(*of(path, 6, Measure::increment_share, "iaas", "b"), 1.5);
  EXPECT_FALSE(of(path, 7, Measure::increment_share, "iaas", "a"));
}

TEST(Trajectory, Years) {
  // The horizon begins in the third quarter: 2025 is not whole.
  std::vector<Aggregates> periods;
  for (int t = 0; t < 11; ++t) {
    Aggregates now = with_revenue(t, 10);
    now.customers(iaas, s0, ProviderId(0u)) = 100 + t;
    now.moved(iaas, s0, ProviderId(0u)) = 1 + t;
    now.held_before(iaas, s0, ProviderId(0u)) = 50;
    now.new_customers(iaas, s0, ProviderId(0u)) = t;
    now.new_customers(iaas, s0, ProviderId(1u)) = 1;
    periods.push_back(now);
  }
  const Trajectory path = path_of(periods, quarter(2025, 3));
  const auto year_of = [&](int year, Measure measure, const char* provider) {
    return path.annual_value(year, measure, "iaas", "all", provider);
  };
  EXPECT_EQ(path.whole_years(), (std::vector<int>{2026, 2027}));  // t = 2 .. 5 and 6 .. 9
  EXPECT_FALSE(year_of(2025, Measure::revenue, "a"));
  EXPECT_FALSE(year_of(2028, Measure::revenue, "a"));
  EXPECT_EQ(year_of(2026, Measure::revenue, "a"), 2 + 3 + 4 + 5);
  EXPECT_DOUBLE_EQ(*year_of(2026, Measure::revenue_share, "a"), 14.0 / 54);
  EXPECT_EQ(year_of(2027, Measure::customers, "a"), 109);
  EXPECT_DOUBLE_EQ(*year_of(2026, Measure::churn, "a"), (3.0 + 4 + 5 + 6) / 101);
  EXPECT_DOUBLE_EQ(*year_of(2026, Measure::new_customer_share, "a"), 14.0 / 18);
  EXPECT_FALSE(year_of(2026, Measure::increment_share, "a"));  // the year before is not covered
  EXPECT_DOUBLE_EQ(*year_of(2027, Measure::increment_share, "a"), 1);
  EXPECT_DOUBLE_EQ(*year_of(2027, Measure::hhi, "all"), (30.0 * 30 + 40 * 40) / (70.0 * 70));
  // A year that begins with the horizon: churn against the opening.
  Aggregates opening = empty();
  opening.customers(iaas, s0, ProviderId(0u)) = 40;
  const Trajectory whole = path_of({periods.begin(), periods.begin() + 4}, quarter(2025, 1), opening);
  EXPECT_DOUBLE_EQ(*whole.annual_value(2025, Measure::churn, "iaas", "all", "a"), (1.0 + 2 + 3 + 4) / 40);
}

TEST(Trajectory, ConcentrationOfTheOracle) {
  const nlohmann::json cases = oracle("11_concentration_sizes.json").at("expected").at("concentration");
  ASSERT_GE(cases.size(), 5u);
  for (const auto& one : cases) {
    const std::vector<double> shares = one.at("shares");
    Aggregates now(1, 1, shares.size());
    MarketNames names{{"cloud"}, {"users"}, {}, {}, {false}};
    for (std::size_t j = 0; j < shares.size(); ++j) {
      now.revenue(LayerId(0u), SegmentId(0u), ProviderId(j)) = 7 * shares[j];
      names.providers.push_back(std::string(1, static_cast<char>('a' + j)));
    }
    const Calendar calendar(quarter(2025, 1), quarter(2025, 1), PeriodLength::quarter);
    const Trajectory path(names, calendar, now, {now});
    expect_close(*path.value(0, Measure::hhi, "cloud", "all", "all"), one.at("HHI (0..1)"), 1e-12, "hhi");
    expect_close(*path.value(0, Measure::hhi, "all", "users", "all"), one.at("HHI (0..1)"), 1e-12, "hhi");
  }
}

TEST(Trajectory, RanksAndTies) {
  const Trajectory path = path_of({with_revenue(2, 2), with_revenue(2, 3), with_revenue(1, 1, 1)});
  using Order = std::vector<std::size_t>;
  EXPECT_EQ(ranking(path, 0, Measure::revenue, "iaas"),
            (Order{0, 1}));  // the tie goes to the earlier; c sells none
  EXPECT_EQ(ranking(path, 1, Measure::revenue_share, "iaas"), (Order{1, 0}));
  EXPECT_EQ(ranking(path, 2, Measure::revenue, "all"), (Order{0, 1, 2}));
  EXPECT_EQ(ranking(path, -1, Measure::revenue_share, "iaas"), (Order{}));
}

TEST(Trajectory, CrossingsAreFirstAndNeverAtTheOpening) {
  // b leads at the opening, a passes it in t = 1 for the first time and again in t = 3; b passes a in t = 2.
  const auto found =
      crossings(path_of({with_revenue(4, 5), with_revenue(6, 5), with_revenue(4, 5), with_revenue(6, 5)},
                        quarter(2025, 1), with_revenue(4, 5)),
                Measure::revenue_share, "iaas");
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].passer, 0u);
  EXPECT_EQ(found[0].passed, 1u);
  EXPECT_EQ(found[0].when, Period(1u));
  EXPECT_EQ(found[1].passer, 1u);
  EXPECT_EQ(found[1].when, Period(2u));
  // c has no revenue in iaas: over all layers it passes both, b first.
  const auto newcomer = crossings(
      path_of({with_revenue(6, 5, 5.5), with_revenue(6, 5, 7)}, quarter(2025, 1), with_revenue(6, 5)),
      Measure::revenue, "all");
  ASSERT_EQ(newcomer.size(), 2u);
  EXPECT_EQ(newcomer[0].passed, 1u);
  EXPECT_EQ(newcomer[1].passed, 0u);
  EXPECT_EQ(newcomer[1].when, Period(1u));
  // Equal is not ahead; ahead from the opening on is no crossing, nor is ahead again after a tie.
  EXPECT_TRUE(
      crossings(path_of({with_revenue(5, 5), with_revenue(6, 5)}, quarter(2025, 1), with_revenue(5, 4)),
                Measure::revenue, "iaas")
          .empty());
  EXPECT_TRUE(
      crossings(path_of({with_revenue(5, 5), with_revenue(6, 6)}, quarter(2025, 1), with_revenue(5, 4)),
                Measure::revenue, "iaas")
          .empty());
  // a leads at the opening, b passes it in t = 1, a passes b in t = 2: two crossings.
  const auto back = crossings(path_of({with_revenue(6, 5), with_revenue(4, 5), with_revenue(6, 5)},
                                      quarter(2025, 1), with_revenue(6, 5)),
                              Measure::revenue, "iaas");
  ASSERT_EQ(back.size(), 2u);
  EXPECT_EQ(back[0].passer, 1u);
  EXPECT_EQ(back[0].when, Period(1u));
  EXPECT_EQ(back[1].passer, 0u);
  EXPECT_EQ(back[1].passed, 1u);
  EXPECT_EQ(back[1].when, Period(2u));
  // A tie at the opening, then ahead: passed.
  EXPECT_EQ(
      crossings(path_of({with_revenue(5, 4)}, quarter(2025, 1), with_revenue(5, 5)), Measure::revenue, "iaas")
          .size(),
      1u);
}

}  // namespace
}  // namespace lockin::test
