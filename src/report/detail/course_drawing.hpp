#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "report/detail/run_results.hpp"
#include "report/detail/svg.hpp"
#include "report/detail/time_frame.hpp"

namespace lockin::detail {

/// A provider's course over time: a mean, and a band where it has one.
struct DrawnCourse {
  std::size_t place = 0;  ///< of the provider, which gives its colour
  std::string name;       ///< as shown
  std::vector<Statistics> at;
};

/// From the least to the largest number of the courses, 0 among them, with some room; `scale` times them.
PlotRange range_of(const std::vector<DrawnCourse>& courses, double scale);

/// Bands, then lines, then names beside the ends of the lines (where `named`).
/// @param times of the courses' numbers
void draw_courses(Svg& svg, const TimeFrame& frame, const std::vector<double>& times,
                  const std::vector<DrawnCourse>& courses, double scale, bool named);

/// Pieces of line and area styles that all plots of providers use.
std::string provider_fill(std::size_t place, double opacity);
std::string provider_line(std::size_t place);

}  // namespace lockin::detail
