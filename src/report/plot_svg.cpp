#include "lockin/report/plot_svg.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "report/detail/charts.hpp"
#include "report/detail/plots.hpp"
#include "report/detail/run_results.hpp"

namespace lockin {

namespace {

void check_run(const ResultFiles& files) {
  if (files.contains("comparison.csv"))
    throw std::invalid_argument("these are the results of a comparison; a plot is of a run");
}

}  // namespace

std::vector<std::pair<std::string, std::string>> plot_names(const ResultFiles& files) {
  check_run(files);
  std::vector<std::pair<std::string, std::string>> names;
  for (const detail::Chart& chart : all_charts(detail::RunResults(files)))
    names.emplace_back(chart.id(), chart.title);
  return names;
}

std::string plot_svg(const ResultFiles& files, const std::string& name, const PlotSize& size) {
  if (size.width < 240 || size.height < 160)
    throw std::invalid_argument(
        fmt::format("a plot of {} by {} pixels is too small (240 by 160 or more)", size.width, size.height));
  check_run(files);
  const detail::RunResults results(files);
  const std::vector<detail::Chart> charts = all_charts(results);
  const auto chart = std::ranges::find_if(
      charts, [&](const detail::Chart& one) { return one.id() == name || one.kind == name; });
  if (chart == charts.end()) {
    std::string names;
    for (const detail::Chart& one : charts) names += (names.empty() ? "" : ", ") + one.id();
    throw std::invalid_argument(fmt::format("{} is no chart of this run ({})", name, names));
  }
  if (chart->kind == "ranks") return rank_plot(results, *chart, size);
  if (chart->kind == "flows") return flow_plot(results, *chart, size);
  if (chart->kind == "growth") return growth_plot(results, *chart, size);
  return fan_plot(results, *chart, size);
}

}  // namespace lockin
