#include "lockin/report/output_folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>
#include <system_error>

#include "lockin/report/run_record.hpp"

namespace lockin {
namespace fs = std::filesystem;
namespace {

[[noreturn]] void refuse(const fs::path& target, const std::string& reason) {
  throw std::invalid_argument(fmt::format("{}: {}", target.string(), reason));
}

[[noreturn]] void fail(const fs::path& what, int error) {
  throw std::runtime_error(
      fmt::format("{}: cannot be written: {}", what.string(), std::generic_category().message(error)));
}

/// The files that the folder's record lists, the record among them; empty if lockin did not write the folder.
std::set<std::string> recorded_files(const fs::path& folder) {
  std::ifstream file(folder / record_file);
  const auto json = nlohmann::json::parse(file, nullptr, false);
  if (!json.is_object() || json.value("/written_by"_json_pointer, nlohmann::json()) != record_writer)
    return {};
  std::set<std::string> files = {std::string(record_file)};
  const auto listed = json.find("files");
  if (listed != json.end() && listed->is_array())
    for (const auto& name : *listed)
      if (name.is_string()) files.insert(name.get<std::string>());
  return files;
}

/// @throws std::invalid_argument unless the target is absent, an empty folder, or one that an earlier run wrote.
void check_replaceable(const fs::path& given, const fs::path& target) {
  std::error_code error;
  const fs::file_status status = fs::status(target, error);
  if (status.type() == fs::file_type::not_found) return;
  if (error) refuse(given, error.message());
  if (!fs::is_directory(status)) refuse(given, "is not a folder; results need one of their own");
  const fs::directory_iterator entries(target, error);
  if (error) refuse(given, error.message());
  if (entries == fs::directory_iterator()) return;
  const std::set<std::string> files = recorded_files(target);
  if (files.empty())
    refuse(given, fmt::format("holds files that lockin did not write (no {} of an earlier run); not touched",
                              record_file));
  for (const fs::directory_entry& entry : entries) {
    const std::string name = entry.path().filename().string();
    if (!files.contains(name))
      refuse(given, fmt::format("holds {}, which lockin did not write; not touched", name));
  }
}

/// The folder itself: absolute, links followed, no slash at the end.
fs::path resolved(const fs::path& given) {
  if (given.empty()) refuse(given, "the folder for the results has no name");
  std::error_code error;
  fs::path target = fs::weakly_canonical(fs::absolute(given), error);
  if (error) refuse(given, error.message());
  if (!target.has_filename()) target = target.parent_path();
  if (fs::is_symlink(fs::symlink_status(target, error))) refuse(given, "is a symbolic link to nothing");
  if (target == target.root_path()) refuse(given, "is no folder for results");
  return target;
}

}  // namespace

OutputFolder::OutputFolder(fs::path target) : given_(std::move(target)), target_(resolved(given_)) {
  check_replaceable(given_, target_);
  try {
    make_temporary();  // only a try tells whether it can be done
  } catch (const std::runtime_error& error) {
    discard();
    throw std::invalid_argument(error.what());
  }
  discard();
}

OutputFolder::~OutputFolder() { discard(); }

void OutputFolder::make_temporary() {
  std::vector<fs::path> missing;
  for (fs::path parent = target_.parent_path(); !fs::exists(fs::symlink_status(parent));
       parent = parent.parent_path())
    missing.push_back(parent);
  for (; !missing.empty(); missing.pop_back()) {
    std::error_code error;
    if (fs::create_directory(missing.back(), error)) made_parents_.push_back(missing.back());
    if (error) fail(missing.back(), error.value());
  }
  for (int attempt = 0;; ++attempt) {
    const fs::path candidate =
        target_.parent_path() /
        fmt::format(".{}.lockin-{}-{}", target_.filename().string(), getpid(), attempt);
    std::error_code error;
    if (fs::create_directory(candidate, error)) {
      temporary_ = candidate;
      return;
    }
    if (error || attempt == 99) fail(target_, error ? error.value() : EEXIST);
  }
}

void OutputFolder::discard() noexcept {
  std::error_code ignored;
  if (!temporary_.empty()) fs::remove_all(temporary_, ignored);
  temporary_.clear();
  for (; !made_parents_.empty(); made_parents_.pop_back())
    fs::remove(made_parents_.back(), ignored);  // only if empty
}

void OutputFolder::write(const std::string& name, std::string_view content) {
  if (temporary_.empty()) make_temporary();
  std::FILE* file = std::fopen((temporary_ / name).c_str(), "wbx");
  if (file == nullptr) fail(given_ / name, errno);
  errno = 0;
  const bool whole = std::fwrite(content.data(), 1, content.size(), file) == content.size();
  const int write_error = errno;
  const bool closed = std::fclose(file) == 0;
  if (!whole || !closed) fail(given_ / name, whole ? errno : write_error);
}

void OutputFolder::write(const std::string& name, const std::function<void(const fs::path&)>& writer) {
  if (temporary_.empty()) make_temporary();
  try {
    writer(temporary_ / name);
  } catch (const fs::filesystem_error& error) {  // its path is the temporary one
    fail(given_ / name, error.code().value());
  }
}

void OutputFolder::commit() {
  if (temporary_.empty()) make_temporary();
  check_replaceable(given_, target_);
  // An existing folder and the new one change places in one step; the file systems that cannot do this take two.
  if (!fs::exists(fs::symlink_status(target_)) || fs::is_empty(target_)) {
    if (std::rename(temporary_.c_str(), target_.c_str()) != 0) fail(given_, errno);
    temporary_.clear();
  } else if (renameat2(AT_FDCWD, temporary_.c_str(), AT_FDCWD, target_.c_str(), RENAME_EXCHANGE) != 0) {
    if (errno != ENOSYS && errno != EINVAL) fail(given_, errno);
    const fs::path aside = temporary_.string() + "-old";
    if (std::rename(target_.c_str(), aside.c_str()) != 0) fail(given_, errno);
    if (std::rename(temporary_.c_str(), target_.c_str()) != 0) {
      const int error = errno;
      std::rename(aside.c_str(), target_.c_str());
      fail(given_, error);
    }
    temporary_ = aside;
  }
  made_parents_.clear();
  discard();  // what the folder held before
}

}  // namespace lockin
