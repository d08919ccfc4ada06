#pragma once

namespace lockin::cli {

/// Ctrl-C ends the command with status 130 and a message at once; while `FinishWriting` lives, at its next
/// `stop_if_interrupted`, so that nothing half-written stays. A closed pipe and a file size limit become write errors.
void handle_signals();

/// The user interrupted while files were written; they were removed.
struct Interrupted {};

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
