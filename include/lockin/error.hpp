#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

namespace lockin {

/// One thing wrong with an input: what is named (`key`), what was found, what is allowed, and a hint.
struct Problem {
  std::string key;      ///< dotted path of the key, e.g. `segments.smb.re_evaluate.maas`
  std::string found;    ///< what was found, as the user wrote it
  std::string allowed;  ///< what would be right
  std::string hint;     ///< empty, or one line of advice ("did you mean ...")
};

/// A place in a user's file; line and column count from 1, 0 means unknown.
struct Place {
  std::string file;        ///< as the user named it
  std::size_t line = 0;    ///< 0: unknown
  std::size_t column = 0;  ///< in bytes; 0: unknown
};

/// A problem at its place, with the source line that a message shows above the caret.
struct PlacedProblem {
  Place place;              ///< where it is
  Problem problem;          ///< what is wrong
  std::string source_line;  ///< the line of the file at that place; empty: not shown
};

/// `key: found, allowed: what is allowed`: the part of a message that does not depend on a place.
std::string to_string(const Problem& problem);

/// The user's input is wrong. Carries every problem found; `what()` is the whole text in the compilers' form:
/// `file:line:column: error: key: found, allowed`, the line, a caret, a hint.
class InputError : public std::runtime_error {
 public:
  /// Composes `what()` of the problems; the text shows the first 50.
  explicit InputError(std::vector<PlacedProblem> problems);
  /// All problems, in the order of their places.
  [[nodiscard]] const std::vector<PlacedProblem>& problems() const noexcept { return problems_; }

 private:
  std::vector<PlacedProblem> problems_;
};

/// A market described in code is wrong. Carries every problem found.
class MarketError : public std::invalid_argument {
 public:
  /// Composes `what()` of the problems: one line each, and its hint.
  explicit MarketError(std::vector<Problem> problems);
  /// All problems, in the order in which they were found.
  [[nodiscard]] const std::vector<Problem>& problems() const noexcept { return problems_; }

 private:
  std::vector<Problem> problems_;
};

/// A run stopped because the market left its range on the way: an event or a draw, the key and the period are named.
class RunError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace lockin
