#include "report/detail/course_drawing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/detail/palette.hpp"

namespace lockin::detail {
namespace {

constexpr std::size_t q05 = 3, q25 = 4, q75 = 6, q95 = 7;  // of Statistics

// Runs of moments that have a number: a line or an area has no part where there is none.
template <class Use>
void each_run(const std::vector<Statistics>& course, std::size_t column, const Use& use) {
  for (std::size_t m = 0; m < course.size();) {
    const std::size_t first = m;
    while (m < course.size() && !std::isnan(course[m].of[column])) ++m;
    if (m > first) use(first, m);
    ++m;
  }
}

void draw_band(Svg& svg, const TimeFrame& frame, const std::vector<double>& times, const DrawnCourse& course,
               std::size_t low, std::size_t high, double scale, double opacity) {
  each_run(course.at, high, [&](std::size_t first, std::size_t last) {
    std::vector<SvgPoint> points;  // forth and back
    for (std::size_t m = first; m < last; ++m)
      points.emplace_back(frame.x(times[m]), frame.y(scale * course.at[m].of[high]));
    for (std::size_t m = last; m-- > first;)
      points.emplace_back(frame.x(times[m]), frame.y(scale * course.at[m].of[low]));
    svg.path(points, provider_fill(course.place, opacity));
  });
}

}  // namespace

std::string provider_fill(std::size_t place, double opacity) {
  return fmt::format("fill=\"{}\" fill-opacity=\"{}\"", colour_of(place), opacity);
}

std::string provider_line(std::size_t place) {
  const std::string dashes =
      stroke_of(place).empty() ? std::string() : fmt::format(" stroke-dasharray=\"{}\"", stroke_of(place));
  return fmt::format("fill=\"none\" stroke=\"{}\" stroke-width=\"2\"{}", colour_of(place), dashes);
}

PlotRange range_of(const std::vector<DrawnCourse>& courses, double scale) {
  PlotRange range{0, 0};
  for (const DrawnCourse& course : courses)
    for (const Statistics& at : course.at)
      for (const double x : {at.value(), at.q05(), at.q95()})
        if (!std::isnan(x)) {
          range.low = std::min(range.low, scale * x);
          range.high = std::max(range.high, scale * x);
        }
  if (range.high == range.low) return {0, 1};
  const double room = 0.05 * (range.high - range.low);
  return {range.low < 0 ? range.low - room : 0, range.high + room};
}

void draw_courses(Svg& svg, const TimeFrame& frame, const std::vector<double>& times,
                  const std::vector<DrawnCourse>& courses, double scale, bool named) {
  for (const DrawnCourse& course : courses) {
    draw_band(svg, frame, times, course, q05, q95, scale, 0.13);
    draw_band(svg, frame, times, course, q25, q75, scale, 0.25);
  }
  std::vector<std::pair<double, std::string>> ends;
  for (const DrawnCourse& course : courses) {
    std::size_t end = 0;
    each_run(course.at, 0, [&](std::size_t first, std::size_t last) {
      std::vector<SvgPoint> points;
      for (std::size_t m = first; m < last; ++m)
        points.emplace_back(frame.x(times[m]), frame.y(scale * course.at[m].value()));
      if (points.size() == 1)
        points.emplace_back(points[0].first + 1, points[0].second);  // a dot can be seen
      svg.path(points, provider_line(course.place));
      end = last;
    });
    if (!named || end == 0) continue;
    const double value = scale * course.at[end - 1].value();
    if (end == course.at.size())
      ends.emplace_back(value, course.name);
    else  // who left
      svg.text({frame.x(times[end - 1]) + 4, frame.y(value) - 5}, SvgAnchor::start, course.name);
  }
  frame.label_ends(svg, std::move(ends));
}

}  // namespace lockin::detail
