#include "csv_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "lockin/error.hpp"
#include "number_text.hpp"

namespace lockin {
namespace {

[[noreturn]] void refuse_at(const std::string& file, std::size_t line, std::size_t column, std::string key,
                            std::string found, std::string allowed) {
  throw InputError({{{file, line, column}, {std::move(key), std::move(found), std::move(allowed), {}}, {}}});
}

bool blank(char c) { return c == ' ' || c == '\t'; }

}  // namespace

/// Goes through the text record by record.
class CsvTable::Reader {
 public:
  Reader(const std::string& file, std::string_view text) : file_(file), text_(text) {
    if (text_.starts_with("\xEF\xBB\xBF")) text_.remove_prefix(3);  // of Windows: says that it is UTF-8
  }

  [[nodiscard]] bool done() const { return at_ == text_.size(); }

  /// Appends the fields of the next record, and says how many; 0 for an empty line.
  std::size_t record(std::vector<Field>& fields) {
    const std::size_t before = fields.size();
    do fields.push_back(field());
    while (take(','));
    const bool returned = take('\r');
    if (!done() && !take('\n'))
      refuse_at(file_, line_, column_, "text",
                returned ? "a carriage return within a line" : "text after a closing quote",
                "a comma, or the next line");
    if (fields.size() == before + 1 && fields.back().text.empty() && !quoted_) fields.pop_back();
    return fields.size() - before;
  }

 private:
  Field field() {
    while (!done() && blank(text_[at_])) step();
    Field result{{}, line_, column_};
    quoted_ = take('"');
    if (quoted_) {
      while (!take('"') || (!done() && text_[at_] == '"')) {
        if (done())
          refuse_at(file_, result.line, result.column, "text", "a quote that is not closed", "\"text\"");
        result.text += text_[at_];
        step();
      }
      while (!done() && blank(text_[at_])) step();
      return result;
    }
    while (!done() && text_[at_] != ',' && text_[at_] != '\n' && text_[at_] != '\r') {
      result.text += text_[at_];
      step();
    }
    while (!result.text.empty() && blank(result.text.back())) result.text.pop_back();
    return result;
  }

  void step() {
    const bool line_ends = text_[at_] == '\n';
    ++at_;
    if (line_ends) {
      ++line_;
      column_ = 1;
    } else if (done() || (static_cast<unsigned char>(text_[at_]) & 0xC0u) != 0x80u) {
      ++column_;
    }
  }

  bool take(char c) {
    if (done() || text_[at_] != c) return false;
    step();
    return true;
  }

  const std::string& file_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::uint32_t line_ = 1, column_ = 1;
  bool quoted_ = false;  // the last field
};

CsvTable::CsvTable(std::string file, std::string_view text, const std::vector<std::string>& columns)
    : file_(std::move(file)) {
  Reader reader(file_, text);
  std::vector<Field> names;
  if (!reader.done()) reader.record(names);
  for (Field& name : names) columns_.push_back(name.text);
  for (const std::string& column : columns) {
    const auto count = std::count(columns_.begin(), columns_.end(), column);
    if (count != 1)
      refuse_at(file_, 1, 1, "columns", count == 0 ? "no column " + column : "column " + column + " twice",
                fmt::format("{}", fmt::join(columns, ",")));
  }
  while (!reader.done()) {
    const std::size_t before = fields_.size(), count = reader.record(fields_);
    if (count != 0 && count != columns_.size())
      refuse_at(file_, fields_[before].line, 1, "columns", fmt::format("{} fields", count),
                fmt::format("{}, as the first line", columns_.size()));
  }
}

std::size_t CsvTable::place(std::string_view column) const {
  const auto found = std::find(columns_.begin(), columns_.end(), column);
  if (found == columns_.end())
    refuse_at(file_, 1, 1, "columns", fmt::format("no column {}", column),
              fmt::format("{}", fmt::join(columns_, ",")));
  return static_cast<std::size_t>(found - columns_.begin());
}

const CsvTable::Field& CsvTable::field(std::size_t row, std::string_view column) const {
  return fields_.at(row * columns_.size() + place(column));
}

const std::string& CsvTable::text(std::size_t row, std::string_view column) const {
  return field(row, column).text;
}

std::optional<double> CsvTable::number(std::size_t row, std::string_view column) const {
  const std::string& digits = text(row, column);
  if (digits.empty()) return std::nullopt;
  const std::optional<double> value = number_in(digits);
  if (!value || !std::isfinite(*value)) refuse(row, column, "a number, or nothing");
  return value;
}

void CsvTable::refuse(std::size_t row, std::string_view column, const std::string& allowed) const {
  const Field& of = field(row, column);
  refuse_at(file_, of.line, of.column, std::string(column), of.text, allowed);
}

}  // namespace lockin
