#include "lockin/random/multinomial.hpp"

#include <stdexcept>

#include "random/count_samplers.hpp"

namespace lockin {

std::uint64_t draw_binomial(std::uint64_t n, double p, Philox& engine) {
  if (n > max_count) throw std::domain_error("binomial: more than 1e15 trials");
  if (!(p >= 0 && p <= 1)) throw std::domain_error("binomial: p is not a probability");
  return binomial(n, p, engine);
}

std::uint64_t draw_poisson(double mean, Philox& engine) {
  if (!(mean >= 0 && mean <= static_cast<double>(max_count)))
    throw std::domain_error("poisson: mean out of range");
  return poisson(mean, engine);
}

void draw_multinomial(std::uint64_t n, std::span<const double> weights, Philox& engine,
                      std::span<std::uint64_t> counts) {
  if (weights.size() != counts.size()) throw std::invalid_argument("multinomial: as many counts as weights");
  if (n > max_count) throw std::domain_error("multinomial: more than 1e15 trials");
  double sum = 0;
  for (const double w : weights) {
    if (!(w >= 0) || w - w != 0) throw std::domain_error("multinomial: a weight is negative or not finite");
    sum += w;
  }
  if (!(sum > 0) || sum - sum != 0)
    throw std::domain_error("multinomial: the weights have no positive, finite sum");
  std::vector<double> chances;
  add_chances(weights, chances);
  multinomial(n, chances, engine, counts);
}

}  // namespace lockin
