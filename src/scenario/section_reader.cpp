#include "scenario/section_reader.hpp"

#include <fmt/format.h>

#include <cmath>
#include <set>

#include "key_path.hpp"
#include "lockin/market/annual_totals.hpp"
#include "scenario/limits.hpp"
#include "spelling.hpp"

namespace lockin {
namespace {

// Names that a key of the format has already, or that mean something else in results.
const std::set<std::string, std::less<>>& reserved() {
  static const std::set<std::string, std::less<>> names = [] {
    std::set<std::string, std::less<>> all{"all", "none", "rest", "default"};
    for (const SchemaKey& key : schema()) {
      const auto parts = split_path(key.path);
      for (const std::string& part : *parts)
        if (part != "*") all.insert(part);
    }
    return all;
  }();
  return names;
}

}  // namespace

Scenario SectionReader::read(const std::string& name) {
  scenario_.name = name;
  top_level(name);
  horizon();
  read_.layers = names("layers");
  read_.providers = names("providers");
  read_.segments = names("segments");
  if (too_many()) return scenario_;
  market();
  layers();
  providers();
  segments();
  events();
  run();
  uncertain_numbers();
  correlations();
  return scenario_;
}

// A market is a table of layers x providers x segments: what would not fit in memory is refused before it is built.
bool SectionReader::too_many() {
  bool told = false;
  const auto limit = [&](const char* section, std::size_t count, std::size_t allowed, const char* what) {
    if (count <= allowed) return;
    read_.problem(part(document_, section)->mark, section, fmt::format("{} {}", count, what),
                  fmt::format("at most {}", allowed));
    told = true;
  };
  limit("layers", read_.layers.size(), limits::layers, "layers");
  limit("providers", read_.providers.size(), limits::providers, "providers");
  limit("segments", read_.segments.size(), limits::segments, "segments");
  if (!told)
    limit("segments", read_.layers.size() * read_.providers.size() * read_.segments.size(),
          limits::combinations, "layers x providers x segments");
  return told;
}

void SectionReader::top_level(const std::string& name) {
  read_.table(document_, "", "");
  MarketSpec& spec = scenario_.spec;
  spec.title = name;
  if (const Node* title = part(document_, "title")) spec.title = read_.text(*title, "title", "a text");
  if (const Node* currency = part(document_, "currency")) {
    spec.currency = read_.text(*currency, "currency", schema_key("currency").allowed);
    const std::size_t space = spec.currency.rfind(' ');
    const std::string unit = space == std::string::npos ? "" : spec.currency.substr(space + 1);
    const std::string code = spec.currency.substr(0, space);
    const bool letters = std::all_of(code.begin(), code.end(),
                                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); });
    const bool known_unit =
        space == std::string::npos || unit == "k" || unit == "mn" || unit == "bn" || unit == "tn";
    if (code.empty() || code.size() > 8 || !letters || !known_unit)
      read_.problem(currency->mark, "currency", shown(*currency),
                    std::string(schema_key("currency").allowed));
  }
  if (const Node* portability = part(document_, "portability"))
    if (auto path = read_.path(*portability, "portability", schema_key("portability")))
      spec.portability = *path;
}

void SectionReader::horizon() {
  const Node* node = part(document_, "horizon");
  if (!node)
    return read_.problem(document_.mark, "horizon", "nothing",
                         "a table with start and end, period if not quarters");
  if (!read_.table(*node, "horizon", "horizon")) return;
  MarketSpec& spec = scenario_.spec;
  if (const Node* period = node->find("period"))
    if (const auto which = read_.choice(*period, "horizon.period", schema_key("horizon.period")))
      spec.period = static_cast<PeriodLength>(*which);
  read_.period = spec.period;
  std::optional<Date> start, end;
  for (const auto& [key, into] : {std::pair("start", &start), std::pair("end", &end)}) {
    const Node* date = node->find(key);
    if (!date)
      read_.problem(node->mark, std::string("horizon.") + key, "nothing", "a date: 2025, 2025Q1 or 2025-01");
    else
      *into = read_.date(*date, std::string("horizon.") + key);
  }
  if (!start || !end) return;
  spec.start = *start;
  spec.end = *end;
  try {
    Calendar(spec.start, spec.end, spec.period);
  } catch (const std::invalid_argument& error) {
    read_.problem(node->find("end")->mark, "horizon.end", end->text(), error.what());
  }
}

