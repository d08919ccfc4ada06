// The tests of the tests: each must pass on the truth and fail on what it is there to catch.

#include "statistical.hpp"

#include <boost/math/distributions/normal.hpp>

#include <vector>

#include "lockin/random/distribution.hpp"
#include "lockin/random/stream.hpp"

namespace {

using lockin::Distribution;
using lockin::Philox;

std::vector<double> sample(const Distribution& law, std::size_t n, std::uint64_t seed) {
  Philox engine = lockin::StreamKey{.seed = seed}.stream();
  std::vector<double> values(n);
  for (double& x : values) x = law.draw(engine);
  return values;
}

std::vector<std::uint64_t> counts(std::span<const double> p, std::size_t n, std::uint64_t seed) {
  Philox engine = lockin::StreamKey{.seed = seed}.stream();
  std::vector<std::uint64_t> result(p.size());
  for (std::size_t i = 0; i < n; ++i) {
    double u = engine.uniform();
    std::size_t k = 0;
    while (k + 1 < p.size() && u >= p[k]) u -= p[k++];
    ++result[k];
  }
  return result;
}

TEST(Statistical, GoodnessOfFitTellsTheTruthFromItsNeighbour) {
  const std::vector<double> truth{0.5, 0.3, 0.1999, 0.00005, 0.00005},
      other{0.49, 0.31, 0.1999, 0.00005, 0.00005};
  const auto seen = counts(truth, 200'000, 1);
  EXPECT_TRUE(statistical::fits_counts(seen, truth));
  EXPECT_FALSE(statistical::fits_counts(seen, other));
}

TEST(Statistical, GoodnessOfFitRefusesWhatItCannotJudge) {
  const std::vector<double> p{0.5, 0.5, 0.0};
  EXPECT_FALSE(statistical::fits_counts(std::vector<std::uint64_t>{50, 49, 1}, p))
      << "a draw where none can be";
  EXPECT_TRUE(statistical::fits_counts(std::vector<std::uint64_t>{50, 50, 0}, p));
  EXPECT_FALSE(statistical::fits_counts(std::vector<std::uint64_t>{1, 2, 0}, p)) << "too few draws";
  EXPECT_FALSE(
      statistical::fits_counts(std::vector<std::uint64_t>{50, 50, 0}, std::vector<double>{0.5, 0.4, 0.0}));
}

TEST(Statistical, RareCellsArePooledNotDropped) {
  // A thousand cells that expect 0.1 draws each: 100 draws in them are what is expected, 200 are not.
  std::vector<double> p(1001, 1e-6);
  p[1000] = 1 - 1e-3;
  std::vector<std::uint64_t> seen(1001, 0);
  for (std::size_t i = 0; i < 100; ++i) seen[i] = 1;
  seen[1000] = 99'900;
  EXPECT_TRUE(statistical::fits_counts(seen, p));
  for (std::size_t i = 100; i < 200; ++i) seen[i] = 1;
  EXPECT_FALSE(statistical::fits_counts(seen, p));
}

TEST(Statistical, TwoTablesOfCounts) {
  const std::vector<double> a{0.5, 0.3, 0.2}, b{0.49, 0.3, 0.21};
  EXPECT_TRUE(statistical::same_law(counts(a, 100'000, 1), counts(a, 300'000, 2)));
  EXPECT_FALSE(statistical::same_law(counts(a, 100'000, 1), counts(b, 300'000, 2)));
}

TEST(Statistical, MeansAndVariances) {
  const auto x = sample(Distribution::normal(2, 3), 100'000, 1),
             y = sample(Distribution::normal(2, 3), 100'000, 2);
  EXPECT_TRUE(statistical::mean_is(x, 2));
  EXPECT_TRUE(statistical::mean_is(x, 2, statistical::false_alarm_rate, 3));
  EXPECT_FALSE(statistical::mean_is(x, 2.08));
  EXPECT_TRUE(statistical::variance_is(x, 9));
  EXPECT_FALSE(statistical::variance_is(x, 9.4));
  EXPECT_TRUE(statistical::same_mean(x, y));
  EXPECT_FALSE(statistical::same_mean(x, sample(Distribution::normal(2.1, 3), 100'000, 3)));
  EXPECT_TRUE(statistical::same_variance(x, y));
  EXPECT_FALSE(statistical::same_variance(x, sample(Distribution::normal(2, 3.1), 100'000, 3)));
  EXPECT_FALSE(statistical::mean_is(std::vector<double>(100, std::nan("")), 0))
      << "not a number is no success";
  EXPECT_TRUE(statistical::mean_is(std::vector<double>(100, 0.1), 0.1)) << "without spread";
  EXPECT_FALSE(statistical::mean_is(std::vector<double>(100, 0.1), 0.1001));
}

TEST(Statistical, KolmogorovSmirnov) {
  const auto x = sample(Distribution::normal(0, 1), 50'000, 1),
             y = sample(Distribution::normal(0, 1), 70'000, 2);
  const auto law = [](double mean) {
    return [mean](double v) { return boost::math::cdf(boost::math::normal(mean, 1), v); };
  };
  EXPECT_TRUE(statistical::fits_law(x, law(0)));
  EXPECT_FALSE(statistical::fits_law(x, law(0.1)));
  EXPECT_TRUE(statistical::same_law(std::span<const double>(x), std::span<const double>(y)));
  const auto shifted = sample(Distribution::normal(0.1, 1), 70'000, 2);
  EXPECT_FALSE(statistical::same_law(std::span<const double>(x), std::span<const double>(shifted)));
}

TEST(Statistical, PowerNotesKeepTheirWord) {
  // A true effect of the size that the note names is caught in most of 40 tries (expected 39.6).
  const double n = 20'000;
  const double shift = statistical::detectable_shift(1 / std::sqrt(n));
  const double effect = statistical::detectable_effect(n, 1);
  const double moved = 0.5 + effect / 2;  // sqrt((2 (moved - 1/2))^2) = effect
  int caught = 0, caught_counts = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    caught +=
        !statistical::mean_is(sample(Distribution::normal(shift, 1), static_cast<std::size_t>(n), seed), 0);
    caught_counts += !statistical::fits_counts(
        counts(std::vector<double>{moved, 1 - moved}, static_cast<std::size_t>(n), seed),
        std::vector<double>{0.5, 0.5});
  }
  EXPECT_GE(caught, 34);
  EXPECT_GE(caught_counts, 34);
}

}  // namespace
