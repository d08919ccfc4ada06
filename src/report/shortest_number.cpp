#include "lockin/report/shortest_number.hpp"

#include <array>
#include <charconv>

namespace lockin {

void append_shortest(std::string& text, double number) {
  std::array<char, 32> digits;  // the longest: -2.2250738585072014e-308
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  text.append(digits.data(), end);
}

}  // namespace lockin
