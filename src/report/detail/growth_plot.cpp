#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "lockin/report/display_width.hpp"
#include "report/detail/plots.hpp"
#include "report/detail/ranked_rows.hpp"
#include "report/detail/svg.hpp"

namespace lockin::detail {
namespace {

constexpr double names_room = 140, right_room = 70, title_room = 34, key_room = 40;
constexpr std::size_t name_columns = 20;

}  // namespace

std::string growth_plot(const RunResults& results, const Chart& chart, const PlotSize& size) {
  const auto sums = growth_sums(results, chart);
  const auto& styles = growth_styles();
  double least = 0, most = 0;
  for (const std::vector<double>& of : sums) {
    double below = 0, above = 0;
    for (const double part : of) (part < 0 ? below : above) += part;
    least = std::min(least, below);
    most = std::max(most, above);
  }
  if (most <= least) most = least + 1;
  const auto width = static_cast<double>(size.width), height = static_cast<double>(size.height);
  const auto x = [&](double value) {
    return names_room + (width - names_room - right_room) * (value - least) / (most - least);
  };
  Svg svg(width, height, chart.title);
  svg.text({8, 16}, SvgAnchor::start, fmt::format("{}, {}", chart.title, unit_of(results, chart.measure)),
           "font-weight=\"bold\" font-size=\"14\"");
  const double row = (height - title_room - key_room) / static_cast<double>(sums.size());
  for (std::size_t j = 0; j < sums.size(); ++j) {
    const double top = title_room + row * (static_cast<double>(j) + 0.15), thick = 0.7 * row;
    double below = 0, above = 0, sum = 0;
    for (std::size_t k = 0; k < styles.size(); ++k) {
      const double part = sums[j][k];
      double& from = part < 0 ? below : above;
      const double left = std::min(from, from + part);
      if (part != 0)
        svg.rectangle({x(left), top}, x(left + std::abs(part)) - x(left), thick,
                      fmt::format("fill=\"{}\"", styles[k].colour));
      from += part;
      sum += part;
    }
    svg.line({x(sum), top - 2}, {x(sum), top + thick + 2}, "stroke=\"#1b1d22\" stroke-width=\"2.5\"");
    svg.text({x(above) + 6, top + thick / 2 + 4}, SvgAnchor::start,
             (sum < 0 ? "-" : "+") + rough(std::abs(sum)));
    const std::string& name = results.shown(j);
    svg.text({x(least) - 8, top + thick / 2 + 4}, SvgAnchor::end,
             fit_left(name, std::min(name_columns, display_width(name))));
  }
  svg.line({x(0), title_room}, {x(0), height - key_room}, "stroke=\"#1b1d22\"");
  double at = 8;
  for (const GrowthStyle& style : styles) {
    if (style.part == "price" && chart.measure != "tokens") continue;
    svg.rectangle({at, height - 24}, 11, 11, fmt::format("fill=\"{}\"", style.colour));
    svg.text({at + 16, height - 14}, SvgAnchor::start, style.shown);
    at += 36 + 6.2 * static_cast<double>(style.shown.size());
  }
  return svg.finished();
}

}  // namespace lockin::detail
