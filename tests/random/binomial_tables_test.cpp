#include "random/binomial_tables.hpp"

#include <gtest/gtest.h>

#include <boost/math/distributions/binomial.hpp>

#include <cmath>
#include <vector>

#include "lockin/random/stream.hpp"
#include "statistical.hpp"

namespace {

using lockin::BinomialTables;
using lockin::Philox;

Philox engine(std::uint64_t seed) { return lockin::StreamKey{.seed = seed}.stream(); }

// One digit at each place, several, none at one of them; both sides of p = 1/2; the first count without tables.
TEST(BinomialTables, LawIsTheExactOne) {
  for (const double p : {0.003, 0.15, 0.5, 0.77})
    for (const std::uint64_t n : {1u, 7u, 15u, 16u, 0xa3u, 0x308u, 0xfffu, 0x1000u, 0xffffu, 0x10000u}) {
      const boost::math::binomial law(static_cast<double>(n), p);
      // Cells a quarter of a standard deviation wide, seven on both sides of the mean.
      const double sd = std::sqrt(static_cast<double>(n) * p * (1 - p)), mean = static_cast<double>(n) * p;
      const auto width = static_cast<std::uint64_t>(std::max(1.0, sd / 4));
      const auto low = static_cast<std::uint64_t>(std::max(0.0, mean - 7 * sd));
      double before = low == 0 ? 0 : boost::math::cdf(law, static_cast<double>(low - 1));
      std::vector<double> probability{before};
      for (std::uint64_t k = low; before < 1 && probability.size() < 500; k += width) {
        const double next = k + width > n ? 1 : boost::math::cdf(law, static_cast<double>(k + width - 1));
        probability.push_back(next - before);
        before = next;
      }
      probability.back() += 1 - before;
      std::vector<std::uint64_t> seen(probability.size());
      BinomialTables tables(p);
      Philox source = engine(n);
      for (int i = 0; i < 200'000; ++i) {
        const std::uint64_t k = tables.draw(n, source);
        ASSERT_LE(k, n);
        ++seen[k < low ? 0 : std::min<std::size_t>((k - low) / width + 1, seen.size() - 1)];
      }
      EXPECT_TRUE(statistical::fits_counts(seen, probability)) << "n = " << n << ", p = " << p;
    }
}

TEST(BinomialTables, NoDrawDependsOnThoseBefore) {
  BinomialTables used(0.3);
  Philox other = engine(1);
  for (std::uint64_t n = 1; n < 5000; n += 7) (void)used.draw(n, other);
  BinomialTables fresh(0.3);
  Philox a = engine(2), b = engine(2);
  for (std::uint64_t n = 5000; n > 0; --n) ASSERT_EQ(used.draw(n, a), fresh.draw(n, b));
}

TEST(BinomialTables, CertaintyTakesNoDraw) {
  Philox source = engine(1);
  EXPECT_EQ(BinomialTables(0).draw(1000, source), 0u);
  EXPECT_EQ(BinomialTables(1).draw(1000, source), 1000u);
  EXPECT_EQ(BinomialTables(0.5).draw(0, source), 0u);
  EXPECT_EQ(source, engine(1));
}

}  // namespace
