#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <vector>

#include "ensemble/checkpoint.hpp"
#include "ensemble/number_store.hpp"

namespace lockin {

/// First words of a `ReplicationFile`; the third is the width.
inline constexpr std::array<std::uint64_t, 2> replication_file_head{0x50526e696b636f6c, 1};  // lockinRP

/// Writes a `ReplicationFile` while an ensemble runs. A checkpoint says how much of it is whole, with its checksum.
class ReplicationWriter {
 public:
  /// @param path empty: nothing is kept, and the other functions do nothing
  /// @param most replications that there may be
  /// @throws std::invalid_argument if the disk cannot hold them, or something else has the file's name
  ReplicationWriter(std::filesystem::path path, std::size_t width, std::uint64_t most);

  /// The next replications. The file is made with the first. @throws std::runtime_error if they cannot be written
  void add(const Rows& rows);
  /// Sees to it that what was added is on the disk before the checkpoint is.
  void save(CheckpointWriter& to) const;
  /// Goes on behind the replications that were done. @throws std::invalid_argument if the file is not what it was
  void restore(CheckpointReader& from, std::uint64_t done);

 private:
  void write(std::span<const double> numbers);
  [[noreturn]] void fail(int error) const;

  std::filesystem::path path_;
  std::size_t width_;
  File file_;
  Checksum checksum_;
};

}  // namespace lockin
