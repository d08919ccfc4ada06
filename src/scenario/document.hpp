#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "lockin/error.hpp"

namespace lockin {

/// Where something stands; a file is shared by all its nodes.
struct Source {
  std::string file;
  std::vector<std::string> lines;
};
struct Mark {
  std::shared_ptr<const Source> source;  // outlives the document: messages quote its lines
  std::size_t line = 0, column = 0;
};

/// A value of a TOML document, with its place. Tables keep the order of the file.
struct Node {
  enum class Type { table, array, text, integer, real, boolean, other };
  struct Entry;

  Type type = Type::table;
  std::string text;
  std::int64_t integer = 0;
  double real = 0;
  bool boolean = false;
  std::vector<Entry> entries;
  std::vector<Node> items;
  Mark mark;      ///< of the value
  Mark key_mark;  ///< of its key

  [[nodiscard]] bool is_number() const { return type == Type::integer || type == Type::real; }
  [[nodiscard]] double number() const { return type == Type::integer ? static_cast<double>(integer) : real; }
  [[nodiscard]] bool is_table() const { return type == Type::table; }
  [[nodiscard]] const Node* find(std::string_view key) const;
  [[nodiscard]] Node* find(std::string_view key);
  [[nodiscard]] bool has(std::string_view key) const { return find(key) != nullptr; }
};
struct Node::Entry {
  std::string key;
  Node value;
};

/// Collects problems with their places, all of a file before anything is thrown.
class ProblemList {
 public:
  void add(const Mark& mark, std::string key, std::string found, std::string allowed, std::string hint = {});
  [[nodiscard]] bool empty() const { return problems_.empty(); }
  /// @throws InputError with all of them, in the order of their places, if there are any.
  void raise();

 private:
  struct Held {
    PlacedProblem problem;
    std::shared_ptr<const Source> source;
  };
  std::vector<Held> problems_;
  std::unordered_set<std::string> known_;  // what was told already is not told again
};

/// The text of a file. @throws InputError for what is no readable file of at most `limits::file_bytes`.
std::string read_file(const std::string& file);

/// Parses TOML after checks that keep the parser from harm. @throws InputError
Node parse_document(std::string_view text, const std::string& file);

/// The text of another scenario that `extends` names, and the name to show for it.
using Resolver = std::function<std::pair<std::string, std::string>(
    const std::string& name, const std::string& from, const Mark& mark)>;

/// The document with what it extends merged under it. @throws InputError for a circle.
Node with_inheritance(Node document, const std::string& file, const Resolver& resolve);

/// Applies `KEY=VALUE` overrides; errors are placed in a file `--set`, the line counts the overrides.
void apply_overrides(Node& document, const std::vector<std::string>& overrides);

/// A value as it would be written, for messages: shortened where long.
std::string shown(const Node& node);

/// Dotted path split at its dots; parts may be quoted. Nothing if it is malformed.
std::optional<std::vector<std::string>> split_path(std::string_view path);

/// Puts values of the top of a file before its sections, where TOML has them: overrides and merged files add them behind.
void values_first(Node& document);

/// The document as TOML text that parses to the same values, in their order.
std::string write_document(const Node& document);

/// Shortest decimal text that reads back as the same double, with the point that TOML asks for.
std::string toml_number(double value);

}  // namespace lockin
