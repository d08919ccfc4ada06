#pragma once

#include <string_view>

namespace lockin::cli {

/// Writes to standard output. A reader that has closed its end (`| head`) has what it wanted: no error.
/// @throws std::runtime_error with the system's reason for any other failure, such as a full disk.
void print(std::string_view text);

/// One line on standard error.
void note(std::string_view line);

/// Whether standard output may have colours: a terminal, and neither NO_COLOR nor TERM=dumb.
bool colour_wanted();

/// A line on standard error while something runs, taken away at the end; only where standard error is a terminal.
class Progress {
 public:
  explicit Progress(std::string_view line);
  /// Whether anybody can see it.
  [[nodiscard]] bool shown() const { return shown_; }
  /// Another line in its place.
  void show(std::string_view line) const;
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

 private:
  bool shown_;
};

}  // namespace lockin::cli
