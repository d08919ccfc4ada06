#pragma once

#include <string>
#include <utility>
#include <vector>

#include "report/detail/svg.hpp"

namespace lockin::detail {

/// A part of a picture, in pixels from its upper left.
struct PlotArea {
  double left = 0, top = 0, width = 0, height = 0;
};
/// Values on an axis: from a number of 0 or less to one above it.
struct PlotRange {
  double low = 0, high = 1;
};

/// Time from left to right, values upwards: axes of a chart, and where a number stands in it.
class TimeFrame {
 public:
  /// @param area of the chart with its title, axes and the names beside its lines
  /// @param times in years, rising, at least two
  /// @param values what it reaches from and to
  /// @param names_room pixels for names on the right
  TimeFrame(const PlotArea& area, std::vector<double> times, PlotRange values, double names_room = 126);

  [[nodiscard]] double x(double time) const;
  [[nodiscard]] double y(double value) const;
  /// Grid, years and values; `unit` stands above them.
  void draw(Svg& svg, const std::string& title, const std::string& unit) const;
  /// Names beside the last values, moved apart where they would overlap.
  void label_ends(Svg& svg, std::vector<std::pair<double, std::string>> ends) const;

 private:
  double left_, right_, top_, bottom_;  // pixels
  std::vector<double> times_;
  PlotRange values_;
};

}  // namespace lockin::detail
