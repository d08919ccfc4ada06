#include "baseline/tuned_loop.hpp"

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <stdexcept>

namespace lockin::bench {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// xoshiro256++ (Blackman & Vigna 2019), seeded by splitmix64.
class Xoshiro {
 public:
  explicit Xoshiro(std::uint64_t seed) {
    for (std::uint64_t& word : s_) {
      seed += 0x9e3779b97f4a7c15u;
      std::uint64_t z = seed;
      z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
      z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
      word = z ^ (z >> 31);
    }
  }
  std::uint64_t operator()() {
    const std::uint64_t result = std::rotl(s_[0] + s_[3], 23) + s_[0];
    const std::uint64_t t = s_[1] << 17;
    s_[2] ^= s_[0];
    s_[3] ^= s_[1];
    s_[1] ^= s_[2];
    s_[0] ^= s_[3];
    s_[2] ^= t;
    s_[3] = std::rotl(s_[3], 45);
    return result;
  }
  /// In [0, 1).
  double uniform() { return static_cast<double>((*this)() >> 11) * 0x1p-53; }

 private:
  std::array<std::uint64_t, 4> s_{};
};

/// Number of failures before the first success, for one probability of success.
class GeometricSkip {
 public:
  explicit GeometricSkip(double probability) : log_failure_(std::log1p(-probability)) {
    // The gap falls in u; where both ends of a cell have the same gap, the table knows it.
    for (std::size_t i = 0; i < cells; ++i) {
      const double gap = i == 0 ? -1 : gap_of(static_cast<double>(i) / cells);
      table_[i] = gap >= 0 && gap < 255 && gap == gap_of(static_cast<double>(i + 1) / cells)
                      ? static_cast<std::uint8_t>(gap)
                      : unknown;
    }
  }
  std::size_t operator()(Xoshiro& rng) const {
    const std::uint64_t word = rng();
    const std::uint8_t gap = table_[word >> 52];
    if (gap != unknown) return gap;
    return static_cast<std::size_t>(gap_of(static_cast<double>((word >> 11) + 1) * 0x1p-53));
  }

 private:
  static constexpr std::size_t cells = 4096;
  static constexpr std::uint8_t unknown = 255;
  double gap_of(double u) const { return std::floor(std::log(u) / log_failure_); }

  double log_failure_;
  std::array<std::uint8_t, cells> table_{};
};

/// Cumulative probabilities of the choice, in 2^-32.
using Row = std::array<std::uint32_t, provider_count - 1>;

/// The customers of one layer: a byte for each, incumbent * (D + 1) + stage.
using States = std::vector<std::uint8_t>;

/// Moves the slots of a layer by one period.
class LayerStep {
 public:
  LayerStep(const Workload& workload, std::size_t layer)
      : workload_(workload),
        layer_(workload.layers[layer]),
        index_(layer),
        stages_(layer_.stages + 1),
        states_(provider_count * stages_),
        others_(workload.layers.size() == 2 ? provider_count : 1),
        acts_(1 - (1 - layer_.re_evaluate) * (1 - layer_.advance)),
        skip_(acts_),
        rows_(type_count * others_ * states_) {
    if (states_ > 255) throw std::invalid_argument("the state of a slot must fit in a byte");
    for (std::size_t state = 0; state < states_; ++state) {
      incumbent_.push_back(static_cast<std::uint8_t>(state / stages_));
      next_stage_.push_back(static_cast<std::uint8_t>(state % stages_ == layer_.stages ? state : state + 1));
      factor_.push_back(std::exp(-workload.kappa(layer, state % stages_)));
    }
  }

  [[nodiscard]] std::size_t stages() const { return stages_; }
  [[nodiscard]] const std::vector<std::uint8_t>& incumbents() const { return incumbent_; }

  /// Cumulative choice probabilities of all types, incumbents of the other layer and states.
  void tabulate(std::size_t t, const Shares& last) {
    for (std::size_t y = 0; y < type_count; ++y) {
      for (std::size_t other = 0; other < others_; ++other) {
        Shares weight{};
        for (std::size_t j = 0; j < provider_count; ++j) {
          weight[j] = std::exp(workload_.beta[y] * workload_.quality(index_, j, t) -
                               workload_.alpha[y] * workload_.log_price(j, t) + layer_.network * last[j] +
                               (others_ > 1 && j == other ? layer_.affinity : 0.0));
        }
        for (std::size_t state = 0; state < states_; ++state)
          rows_[(y * others_ + other) * states_ + state] = row(weight, incumbent_[state], factor_[state]);
      }
    }
  }

