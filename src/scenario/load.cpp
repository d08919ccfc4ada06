#include "lockin/scenario/load.hpp"

#include <filesystem>

#include "lockin/scenario/bundled.hpp"
#include "scenario/columns.hpp"
#include "scenario/section_reader.hpp"
#include "spelling.hpp"

namespace lockin {
namespace {

// Where a dotted key of a market stands in the document: its longest part that is there.
Mark place_of(const Node& document, const std::string& key) {
  const Node* at = &document;
  Mark mark = document.mark;
  std::string rest = key;
  while (!rest.empty()) {
    const Node* next = nullptr;
    std::string name;
    if (at->is_table()) {
      std::size_t end = rest[0] == '"' ? rest.find('"', 1) : rest.find('.');
      if (rest[0] == '"' && end != std::string::npos) ++end;
      name = rest.substr(0, end);
      std::string bare = name;
      if (!bare.empty() && bare.front() == '"') bare = bare.substr(1, bare.size() - 2);
      next = at->find(bare);
    } else if (at->type == Node::Type::array) {  // an event, by its name, which may hold dots
      for (const Node& item : at->items) {
        const Node* of = item.is_table() ? item.find("name") : nullptr;
        if (of && (rest == of->text || rest.starts_with(of->text + "."))) {
          next = &item;
          name = of->text;
          break;
        }
      }
    }
    if (!next) break;
    at = next;
    mark = next->mark.line > 0 ? next->mark : next->key_mark;
    rest = name.size() < rest.size() ? rest.substr(name.size() + 1) : "";
  }
  return mark;
}

// What the file leaves to defaults that do not depend on other keys, so that the resolved text says it.
void write_defaults(Node& document, const Scenario& scenario) {
  const auto section = [&](const char* name) -> Node& {
    if (!document.has(name)) document.entries.push_back({name, Node{}});
    return *document.find(name);
  };
  const auto text = [](std::string_view value) {
    Node node;
    node.type = Node::Type::text;
    node.text = value;
    return node;
  };
  const auto whole = [](std::uint64_t value) {
    Node node;
    node.type = Node::Type::integer;
    node.integer = static_cast<std::int64_t>(value);
    return node;
  };
  const auto set = [](Node& table, const char* key, Node value) {
    if (!table.has(key)) table.entries.push_back({key, std::move(value)});
  };
  if (!document.has("title"))
    document.entries.insert(document.entries.begin(), {"title", text(scenario.spec.title)});
  static constexpr const char* periods[] = {"year", "quarter", "month"};
  set(section("horizon"), "period", text(periods[static_cast<int>(scenario.spec.period)]));
  Node& run = section("run");
  set(run, "engine", text(name_of(scenario.run.engine)));
  set(run, "replications", whole(scenario.run.replications));
  set(run, "seed", whole(scenario.run.seed));
  set(run, "sizes", text(scenario.run.draw_sizes ? "drawn" : "classes"));
}

Scenario read_scenario(std::string_view text, const std::string& file, const std::string& name,
                       const std::vector<std::string>& overrides, const Resolver& resolve) {
  Node document = with_inheritance(parse_document(text, file), file, resolve);
  apply_overrides(document, overrides);
  values_first(document);
  ProblemList problems;
  read_columns(document, problems);
  Scenario scenario = SectionReader(document, problems).read(name);
  problems.raise();
  for (const Problem& p : check_market(scenario.spec))
    problems.add(place_of(document, p.key), p.key, p.found, p.allowed, p.hint);
  problems.raise();
  write_defaults(document, scenario);
  scenario.resolved = write_document(document);
  return scenario;
}

std::string without_ending(const std::string& name) {
  return name.ends_with(".toml") ? name.substr(0, name.size() - 5) : name;
}

const BundledScenario* bundled(std::string_view name) {
  for (const BundledScenario& scenario : bundled_scenarios())
    if (scenario.name == name) return &scenario;
  return nullptr;
}

std::pair<std::string, std::string> resolve_bundled(const std::string& name, const std::string&,
                                                    const Mark& mark) {
  if (const BundledScenario* scenario = bundled(without_ending(name)))
    return {std::string(scenario->text), without_ending(name) + ".toml"};
  ProblemList problems;
  problems.add(mark, "extends", "\"" + name + "\"", "a scenario that is bundled, as this text has no folder");
  problems.raise();
  return {};
}

}  // namespace

Scenario load_scenario(const std::string& file, const std::vector<std::string>& overrides) {
  namespace fs = std::filesystem;
  const Resolver resolve = [](const std::string& name, const std::string& from, const Mark& mark) {
    const std::string base = (fs::path(from).parent_path() / name).lexically_normal().string();
    try {
      return std::pair(read_file(base), base);
    } catch (const InputError& error) {
      ProblemList problems;
      const Problem& p = error.problems().front().problem;
      problems.add(mark, "extends", base + ": " + p.found, "a scenario file, relative to this one", p.hint);
      problems.raise();
      throw;
    }
  };
  const std::string path = fs::path(file).lexically_normal().string();
  return read_scenario(read_file(file), path, fs::path(file).stem().string(), overrides, resolve);
}

Scenario parse_scenario(std::string_view text, const std::string& name,
                        const std::vector<std::string>& overrides) {
  return read_scenario(text, name, without_ending(name), overrides, resolve_bundled);
}

Scenario load_bundled(std::string_view name, const std::vector<std::string>& overrides) {
  const std::string bare = without_ending(std::string(name));
  if (const BundledScenario* scenario = bundled(bare))
    return read_scenario(scenario->text, bare + ".toml", bare, overrides, resolve_bundled);
  std::vector<std::string> names;
  for (const BundledScenario& scenario : bundled_scenarios()) names.emplace_back(scenario.name);
  throw InputError({{{std::string(name), 0, 0},
                     {"scenario", "no file and no bundled scenario of that name",
                      "a file, or a name that `lockin scenarios` lists", did_you_mean(bare, names)},
                     {}}});
}

}  // namespace lockin
