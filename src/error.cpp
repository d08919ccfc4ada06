#include "lockin/error.hpp"

#include <fmt/format.h>

namespace lockin {
namespace {

constexpr std::size_t widest = 160, most_shown = 50;

// The line and a caret under the column; a very long line is cut around it. Columns count bytes, a caret counts characters.
std::string quoted(const PlacedProblem& problem) {
  if (problem.source_line.empty() || problem.place.column == 0) return {};
  std::string line = problem.source_line;
  for (char& c : line)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  std::size_t column = std::min(problem.place.column - 1, line.size());
  const auto continues = [&](std::size_t i) {
    return i < line.size() && (static_cast<unsigned char>(line[i]) & 0xc0) == 0x80;
  };
  if (line.size() > widest) {
    std::size_t start = column > widest / 2 ? column - widest / 2 : 0;
    while (continues(start)) ++start;
    std::size_t end = std::min(line.size(), start + widest);
    while (continues(end)) ++end;
    line = line.substr(start, end - start);
    column -= start;
  }
  std::size_t characters = 0;
  for (std::size_t i = 0; i < column; ++i) characters += !continues(i);
  return fmt::format("  {}\n  {}^\n", line, std::string(characters, ' '));
}

std::string placed_text(const std::vector<PlacedProblem>& problems) {
  std::string text;
  for (std::size_t i = 0; i < problems.size() && i < most_shown; ++i) {
    const PlacedProblem& p = problems[i];
    text += p.place.file;
    if (p.place.line > 0) text += fmt::format(":{}:{}", p.place.line, p.place.column);
    text += ": error: " + to_string(p.problem) + "\n" + quoted(p);
    if (!p.problem.hint.empty()) text += "  hint: " + p.problem.hint + "\n";
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
