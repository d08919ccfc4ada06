#include "lockin/ensemble/parameter_draws.hpp"

#include <boost/random/sobol.hpp>

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "lockin/random/stream.hpp"

namespace lockin {
namespace {

// In (0, 1): half a step away from both ends.
double open_unit(std::uint64_t bits32) { return (static_cast<double>(bits32) + 0.5) * 0x1p-32; }

double own_point(std::uint64_t seed, std::uint64_t r, const std::string& key) {
  Philox stream =
      StreamKey{seed, static_cast<std::uint32_t>(r), 0, Purpose::parameter, CellId().with(key), 0}.stream();
  return std::max(stream.uniform(), 0x1p-54);
}

// A permutation of 0 .. n - 1 that needs no table: four rounds of a Feistel network on the next even number of bits, walked
// until the result is below n (Black and Rogaway 2002).
std::uint64_t permuted(std::uint64_t i, std::uint64_t n, std::uint64_t key) {
  unsigned half = 1;
  while ((std::uint64_t{1} << (2 * half)) < n) ++half;
  const std::uint64_t mask = (std::uint64_t{1} << half) - 1;
  do {
    std::uint64_t left = i >> half, right = i & mask;
    for (std::uint64_t round = 0; round < 4; ++round) {
      const std::uint64_t next = left ^ (CellId::mix(right ^ CellId::mix(key + round)) & mask);
      left = right;
      right = next;
    }
    i = left << half | right;
  } while (i >= n);
  return i;
}

std::uint32_t reversed(std::uint32_t x) {
  x = (x & 0x55555555u) << 1 | (x >> 1 & 0x55555555u);
  x = (x & 0x33333333u) << 2 | (x >> 2 & 0x33333333u);
  x = (x & 0x0f0f0f0fu) << 4 | (x >> 4 & 0x0f0f0f0fu);
  return x << 24 | (x & 0xff00u) << 8 | (x >> 8 & 0xff00u) | x >> 24;
}

// Nested uniform scrambling (Owen 1995) by a hash in which a bit depends on those above it only (Laine and Karras 2011; the
// constants of Vegdahl 2021).
std::uint32_t scrambled(std::uint32_t x, std::uint32_t key) {
  x = reversed(x);
  x ^= x * 0x3d20adeau;
  x += key;
  x *= (key >> 16) | 1u;
  x ^= x * 0x05526c56u;
  x ^= x * 0x53a22864u;
  return reversed(x);
}

GaussianCopula copula_of(const std::vector<UncertainNumber>& numbers,
                         const std::vector<Correlation>& correlations) {
  const auto place = [&](const std::string& key) {
    const auto found = std::find_if(numbers.begin(), numbers.end(),
                                    [&](const UncertainNumber& number) { return number.key == key; });
    if (found == numbers.end()) throw std::invalid_argument("a correlation of what is not uncertain: " + key);
    return static_cast<std::size_t>(found - numbers.begin());
  };
  std::vector<GaussianCopula::Pair> pairs;
  pairs.reserve(correlations.size());
  for (const Correlation& c : correlations) pairs.push_back({place(c.first), place(c.second), c.value});
  return GaussianCopula(pairs);
}

}  // namespace

struct ParameterDraws::Sobol {
  explicit Sobol(std::size_t dimension) : engine(dimension) {}
  boost::random::sobol engine;
};

ParameterDraws::ParameterDraws(std::vector<UncertainNumber> numbers, Design design, std::uint64_t seed,
                               std::uint64_t replications, const std::vector<Correlation>& correlations)
    : numbers_(std::move(numbers)),
      design_(design),
      seed_(seed),
      replications_(replications),
      copula_(copula_of(numbers_, correlations)) {
  if (replications > std::numeric_limits<std::uint32_t>::max())
    throw std::invalid_argument("more than 2^32 - 1 replications");
  if (design == Design::sobol && !numbers_.empty()) {
    constexpr std::size_t most = boost::random::default_sobol_table::max_dimension;
    if (numbers_.size() > most)
      throw std::invalid_argument("run.design = \"sobol\": " + std::to_string(numbers_.size()) +
                                  " uncertain numbers, and tables for " + std::to_string(most));
    sobol_ = std::make_unique<Sobol>(numbers_.size());
  }
}
ParameterDraws::~ParameterDraws() = default;
ParameterDraws::ParameterDraws(ParameterDraws&& other) noexcept = default;

std::vector<double> ParameterDraws::point(std::uint64_t r) const {
  std::vector<double> u;
  u.reserve(numbers_.size());
  if (sobol_) {
    boost::random::sobol engine = sobol_->engine;
    engine.seed(r);
    for (const UncertainNumber& number : numbers_) {
      const std::uint64_t key = CellId::mix(seed_ ^ CellId().with("sobol").with(number.key).value());
      u.push_back(
          open_unit(scrambled(static_cast<std::uint32_t>(engine() >> 32), static_cast<std::uint32_t>(key))));
    }
    copula_.couple(u);
    return u;
  }
  for (const UncertainNumber& number : numbers_) {
    const double own = own_point(seed_, r, number.key);
    if (design_ == Design::latin_hypercube) {
      const std::uint64_t key = CellId::mix(seed_ ^ CellId().with("strata").with(number.key).value());
      const double n = static_cast<double>(replications_);
      u.push_back((static_cast<double>(permuted(r, replications_, key)) + own) / n);
    } else {
      u.push_back(own);
    }
  }
  copula_.couple(u);
  return u;
}

std::vector<double> ParameterDraws::draw(std::uint64_t r) const {
  std::vector<double> values = point(r);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = numbers_[i].distribution.quantile(values[i]);
  return values;
}

}  // namespace lockin
