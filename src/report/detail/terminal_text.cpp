#include "report/detail/terminal_text.hpp"

#include <algorithm>

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
  std::string current(first_indent, ' ');
  std::size_t used = first_indent;
  bool begun = false;
  while (!text.empty()) {
    const std::size_t space = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, space);
    text.remove_prefix(std::min(space + 1, text.size()));
    const std::size_t wide = display_width(word);
    if (begun && used + 1 + wide > style_.width) {
      line(current);
      current.assign(indent, ' ');
      used = indent;
    } else if (begun) {
      current += ' ';
      ++used;
    }
    current += printable(word);
    used += wide;
    begun = true;
  }
  line(current);
}

}  // namespace lockin::detail
