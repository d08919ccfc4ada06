#include "lockin/report/sparkline.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace lockin {

std::string sparkline(const std::vector<double>& values, double top, std::size_t width) {
  static constexpr std::array<std::string_view, 8> blocks = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  std::string result;
  const std::size_t count = std::min(width, values.size());
  for (std::size_t i = 0; i < count; ++i) {
    double sum = 0, number = 0;
    for (std::size_t k = i * values.size() / count; k < (i + 1) * values.size() / count; ++k)
      if (!std::isnan(values[k])) sum += values[k], number += 1;
    if (number == 0 || !(top > 0)) {
      result += ' ';
      continue;
    }
    const double height = std::clamp(sum / number / top, 0.0, 1.0);
    result += blocks[std::min<std::size_t>(7, static_cast<std::size_t>(height * 8))];
  }
  return result;
}

}  // namespace lockin
