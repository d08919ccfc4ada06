#include "cli/new_file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <stdexcept>
#include <system_error>

#include "cli/commands.hpp"
#include "cli/interruption.hpp"

namespace lockin::cli {

void write_new_file(const std::string& name, std::string_view content) {
  const FinishWriting finish;
  std::FILE* file = std::fopen(name.c_str(), "wbx");
  if (file == nullptr && errno == EEXIST)
    throw UsageError(fmt::format("{}: exists already; not touched", name),
                     "choose another name, or remove it first");
  if (file == nullptr)
    throw UsageError(fmt::format("{}: cannot be written: {}", name, std::generic_category().message(errno)));
  errno = 0;
  bool whole = std::fwrite(content.data(), 1, content.size(), file) == content.size();
  int error = errno;
  if (std::fclose(file) != 0) {
    error = whole ? errno : error;
    whole = false;
  }
  if (whole) return;
  std::remove(name.c_str());
  throw std::runtime_error(
      fmt::format("{}: cannot be written: {}", name, std::generic_category().message(error)));
}

void replace_file(const std::string& name, std::string_view content) {
  const std::string beside = name + ".new";
  std::remove(beside.c_str());  // of a run that was ended by force
  write_new_file(beside, content);
  if (std::rename(beside.c_str(), name.c_str()) == 0) return;
  const int error = errno;
  std::remove(beside.c_str());
  throw std::runtime_error(
      fmt::format("{}: cannot be written: {}", name, std::generic_category().message(error)));
}

}  // namespace lockin::cli