bool SectionReader::sound_name(const Node& node, const std::string& section, const std::string& name) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  bool sound = !name.empty() && name.size() <= limits::name_length && letter(name[0]);
  for (const char c : name) sound = sound && (letter(c) || (c >= '0' && c <= '9') || c == '_');
  const std::string key = key_path(section, name.substr(0, 64));
  if (!sound)
    read_.problem(
        node.key_mark, key, "a name that is none",
        fmt::format("letters, digits and _, beginning with a letter, at most {}", limits::name_length));
  else if (reserved().contains(name))
    read_.problem(node.key_mark, key, "a reserved name", "another name");
  else if (name.find("_from_") != std::string::npos)
    read_.problem(node.key_mark, key, "a name that contains _from_", "another name");
  else
    return true;
  return false;
}

std::vector<std::string> SectionReader::names(const char* section) {
  std::vector<std::string> result;
  const Node* node = part(document_, section);
  if (!node || !node->is_table() || node->entries.empty()) {
    read_.problem(node ? node->mark : document_.mark, section, node ? shown(*node) : "nothing",
                  fmt::format("at least one table [{}.NAME]", section));
    return result;
  }
  for (const Node::Entry& entry : node->entries) {
    if (entry.key == "source" || entry.key == "note") continue;
    if (sound_name(entry.value, section, entry.key)) result.push_back(entry.key);
  }
  return result;
}

void SectionReader::market() {
  const Node* node = part(document_, "market");
  if (!node || !read_.table(*node, "market", "market")) return;
  const Node* size = node->find("size");
  if (!size) return;
  MarketSizeSpec spec;
  if (auto by_year = read_.annual(*size, "market.size", schema_key("market.size"), &spec.growth_per_year)) {
    spec.by_year = *by_year;
    scenario_.spec.size = spec;
  }
}

void SectionReader::layers() {
  const Node* node = part(document_, "layers");
  for (const std::string& name : read_.layers) {
    LayerSpec spec;
    spec.name = name;
    layer(*node->find(name), spec);
    scenario_.spec.layers.push_back(std::move(spec));
  }
  if (node && node->is_table() && read_.layers.size() == scenario_.spec.layers.size()) layer_shares(*node);
}

void SectionReader::layer(const Node& node, LayerSpec& spec) {
  const std::string key = "layers." + spec.name;
  if (!read_.table(node, key, "layers.*")) return;
  if (const Node* share = node.find("share");
      share && !(share->type == Node::Type::text && share->text == "rest"))
    spec.share = read_.annual(*share, key + ".share", schema_key("layers.*.share"));
  if (const Node* unit = node.find("unit"))
    if (const auto which = read_.choice(*unit, key + ".unit", schema_key("layers.*.unit")))
      spec.token_unit = *which == 1;
  if (const Node* slots = node.find("slots"))
    if (const auto n = read_.integer(*slots, key + ".slots", schema_key("layers.*.slots")))
      spec.slots = static_cast<int>(*n);
  if (const Node* appeal = node.find("appeal"))
    if (const auto which = read_.choice(*appeal, key + ".appeal", schema_key("layers.*.appeal")))
      spec.revealed_appeal = *which == 1;
  if (const Node* node_of = node.find("lock_in")) lock_in(*node_of, key + ".lock_in", spec);
  if (const Node* node_of = node.find("nests")) nests(*node_of, key + ".nests", spec);
}

