#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "scenario/guard.hpp"
#include "scenario/limits.hpp"

namespace lockin {
namespace {

std::optional<std::size_t> invalid_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto c = static_cast<unsigned char>(text[i]);
    const std::size_t length = c < 0x80                ? 1
                               : c >= 0xc2 && c < 0xe0 ? 2
                               : c >= 0xe0 && c < 0xf0 ? 3
                               : c >= 0xf0 && c < 0xf5 ? 4
                                                       : 0;
    if (length == 0 || i + length > text.size()) return i;
    const auto second = length > 1 ? static_cast<unsigned char>(text[i + 1]) : c;
    const bool overlong = (c == 0xe0 && second < 0xa0) || (c == 0xf0 && second < 0x90);
    const bool surrogate = c == 0xed && second >= 0xa0, beyond = c == 0xf4 && second >= 0x90;
    if (overlong || surrogate || beyond) return i;
    for (std::size_t k = 1; k < length; ++k)
      if ((static_cast<unsigned char>(text[i + k]) & 0xc0) != 0x80) return i;
    i += length;
  }
  return std::nullopt;
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

// Walks over the text as far as keys, strings and brackets go: the parser crashes on deep nesting and long dotted keys,
// and is undefined on some table headers.
class Scanner {
 public:
  Scanner(std::string_view text, const std::shared_ptr<const Source>& source, ProblemList& problems)
      : text_(text), source_(source), problems_(problems) {}

  void scan() {
    while (at_ < text_.size()) {
      skip_blank();
      if (at_ >= text_.size()) return;
      if (text_[at_] == '[')
        header();
      else
        statement();
    }
  }

 private:
  void skip_blank() {
    while (at_ < text_.size()) {
      if (text_[at_] == '#')
        skip_line();
      else if (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\r' || text_[at_] == '\n')
        next();
      else
        return;
    }
  }
  void next() {
    if (text_[at_] == '\n') ++line_, line_start_ = at_ + 1;
    ++at_;
  }
  void skip_line() {
    while (at_ < text_.size() && text_[at_] != '\n') ++at_;
  }
  Mark mark() const { return {source_, line_, characters(text_.substr(line_start_, at_ - line_start_)) + 1}; }

  void header() {
    const Mark where = mark();
    ++at_;
    const bool array = at_ < text_.size() && text_[at_] == '[';
    if (array) ++at_;
    std::size_t dots = 0;
    bool name = false, sound = true;
    while (at_ < text_.size() && text_[at_] != ']' && text_[at_] != '\n') {
      const char c = text_[at_];
      if (c == '"' || c == '\'') {
        sound = skip_string() && sound;
        name = true;
        continue;
      }
      const bool bare =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
      if (c == '.') {
        sound = sound && name;
        name = false;
        ++dots;
      } else if (bare) {
        name = true;
      } else if (c != ' ' && c != '\t') {
        sound = false;
      }
      ++at_;
    }
    const bool closed = at_ < text_.size() && text_[at_] == ']' &&
                        (!array || (at_ + 1 < text_.size() && text_[at_ + 1] == ']'));
    if (!sound || !name || !closed)
      problems_.add(where, "table header", "a header that is none", "[name] or [name.name], [[events]]");
    if (dots >= limits::key_parts)
      problems_.add(where, "table header", fmt::format("{} parts", dots + 1),
                    fmt::format("at most {} parts", limits::key_parts));
    skip_line();
  }

  // A key, its value, and what is nested in it, up to the end of the line on which the value ends.
  void statement() {
    const Mark where = mark();
    std::size_t dots = 0, depth = 0;
    bool in_key = true, told = false;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '\n' && depth == 0) return next();
      if (c == '#') {
        skip_line();
        continue;
      }
      if (c == '"' || c == '\'') {
        skip_string();
        continue;
      }
      if (c == '=') in_key = false;
      if (c == ',' || c == '{') in_key = depth > 0 || c == '{', dots = 0;
      if (c == '.' && in_key && ++dots >= limits::key_parts && !told) {
        problems_.add(where, "key", fmt::format("more than {} parts", limits::key_parts),
                      fmt::format("at most {} parts", limits::key_parts));
        told = true;
      }
      if (c == '[' || c == '{') {
        if (++depth > limits::nesting && !told) {
          problems_.add(where, "value", fmt::format("more than {} levels of nesting", limits::nesting),
                        fmt::format("at most {} levels", limits::nesting));
          told = true;
        }
      } else if ((c == ']' || c == '}') && depth > 0) {
        --depth;
      }
      next();
    }
  }

  bool skip_string() {
    const char quote = text_[at_];
    const bool multi = text_.substr(at_, 3) == std::string(3, quote);
    at_ += multi ? 3 : 1;
    while (at_ < text_.size()) {
      if (text_[at_] == '\\' && quote == '"' && at_ + 1 < text_.size()) {
        next();
        next();
        continue;
      }
      if (multi ? text_.substr(at_, 3) == std::string(3, quote) : text_[at_] == quote) {
        at_ += multi ? 3 : 1;
        for (int more = 0; multi && more < 2 && at_ < text_.size() && text_[at_] == quote; ++more) ++at_;
        return true;
      }
      if (!multi && text_[at_] == '\n') return false;
      next();
    }
    return false;
  }

  std::string_view text_;
  std::shared_ptr<const Source> source_;
  ProblemList& problems_;
  std::size_t at_ = 0, line_ = 1, line_start_ = 0;
};

[[noreturn]] void refuse(const std::string& file, std::string found, std::string allowed,
                         std::string hint = {}) {
  throw InputError({{{file, 0, 0}, {"file", std::move(found), std::move(allowed), std::move(hint)}, {}}});
}

}  // namespace

std::string read_file(const std::string& file) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::file_status status = fs::status(file, error);
  if (status.type() == fs::file_type::not_found)
    refuse(file, "no such file", "a scenario file", "`lockin scenarios` lists those that are bundled");
  if (fs::is_directory(status)) refuse(file, "a directory", "a scenario file");
  if (!fs::is_regular_file(status) && status.type() != fs::file_type::fifo &&
      status.type() != fs::file_type::character)
    refuse(file, "not a regular file", "a scenario file");
  std::ifstream in(file, std::ios::binary);
  if (!in) refuse(file, fmt::format("cannot be read: {}", std::strerror(errno)), "a readable scenario file");
  std::string text(limits::file_bytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (in.bad()) refuse(file, "cannot be read to its end", "a readable scenario file");
  if (text.size() > limits::file_bytes)
    refuse(file, fmt::format("more than {} bytes", limits::file_bytes),
           fmt::format("a scenario of at most {} bytes", limits::file_bytes));
  return text;
}

void guard(std::string_view text, const std::shared_ptr<const Source>& source, ProblemList& problems) {
  const auto place = [&](std::size_t offset) {
    const std::string_view before = text.substr(0, offset);
    const std::size_t line = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')) + 1;
    const std::size_t start = before.rfind('\n');
    return Mark{source, line, characters(before.substr(start == std::string_view::npos ? 0 : start + 1)) + 1};
  };
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos)
    return problems.add({source, 1, 1}, "file", "nothing",
                        "a scenario: at least horizon, layers, providers and segments");
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos)
    return problems.add(place(nul), "file", "a NUL byte", "text in UTF-8");
  if (const auto bad = invalid_utf8(text))
    return problems.add(place(*bad), "file", "bytes that are not UTF-8", "text in UTF-8");
  Scanner(text, source, problems).scan();
}

}  // namespace lockin
