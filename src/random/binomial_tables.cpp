#include "random/binomial_tables.hpp"

#include <bit>
#include <cmath>
#include <numeric>

namespace lockin {

BinomialTables::Table BinomialTables::make(std::uint64_t trials, double p) {
  Table table;
  const auto n = static_cast<double>(trials);
  const double odds = p / (1 - p), mode = std::min(n, std::floor((n + 1) * p));
  // From the mode to both sides until a chance is far below what 53 random bits tell apart.
  constexpr double least = 1e-19;
  std::vector<double> below, weights{1};
  for (double k = mode, w = 1; k > 0 && (w *= k / ((n - k + 1) * odds)) > least; --k) below.push_back(w);
  for (double k = mode, w = 1; k < n && (w *= (n - k) / (k + 1) * odds) > least; ++k) weights.push_back(w);
  weights.insert(weights.begin(), below.rbegin(), below.rend());
  table.first = static_cast<std::uint64_t>(mode) - below.size();

  const std::size_t size = std::bit_ceil(weights.size());
  table.log2_size = static_cast<unsigned>(std::countr_zero(size));
  const double mean = std::accumulate(weights.begin(), weights.end(), 0.0) / static_cast<double>(size);
  const double bound = std::ldexp(1.0, 53 - static_cast<int>(table.log2_size));
  weights.resize(size, 0.0);
  std::vector<std::size_t> poor, rich;
  for (std::size_t i = 0; i < size; ++i) {
    weights[i] /= mean;
    (weights[i] < 1 ? poor : rich).push_back(i);
  }
  table.entries.resize(size);
  const auto set = [&](std::size_t i, double stays, std::size_t other) {
    table.entries[i] = static_cast<std::uint64_t>(std::llround(stays * bound)) << alias_bits | other;
  };
  while (!poor.empty() && !rich.empty()) {
    const std::size_t i = poor.back(), from = rich.back();
    poor.pop_back();
    set(i, weights[i], from);
    weights[from] -= 1 - weights[i];
    if (weights[from] >= 1) continue;
    rich.pop_back();
    poor.push_back(from);
  }
  // What rounding leaves is within it of 1. An entry of weight 0 has had its alias before all others.
  for (const std::vector<std::size_t>* left : {&poor, &rich})
    for (const std::size_t i : *left) set(i, 1, i);
  return table;
}

}  // namespace lockin
