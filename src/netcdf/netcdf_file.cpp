#include "netcdf/netcdf_file.hpp"

#include <fcntl.h>
#include <netcdf.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <system_error>
#include <utility>

namespace lockin {
namespace {

constexpr std::size_t chunk_bytes = std::size_t{1} << 20;
constexpr std::size_t index_bytes = 4096;  // of chunks take about as much: less than that is not worth any
constexpr std::size_t spare_bytes = std::size_t{1} << 20;  // tables of HDF5, coordinates
// The shipped China scenario with 400 replications: 170 MB as it is, 80.3 MB at level 1, 79.8 MB at level 4.
constexpr int deflate_level = 1;

// Extents of a chunk: the last dimensions whole, as far as `chunk_bytes` allow.
std::vector<std::size_t> chunk_of(const std::vector<Dimension>& dimensions, std::size_t together) {
  std::vector<std::size_t> chunk(dimensions.size(), 1);
  chunk[0] = together;
  std::size_t room = std::max<std::size_t>(1, chunk_bytes / (8 * together));
  for (std::size_t i = dimensions.size(); i-- > 1;) {
    chunk[i] = std::min(dimensions[i].size, room);
    room = std::max<std::size_t>(1, room / chunk[i]);
  }
  return chunk;
}

}  // namespace

NetcdfFile::NetcdfFile(std::filesystem::path path) : path_(std::move(path)) {
  reserve(0);
  errno = 0;
  check(nc_create(path_.c_str(), NC_NETCDF4 | NC_NOCLOBBER, &id_));
}

NetcdfFile::~NetcdfFile() {
  if (closed_) return;
  if (id_ >= 0) nc_abort(id_);
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
}

void NetcdfFile::check(int status) const {
  if (status == NC_NOERR) return;
  // Positive: the system's own number. HDF5 says only that it failed; the system's reason is the last one then.
  const int reason = status > 0 ? status : status == NC_EEXIST ? EEXIST : errno != 0 ? errno : EIO;
  throw std::filesystem::filesystem_error(nc_strerror(status), path_,
                                          std::error_code(reason, std::generic_category()));
}

void NetcdfFile::reserve(std::size_t bytes) {
  pending_ += bytes;
  if (pending_ < reserved_) return;
  std::error_code ignored;
  const std::uintmax_t size = std::filesystem::file_size(path_, ignored);
  const std::size_t there = ignored ? 0 : static_cast<std::size_t>(size);
  std::filesystem::path room = path_;
  room += ".room";
  const int file = ::open(room.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  int error = file < 0 ? errno : 0;
  // Where the next bytes would be, so that limits of a file's size are seen too. Twice the spare bytes: the others are for what HDF5 writes at a flush.
  if (file >= 0) {
    error = posix_fallocate(file, static_cast<off_t>(there), static_cast<off_t>(pending_ + 2 * spare_bytes));
    ::close(file);
    ::unlink(room.c_str());
  }
  if (error != 0)
    throw std::filesystem::filesystem_error("no room", path_,
                                            std::error_code(error, std::generic_category()));
  reserved_ = pending_ + spare_bytes;
}

void NetcdfFile::flush() {
  errno = 0;
  check(nc_sync(id_));
  pending_ = reserved_ = 0;
  reserve(0);
}

Dimension NetcdfFile::dimension(const std::string& name, std::size_t size) {
  Dimension made{-1, size};
  check(nc_def_dim(id_, name.c_str(), size, &made.id));
  return made;
}

int NetcdfFile::variable(const std::string& name, int type, const std::vector<Dimension>& dimensions) {
  std::vector<int> ids;
  ids.reserve(dimensions.size());
  for (const Dimension& of : dimensions) ids.push_back(of.id);
  int made = -1;
  check(nc_def_var(id_, name.c_str(), type, static_cast<int>(ids.size()), ids.data(), &made));
  return made;
}

int NetcdfFile::numbers(const std::string& name, const std::vector<Dimension>& dimensions,
                        std::size_t together) {
  const int made = variable(name, NC_DOUBLE, dimensions);
  const double none = std::numeric_limits<double>::quiet_NaN();
  check(nc_def_var_fill(id_, made, NC_FILL, &none));
  std::size_t bytes = 8;
  for (const Dimension& of : dimensions) bytes *= of.size;
  if (bytes <= index_bytes) {
    check(nc_def_var_chunking(id_, made, NC_CONTIGUOUS, nullptr));
    return made;
  }
  const std::vector<std::size_t> chunk = chunk_of(dimensions, together);
  check(nc_def_var_chunking(id_, made, NC_CHUNKED, chunk.data()));
  check(nc_def_var_deflate(id_, made, NC_SHUFFLE, 1, deflate_level));
  // Each chunk is written once and whole: no need to keep more than one of them for each variable.
  check(nc_set_var_chunk_cache(id_, made, 2 * chunk_bytes, 31, 1));
  return made;
}

int NetcdfFile::coordinate(const std::string& name, const std::vector<Dimension>& dimensions,
                           std::span<const double> values) {
  const int made = variable(name, NC_DOUBLE, dimensions);
  reserve(values.size_bytes());
  check(nc_put_var_double(id_, made, values.data()));
  return made;
}

int NetcdfFile::coordinate(const std::string& name, Dimension dimension, std::span<const int> values) {
  const int made = variable(name, NC_INT, {dimension});
  reserve(values.size_bytes());
  check(nc_put_var_int(id_, made, values.data()));
  return made;
}

int NetcdfFile::coordinate(const std::string& name, Dimension dimension,
                           const std::vector<std::string>& values) {
  const int made = variable(name, NC_STRING, {dimension});
  std::vector<const char*> texts;
  texts.reserve(values.size());
  for (const std::string& value : values) {
    texts.push_back(value.c_str());
    reserve(value.size() + 16);  // and where it stands
  }
  check(nc_put_var_string(id_, made, texts.data()));
  return made;
}

void NetcdfFile::put(int variable, std::size_t first, std::size_t count,
                     const std::vector<Dimension>& dimensions, std::span<const double> values) {
  std::vector<std::size_t> start(dimensions.size(), 0), counts;
  counts.reserve(dimensions.size());
  for (const Dimension& of : dimensions) counts.push_back(of.size);
  start[0] = first;
  counts[0] = count;
  reserve(values.size_bytes());
  errno = 0;
  check(nc_put_vara_double(id_, variable, start.data(), counts.data(), values.data()));
}

void NetcdfFile::attribute(int variable, const char* name, const std::string& text) {
  reserve(text.size());
  if (!text.empty()) check(nc_put_att_text(id_, variable, name, text.size(), text.data()));
}

void NetcdfFile::attribute(int variable, const char* name, std::int64_t number) {
  const long long value = number;
  // As a short one where it fits: R has no integers of 8 bytes.
  const bool fits = value <= std::numeric_limits<int>::max() && value >= std::numeric_limits<int>::min();
  check(nc_put_att_longlong(id_, variable, name, fits ? NC_INT : NC_INT64, 1, &value));
}

void NetcdfFile::close() {
  errno = 0;
  check(nc_close(std::exchange(id_, -1)));
  closed_ = true;
}

}  // namespace lockin
