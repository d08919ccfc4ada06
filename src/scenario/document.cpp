#include "scenario/document.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cmath>

#include "number_text.hpp"
#include "scenario/guard.hpp"
#include "scenario/limits.hpp"

namespace lockin {
namespace {

Mark mark_of(const toml::source_region& region, const std::shared_ptr<const Source>& source) {
  return {source, region.begin.line, region.begin.column};
}

Node convert(const toml::node& from, const std::shared_ptr<const Source>& source) {
  Node node;
  node.mark = mark_of(from.source(), source);
  switch (from.type()) {
    case toml::node_type::table:
      for (const auto& [key, value] : *from.as_table()) {
        Node child = convert(value, source);
        child.key_mark = mark_of(key.source(), source);
        node.entries.push_back({std::string(key.str()), std::move(child)});
      }
      std::stable_sort(node.entries.begin(), node.entries.end(),
                       [](const Node::Entry& a, const Node::Entry& b) {
                         return std::pair(a.value.key_mark.line, a.value.key_mark.column) <
                                std::pair(b.value.key_mark.line, b.value.key_mark.column);
                       });
      break;
    case toml::node_type::array:
      node.type = Node::Type::array;
      for (const toml::node& item : *from.as_array()) node.items.push_back(convert(item, source));
      break;
    case toml::node_type::string:
      node.type = Node::Type::text;
      node.text = from.as_string()->get();
      break;
    case toml::node_type::integer:
      node.type = Node::Type::integer;
      node.integer = from.as_integer()->get();
      break;
    case toml::node_type::floating_point:
      node.type = Node::Type::real;
      node.real = from.as_floating_point()->get();
      break;
    case toml::node_type::boolean:
      node.type = Node::Type::boolean;
      node.boolean = from.as_boolean()->get();
      break;
    case toml::node_type::none:
    case toml::node_type::date:
    case toml::node_type::time:
    case toml::node_type::date_time:
      node.type = Node::Type::other;
      break;
  }
  return node;
}

// Cut at a character where it is longer.
std::string shortened(std::string text, std::size_t longest) {
  if (text.size() <= longest) return text;
  std::size_t cut = longest - 3;
  while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xc0) == 0x80) --cut;
  return text.substr(0, cut) + "...";
}

}  // namespace

const Node* Node::find(std::string_view key) const {
  for (const Entry& entry : entries)
    if (entry.key == key) return &entry.value;
  return nullptr;
}

Node* Node::find(std::string_view key) {
  for (Entry& entry : entries)
    if (entry.key == key) return &entry.value;
  return nullptr;
}

void ProblemList::add(const Mark& mark, std::string key, std::string found, std::string allowed,
                      std::string hint) {
  Held held{{{mark.source ? mark.source->file : "", mark.line, mark.column},
             {shortened(std::move(key), 200), shortened(std::move(found), 200),
              shortened(std::move(allowed), 500), shortened(std::move(hint), 300)},
             {}},
            mark.source};
  const Place& place = held.problem.place;
  const std::string identity = fmt::format("{}\n{} {}\n{}\n{}", place.file, place.line, place.column,
                                           held.problem.problem.key, held.problem.problem.found);
  if (known_.insert(identity).second) problems_.push_back(std::move(held));
}

void ProblemList::raise() {
  if (problems_.empty()) return;
  std::stable_sort(problems_.begin(), problems_.end(), [](const Held& a, const Held& b) {
    const Place &left = a.problem.place, &right = b.problem.place;
    return std::tie(left.file, left.line, left.column) < std::tie(right.file, right.line, right.column);
  });
  std::vector<PlacedProblem> placed;
  std::size_t room = 10 * limits::file_bytes;  // thousands of problems may stand on one line of a megabyte
  for (Held& held : problems_) {
    const std::size_t line = held.problem.place.line;
    if (held.source && line >= 1 && line <= held.source->lines.size()) {
      const std::string& text = held.source->lines[line - 1];
      if (text.size() <= room) held.problem.source_line = text;
      room -= std::min(room, text.size());
    }
    placed.push_back(std::move(held.problem));
  }
  throw InputError(std::move(placed));
}

Node parse_document(std::string_view text, const std::string& file) {
  auto source = std::make_shared<Source>();
  source->file = file;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    std::string line(text.substr(start, end - start));
    if (!line.empty() && line.back() == '\r') line.pop_back();
    source->lines.push_back(std::move(line));
    start = end + 1;
  }
  ProblemList problems;
  guard(text, source, problems);
  problems.raise();
  try {
    const toml::table table = toml::parse(text, file);
    return convert(table, source);
  } catch (const toml::parse_error& error) {
    problems.add(mark_of(error.source(), source), "TOML", std::string(error.description()),
                 "a TOML document");
    problems.raise();
  }
  return {};
}

std::string toml_number(double value) {
  std::string text = number_text(value);
  if (text.find_first_of(".en") == std::string::npos) text += ".0";
  return text;
}

std::string shown(const Node& node) {
  std::string text;
  switch (node.type) {
    case Node::Type::text:
      text = "\"" + node.text + "\"";
      break;
    case Node::Type::integer:
      text = std::to_string(node.integer);
      break;
    case Node::Type::real:
      text = number_text(node.real);
      break;
    case Node::Type::boolean:
      text = node.boolean ? "true" : "false";
      break;
    case Node::Type::array:
      text = "a list";
      break;
    case Node::Type::table: {
      text = "a table";
      if (node.entries.empty()) break;
      text += " with";
      for (std::size_t i = 0; i < node.entries.size() && i < 4; ++i)
        text += (i == 0 ? " " : ", ") + node.entries[i].key;
      if (node.entries.size() > 4) text += ", ...";
      break;
    }
    case Node::Type::other:
      text = "a TOML date or time";
      break;
  }
  return shortened(std::move(text), 80);
}

std::optional<std::vector<std::string>> split_path(std::string_view path) {
  std::vector<std::string> parts(1);
  bool quoted = false, was_quoted = false;
  for (const char c : path) {
    if (c == '"') {
      if (!quoted && !parts.back().empty()) return std::nullopt;
      quoted = !quoted;
      was_quoted = true;
    } else if (c == '.' && !quoted) {
      if (parts.back().empty() && !was_quoted) return std::nullopt;
      parts.emplace_back();
      was_quoted = false;
    } else {
      parts.back() += c;
    }
  }
  if (quoted || (parts.back().empty() && !was_quoted)) return std::nullopt;
  return parts;
}

}  // namespace lockin
