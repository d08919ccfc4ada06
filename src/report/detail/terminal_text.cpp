#include "report/detail/terminal_text.hpp"

#include "lockin/report/display_width.hpp"

namespace lockin::detail {

void TerminalText::line(std::string_view text) {
  const std::size_t end = text.find_last_not_of(' ');
  text_.append(text.substr(0, end == std::string_view::npos ? 0 : end + 1)).append("\n");
}

void TerminalText::bold_line(std::string_view text) {
  if (style_.colour)
    text_.append("\x1b[1m").append(text).append("\x1b[0m\n");
  else
    line(text);
}

std::string TerminalText::dim(std::string_view text) const {
  return style_.colour ? "\x1b[2m" + std::string(text) + "\x1b[0m" : std::string(text);
}

void TerminalText::paragraph(std::string_view text, std::size_t first_indent, std::size_t indent) {
  text_ += wrapped(text, style_.width, first_indent, indent);
}

}  // namespace lockin::detail
