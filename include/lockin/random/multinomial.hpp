#pragma once

#include <cstdint>
#include <span>

#include "lockin/random/philox.hpp"

namespace lockin {

/// Largest count that the samplers accept: above it doubles would not tell counts apart.
inline constexpr std::uint64_t max_count = 1'000'000'000'000'000;

/// Exact binomial draw: inversion, or transformed rejection (Hormann 1993, algorithm BTRD).
/// @param n trials, at most max_count
/// @param p in [0, 1]
/// @param engine stream to draw from
/// @throws std::domain_error if n > max_count or p is no probability.
std::uint64_t draw_binomial(std::uint64_t n, double p, Philox& engine);

/// Exact Poisson draw: inversion, or transformed rejection (Hormann 1993, algorithm PTRS).
/// @param mean >= 0, at most max_count
/// @param engine stream to draw from
/// @throws std::domain_error for another mean.
std::uint64_t draw_poisson(double mean, Philox& engine);

/// Splits n over cells by a chain of binomials.
/// @param n what is split, at most max_count
/// @param weights >= 0, of positive sum (need not add up to 1).
/// @param engine stream to draw from
/// @param counts as many as weights; gets the counts, which add up to n. A cell of weight 0 gets 0.
/// @throws std::domain_error on other weights or n > max_count; std::invalid_argument if the sizes differ.
void draw_multinomial(std::uint64_t n, std::span<const double> weights, Philox& engine,
                      std::span<std::uint64_t> counts);

}  // namespace lockin
