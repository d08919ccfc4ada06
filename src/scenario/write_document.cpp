#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "key_path.hpp"
#include "scenario/document.hpp"

namespace lockin {
namespace {

std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    if (c == '\n')
      result += "\\n";
    else if (c == '\t')
      result += "\\t";
    else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      result += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
    else
      result += c;
  }
  return result + "\"";
}

std::string key_text(const std::string& key) {
  const bool bare = !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
  return bare ? key : quoted(key);
}

std::string inline_text(const Node& node) {
  switch (node.type) {
    case Node::Type::text:
      return quoted(node.text);
    case Node::Type::integer:
      return std::to_string(node.integer);
    case Node::Type::real:
      return toml_number(node.real);
    case Node::Type::boolean:
      return node.boolean ? "true" : "false";
    case Node::Type::other:
      break;  // no key of the format takes one: refused before anything is written
    case Node::Type::array: {
      std::string text = "[";
      for (const Node& item : node.items) text += (text.size() > 1 ? ", " : "") + inline_text(item);
      return text + "]";
    }
    case Node::Type::table: {
      std::string text = "{";
      for (const Node::Entry& entry : node.entries)
        text += (text.size() > 1 ? ", " : " ") + key_text(entry.key) + " = " + inline_text(entry.value);
      return text + (node.entries.empty() ? "}" : " }");
    }
  }
  return "\"\"";
}

bool is_section(const Node::Entry& entry) {
  return entry.key == "events" || (entry.value.is_table() && entry.key != "portability");
}

// Sections and their named tables get headers; everything deeper stands on one line.
void write_table(const Node& node, const std::string& path, int headers, std::string& out) {
  for (const Node::Entry& entry : node.entries) {
    const bool section = headers > 0 && path.empty() && is_section(entry);
    const bool named = headers > 0 && !path.empty() && entry.value.is_table();
    if (!section && !named) out += key_text(entry.key) + " = " + inline_text(entry.value) + "\n";
  }
  for (const Node::Entry& entry : node.entries) {
    const std::string key = key_path(path, key_text(entry.key));
    if (path.empty() && entry.key == "events") {
      for (const Node& event : entry.value.items) {
        out += "\n[[events]]\n";
        write_table(event, key, 0, out);
      }
    } else if (headers > 0 && entry.value.is_table() && (!path.empty() || is_section(entry))) {
      const bool flat =
          path.empty() && (entry.key == "horizon" || entry.key == "market" || entry.key == "run");
      const bool keys = std::any_of(entry.value.entries.begin(), entry.value.entries.end(),
                                    [](const Node::Entry& e) { return !e.value.is_table(); });
      if (flat || keys || !path.empty()) out += "\n[" + key + "]\n";
      write_table(entry.value, key, flat ? 0 : headers - 1, out);
    }
  }
}

}  // namespace

void values_first(Node& document) {
  std::stable_partition(document.entries.begin(), document.entries.end(),
                        [](const Node::Entry& entry) { return !is_section(entry); });
}

std::string write_document(const Node& document) {
  std::string out;
  write_table(document, "", 2, out);
  return out;
}

}  // namespace lockin