  /// One period for the customers from `first` to `last`, all of type y. @param others their states in the other layer at
  /// the end of the last period, null if there is none. @param count customers by provider, kept up to date.
  void step(std::size_t y, std::size_t first, std::size_t last, States& own, const std::uint8_t* others,
            const std::vector<std::uint8_t>* incumbent_of_other,
            std::array<std::int64_t, provider_count>& count, Xoshiro& rng) const {
    // One draw decides what happens to a customer to whom something happens: it advances only, it re-evaluates only, both.
    const auto below = [](double p) { return static_cast<std::uint64_t>(p * 0x1p32); };
    const std::uint64_t advance_only = below((1 - layer_.re_evaluate) * layer_.advance / acts_);
    const std::uint64_t not_both = below(1 - layer_.re_evaluate * layer_.advance / acts_);
    const Row* const rows = &rows_[y * others_ * states_];
    for (std::size_t i = first + skip_(rng); i < last; i += 1 + skip_(rng)) {
      const std::uint64_t word = rng();
      const std::uint64_t what = word >> 32;
      std::uint8_t& state = own[i];
      if (what < advance_only) {
        state = next_stage_[state];
        continue;
      }
      const std::size_t other = others == nullptr ? 0 : (*incumbent_of_other)[others[i - first]];
      const Row& cumulative = rows[other * states_ + state];
      const auto u = static_cast<std::uint32_t>(word);
      std::size_t choice = 0;
      for (const std::uint32_t bound : cumulative) choice += u >= bound;
      const std::size_t incumbent = incumbent_[state];
      if (choice != incumbent) {
        --count[incumbent];
        ++count[choice];
        state = static_cast<std::uint8_t>(choice * stages_);
      } else if (what >= not_both) {
        state = next_stage_[state];
      }
    }
  }

 private:
  static Row row(Shares weight, std::size_t incumbent, double factor) {
    double sum = 0;
    for (std::size_t j = 0; j < provider_count; ++j) {
      if (j != incumbent) weight[j] *= factor;
      sum += weight[j];
    }
    Row cumulative{};
    double reached = 0;
    for (std::size_t j = 0; j < cumulative.size(); ++j) {
      reached += weight[j] / sum;
      cumulative[j] = static_cast<std::uint32_t>(std::min(reached * 0x1p32, 0x1p32 - 1));
    }
    return cumulative;
  }

  const Workload& workload_;
  const WorkloadLayer& layer_;
  std::size_t index_, stages_, states_, others_;
  double acts_;  ///< probability that a slot re-evaluates, advances or both
  GeometricSkip skip_;
  std::vector<Row> rows_;
  std::vector<std::uint8_t> incumbent_, next_stage_;  ///< by state
  std::vector<double> factor_;                        ///< exp(-kappa) by state
};

}  // namespace

History tuned_loop(const Workload& workload, std::uint64_t seed) {
  const std::size_t layers = workload.layers.size();
  if (layers != 1 && layers != 2) throw std::invalid_argument("the loops know one or two layers");
  const Clock::time_point opening_start = Clock::now();
  Xoshiro rng(seed);

  // Customers are sorted by type, so that a type is a range: only the numbers in each type are drawn.
  std::array<std::size_t, type_count + 1> first{};
  for (std::size_t s = 0; s < segment_count; ++s)
    for (std::uint64_t i = 0; i < workload.customers_of(s); ++i) ++first[s * class_count + (rng() >> 61) + 1];
  for (std::size_t y = 0; y < type_count; ++y) first[y + 1] += first[y];

  std::vector<LayerStep> steps;
  for (std::size_t l = 0; l < layers; ++l) steps.emplace_back(workload, l);
  std::vector<States> states(layers, States(workload.customers));
  std::vector<std::array<std::int64_t, provider_count>> count(layers);
  for (std::size_t l = 0; l < layers; ++l) {
    for (std::uint8_t& state : states[l]) {
      const double u = rng.uniform();
      std::size_t j = 0;
      double reached = workload.opening_share[0];
      while (u >= reached && j + 1 < provider_count) reached += workload.opening_share[++j];
      state = static_cast<std::uint8_t>(j * steps[l].stages());
      ++count[l][j];
    }
  }

  History run;
  run.opening_seconds = seconds_since(opening_start);
  const Clock::time_point periods_start = Clock::now();
  const auto shares = [&] {
    std::vector<Shares> result(layers);
    for (std::size_t l = 0; l < layers; ++l)
      for (std::size_t j = 0; j < provider_count; ++j)
        result[l][j] = static_cast<double>(count[l][j]) / static_cast<double>(workload.customers);
    return result;
  };
  std::vector<Shares> last = shares();
  States before;  // the first layer at the end of the last period, for the second one to look at
  for (std::size_t t = 0; t < period_count; ++t) {
    for (std::size_t l = 0; l < layers; ++l) steps[l].tabulate(t, last[l]);
    for (std::size_t y = 0; y < type_count; ++y) {
      if (layers == 1) {
        steps[0].step(y, first[y], first[y + 1], states[0], nullptr, nullptr, count[0], rng);
        continue;
      }
      before.assign(states[0].begin() + static_cast<std::ptrdiff_t>(first[y]),
                    states[0].begin() + static_cast<std::ptrdiff_t>(first[y + 1]));
      steps[0].step(y, first[y], first[y + 1], states[0], states[1].data() + first[y], &steps[1].incumbents(),
                    count[0], rng);
      steps[1].step(y, first[y], first[y + 1], states[1], before.data(), &steps[0].incumbents(), count[1],
                    rng);
    }
    last = shares();
    run.path.push_back(last);
  }
  run.period_seconds = seconds_since(periods_start);
  return run;
}

}  // namespace lockin::bench
