#include "report/detail/stacked_bars.hpp"

#include <algorithm>
#include <cmath>

#include "lockin/report/display_width.hpp"
#include "report/detail/svg.hpp"

namespace lockin::detail {
namespace {

constexpr double left_room = 140, right_room = 76, bars_top = 34, key_room = 40;
constexpr std::size_t name_columns = 20;
constexpr std::string_view ink = "stroke=\"#1b1d22\"";

}  // namespace

std::string stacked_bars(const std::string& title, const std::vector<BarPart>& parts,
                         const std::vector<StackedBar>& bars, const PlotSize& size) {
  double least = 0, most = 0;
  for (const StackedBar& bar : bars) {
    double below = 0, above = 0;
    for (std::size_t k = 0; k < bar.parts.size(); ++k) {
      double& end = bar.parts[k] < 0 ? below : above;
      end += bar.parts[k];
      const double error = bar.errors.empty() ? 0 : bar.errors[k];
      least = std::min(least, end - error);
      most = std::max(most, end + error);
    }
  }
  if (most <= least) most = least + 1;
  const auto width = static_cast<double>(size.width), height = static_cast<double>(size.height);
  const auto x = [&](double value) {
    return left_room + (width - left_room - right_room) * (value - least) / (most - least);
  };
  Svg svg(width, height, title);
  svg.text({8, 16}, SvgAnchor::start, title, "font-weight=\"bold\" font-size=\"14\"");
  const double row =
      (height - bars_top - key_room) / static_cast<double>(std::max<std::size_t>(1, bars.size()));
  for (std::size_t j = 0; j < bars.size(); ++j) {
    const StackedBar& bar = bars[j];
    const double top = bars_top + row * (static_cast<double>(j) + 0.15), thick = 0.7 * row,
                 middle = top + thick / 2;
    double below = 0, above = 0, sum = 0, right = x(0);
    for (std::size_t k = 0; k < bar.parts.size(); ++k) {
      const double part = bar.parts[k];
      double& from = part < 0 ? below : above;
      const double left = std::min(from, from + part);
      if (part != 0)
        svg.rectangle({x(left), top}, x(left + std::abs(part)) - x(left), thick,
                      "fill=\"" + std::string(parts[k].colour) + "\"");
      from += part;
      sum += part;
      right = std::max(right, x(from));
    }
    below = above = 0;
    for (std::size_t k = 0; k < bar.errors.size(); ++k) {  // over the parts, each at its own height
      double& end = bar.parts[k] < 0 ? below : above;
      end += bar.parts[k];
      const double y =
          top + thick * (static_cast<double>(k) + 1) / (static_cast<double>(bar.errors.size()) + 1);
      svg.line({x(end - bar.errors[k]), y}, {x(end + bar.errors[k]), y},
               std::string(ink) + " stroke-width=\"1.5\"");
      right = std::max(right, x(end + bar.errors[k]));
    }
    if (bar.errors.empty())
      svg.line({x(sum), top - 2}, {x(sum), top + thick + 2}, std::string(ink) + " stroke-width=\"2.5\"");
    svg.text({right + 6, middle + 4}, SvgAnchor::start, bar.total);
    svg.text({x(least) - 8, middle + 4}, SvgAnchor::end,
             fit_left(bar.name, std::min(name_columns, display_width(bar.name))));
  }
  svg.line({x(0), bars_top}, {x(0), height - key_room}, ink);
  double at = 8;
  for (const BarPart& part : parts) {
    svg.rectangle({at, height - 24}, 11, 11, "fill=\"" + std::string(part.colour) + "\"");
    svg.text({at + 16, height - 14}, SvgAnchor::start, part.shown);
    at += 36 + 6.2 * static_cast<double>(part.shown.size());
  }
  return svg.finished();
}

}  // namespace lockin::detail
