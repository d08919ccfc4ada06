#pragma once

#include <string_view>

namespace lockin::detail {

/// The style sheet of the page.
std::string_view page_style();
/// The program of the page, bundled when the library was built; empty if that had no node.
std::string_view page_script();
/// Whether the program holds the engine.
bool page_has_engine();

}  // namespace lockin::detail
