#include <fmt/format.h>

#include <functional>
#include <map>
#include <stdexcept>

#include "lockin/market/population.hpp"
#include "scenario/section_reader.hpp"
#include "spelling.hpp"

namespace lockin {

void SectionReader::run() {
  const Node* node = part(document_, "run");
  if (!node || !read_.table(*node, "run", "run")) return;
  RunSection& run = scenario_.run;
  if (const Node* engine = node->find("engine")) {
    run.engine_is_default = false;
    if (const auto which = read_.choice(*engine, "run.engine", schema_key("run.engine")))
      run.engine = static_cast<EngineKind>(*which);
  }
  if (const Node* value = node->find("replications"))
    if (const auto n = read_.integer(*value, "run.replications", schema_key("run.replications")))
      run.replications = static_cast<std::uint64_t>(*n);
  if (const Node* value = node->find("seed"))
    if (const auto n = read_.integer(*value, "run.seed", schema_key("run.seed")))
      run.seed = static_cast<std::uint64_t>(*n);
  if (const Node* value = node->find("customers"))
    if (const auto n = read_.integer(*value, "run.customers", schema_key("run.customers"))) {
      if (static_cast<std::uint64_t>(*n) < read_.segments.size())
        read_.problem(value->mark, "run.customers", shown(*value),
                      fmt::format("at least the number of segments, {}", read_.segments.size()));
      else
        run.customers = static_cast<std::uint64_t>(*n);
    }
  for (const auto& [name, into] :
       {std::pair("parameters", &run.draw_parameters), std::pair("shocks", &run.draw_shocks)})
    if (const Node* value = node->find(name))
      if (const auto which =
              read_.choice(*value, std::string("run.") + name, schema_key(std::string("run.") + name)))
        *into = *which == 1;
  if (const Node* value = node->find("design"))
    if (const auto which = read_.choice(*value, "run.design", schema_key("run.design")))
      run.design = static_cast<Design>(*which);
  if (const Node* value = node->find("sizes"))
    if (const auto which = read_.choice(*value, "run.sizes", schema_key("run.sizes")))
      run.draw_sizes = *which == 1;
  if (run.draw_sizes && run.engine != EngineKind::agent)
    read_.problem(node->find("sizes")->mark, "run.sizes", "\"drawn\" with another engine",
                  "\"drawn\" only with engine = \"agent\"");
  if (run.customers && read_.sound()) every_segment_is_simulated(node->find("customers")->mark);
}

void SectionReader::every_segment_is_simulated(const Mark& mark) {
  std::vector<std::uint64_t> real;
  real.reserve(scenario_.spec.segments.size());
  for (const SegmentSpec& segment : scenario_.spec.segments) real.push_back(segment.customers);
  const std::vector<std::uint64_t> simulated = share_out(real, *scenario_.run.customers);
  for (std::size_t s = 0; s < simulated.size(); ++s)
    if (simulated[s] == 0)
      read_.problem(mark, "run.customers",
                    fmt::format("{}, which leaves segment {} without a customer", *scenario_.run.customers,
                                read_.segments[s]),
                    "enough simulated customers for every segment");
}

// The order of the file, which does not change when the order of reading does.
void SectionReader::uncertain_numbers() {
  std::map<const Node*, std::size_t> position;
  const std::function<void(const Node&)> walk = [&](const Node& node) {
    position.emplace(&node, position.size());
    for (const Node::Entry& entry : node.entries) walk(entry.value);
    for (const Node& item : node.items) walk(item);
  };
  if (!read_.uncertain.empty()) walk(document_);
  std::stable_sort(read_.uncertain.begin(), read_.uncertain.end(),
                   [&](const ValueReader::Uncertain& a, const ValueReader::Uncertain& b) {
                     return position.at(a.node) < position.at(b.node);
                   });
  for (ValueReader::Uncertain& uncertain : read_.uncertain)
    scenario_.uncertain.push_back(std::move(uncertain.number));
}

// Which numbers are uncertain is known once all sections are read.
void SectionReader::correlations() {
  const Node* run = part(document_, "run");
  const Node* node = run ? part(*run, "correlations") : nullptr;
  if (!node) return;
  const SchemaKey& rule = schema_key("run.correlations");
  if (node->type != Node::Type::array)
    return read_.problem(node->mark, "run.correlations", shown(*node), std::string(rule.allowed));
  std::vector<GaussianCopula::Pair> pairs;
  for (std::size_t i = 0; i < node->items.size(); ++i)
    if (const auto pair = correlation(node->items[i], fmt::format("run.correlations[{}]", i)))
      pairs.push_back(*pair);
  if (pairs.size() != node->items.size()) return;  // told already
  try {
    GaussianCopula checked(pairs);
  } catch (const std::invalid_argument& error) {
    read_.problem(node->mark, "run.correlations", error.what(),
                  "correlations that can hold at once: any smaller ones do");
  }
  for (const GaussianCopula::Pair& pair : pairs)
    scenario_.correlations.push_back(
        {scenario_.uncertain[pair.first].key, scenario_.uncertain[pair.second].key, pair.value});
}

std::optional<GaussianCopula::Pair> SectionReader::correlation(const Node& node, const std::string& key) {
  if (!read_.table(node, key, "run.correlations")) return std::nullopt;
  const Node *between = node.find("between"), *value = node.find("value");
  const SchemaKey& of_between = schema_key("run.correlations.between");
  if (!between || between->type != Node::Type::array || between->items.size() != 2) {
    read_.problem(between ? between->mark : node.mark, key + ".between",
                  between ? shown(*between) : "nothing", std::string(of_between.allowed));
    return std::nullopt;
  }
  std::vector<std::string> keys;
  keys.reserve(scenario_.uncertain.size());
  for (const UncertainNumber& number : scenario_.uncertain) keys.push_back(number.key);
  std::vector<std::size_t> places;
  for (const Node& name : between->items) {
    const auto found = std::find(keys.begin(), keys.end(), name.text);
    if (name.type == Node::Type::text && found != keys.end()) {
      places.push_back(static_cast<std::size_t>(found - keys.begin()));
      continue;
    }
    const std::string hint = did_you_mean(name.text, keys, "\"");
    read_.problem(name.mark, key + ".between", shown(name) + ", which is no uncertain number",
                  std::string(of_between.allowed),
                  !hint.empty()  ? hint
                  : keys.empty() ? "no number of this scenario is a distribution"
                                 : fmt::format("one of {}", fmt::join(keys, ", ")));
  }
  if (!value)
    read_.problem(node.mark, key + ".value", "nothing",
                  std::string(schema_key("run.correlations.value").allowed));
  const auto x = value ? read_.number(*value, key + ".value", schema_key("run.correlations.value"), false)
                       : std::nullopt;
  if (places.size() != 2 || !x) return std::nullopt;
  return GaussianCopula::Pair{places[0], places[1], *x};
}

}  // namespace lockin
