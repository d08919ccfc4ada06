#include "lockin/random/multinomial.hpp"

#include <boost/random/binomial_distribution.hpp>
#include <boost/random/poisson_distribution.hpp>

#include <stdexcept>

#include "random/wide_engine.hpp"

namespace lockin {
std::uint64_t draw_binomial(std::uint64_t n, double p, Philox& engine) {
  if (n > max_count) throw std::domain_error("binomial: more than 1e15 trials");
  if (!(p >= 0 && p <= 1)) throw std::domain_error("binomial: p is not a probability");
  if (n == 0 || p == 0) return 0;
  if (p == 1) return n;
  WideEngine wide{engine};
  // The sampler is written for p <= 1/2 and signed counts.
  const bool flip = p > 0.5;
  const auto hits = boost::random::binomial_distribution<std::int64_t, double>(static_cast<std::int64_t>(n),
                                                                               flip ? 1 - p : p)(wide);
  const auto count = static_cast<std::uint64_t>(hits);
  return flip ? n - count : count;
}

std::uint64_t draw_poisson(double mean, Philox& engine) {
  if (!(mean >= 0 && mean <= static_cast<double>(max_count)))
    throw std::domain_error("poisson: mean out of range");
  if (mean == 0) return 0;
  WideEngine wide{engine};
  return static_cast<std::uint64_t>(boost::random::poisson_distribution<std::int64_t, double>(mean)(wide));
}

void draw_multinomial(std::uint64_t n, std::span<const double> weights, Philox& engine,
                      std::span<std::uint64_t> counts) {
  if (weights.size() != counts.size()) throw std::invalid_argument("multinomial: as many counts as weights");
  if (n > max_count) throw std::domain_error("multinomial: more than 1e15 trials");
  double left = 0;
  for (const double w : weights) {
    if (!(w >= 0) || w - w != 0) throw std::domain_error("multinomial: a weight is negative or not finite");
    left += w;
  }
  if (!(left > 0) || left - left != 0)
    throw std::domain_error("multinomial: the weights have no positive, finite sum");
  std::size_t last = weights.size() - 1;
  while (weights[last] == 0) --last;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (i >= last) {
      counts[i] = i == last ? n : 0;
      continue;
    }
    const double p = n == 0 ? 0 : weights[i] / left;
    counts[i] =
        draw_binomial(n, p < 1 ? p : 1, engine);  // `left` is a difference: rounding may leave p just above 1
    n -= counts[i];
    left -= weights[i];
  }
}

}  // namespace lockin
