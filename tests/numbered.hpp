#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace lockin::test {

/// `p3` for ("p", 3). Not "p" + std::to_string(3): g++ 12 warns of an overlap there that is none.
template <class Number>
std::string numbered(std::string_view what, Number i) {
  return fmt::format("{}{}", what, i);
}

}  // namespace lockin::test
