#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace lockin {

/// A folder of results that appears whole or not at all.
///
/// Files go to a temporary folder beside the target, which `commit` renames; without `commit` the destructor removes it,
/// and the target is as it was. A folder is replaced only if an earlier run wrote it: it holds a `run.json` with
/// `"written_by": "lockin"` and nothing that this record does not list, so that nobody's notes are lost. An empty
/// folder may be used too. A symbolic link to a folder stays, what it points to is replaced. Missing parents are made.
class OutputFolder {
 public:
  /// Checks the target and whether its parent can be written to; leaves nothing behind.
  /// @throws std::invalid_argument if the target may not be replaced or could not be made, with the reason.
  explicit OutputFolder(std::filesystem::path target);
  ~OutputFolder();
  OutputFolder(const OutputFolder&) = delete;
  OutputFolder& operator=(const OutputFolder&) = delete;

  /// Writes one file of the folder, for example `shares.csv`.
  /// @throws std::runtime_error with the file and the system's reason.
  void write(const std::string& name, std::string_view content);
  /// The same for a file that `writer` makes at the path that it is given.
  /// @throws std::runtime_error where `writer` throws std::filesystem::filesystem_error; its other exceptions as they are.
  void write(const std::string& name, const std::function<void(const std::filesystem::path&)>& writer);
  /// Puts the folder in its place. @throws std::invalid_argument if the target has changed meanwhile so that it may not be
  /// replaced; std::runtime_error with the system's reason.
  void commit();
  /// Where the results stand after `commit`, as it was given.
  [[nodiscard]] const std::filesystem::path& target() const { return given_; }

 private:
  void make_temporary();
  void discard() noexcept;

  std::filesystem::path given_, target_, temporary_;
  std::vector<std::filesystem::path> made_parents_;  ///< outermost first
};

}  // namespace lockin
