#include "random/binomial_lanes.hpp"

#include <gtest/gtest.h>

#include <boost/math/distributions/binomial.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

#include "instruction_sets.hpp"
#include "lockin/random/stream.hpp"
#include "statistical.hpp"

namespace lockin::detail {
namespace {

// Lanes of one stream, with a draw each.
struct Lanes {
  std::vector<double> trials, chance, first, second, hits;
  std::vector<std::uint64_t> key, place, taken;
  Philox::Counter counter{};

  Lanes(std::size_t n, std::uint64_t seed) {
    const Philox stream = StreamKey{.seed = seed}.stream();
    const std::size_t size = n + lane_room;
    for (std::vector<double>* of : {&trials, &chance, &first, &second, &hits}) of->assign(size, 0.0);
    key.assign(size, stream.key()[0] | static_cast<std::uint64_t>(stream.key()[1]) << 32);
    for (std::size_t i = 0; i < size; ++i) place.push_back(i);
    counter = stream.counter();
  }
  [[nodiscard]] std::size_t size() const { return trials.size() - lane_room; }
  void draw() {
    const LaneStreams streams{key.data(), place.data(), counter};
    draw_uniforms(size(), streams, first.data(), second.data());
    draw_binomials(size(), trials.data(), chance.data(), first.data(), streams, hits.data());
  }
  // Two draws a lane from rows of `width` categories that lanes use in turns.
  void draw_from(const std::vector<double>& up_to, std::size_t width) {
    taken.assign(2 * trials.size(), 0);
    for (std::size_t i = 0; i < taken.size(); ++i) taken[i] = i * width % up_to.size();
    draw_places(size(), {key.data(), place.data(), counter}, up_to.data(), width, taken.data());
    taken.resize(2 * size());
  }
};

struct Case {
  double n, p;
};

// Up to three trials; inversion, below means of 2, 8, 25 and 60; rejection; each on both sides of p = 1/2.
const std::vector<Case> cases{
    {1, 0.3},      {1, 0.8},      {2, 0.2},     {2, 0.7},     {3, 0.1},    {3, 0.65},   {4, 0.6},
    {7, 0.5},      {12, 0.05},    {9, 0.97},    {35, 0.31},   {100, 0.25}, {100, 0.75}, {5e9, 2e-9},
    {1e12, 2e-11}, {1e6, 3e-7},   {58, 0.5},    {116, 0.5},   {124, 0.5},  {150, 0.19}, {300, 0.19},
    {300, 0.21},   {300, 0.79},   {1000, 0.04}, {1000, 0.96}, {1000, 0.5}, {1e5, 0.2},  {5e9, 0.37},
    {1e10, 0.9},   {1e12, 4e-11}, {1e12, 1e-10}};

// Cells: every count near the mean; where the law is wide, ranges of counts a quarter of a standard deviation long.
struct Cells {
  double low, width;
  std::vector<double> probability;

