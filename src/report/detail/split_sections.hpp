#pragma once

#include <string>

#include "lockin/report/plot_svg.hpp"
#include "report/detail/split_results.hpp"

namespace lockin::detail {

/// The page of a variance split below its title.
/// @param open tables are shown from the start
std::string split_sections(const SplitResults& results, bool open);
/// What its program reads (src/report/web/data.js).
nlohmann::ordered_json split_data(const SplitResults& results);
/// One of its charts at the last moment: percent of the variance, a bar a provider, with standard errors.
std::string split_plot(const SplitResults& results, const Chart& chart, const PlotSize& size);

}  // namespace lockin::detail
