#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "lockin/scenario/schema.hpp"

namespace lockin {

/// The key of `whole_scenario` that a pattern of the table stands for.
inline std::string key_in_whole_scenario(std::string_view pattern) {
  static const std::map<std::string_view, std::string> special{
      {"layers.*.slots", "layers.maas.slots"},
      {"layers.*.lock_in.curve", "layers.maas.lock_in.curve"},
      {"providers.*.*.price_per_million_tokens", "providers.a.maas.price_per_million_tokens"},
      {"segments.*.size.sigma", "segments.y.size.sigma"},
      {"segments.*.taste.classes", "segments.y.taste.classes"},
      {"segments.*.switching_cost.initial", "segments.x.switching_cost.iaas.initial"},
      {"segments.*.switching_cost.full", "segments.x.switching_cost.iaas.full"},
      {"segments.*.adopt.innovate", "segments.x.adopt.iaas.innovate"},
      {"segments.*.adopt.imitate", "segments.x.adopt.iaas.imitate"},
      {"segments.*.affinity.*", "segments.x.affinity.maas_from_iaas"},
      {"segments.*.multi_home.*", "segments.x.multi_home.maas"},
      {"segments.*.multi_home.*.share_of_customers", "segments.x.multi_home.maas.share_of_customers"},
      {"segments.*.multi_home.*.primary_spend", "segments.x.multi_home.maas.primary_spend"}};
  if (const auto found = special.find(pattern); found != special.end()) return found->second;
  std::string key(pattern);
  const std::map<std::string, std::string> names{
      {"layers", "iaas"},
      {"providers", "a"},
      {"segments", "x"},
      {"events", key.starts_with("events.*.move") ? "leave" : "rule"}};
  for (std::size_t at, n = 0; (at = key.find('*')) != std::string::npos; ++n)
    key.replace(at, 1, n == 0 ? names.at(key.substr(0, key.find('.'))) : "iaas");
  return key;
}

/// A key whose value is a table in one piece, and such a value with `@` for more of its parts.
struct ValueTable {
  std::string pattern;  ///< of the table
  std::string form;     ///< of the value; empty where there is one only
  std::string key;      ///< in `whole_scenario`
  std::string text;     ///< the value; `@` stands for another part
  std::string place;    ///< between the key and the part in messages
};
inline const std::vector<ValueTable>& value_tables() {
  static const std::string number = "segments.x.network.iaas", path = "segments.x.entry",
                           quality = "providers.a.iaas.quality", taste = "segments.x.taste.price";
  static const std::vector<ValueTable> tables{
      {"market.size", "", "market.size", "{ 2025 = 10.0, 2026 = 12.0@ }", ""},
      {"segments.*.taste.classes", "", "segments.y.taste.classes", "[{ weight = 1.0, price = 1.0@ }]", "[0]"},
      {"<number>", "triangular", number, "{ dist = \"triangular\", min = 1.0, mode = 1.5, max = 2.0@ }", ""},
      {"<number>", "uniform", number, "{ dist = \"uniform\", min = 1.0, max = 2.0@ }", ""},
      {"<number>", "normal", number, "{ dist = \"normal\", mean = 1.0, sd = 2.0@ }", ""},
      {"<number>", "beta", number, "{ dist = \"beta\", mean = 0.5, sd = 0.1@ }", ""},
      {"<number>", "lognormal (mean)", number, "{ dist = \"lognormal\", mean = 1.0, sd = 2.0@ }", ""},
      {"<number>", "lognormal (median)", number, "{ dist = \"lognormal\", median = 1.0, sigma = 0.2@ }", ""},
      {"<path>", "dates", path, "{ 2025 = 0.1, 2026 = 0.2, interpolate = \"step\"@ }", ""},
      {"<path>", "growth", path, "{ start = 0.1, growth = 0.04@ }", ""},
      {"<path>", "process", quality, "{ start = 1.0, process = \"releases\", per_year = 1.0, jump = 0.1@ }",
       ""},
      {"<taste>", "normal", taste, "{ spread = \"normal\", mean = 3.0, sd = 0.1, classes = 5@ }", ""},
      {"<taste>", "lognormal (mean)", taste, "{ spread = \"lognormal\", mean = 1.0, sd = 0.1, classes = 5@ }",
       ""},
      {"<taste>", "lognormal (median)", taste,
       "{ spread = \"lognormal\", median = 1.0, sigma = 0.1, classes = 5@ }", ""},
      {"<taste>", "values", taste, "{ values = [1.0, 2.0], weights = [1.0, 3.0]@ }", ""}};
  return tables;
}

/// The override that sets the key of a row to a value, and the key that messages give it.
struct Setting {
  std::string override_text, key;
};
inline Setting setting(const SchemaKey& row, const std::string& value) {
  const std::string parent(row.path.substr(0, row.path.rfind('.'))),
      last(row.path.substr(row.path.rfind('.') + 1));
  for (const ValueTable& table : value_tables()) {
    const std::vector<std::string> parts = schema_children(parent, table.form);
    if (table.pattern != parent || std::find(parts.begin(), parts.end(), last) == parts.end()) continue;
    std::string text = table.text;
    const std::string given = last + " = ";
    if (const std::size_t at = text.find(" " + given); at != std::string::npos) {
      std::size_t end = at + 1;
      for (int depth = 0; depth > 0 || (text[end] != ',' && text[end] != '@'); ++end)
        depth += text[end] == '[' ? 1 : text[end] == ']' ? -1 : 0;
      text.replace(at + 1, end - at - 1, given + value);
      text.erase(text.find('@'), 1);
    } else {
      text.replace(text.find('@'), 1, ", " + given + value);
    }
    return {table.key + "=" + text, table.key + table.place + "." + last};
  }
  const std::string key = key_in_whole_scenario(row.path);
  return {key + "=" + value, row.path == "events.*.name" ? "events[0].name" : key};
}

}  // namespace lockin