  explicit Cells(const Case& of) {
    const boost::math::binomial law(of.n, of.p);
    const double sd = std::sqrt(of.n * of.p * (1 - of.p)), mean = of.n * of.p;
    width = std::floor(std::max(1.0, sd / 4));
    low = std::floor(std::max(0.0, mean - 7 * sd));
    double before = low == 0 ? 0 : boost::math::cdf(law, low - 1);
    probability.push_back(before);
    for (double k = low; before < 1 && probability.size() < 500; k += width) {
      const double next = k + width > of.n ? 1 : boost::math::cdf(law, k + width - 1);
      probability.push_back(next - before);
      before = next;
    }
    probability.back() += 1 - before;
  }
  [[nodiscard]] std::size_t of(double k) const {
    return k < low ? 0 : std::min(static_cast<std::size_t>((k - low) / width) + 1, probability.size() - 1);
  }
};

// All cases side by side, so that each vector has lanes of every kind.
std::vector<std::vector<std::uint64_t>> seen_in(const std::vector<Cells>& cells, std::size_t draws) {
  std::vector<std::vector<std::uint64_t>> seen;
  seen.reserve(cells.size());
  for (const Cells& of : cells) seen.emplace_back(of.probability.size());
  Lanes lanes(cases.size() * 1000, 1);
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    lanes.trials[i] = cases[i % cases.size()].n;
    lanes.chance[i] = cases[i % cases.size()].p;
  }
  for (std::size_t done = 0; done < draws; done += 1000) {
    lanes.counter[1] = static_cast<std::uint32_t>(done);
    lanes.draw();
    for (std::size_t i = 0; i < lanes.size(); ++i) {
      const std::size_t c = i % cases.size();
      EXPECT_TRUE(lanes.hits[i] >= 0 && lanes.hits[i] <= cases[c].n &&
                  lanes.hits[i] == std::floor(lanes.hits[i]));
      ++seen[c][cells[c].of(lanes.hits[i])];
    }
  }
  return seen;
}

// 300,000 draws a case: an effect of 0.012 to 0.02 is caught (the message says which). That this is so, the last lines show: the
// same counts do not fit a chance that is off by a fiftieth of a standard deviation of the count.
TEST(BinomialLanes, LawIsTheExactOne) {
  std::vector<Cells> cells, shifted;
  for (const Case& of : cases) {
    cells.emplace_back(of);
    shifted.emplace_back(Case{of.n, of.p + std::sqrt(of.p * (1 - of.p) / of.n) / 50});
  }
  const auto seen = seen_in(cells, 300'000);
  for (std::size_t c = 0; c < cases.size(); ++c) {
    EXPECT_TRUE(statistical::fits_counts(seen[c], cells[c].probability)) << cases[c].n << " " << cases[c].p;
    if (shifted[c].low == cells[c].low && shifted[c].width == cells[c].width &&
        shifted[c].probability.size() == cells[c].probability.size()) {
      EXPECT_FALSE(statistical::fits_counts(seen[c], shifted[c].probability))
          << cases[c].n << " " << cases[c].p;
    }
  }
}

// 28 million draws see an effect of 0.0021: what is taken outside the box off by a fiftieth, for example.
TEST(BinomialLanes, RejectionIsExactToThousandths) {
  for (const Case& of : {Case{260, 0.25}, Case{1e5, 0.8}}) {
    const Cells cells(of);
    std::vector<std::uint64_t> seen(cells.probability.size());
    Lanes lanes(20'000, 2);
    std::fill(lanes.trials.begin(), lanes.trials.end(), of.n);
    std::fill(lanes.chance.begin(), lanes.chance.end(), of.p);
    for (std::uint32_t round = 0; round < 1400; ++round) {
      lanes.counter[1] = round;
      lanes.draw();
      for (std::size_t i = 0; i < lanes.size(); ++i) ++seen[cells.of(lanes.hits[i])];
    }
    EXPECT_TRUE(statistical::fits_counts(seen, cells.probability)) << of.n << " " << of.p;
  }
}

// In standard deviations around the mean, so that nothing is lost in doubles.
TEST(BinomialLanes, MeanAndVarianceUpToTheLargestCount) {
  for (const double n : {3e9, 1e12, 1e15})
    for (const double p : {1e-6, 0.25, 0.75}) {
      Lanes lanes(20'000, 5);
      std::fill(lanes.trials.begin(), lanes.trials.end(), n);
      std::fill(lanes.chance.begin(), lanes.chance.end(), p);
      lanes.draw();
      std::vector<double> z;
      for (std::size_t i = 0; i < lanes.size(); ++i)
        z.push_back((lanes.hits[i] - n * p) / std::sqrt(n * p * (1 - p)));
      EXPECT_TRUE(statistical::mean_is(z, 0)) << n << " " << p;
      EXPECT_TRUE(statistical::variance_is(z, 1)) << n << " " << p;
    }
}

// Three rows: of eight, of five and of one category. What a lane takes follows from the two random numbers that it has anyway.
const std::vector<double> rows_of_eight{0.1, 0.3, 0.35, 0.5, 0.7, 0.8, 0.95, 1, 0.2, 0.3, 0.31, 0.9,
                                        1,   1,   1,    1,   1,   1,   1,    1, 1,   1,   1,    1};

Lanes all_kinds() {
  Lanes lanes(1500, 3);  // more than are drawn in one go
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    lanes.trials[i] = cases[i % cases.size()].n;
    lanes.chance[i] = cases[i % cases.size()].p;
    lanes.place[i] = 7 * i;
  }
  lanes.draw();
  lanes.draw_from(rows_of_eight, 8);
  return lanes;
}

TEST(BinomialLanes, NoDrawDependsOnOtherLanes) {
  const Lanes together = all_kinds();
  for (std::size_t i = 0; i < together.size(); ++i) {
    Lanes alone(1, 3);
    alone.trials[0] = together.trials[i];
    alone.chance[0] = together.chance[i];
    alone.place[0] = together.place[i];
    alone.draw();
    ASSERT_EQ(alone.hits[0], together.hits[i]) << i;
  }
}

// The first lane, of whatever kind, is no measure of how far the others search.
TEST(BinomialLanes, NoSearchWaitsForTheFirstLane) {
  for (const Case& first :
       {Case{1e12, 0.5}, Case{1e6, 1e-3}, Case{1e5, 0.02}, Case{3e3, 0.25}, Case{1, 0.5}, Case{1e5, 0}})
    for (const Case& others : cases)
      for (const std::size_t n : {2u, 9u, 16u, 17u, 40u}) {
        Lanes together(n, 5);
        for (std::size_t i = 0; i < n; ++i) {
          together.trials[i] = i == 0 ? first.n : others.n;
          together.chance[i] = i == 0 ? first.p : others.p;
        }
        together.draw();
        Lanes alone = together;
        std::swap(alone.place[0], alone.place[n - 1]);
        std::swap(alone.trials[0], alone.trials[n - 1]);
        std::swap(alone.chance[0], alone.chance[n - 1]);
        alone.draw();
        ASSERT_EQ(alone.hits[0], together.hits[n - 1]) << others.n << " " << others.p << " of " << n;
      }
}

TEST(BinomialLanes, CertaintyIsCertain) {
  Lanes lanes(30, 1);
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    lanes.trials[i] = i < 20 ? std::pow(10.0, static_cast<double>(i % 10)) : 0.0;
    lanes.chance[i] = i < 10 ? 0.0 : i < 20 ? 1.0 : 0.5;
  }
  lanes.draw();
  for (std::size_t i = 0; i < lanes.size(); ++i)
    EXPECT_EQ(lanes.hits[i], i >= 10 && i < 20 ? lanes.trials[i] : 0.0) << i;
}

// The bits of the generator: 52 of 64 that two words make, and a half step.
TEST(BinomialLanes, UniformsAreThoseOfTheStream) {
  Lanes lanes(100, 9);
  lanes.draw();
  const Philox stream = StreamKey{.seed = 9}.stream();
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    const auto words = stream.block(static_cast<std::uint32_t>(i));
    const auto uniform = [](std::uint64_t low, std::uint64_t high) {
      return (static_cast<double>((low | high << 32) >> 12) + 0.5) * 0x1p-52;
    };
    EXPECT_EQ(lanes.first[i], uniform(words[0], words[1]));
    EXPECT_EQ(lanes.second[i], uniform(words[2], words[3]));
  }
}

TEST(BinomialLanes, PlacesAreThoseOfTheRandomNumbers) {
  Lanes lanes(3001, 4);
  lanes.draw();
  lanes.draw_from(rows_of_eight, 8);
  std::vector<std::size_t> seen(rows_of_eight.size());
  for (std::size_t i = 0; i < 2 * lanes.size(); ++i) {
    const double u = (i % 2 == 0 ? lanes.first : lanes.second)[i / 2];
    std::size_t expected = i * 8 % rows_of_eight.size();
    while (u >= rows_of_eight[expected]) ++expected;
    ASSERT_EQ(lanes.taken[i], expected) << i;
    ++seen[lanes.taken[i]];
  }
  for (std::size_t place = 0; place < seen.size(); ++place)
    EXPECT_EQ(seen[place] > 0, place <= 12 || place == 16) << place;
}

TEST(BinomialLanes, PlacesOfRowsOfTwoAndOfOne) {
  Lanes lanes(100, 4);
  lanes.draw();
  lanes.draw_from({0.25, 1, 0.5, 1}, 2);
  for (std::size_t i = 0; i < 2 * lanes.size(); ++i) {
    const double u = (i % 2 == 0 ? lanes.first : lanes.second)[i / 2];
    EXPECT_EQ(lanes.taken[i], i % 2 * 2 + (u >= (i % 2 == 0 ? 0.25 : 0.5) ? 1 : 0)) << i;
  }
  lanes.draw_from({1, 1, 1}, 1);
  for (std::size_t i = 0; i < 2 * lanes.size(); ++i) EXPECT_EQ(lanes.taken[i], i % 3) << i;
}

class BinomialLanesOf : public test::InstructionSets {};

TEST_P(BinomialLanesOf, SameDraws) {
  const Lanes lanes = all_kinds();
  hwy::SetSupportedTargetsForTest(0);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  const Lanes best = all_kinds();
  EXPECT_EQ(lanes.hits, best.hits);
  EXPECT_EQ(lanes.taken, best.taken);
}

INSTANTIATE_TEST_SUITE_P(Sets, BinomialLanesOf, testing::ValuesIn(hwy::SupportedAndGeneratedTargets()),
                         test::name_of_set);

}  // namespace
}  // namespace lockin::detail
