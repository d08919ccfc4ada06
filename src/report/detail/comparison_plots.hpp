#pragma once

#include <string>
#include <utility>
#include <vector>

#include "lockin/report/plot_svg.hpp"
#include "report/detail/comparison_results.hpp"

namespace lockin::detail {

/// A chart of a comparison: all of a ranking side by side, one scenario's shares, or what it has more than the first.
struct ComparisonChart {
  enum class Kind { side_by_side, levels, difference };
  Kind kind = Kind::side_by_side;
  std::string
      name;  ///< `side_by_side-all-revenue_share`, `levels-all-revenue_share-0`: the last number is the scenario's
  std::string title;
  RankingKey by;
  std::size_t scenario = 0;  ///< not of side by side
};

/// In the order of the page, those side by side first in each ranking.
std::vector<ComparisonChart> comparison_charts(const ComparisonResults& results);
/// One of them.
std::string comparison_plot(const ComparisonResults& results, const ComparisonChart& chart,
                            const PlotSize& size);

}  // namespace lockin::detail
