#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace lockin {

/// A dimension of a NetCDF file.
struct Dimension {
  int id = -1;
  std::size_t size = 0;
};

/// A new file of NetCDF 4 that is written. Beside it a file `PATH.room` comes and goes. All functions throw std::filesystem::filesystem_error where it cannot be.
class NetcdfFile {
 public:
  explicit NetcdfFile(std::filesystem::path path);
  /// Removes the file unless it was closed.
  ~NetcdfFile();
  NetcdfFile(const NetcdfFile&) = delete;
  NetcdfFile& operator=(const NetcdfFile&) = delete;

  [[nodiscard]] Dimension dimension(const std::string& name, std::size_t size);
  /// A variable of doubles, NaN where there is none, compressed in chunks of at most 1 MB.
  /// @param together how many of the first dimension are written at once: chunks hold as many
  [[nodiscard]] int numbers(const std::string& name, const std::vector<Dimension>& dimensions,
                            std::size_t together);
  /// A variable of doubles that has no gaps: a coordinate.
  [[nodiscard]] int coordinate(const std::string& name, const std::vector<Dimension>& dimensions,
                               std::span<const double> values);
  [[nodiscard]] int coordinate(const std::string& name, Dimension dimension, std::span<const int> values);
  [[nodiscard]] int coordinate(const std::string& name, Dimension dimension,
                               const std::vector<std::string>& values);
  /// Values of a variable, all of the other dimensions. @param first of the first dimension
  void put(int variable, std::size_t first, std::size_t count, const std::vector<Dimension>& dimensions,
           std::span<const double> values);

  /// An attribute of a variable, or of the file; an empty text is none.
  void attribute(int variable, const char* name, const std::string& text);
  void attribute(int variable, const char* name, std::int64_t number);
  /// What was put is written.
  void flush();
  /// All is on the disk then, or an exception says why not.
  void close();

  static constexpr int whole_file = -1;

 private:
  [[nodiscard]] int variable(const std::string& name, int type, const std::vector<Dimension>& dimensions);
  void check(int status) const;
  /// HDF5 1.10 crashes the process, then or at its end, where a write fails. So the disk is asked before HDF5 is.
  void reserve(std::size_t bytes);

  std::filesystem::path path_;
  std::size_t pending_ = 0, reserved_ = 0;  ///< bytes put since the last flush; how many of them have room
  int id_ = -1;
  bool closed_ = false;
};

}  // namespace lockin
