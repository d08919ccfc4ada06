#pragma once

#include <string>
#include <utility>
#include <vector>

#include "report/detail/svg.hpp"

namespace lockin::detail {

/// Time from left to right, values from 0 upwards: axes of a chart, and where a number stands in it.
class TimeFrame {
 public:
  /// @param times in years, rising, at least two
  /// @param top largest value, above 0
  TimeFrame(double width, double height, std::vector<double> times, double top);

  [[nodiscard]] double x(double time) const;
  [[nodiscard]] double y(double value) const;
  /// Grid, years and values; `unit` stands above them.
  void draw(Svg& svg, const std::string& title, const std::string& unit) const;
  /// Names beside the last values, moved apart where they would overlap.
  void label_ends(Svg& svg, std::vector<std::pair<double, std::string>> ends) const;

 private:
  double left_, right_, top_, bottom_;  // pixels
  std::vector<double> times_;
  double most_;
};

}  // namespace lockin::detail
