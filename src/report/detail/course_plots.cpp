#include <fmt/format.h>

#include <algorithm>

#include "lockin/market/calendar.hpp"
#include "report/detail/course_drawing.hpp"
#include "report/detail/plots.hpp"

namespace lockin::detail {
namespace {

constexpr std::size_t most_providers = 12;
constexpr double name_height = 12;  // pixels

// Providers by their last value, then those that have none any more.
std::vector<std::size_t> drawn_providers(const RunResults& results, const RankingKey& by) {
  std::vector<std::size_t> drawn = results.order(by);
  for (std::size_t j = 0; j < results.providers().size(); ++j)
    if (results.by_moment.contains({by.layer, "all", results.providers()[j].name, by.measure}) &&
        std::ranges::find(drawn, j) == drawn.end())
      drawn.push_back(j);
  return drawn;
}

}  // namespace

std::vector<double> end_times(const RunResults& results) {
  const MarketSpec& spec = results.scenario.spec;
  const Calendar calendar(spec.start, spec.end, spec.period);
  std::vector<double> times;
  for (long t = -1; t < static_cast<long>(calendar.size()); ++t)
    times.push_back(static_cast<double>(calendar.months_at(t + 1)) / 12);
  return times;
}

std::string fan_plot(const RunResults& results, const Chart& chart, const PlotSize& size) {
  const std::string unit = unit_of(results, chart.measure);
  const double scale = unit == "%" ? 100 : 1;
  const std::vector<double> times = end_times(results);
  std::vector<std::size_t> providers = drawn_providers(results, {chart.layer, chart.measure});
  providers.resize(std::min(providers.size(), most_providers));
  std::vector<DrawnCourse> courses;
  courses.reserve(providers.size());
  for (const std::size_t j : providers)
    courses.push_back(
        {results.place(j), results.shown(j),
         results.by_moment.at({chart.layer, "all", results.providers()[j].name, chart.measure})});
  const auto width = static_cast<double>(size.width), height = static_cast<double>(size.height);
  Svg svg(width, height, chart.title);
  const TimeFrame frame({0, 0, width, height}, times, range_of(courses, scale));
  frame.draw(svg, chart.title, unit);
  draw_courses(svg, frame, times, courses, scale, true);
  return svg.finished();
}

std::string rank_plot(const RunResults& results, const Chart& chart, const PlotSize& size) {
  const auto& ranks = results.ranks.at({chart.layer, chart.measure});
  const std::vector<double> all_times = end_times(results);
  std::vector<double> times;
  std::vector<std::size_t> moments;
  for (std::size_t m = 0; m < ranks.size(); ++m)
    if (std::ranges::any_of(ranks[m], [](const std::vector<double>& of) { return !of.empty(); })) {
      moments.push_back(m);
      times.push_back(all_times[m]);
    }
  if (times.size() < 2) times = {times.front() - 1, times.front()}, moments.push_back(moments.front());
  const auto width = static_cast<double>(size.width), height = static_cast<double>(size.height);
  Svg svg(width, height, chart.title);
  const TimeFrame frame({0, 0, width, height}, times, {0, 1});
  frame.draw(svg, chart.title + ": probability of the first place", "p");
  std::vector<double> below(times.size(), 0.0);
  std::vector<std::pair<double, std::string>> ends;
  std::vector<std::pair<SvgPoint, std::string>> names;
  for (const std::size_t j : drawn_providers(results, {chart.layer, chart.measure})) {
    std::vector<SvgPoint> points;
    for (std::size_t i = times.size(); i-- > 0;) points.emplace_back(frame.x(times[i]), frame.y(below[i]));
    double most = 0;
    SvgPoint widest;  // where the provider is first most probably
    for (std::size_t i = 0; i < times.size(); ++i) {
      const std::vector<double>& of = ranks[moments[i]][j];
      const double p = of.empty() ? 0 : of[0];
      if (p > most) {
        most = p;
        widest = {frame.x(times[i]), frame.y(below[i] + p / 2)};
      }
      points.emplace_back(frame.x(times[i]), frame.y(below[i] + p));
      if (i + 1 == times.size() && p > 0) ends.emplace_back(below[i] + p / 2, results.shown(j));
      below[i] += p;
    }
    if (most > 0) svg.path(points, provider_fill(results.place(j), 0.85));
    const bool ends_at_zero = most > 0 && (ends.empty() || ends.back().second != results.shown(j));
    if (ends_at_zero && frame.y(0) - frame.y(most) >= name_height)  // no name at the end: one within
      names.emplace_back(widest, results.shown(j));
  }
  for (const auto& [at, name] : names) {
    const bool left = at.first < frame.x((times.front() + times.back()) / 2);
    svg.text({at.first + (left ? 4 : -4), at.second + 4}, left ? SvgAnchor::start : SvgAnchor::end, name);
  }
  frame.label_ends(svg, std::move(ends));
  return svg.finished();
}

}  // namespace lockin::detail
