#include "cli/standard_streams.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <system_error>

namespace lockin::cli {
namespace {

/// errno of the failure, or 0.
int write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

}  // namespace

void print(std::string_view text) {
  const int error = write_all(STDOUT_FILENO, text);
  if (error != 0 && error != EPIPE)
    throw std::runtime_error("standard output: cannot be written: " + std::generic_category().message(error));
}

void note(std::string_view line) { write_all(STDERR_FILENO, std::string(line) + "\n"); }

bool colour_wanted() {
  const char* no_colour = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  // mpirun gives its processes a terminal of their own, whatever its output goes to.
  if (std::getenv("PMIX_RANK") != nullptr || std::getenv("PMI_RANK") != nullptr) return false;
  return isatty(STDOUT_FILENO) != 0 && (no_colour == nullptr || *no_colour == '\0') && terminal != nullptr &&
         std::string_view(terminal) != "dumb";
}

Progress::Progress(std::string_view line) : shown_(isatty(STDERR_FILENO) != 0) { show(line); }

void Progress::show(std::string_view line) const {
  if (shown_) write_all(STDERR_FILENO, "\r\x1b[K" + std::string(line));
}

Progress::~Progress() {
  if (shown_) write_all(STDERR_FILENO, "\r\x1b[K");
}

}  // namespace lockin::cli
