#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "lockin/report/display_width.hpp"
#include "report/detail/palette.hpp"
#include "report/detail/plots.hpp"
#include "report/detail/ranked_rows.hpp"
#include "report/detail/svg.hpp"

namespace lockin::detail {
namespace {

constexpr double top_room = 30, gap = 9, node_width = 10, most_side = 190;
constexpr std::size_t node_columns = 18;

// Where the providers of one side stand, from the top.
std::vector<double> tops(const std::vector<double>& totals, double scale) {
  std::vector<double> at;
  double y = top_room;
  for (const double total : totals) {
    at.push_back(y);
    if (total > 0) y += total * scale + gap;
  }
  return at;
}

}  // namespace

std::string flow_plot(const RunResults& results, const Chart& chart, const PlotSize& size) {
  const std::size_t providers = results.providers().size();
  std::vector<std::vector<double>> moved(providers, std::vector<double>(providers, 0.0));
  for (const auto& [year, matrix] : results.flows.at(chart.layer))
    for (std::size_t from = 0; from < providers; ++from)
      for (std::size_t to = 0; to < providers; ++to) moved[from][to] += matrix[from][to];
  std::vector<double> left(providers, 0.0), right(providers, 0.0);
  for (std::size_t from = 0; from < providers; ++from)
    for (std::size_t to = 0; to < providers; ++to) {
      left[from] += moved[from][to];
      right[to] += moved[from][to];
    }
  const double all = std::accumulate(left.begin(), left.end(), 0.0);
  const auto width = static_cast<double>(size.width), height = static_cast<double>(size.height);
  const auto used =
      static_cast<double>(std::max(std::ranges::count_if(left, [](double x) { return x > 0; }),
                                   std::ranges::count_if(right, [](double x) { return x > 0; })));
  const double scale = std::max(1.0, height - top_room - 8 - gap * (used - 1)) / all;
  const double side = std::min(most_side, 0.3 * width), x0 = side, x1 = width - side;
  const std::vector<double> left_at = tops(left, scale), right_at = tops(right, scale);
  Svg svg(width, height, chart.title);
  svg.text({8, 16}, SvgAnchor::start, chart.title, "font-weight=\"bold\" font-size=\"14\"");
  std::vector<double> arrived = right_at;
  for (std::size_t from = 0; from < providers; ++from) {
    double y = left_at[from];
    for (std::size_t to = 0; to < providers; ++to) {
      const double thick = moved[from][to] * scale;
      if (thick <= 0) continue;
      const double y0 = y + thick / 2, y1 = arrived[to] + thick / 2, middle = (x0 + x1) / 2;
      svg.raw_path(
          fmt::format("M{0} {1}C{2} {1} {2} {3} {4} {3}", svg_number(x0 + node_width), svg_number(y0),
                      svg_number(middle), svg_number(y1), svg_number(x1 - node_width)),
          fmt::format("fill=\"none\" stroke=\"{}\" stroke-opacity=\"0.42\" stroke-width=\"{}\"",
                      colour_of(results.place(from)), svg_number(thick)));
      y += thick;
      arrived[to] += thick;
    }
  }
  const auto label = [&](std::size_t j, double total) {
    const std::string& name = results.shown(j);
    return fmt::format("{}  {}", fit_left(name, std::min(node_columns, display_width(name))), rough(total));
  };
  for (std::size_t j = 0; j < providers; ++j) {
    const std::string colour = fmt::format("fill=\"{}\"", colour_of(results.place(j)));
    if (left[j] > 0) {
      svg.rectangle({x0, left_at[j]}, node_width, left[j] * scale, colour);
      svg.text({x0 - 6, left_at[j] + left[j] * scale / 2 + 4}, SvgAnchor::end, label(j, left[j]));
    }
    if (right[j] > 0) {
      svg.rectangle({x1 - node_width, right_at[j]}, node_width, right[j] * scale, colour);
      svg.text({x1 + 6, right_at[j] + right[j] * scale / 2 + 4}, SvgAnchor::start, label(j, right[j]));
    }
  }
  return svg.finished();
}

}  // namespace lockin::detail
