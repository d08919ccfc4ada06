#include "lockin/report/plot_svg.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <stdexcept>

#include "report/detail/charts.hpp"
#include "report/detail/comparison_plots.hpp"
#include "report/detail/plots.hpp"
#include "report/detail/run_results.hpp"
#include "report/detail/split_sections.hpp"

namespace lockin {

namespace {

// A chart of a folder: what it is called, and what draws it.
struct Plot {
  std::string name, title;
  std::function<std::string(const PlotSize&)> draw;
};

std::string drawn(const detail::RunResults& results, const detail::Chart& chart, const PlotSize& size) {
  if (chart.kind == "ranks") return rank_plot(results, chart, size);
  if (chart.kind == "flows") return flow_plot(results, chart, size);
  if (chart.kind == "growth") return growth_plot(results, chart, size);
  if (chart.kind == "draws") return draw_plot(results, chart, size);
  return fan_plot(results, chart, size);
}

// In the order of the report.
std::vector<Plot> plots(const ResultFiles& files) {
  std::vector<Plot> all;
  if (files.contains("comparison.csv")) {
    const auto results = std::make_shared<const detail::ComparisonResults>(files);  // of all of them
    for (const detail::ComparisonChart& chart : comparison_charts(*results))
      all.push_back({chart.name, chart.title, [results, chart](const PlotSize& size) {
                       return comparison_plot(*results, chart, size);
                     }});
  } else if (files.contains("variance.csv")) {
    const auto results = std::make_shared<const detail::SplitResults>(files);
    for (const detail::Chart& chart : results->charts())
      all.push_back({chart.id(), chart.title + ": where its variance comes from",
                     [results, chart](const PlotSize& size) { return split_plot(*results, chart, size); }});
  } else {
    const auto results = std::make_shared<const detail::RunResults>(files);
    for (const detail::Chart& chart : all_charts(*results))
      all.push_back({chart.id(), chart.title,
                     [results, chart](const PlotSize& size) { return drawn(*results, chart, size); }});
  }
  return all;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> plot_names(const ResultFiles& files) {
  std::vector<std::pair<std::string, std::string>> names;
  for (Plot& plot : plots(files)) names.emplace_back(std::move(plot.name), std::move(plot.title));
  return names;
}

std::string plot_svg(const ResultFiles& files, const std::string& name, const PlotSize& size) {
  if (size.width < 240 || size.height < 160)
    throw std::invalid_argument(
        fmt::format("a plot of {} by {} pixels is too small (240 by 160 or more)", size.width, size.height));
  const std::vector<Plot> all = plots(files);
  const auto plot = std::ranges::find_if(all, [&](const Plot& one) {
    return one.name == name || one.name.substr(0, one.name.find('-')) == name;
  });
  if (plot == all.end()) {
    std::string names;
    for (const Plot& one : all) names += (names.empty() ? "" : ", ") + one.name;
    throw std::invalid_argument(fmt::format("{} is no chart of these results ({})", name, names));
  }
  return plot->draw(size);
}

}  // namespace lockin
