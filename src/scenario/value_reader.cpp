#include "scenario/value_reader.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "key_path.hpp"
#include "spelling.hpp"

namespace lockin {
namespace {

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

// A lognormal is written by the median and the sd of the logarithm, or by mean and sd of the value itself.
const char* lognormal_form(const Node& node) {
  return node.has("median") ? "lognormal (median)" : "lognormal (mean)";
}

const Mark& place(const Node& node) { return node.mark.line > 0 ? node.mark : node.key_mark; }

}  // namespace

bool ValueReader::table(const Node& node, const std::string& key, std::string_view pattern,
                        std::string_view form, const std::vector<std::string>& names) {
  std::vector<std::string> allowed = schema_children(pattern, form);
  allowed.insert(allowed.end(), names.begin(), names.end());
  if (!node.is_table()) {
    problem(place(node), key, shown(node), "a table with " + joined(allowed));
    return false;
  }
  for (const Node::Entry& entry : node.entries) {
    if (entry.key == "source" || entry.key == "note") {
      text(entry.value, key_path(key, entry.key), "a text");
      continue;
    }
    if (std::find(allowed.begin(), allowed.end(), entry.key) != allowed.end()) continue;
    const std::string name = entry.key.size() <= 64 ? entry.key : entry.key.substr(0, 61) + "...";
    problem(entry.value.key_mark, key_path(key, name), "an unknown key", "one of " + joined(allowed),
            did_you_mean(entry.key, allowed));
  }
  return true;
}

bool ValueReader::by_name(const Node& node, const std::string& key, const SchemaKey& rule,
                          const std::vector<std::string>& allowed) {
  const char* what = rule.by == KeyedBy::layer ? "layer" : "segment";
  if (rule.by == KeyedBy::nothing) {
    problem(place(node), key, shown(node), std::string(rule.allowed));
    return false;
  }
  for (const Node::Entry& entry : node.entries) {
    if (entry.key == "source" || entry.key == "note" ||
        std::find(allowed.begin(), allowed.end(), entry.key) != allowed.end())
      continue;
    const std::string hint = did_you_mean(entry.key, allowed);
    problem(entry.value.key_mark, key_path(key, entry.key.substr(0, 64)),
            fmt::format("no name of a {} (the table was read as one value for each {})", what, what),
            fmt::format("{}; or one value for all", joined(allowed)),
            hint.empty() ? "a value over time has dates as keys, or start and growth" : hint);
  }
  return true;
}

std::string ValueReader::text(const Node& node, const std::string& key, std::string_view allowed) {
  if (node.type == Node::Type::text) return node.text;
  problem(place(node), key, shown(node), std::string(allowed.empty() ? "a text" : allowed));
  return {};
}

std::optional<std::size_t> ValueReader::choice(const Node& node, const std::string& key,
                                               const SchemaKey& rule) {
  const std::vector<std::string> choices = schema_choices(rule);
  const auto found = std::find(choices.begin(), choices.end(), node.text);
  if (node.type == Node::Type::text && found != choices.end())
    return static_cast<std::size_t>(found - choices.begin());
  problem(place(node), key, shown(node), std::string(rule.allowed),
          node.type == Node::Type::text ? did_you_mean(node.text, choices, "\"") : "");
  return std::nullopt;
}

std::optional<std::int64_t> ValueReader::integer(const Node& node, const std::string& key,
                                                 const SchemaKey& rule) {
  if (node.type == Node::Type::integer && rule.holds(static_cast<double>(node.integer))) return node.integer;
  problem(place(node), key, shown(node), std::string(rule.allowed),
          node.type == Node::Type::real ? "a whole number without a point" : "");
  return std::nullopt;
}

std::optional<bool> ValueReader::boolean(const Node& node, const std::string& key) {
  if (node.type == Node::Type::boolean) return node.boolean;
  problem(place(node), key, shown(node), "true or false");
  return std::nullopt;
}

std::optional<Date> ValueReader::date(const Node& node, const std::string& key, bool any_precision) {
  const std::string written = node.type == Node::Type::integer ? std::to_string(node.integer) : node.text;
  std::optional<Date> result;
  if (node.type == Node::Type::text || node.type == Node::Type::integer) result = Date::parse(written);
  if (!result) {
    problem(place(node), key, shown(node),
            "a date: 2025 (year), \"2025Q1\" (quarter) or \"2025-01\" (month), years 1 to 9999");
    return std::nullopt;
  }
  if (!any_precision && periods_per_year(result->precision) > periods_per_year(period)) {
    problem(place(node), key, shown(node), "a date no finer than the period");
    return std::nullopt;
  }
  return result;
}

std::optional<int> ValueReader::duration_months(const Node& node, const std::string& key) {
  const auto wrong = [&](std::string hint = {}) -> std::optional<int> {
    problem(place(node), key, shown(node),
            "a duration of whole periods: \"4 quarters\", \"6 months\", \"2 years\"", std::move(hint));
    return std::nullopt;
  };
  if (node.type != Node::Type::text) return wrong();
  int count = 0;
  const auto [end, error] = std::from_chars(node.text.data(), node.text.data() + node.text.size(), count);
  const std::string unit(end, node.text.data() + node.text.size());
  const int months = unit == " quarters" || unit == " quarter" ? 3
                     : unit == " months" || unit == " month"   ? 1
                     : unit == " years" || unit == " year"     ? 12
                                                               : 0;
  if (error != std::errc() || months == 0 || count < 1 || count > 12'000) return wrong();
  if (count * months % (12 / periods_per_year(period)) != 0) return wrong("the period is longer than that");
  return count * months;
}

bool ValueReader::in_range(const Mark& mark, const std::string& key, double value, const SchemaKey& rule) {
  if (rule.holds(value)) return true;
  std::string hint;
  if (rule.max == 1 && value >= 2 && value <= 100)
    hint = fmt::format("a percentage? did you mean {:g}?", value / 100);
  Node node;
  node.type = Node::Type::real;
  node.real = value;
  problem(mark, key, shown(node) + " is out of range", std::string(rule.allowed), hint);
  return false;
}

std::optional<Distribution> ValueReader::inside_range(const Node& node, const std::string& key,
                                                      const SchemaKey& rule, const Distribution& d) {
  // Open ends: a lognormal lies above 0, a beta inside (0, 1); a bound that the key excludes is then never drawn.
  const bool open = d.kind() == Distribution::Kind::lognormal || d.kind() == Distribution::Kind::beta;
  const double low = d.support_min(), high = d.support_max();
  const bool inside =
      low >= rule.min && high <= rule.max &&
      (open || ((!rule.min_is_excluded || low > rule.min) && (!rule.max_is_excluded || high < rule.max)));
  if (inside) return d;
  problem(place(node), key, fmt::format("a distribution on {} to {}", low, high),
          fmt::format("a distribution that lies inside the range: {}", rule.allowed));
  return std::nullopt;
}

std::optional<Distribution> ValueReader::discrete(const Node& node, const std::string& key,
                                                  const SchemaKey& rule) {
  const Node *values = node.find("values"), *weights = node.find("weights");
  const SchemaKey &of_values = schema_key("<number>.values"), &of_weights = schema_key("<number>.weights");
  if (values == nullptr) {
    problem(place(node), key + ".values", "nothing", std::string(of_values.allowed));
    return std::nullopt;
  }
  const std::vector<double> numbers = list(*values, key + ".values", of_values),
                            shares = weights ? list(*weights, key + ".weights", of_weights)
                                             : std::vector<double>();
  if (numbers.size() != values->items.size() || (weights && shares.size() != weights->items.size()))
    return std::nullopt;  // told already
  try {
    return inside_range(node, key, rule, Distribution::discrete(numbers, shares));
  } catch (const std::invalid_argument& error) {
    problem(place(node), key, "a distribution that is none", error.what());
  }
  return std::nullopt;
}

std::optional<Distribution> ValueReader::distribution(const Node& node, const std::string& key,
                                                      const SchemaKey& rule) {
  const SchemaKey& kind = schema_key("<number>.dist");
  const Node* kind_node = node.find("dist");
  if (!kind_node) {
    problem(place(node), key + ".dist", "nothing", std::string(kind.allowed));
    return std::nullopt;
  }
  if (!choice(*kind_node, key + ".dist", kind)) return std::nullopt;
  const std::string& name = kind_node->text;
  if (name == "empirical") return std::nullopt;  // its column could not be read: told already
  const bool by_median = name == "lognormal" && node.has("median");
  const std::string form = name == "lognormal" ? lognormal_form(node) : name;
  std::vector<std::string> parts = schema_children("<number>", form);
  std::erase(parts, "dist");
  std::vector<std::string> told;
  if (node.has("classes")) {
    problem(node.find("classes")->key_mark, key + ".classes", "classes beside dist",
            "dist: one uncertain number for all; spread: customers that differ, in classes",
            "did you mean spread = \"" + name + "\"?");
    told.emplace_back("classes");
  }
  table(node, key, "<number>", form, told);
  if (name == "discrete") return discrete(node, key, rule);
  std::vector<double> values;
  for (const std::string& part : parts) {
    const Node* value = node.find(part);
    if (!value)
      problem(place(node), key_path(key, part), "nothing",
              fmt::format("a number: {} needs {}", name, joined(parts)));
    else if (const auto x =
                 number(*value, key_path(key, part), schema_key(key_path("<number>", part)), false))
      values.push_back(*x);
  }
  if (values.size() != parts.size()) return std::nullopt;
  try {
    // The schema has bounds before the other parts.
    const Distribution d = name == "truncated_normal"
                               ? Distribution::truncated_normal(values[2], values[3], values[0], values[1])
                           : name == "truncated_lognormal"
                               ? Distribution::truncated_lognormal(values[2], values[3], values[0], values[1])
                           : name == "triangular" ? Distribution::triangular(values[0], values[1], values[2])
                           : name == "uniform"    ? Distribution::uniform(values[0], values[1])
                           : name == "normal"     ? Distribution::normal(values[0], values[1])
                           : name == "beta"       ? Distribution::beta(values[0], values[1])
                           : by_median            ? Distribution::lognormal_median(values[0], values[1])
                                                  : Distribution::lognormal_mean(values[0], values[1]);
    return inside_range(node, key, rule, d);
  } catch (const std::invalid_argument& error) {
    problem(place(node), key, "a distribution that is none", error.what());
  }
  return std::nullopt;
}

std::optional<double> ValueReader::number(const Node& node, const std::string& key, const SchemaKey& rule,
                                          bool uncertain_allowed) {
  if (node.is_number()) {
    if (!in_range(place(node), key, node.number(), rule)) return std::nullopt;
    return node.number();
  }
  if (node.is_table() && node.has("dist") && uncertain_allowed) {
    const auto d = distribution(node, key, rule);
    if (!d) return std::nullopt;
    uncertain.push_back({&node, {key, *d}});
    return d->mean();
  }
  std::string hint;
  if (node.is_table() && node.has("dist"))
    hint = "this number cannot be uncertain";
  else if (node.is_table() && node.has("spread"))
    hint = "spread is for customers that differ; for one uncertain number did you mean dist?";
  else if (node.type == Node::Type::text)
    hint = "a number without quotes";
  problem(place(node), key,
          shown(node) + (uncertain_allowed && node.is_table() ? " (read as a distribution)" : ""),
          std::string(rule.allowed) + (uncertain_allowed ? ", or a distribution { dist = ... }" : ""), hint);
  return std::nullopt;
}

std::vector<double> ValueReader::list(const Node& node, const std::string& key, const SchemaKey& rule) {
  std::vector<double> values;
  if (node.type != Node::Type::array) {
    problem(place(node), key, shown(node), std::string(rule.allowed));
    return values;
  }
  for (std::size_t i = 0; i < node.items.size(); ++i)
    if (const auto x = number(node.items[i], fmt::format("{}[{}]", key, i), rule, false))
      values.push_back(*x);
  return values;
}

bool ValueReader::is_path_table(const Node& node) {
  static const std::vector<std::string> parts = schema_children("<path>");
  return node.is_table() && std::any_of(node.entries.begin(), node.entries.end(), [](const Node::Entry& e) {
           return e.key == "dist" || e.key == "spread" ||
                  std::find(parts.begin(), parts.end(), e.key) != parts.end() ||
                  (!e.key.empty() && e.key[0] >= '0' && e.key[0] <= '9');
         });
}

std::optional<Path> ValueReader::path_at_dates(const Node& node, const std::string& key,
                                               const SchemaKey& rule) {
  Path::Points points;
  bool sound = true;
  for (const Node::Entry& entry : node.entries) {
    const std::string at = key_path(key, entry.key.substr(0, 64));
    if (entry.key == "source" || entry.key == "note") {
      text(entry.value, at, "a text");
    } else if (entry.key == "interpolate") {
      const auto how = choice(entry.value, at, schema_key("<path>.interpolate"));
      if (how) points.interpolation = static_cast<Interpolation>(*how);
      sound = sound && how;
    } else if (const auto when = Date::parse(entry.key)) {
      if (periods_per_year(when->precision) > periods_per_year(period)) {
        problem(entry.value.key_mark, at, "a date finer than the period", "a date no finer than the period");
        sound = false;
      }
      const auto value = number(entry.value, at, rule);
      if (value) points.at.emplace_back(*when, *value);
      sound = sound && value;
    } else {
      problem(entry.value.key_mark, at, "no date (the table was read as a value over time)",
              fmt::format("dates: 2025, 2025Q1 or 2025-01; interpolate = {}",
                          schema_key("<path>.interpolate").allowed));
      sound = false;
    }
  }
  std::stable_sort(points.at.begin(), points.at.end(),
                   [](const auto& a, const auto& b) { return a.first.months() < b.first.months(); });
  for (std::size_t i = 1; i < points.at.size(); ++i)
    if (points.at[i].first.months() == points.at[i - 1].first.months()) {
      problem(place(node), key,
              points.at[i - 1].first.text() + " and " + points.at[i].first.text() + " begin at the same time",
              "each date once");
      sound = false;
    }
  if (points.at.empty() && sound)
    problem(place(node), key, "a value over time without a date", "at least one date");
  if (points.at.empty() || !sound) return std::nullopt;
  const bool growth =
      points.at.size() > 1 &&
      points.interpolation.value_or(rule.ratio ? Interpolation::growth : Interpolation::linear) ==
          Interpolation::growth;
  for (const auto& [when, value] : points.at)
    if (growth && !(value > 0)) {
      problem(place(node), key, fmt::format("{} at {}", value, when.text()),
              "values above 0 for constant growth", "say interpolate = \"linear\" or \"step\"");
      return std::nullopt;
    }
  return Path(std::move(points));
}

std::optional<Path> ValueReader::path_with_start(const Node& node, const std::string& key,
                                                 const SchemaKey& rule) {
  const bool process = node.has("process");
  table(node, key, "<path>", process ? "process" : "growth");
  const auto part = [&](const char* name, const SchemaKey& of) -> std::optional<double> {
    const Node* value = node.find(name);
    if (value) return number(*value, key_path(key, name), of);
    problem(place(node), key_path(key, name), "nothing",
            process ? "{ start, process = \"releases\", per_year, jump }" : "{ start, growth }");
    return std::nullopt;
  };
  const auto start = part("start", rule);
  if (!process) {
    const auto growth = part("growth", schema_key("<path>.growth"));
    if (!start || !growth) return std::nullopt;
    return Path(Path::Growth{*start, *growth});
  }
  const Node& kind = *node.find("process");
  if (!rule.path.ends_with(".quality"))
    problem(kind.key_mark, key + ".process", "a process", "a process only for quality");
  const auto releases = choice(kind, key + ".process", schema_key("<path>.process"));
  const auto per_year = part("per_year", schema_key("<path>.per_year"));
  const Node* jump_node = node.find("jump");
  std::optional<Distribution> jump;
  const SchemaKey& any_number = schema_key("<path>.jump");
  if (!jump_node)
    problem(place(node), key + ".jump", "nothing", "a number, or a distribution drawn anew for each release");
  else if (jump_node->is_table())
    jump = distribution(*jump_node, key + ".jump", any_number);
  else if (const auto value = number(*jump_node, key + ".jump", any_number, false))
    jump = Distribution::point(*value);
  if (!start || !releases || !per_year || !jump) return std::nullopt;
  return Path(Path::Releases{*start, *per_year, *jump});
}

std::optional<Path> ValueReader::path(const Node& node, const std::string& key, const SchemaKey& rule) {
  if (!node.is_table() || node.has("dist") || node.has("spread")) {
    const auto value = number(node, key, rule);
    if (!value) return std::nullopt;
    return Path(*value);
  }
  if (node.has("start") || node.has("process") || node.has("growth")) return path_with_start(node, key, rule);
  if (is_path_table(node)) return path_at_dates(node, key, rule);
  problem(place(node), key, shown(node) + " (read as a value over time)",
          std::string(rule.allowed) +
              "; over time { 2025Q1 = 2.0, 2026Q1 = 1.6 } or { start, growth }; uncertain { dist = ... }");
  return std::nullopt;
}

std::optional<Annual> ValueReader::annual(const Node& node, const std::string& key, const SchemaKey& rule,
                                          std::optional<double>* growth) {
  Annual result;
  if (!node.is_table() || node.has("dist")) {
    const auto value = number(node, key, rule);
    if (!value) return std::nullopt;
    if (growth) *growth = 0;  // one number for every year
    result.emplace_back(2000, *value);
    return result;
  }
  bool sound = true;
  for (const Node::Entry& entry : node.entries) {
    const std::string at = key_path(key, entry.key.substr(0, 64));
    const auto when = Date::parse(entry.key);
    if (entry.key == "source" || entry.key == "note") {
      text(entry.value, at, "a text");
    } else if (entry.key == "growth" && growth) {
      *growth = number(entry.value, at, schema_key("market.size.growth"), false);
      sound = sound && *growth;
    } else if (when && when->precision == PeriodLength::year) {
      const auto value = number(entry.value, at, rule);
      if (value) result.emplace_back(when->year, *value);
      sound = sound && value;
    } else {
      problem(entry.value.key_mark, at,
              when ? "a date finer than a year" : "no year (the table was read as values by year)",
              growth ? "years, or growth" : "years");
      sound = false;
    }
  }
  if (result.empty() && sound)
    problem(place(node), key, "no year", "values by year: { 2025 = 10.0, 2027 = 16.0 }");
  if (result.empty() || !sound) return std::nullopt;
  std::sort(result.begin(), result.end());
  return result;
}

std::optional<TasteSpec> ValueReader::taste(const Node& node, const std::string& key, const SchemaKey& rule) {
  if (!node.is_table() || (!node.has("spread") && !node.has("values"))) {
    const auto value = number(node, key, rule);
    if (!value) return std::nullopt;
    return TasteSpec(*value);
  }
  TasteSpec spec;
  if (node.has("values")) {
    table(node, key, "<taste>", "values");
    spec.spread = TasteSpec::Spread::values;
    const auto numbers = [&](const char* name, const SchemaKey& of, std::vector<double>& into) {
      const Node* of_name = node.find(name);
      if (!of_name) return;
      if (of_name->type != Node::Type::array || of_name->items.empty())
        return problem(place(*of_name), key_path(key, name), shown(*of_name), "a list of numbers");
      for (std::size_t i = 0; i < of_name->items.size(); ++i)
        if (const auto x = number(of_name->items[i], fmt::format("{}.{}[{}]", key, name, i), of))
          into.push_back(*x);
    };
    numbers("values", rule, spec.values);
    numbers("weights", schema_key("<taste>.weights"), spec.weights);
    if (node.has("weights") && spec.weights.size() != spec.values.size()) {
      problem(place(*node.find("weights")), key + ".weights", fmt::format("{} weights", spec.weights.size()),
              fmt::format("as many as values: {}", spec.values.size()));
      return std::nullopt;
    }
    if (spec.values.empty()) return std::nullopt;
    return spec;
  }
  const auto kind = choice(*node.find("spread"), key + ".spread", schema_key("<taste>.spread"));
  if (!kind) return std::nullopt;
  const bool by_median = *kind == 1 && node.has("median");
  spec.spread = *kind == 0  ? TasteSpec::Spread::normal
                : by_median ? TasteSpec::Spread::lognormal_median
                            : TasteSpec::Spread::lognormal_mean;
  const char *first = by_median ? "median" : "mean", *second = by_median ? "sigma" : "sd";
  table(node, key, "<taste>", *kind == 0 ? "normal" : lognormal_form(node));
  bool sound = true;
  const auto part = [&](const char* name, const SchemaKey& of, double& into) {
    const Node* of_name = node.find(name);
    std::optional<double> value;
    if (!of_name)
      problem(place(node), key_path(key, name), "nothing",
              fmt::format("a number: this spread needs {} and {}", first, second));
    else
      value = number(*of_name, key_path(key, name), of);
    if (value) into = *value;
    sound = sound && value;
  };
  SchemaKey first_rule = schema_key(key_path("<taste>", first));
  if (*kind == 1) first_rule.min = 0, first_rule.min_is_excluded = true;  // a mean of a lognormal too
  part(first, first_rule, spec.first);
  part(second, schema_key(key_path("<taste>", second)), spec.second);
  if (const Node* classes = node.find("classes")) {
    const auto n = integer(*classes, key + ".classes", schema_key("<taste>.classes"));
    if (n) spec.classes = static_cast<int>(*n);
    sound = sound && n;
  }
  if (!sound) return std::nullopt;
  return spec;
}

}  // namespace lockin
