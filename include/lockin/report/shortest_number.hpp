#pragma once

#include <string>

namespace lockin {

/// Appends the shortest decimal text that reads back as the same double (`0.1`, `1e+22`); never depends on the locale.
void append_shortest(std::string& text, double number);

}  // namespace lockin
