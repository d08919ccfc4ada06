#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace lockin {

/// The shortest text that reads back as the same number.
[[nodiscard]] std::string number_text(double number);

/// The number that the whole of a text is; nothing if it is none.
[[nodiscard]] std::optional<double> number_in(std::string_view text);

}  // namespace lockin