void SectionReader::lock_in(const Node& node, const std::string& key, LayerSpec& spec) {
  if (!read_.table(node, key, "layers.*.lock_in")) return;
  if (const Node* stages = node.find("stages"))
    if (const auto n = read_.integer(*stages, key + ".stages", schema_key("layers.*.lock_in.stages")))
      spec.stages = static_cast<int>(*n);
  if (const Node* advance = node.find("advance"))
    if (auto path = read_.path(*advance, key + ".advance", schema_key("layers.*.lock_in.advance")))
      spec.advance_per_year = *path;
  const Node *tau = node.find("curve_tau"), *curve = node.find("curve"), *opening = node.find("opening");
  if (tau) spec.curve_tau = read_.number(*tau, key + ".curve_tau", schema_key("layers.*.lock_in.curve_tau"));
  if (curve) spec.curve = read_.list(*curve, key + ".curve", schema_key("layers.*.lock_in.curve"));
  if (opening) spec.opening = read_.list(*opening, key + ".opening", schema_key("layers.*.lock_in.opening"));
  if (tau && curve)
    read_.problem(curve->key_mark, key + ".curve", "curve beside curve_tau",
                  "one of the two: they exclude each other");
  if (spec.stages == 0)
    for (const auto& [of, name] : {std::pair(tau, ".curve_tau"), std::pair(curve, ".curve")})
      if (of)
        read_.problem(of->key_mark, key + name, "a curve without stages",
                      "stages of at least 1, or no curve");
  const std::size_t count = static_cast<std::size_t>(spec.stages) + 1;
  if (curve && curve->type == Node::Type::array && spec.curve.size() == curve->items.size() &&
      (spec.curve.size() != count || spec.curve.front() != 0 || spec.curve.back() != 1 ||
       !std::is_sorted(spec.curve.begin(), spec.curve.end())))
    read_.problem(curve->mark, key + ".curve", fmt::format("{} numbers", spec.curve.size()),
                  fmt::format("{} numbers from 0 to 1, never falling", count));
  if (opening && opening->type == Node::Type::array && spec.opening.size() == opening->items.size()) {
    double sum = 0;
    for (const double x : spec.opening) sum += x;
    if (spec.opening.size() != count || std::abs(sum - 1) > 1e-9)
      read_.problem(opening->mark, key + ".opening",
                    fmt::format("{} numbers that add up to {:.10g}", spec.opening.size(), sum),
                    fmt::format("{} shares that add up to 1", count));
  }
}

void SectionReader::layer_shares(const Node& layers) {
  const LayerSpec* rest = nullptr;
  std::set<int> years;
  const Node* last = nullptr;
  for (const LayerSpec& layer : scenario_.spec.layers) {
    const Node* written = part(*layers.find(layer.name), "share");
    if (layer.share) {
      for (const auto& [year, share] : *layer.share) years.insert(year);
      last = written;
      continue;
    }
    if (written && written->type != Node::Type::text) return;  // told already
    // Without totals shares have no use: then only what is written twice is wrong.
    if (rest && (scenario_.spec.size || (written && part(*layers.find(rest->name), "share"))))
      read_.problem(written ? written->mark : layers.find(layer.name)->key_mark,
                    "layers." + layer.name + ".share", "a second rest beside " + rest->name,
                    "at most one layer is the rest");
    rest = &layer;
  }
  if (rest || !last) return;
  for (const int year : years) {
    double sum = 0;
    for (const LayerSpec& layer : scenario_.spec.layers) sum += annual_share(*layer.share, year);
    if (std::abs(sum - 1) <= 1e-9) continue;
    read_.problem(last->mark, "layers", fmt::format("shares that add up to {:.10g} in {}", sum, year),
                  "1 in each year, or one layer with \"rest\"");
    break;
  }
  for (const auto& [node, number] : read_.uncertain)
    if (number.key.starts_with("layers.") && number.key.find(".share") != std::string::npos)
      read_.problem(last->mark, number.key, "an uncertain share where no layer is the rest",
                    "one layer with \"rest\", so that every draw adds up to 1");
}

