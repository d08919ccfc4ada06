#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "deterministic_math.hpp"

// Exact draws of counts. Not Boost's: its samplers call the processor's log, exp and pow, whose last bits differ between
// machines, and take a generator by 32-bit words. `Source::uniform()` gives multiples of 2^-53 in [0, 1).
namespace lockin {

/// ln k! - (k + 1/2) ln (k + 1) + (k + 1) - ln sqrt(2 pi), k >= 0: what Stirling's formula leaves.
inline double stirling_rest(double k) {
  constexpr double small[] = {0.08106146679532726, 0.04134069595540929, 0.02767792568499834,
                              0.02079067210376509, 0.01664469118982119, 0.01387612882307075,
                              0.01189670994589177, 0.01041126526197209, 0.009255462182712733,
                              0.008330563433362871};
  if (k < 10) return small[static_cast<int>(k)];
  const double x = 1 / (k + 1), y = x * x;
  return x * (1.0 / 12 - y * (1.0 / 360 - y * (1.0 / 1260 - y / 1680)));
}

/// ln of the chance of k over that of m, n trials of odds r = p / (1 - p): by log1p of what ratios near 1 leave, so that
/// n = 1e15 loses nothing that a test could see.
inline double log_ratio(double n, double r, double k, double m) {
  const double nm = n - m + 1, nk = n - k + 1;
  return (m + 0.5) * math::log1p(((m + 1) - r * nm) / (r * nm)) + (n + 1) * math::log1p((k - m) / nk) +
         (k + 0.5) * math::log1p((r * nk - (k + 1)) / (k + 1)) + stirling_rest(m) + stirling_rest(n - m) -
         stirling_rest(k) - stirling_rest(n - k);
}

/// Binomial for p <= 1/2, n p >= 10: transformed rejection with decomposition and squeeze (Hormann 1993, algorithm BTRD).
template <class Source>
std::uint64_t binomial_by_rejection(double n, double p, Source& source) {
  const double npq = n * p * (1 - p), b = 1.15 + 2.53 * std::sqrt(npq);
  const double a = -0.0873 + 0.0248 * b + 0.01 * p, c = n * p + 0.5, v_r = 0.92 - 4.2 / b;
  for (;;) {
    double v = source.uniform(), u;
    if (v <= 0.86 * v_r) {
      u = v / v_r - 0.43;
      return static_cast<std::uint64_t>((2 * a / (0.5 - std::abs(u)) + b) * u + c);
    }
    if (v >= v_r) {
      u = source.uniform() - 0.5;
    } else {
      u = v / v_r - 0.93;
      u = (u < 0 ? -0.5 : 0.5) - u;
      v = source.uniform() * v_r;
    }
    const double us = 0.5 - std::abs(u), k = std::floor((2 * a / us + b) * u + c);
    if (!(k >= 0 && k <= n)) continue;
    const double r = p / (1 - p), m = std::floor((n + 1) * p), distance = std::abs(k - m);
    v *= (2.83 + 5.1 / b) * std::sqrt(npq) / (a / (us * us) + b);
    if (distance <= 15) {  // near the mode the chances one after the other
      double f = 1;
      for (double i = m + 1; i <= k; ++i) f *= (n + 1) * r / i - r;
      for (double i = k + 1; i <= m; ++i) v *= (n + 1) * r / i - r;
      if (v <= f) return static_cast<std::uint64_t>(k);
      continue;
    }
    v = math::log(v);
    const double rho = distance / npq * (((distance / 3 + 0.625) * distance + 1.0 / 6) / npq + 0.5);
    const double t = -distance * distance / (2 * npq);
    if (v < t - rho) return static_cast<std::uint64_t>(k);
    if (v <= t + rho && v <= log_ratio(n, r, k, m)) return static_cast<std::uint64_t>(k);
  }
}

/// Binomial for p <= 1/2, n p < 10: the chances of 0, 1, 2, ... one after the other.
/// @param none (1 - p)^n
template <class Source>
std::uint64_t binomial_by_inversion(double n, double p, double none, Source& source) {
  // No chance beyond 200 exceeds 1e-150: only what rounding leaves of u could reach it.
  static constexpr auto inverse = [] {
    std::array<double, 202> of{};
    for (std::size_t k = 1; k < of.size(); ++k) of[k] = 1.0 / static_cast<double>(k);
    return of;
  }();
  const double odds = p / (1 - p);
  const auto last = static_cast<std::size_t>(std::min(n, 200.0));
  for (;;) {
    double u = source.uniform(), chance = none, left = n;
    for (std::size_t k = 0; k <= last; ++k, --left) {
      if (u < chance) return k;
      u -= chance;
      chance *= odds * left * inverse[k + 1];
    }
  }
}

/// x^n by squaring: with n below some thousands as exact as by logarithms, and cheaper.
inline double power(double x, std::uint64_t n) {
  double product = 1;
  for (; n > 0; n >>= 1, x *= x) product *= n & 1 ? x : 1.0;
  return product;
}

/// Exact binomial draw. Pre: n <= 1e15. Certainty takes no draw.
template <class Source>
std::uint64_t binomial(std::uint64_t n, double chance, Source& source) {
  const double p = std::min(chance, 1 - chance);
  if (n == 0 || p == 0) return chance == 1 ? n : 0;
  std::uint64_t hits = 0;
  const auto trials = static_cast<double>(n);
  if (n <= 12) {  // coins, each cheaper than a logarithm
    for (std::uint64_t i = 0; i < n; ++i) hits += source.uniform() < p;
  } else if (trials * p < 10) {
    const double none = n < 4096 ? power(1 - p, n) : math::exp(trials * math::log1p(-p));
    hits = binomial_by_inversion(trials, p, none, source);
  } else {
    hits = binomial_by_rejection(trials, p, source);
  }
  return chance > 0.5 ? n - hits : hits;
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

/// What splits a number over cells: the chance of each among those that are left, 1 at the last that can be.
/// Pre: weights >= 0 and finite, of positive sum.
inline void add_chances(std::span<const double> weights, std::vector<double>& chances) {
  double left = 0;
  for (const double w : weights) left += w;
  std::size_t last = weights.size() - 1;
  while (weights[last] == 0) --last;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    // What rounding leaves may be less than the weight.
    const double chance = left > weights[i] ? weights[i] / left : 1.0;
    chances.push_back(i == last ? 1.0 : i > last || weights[i] == 0 ? 0.0 : chance);
    left -= weights[i];
  }
}

/// Splits n over cells by a chain of binomials. Pre: as many counts as chances, which are those of `add_chances`.
template <class Source>
void multinomial(std::uint64_t n, std::span<const double> chances, Source& source,
                 std::span<std::uint64_t> counts) {
  for (std::size_t i = 0; i < chances.size(); ++i) {
    counts[i] = binomial(n, chances[i], source);
    n -= counts[i];
  }
}

}  // namespace lockin
