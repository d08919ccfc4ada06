#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lockin/report/plot_svg.hpp"

namespace lockin::detail {

/// What a colour of a bar stands for.
struct BarPart {
  std::string_view shown, colour;
};

/// A bar: parts one after the other, those below 0 to the left.
struct StackedBar {
  std::string name;
  std::vector<double> parts;
  std::vector<double> errors = {};  ///< standard errors of the parts, drawn at their ends; empty: none
  std::string total;                ///< said beside it
};

/// Bars from the top, one below the other, a mark where each adds up to (where there are no errors), and what the colours mean.
std::string stacked_bars(const std::string& title, const std::vector<BarPart>& parts,
                         const std::vector<StackedBar>& bars, const PlotSize& size);

}  // namespace lockin::detail
