#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "lockin/report/display_width.hpp"
#include "report/detail/plots.hpp"
#include "report/detail/svg.hpp"

namespace lockin::detail {
namespace {

constexpr std::size_t bins = 20;
constexpr double histograms_top = 30, histogram_gap = 14, axis_room = 32, count_room = 34;

// How many numbers lie in each of so many equal parts from the least to the largest.
std::array<std::size_t, bins> counts_of(const std::vector<double>& numbers, double least, double most) {
  std::array<std::size_t, bins> counts{};
  for (const double x : numbers) {
    const double part = most > least ? (x - least) / (most - least) : 0;
    ++counts[std::min(bins - 1, static_cast<std::size_t>(part * bins))];
  }
  return counts;
}

void draw_histogram(Svg& svg, const std::string& key, const std::vector<double>& numbers, SvgPoint corner,
                    double width, double height) {
  const auto [low, high] = std::ranges::minmax(numbers);
  const auto counts = counts_of(numbers, low, high);
  const std::size_t most = std::ranges::max(counts);
  const double left = corner.first + count_room, bottom = corner.second + height - axis_room,
               step = (width - count_room) / bins,
               scale = (height - axis_room - 8) / static_cast<double>(most);
  for (std::size_t i = 0; i < bins; ++i)
    if (const double tall = scale * static_cast<double>(counts[i]); tall > 0)
      svg.rectangle({left + static_cast<double>(i) * step, bottom - tall}, step - 0.8, tall,
                    "fill=\"#3c3ce1\"");
  svg.line({left, bottom}, {corner.first + width, bottom}, "stroke=\"#1b1d22\" stroke-opacity=\"0.5\"");
  svg.text({left - 5, bottom - scale * static_cast<double>(most) + 8}, SvgAnchor::end, std::to_string(most));
  svg.text({left, bottom + 13}, SvgAnchor::start, fmt::format("{:.3g}", low));
  svg.text({corner.first + width, bottom + 13}, SvgAnchor::end, fmt::format("{:.3g}", high));
  const auto columns =
      static_cast<std::size_t>((width - count_room) / 5.4);  // letters of 10 pixels are about as wide
  svg.text({left, bottom + 26}, SvgAnchor::start, fit_left(key, std::min(columns, display_width(key))),
           "font-size=\"10\"");
}

}  // namespace

std::string draw_plot(const RunResults& results, const Chart& chart, const PlotSize& size) {
  const auto all = drawn_numbers(results);
  const auto width = static_cast<double>(size.width), height = static_cast<double>(size.height);
  Svg svg(width, height, chart.title);
  svg.text({8, 16}, SvgAnchor::start, chart.title + ", replications",
           "font-weight=\"bold\" font-size=\"14\"");
  const auto count = static_cast<double>(all.size());
  const double columns = std::clamp(std::round(std::sqrt(count * width / height / 1.4)), 1.0, count),
               rows = std::ceil(count / columns), cell = width / columns,
               tall = (height - histograms_top) / rows;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto at = static_cast<double>(i);
    const double row = std::floor(at / columns), column = at - row * columns;
    draw_histogram(svg, all[i].first, all[i].second, {column * cell, histograms_top + row * tall},
                   cell - histogram_gap, tall);
  }
  return svg.finished();
}

}  // namespace lockin::detail
