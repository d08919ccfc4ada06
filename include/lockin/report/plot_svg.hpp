#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "lockin/report/result_files.hpp"

namespace lockin {

/// Size of a picture, in pixels of 1/96 inch.
struct PlotSize {
  std::size_t width = 720,  ///< 240 or more
      height = 420;         ///< 160 or more
};

/// The charts of a finished run, comparison or variance split: name and title, in the order of its report.
/// @param files those of `--out` of `lockin run`, `compare` or `split`
/// @throws InputError for a file that is missing or damaged
[[nodiscard]] std::vector<std::pair<std::string, std::string>> plot_names(const ResultFiles& files);

/// One chart of those as SVG, with the numbers and colours of the report.
/// @param files those of `--out` of `lockin run`, `compare` or `split`
/// @param chart a name of `plot_names`, or its first word for the first of that kind: `shares`
/// @param size of the picture
/// @throws std::invalid_argument for no such chart or too small a size, with what there is; InputError for a damaged file
[[nodiscard]] std::string plot_svg(const ResultFiles& files, const std::string& chart,
                                   const PlotSize& size = {});

}  // namespace lockin
