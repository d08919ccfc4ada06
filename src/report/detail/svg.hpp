#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lockin::detail {

using SvgPoint = std::pair<double, double>;
enum class SvgAnchor { start, middle, end };

/// An SVG picture that grows by elements; coordinates in pixels, from the upper left.
class Svg {
 public:
  /// @param title said to those who do not see the picture
  Svg(double width, double height, std::string_view title);

  void line(SvgPoint from, SvgPoint to, std::string_view style);
  /// A polyline; with a filling style a polygon.
  void path(const std::vector<SvgPoint>& points, std::string_view style);
  /// A path as SVG has it.
  void raw_path(std::string_view commands, std::string_view style);
  void rectangle(SvgPoint corner, double width, double height, std::string_view style);
  void text(SvgPoint at, SvgAnchor anchor, std::string_view text, std::string_view style = {});
  /// The whole file.
  [[nodiscard]] std::string finished() const { return text_ + "</svg>\n"; }

 private:
  std::string text_;
};

/// A number of a picture: two digits are a hundredth of a pixel.
std::string svg_number(double x);

}  // namespace lockin::detail
