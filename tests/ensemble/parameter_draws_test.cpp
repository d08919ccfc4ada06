#include "lockin/ensemble/parameter_draws.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <set>

namespace lockin {
namespace {

std::vector<UncertainNumber> uniforms(std::size_t n) {
  std::vector<UncertainNumber> numbers;
  for (std::size_t i = 0; i < n; ++i)
    numbers.push_back({"number." + std::to_string(i), Distribution::uniform(0, 1)});
  return numbers;
}

constexpr Design all_designs[] = {Design::monte_carlo, Design::latin_hypercube, Design::sobol};

TEST(ParameterDraws, ArePureFunctionsOfTheReplication) {
  for (const Design design : all_designs) {
    const ParameterDraws draws(uniforms(3), design, 7, 100), again(uniforms(3), design, 7, 100),
        other(uniforms(3), design, 8, 100);
    for (const std::uint64_t r : {99UL, 0UL, 42UL}) {
      EXPECT_EQ(draws.draw(r), again.draw(r));
      EXPECT_NE(draws.draw(r), other.draw(r));
    }
  }
}

TEST(ParameterDraws, TheFirstOfManyAreTheFew) {
  for (const Design design : {Design::monte_carlo, Design::sobol}) {
    const ParameterDraws few(uniforms(3), design, 7, 10), many(uniforms(3), design, 7, 1'000'000);
    for (std::uint64_t r = 0; r < 10; ++r) EXPECT_EQ(few.draw(r), many.draw(r));
  }
}

TEST(ParameterDraws, AnotherNumberLeavesTheOthersAlone) {
  std::vector<UncertainNumber> more = uniforms(3);
  more.insert(more.begin(), {"new", Distribution::uniform(0, 1)});
  for (const Design design : {Design::monte_carlo, Design::latin_hypercube}) {
    const ParameterDraws draws(uniforms(3), design, 7, 50), with(more, design, 7, 50);
    for (std::uint64_t r = 0; r < 50; ++r) {
      const auto a = draws.draw(r), b = with.draw(r);
      EXPECT_TRUE(std::equal(a.begin(), a.end(), b.begin() + 1));
    }
  }
}

TEST(ParameterDraws, ALatinHypercubeHasOnePointInEachStratum) {
  for (const std::uint64_t n : {1UL, 2UL, 7UL, 1000UL}) {
    const ParameterDraws draws(uniforms(4), Design::latin_hypercube, 3, n);
    std::vector<std::set<std::uint64_t>> strata(4);
    for (std::uint64_t r = 0; r < n; ++r) {
      const std::vector<double> u = draws.point(r);
      for (std::size_t i = 0; i < 4; ++i)
        strata[i].insert(static_cast<std::uint64_t>(std::floor(u[i] * static_cast<double>(n))));
    }
    for (const auto& of : strata) EXPECT_EQ(of.size(), n);
  }
}

// Scrambling keeps what makes a Sobol' sequence even: of 2^k points one in each of 2^k equal intervals, in every dimension, and
// in the first two dimensions one in each elementary rectangle (a net with t = 0: Sobol' 1967).
TEST(ParameterDraws, ASobolSequenceIsANet) {
  const ParameterDraws draws(uniforms(40), Design::sobol, 11, 256);
  std::vector<std::vector<double>> points;
  for (std::uint64_t r = 0; r < 256; ++r) points.push_back(draws.point(r));
  // The sequence leaves out its first point, the origin: 256 points are one interval short of even.
  for (std::size_t i = 0; i < 40; ++i) {
    std::set<int> filled;
    for (const auto& u : points) filled.insert(static_cast<int>(std::floor(u[i] * 256)));
    EXPECT_GE(filled.size(), 255u) << i;
  }
  for (int k = 0; k <= 8; ++k) {
    std::set<std::pair<int, int>> filled;
    for (const auto& u : points)
      filled.emplace(static_cast<int>(std::floor(u[0] * (1 << k))),
                     static_cast<int>(std::floor(u[1] * (256 >> k))));
    EXPECT_GE(filled.size(), 255u) << k;
  }
}

// The mean of a smooth function over n points: the error of Monte Carlo is sd / sqrt(n) = 0.0092, of the other two far less.
TEST(ParameterDraws, DesignsAreMoreEvenThanChance) {
  const auto error = [](Design design) {
    const ParameterDraws draws(uniforms(4), design, 5, 1024);
    double sum = 0;
    for (std::uint64_t r = 0; r < 1024; ++r) {
      double f = 0;
      for (const double u : draws.point(r)) f += std::exp(u) - (std::exp(1.0) - 1);
      sum += f;
    }
    return std::abs(sum / 1024);
  };
  EXPECT_LT(error(Design::monte_carlo), 5 * 0.0308);  // sd of the sum is 0.984
  EXPECT_LT(error(Design::latin_hypercube), 0.0031);
  EXPECT_LT(error(Design::sobol), 0.0031);
}

TEST(ParameterDraws, FollowTheirDistributions) {
  std::vector<UncertainNumber> numbers{{"a", Distribution::triangular(1, 2, 4)},
                                       {"b", Distribution::normal(3, 2)},
                                       {"c", Distribution::lognormal_mean(2, 0.5)},
                                       {"d", Distribution::beta(0.3, 0.1)},
                                       {"e", Distribution::uniform(-1, 2)}};
  const ParameterDraws draws(numbers, Design::latin_hypercube, 1, 20000);
  std::vector<double> mean(5), square(5);
  for (std::uint64_t r = 0; r < 20000; ++r) {
    const auto x = draws.draw(r);
    for (std::size_t i = 0; i < 5; ++i) mean[i] += x[i] / 20000, square[i] += x[i] * x[i] / 20000;
  }
  const double sd[] = {std::sqrt(7.0 / 18), 2, 0.5, 0.1, 3 / std::sqrt(12.0)};
  for (std::size_t i = 0; i < 5;
       ++i) {  // a stratified mean errs by less than sd / n^(3/2) times a small number
    EXPECT_NEAR(mean[i], numbers[i].distribution.mean(), 1e-3 * sd[i]) << i;
    EXPECT_NEAR(std::sqrt(square[i] - mean[i] * mean[i]), sd[i], 5e-3 * sd[i]) << i;
  }
}

TEST(ParameterDraws, RefuseWhatTheyCannotDraw) {
  EXPECT_THROW(ParameterDraws(uniforms(1), Design::monte_carlo, 1, std::uint64_t{1} << 32),
               std::invalid_argument);
  EXPECT_THROW(ParameterDraws(uniforms(4000), Design::sobol, 1, 2), std::invalid_argument);
  EXPECT_NO_THROW(ParameterDraws({}, Design::sobol, 1, 2));
}

}  // namespace
}  // namespace lockin
