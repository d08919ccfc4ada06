#pragma once

#include <string>

#include "lockin/report/plot_svg.hpp"
#include "report/detail/charts.hpp"
#include "report/detail/run_results.hpp"

namespace lockin::detail {

/// Courses of a measure with their bands.
std::string fan_plot(const RunResults& results, const Chart& chart, const PlotSize& size);
/// Probability of the first place, one provider upon the other.
std::string rank_plot(const RunResults& results, const Chart& chart, const PlotSize& size);
/// Customers that moved over the whole horizon, from left to right.
std::string flow_plot(const RunResults& results, const Chart& chart, const PlotSize& size);
/// Parts of growth over the whole horizon, a bar a provider.
std::string growth_plot(const RunResults& results, const Chart& chart, const PlotSize& size);
/// What was drawn of each uncertain number, a histogram each.
std::string draw_plot(const RunResults& results, const Chart& chart, const PlotSize& size);

/// Years at which the opening and the periods end.
std::vector<double> end_times(const RunResults& results);

}  // namespace lockin::detail
