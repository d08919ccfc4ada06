#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>

#include "deterministic_math.hpp"

// Exact draws of counts. Not Boost's: its samplers call the processor's log, exp and pow, whose last bits differ between
// machines, and take a generator by 32-bit words. `Source::uniform()` gives multiples of 2^-53 in [0, 1).
namespace lockin {

/// ln k! - (k + 1/2) ln (k + 1) + (k + 1) - ln sqrt(2 pi), k >= 0: what Stirling's formula leaves (Hormann 1993, eq. 3).
inline double stirling_rest(double k) {
  constexpr double small[] = {0.08106146679532726, 0.04134069595540929, 0.02767792568499834,
                              0.02079067210376509, 0.01664469118982119, 0.01387612882307075,
                              0.01189670994589177, 0.01041126526197209, 0.009255462182712733,
                              0.008330563433362871};
  if (k < 10) return small[static_cast<int>(k)];
  const double x = 1 / (k + 1), y = x * x;
  return x * (1.0 / 12 - y * (1.0 / 360 - y * (1.0 / 1260 - y / 1680)));
}

/// Binomial for p <= 1/2, n p >= 10: transformed rejection (Hormann 1993, algorithm BTRS). Logarithms of ratios near 1 by
/// log1p, so that n = 1e15 loses nothing that a test could see.
template <class Source>
std::uint64_t binomial_by_rejection(double n, double p, Source& source) {
  const double q = 1 - p, spq = std::sqrt(n * p * q);
  const double b = 1.15 + 2.53 * spq, a = -0.0873 + 0.0248 * b + 0.01 * p, c = n * p + 0.5;
  const double v_r = 0.92 - 4.2 / b;
  for (;;) {
    const double u = source.uniform() - 0.5, v = source.uniform();
    const double us = 0.5 - std::abs(u), k = std::floor((2 * a / us + b) * u + c);
    if (us >= 0.07 && v <= v_r) return static_cast<std::uint64_t>(k);
    if (!(k >= 0 && k <= n)) continue;
    const double alpha = (2.83 + 5.1 / b) * spq, m = std::floor((n + 1) * p);
    const double left = math::log(v * alpha / (a / (us * us) + b));
    // ln of f(k) / f(m), f the probabilities.
    const double right = (m + 0.5) * math::log1p(((m + 1) * q - (n - m + 1) * p) / ((n - m + 1) * p)) +
                         (n + 1) * math::log1p((k - m) / (n - k + 1)) +
                         (k + 0.5) * math::log1p(((n - k + 1) * p - (k + 1) * q) / ((k + 1) * q)) +
                         stirling_rest(m) + stirling_rest(n - m) - stirling_rest(k) - stirling_rest(n - k);
    if (left <= right) return static_cast<std::uint64_t>(k);
  }
}

/// Binomial for p <= 1/2, n p < 10: the chances of 0, 1, 2, ... one after the other.
template <class Source>
std::uint64_t binomial_by_inversion(double n, double p, Source& source) {
  const double odds = p / (1 - p), none = math::exp(n * math::log1p(-p));
  for (;;) {
    double u = source.uniform(), chance = none;
    // 200: a count with a chance below 1e-150, which only what rounding leaves of u could reach.
    for (double k = 0; k <= std::min(n, 200.0); ++k) {
      if (u < chance) return static_cast<std::uint64_t>(k);
      u -= chance;
      chance *= odds * (n - k) / (k + 1);
    }
  }
}

/// Exact binomial draw. Pre: n <= 1e15, p in [0, 1]. Certainty takes no draw.
template <class Source>
std::uint64_t binomial(std::uint64_t n, double p, Source& source) {
  if (n == 0 || p == 0) return 0;
  if (p == 1) return n;
  if (p > 0.5) {
    const double other = 1 - p;
    return n - binomial(n, other, source);
  }
  if (n <= 4) {
    std::uint64_t hits = 0;
    for (std::uint64_t i = 0; i < n; ++i) hits += source.uniform() < p;
    return hits;
  }
  const auto trials = static_cast<double>(n);
  return trials * p < 10 ? binomial_by_inversion(trials, p, source)
                         : binomial_by_rejection(trials, p, source);
}

/// Exact Poisson draw, mean >= 0: inversion below 10, else transformed rejection (Hormann 1993, algorithm PTRS).
template <class Source>
std::uint64_t poisson(double mean, Source& source) {
  if (mean == 0) return 0;
  if (mean < 10) {
    const double none = math::exp(-mean);
    for (;;) {
      double u = source.uniform(), chance = none;
      for (int k = 0; k <= 200; ++k) {  // as above
        if (u < chance) return static_cast<std::uint64_t>(k);
        u -= chance;
        chance *= mean / (k + 1);
      }
    }
  }
  const double b = 0.931 + 2.53 * std::sqrt(mean), a = -0.059 + 0.02483 * b;
  const double v_r = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const double u = source.uniform() - 0.5, v = source.uniform();
    const double us = 0.5 - std::abs(u), k = std::floor((2 * a / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= v_r) return static_cast<std::uint64_t>(k);
    if (!(k >= 0) || (us < 0.013 && v > us)) continue;
    const double left = math::log(v * (1.1239 + 1.1328 / (b - 3.4)) / (a / (us * us) + b));
    // ln (mean^k e^-mean / k!), with k! by Stirling's formula at k + 1.
    const double next = k + 1;
    const double right = k * math::log1p((mean - next) / next) - 0.5 * math::log(next) + (next - mean) -
                         0.9189385332046727 - stirling_rest(k);
    if (left <= right) return static_cast<std::uint64_t>(k);
  }
}

/// Splits n over cells by a chain of binomials. Pre: weights >= 0 and finite, of positive sum; as many counts.
template <class Source>
void multinomial(std::uint64_t n, std::span<const double> weights, Source& source,
                 std::span<std::uint64_t> counts) {
  double left = 0;
  for (const double w : weights) left += w;
  std::size_t last = weights.size() - 1;
  while (weights[last] == 0) --last;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (i >= last || n == 0) {
      counts[i] = i == last ? n : 0;
      continue;
    }
    // `left` is a difference: rounding may leave the ratio just above 1.
    counts[i] = binomial(n, std::min(1.0, weights[i] / left), source);
    n -= counts[i];
    left -= weights[i];
  }
}

}  // namespace lockin
