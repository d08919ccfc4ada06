#include "lockin/random/multinomial.hpp"

#include <gtest/gtest.h>

#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/poisson.hpp>

#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <stdexcept>
#include <vector>

#include "lockin/random/stream.hpp"
#include "statistical.hpp"

namespace {

using lockin::draw_binomial;
using lockin::draw_multinomial;
using lockin::draw_poisson;
using lockin::max_count;
using lockin::Philox;
using Counts = std::vector<std::uint64_t>;
using Weights = std::vector<double>;

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN(),
                 infinite = std::numeric_limits<double>::infinity();

Philox stream(std::uint64_t seed = 1) { return lockin::StreamKey{.seed = seed}.stream(); }

Counts split(std::uint64_t n, const Weights& weights, Philox& source) {
  Counts counts(weights.size(), 77);
  draw_multinomial(n, weights, source, counts);
  return counts;
}

struct BinomialCase {
  std::uint64_t n;
  double p;
};

class BinomialLaw : public testing::TestWithParam<BinomialCase> {};

TEST_P(BinomialLaw, IsTheExactOne) {
  const auto [n, p] = GetParam();
  const boost::math::binomial law(static_cast<double>(n), p);
  // Cells: every count near the mean; where the law is wide, ranges of counts a quarter of a standard deviation long.
  const double sd = std::sqrt(static_cast<double>(n) * p * (1 - p)), mean = static_cast<double>(n) * p;
  const auto width = static_cast<std::uint64_t>(std::max(1.0, sd / 4));
  const auto low = static_cast<std::uint64_t>(std::max(0.0, mean - 7 * sd));
  std::vector<double> probability;
  double before = low == 0 ? 0 : boost::math::cdf(law, static_cast<double>(low - 1));
  probability.push_back(before);
  for (std::uint64_t k = low; before < 1 && probability.size() < 500; k += width) {
    const std::uint64_t last = k + width - 1;
    const double next = last >= n ? 1 : boost::math::cdf(law, static_cast<double>(last));
    probability.push_back(next - before);
    before = next;
  }
  probability.back() += 1 - before;
  Counts seen(probability.size());
  Philox source = stream(n ^ static_cast<std::uint64_t>(p * 1e6));
  for (int i = 0; i < 300'000; ++i) {
    const std::uint64_t k = draw_binomial(n, p, source);
    ASSERT_LE(k, n);
    ++seen[k < low ? 0 : std::min<std::size_t>((k - low) / width + 1, seen.size() - 1)];
  }
  EXPECT_TRUE(statistical::fits_counts(seen, probability)) << "n = " << n << ", p = " << p;
}

// Coins up to n = 12, inversion below n p = 10, else rejection: each on both sides of p = 1/2, and large n.
INSTANTIATE_TEST_SUITE_P(Cases, BinomialLaw,
                         testing::Values(BinomialCase{1, 0.3}, BinomialCase{4, 0.6}, BinomialCase{5, 0.2},
                                         BinomialCase{7, 0.5}, BinomialCase{10, 0.05}, BinomialCase{12, 0.45},
                                         BinomialCase{13, 0.45}, BinomialCase{20, 0.4}, BinomialCase{20, 0.6},
                                         BinomialCase{21, 0.52}, BinomialCase{35, 0.31},
                                         BinomialCase{35, 0.69}, BinomialCase{1000, 0.003},
                                         BinomialCase{1000, 0.997}, BinomialCase{1000, 0.5},
                                         BinomialCase{100'000, 0.2}, BinomialCase{5'000'000'000, 2e-9},
                                         BinomialCase{5'000'000'000, 0.37},
                                         BinomialCase{10'000'000'000, 0.9}));

TEST(Binomial, MeanAndVarianceUpToTheLargestCount) {
  for (const std::uint64_t n : {std::uint64_t{3'000'000'000}, std::uint64_t{1'000'000'000'000}, max_count})
    for (const double p : {1e-6, 0.25, 0.75}) {
      // In standard deviations around the mean, so that nothing is lost in doubles: the mean itself is known to 0.06 of them.
      const double mean = static_cast<double>(n) * p, sd = std::sqrt(mean * (1 - p));
      Philox source = stream(5);
      std::vector<double> z(20'000);
      for (double& x : z) x = (static_cast<double>(draw_binomial(n, p, source)) - mean) / sd;
      EXPECT_TRUE(statistical::mean_is(z, 0)) << n << " " << p;
      EXPECT_TRUE(statistical::variance_is(z, 1)) << n << " " << p;
    }
}

TEST(Binomial, SuccessesAndFailuresAreOneLaw) {
  for (const std::uint64_t n : {5u, 40u, 100'000u}) {
    Philox a = stream(), b = stream();
    for (int i = 0; i < 200; ++i) EXPECT_EQ(draw_binomial(n, 0.75, a), n - draw_binomial(n, 0.25, b));
  }
}

TEST(Binomial, CertaintyTakesNoDraw) {
  Philox source = stream();
  EXPECT_EQ(draw_binomial(1000, 0, source), 0u);
  EXPECT_EQ(draw_binomial(1000, 1, source), 1000u);
  EXPECT_EQ(draw_binomial(max_count, 1, source), max_count);
  EXPECT_EQ(draw_binomial(0, 0.5, source), 0u);
  EXPECT_EQ(source, stream());
  EXPECT_LE(draw_binomial(1000, 1 - 0x1p-53, source), 1000u);
  EXPECT_LE(draw_binomial(1000, std::numeric_limits<double>::denorm_min(), source), 1000u);
}

TEST(Binomial, RefusesWhatIsNoProbability) {
  Philox source = stream();
  for (const double p : {-1e-300, 1 + 1e-15, not_a_number, infinite, -infinite})
    EXPECT_THROW(draw_binomial(10, p, source), std::domain_error) << p;
  EXPECT_THROW(draw_binomial(max_count + 1, 0.5, source), std::domain_error);
}

TEST(Poisson, LawIsTheExactOne) {
  for (const double mean : {0.02, 1.0, 9.9, 10.1, 250.0}) {
    const boost::math::poisson law(mean);
    const auto most = static_cast<std::size_t>(mean + 8 * std::sqrt(mean) + 8);
    std::vector<double> probability(most + 1);
    for (std::size_t k = 0; k < most; ++k) probability[k] = boost::math::pdf(law, static_cast<double>(k));
    probability[most] = boost::math::cdf(boost::math::complement(law, static_cast<double>(most) - 1));
    Counts seen(most + 1);
    Philox source = stream(static_cast<std::uint64_t>(mean * 100));
    for (int i = 0; i < 300'000; ++i) ++seen[std::min<std::size_t>(draw_poisson(mean, source), most)];
    EXPECT_TRUE(statistical::fits_counts(seen, probability)) << mean;
  }
}

TEST(Poisson, LargeMeans) {
  for (const double mean : {3e9, 1e12}) {
    Philox source = stream(3);
    std::vector<double> z(20'000);
    for (double& x : z) x = (static_cast<double>(draw_poisson(mean, source)) - mean) / std::sqrt(mean);
    EXPECT_TRUE(statistical::mean_is(z, 0)) << mean;
    EXPECT_TRUE(statistical::variance_is(z, 1)) << mean;
  }
}

TEST(Poisson, RangeOfTheMean) {
  Philox source = stream();
  EXPECT_EQ(draw_poisson(0, source), 0u);
  EXPECT_EQ(source, stream());
  for (const double mean : {-1e-300, -1.0, not_a_number, infinite, 1.1e15})
    EXPECT_THROW(draw_poisson(mean, source), std::domain_error) << mean;
}

TEST(Multinomial, CountsAddUpAndEmptyCellsStayEmpty) {
  Philox source = stream();
  for (const Weights& weights :
       {Weights{1}, Weights{0, 3}, Weights{3, 0}, Weights{0, 0, 2, 0, 5, 0, 0}, Weights{0.1, 0.2, 0.3, 0.4},
        Weights{1e-320, 1, 1e-320}, Weights{1e300, 1e-300, 1e300}, Weights{0.1, 0.7, 0.2, 1e-18, 1e-18},
        Weights(50, 1.0 / 3)})
    for (const std::uint64_t n : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{17},
                                  std::uint64_t{1} << 31, std::uint64_t{6'000'000'000}, max_count})
      for (int i = 0; i < 20; ++i) {
        const Counts counts = split(n, weights, source);
        EXPECT_EQ(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}), n);
        for (std::size_t c = 0; c < counts.size(); ++c)
          if (weights[c] == 0) {
            EXPECT_EQ(counts[c], 0u);
          }
      }
}

TEST(Multinomial, SmallLawIsTheExactOne) {
  constexpr std::uint64_t n = 6;
  const Weights weights{2, 0, 3, 5};  // need not add up to 1, and one cell is impossible
  std::map<Counts, std::size_t> place;
  std::vector<double> probability;
  for (std::uint64_t a = 0; a <= n; ++a)
    for (std::uint64_t b = 0; a + b <= n; ++b) {
      const std::uint64_t c = n - a - b;
      const auto real = [](std::uint64_t k) { return static_cast<double>(k); };
      const double ways = std::tgamma(real(n) + 1) / std::tgamma(real(a) + 1) / std::tgamma(real(b) + 1) /
                          std::tgamma(real(c) + 1);
      place[{a, 0, b, c}] = probability.size();
      probability.push_back(ways * std::pow(0.2, real(a)) * std::pow(0.3, real(b)) * std::pow(0.5, real(c)));
    }
  Counts seen(probability.size());
  Philox source = stream(9);
  for (int i = 0; i < 400'000; ++i) {
    const auto found = place.find(split(n, weights, source));
    ASSERT_NE(found, place.end());
    ++seen[found->second];
  }
  EXPECT_TRUE(statistical::fits_counts(seen, probability));
}

TEST(Multinomial, LargeCountsHaveMeanVarianceAndCovariance) {
  constexpr std::uint64_t n = 8'000'000'000;  // beyond 2^31 and 2^32
  const Weights p{0.5, 0.2, 0.3};
  Philox source = stream(10);
  std::vector<std::vector<double>> z(3);
  std::vector<double> product;
  for (int i = 0; i < 20'000; ++i) {
    const Counts counts = split(n, p, source);
    for (std::size_t c = 0; c < 3; ++c)
      z[c].push_back((static_cast<double>(counts[c]) - static_cast<double>(n) * p[c]) /
                     std::sqrt(static_cast<double>(n) * p[c] * (1 - p[c])));
    product.push_back(z[0].back() * z[2].back());
  }
  for (std::size_t c = 0; c < 3; ++c) {
    EXPECT_TRUE(statistical::mean_is(z[c], 0)) << c;
    EXPECT_TRUE(statistical::variance_is(z[c], 1)) << c;
  }
  EXPECT_TRUE(statistical::mean_is(product, -std::sqrt(0.5 * 0.3 / (0.5 * 0.7)))) << "covariance -n p q";
}

TEST(Multinomial, RefusesOtherWeights) {
  Philox source = stream();
  for (const Weights& weights : {Weights{}, Weights{0}, Weights{0, 0}, Weights{1, -1e-300},
                                 Weights{not_a_number, 1}, Weights{1, infinite}, Weights{1e308, 1e308}})
    EXPECT_THROW(split(5, weights, source), std::domain_error);
  EXPECT_THROW(split(max_count + 1, {1, 1}, source), std::domain_error);
  EXPECT_THROW(split(max_count + 1, {1}, source), std::domain_error);
  Counts counts(3);
  EXPECT_THROW(draw_multinomial(5, Weights{1, 1}, source, counts), std::invalid_argument);
}

}  // namespace
