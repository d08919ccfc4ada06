#include "number_text.hpp"

#include <charconv>

#ifndef __cpp_lib_to_chars  // older libc++ converts whole numbers only
#include <fmt/format.h>

#include <cstdlib>
#endif

namespace lockin {

#ifdef __cpp_lib_to_chars

std::string number_text(double number) {
  char digits[32];  // the longest: -2.2250738585072014e-308
  return {digits, std::to_chars(digits, digits + sizeof digits, number).ptr};
}

std::optional<double> number_in(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

#else

std::string number_text(double number) { return fmt::format("{}", number); }

std::optional<double> number_in(std::string_view text) {
  const std::string copy(text);
  char* end = nullptr;
  const double number = std::strtod(copy.c_str(), &end);
  if (copy.empty() || end != copy.c_str() + copy.size()) return std::nullopt;
  return number;
}

#endif

}  // namespace lockin
