#include "lockin/ensemble/replication_file.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <limits>
#include <stdexcept>

#include "ensemble/replication_writer.hpp"

namespace lockin {
namespace fs = std::filesystem;
namespace {

using Head = std::array<std::uint64_t, 3>;
constexpr std::size_t head_bytes = sizeof(Head);

[[noreturn]] void refuse(const fs::path& path, const std::string& reason) {
  throw std::invalid_argument(fmt::format("{}: {}", path.string(), reason));
}

// The width that a file names; 0 if it is of another kind.
std::uint64_t width_of(std::FILE* file) {
  Head head{};
  if (std::fread(head.data(), 1, head_bytes, file) != head_bytes) return 0;
  return head[0] == replication_file_head[0] && head[1] == replication_file_head[1] ? head[2] : 0;
}

std::uint64_t size_of(const fs::path& path) {
  std::error_code error;
  const std::uint64_t size = fs::file_size(path, error);
  return error ? 0 : size;
}

// There must be room for the file and for what is made of it, which may be as large.
void check_room(const fs::path& path, std::size_t width, std::uint64_t most) {
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  std::error_code error;
  const fs::space_info space = fs::space(folder, error);
  if (error) return;  // writing will say what is wrong
  const double room = static_cast<double>(space.available) + static_cast<double>(size_of(path));
  const double wanted = 2.0 * static_cast<double>(most) * 8.0 * static_cast<double>(width);
  if (wanted > room)
    refuse(path,
           fmt::format(
               "every number of {} replications wants up to {:.3g} GB of disk (twice {} numbers of 8 bytes "
               "each), and there are {:.3g} GB",
               most, wanted / 1e9, width, room / 1e9));
}

}  // namespace

bool ReplicationFile::is_one(const fs::path& path) {
  const File file{std::fopen(path.c_str(), "rb")};
  return file && width_of(file.get()) != 0;
}

ReplicationFile::ReplicationFile(fs::path path) : path_(std::move(path)) {
  file_.reset(std::fopen(path_.c_str(), "rb"));
  if (!file_) refuse(path_, "cannot be read: " + message_of(errno));
  width_ = width_of(file_.get());
  if (width_ == 0) refuse(path_, "holds no replications of lockin");
  const std::uint64_t bytes = size_of(path_) - head_bytes;
  if (bytes % (8 * width_) != 0) refuse(path_, "is damaged: it ends within a replication");
  rows_ = bytes / (8 * width_);
}

void ReplicationFile::read(std::uint64_t first, std::span<double> numbers) const {
  const std::uint64_t rows = numbers.size() / width_;
  if (numbers.size() % width_ != 0 || first > rows_ || rows > rows_ - first)
    throw std::out_of_range(
        fmt::format("{}: has {} replications of {} numbers", path_.string(), rows_, width_));
  errno = 0;
  if (fseeko(file_.get(), static_cast<off_t>(head_bytes + first * 8 * width_), SEEK_SET) != 0 ||
      std::fread(numbers.data(), 8, numbers.size(), file_.get()) != numbers.size())
    throw std::runtime_error(fmt::format("{}: cannot be read: {}", path_.string(), message_of(errno)));
}

ReplicationWriter::ReplicationWriter(fs::path path, std::size_t width, std::uint64_t most)
    : path_(std::move(path)), width_(width) {
  if (path_.empty()) return;
  std::error_code ignored;
  if (fs::exists(fs::symlink_status(path_, ignored)) && !ReplicationFile::is_one(path_))
    refuse(path_, "is in the way: it was not written by lockin; not touched");
  check_room(path_, width_, most);
}

void ReplicationWriter::fail(int error) const {
  throw std::runtime_error(
      fmt::format("{}: replications cannot be written: {}", path_.string(), message_of(error)));
}

void ReplicationWriter::add(const Rows& rows) {
  if (path_.empty()) return;
  if (!file_) {
    file_.reset(std::fopen(path_.c_str(), "w+b"));
    if (!file_) fail(errno);
    const Head head{replication_file_head[0], replication_file_head[1], width_};
    errno = 0;
    if (std::fwrite(head.data(), 1, head_bytes, file_.get()) != head_bytes || std::fflush(file_.get()) != 0) {
      const int error = errno;
      std::error_code ignored;
      fs::remove(path_, ignored);  // without its head nobody would know whose it is
      fail(error);
    }
  }
  const std::vector<double> none(width_, std::numeric_limits<double>::quiet_NaN());
  for (std::size_t i = 0; i < rows.sound.size(); ++i) write(rows.sound[i] ? rows.row(i) : none);
  if (std::fflush(file_.get()) != 0) fail(errno);
}

void ReplicationWriter::write(std::span<const double> numbers) {
  errno = 0;
  if (std::fwrite(numbers.data(), 8, numbers.size(), file_.get()) != numbers.size()) fail(errno);
  checksum_.add(std::as_bytes(numbers));
}

void ReplicationWriter::save(CheckpointWriter& to) const {
  if (path_.empty()) return;
  if (file_ && fsync(fileno(file_.get())) != 0) fail(errno);
  to.number(checksum_.value());
}

void ReplicationWriter::restore(CheckpointReader& from, std::uint64_t done) {
  if (path_.empty()) return;
  const std::uint64_t said = from.number();
  const auto lost = [&] {
    refuse(path_,
           "is not what the checkpoint goes on with: replications are missing or damaged. Remove the "
           "checkpoint to "
           "start again");
  };
  const std::uint64_t whole = head_bytes + done * 8 * width_;
  if (size_of(path_) < whole) lost();
  file_.reset(std::fopen(path_.c_str(), "r+b"));
  if (!file_) refuse(path_, "cannot be opened: " + message_of(errno));
  if (width_of(file_.get()) != width_) lost();
  std::vector<double> row(width_);
  for (std::uint64_t r = 0; r < done; ++r) {
    if (std::fread(row.data(), 8, width_, file_.get()) != width_) lost();
    checksum_.add(std::as_bytes(std::span(row)));
  }
  if (checksum_.value() != said) lost();
  // What came after the checkpoint is run again.
  if (ftruncate(fileno(file_.get()), static_cast<off_t>(whole)) != 0 ||
      fseeko(file_.get(), static_cast<off_t>(whole), SEEK_SET) != 0)
    fail(errno);
}

}  // namespace lockin
