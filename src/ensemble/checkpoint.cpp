#include "ensemble/checkpoint.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>

#include "lockin/random/stream.hpp"

namespace lockin {
namespace fs = std::filesystem;
namespace {

constexpr std::array<char, 8> magic{'l', 'o', 'c', 'k', 'i', 'n', 'C', 'P'};
constexpr std::uint64_t format_version = 1;
constexpr std::uint64_t head_size = 16, tail_size = 16;  // magic and version; size and checksum

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t end = std::min(text.find('\n', from), text.size());
    lines.push_back(text.substr(from, end - from));
    from = end + 1;
  }
  return lines;
}

// The first lines that differ; texts of one line are such lines.
std::pair<std::string, std::string> first_difference(std::string_view there, std::string_view here) {
  const std::vector<std::string_view> a = lines_of(there), b = lines_of(here);
  std::size_t i = 0;
  while (i < a.size() && i < b.size() && a[i] == b[i]) ++i;
  return {std::string(i < a.size() ? a[i] : "nothing"), std::string(i < b.size() ? b[i] : "nothing")};
}

}  // namespace

void Checksum::add(std::span<const std::byte> bytes) {
  for (std::size_t i = 0; i < bytes.size(); i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + i, 8);
    value_ = CellId::mix(value_ ^ word);  // a bijection of each, so that one changed word is always seen
  }
}

CheckpointWriter::CheckpointWriter(fs::path target) : target_(std::move(target)), temporary_(target_) {
  temporary_ += ".new";
  file_.reset(std::fopen(temporary_.c_str(), "wb"));
  if (!file_) fail(errno);
  bytes(std::as_bytes(std::span(magic)));
  number(format_version);
}

CheckpointWriter::~CheckpointWriter() {
  if (temporary_.empty()) return;
  file_.reset();
  std::error_code ignored;
  fs::remove(temporary_, ignored);
}

void CheckpointWriter::fail(int error) const {
  throw std::runtime_error(
      fmt::format("{}: the checkpoint cannot be written: {}", target_.string(), message_of(error)));
}

void CheckpointWriter::bytes(std::span<const std::byte> bytes) {
  if (bytes.empty()) return;  // it may point to nothing
  errno = 0;
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) != bytes.size()) fail(errno);
  checksum_.add(bytes);
  size_ += bytes.size();
}

void CheckpointWriter::number(std::uint64_t value) { bytes(std::as_bytes(std::span(&value, 1))); }
void CheckpointWriter::text(std::string_view text) {
  std::string padded(text);
  padded.resize((text.size() + 7) / 8 * 8);
  number(text.size());
  bytes(std::as_bytes(std::span(padded)));
}
void CheckpointWriter::numbers(std::span<const double> values) { bytes(std::as_bytes(values)); }
void CheckpointWriter::numbers(std::span<const std::uint64_t> values) { bytes(std::as_bytes(values)); }

void CheckpointWriter::finish() {
  number(size_ + tail_size);
  number(checksum_.value());
  errno = 0;
  if (std::fflush(file_.get()) != 0 || fsync(fileno(file_.get())) != 0) fail(errno);
  if (std::fclose(file_.release()) != 0) fail(errno);
  if (std::rename(temporary_.c_str(), target_.c_str()) != 0) fail(errno);
  temporary_.clear();
}

