#include <fmt/format.h>

#include <cmath>
#include <set>

#include "key_path.hpp"
#include "lockin/simulation/trajectory.hpp"
#include "number_text.hpp"
#include "scenario/limits.hpp"
#include "scenario/section_reader.hpp"
#include "spelling.hpp"

namespace lockin {
namespace {

// The dotted path under which an unquoted target was parsed: nested tables down to the first value.
std::string unquoted(const Node::Entry& entry) {
  std::string path = entry.key;
  const Node* node = &entry.value;
  while (node->is_table() && !node->entries.empty() && path.size() < 200) {
    path += "." + node->entries.front().key;
    node = &node->entries.front().value;
  }
  return path;
}

// The last part of a target if it is one that must stand in the file and does not; else nothing.
std::string missing_part(const Node& document, const std::string& target) {
  const auto parts = split_path(target);
  if (!parts || parts->size() < 2) return {};
  const std::string& last = parts->back();
  if (last != "initial" && last != "full") return {};  // growth and per_year: told with the market
  const Node* node = &document;
  for (const std::string& name : *parts) {
    node = node->is_table() ? node->find(name) : nullptr;
    if (!node) return last;
  }
  return {};
}

}  // namespace

void SectionReader::events() {
  const Node* node = part(document_, "events");
  if (!node) return;
  if (node->type != Node::Type::array)
    return read_.problem(node->mark, "events", shown(*node), "tables [[events]]", "two brackets: [[events]]");
  if (node->items.size() > limits::events)
    return read_.problem(node->items[limits::events].mark, "events",
                         fmt::format("{} events", node->items.size()),
                         fmt::format("at most {}", limits::events));
  std::set<std::string> seen;
  for (std::size_t i = 0; i < node->items.size(); ++i) {
    const Node& item = node->items[i];
    EventSpec spec;
    if (item.is_table() && item.find("name"))
      spec.name = read_.text(*item.find("name"), fmt::format("events[{}].name", i), "a text, unique");
    else
      read_.problem(item.mark, fmt::format("events[{}].name", i), "nothing", "a text, unique");
    if (!spec.name.empty() && !seen.insert(spec.name).second)
      read_.problem(item.find("name")->mark, "events." + spec.name + ".name", "the name twice",
                    "unique names of events");
    event(item, "events." + (spec.name.empty() ? fmt::format("[{}]", i) : spec.name), spec);
    scenario_.spec.events.push_back(std::move(spec));
  }
}

void SectionReader::event(const Node& node, const std::string& key, EventSpec& spec) {
  if (!read_.table(node, key, "events.*")) return;
  const Node *at = node.find("at"), *when = node.find("when"), *per_year = node.find("per_year"),
             *lasts = node.find("lasts"), *ramp = node.find("ramp"), *of_move = node.find("move");
  const Node* second = at && when ? when : (at || when) && per_year ? per_year : nullptr;
  if (second)
    read_.problem(second->key_mark, key_path(key, second == when ? "when" : "per_year"),
                  fmt::format("{} beside {}", second == when ? "when" : "per_year", at ? "at" : "when"),
                  "one of at, when and per_year: they exclude each other");
  if (!at && !when && !per_year)
    read_.problem(node.mark, key + ".at", "nothing",
                  "at = a date, when = a condition, or per_year = how often it is to be expected");
  if (per_year) spec.per_year = read_.number(*per_year, key + ".per_year", schema_key("events.*.per_year"));
  if (at) spec.at = read_.date(*at, key + ".at");
  if (when) trigger(*when, key + ".when", spec);
  if (lasts) spec.lasts_months = read_.duration_months(*lasts, key + ".lasts");
  if (ramp) spec.ramp_months = read_.duration_months(*ramp, key + ".ramp");
  for (const auto& [name, kind] :
       {std::pair("scale", EffectSpec::Kind::scale), std::pair("add", EffectSpec::Kind::add),
        std::pair("set", EffectSpec::Kind::set)})
    if (const Node* table = node.find(name)) effects(*table, key_path(key, name), kind, per_year, spec);
  if (of_move) move(*of_move, key + ".move", spec);
  const bool acts = node.has("scale") || node.has("add") || node.has("set");
  if (!acts && !of_move)
    read_.problem(node.mark, key, "an event without effect", "an entry in scale, add, set or move");
  if (!acts && of_move)
    for (const auto& [of, name] : {std::pair(lasts, ".lasts"), std::pair(ramp, ".ramp")})
      if (of)
        read_.problem(of->key_mark, key + name, "a move alone, where it has no effect",
                      "scale, add or set beside the move");
}

void SectionReader::effects(const Node& node, const std::string& key, EffectSpec::Kind kind, bool recurs,
                            EventSpec& spec) {
  if (!node.is_table() || node.entries.empty())
    return read_.problem(node.mark, key, shown(node), "a table { \"event target\" = number }");
  const SchemaKey& rule = schema_key(key_path("events.*", key.substr(key.rfind('.') + 1)));
  for (const Node::Entry& entry : node.entries) {
    if (entry.key == "source" || entry.key == "note") continue;
    if (entry.value.is_table() && !entry.value.has("dist")) {
      read_.problem(entry.value.key_mark, key_path(key, entry.key), "an event target without quotes",
                    "a quoted target = number", fmt::format("did you mean \"{}\" = ...?", unquoted(entry)));
      continue;
    }
    if (const std::string missing = missing_part(document_, entry.key); !missing.empty()) {
      read_.problem(entry.value.mark, key + ".\"" + entry.key + "\"", "a part that is not in the file",
                    "a target whose part " + missing + " is given in the file");
      continue;
    }
    const std::string at = key + ".\"" + entry.key + "\"";
    if (recurs && entry.value.is_table()) {
      if (const auto law = read_.distribution(entry.value, at, rule))
        spec.effects.push_back({kind, entry.key, law->mean(), law});
    } else if (const auto number = read_.number(entry.value, at, rule)) {
      spec.effects.push_back({kind, entry.key, *number, std::nullopt});
    }
  }
}

void SectionReader::trigger(const Node& node, const std::string& key, EventSpec& spec) {
  const std::string allowed =
      "MEASURE.LAYER OP number or MEASURE.LAYER.PROVIDER OP number, OP one of > < >= <=";
  const auto wrong = [&](std::string what, std::string hint = {}) {
    read_.problem(node.mark, key, std::move(what), allowed, std::move(hint));
  };
  if (node.type != Node::Type::text) return wrong(shown(node));
  const std::string& text = node.text;
  const std::size_t op = text.find_first_of("<>");
  if (op == std::string::npos) return wrong(shown(node) + " without a comparison");
  const auto trimmed = [](const std::string& part) {
    const std::size_t from = part.find_first_not_of(' '), to = part.find_last_not_of(' ');
    return from == std::string::npos ? std::string() : part.substr(from, to - from + 1);
  };
  const bool equal = op + 1 < text.size() && text[op + 1] == '=';
  const std::string left = trimmed(text.substr(0, op)), right = trimmed(text.substr(op + (equal ? 2 : 1)));
  const auto parts = split_path(left);
  TriggerSpec of;
  if (!parts || parts->size() < 2 || parts->size() > 3) return wrong(shown(node));
  const auto measure = measure_named(parts->at(0));
  static const std::vector<std::string> measures{"customer_share",  "revenue_share",       "token_share",
                                                 "increment_share", "new_customer_share",  "churn",
                                                 "mean_stage",      "mean_switching_cost", "hhi"};
  if (!measure || std::find(measures.begin(), measures.end(), parts->at(0)) == measures.end()) {
    const std::string hint = did_you_mean(parts->at(0), measures);
    return wrong("an unknown measure, " + parts->at(0),
                 hint.empty() ? fmt::format("one of {}", fmt::join(measures, ", ")) : hint);
  }
  const std::optional<double> threshold = number_in(right);
  if (!threshold || !std::isfinite(*threshold)) return wrong("\"" + right + "\" instead of a number");
  of.measure = *measure;
  of.layer = parts->at(1);
  if (parts->size() == 3) of.provider = parts->at(2);
  of.comparison = text[op] == '>'
                      ? (equal ? TriggerSpec::Comparison::greater_equal : TriggerSpec::Comparison::greater)
                      : (equal ? TriggerSpec::Comparison::less_equal : TriggerSpec::Comparison::less);
  of.threshold = *threshold;
  spec.when = of;  // whether names and measure go together is checked with the market
}

void SectionReader::move(const Node& node, const std::string& key, EventSpec& spec) {
  if (!read_.table(node, key, "events.*.move")) return;
  MoveSpec of;
  const auto name_of = [&](const char* name, const std::vector<std::string>& known, std::string& into,
                           bool required) {
    const Node* value = node.find(name);
    if (!value) {
      if (required)
        read_.problem(node.mark, key_path(key, name), "nothing",
                      fmt::format("one of {}", fmt::join(known, ", ")));
      return;
    }
    into = read_.text(*value, key_path(key, name), "a name");
    if (value->type != Node::Type::text || std::find(known.begin(), known.end(), into) != known.end()) return;
    read_.problem(value->mark, key_path(key, name), "an unknown name, " + shown(*value),
                  fmt::format("one of {}", fmt::join(known, ", ")), did_you_mean(into, known, "\""));
  };
  name_of("layer", read_.layers, of.layer, true);
  name_of("from", read_.providers, of.from, true);
  name_of("to", read_.providers, of.to, true);
  name_of("segment", read_.segments, of.segment, false);
  const Node *share = node.find("share"), *keep = node.find("keep_stage");
  if (!share)
    read_.problem(node.mark, key + ".share", "nothing",
                  std::string(schema_key("events.*.move.share").allowed));
  else if (const auto x = read_.number(*share, key + ".share", schema_key("events.*.move.share")))
    of.share = *x;
  if (keep) of.keep_stage = read_.boolean(*keep, key + ".keep_stage").value_or(false);
  spec.move = of;
}

}  // namespace lockin
