#include "lockin/random/gaussian_copula.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <stdexcept>

#include "lockin/random/distribution.hpp"
#include "lockin/random/stream.hpp"

namespace lockin {
namespace {

using Pairs = std::vector<GaussianCopula::Pair>;

constexpr int draws = 200'000;

// Draws of four numbers, coupled; each a row.
std::vector<std::vector<double>> coupled(const GaussianCopula& copula) {
  Philox engine = StreamKey{2026, 0, 0, Purpose::parameter, CellId(), 0}.stream();
  std::vector<std::vector<double>> rows;
  for (int i = 0; i < draws; ++i) {
    std::vector<double> u(4);
    for (double& x : u) x = engine.uniform() + 0x1p-54;
    copula.couple(u);
    rows.push_back(u);
  }
  return rows;
}

double correlation(const std::vector<std::vector<double>>& rows, std::size_t a, std::size_t b, bool scores) {
  double sum_a = 0, sum_b = 0, square_a = 0, square_b = 0, product = 0;
  for (const std::vector<double>& row : rows) {
    const double x = scores ? normal_quantile(row[a]) : row[a], y = scores ? normal_quantile(row[b]) : row[b];
    sum_a += x, sum_b += y, square_a += x * x, square_b += y * y, product += x * y;
  }
  const double n = static_cast<double>(rows.size());
  return (product - sum_a * sum_b / n) /
         std::sqrt((square_a - sum_a * sum_a / n) * (square_b - sum_b * sum_b / n));
}

// Standard error of a correlation of normal scores is below 1/sqrt(n) (Fisher 1915); 5 of them: a false alarm in 2e6.
const double tolerance = 5 / std::sqrt(static_cast<double>(draws));

TEST(GaussianCopula, GivesTheCorrelationsAskedForAndNoOthers) {
  const auto rows = coupled(GaussianCopula(Pairs{{3, 1, 0.7}, {0, 3, -0.4}}));
  EXPECT_NEAR(correlation(rows, 1, 3, true), 0.7, tolerance);
  EXPECT_NEAR(correlation(rows, 0, 3, true), -0.4, tolerance);
  EXPECT_NEAR(correlation(rows, 0, 1, true), 0, tolerance);
  EXPECT_NEAR(correlation(rows, 0, 2, true), 0, tolerance);
  EXPECT_NEAR(correlation(rows, 2, 3, true), 0, tolerance);
}

TEST(GaussianCopula, RanksCorrelateAsTheFormulaSays) {
  const auto rows = coupled(GaussianCopula(Pairs{{0, 1, 0.8}}));
  EXPECT_NEAR(correlation(rows, 0, 1, false), 6 / std::numbers::pi * std::asin(0.4), tolerance);
}

TEST(GaussianCopula, LeavesEachNumberUniform) {
  const auto rows = coupled(GaussianCopula(Pairs{{0, 1, 0.9}, {1, 2, 0.9}, {0, 2, 0.9}}));
  for (std::size_t k = 0; k < 4; ++k) {
    std::vector<int> counts(20, 0);
    for (const std::vector<double>& row : rows) ++counts[static_cast<std::size_t>(row[k] * 20)];
    double chi_square = 0;
    for (const int count : counts) {
      const double off = count - draws / 20.0;
      chi_square += off * off / (draws / 20.0);
    }
    EXPECT_LT(chi_square, 66) << k;  // 19 degrees of freedom: a false alarm in 2.5e6
  }
}

TEST(GaussianCopula, LeavesTheFirstAndTheOthersAlone) {
  const GaussianCopula copula(Pairs{{2, 1, 0.5}});
  std::vector<double> u{0.1, 0.2, 0.3, 0.4};
  copula.couple(u);
  EXPECT_EQ(u[0], 0.1);
  EXPECT_EQ(u[1], 0.2);
  EXPECT_NE(u[2], 0.3);
  EXPECT_EQ(u[3], 0.4);
  std::vector<double> extreme{0x1p-54, 0x1p-54, 0x1p-54, 1 - 0x1p-53};
  GaussianCopula(Pairs{{0, 1, 0.7}, {0, 3, -0.7}}).couple(extreme);
  for (const double x : extreme) EXPECT_TRUE(x > 0 && x < 1) << x;
  std::vector<double> independent{0.25};
  GaussianCopula().couple(independent);
  EXPECT_EQ(independent[0], 0.25);
}

TEST(GaussianCopula, RefusesWhatCannotBe) {
  EXPECT_THROW(GaussianCopula(Pairs{{1, 1, 0.5}}), std::invalid_argument);
  EXPECT_THROW(GaussianCopula(Pairs{{0, 1, 1.0}}), std::invalid_argument);
  EXPECT_THROW(GaussianCopula(Pairs{{0, 1, std::nan("")}}), std::invalid_argument);
  EXPECT_THROW(GaussianCopula(Pairs{{0, 1, 0.5}, {1, 0, 0.5}}), std::invalid_argument);
  EXPECT_THROW(GaussianCopula(Pairs{{0, 1, 0.9}, {1, 2, 0.9}, {0, 2, -0.9}}), std::invalid_argument);
  EXPECT_NO_THROW(GaussianCopula(Pairs{{0, 1, 0.9}, {1, 2, 0.9}, {0, 2, 0.63}}));
  EXPECT_THROW(GaussianCopula(Pairs{{0, 1, 0.9}, {1, 2, 0.9}, {0, 2, 0.61}}), std::invalid_argument);
}

}  // namespace
}  // namespace lockin
