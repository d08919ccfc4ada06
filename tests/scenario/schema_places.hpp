#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lockin/scenario/schema.hpp"

namespace lockin {

/// The key of `whole_scenario` that a pattern of the table stands for.
inline std::string key_in_whole_scenario(std::string_view pattern) {
  static const std::map<std::string_view, std::string> special{
      {"layers.*.slots", "layers.maas.slots"},
      {"layers.*.lock_in.curve", "layers.maas.lock_in.curve"},
      {"providers.*.*.price_per_million_tokens", "providers.a.maas.price_per_million_tokens"},
      {"segments.*.taste.classes", "segments.y.taste.classes"},
      {"segments.*.affinity.*", "segments.x.affinity.maas_from_iaas"}};
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
  std::string pattern;                 ///< of the table
  std::string form;                    ///< of the value; empty where there is one only
  std::string key;                     ///< in `whole_scenario`
  std::string text;                    ///< the value; `@` stands for another part
  std::string place;                   ///< between the key and the part in messages
  std::vector<std::string> also = {};  ///< overrides without which the value is not sound
};
inline const std::vector<ValueTable>& value_tables() {
  static const std::string number = "segments.x.network.iaas", path = "segments.x.entry",
                           quality = "providers.a.iaas.quality", taste = "segments.x.taste.price";
  static const std::vector<ValueTable> tables{
      {"layers.*.nests", "", "layers.iaas.nests", "{ groups = [[\"a\", \"b\"]], dissimilarity = 0.7@ }", ""},
      {"providers.*.policy.price", "", "providers.a.policy.price",
       "{ rule = \"learning_curve\", rate = 0.85@ }", ""},
      {"segments.*.size", "pareto", "segments.x.size", "{ spread = \"pareto\", tail = 1.5@ }", ""},
      {"segments.*.size", "lognormal", "segments.y.size", "{ spread = \"lognormal\", sigma = 1.2@ }", ""},
      {"segments.*.switching_cost", "", "segments.x.switching_cost.iaas", "{ initial = 0.5, full = 1.5@ }",
       ""},
      {"segments.*.adopt", "", "segments.x.adopt.iaas", "{ innovate = 0.2@ }", ""},
      {"segments.*.multi_home.*", "", "segments.x.multi_home.maas",
       "{ share_of_customers = 0.4, primary_spend = 0.7@ }", ""},
      {"events.*.move", "", "events.leave.move",
       "{ layer = \"iaas\", from = \"a\", to = \"b\", share = 0.3@ }", ""},
      {"market.size", "", "market.size", "{ 2025 = 10.0, 2026 = 12.0@ }", ""},
      {"segments.*.taste.classes", "", "segments.y.taste.classes", "[{ weight = 1.0, price = 1.0@ }]", "[0]"},
      {"run.correlations",
       "",
       "run.correlations",
       "[{ between = [\"segments.x.entry\", \"segments.x.exit\"], value = 0.5@ }]",
       "[0]",
       {"segments.x.entry={ dist = \"uniform\", min = 0.1, max = 0.2 }",
        "segments.x.exit={ dist = \"uniform\", min = 0.1, max = 0.2 }"}},
      {"<number>", "triangular", number, "{ dist = \"triangular\", min = 1.0, mode = 1.5, max = 2.0@ }", ""},
      {"<number>", "uniform", number, "{ dist = \"uniform\", min = 1.0, max = 2.0@ }", ""},
      {"<number>", "normal", number, "{ dist = \"normal\", mean = 1.0, sd = 2.0@ }", ""},
      {"<number>", "beta", number, "{ dist = \"beta\", mean = 0.5, sd = 0.1@ }", ""},
      {"<number>", "lognormal (mean)", number, "{ dist = \"lognormal\", mean = 1.0, sd = 2.0@ }", ""},
      {"<number>", "lognormal (median)", number, "{ dist = \"lognormal\", median = 1.0, sigma = 0.2@ }", ""},
      {"<number>", "truncated_normal", number,
       "{ dist = \"truncated_normal\", min = 0.5, max = 2.0, mean = 1.0, sd = 0.3@ }", ""},
      {"<number>", "truncated_lognormal", number,
       "{ dist = \"truncated_lognormal\", min = 0.5, max = 2.0, median = 1.0, sigma = 0.3@ }", ""},
      {"<number>", "discrete", number, "{ dist = \"discrete\", values = [1.0, 2.0], weights = [1.0, 3.0]@ }",
       ""},
      {"<number>", "empirical", number,
       "{ dist = \"empirical\", file = \"" LOCKIN_TEST_DATA
       "/seen.csv\", column = \"value\", weight_column = \"weight\"@ }",
       ""},
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

/// The text of a table without one of its parts, or nothing where it has not got it.
inline std::optional<std::string> without(const ValueTable& table, const std::string& part) {
  std::string text = table.text;
  const std::size_t at = text.find(" " + part + " = ");
  if (at == std::string::npos) return std::nullopt;
  std::size_t end = at;
  for (int depth = 0; depth > 0 || (text[end] != ',' && text[end] != '@'); ++end)
    depth += text[end] == '[' ? 1 : text[end] == ']' ? -1 : 0;
  const std::size_t begin = text[end] == '@' && text[at - 1] == ',' ? at - 1 : at;
  return text.erase(begin, (text[end] == ',' ? end + 1 : end) - begin);
}

/// The text of a table with a further part.
inline std::string with_part(std::string text, const std::string& part) {
  const std::size_t at = text.find('@');
  return text.replace(at, 1, (text[at - 1] == '{' ? " " : ", ") + part);
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
    const std::string text = with_part(without(table, last).value_or(table.text), last + " = " + value);
    return {table.key + "=" + text, table.key + table.place + "." + last};
  }
  const std::string key = key_in_whole_scenario(row.path);
  return {key + "=" + value, row.path == "events.*.name" ? "events[0].name" : key};
}

}  // namespace lockin
