#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "lockin/report/terminal.hpp"

namespace lockin::detail {

/// Text that grows by lines, bold or dim where the style has colour.
class TerminalText {
 public:
  explicit TerminalText(TerminalStyle style) : style_(style) {}

  void line(std::string_view text = {});
  void bold_line(std::string_view text);
  /// The text broken at spaces to the style's width, its first line and the later ones indented.
  void paragraph(std::string_view text, std::size_t first_indent = 0, std::size_t indent = 0);
  /// The text as a terminal shows it dimly.
  [[nodiscard]] std::string dim(std::string_view text) const;
  [[nodiscard]] std::size_t width() const { return style_.width; }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  TerminalStyle style_;
  std::string text_;
};

}  // namespace lockin::detail
