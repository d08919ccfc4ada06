#pragma once

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "key_path.hpp"
#include "lockin/market/market_spec.hpp"
#include "lockin/scenario/scenario.hpp"
#include "lockin/scenario/schema.hpp"
#include "scenario/document.hpp"

namespace lockin {

/// Reads values of a document by the table of keys, and collects problems instead of stopping at the first.
class ValueReader {
 public:
  explicit ValueReader(ProblemList& problems) : problems_(problems) {}

  PeriodLength period = PeriodLength::quarter;  ///< dates may not be finer
  std::vector<std::string> layers, providers, segments;
  struct Uncertain {
    const Node* node;  ///< in the document
    UncertainNumber number;
  };
  std::vector<Uncertain> uncertain;  ///< in the order of reading

  /// No problem so far.
  [[nodiscard]] bool sound() const { return problems_.empty(); }
  void problem(const Mark& mark, std::string key, std::string found, std::string allowed,
               std::string hint = {}) {
    problems_.add(mark, std::move(key), std::move(found), std::move(allowed), std::move(hint));
  }
  /// Problems for the keys of a table that are not in the table of keys below `pattern`, and for a value that is no table.
  /// @param form of the value, where keys belong to forms
  /// @param names that may stand in the table besides (`source` and `note` always may)
  bool table(const Node& node, const std::string& key, std::string_view pattern, std::string_view form = {},
             const std::vector<std::string>& names = {});

  std::string text(const Node& node, const std::string& key, std::string_view allowed);
  /// Position among the choices of the rule.
  std::optional<std::size_t> choice(const Node& node, const std::string& key, const SchemaKey& rule);
  std::optional<std::int64_t> integer(const Node& node, const std::string& key, const SchemaKey& rule);
  std::optional<bool> boolean(const Node& node, const std::string& key);
  std::optional<Date> date(const Node& node, const std::string& key, bool any_precision = false);
  std::optional<int> duration_months(const Node& node, const std::string& key);
  /// A number in the rule's range; where `uncertain_allowed`, a distribution stands at its mean.
  std::optional<double> number(const Node& node, const std::string& key, const SchemaKey& rule,
                               bool uncertain_allowed = true);
  std::optional<Distribution> distribution(const Node& node, const std::string& key, const SchemaKey& rule);
  std::optional<Distribution> discrete(const Node& node, const std::string& key, const SchemaKey& rule);
  /// The distribution, if all that it can draw is allowed.
  std::optional<Distribution> inside_range(const Node& node, const std::string& key, const SchemaKey& rule,
                                           const Distribution& d);
  std::vector<double> list(const Node& node, const std::string& key, const SchemaKey& rule);
  std::optional<Path> path(const Node& node, const std::string& key, const SchemaKey& rule);
  std::optional<Annual> annual(const Node& node, const std::string& key, const SchemaKey& rule,
                               std::optional<double>* growth = nullptr);
  std::optional<TasteSpec> taste(const Node& node, const std::string& key, const SchemaKey& rule);

  /// True for a table that can be read as a path or a distribution: then it is no table of names.
  static bool is_path_table(const Node& node);

  /// One value for all names, or a table of names.
  template <class T, class Read>
  Keyed<T> keyed(const Node& node, const std::string& key, const SchemaKey& rule, const Read& read,
                 bool (*is_leaf)(const Node&)) {
    Keyed<T> result;
    if (!node.is_table() || is_leaf(node)) {
      if (auto value = read(node, key)) result.all = std::move(*value);
      return result;
    }
    const std::vector<std::string>& names = rule.by == KeyedBy::layer ? layers : segments;
    std::vector<std::string> allowed = names;
    if (rule.by == KeyedBy::segment) allowed.push_back("default");
    if (!by_name(node, key, rule, allowed)) return result;
    for (const Node::Entry& entry : node.entries) {
      if (std::find(allowed.begin(), allowed.end(), entry.key) == allowed.end()) continue;
      auto value = read(entry.value, key_path(key, entry.key));
      if (!value) continue;
      if (entry.key == "default")
        result.otherwise = std::move(*value);
      else
        result.named.emplace_back(entry.key, std::move(*value));
    }
    return result;
  }

 private:
  bool by_name(const Node& node, const std::string& key, const SchemaKey& rule,
               const std::vector<std::string>& allowed);
  bool in_range(const Mark& mark, const std::string& key, double value, const SchemaKey& rule);
  std::optional<Path> path_at_dates(const Node& node, const std::string& key, const SchemaKey& rule);
  std::optional<Path> path_with_start(const Node& node, const std::string& key, const SchemaKey& rule);

  ProblemList& problems_;
};

}  // namespace lockin
