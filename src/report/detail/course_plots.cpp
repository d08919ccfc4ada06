#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "lockin/market/calendar.hpp"
#include "report/detail/palette.hpp"
#include "report/detail/plots.hpp"
#include "report/detail/time_frame.hpp"

namespace lockin::detail {
namespace {

constexpr std::size_t most_providers = 12;
constexpr std::size_t q05 = 3, q25 = 4, q75 = 6, q95 = 7;  // of Statistics

std::string fill(std::size_t provider, double opacity) {
  return fmt::format("fill=\"{}\" fill-opacity=\"{}\"", colour_of(provider), opacity);
}

// Between two columns of a course, forth and back.
std::vector<SvgPoint> band(const std::vector<Statistics>& course, std::size_t low, std::size_t high,
                           const TimeFrame& frame, const std::vector<double>& times, double scale) {
  std::vector<SvgPoint> points;
  for (std::size_t m = 0; m < course.size(); ++m)
    if (!std::isnan(course[m].of[high]))
      points.emplace_back(frame.x(times[m]), frame.y(scale * course[m].of[high]));
  for (std::size_t m = course.size(); m-- > 0;)
    if (!std::isnan(course[m].of[low]))
      points.emplace_back(frame.x(times[m]), frame.y(scale * course[m].of[low]));
  return points;
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
  std::vector<std::size_t> providers = results.order({chart.layer, chart.measure});
  providers.resize(std::min(providers.size(), most_providers));
  const auto course = [&](std::size_t j) -> const std::vector<Statistics>& {
    return results.by_moment.at({chart.layer, "all", results.providers()[j].name, chart.measure});
  };
  double top = 0;
  for (const std::size_t j : providers)
    for (const Statistics& at : course(j))
      for (const double x : {at.value(), at.q95()})
        if (scale * x > top) top = scale * x;
  const auto width = static_cast<double>(size.width), height = static_cast<double>(size.height);
  Svg svg(width, height, chart.title);
  const TimeFrame frame(width, height, times, top > 0 ? 1.05 * top : 1);
  frame.draw(svg, chart.title, unit);
  for (const std::size_t j : providers) {
    if (const auto outer = band(course(j), q05, q95, frame, times, scale); !outer.empty()) {
      svg.path(outer, fill(results.place(j), 0.13));
      svg.path(band(course(j), q25, q75, frame, times, scale), fill(results.place(j), 0.25));
    }
  }
  std::vector<std::pair<double, std::string>> ends;
  for (const std::size_t j : providers) {
    std::vector<SvgPoint> points;
    for (std::size_t m = 0; m < times.size(); ++m)
      if (const double value = course(j)[m].value(); !std::isnan(value))
        points.emplace_back(frame.x(times[m]), frame.y(scale * value));
    const std::string dashes = stroke_of(results.place(j)).empty()
                                   ? std::string()
                                   : fmt::format(" stroke-dasharray=\"{}\"", stroke_of(results.place(j)));
    svg.path(points, fmt::format("fill=\"none\" stroke=\"{}\" stroke-width=\"2\"{}",
                                 colour_of(results.place(j)), dashes));
    if (!std::isnan(course(j).back().value()))
      ends.emplace_back(scale * course(j).back().value(), results.shown(j));
  }
  frame.label_ends(svg, std::move(ends));
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
  const TimeFrame frame(width, height, times, 1);
  frame.draw(svg, chart.title + ": probability of the first place", "p");
  std::vector<double> below(times.size(), 0.0);
  std::vector<std::pair<double, std::string>> ends;
  for (const std::size_t j : results.order({chart.layer, chart.measure})) {
    std::vector<SvgPoint> points;
    for (std::size_t i = times.size(); i-- > 0;) points.emplace_back(frame.x(times[i]), frame.y(below[i]));
    double most = 0;
    for (std::size_t i = 0; i < times.size(); ++i) {
      const std::vector<double>& of = ranks[moments[i]][j];
      const double p = of.empty() ? 0 : of[0];
      most = std::max(most, p);
      points.emplace_back(frame.x(times[i]), frame.y(below[i] + p));
      if (i + 1 == times.size() && p > 0) ends.emplace_back(below[i] + p / 2, results.shown(j));
      below[i] += p;
    }
    if (most > 0) svg.path(points, fill(results.place(j), 0.85));
  }
  frame.label_ends(svg, std::move(ends));
  return svg.finished();
}

}  // namespace lockin::detail
