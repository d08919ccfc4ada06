#include "lockin/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace lockin {
namespace {

constexpr std::size_t widest = 160, most_shown = 50;

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

// Columns that a terminal gives to the character at `at`: two for those of East Asia and pictures, else one.
std::size_t width(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  if (byte(at) >= 0xf0) return 2;
  if (byte(at) < 0xe0) return 1;
  const unsigned code = (byte(at) & 0xfu) << 12 | (byte(at + 1) & 0x3fu) << 6 | (byte(at + 2) & 0x3fu);
  return (code >= 0x2e80 && code <= 0xa4cf) || (code >= 0xac00 && code <= 0xd7a3) ||
                 (code >= 0xf900 && code <= 0xfaff) || (code >= 0xff00 && code <= 0xff60)
             ? 2
             : 1;
}

// No control character of a file reaches a terminal.
std::string printable(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '\n')
      result += "\\n";
    else if (c == '\t')
      result += "\\t";
    else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      result += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
    else
      result += c;
  }
  return result;
}

// The line and a caret under the column; a very long line is cut around it. Columns count characters.
std::string quoted(const PlacedProblem& problem) {
  if (problem.source_line.empty() || problem.place.column == 0) return {};
  std::string line = problem.source_line;
  for (char& c : line)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  std::size_t at = 0;
  for (std::size_t column = 1; column < problem.place.column && at < line.size(); ++column) do
      ++at;
    while (at < line.size() && continues(line[at]));
  if (line.size() > widest) {
    std::size_t start = at > widest / 2 ? at - widest / 2 : 0;
    while (start < at && continues(line[start])) ++start;
    std::size_t end = std::min(line.size(), start + widest);
    while (end < line.size() && continues(line[end])) ++end;
    line = line.substr(start, end - start);
    at -= start;
  }
  std::size_t columns = 0;
  for (std::size_t i = 0; i < at; ++i)
    if (!continues(line[i])) columns += width(line, i);
  return fmt::format("  {}\n  {}^\n", line, std::string(columns, ' '));
}

std::string placed_text(const std::vector<PlacedProblem>& problems) {
  std::string text;
  for (std::size_t i = 0; i < problems.size() && i < most_shown; ++i) {
    const PlacedProblem& p = problems[i];
    text += printable(p.place.file);
    if (p.place.line > 0) text += fmt::format(":{}:{}", p.place.line, p.place.column);
    text += ": error: " + printable(to_string(p.problem)) + "\n" + quoted(p);
    if (!p.problem.hint.empty()) text += "  hint: " + printable(p.problem.hint) + "\n";
  }
  if (problems.size() > most_shown) text += fmt::format("(and {} more)\n", problems.size() - most_shown);
  return text;
}

std::string plain_text(const std::vector<Problem>& problems) {
  std::string text;
  for (const Problem& p : problems) {
    text += to_string(p) + "\n";
    if (!p.hint.empty()) text += "  hint: " + p.hint + "\n";
  }
  return text;
}

}  // namespace

std::string to_string(const Problem& problem) {
  return fmt::format("{}: {}, allowed: {}", problem.key, problem.found, problem.allowed);
}

InputError::InputError(std::vector<PlacedProblem> problems)
    : std::runtime_error(placed_text(problems)), problems_(std::move(problems)) {}

MarketError::MarketError(std::vector<Problem> problems)
    : std::invalid_argument(plain_text(problems)), problems_(std::move(problems)) {}

}  // namespace lockin
