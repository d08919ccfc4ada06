#include "lockin/ensemble/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace lockin {

double Moments::variance() const {
  return count_ < 2 ? std::numeric_limits<double>::quiet_NaN() : squares_ / static_cast<double>(count_ - 1);
}

double quantile(std::span<const double> sorted, double p) {
  const double place = p * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

Summary summary_of(const Moments& moments, std::vector<double> numbers) {
  Summary summary;
  summary.count = moments.count();
  summary.mean = moments.mean();
  summary.sd = std::sqrt(moments.variance());
  summary.se = summary.sd / std::sqrt(static_cast<double>(moments.count()));
  std::erase_if(numbers, [](double x) { return std::isnan(x); });
  if (numbers.empty()) {
    summary.q05 = summary.q25 = summary.q50 = summary.q75 = summary.q95 =
        std::numeric_limits<double>::quiet_NaN();
    return summary;
  }
  std::sort(numbers.begin(), numbers.end());
  summary.q05 = quantile(numbers, 0.05);
  summary.q25 = quantile(numbers, 0.25);
  summary.q50 = quantile(numbers, 0.5);
  summary.q75 = quantile(numbers, 0.75);
  summary.q95 = quantile(numbers, 0.95);
  return summary;
}

}  // namespace lockin
