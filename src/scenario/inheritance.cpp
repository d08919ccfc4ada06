#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "key_path.hpp"
#include "lockin/market/calendar.hpp"
#include "lockin/scenario/schema.hpp"
#include "scenario/document.hpp"
#include "scenario/limits.hpp"

namespace lockin {
namespace {

// A *value* replaces the old one as a whole: a path, a distribution, a spread, sizes, nests, a policy.
bool is_value(const Node& node) {
  if (!node.is_table()) return true;
  static const std::set<std::string, std::less<>> marks{"dist", "start",  "process", "spread",     "values",
                                                        "rule", "groups", "growth",  "interpolate"};
  return std::any_of(node.entries.begin(), node.entries.end(), [](const Node::Entry& e) {
    return marks.contains(e.key) || Date::parse(e.key).has_value();
  });
}

// True if a dotted key is one that the pattern of a row stands for.
bool matches(std::string_view key, std::string_view pattern) {
  while (true) {
    const std::size_t end = key.find('.'), pattern_end = pattern.find('.');
    const std::string_view want = pattern.substr(0, pattern_end);
    if (want != "*" && want != key.substr(0, end)) return false;
    if (end == std::string_view::npos || pattern_end == std::string_view::npos) return end == pattern_end;
    key.remove_prefix(end + 1);
    pattern.remove_prefix(pattern_end + 1);
  }
}

// Two tables of one key of which one is a value for all names and the other holds a value by name. Merged they would be
// neither. Names of keys are reserved, so that a part such as `initial` is never a name.
bool read_differently(const Node& one, const Node& other, const std::string& key) {
  const auto row = std::find_if(schema().begin(), schema().end(), [&](const SchemaKey& k) {
    return k.by != KeyedBy::nothing && matches(key, k.path);
  });
  if (row == schema().end()) return false;
  const std::vector<std::string> parts = schema_children(row->path);
  const auto holds = [&](const Node& node, bool of_parts) {
    return std::any_of(node.entries.begin(), node.entries.end(), [&](const Node::Entry& e) {
      const bool part = std::find(parts.begin(), parts.end(), e.key) != parts.end();
      return e.key != "source" && e.key != "note" && part == of_parts;
    });
  };
  return (holds(one, true) && holds(other, false)) || (holds(one, false) && holds(other, true));
}

void merge(Node& base, Node&& over, const std::string& path) {
  for (Node::Entry& entry : over.entries) {
    Node* old = base.find(entry.key);
    const std::string key = key_path(path, entry.key);
    if (!old) {
      base.entries.push_back(std::move(entry));
    } else if (key == "events" && old->type == Node::Type::array && entry.value.type == Node::Type::array) {
      for (Node& event : entry.value.items) {
        const Node* name = event.is_table() ? event.find("name") : nullptr;
        const auto same = std::find_if(old->items.begin(), old->items.end(), [&](const Node& known) {
          const Node* other = known.is_table() ? known.find("name") : nullptr;
          return name && other && name->type == Node::Type::text && other->type == Node::Type::text &&
                 name->text == other->text;
        });
        if (same == old->items.end())
          old->items.push_back(std::move(event));
        else
          *same = std::move(event);
      }
    } else if (key == "horizon" || (path.empty() && !is_value(entry.value)) ||
               (!is_value(*old) && !is_value(entry.value) && !read_differently(*old, entry.value, key))) {
      merge(*old, std::move(entry.value), key);
    } else {
      *old = std::move(entry.value);
    }
  }
}

Node inherit(Node document, const std::string& file, const Resolver& resolve,
             std::vector<std::string>& chain) {
  const Node* extends = document.find("extends");
  if (!extends) return document;
  ProblemList problems;
  if (extends->type != Node::Type::text || extends->text.empty()) {
    problems.add(extends->mark, "extends", shown(*extends), "a file name, relative to this file");
    problems.raise();
  }
  const auto [text, base_file] = resolve(extends->text, file, extends->mark);
  if (std::find(chain.begin(), chain.end(), base_file) != chain.end()) {
    problems.add(extends->mark, "extends", "\"" + extends->text + "\", which extends this file",
                 "a file that does not lead back here");
    problems.raise();
  }
  if (chain.size() >= limits::extended_files) {
    problems.add(extends->mark, "extends",
                 fmt::format("more than {} files, one extending the other", limits::extended_files),
                 fmt::format("at most {}", limits::extended_files));
    problems.raise();
  }
  chain.push_back(base_file);
  Node base = inherit(parse_document(text, base_file), base_file, resolve, chain);
  document.entries.erase(std::remove_if(document.entries.begin(), document.entries.end(),
                                        [](const Node::Entry& e) { return e.key == "extends"; }),
                         document.entries.end());
  merge(base, std::move(document), "");
  return base;
}

}  // namespace

Node with_inheritance(Node document, const std::string& file, const Resolver& resolve) {
  std::vector<std::string> chain{file};
  return inherit(std::move(document), file, resolve, chain);
}

void apply_overrides(Node& document, const std::vector<std::string>& overrides) {
  auto source = std::make_shared<Source>();
  source->file = "--set";
  source->lines = overrides;
  ProblemList problems;
  for (std::size_t i = 0; i < overrides.size(); ++i) {
    const Mark mark{source, i + 1, 1};
    const std::size_t equals = overrides[i].find('=');
    std::string path = overrides[i].substr(0, equals);
    while (!path.empty() && path.back() == ' ') path.pop_back();
    const auto parts = split_path(path);
    if (equals == std::string::npos || !parts || parts->size() > limits::key_parts) {
      problems.add(mark, path, "\"" + overrides[i] + "\"", "KEY=VALUE with a dotted key and a TOML value",
                   "for example segments.firms.entry=0.2");
      continue;
    }
    if (parts->front() == "extends") {
      problems.add(mark, path, "an override of what the file extends", "extends in a file of its own",
                   "a file with extends = and the keys that differ");
      continue;
    }
    const std::string written = overrides[i].substr(equals + 1);
    Node value;
    try {
      Node line = parse_document("v = " + written, "--set");
      if (line.entries.size() == 1)
        value = std::move(line.entries.front().value);
      else
        problems.add(mark, path, "\"" + written + "\"", "one TOML value",
                     "each key needs a --set of its own");
      if (line.entries.size() != 1) continue;
    } catch (const InputError& error) {
      problems.add(mark, path, "\"" + written + "\"", "a TOML value",
                   "texts need quotes: --set 'run.engine=\"agent\"'");
      continue;
    }
    const std::function<void(Node&)> place = [&](Node& node) {
      node.mark = node.key_mark = mark;
      for (Node::Entry& entry : node.entries) place(entry.value);
      for (Node& item : node.items) place(item);
    };
    place(value);
    Node* at = &document;
    for (std::size_t p = 0; at && p + 1 < parts->size(); ++p) {
      if (at->type == Node::Type::array) {  // an event is found by its name
        const auto named = std::find_if(at->items.begin(), at->items.end(), [&](const Node& item) {
          const Node* name = item.find("name");
          return name && name->text == (*parts)[p];
        });
        at = named == at->items.end() ? nullptr : &*named;
        continue;
      }
      if (!at->is_table()) {
        at = nullptr;
        break;
      }
      if (!at->find((*parts)[p])) {
        Node table;
        table.mark = table.key_mark = mark;
        at->entries.push_back({(*parts)[p], std::move(table)});
      }
      at = at->find((*parts)[p]);
    }
    if (!at || !at->is_table()) {
      problems.add(mark, path, "no table to set it in", "a key of the scenario, by its dotted path");
    } else if (Node* old = at->find(parts->back())) {
      *old = std::move(value);
    } else {
      at->entries.push_back({parts->back(), std::move(value)});
    }
  }
  problems.raise();
}

}  // namespace lockin
