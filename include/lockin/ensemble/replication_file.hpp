#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <span>

namespace lockin {

/// Every number of every replication of an ensemble, as `run_ensemble` leaves them in `EnsembleOptions::replication_file`.
///
/// Row r has the numbers of replication r in the order of `Ensemble::table()`: NaN where a measure has no value, and all of them NaN
/// where the replication failed. The file has a head of three words of 8 bytes (`lockinRP`, the format, numbers of a row), then the
/// rows as doubles, all in the byte order of the machine.
class ReplicationFile {
 public:
  /// Whether a file begins as these do; it may end within a row.
  [[nodiscard]] static bool is_one(const std::filesystem::path& path);

  /// @throws std::invalid_argument if it cannot be read, is no such file, or ends within a row
  explicit ReplicationFile(std::filesystem::path path);

  /// Numbers of a replication.
  [[nodiscard]] std::size_t width() const { return width_; }
  /// Replications that it has.
  [[nodiscard]] std::uint64_t rows() const { return rows_; }
  /// Reads whole rows. @param first the first replication
  /// @param numbers [replication][number], a multiple of width()
  /// @throws std::out_of_range for rows that it does not have; std::runtime_error if they cannot be read
  void read(std::uint64_t first, std::span<double> numbers) const;

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::filesystem::path path_;
  std::unique_ptr<std::FILE, Close> file_;
  std::size_t width_ = 0;
  std::uint64_t rows_ = 0;
};

}  // namespace lockin
