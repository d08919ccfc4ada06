#include "lockin/ensemble/statistics.hpp"

#include <algorithm>
#include <array>
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

namespace {

constexpr std::array levels{0.05, 0.25, 0.5, 0.75, 0.95};

// Puts what `quantile` reads at these levels where sorting would: several times as fast as sorting.
void sort_at_levels(std::vector<double>& numbers) {
  if (numbers.size() < 64) return std::sort(numbers.begin(), numbers.end());
  const auto at = [&](double p) {
    return numbers.begin() + static_cast<std::ptrdiff_t>(p * static_cast<double>(numbers.size() - 1));
  };
  std::nth_element(numbers.begin(), at(0.5), numbers.end());
  std::nth_element(numbers.begin(), at(0.25), at(0.5));
  std::nth_element(numbers.begin(), at(0.05), at(0.25));
  std::nth_element(at(0.5) + 1, at(0.75), numbers.end());
  std::nth_element(at(0.75) + 1, at(0.95), numbers.end());
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const auto next = i + 1 < levels.size() ? at(levels[i + 1]) + 1 : numbers.end();
    std::iter_swap(at(levels[i]) + 1, std::min_element(at(levels[i]) + 1, next));
  }
}

}  // namespace

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
  sort_at_levels(numbers);
  const std::array to{&summary.q05, &summary.q25, &summary.q50, &summary.q75, &summary.q95};
  for (std::size_t i = 0; i < levels.size(); ++i) *to[i] = quantile(numbers, levels[i]);
  return summary;
}

}  // namespace lockin
