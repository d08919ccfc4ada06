#include <fmt/format.h>

#include "key_path.hpp"
#include "scenario/section_reader.hpp"

namespace lockin {
namespace {

bool is_dist(const Node& node) { return node.has("dist"); }
bool is_taste_table(const Node& node) { return node.has("dist") || node.has("spread") || node.has("values"); }
bool is_cost_table(const Node& node) {
  return node.has("initial") || node.has("full") || ValueReader::is_path_table(node);
}
bool is_adopt_table(const Node& node) { return node.has("innovate") || node.has("imitate"); }

}  // namespace

void SectionReader::segments() {
  const Node* node = part(document_, "segments");
  for (const std::string& name : read_.segments) {
    SegmentSpec spec;
    spec.name = name;
    segment(*node->find(name), "segments." + name, spec);
    scenario_.spec.segments.push_back(std::move(spec));
  }
}

void SectionReader::segment(const Node& node, const std::string& key, SegmentSpec& spec) {
  if (!read_.table(node, key, "segments.*")) return;
  if (const Node* customers = node.find("customers")) {
    if (const auto n = read_.integer(*customers, key + ".customers", schema_key("segments.*.customers")))
      spec.customers = static_cast<std::uint64_t>(*n);
  } else {
    read_.problem(node.mark.line > 0 ? node.mark : node.key_mark, key + ".customers", "nothing",
                  std::string(schema_key("segments.*.customers").allowed));
  }
  const auto path_of = [&](const char* name, Path& into) {
    if (const Node* value = node.find(name))
      if (auto path = read_.path(*value, key_path(key, name), schema_key(std::string("segments.*.") + name)))
        into = *path;
  };
  path_of("entry", spec.entry_per_year);
  path_of("exit", spec.exit_per_year);
  path_of("private_share", spec.private_share);
  const auto paths_of = [&](const char* name, Keyed<Path>& into) {
    const Node* value = node.find(name);
    const SchemaKey& rule = schema_key(std::string("segments.*.") + name);
    if (value)
      into = read_.keyed<Path>(
          *value, key_path(key, name), rule,
          [&](const Node& n, const std::string& k) { return read_.path(n, k, rule); },
          &ValueReader::is_path_table);
  };
  paths_of("intensity", spec.intensity);
  paths_of("network", spec.network);
  paths_of("re_evaluate", spec.re_evaluate_per_year);
  const Node* re_evaluate = node.find("re_evaluate");
  if (!re_evaluate)
    read_.problem(node.mark.line > 0 ? node.mark : node.key_mark, key + ".re_evaluate", "nothing",
                  std::string(schema_key("segments.*.re_evaluate").allowed) + " for every layer");
  else if (re_evaluate->is_table() && !ValueReader::is_path_table(*re_evaluate))
    for (const std::string& layer : read_.layers)
      if (!re_evaluate->has(layer))
        read_.problem(re_evaluate->mark, key_path(key, "re_evaluate", layer), "nothing",
                      "a probability per year (0..1) for every layer");
  if (const Node* value = node.find("size")) size(*value, key + ".size", spec);
  if (const Node* value = node.find("taste")) tastes(*value, key + ".taste", spec);
  costs_and_adoption(node, key, spec);
  between_layers(node, key, spec);
}

void SectionReader::size(const Node& node, const std::string& key, SegmentSpec& spec) {
  if (node.is_number()) {
    if (node.number() != 1)
      read_.problem(node.mark, key, shown(node), "1: the mean size is always 1",
                    "the level of spend is intensity");
    return;
  }
  if (!node.is_table() || !node.has("spread"))
    return read_.problem(node.mark, key, shown(node), std::string(schema_key("segments.*.size").allowed),
                         node.is_table() && node.has("dist")
                             ? "did you mean spread? Customers differ; dist is one uncertain number"
                             : "");
  const auto kind = read_.choice(*node.find("spread"), key + ".spread", schema_key("segments.*.size.spread"));
  if (!kind) return;
  const std::string parameter = *kind == 0 ? "tail" : "sigma";
  read_.table(node, key, "segments.*.size", node.find("spread")->text);
  spec.size.spread = *kind == 0 ? SizeSpec::Spread::pareto : SizeSpec::Spread::lognormal;
  spec.size.parameter = 2;
  if (const Node* value = node.find(parameter)) {
    if (const auto x =
            read_.number(*value, key_path(key, parameter), schema_key("segments.*.size." + parameter), false))
      spec.size.parameter = *x;
  } else {
    read_.problem(node.mark, key_path(key, parameter), "nothing",
                  std::string(schema_key("segments.*.size." + parameter).allowed));
  }
  if (const Node* classes = node.find("classes"))
    if (const auto n = read_.integer(*classes, key + ".classes", schema_key("segments.*.size.classes")))
      spec.size.classes = static_cast<int>(*n);
  if (const Node* value = node.find("switching_cost"))
    if (const auto x = read_.number(*value, key + ".switching_cost",
                                    schema_key("segments.*.size.switching_cost"), false))
      spec.size.switching_cost_exponent = *x;
}

void SectionReader::tastes(const Node& node, const std::string& key, SegmentSpec& spec) {
  if (!read_.table(node, key, "segments.*.taste")) return;
  for (const auto& [name, into] :
       {std::pair("price", &spec.taste_price), std::pair("quality", &spec.taste_quality),
        std::pair("switching_cost", &spec.taste_switching_cost)}) {
    const SchemaKey& rule = schema_key(std::string("segments.*.taste.") + name);
    if (const Node* value = node.find(name))
      *into = read_.keyed<TasteSpec>(
          *value, key_path(key, name), rule,
          [&](const Node& n, const std::string& k) { return read_.taste(n, k, rule); }, &is_taste_table);
  }
  const SchemaKey& reach = schema_key("segments.*.taste.reach");
  if (const Node* value = node.find("reach"))
    spec.taste_reach = read_.keyed<double>(
        *value, key + ".reach", reach,
        [&](const Node& n, const std::string& k) { return read_.number(n, k, reach); }, &is_dist);
  const Node* classes = node.find("classes");
  if (!classes) return;
  if (classes->type != Node::Type::array || classes->items.empty())
    return read_.problem(classes->mark, key + ".classes", shown(*classes),
                         std::string(schema_key("segments.*.taste.classes").allowed));
  std::vector<std::string> coefficients = schema_children("segments.*.taste.classes");
  std::erase(coefficients, "weight");
  for (std::size_t i = 0; i < classes->items.size(); ++i) {
    const Node& item = classes->items[i];
    const std::string at = fmt::format("{}.classes[{}]", key, i);
    if (!read_.table(item, at, "segments.*.taste.classes")) continue;
    TasteClassSpec one;
    if (const Node* weight = item.find("weight"))
      if (const auto x = read_.number(*weight, at + ".weight", schema_key("segments.*.taste.classes.weight")))
        one.weight = *x;
    for (const std::string& name : coefficients) {
      const Node* value = item.find(name);
      if (value && node.has(name))
        read_.problem(value->key_mark, key_path(at, name),
                      fmt::format("{} in taste and in taste.classes", name),
                      "one of the two: they exclude each other");
      if ((value != nullptr) != classes->items.front().has(name))
        read_.problem(item.mark, key_path(at, name),
                      value ? "a coefficient that the first class lacks" : "nothing",
                      "the same coefficients in all classes");
      if (!value) continue;
      const auto x =
          read_.number(*value, key_path(at, name), schema_key(key_path("segments.*.taste.classes", name)));
      (name == "price" ? one.price : name == "quality" ? one.quality : one.switching_cost) = x;
    }
    if (i == 0 && std::none_of(coefficients.begin(), coefficients.end(),
                               [&](const std::string& c) { return item.has(c); }))
      read_.problem(item.mark, at, "a class without a coefficient",
                    "at least one of price, quality, switching_cost");
    spec.taste_classes.push_back(one);
  }
}

void SectionReader::costs_and_adoption(const Node& node, const std::string& key, SegmentSpec& spec) {
  const SchemaKey &cost_rule = schema_key("segments.*.switching_cost"),
                  &initial_rule = schema_key("segments.*.switching_cost.initial"),
                  &full_rule = schema_key("segments.*.switching_cost.full"),
                  &adopt_rule = schema_key("segments.*.adopt"),
                  &innovate_rule = schema_key("segments.*.adopt.innovate"),
                  &imitate_rule = schema_key("segments.*.adopt.imitate"),
                  &adopted_rule = schema_key("segments.*.adopted");
  const auto stages_of = [&](const std::string& k) {  // a cost for all layers may use the stages of any
    int most = 0;
    for (const LayerSpec& layer : scenario_.spec.layers)
      if (k == key + ".switching_cost" || k == key + ".switching_cost." + layer.name)
        most = std::max(most, layer.stages);
    return most;
  };
  const auto read_cost = [&](const Node& n, const std::string& k) -> std::optional<SwitchingCostSpec> {
    SwitchingCostSpec cost;
    if (!n.is_table() || !(n.has("initial") || n.has("full"))) {
      const auto path = read_.path(n, k, cost_rule);
      if (!path) return std::nullopt;
      cost.initial = *path;
      return cost;
    }
    read_.table(n, k, "segments.*.switching_cost");
    const Node *initial = n.find("initial"), *full = n.find("full");
    if (!initial)
      read_.problem(n.mark, k + ".initial", "nothing", "a number >= 0: the cost at stage 0");
    else if (const auto path = read_.path(*initial, k + ".initial", initial_rule))
      cost.initial = *path;
    if (full && stages_of(k) == 0)
      read_.problem(full->key_mark, k + ".full", "a cost at the last stage of a layer without stages",
                    "a single value, or lock_in.stages of at least 1");
    else if (full)
      cost.full = read_.path(*full, k + ".full", full_rule);
    else if (stages_of(k) > 0)
      read_.problem(n.mark, k + ".full", "nothing", "a number >= initial: the cost at the last stage");
    return cost;
  };
  if (const Node* value = node.find("switching_cost"))
    spec.switching_cost =
        read_.keyed<SwitchingCostSpec>(*value, key + ".switching_cost", cost_rule, read_cost, &is_cost_table);
  const auto read_adopt = [&](const Node& n, const std::string& k) -> std::optional<AdoptSpec> {
    AdoptSpec adopt;
    if (!read_.table(n, k, "segments.*.adopt")) return std::nullopt;
    const Node *innovate = n.find("innovate"), *imitate = n.find("imitate");
    if (!innovate)
      read_.problem(n.mark, k + ".innovate", "nothing", "a probability per year (0..1)");
    else if (const auto path = read_.path(*innovate, k + ".innovate", innovate_rule))
      adopt.innovate_per_year = *path;
    if (imitate)
      if (const auto path = read_.path(*imitate, k + ".imitate", imitate_rule))
        adopt.imitate_per_year = *path;
    return adopt;
  };
  if (const Node* value = node.find("adopt"))
    spec.adopt = read_.keyed<AdoptSpec>(*value, key + ".adopt", adopt_rule, read_adopt, &is_adopt_table);
  if (const Node* value = node.find("adopted"))
    spec.adopted = read_.keyed<double>(
        *value, key + ".adopted", adopted_rule,
        [&](const Node& n, const std::string& k) { return read_.number(n, k, adopted_rule); }, &is_dist);
}

void SectionReader::between_layers(const Node& node, const std::string& key, SegmentSpec& spec) {
  const auto two_slots = [&](const std::string& name) {
    return std::any_of(scenario_.spec.layers.begin(), scenario_.spec.layers.end(),
                       [&](const LayerSpec& l) { return l.name == name && l.slots == 2; });
  };
  if (const Node* affinity = node.find("affinity")) {
    std::vector<std::string> pairs;
    for (const std::string& to : read_.layers)
      for (const std::string& from : read_.layers) pairs.push_back(fmt::format("{}_from_{}", to, from));
    if (read_.table(*affinity, key + ".affinity", "segments.*.affinity", "", pairs))
      for (const std::string& to : read_.layers)
        for (const std::string& from : read_.layers) {
          const std::string name = fmt::format("{}_from_{}", to, from);
          const Node* value = affinity->find(name);
          if (!value) continue;
          const std::string at = key_path(key, "affinity", name);
          if (to == from && !two_slots(to))
            read_.problem(value->key_mark, at, "a layer with one slot, where it has no effect",
                          "a layer with slots = 2");
          else if (const auto path = read_.path(*value, at, schema_key("segments.*.affinity.*")))
            spec.affinity.push_back({to, from, *path});
        }
  }
  const Node* multi_home = node.find("multi_home");
  if (!multi_home ||
      !read_.table(*multi_home, key + ".multi_home", "segments.*.multi_home", "", read_.layers))
    return;
  for (const LayerSpec& layer : scenario_.spec.layers) {
    const Node* value = multi_home->find(layer.name);
    if (!value) continue;
    const std::string at = key + ".multi_home." + layer.name;
    if (layer.slots != 2) {
      read_.problem(value->key_mark, at, "a layer with one slot, where it has no effect",
                    "a layer with slots = 2");
      continue;
    }
    if (!read_.table(*value, at, "segments.*.multi_home.*")) continue;
    MultiHomeSpec multi{layer.name, 0, 0.5};
    for (const auto& [name, into] : {std::pair("share_of_customers", &multi.share_of_customers),
                                     std::pair("primary_spend", &multi.primary_spend)}) {
      const SchemaKey& rule = schema_key(std::string("segments.*.multi_home.*.") + name);
      const Node* number = value->find(name);
      if (!number)
        read_.problem(value->mark, key_path(at, name), "nothing", std::string(rule.allowed));
      else if (const auto x = read_.number(*number, key_path(at, name), rule, false))
        *into = *x;
    }
    spec.multi_home.push_back(multi);
  }
}

}  // namespace lockin
