#pragma once

#include <string>

namespace lockin::cli {

/// Ctrl-C ends the command with status 130 and a message at once; while `StopSoon` lives, within a second; while `FinishWriting`
/// lives, at its next `stop_if_interrupted`, so that nothing half-written stays. A closed pipe and a file size limit become write errors.
void handle_signals();

/// The user interrupted while files were written, which were removed, or a computation that can go on.
struct Interrupted {
  std::string left = "no results were written";  ///< what there is
};

/// A computation that looks whether it was asked to stop, so that it may keep what it has.
class StopSoon {
 public:
  StopSoon();
  ~StopSoon();
  StopSoon(const StopSoon&) = delete;
  StopSoon& operator=(const StopSoon&) = delete;
  [[nodiscard]] bool asked() const;
};

class FinishWriting {
 public:
  FinishWriting();
  ~FinishWriting();
  FinishWriting(const FinishWriting&) = delete;
  FinishWriting& operator=(const FinishWriting&) = delete;
  /// @throws Interrupted if a signal came.
  void stop_if_interrupted() const;
};

}  // namespace lockin::cli
