#include <fmt/format.h>

#include <cmath>
#include <numeric>

#include "report/detail/plots.hpp"
#include "report/detail/ranked_rows.hpp"
#include "report/detail/stacked_bars.hpp"

namespace lockin::detail {

std::string growth_plot(const RunResults& results, const Chart& chart, const PlotSize& size) {
  const auto sums = growth_sums(results, chart);
  const auto& styles = growth_styles();
  std::vector<BarPart> parts;
  std::vector<std::size_t> shown;
  for (std::size_t k = 0; k < styles.size(); ++k) {
    if (styles[k].part == "price" && chart.measure != "tokens") continue;
    parts.push_back({styles[k].shown, styles[k].colour});
    shown.push_back(k);
  }
  std::vector<StackedBar> bars;
  for (std::size_t j = 0; j < sums.size(); ++j) {
    if (!has_growth(results, chart, j)) continue;
    StackedBar& bar = bars.emplace_back();
    bar.name = results.shown(j);
    for (const std::size_t k : shown) bar.parts.push_back(sums[j][k]);
    const double sum = std::accumulate(bar.parts.begin(), bar.parts.end(), 0.0);
    bar.total = (sum < 0 ? "-" : "+") + rough(std::abs(sum));
  }
  return stacked_bars(fmt::format("{}, {}", chart.title, unit_of(results, chart.measure)), parts, bars, size);
}

}  // namespace lockin::detail
