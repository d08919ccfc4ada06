#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace lockin {

/// A course as `width` block characters ▁▂▃▄▅▆▇█, from 0 to `top`: each stands for the mean of its part of the values, and
/// is blank where they are all missing (NaN). Fewer values than `width` give one character each.
[[nodiscard]] std::string sparkline(const std::vector<double>& values, double top, std::size_t width);

}  // namespace lockin
