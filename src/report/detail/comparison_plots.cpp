#include "report/detail/comparison_plots.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "lockin/report/display_width.hpp"
#include "report/detail/course_drawing.hpp"

namespace lockin::detail {
namespace {

constexpr std::size_t most_compared = 12;
constexpr double compared_top = 26, bare_room = 12, key_row = 17;

// Courses by period, and when the periods end; of a single period they are drawn from its beginning on.
struct Courses {
  std::vector<double> times;
  std::vector<DrawnCourse> of;
};

// Largest at the end of the first scenario first, then those of others alone.
std::vector<std::size_t> compared_providers(const ComparisonResults& results, const RankingKey& by) {
  std::vector<std::pair<double, std::size_t>> order;
  for (std::size_t j = 0; j < results.providers().size(); ++j) {
    bool any = false;
    for (std::size_t k = 0; k < results.scenarios.size(); ++k) any = any || !results.level(k, by, j).empty();
    if (!any) continue;
    const auto first = results.level(0, by, j);
    order.emplace_back(first.empty() || std::isnan(first.back().value()) ? 1 : -first.back().value(), j);
  }
  std::ranges::sort(order);
  std::vector<std::size_t> providers;
  providers.reserve(order.size());
  for (const auto& [share, j] : order) providers.push_back(j);
  providers.resize(std::min(providers.size(), most_compared));
  return providers;
}

Courses courses_of(const ComparisonResults& results, const RankingKey& by, bool level, std::size_t k) {
  Courses courses{results.times(), {}};
  const bool single = courses.times.size() == 1;
  if (single) courses.times.insert(courses.times.begin(), courses.times.front() - 1.0 / 12);
  for (const std::size_t j : compared_providers(results, by)) {
    auto course = level ? results.level(k, by, j) : results.difference(k, by, j);
    if (course.empty()) continue;
    if (single) course.push_back(course.front());
    courses.of.push_back({results.place(j), results.shown(j), std::move(course)});
  }
  return courses;
}

PlotRange joined(PlotRange one, const PlotRange& other) {
  return {std::min(one.low, other.low), std::max(one.high, other.high)};
}

std::string less_first(const ComparisonResults& results, std::size_t k) {
  return fmt::format("{} less {}", results.scenarios[k].name, results.scenarios[0].name);
}

std::string fitted(const std::string& text, double width) {
  const auto columns = static_cast<std::size_t>(width / 8.2);  // bold letters of 14 pixels are about as wide
  return fit_left(text, std::min(columns, display_width(text)));
}

// Shares of each scenario above, on one axis; below each other one what it has more than the first; what the colours mean below the
// first.
std::string side_by_side(const ComparisonResults& results, const ComparisonChart& chart,
                         const PlotSize& size) {
  const auto width = static_cast<double>(size.width), height = static_cast<double>(size.height);
  const std::size_t count = results.scenarios.size();
  const double cell = width / static_cast<double>(count), tall = (height - compared_top) / 2;
  std::vector<Courses> levels, differences;
  PlotRange shares{0, 0}, points{0, 0};
  for (std::size_t k = 0; k < count; ++k) {
    levels.push_back(courses_of(results, chart.by, true, k));
    shares = joined(shares, range_of(levels.back().of, 100));
    if (k > 0)
      points =
          joined(points, range_of(differences.emplace_back(courses_of(results, chart.by, false, k)).of, 100));
  }
  Svg svg(width, height, chart.title);
  svg.text({8, 16}, SvgAnchor::start, chart.title, "font-weight=\"bold\" font-size=\"14\"");
  const auto draw = [&](const Courses& courses, std::size_t column, double top, PlotRange values,
                        const std::string& title, const char* unit) {
    const TimeFrame frame({static_cast<double>(column) * cell, top, cell, tall}, courses.times, values,
                          bare_room);
    frame.draw(svg, fitted(title, cell - 46 - bare_room), unit);
    draw_courses(svg, frame, courses.times, courses.of, 100, false);
  };
  for (std::size_t k = 0; k < count; ++k) {
    draw(levels[k], k, compared_top, shares, results.scenarios[k].name, "%");
    if (k > 0) draw(differences[k - 1], k, compared_top + tall, points, less_first(results, k), "points");
  }
  double y = compared_top + tall + 44;
  for (const std::size_t j : compared_providers(results, chart.by)) {
    svg.line({46, y}, {70, y}, provider_line(results.place(j)));
    svg.text({76, y + 4}, SvgAnchor::start, fitted(results.shown(j), cell - 76));
    y += key_row;
  }
  return svg.finished();
}

}  // namespace

std::vector<ComparisonChart> comparison_charts(const ComparisonResults& results) {
  using enum ComparisonChart::Kind;
  std::vector<ComparisonChart> charts;
  for (const auto& [name, by] : results.rankings()) {
    const std::string of = fmt::format("{}-{}", by.layer, by.measure), shares = "Shares of " + name;
    charts.push_back({side_by_side, "side_by_side-" + of, shares + ", and the paired differences", by});
    for (std::size_t k = 0; k < results.scenarios.size(); ++k)
      charts.push_back({levels, fmt::format("levels-{}-{}", of, k),
                        fmt::format("{}: {}", shares, results.scenarios[k].name), by, k});
    for (std::size_t k = 1; k < results.scenarios.size(); ++k)
      charts.push_back({difference, fmt::format("difference-{}-{}", of, k),
                        fmt::format("{}: {}", shares, less_first(results, k)), by, k});
  }
  return charts;
}

std::string comparison_plot(const ComparisonResults& results, const ComparisonChart& chart,
                            const PlotSize& size) {
  if (chart.kind == ComparisonChart::Kind::side_by_side) return side_by_side(results, chart, size);
  const bool level = chart.kind == ComparisonChart::Kind::levels;
  const Courses courses = courses_of(results, chart.by, level, chart.scenario);
  const auto width = static_cast<double>(size.width), height = static_cast<double>(size.height);
  Svg svg(width, height, chart.title);
  const TimeFrame frame({0, 0, width, height}, courses.times, range_of(courses.of, 100));
  frame.draw(svg, chart.title, level ? "%" : "points");
  draw_courses(svg, frame, courses.times, courses.of, 100, true);
  return svg.finished();
}

}  // namespace lockin::detail
