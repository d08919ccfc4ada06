#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace lockin {

/// Columns that a UTF-8 text takes on a terminal: 2 for wide characters (Chinese, Japanese, Korean, most emoji), 0 for
/// combining marks, 1 for all others. A byte that is no UTF-8 counts as one character.
[[nodiscard]] std::size_t display_width(std::string_view text);

/// The text in exactly `width` columns: padded with spaces on the right, or cut and ended with `…`. Control characters,
/// which could move a terminal's cursor, and bytes that are no UTF-8 become `?`.
[[nodiscard]] std::string fit_left(std::string_view text, std::size_t width);

/// The same, padded on the left.
[[nodiscard]] std::string fit_right(std::string_view text, std::size_t width);

/// The text without control characters and broken UTF-8 (each becomes `?`), at its own width.
[[nodiscard]] std::string printable(std::string_view text);

/// The text, printable, broken at spaces into lines of at most `width` columns (longer words stand alone, but are broken at wide
/// characters), each ended with
/// a newline; the first line begins with `first_indent` spaces, the others with `indent`.
[[nodiscard]] std::string wrapped(std::string_view text, std::size_t width, std::size_t first_indent = 0,
                                  std::size_t indent = 0);

}  // namespace lockin
