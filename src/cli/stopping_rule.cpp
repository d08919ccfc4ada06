#include "cli/stopping_rule.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <map>

#include "cli/commands.hpp"
#include "spelling.hpp"

namespace lockin::cli {
namespace {

constexpr const char* form = "--until se=0.002[,measure=M][,layer=L][,segment=S][,provider=P][,at=2030]";

[[noreturn]] void refuse(const std::string& what, const std::string& hint = form) {
  throw UsageError("--until: " + what, hint.empty() ? form : hint);
}

std::map<std::string, std::string> pairs_of(const std::string& text) {
  static const std::vector<std::string> known{"se", "measure", "layer", "segment", "provider", "at"};
  std::map<std::string, std::string> pairs;
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t end = std::min(text.find(',', from), text.size()), equals = text.find('=', from);
    if (equals >= end) refuse(fmt::format("{} is not KEY=VALUE", text.substr(from, end - from)));
    const std::string key = text.substr(from, equals - from);
    if (std::find(known.begin(), known.end(), key) == known.end())
      refuse(fmt::format("no key {}", key), did_you_mean(key, known));
    if (!pairs.emplace(key, text.substr(equals + 1, end - equals - 1)).second)
      refuse(fmt::format("{} is given twice", key));
    from = end + 1;
  }
  return pairs;
}

template <class Number>
std::optional<Number> number_in(const std::string& text) {
  Number number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  return read.ec == std::errc() && read.ptr == text.data() + text.size() ? std::optional(number)
                                                                         : std::nullopt;
}

template <class Id, class Thing>
std::optional<Id> named(const char* what, const std::vector<Thing>& things, const std::string& name) {
  if (name == "all") return std::nullopt;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < things.size(); ++i) {
    if (things[i].name == name) return Id(i);
    names.push_back(things[i].name);
  }
  refuse(fmt::format("no {} {}", what, name), did_you_mean(name, names));
}

// A period's label, or a year.
void set_moment(MeasureAt& at, const std::string& text, const Calendar& calendar) {
  for (long t = 0; t < static_cast<long>(calendar.size()); ++t)
    if (calendar.label(t) == text) {
      at.t = t;
      return;
    }
  at.year = number_in<int>(text);
  if (!at.year) refuse(fmt::format("at={} is no period or year of the scenario", text));
}

}  // namespace

StoppingRule stopping_rule(const std::string& text, const Scenario& scenario) {
  std::map<std::string, std::string> given = pairs_of(text);
  StoppingRule rule;
  const std::optional<double> se = number_in<double>(given["se"]);
  if (!se || !std::isfinite(*se) || !(*se > 0))
    refuse(fmt::format("se={} is not a number above 0", given["se"]));
  rule.se = *se;
  if (given.size() == 1) return rule;
  const auto value = [&](const std::string& key, const char* otherwise) {
    return given.contains(key) ? given[key] : otherwise;
  };
  const std::string measure = value("measure", "revenue_share"), layer = value("layer", "all");
  const MarketSpec& spec = scenario.spec;
  const Calendar calendar(spec.start, spec.end, spec.period);
  MeasureAt at{.t = static_cast<long>(calendar.size()) - 1};
  if (const std::optional<Measure> of = measure_named(measure)) {
    at.measure = *of;
  } else {
    std::vector<std::string> names;
    for (const Measure one : all_measures()) names.emplace_back(name_of(one));
    refuse(fmt::format("no measure {}", measure), did_you_mean(measure, names));
  }
  at.key.layer = named<LayerId>("layer", spec.layers, layer);
  at.key.segment = named<SegmentId>("segment", spec.segments, value("segment", "all"));
  if (given.contains("at")) set_moment(at, given["at"], calendar);
  if (given.contains("provider") || at.measure == Measure::hhi) {
    at.key.provider = named<ProviderId>("provider", spec.providers, value("provider", "all"));
    rule.measures.push_back(at);
    return rule;
  }
  for (std::size_t j = 0; j < spec.providers.size(); ++j) {  // all who sell there
    const auto& offers = spec.providers[j].offers;
    if (at.key.layer &&
        std::none_of(offers.begin(), offers.end(), [&](const auto& of) { return of.first == layer; }))
      continue;
    at.key.provider = ProviderId(j);
    rule.measures.push_back(at);
  }
  return rule;
}

}  // namespace lockin::cli
