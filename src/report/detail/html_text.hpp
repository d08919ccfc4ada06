#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lockin::detail {

/// Text as it stands in an element or in a quoted attribute; control characters and broken UTF-8 become `?`.
std::string escaped(std::string_view text);

/// A table that can be scrolled where the page is narrow. Cells are text, and escaped here; the first of each row is its name.
/// @param words cells are texts that may be long, not numbers
std::string html_table(const std::vector<std::string>& head,
                       const std::vector<std::vector<std::string>>& rows, bool words = false);

/// The same behind a word to click on.
/// @param open shown from the start
std::string folded_table(std::string_view summary, const std::vector<std::string>& head,
                         const std::vector<std::vector<std::string>>& rows, bool open);

/// JSON for a script element: nothing in it ends the element.
std::string script_json(std::string json);

}  // namespace lockin::detail