CheckpointReader::CheckpointReader(fs::path path) : path_(std::move(path)) {
  file_.reset(std::fopen(path_.c_str(), "rb"));
  if (!file_) refuse("cannot be read: " + message_of(errno));
  std::array<char, 8> start{};
  std::error_code error;
  const std::uint64_t size = fs::is_regular_file(path_, error) ? fs::file_size(path_, error) : 0;
  if (error || size < head_size + tail_size || std::fread(start.data(), 1, 8, file_.get()) != 8 ||
      start != magic)
    refuse("is no checkpoint of lockin, or its beginning is lost");
  left_ = size - 8;
  if (size % 8 != 0) refuse("is damaged: a part of it is missing");
  if (const std::uint64_t version = number(); version != format_version)
    refuse(fmt::format("is of format {}; this lockin reads format {}", version, format_version));
  Checksum checksum;
  checksum.add(std::as_bytes(std::span(magic)));
  checksum.add(std::as_bytes(std::span(&format_version, 1)));
  std::vector<std::byte> buffer(1 << 20);
  while (left_ > 16) {
    const std::span<std::byte> part =
        std::span(buffer).first(std::min<std::uint64_t>(buffer.size(), left_ - 16));
    bytes(part);
    checksum.add(part);
  }
  const std::uint64_t said = number();
  checksum.add(std::as_bytes(std::span(&said, 1)));
  if (said != size || number() != checksum.value())
    refuse("is damaged: its checksum is wrong. Remove it to start again");
  if (std::fseek(file_.get(), static_cast<long>(head_size), SEEK_SET) != 0) refuse(message_of(errno));
  left_ = size - head_size - tail_size;
}

void CheckpointReader::refuse(const std::string& reason) const {
  throw std::invalid_argument(fmt::format("{}: {}", path_.string(), reason));
}

void CheckpointReader::check_room(std::uint64_t values) const {
  if (values > left_ / 8) refuse("is damaged: it holds less than it says");
}

void CheckpointReader::bytes(std::span<std::byte> bytes) {
  if (bytes.empty()) return;
  if (bytes.size() > left_) refuse("is damaged: it ends too early");
  if (std::fread(bytes.data(), 1, bytes.size(), file_.get()) != bytes.size())
    refuse("cannot be read to its end");
  left_ -= bytes.size();
}

std::uint64_t CheckpointReader::number() {
  std::uint64_t value = 0;
  bytes(std::as_writable_bytes(std::span(&value, 1)));
  return value;
}
std::uint64_t CheckpointReader::number(std::uint64_t most) {
  const std::uint64_t value = number();
  if (value > most) refuse("is damaged: a number in it is out of its range");
  return value;
}
std::string CheckpointReader::text() {
  const std::uint64_t size = number(left_);
  std::string text((size + 7) / 8 * 8, '\0');
  bytes(std::as_writable_bytes(std::span(text)));
  text.resize(size);
  return text;
}
void CheckpointReader::numbers(std::span<double> values) { bytes(std::as_writable_bytes(values)); }
void CheckpointReader::numbers(std::span<std::uint64_t> values) { bytes(std::as_writable_bytes(values)); }

CheckpointKeeper::CheckpointKeeper(fs::path path, bool resume, double least_seconds, RunIdentity identity)
    : path_(std::move(path)), identity_(std::move(identity)), least_seconds_(least_seconds) {
  std::error_code ignored;
  if (path_.empty() || !fs::exists(fs::symlink_status(path_, ignored))) return;
  if (!resume)
    throw std::invalid_argument(
        path_.string() +
        ": is the checkpoint of a run that did not end. The same command with --resume goes "
        "on with it; remove it to start again");
  earlier_.emplace(path_);
  kept_ = true;
  for (const auto& [what, here] : identity_) {
    if (earlier_->text() != what) earlier_->refuse("is of another kind of run");
    if (const std::string there = earlier_->text(); there != here) {
      const auto [a, b] = first_difference(there, here);
      earlier_->refuse(fmt::format("is of another {}: `{}` there, `{}` here", what, a, b));
    }
  }
}

void CheckpointKeeper::write(const Save& save) {
  const Clock::time_point start = Clock::now();
  CheckpointWriter writer(path_);
  for (const auto& [what, value] : identity_) {
    writer.text(what);
    writer.text(value);
  }
  save(writer);
  writer.finish();
  kept_ = true;
  last_ = Clock::now();
  write_seconds_ = std::chrono::duration<double>(last_ - start).count();
}

void CheckpointKeeper::keep(const Save& save) {
  if (path_.empty()) return;
  const double since = std::chrono::duration<double>(Clock::now() - last_).count();
  if (since >= std::max(least_seconds_, 20 * write_seconds_)) write(save);
}

void CheckpointKeeper::keep_last(const Save& save) {
  if (!path_.empty() && write_seconds_ < 0.5) write(save);
}

}  // namespace lockin
