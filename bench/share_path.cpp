#include "share_path.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace lockin::bench {

double largest_deviation(const SharePath& a, const SharePath& b) {
  if (a.size() != b.size()) throw std::invalid_argument("paths of different lengths");
  double largest = 0;
  for (std::size_t t = 0; t < a.size(); ++t) {
    if (a[t].size() != b[t].size()) throw std::invalid_argument("paths of different layers");
    for (std::size_t l = 0; l < a[t].size(); ++l) {
      for (std::size_t j = 0; j < provider_count; ++j) {
        const double share = b[t][l][j];
        if (!(share > 0 && share < 1)) throw std::domain_error("a share has no variance");
        const double deviation = std::abs(a[t][l][j] - share) / std::sqrt(share * (1 - share));
        // Not std::max, which would pass over a share that is not a number.
        if (!(deviation <= largest))
          largest = std::isnan(deviation) ? std::numeric_limits<double>::infinity() : deviation;
      }
    }
  }
  return largest;
}

double largest_chance_deviation(const SharePath& path) {
  std::size_t shares = 0;
  for (const auto& layers : path) shares += layers.size() * provider_count;
  const double tail = 0.5e-6 / static_cast<double>(std::max<std::size_t>(shares, 1));
  double low = 0;
  double high = 40;
  for (int i = 0; i < 100; ++i) {  // bisection: erfc falls
    const double middle = (low + high) / 2;
    (0.5 * std::erfc(middle / std::sqrt(2.0)) > tail ? low : high) = middle;
  }
  return high;
}

}  // namespace lockin::bench
