#include "report/detail/csv_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "lockin/error.hpp"
#include "number_text.hpp"

namespace lockin::detail {
namespace {

// Takes one record off the front of a text: its fields, and how many lines it took.
std::size_t take_record(std::string_view& text, std::vector<std::string>& fields) {
  std::size_t lines = 1, at = 0;
  std::string field;
  bool quoted = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (quoted) {
      if (c == '"' && at + 1 < text.size() && text[at + 1] == '"')
        field += text[++at];
      else if (c == '"')
        quoted = false;
      else
        field += c;
      lines += c == '\n';
    } else if (c == '"' && field.empty()) {
      quoted = true;
    } else if (c == ',') {
      fields.push_back(std::move(field));
      field.clear();
    } else if (c == '\n') {
      ++at;
      break;
    } else if (c != '\r') {
      field += c;
    }
  }
  fields.push_back(std::move(field));
  text.remove_prefix(at);
  return lines;
}

}  // namespace

CsvTable::CsvTable(std::string file, std::string_view text, const std::vector<std::string>& columns)
    : file_(std::move(file)) {
  std::size_t line = 1 + take_record(text, columns_);
  for (const std::string& column : columns)
    if (std::ranges::find(columns_, column) == columns_.end())
      refuse_file(1, fmt::format("no column {}", column), fmt::format("{}", fmt::join(columns, ",")));
  while (!text.empty()) {
    lines_.push_back(line);
    const std::size_t before = fields_.size();
    line += take_record(text, fields_);
    if (fields_.size() - before != columns_.size())
      refuse_file(lines_.back(), fmt::format("{} fields", fields_.size() - before),
                  fmt::format("{}, as the first line", columns_.size()));
  }
}

std::size_t CsvTable::place(std::string_view column) const {
  const auto found = std::ranges::find(columns_, column);
  if (found == columns_.end())
    refuse_file(1, fmt::format("no column {}", column), fmt::format("{}", fmt::join(columns_, ",")));
  return static_cast<std::size_t>(found - columns_.begin());
}

const std::string& CsvTable::text(std::size_t row, std::string_view column) const {
  return fields_.at(row * columns_.size() + place(column));
}

std::optional<double> CsvTable::number(std::size_t row, std::string_view column) const {
  const std::string& field = text(row, column);
  if (field.empty()) return std::nullopt;
  const std::optional<double> value = number_in(field);
  if (!value || !std::isfinite(*value)) refuse(row, column, "a number, or nothing");
  return value;
}

void CsvTable::refuse(std::size_t row, std::string_view column, const std::string& allowed) const {
  throw InputError({{{file_, lines_.at(row), 1}, {std::string(column), text(row, column), allowed, {}}, {}}});
}

void CsvTable::refuse_file(std::size_t line, const std::string& found, const std::string& allowed) const {
  throw InputError({{{file_, line, 1}, {"columns", found, allowed, {}}, {}}});
}

}  // namespace lockin::detail