void SectionReader::nests(const Node& node, const std::string& key, LayerSpec& spec) {
  if (!read_.table(node, key, "layers.*.nests")) return;
  NestsSpec nests;
  const Node *groups = node.find("groups"), *dissimilarity = node.find("dissimilarity");
  if (!groups || groups->type != Node::Type::array)
    return read_.problem(groups ? groups->mark : node.mark, key + ".groups",
                         groups ? shown(*groups) : "nothing",
                         std::string(schema_key("layers.*.nests.groups").allowed));
  if (!dissimilarity)
    return read_.problem(node.mark, key + ".dissimilarity", "nothing",
                         std::string(schema_key("layers.*.nests.dissimilarity").allowed));
  std::set<std::string> seen;
  for (const Node& group : groups->items) {
    nests.groups.emplace_back();
    if (group.type != Node::Type::array) {
      read_.problem(group.mark, key + ".groups", shown(group), "a list of lists of providers");
      continue;
    }
    for (const Node& name : group.items) {
      if (name.type != Node::Type::text ||
          std::find(read_.providers.begin(), read_.providers.end(), name.text) == read_.providers.end()) {
        read_.problem(name.mark, key + ".groups", shown(name), "names of providers",
                      did_you_mean(name.text, read_.providers, "\""));
      } else if (!seen.insert(name.text).second) {
        read_.problem(name.mark, key + ".groups", "\"" + name.text + "\" twice",
                      "each provider in one group at most");
      } else {
        nests.groups.back().push_back(name.text);
      }
    }
  }
  if (const auto value =
          read_.number(*dissimilarity, key + ".dissimilarity", schema_key("layers.*.nests.dissimilarity"))) {
    nests.dissimilarity = *value;
    spec.nests = nests;
  }
}

void SectionReader::providers() {
  const Node* node = part(document_, "providers");
  for (const std::string& name : read_.providers) {
    ProviderSpec spec;
    spec.name = name;
    const Node& of = *node->find(name);
    const std::string key = "providers." + name;
    if (read_.table(of, key, "providers.*", "", read_.layers)) {
      if (const Node* display = of.find("name"))
        spec.display_name = read_.text(*display, key + ".name", "a text");
      for (const LayerSpec& layer : scenario_.spec.layers)
        if (const Node* table = of.find(layer.name)) {
          OfferSpec offered;
          offer(*table, key_path(key, layer.name), layer, offered);
          spec.offers.emplace_back(layer.name, std::move(offered));
        }
      if (const Node* policy = of.find("policy"))
        if (read_.table(*policy, key + ".policy", "providers.*.policy"))
          if (const Node* price = policy->find("price")) learning_curve(*price, key + ".policy.price", spec);
    }
    scenario_.spec.providers.push_back(std::move(spec));
  }
  if (node && node->is_table()) uncertain_shares(*node);
}

void SectionReader::uncertain_shares(const Node& providers) {
  for (const LayerSpec& layer : scenario_.spec.layers) {
    const Node* uncertain = nullptr;
    std::string key;
    bool rest = false;
    for (const ProviderSpec& provider : scenario_.spec.providers) {
      const Node* table = part(*providers.find(provider.name), layer.name);
      const Node* share = table ? part(*table, "share") : nullptr;
      if (!share) continue;
      rest = rest || (share->type == Node::Type::text && share->text == "rest");
      const bool drawn =
          share->has("dist") || std::any_of(share->entries.begin(), share->entries.end(),
                                            [](const Node::Entry& e) { return e.value.has("dist"); });
      if (!drawn || uncertain) continue;
      uncertain = share;
      key = key_path("providers", provider.name, layer.name, "share");
    }
    if (uncertain && !rest)
      read_.problem(uncertain->mark, key, "an uncertain share where no provider is the rest",
                    "one provider with \"rest\", so that every draw adds up to 1");
  }
}

