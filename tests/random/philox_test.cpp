#include "lockin/random/philox.hpp"

#include <gtest/gtest.h>

#include <boost/random/exponential_distribution.hpp>
#include <boost/random/uniform_int_distribution.hpp>
#include <boost/random/uniform_real_distribution.hpp>

#include <concepts>
#include <cstdint>
#include <random>
#include <set>
#include <type_traits>
#include <vector>

#include "oracle_files.hpp"
#include "statistical.hpp"

namespace {

using lockin::Philox;

// What Boost.Random asks of an engine, and the standard of a generator.
static_assert(std::uniform_random_bit_generator<Philox>);
static_assert(std::same_as<Philox::result_type, std::uint32_t>);
static_assert(Philox::has_fixed_range && Philox::min() == 0 && Philox::max() == 0xffffffffu);
static_assert(std::copyable<Philox> && std::equality_comparable<Philox>);
static_assert(std::is_trivially_copyable_v<Philox>, "engines are copied into the blocks of an agent engine");

const Philox example({0x12345678u, 0x9abcdef0u}, {7, 8, 9});

std::vector<std::uint32_t> words(Philox engine, std::size_t n) {
  std::vector<std::uint32_t> result(n);
  for (auto& word : result) word = engine();
  return result;
}

TEST(Philox, KnownAnswers) {
  const auto rows = lockin::test::oracle_rows("12_philox4x32_10.csv");
  ASSERT_EQ(rows.size(), 16u);
  for (const auto& row : rows) {
    std::vector<std::uint32_t> x;
    for (const std::string& field : row)
      x.push_back(static_cast<std::uint32_t>(std::stoul(field, nullptr, 16)));
    ASSERT_EQ(x.size(), 10u);
    const Philox engine({x[4], x[5]}, {x[1], x[2], x[3]});
    EXPECT_EQ(engine.block(x[0]), (std::array<std::uint32_t, 4>{x[6], x[7], x[8], x[9]}))
        << row[0] << " " << row[4];
    // The engine gives the words of its block in this order, from wherever it stands.
    Philox drawn = engine;
    drawn.discard(4 * std::uint64_t{x[0]});
    EXPECT_EQ(words(drawn, 4), (std::vector<std::uint32_t>{x[6], x[7], x[8], x[9]}));
  }
}

TEST(Philox, WordNIsAFunctionOfKeyAndN) {
  const auto seen = words(example, 1000);
  for (const std::size_t n : {0u, 1u, 2u, 3u, 4u, 5u, 511u, 512u, 998u, 999u})
    EXPECT_EQ(example.block(static_cast<std::uint32_t>(n / 4))[n % 4], seen[n]);
}

TEST(Philox, DiscardIsDrawing) {
  const auto seen = words(example, 200);
  for (std::size_t first = 0; first < 12; ++first)
    for (std::size_t skip = 0; skip < 40; ++skip) {
      Philox engine = example;
      for (std::size_t i = 0; i < first; ++i) engine();
      engine.discard(skip);
      Philox drawn = example;
      for (std::size_t i = 0; i < first + skip; ++i) drawn();
      EXPECT_EQ(engine, drawn) << first << " + " << skip;
      EXPECT_EQ(engine(), seen[first + skip]) << first << " + " << skip;
    }
}

TEST(Philox, DiscardCarriesBeyond32Bits) {
  Philox engine = example;
  engine.discard((std::uint64_t{1} << 33) + 1);
  EXPECT_EQ(engine(), example.block(1u << 31)[1]);
  engine.discard((std::uint64_t{1} << 33) - 3);
  EXPECT_EQ(engine(), example.block(0xffffffffu)[3]) << "the last of 2^34 words";
  EXPECT_EQ(engine(), example.block(0)[0]) << "then the stream begins anew";
}

TEST(Philox, CopiesAreIndependent) {
  Philox engine = example;
  engine();
  Philox copy = engine;
  EXPECT_EQ(copy, engine);
  const auto expected = words(engine, 10);
  for (const auto word : expected) EXPECT_EQ(copy(), word);
  EXPECT_NE(copy, engine);
  EXPECT_EQ(words(engine, 10), expected) << "drawing from the copy left the original alone";
  EXPECT_NE(Philox({1, 2}, {3, 4, 5}), Philox({1, 2}, {3, 4, 6}));
  EXPECT_NE(Philox({1, 2}, {3, 4, 5}), Philox({2, 2}, {3, 4, 5}));
}

TEST(Philox, WideWordsAndDoubles) {
  const auto seen = words(example, 2);
  Philox engine = example;
  const std::uint64_t wide = seen[0] | std::uint64_t{seen[1]} << 32;
  EXPECT_EQ(engine.next64(), wide);
  engine = example;
  EXPECT_EQ(engine.uniform(), static_cast<double>(wide >> 11) / 9007199254740992.0);
  for (int i = 0; i < 100'000; ++i) {
    const double u = engine.uniform();
    ASSERT_TRUE(u >= 0 && u < 1);
    ASSERT_EQ(u, std::floor(u * 0x1p53) * 0x1p-53);
  }
}

TEST(Philox, UniformLaw) {
  Philox engine = example;
  std::vector<double> u(200'000), low_bits(200'000);
  for (std::size_t i = 0; i < u.size(); ++i) {
    u[i] = engine.uniform();
    low_bits[i] = std::fmod(u[i] * 0x1p33, 1.0);  // a 32-bit source has nothing but 0 here
  }
  EXPECT_TRUE(statistical::fits_law(u, [](double x) { return x; }));
  EXPECT_TRUE(statistical::fits_law(low_bits, [](double x) { return x; }));
}

TEST(Philox, ServesBoostDistributions) {
  Philox engine = example;
  boost::random::uniform_int_distribution<int> die(1, 6);
  boost::random::exponential_distribution<double> waiting(2.0);
  boost::random::uniform_real_distribution<double> real(3, 5);
  std::vector<std::uint64_t> faces(6);
  std::vector<double> times(100'000), reals(100'000);
  for (std::size_t i = 0; i < times.size(); ++i) {
    ++faces[static_cast<std::size_t>(die(engine) - 1)];
    times[i] = waiting(engine);
    reals[i] = real(engine);
  }
  EXPECT_TRUE(statistical::fits_counts(faces, std::vector<double>(6, 1.0 / 6)));
  EXPECT_TRUE(statistical::fits_law(times, [](double x) { return 1 - std::exp(-2 * x); }));
  EXPECT_TRUE(statistical::fits_law(reals, [](double x) { return (x - 3) / 2; }));
}

}  // namespace
