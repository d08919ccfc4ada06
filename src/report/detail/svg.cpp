#include "report/detail/svg.hpp"

#include <fmt/format.h>

#include "report/detail/html_text.hpp"

namespace lockin::detail {

std::string svg_number(double x) {
  std::string text = fmt::format("{:.2f}", x);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text == "-0" ? "0" : text;
}

Svg::Svg(double width, double height, std::string_view title) {
  const std::string w = svg_number(width), h = svg_number(height);
  text_ = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" width=\"{}\" height=\"{}\" "
      "role=\"img\" "
      "font-family=\"Helvetica, Arial, 'Noto Sans', 'Noto Sans CJK SC', sans-serif\" font-size=\"12\" "
      "fill=\"#1b1d22\">\n<title>{}</title>\n",
      w, h, w, h, escaped(title));
}

void Svg::line(SvgPoint from, SvgPoint to, std::string_view style) { path({from, to}, style); }

void Svg::path(const std::vector<SvgPoint>& points, std::string_view style) {
  std::string commands;
  for (const auto& [x, y] : points)
    commands += fmt::format("{}{} {}", commands.empty() ? "M" : "L", svg_number(x), svg_number(y));
  raw_path(commands, style);
}

void Svg::raw_path(std::string_view commands, std::string_view style) {
  text_ += fmt::format("<path d=\"{}\" {}/>\n", commands, style);
}

void Svg::rectangle(SvgPoint corner, double width, double height, std::string_view style) {
  text_ += fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" {}/>\n", svg_number(corner.first),
                       svg_number(corner.second), svg_number(width), svg_number(height), style);
}

void Svg::text(SvgPoint at, SvgAnchor anchor, std::string_view text, std::string_view style) {
  static constexpr const char* anchors[] = {"start", "middle", "end"};
  text_ += fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"{}\" {}>{}</text>\n", svg_number(at.first),
                       svg_number(at.second), anchors[static_cast<int>(anchor)], style, escaped(text));
}

}  // namespace lockin::detail
