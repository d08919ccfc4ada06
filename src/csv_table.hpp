#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lockin {

/// A CSV file (RFC 4180), its first line the names of its columns; every row has as many fields. Blanks around a field that is not
/// quoted are no part of it, and an empty line is no row.
class CsvTable {
 public:
  /// @param file its name, for messages
  /// @param text its content
  /// @param columns that it must have, one at least
  /// @throws InputError with line and column
  CsvTable(std::string file, std::string_view text, const std::vector<std::string>& columns);

  /// All columns, in order.
  [[nodiscard]] const std::vector<std::string>& columns() const { return columns_; }
  /// How many rows, the names apart.
  [[nodiscard]] std::size_t rows() const { return fields_.size() / columns_.size(); }
  /// A field. @throws InputError for a column that the file does not have
  [[nodiscard]] const std::string& text(std::size_t row, std::string_view column) const;
  /// A number; nothing where the field is empty. @throws InputError for what is no finite number
  [[nodiscard]] std::optional<double> number(std::size_t row, std::string_view column) const;
  /// Refuses a field. @throws InputError, always
  [[noreturn]] void refuse(std::size_t row, std::string_view column, const std::string& allowed) const;

 private:
  struct Field {
    std::string text;
    std::uint32_t line = 1, column = 1;  // where it begins; columns count characters
  };
  class Reader;

  [[nodiscard]] std::size_t place(std::string_view column) const;
  [[nodiscard]] const Field& field(std::size_t row, std::string_view column) const;

  std::string file_;
  std::vector<std::string> columns_;
  std::vector<Field> fields_;  // [row][column]
};

}  // namespace lockin
