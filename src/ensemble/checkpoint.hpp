#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace lockin {

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

/// What the system says of an error number.
inline std::string message_of(int error) { return std::generic_category().message(error); }

/// Checksum of words of 8 bytes that come one after the other; any change of one word changes it.
class Checksum {
 public:
  /// Pre: a multiple of 8 bytes
  void add(std::span<const std::byte> bytes);
  [[nodiscard]] std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0x6c6f636b696e;  // any start will do
};

/// Writes a checkpoint beside the earlier one, which it replaces whole at the end. All in it are words of 8 bytes.
class CheckpointWriter {
 public:
  /// @throws std::runtime_error if a file cannot be written, as the other functions
  explicit CheckpointWriter(std::filesystem::path target);
  ~CheckpointWriter();
  CheckpointWriter(const CheckpointWriter&) = delete;
  CheckpointWriter& operator=(const CheckpointWriter&) = delete;

  void number(std::uint64_t value);
  void text(std::string_view text);
  /// Numbers of which the reader knows how many they are.
  void numbers(std::span<const double> values);
  void numbers(std::span<const std::uint64_t> values);
  void finish();

 private:
  void bytes(std::span<const std::byte> bytes);
  [[noreturn]] void fail(int error) const;

  std::filesystem::path target_, temporary_;
  File file_;
  Checksum checksum_;
  std::uint64_t size_ = 0;
};

/// Reads what a `CheckpointWriter` wrote, in the same order.
class CheckpointReader {
 public:
  /// Checks the whole file first. @throws std::invalid_argument if it is damaged or no checkpoint, as the other functions
  explicit CheckpointReader(std::filesystem::path path);

  [[nodiscard]] std::uint64_t number();
  /// A number that must not be above `most`.
  [[nodiscard]] std::uint64_t number(std::uint64_t most);
  [[nodiscard]] std::string text();
  void numbers(std::span<double> values);
  void numbers(std::span<std::uint64_t> values);
  /// What is left must hold so many values of 8 bytes.
  void check_room(std::uint64_t values) const;
  [[noreturn]] void refuse(const std::string& reason) const;

 private:
  void bytes(std::span<std::byte> bytes);

  std::filesystem::path path_;
  File file_;
  std::uint64_t left_ = 0;
};

/// What a run is, in the words of its user: kind of thing and value. A checkpoint is of one run only.
using RunIdentity = std::vector<std::pair<std::string, std::string>>;

/// The checkpoint of a run that takes long.
class CheckpointKeeper {
 public:
  using Save = std::function<void(CheckpointWriter&)>;

  /// @param path empty: none is kept
  /// @param resume go on from the file if there is one; else there may be none
  /// @param least_seconds between two checkpoints; writing them never takes more than a twentieth of the time
  /// @throws std::invalid_argument for a checkpoint that is damaged, or of another run, or there although it is not resumed
  CheckpointKeeper(std::filesystem::path path, bool resume, double least_seconds, RunIdentity identity);

  /// What was kept, once; nothing at a first start.
  [[nodiscard]] std::optional<CheckpointReader> earlier() { return std::exchange(earlier_, std::nullopt); }
  /// Writes it if that is due.
  void keep(const Save& save);
  /// Writes it unless that takes longer than a user waits.
  void keep_last(const Save& save);
  /// True if the file holds something.
  [[nodiscard]] bool kept() const { return kept_; }

 private:
  using Clock = std::chrono::steady_clock;
  void write(const Save& save);

  std::filesystem::path path_;
  RunIdentity identity_;
  std::optional<CheckpointReader> earlier_;
  double least_seconds_, write_seconds_ = 0;
  Clock::time_point last_ = Clock::now();
  bool kept_ = false;
};

}  // namespace lockin
