#include "lockin/market/annual_totals.hpp"

#include <gtest/gtest.h>

#include <Eigen/Dense>

#include <cmath>
#include <numeric>
#include <stdexcept>
#include <vector>

#include "lockin/market/market.hpp"
#include "small_market.hpp"

namespace {

using lockin::annual_share;
using lockin::benchmark_to_periods;
using lockin::market_size;
using lockin::MarketSizeSpec;

// Proportional Denton once more, by the dense normal equations of the model page: minimise sum (r[t] - r[t-1])^2 under
// sum over the periods of each year of z r = A.
std::vector<double> dense_denton(const std::vector<double>& totals, int per_year) {
  const auto P = static_cast<Eigen::Index>(per_year), Y = static_cast<Eigen::Index>(totals.size()), T = P * Y;
  Eigen::VectorXd z(T), right = Eigen::VectorXd::Zero(T + Y);
  for (Eigen::Index t = 0; t < T; ++t) {
    const double middle =
        (static_cast<double>(t) + 0.5) / per_year;  // in years; the middle of year y is y + 1/2
    Eigen::Index y = 0;                             // the pair of years y, y + 1 whose rate holds
    while (y + 2 < Y && middle >= static_cast<double>(y) + 1.5) ++y;
    const double a = totals[static_cast<std::size_t>(y)], b = totals[static_cast<std::size_t>(y + 1)];
    z[t] = a / per_year * std::exp((middle - static_cast<double>(y) - 0.5) * std::log(b / a));
  }
  Eigen::MatrixXd system = Eigen::MatrixXd::Zero(T + Y, T + Y);
  for (Eigen::Index t = 1; t < T; ++t) {
    system(t, t) += 2;
    system(t - 1, t - 1) += 2;
    system(t, t - 1) -= 2;
    system(t - 1, t) -= 2;
  }
  for (Eigen::Index t = 0; t < T; ++t) system(T + t / P, t) = system(t, T + t / P) = z[t];
  for (Eigen::Index y = 0; y < Y; ++y) right[T + y] = totals[static_cast<std::size_t>(y)];
  const Eigen::VectorXd r = system.fullPivLu().solve(right);
  std::vector<double> x(static_cast<std::size_t>(T));
  for (Eigen::Index t = 0; t < T; ++t) x[static_cast<std::size_t>(t)] = z[t] * r[t];
  return x;
}

const std::vector<std::vector<double>> examples{{100, 130},
                                                {130, 100},
                                                {100, 130, 160, 150},
                                                {1, 10, 100, 50, 50, 70},
                                                {7, 7, 7},
                                                {1e-6, 3e-6, 2e-6},
                                                {3e12, 4e12, 9e12, 8e12},
                                                {5, 6, 8, 7, 9, 12, 20, 33, 40, 41, 42, 60, 61, 62, 63}};

TEST(Benchmark, YearsAddUp) {
  for (const auto& totals : examples)
    for (const int per_year : {1, 4, 12}) {
      const auto x = benchmark_to_periods(totals, per_year);
      ASSERT_EQ(x.size(), totals.size() * static_cast<std::size_t>(per_year));
      for (std::size_t y = 0; y < totals.size(); ++y) {
        const auto first = x.begin() + static_cast<std::ptrdiff_t>(y) * per_year;
        EXPECT_NEAR(std::accumulate(first, first + per_year, 0.0) / totals[y], 1, 1e-14);
      }
    }
}

TEST(Benchmark, IsTheSolutionOfTheDenseSystem) {
  for (const auto& totals : examples)
    for (const int per_year : {4, 12}) {
      const auto x = benchmark_to_periods(totals, per_year), expected = dense_denton(totals, per_year);
      for (std::size_t t = 0; t < x.size(); ++t)
        EXPECT_NEAR(x[t] / expected[t], 1, 1e-9) << totals.size() << " years, period " << t;
    }
}

TEST(Benchmark, YearsThatGrowAtOneRateGivePeriodsThatDo) {
  for (const double rate : {-0.3, 0.0, 0.25, 2.0})
    for (const int per_year : {4, 12}) {
      std::vector<double> totals;
      for (int y = 0; y < 6; ++y) totals.push_back(50 * std::pow(1 + rate, y));
      const auto x = benchmark_to_periods(totals, per_year);
      for (std::size_t t = 1; t < x.size(); ++t)
        EXPECT_NEAR(x[t] / x[t - 1], std::pow(1 + rate, 1.0 / per_year), 1e-11) << rate << " " << t;
    }
}

TEST(Benchmark, ASingleYearHasEqualPeriods) {
  EXPECT_EQ(benchmark_to_periods({120}, 4), (std::vector<double>{30, 30, 30, 30}));
  EXPECT_EQ(benchmark_to_periods({120}, 1), (std::vector<double>{120}));
}

TEST(Benchmark, YearlyPeriodsAreTheTotals) {
  EXPECT_EQ(benchmark_to_periods({3, 1, 4}, 1), (std::vector<double>{3, 1, 4}));
}

TEST(Benchmark, ScalesWithItsUnit) {
  const auto x = benchmark_to_periods({100, 130, 160, 150}, 4),
             y = benchmark_to_periods({1e5, 1.3e5, 1.6e5, 1.5e5}, 4);
  for (std::size_t t = 0; t < x.size(); ++t) EXPECT_NEAR(y[t] / x[t], 1000, 1e-9);
}

TEST(MarketSize, GivenBetweenAndOutside) {
  const MarketSizeSpec size{{{2024, 100}, {2026, 144}, {2027, 100}}, 0.5};
  EXPECT_DOUBLE_EQ(market_size(size, 2024).value(), 100);
  EXPECT_DOUBLE_EQ(market_size(size, 2025).value(), 120) << "constant growth between given years";
  EXPECT_DOUBLE_EQ(market_size(size, 2026).value(), 144);
  EXPECT_DOUBLE_EQ(market_size(size, 2027).value(), 100);
  EXPECT_DOUBLE_EQ(market_size(size, 2029).value(), 225);
  EXPECT_DOUBLE_EQ(market_size(size, 2022).value(), 100 / 2.25);
}

TEST(MarketSize, WithoutGrowthNothingOutside) {
  const MarketSizeSpec size{{{2024, 100}, {2026, 144}}, {}};
  EXPECT_FALSE(market_size(size, 2023));
  EXPECT_FALSE(market_size(size, 2027));
  EXPECT_TRUE(market_size(size, 2025));
  EXPECT_FALSE(market_size(MarketSizeSpec{}, 2025));
  EXPECT_FALSE(market_size(MarketSizeSpec{{}, 0.5}, 2025));
}

TEST(AnnualShare, StraightBetweenFlatOutside) {
  const lockin::Annual share{{2024, 0.2}, {2028, 0.6}, {2029, 0.4}};
  EXPECT_DOUBLE_EQ(annual_share(share, 2020), 0.2);
  EXPECT_DOUBLE_EQ(annual_share(share, 2025), 0.3);
  EXPECT_DOUBLE_EQ(annual_share(share, 2028), 0.6);
  EXPECT_DOUBLE_EQ(annual_share(share, 2029), 0.4);
  EXPECT_DOUBLE_EQ(annual_share(share, 2050), 0.4);
}

lockin::MarketSpec iaas_and_maas() {
  lockin::MarketSpec spec = small::spec({.utility = {0, 0}});
  spec.layers.push_back(spec.layers[0]);
  spec.layers[0].name = "iaas";
  spec.layers[1].name = "maas";
  spec.layers[1].share = lockin::Annual{{2025, 0.2}, {2027, 0.4}};
  for (auto& provider : spec.providers) {
    provider.offers[0].first = "iaas";
    provider.offers.push_back(provider.offers[0]);
    provider.offers[1].first = "maas";
  }
  spec.period = lockin::PeriodLength::quarter;
  spec.start = lockin::Date::parse("2025Q2").value();
  spec.end = lockin::Date::parse("2026Q3").value();
  spec.size = MarketSizeSpec{{{2025, 100}, {2026, 150}}, {}};
  return spec;
}

TEST(LayerTotals, PeriodsOfTheHorizonFromWholeYears) {
  const lockin::MarketSpec spec = iaas_and_maas();
  const lockin::Market market(spec);
  const auto expected = benchmark_to_periods({100 * 0.2, 150 * 0.3}, 4);
  const auto& seen = market.layer(lockin::LayerId(1)).total;
  ASSERT_EQ(seen.size(), 6u);
  for (std::size_t t = 0; t < 6; ++t) EXPECT_DOUBLE_EQ(seen[t], expected[t + 1]);
  const auto rest = benchmark_to_periods({100 * 0.8, 150 * 0.7}, 4);
  for (std::size_t t = 0; t < 6; ++t)
    EXPECT_DOUBLE_EQ(market.layer(lockin::LayerId(0)).total[t], rest[t + 1]);
}

TEST(LayerTotals, NeighbouringYearsCountWhereTheyAreCovered) {
  lockin::MarketSpec spec = iaas_and_maas();
  spec.size = MarketSizeSpec{{{2024, 90}, {2025, 100}, {2026, 150}, {2027, 160}}, {}};
  const auto seen = lockin::Market(spec).layer(lockin::LayerId(1)).total;
  const auto expected = benchmark_to_periods({90 * 0.2, 100 * 0.2, 150 * 0.3, 160 * 0.4}, 4);
  for (std::size_t t = 0; t < 6; ++t) EXPECT_DOUBLE_EQ(seen[t], expected[t + 5]);
  spec.size = MarketSizeSpec{{{2025, 100}}, 0.5};  // growth covers all years: one before, one after
  const auto grown = lockin::Market(spec).layer(lockin::LayerId(1)).total;
  const auto around = benchmark_to_periods({100 / 1.5 * 0.2, 100 * 0.2, 150 * 0.3, 225 * 0.4}, 4);
  for (std::size_t t = 0; t < 6; ++t) EXPECT_NEAR(grown[t] / around[t + 5], 1, 1e-14);
}

TEST(LayerTotals, EmptyWithoutSize) {
  lockin::MarketSpec spec = iaas_and_maas();
  spec.size.reset();
  EXPECT_TRUE(lockin::Market(spec).layer(lockin::LayerId(0)).total.empty());
}

}  // namespace
