#include "lockin/scenario/remarks.hpp"

#include "key_path.hpp"
#include "scenario/document.hpp"

namespace lockin {
namespace {

std::string text_of(const Node& table, std::string_view key) {
  const Node* found = table.find(key);
  return found != nullptr && found->type == Node::Type::text ? found->text : std::string();
}

void collect(const Node& node, const std::string& path, std::vector<Remark>& found) {
  Remark remark{path, text_of(node, "source"), text_of(node, "note")};
  if (!remark.source.empty() || !remark.note.empty()) found.push_back(std::move(remark));
  for (const Node::Entry& entry : node.entries) collect(entry.value, key_path(path, entry.key), found);
  for (const Node& item : node.items)  // events go by their names
    collect(item, item.is_table() ? key_path(path, text_of(item, "name")) : path, found);
}

}  // namespace

std::vector<Remark> remarks(std::string_view scenario) {
  std::vector<Remark> found;
  collect(parse_document(scenario, "scenario"), "", found);
  return found;
}

}  // namespace lockin