void SectionReader::offer(const Node& node, const std::string& key, const LayerSpec& layer, OfferSpec& spec) {
  if (!read_.table(node, key, "providers.*.*")) return;
  const auto leaf_number = [](const Node& n) { return n.has("dist"); };
  if (const Node* share = node.find("share")) {
    spec.share_is_rest = share->type == Node::Type::text && share->text == "rest";
    if (!spec.share_is_rest) {
      const SchemaKey& rule = schema_key("providers.*.*.share");
      spec.share = read_.keyed<double>(
          *share, key + ".share", rule,
          [&](const Node& n, const std::string& k) { return read_.number(n, k, rule); }, leaf_number);
    }
  }
  const auto path_of = [&](const char* name, auto& into) {
    const Node* value = node.find(name);
    if (!value) return;
    if (auto path = read_.path(*value, key_path(key, name), schema_key(std::string("providers.*.*.") + name)))
      into = *path;
  };
  if (const Node* price = node.find("price"); price && layer.token_unit)
    read_.problem(price->key_mark, key + ".price", "a price index in a token layer, where it has no effect",
                  "price_per_million_tokens", "did you mean price_per_million_tokens?");
  else
    path_of("price", spec.price);
  if (const Node* price = node.find("price_per_million_tokens"); price && !layer.token_unit)
    read_.problem(price->key_mark, key + ".price_per_million_tokens",
                  "a price per token in a spend layer, where it has no effect", "price",
                  "did you mean price, or [layers." + layer.name + "] unit = \"tokens\"?");
  else if (!price && layer.token_unit)
    read_.problem(node.mark.line > 0 ? node.mark : node.key_mark, key + ".price_per_million_tokens",
                  "nothing", "a number > 0: a token layer needs it from each provider");
  else
    path_of("price_per_million_tokens", spec.price_per_million_tokens);
  path_of("quality", spec.quality);
  for (const auto& [name, into] : {std::pair("reach", &spec.reach), std::pair("appeal", &spec.appeal)})
    if (const Node* value = node.find(name)) {
      const SchemaKey& rule = schema_key(std::string("providers.*.*.") + name);
      *into = read_.keyed<Path>(
          *value, key_path(key, name), rule,
          [&](const Node& n, const std::string& k) { return read_.path(n, k, rule); },
          &ValueReader::is_path_table);
    }
  if (const Node* launch = node.find("launch")) spec.launch = read_.date(*launch, key + ".launch");
  if (const Node* withdraw = node.find("withdraw")) {
    spec.withdraw = read_.date(*withdraw, key + ".withdraw");
    if (spec.launch && spec.withdraw && spec.withdraw->months() <= spec.launch->months())
      read_.problem(withdraw->mark, key + ".withdraw", shown(*withdraw), "a date after launch");
  }
}

void SectionReader::learning_curve(const Node& node, const std::string& key, ProviderSpec& spec) {
  if (!read_.table(node, key, "providers.*.policy.price")) return;
  LearningCurveSpec curve;
  const Node *rule = node.find("rule"), *rate = node.find("rate"), *of_layers = node.find("layers");
  if (!rule)
    read_.problem(node.mark, key + ".rule", "nothing", "\"learning_curve\"");
  else
    read_.choice(*rule, key + ".rule", schema_key("providers.*.policy.price.rule"));
  if (!rate)
    read_.problem(node.mark, key + ".rate", "nothing",
                  std::string(schema_key("providers.*.policy.price.rate").allowed));
  for (const auto& [name, into] :
       {std::pair("rate", &curve.rate), std::pair("pass_through", &curve.pass_through),
        std::pair("experience", &curve.experience_years)})
    if (const Node* value = node.find(name))
      if (const auto x = read_.number(*value, key_path(key, name),
                                      schema_key(std::string("providers.*.policy.price.") + name)))
        *into = *x;
  if (of_layers && of_layers->type != Node::Type::array)
    read_.problem(of_layers->mark, key + ".layers", shown(*of_layers), "a list of layers");
  else if (of_layers)
    for (const Node& layer : of_layers->items) {
      const std::string name = read_.text(layer, key + ".layers", "names of layers");
      if (std::find(read_.layers.begin(), read_.layers.end(), name) == read_.layers.end())
        read_.problem(layer.mark, key + ".layers", shown(layer), "names of layers");
      else
        curve.layers.push_back(name);
    }
  spec.learning_curve = curve;
}

}  // namespace lockin
