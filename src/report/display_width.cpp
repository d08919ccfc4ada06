#include "lockin/report/display_width.hpp"

#include <algorithm>
#include <array>

namespace lockin {
namespace {

struct Character {
  char32_t code = 0;
  std::size_t bytes = 1;
  bool valid = true;
};

/// The first character of a text that is not empty.
Character first_character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {.code = lead};
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return {.valid = false};
  char32_t code = lead & (0xFFu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0u) != 0x80u) return {.valid = false};
    code = (code << 6) | (byte(i) & 0x3Fu);
  }
  constexpr std::array<char32_t, 5> smallest = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (code < smallest[length] || code > 0x10FFFF || surrogate) return {.valid = false};
  return {.code = code, .bytes = length};
}

struct Range {
  char32_t first, last;
};

// Unicode 15, East Asian Width W and F, in whole blocks.
constexpr std::array wide = {
    Range{0x1100, 0x115F},   Range{0x2E80, 0x303E},   Range{0x3041, 0x4DBF},   Range{0x4E00, 0xA4CF},
    Range{0xA960, 0xA97C},   Range{0xAC00, 0xD7A3},   Range{0xF900, 0xFAFF},   Range{0xFE30, 0xFE6F},
    Range{0xFF01, 0xFF60},   Range{0xFFE0, 0xFFE6},   Range{0x16FE0, 0x18CFF}, Range{0x1B000, 0x1B2FF},
    Range{0x1F300, 0x1F64F}, Range{0x1F680, 0x1F6FF}, Range{0x1F900, 0x1FAFF}, Range{0x20000, 0x3FFFD}};
constexpr std::array combining = {Range{0x0300, 0x036F}, Range{0x0483, 0x0489}, Range{0x0591, 0x05BD},
                                  Range{0x064B, 0x065F}, Range{0x0E34, 0x0E3A}, Range{0x1AB0, 0x1AFF},
                                  Range{0x1DC0, 0x1DFF}, Range{0x200B, 0x200F}, Range{0x20D0, 0x20FF},
                                  Range{0xFE00, 0xFE0F}, Range{0xFE20, 0xFE2F}, Range{0xE0100, 0xE01EF}};

std::size_t columns(const Character& character) {
  const auto within = [&](const Range& r) { return character.code >= r.first && character.code <= r.last; };
  if (!character.valid) return 1;
  if (std::ranges::any_of(combining, within)) return 0;
  return std::ranges::any_of(wide, within) ? 2 : 1;
}

bool control(const Character& character) {
  return !character.valid || character.code < 0x20 || (character.code >= 0x7F && character.code < 0xA0);
}

/// Calls `use(bytes, columns)` for each character, controls replaced, until it returns false.
template <class Use>
void each_printable(std::string_view text, Use&& use) {
  while (!text.empty()) {
    const Character character = first_character(text);
    const bool replaced = control(character);
    if (!use(replaced ? std::string_view("?") : text.substr(0, character.bytes),
             replaced ? 1 : columns(character)))
      return;
    text.remove_prefix(character.bytes);
  }
}

std::string cut(std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return printable(text);
  if (width == 0) return {};
  std::string result;
  std::size_t used = 0;
  each_printable(text, [&](std::string_view bytes, std::size_t taken) {
    if (used + taken > width - 1) return false;
    result += bytes;
    used += taken;
    return true;
  });
  return result + "…";
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t total = 0;
  each_printable(text, [&](std::string_view, std::size_t taken) {
    total += taken;
    return true;
  });
  return total;
}

std::string printable(std::string_view text) {
  std::string result;
  each_printable(text, [&](std::string_view bytes, std::size_t) {
    result += bytes;
    return true;
  });
  return result;
}

std::string fit_left(std::string_view text, std::size_t width) {
  std::string result = cut(text, width);
  result.append(width - display_width(result), ' ');
  return result;
}

std::string fit_right(std::string_view text, std::size_t width) {
  const std::string kept = cut(text, width);
  return std::string(width - display_width(kept), ' ') + kept;
}

std::string wrapped(std::string_view text, std::size_t width, std::size_t first_indent, std::size_t indent) {
  std::string result(first_indent, ' ');
  std::size_t used = first_indent;
  bool begun = false;
  while (!text.empty()) {
    const std::size_t space = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, space);
    text.remove_prefix(std::min(space + 1, text.size()));
    if (word.empty()) continue;
    const std::size_t taken = display_width(word);
    const bool fits_a_line = indent + taken <= width;
    const bool begins_here = !fits_a_line && columns(first_character(word)) == 2 && used + 3 <= width;
    if (begun && used + 1 + taken > width && !begins_here) {
      result.append("\n").append(indent, ' ');
      used = indent;
    } else if (begun) {
      result += ' ';
      ++used;
    }
    begun = true;
    each_printable(word, [&](std::string_view bytes, std::size_t columns_taken) {
      if (!fits_a_line && columns_taken == 2 && used + 2 > width) {  // Chinese may be broken anywhere
        result.append("\n").append(indent, ' ');
        used = indent;
      }
      result += bytes;
      used += columns_taken;
      return true;
    });
  }
  return result + "\n";
}

}  // namespace lockin
