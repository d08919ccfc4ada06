#include "scenario/columns.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <optional>

#include "csv_table.hpp"
#include "scenario/limits.hpp"
#include "scenario/value_reader.hpp"

namespace lockin {
namespace {

namespace fs = std::filesystem;

struct Columns {
  std::vector<double> values, weights;
};

// Nothing if it cannot be read; a byte more than is allowed of a larger file.
std::optional<std::string> content(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text(limits::table_bytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (!in.is_open() || in.bad()) return std::nullopt;
  return text;
}

Node text_node(const Mark& mark, std::string text) {
  Node node;
  node.type = Node::Type::text;
  node.text = std::move(text);
  node.mark = node.key_mark = mark;
  return node;
}

Node list_node(const Mark& mark, const std::vector<double>& numbers) {
  Node node;
  node.type = Node::Type::array;
  node.mark = node.key_mark = mark;
  for (const double x : numbers) {
    node.items.emplace_back();
    node.items.back().type = Node::Type::real;
    node.items.back().real = x;
    node.items.back().mark = mark;
  }
  return node;
}

class ColumnReader {
 public:
  explicit ColumnReader(ProblemList& problems) : problems_(problems), read_(problems) {}

  void walk(Node& node, const std::string& key) {
    if (node.is_table()) {
      const Node* dist = node.find("dist");
      if (dist && dist->type == Node::Type::text && dist->text == "empirical") return distribution(node, key);
    }
    for (Node::Entry& entry : node.entries) walk(entry.value, key_path(key, entry.key.substr(0, 64)));
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      const Node* name = node.items[i].is_table() ? node.items[i].find("name") : nullptr;
      walk(node.items[i], name ? key_path(key, name->text) : fmt::format("{}[{}]", key, i));
    }
  }

 private:
  void distribution(Node& node, const std::string& key) {
    if (!read_.table(node, key, "<number>", "empirical")) return;
    std::string names[3];
    bool sound = true;
    for (const auto& [part, name] : {std::pair("file", &names[0]), std::pair("column", &names[1]),
                                     std::pair("weight_column", &names[2])}) {
      const SchemaKey& rule = schema_key(key_path("<number>", part));
      const Node* of = node.find(part);
      if (of) *name = read_.text(*of, key_path(key, part), rule.allowed);
      if ((of && !name->empty()) || (!of && !rule.required)) continue;
      if (!of || of->type == Node::Type::text)
        problems_.add(of ? of->mark : node.mark, key_path(key, part), of ? "an empty text" : "nothing",
                      std::string(rule.allowed));
      sound = false;
    }
    if (!sound) return;
    const Node& file = *node.find("file");
    const auto columns = read(file, key, names[0], names[1], names[2]);
    if (!columns) return;
    std::vector<Node::Entry> entries{{"dist", text_node(node.find("dist")->mark, "discrete")},
                                     {"values", list_node(file.mark, columns->values)}};
    if (!names[2].empty()) entries.push_back({"weights", list_node(file.mark, columns->weights)});
    for (const char* kept : {"source", "note"})
      if (const Node* of = node.find(kept)) entries.push_back({kept, *of});
    if (!node.has("source"))
      entries.push_back({"source", text_node(file.mark, fmt::format("{}, column {}", names[0], names[1]))});
    node.entries = std::move(entries);
  }

  // The two columns, or problems. Rows without a value are left out.
  std::optional<Columns> read(const Node& place, const std::string& key, const std::string& name,
                              const std::string& column, const std::string& weight_column) {
    const fs::path from = place.mark.source ? fs::path(place.mark.source->file).parent_path() : fs::path();
    const std::string path = (from / name).lexically_normal().string();
    const auto wrong = [&](std::string found, std::string allowed) {
      problems_.add(place.mark, key + ".file", path + ": " + std::move(found), std::move(allowed));
      return std::nullopt;
    };
    if (column == weight_column) return wrong("column " + column + " twice", "two columns of the file");
    std::error_code error;
    if (!fs::is_regular_file(path, error)) return wrong("no such file", "a CSV file, relative to this one");
    const std::optional<std::string> text = content(path);
    if (!text) return wrong("cannot be read", "a readable file");
    if (text->size() > limits::table_bytes)
      return wrong(fmt::format("more than {} bytes", limits::table_bytes),
                   fmt::format("at most {} bytes", limits::table_bytes));
    std::vector<std::string> wanted = {column};
    if (!weight_column.empty()) wanted.push_back(weight_column);
    Columns result;
    try {
      const CsvTable table(path, *text, wanted);
      for (std::size_t row = 0; row < table.rows(); ++row) {
        const std::optional<double> value = table.number(row, column);
        if (!value) continue;
        if (result.values.size() == limits::column_values)
          return wrong(fmt::format("more than {} values", limits::column_values),
                       fmt::format("at most {} values", limits::column_values));
        result.values.push_back(*value);
        if (weight_column.empty()) continue;
        const std::optional<double> weight = table.number(row, weight_column);
        if (!weight) table.refuse(row, weight_column, "a number");
        result.weights.push_back(*weight);
      }
    } catch (const InputError& wrong_table) {  // told where the scenario names the file
      const auto& [at, problem, line] = wrong_table.problems().front();
      problems_.add(place.mark, key + ".file",
                    fmt::format("{}:{}:{}: {}: {}", path, at.line, at.column, problem.key,
                                problem.found.empty() ? "nothing" : problem.found.substr(0, 64)),
                    problem.allowed);
      return std::nullopt;
    }
    if (result.values.empty()) return wrong("no value in column " + column, "at least one number");
    return result;
  }

  ProblemList& problems_;
  ValueReader read_;
};

}  // namespace

void read_columns(Node& document, ProblemList& problems) { ColumnReader(problems).walk(document, ""); }

}  // namespace lockin
