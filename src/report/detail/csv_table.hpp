#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lockin::detail {

/// A CSV file (RFC 4180), its first line the names of its columns; every row has as many fields.
class CsvTable {
 public:
  /// @param file its name, for messages
  /// @param text its content
  /// @param columns that it must have, at least
  /// @throws InputError
  CsvTable(std::string file, std::string_view text, const std::vector<std::string>& columns);

  /// All columns, in order.
  [[nodiscard]] const std::vector<std::string>& columns() const { return columns_; }
  /// How many rows, the names apart.
  [[nodiscard]] std::size_t rows() const { return lines_.size(); }
  /// A field. @throws InputError for a column that the file does not have
  [[nodiscard]] const std::string& text(std::size_t row, std::string_view column) const;
  /// A number; nothing where the field is empty. @throws InputError for what is no finite number
  [[nodiscard]] std::optional<double> number(std::size_t row, std::string_view column) const;
  /// Refuses a field. @throws InputError, always
  [[noreturn]] void refuse(std::size_t row, std::string_view column, const std::string& allowed) const;

 private:
  [[nodiscard]] std::size_t place(std::string_view column) const;
  [[noreturn]] void refuse_file(std::size_t line, const std::string& found, const std::string& allowed) const;

  std::string file_;
  std::vector<std::string> columns_, fields_;
  std::vector<std::size_t> lines_;  // of each row in the file, from 1
};

}  // namespace lockin::detail
