#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "key_path.hpp"
#include "market/market_compiler.hpp"
#include "spelling.hpp"

namespace lockin {
namespace {

constexpr double most_per_year = 1000;  // keeps a mistyped rate from exhausting memory

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() > end.size() && text.substr(text.size() - end.size()) == end;
}

}  // namespace

void MarketCompiler::compile_events() {
  const long months = 12 / m_.calendar_.per_year();
  for (std::size_t e = 0; e < spec_.events.size(); ++e) {
    const EventSpec& spec = spec_.events[e];
    const std::string key = "events." + spec.name;
    Market::Event event;
    event.name = spec.name;
    if (position_of(spec_.events, spec.name) != e)
      problem(key + ".name", "the name twice", "unique names of events");
    const int starts = spec.at.has_value() + spec.when.has_value() + spec.per_year.has_value();
    if (starts != 1)
      problem(key, starts == 0 ? "none of at, when and per_year" : "two of at, when and per_year",
              "one of at, when and per_year");
    if (spec.at) {
      event.at = m_.calendar_.period_of(*spec.at);
      if (periods_per_year(spec.at->precision) > m_.calendar_.per_year())
        problem(key + ".at", spec.at->text(), "a date no finer than the period");
    }
    if (spec.when) {
      compile_trigger(key, *spec.when);
      event.when = spec.when;
    }
    if (spec.per_year) {
      event.per_year = spec.per_year;
      if (!(*spec.per_year >= 0 && *spec.per_year <= most_per_year))
        problem(key + ".per_year", fmt::format("{}", *spec.per_year),
                fmt::format("a number, 0..{}", most_per_year));
      if (spec.move) problem(key + ".move", "a move that recurs", "at or when beside move");
    }
    const auto periods = [&](std::optional<int> duration, const char* what, long none) {
      if (!duration) return none;
      if (*duration <= 0 || *duration % months != 0)
        problem(key_path(key, what), fmt::format("{} months", *duration), "a whole number of periods");
      return *duration / months;
    };
    event.lasts = periods(spec.lasts_months, "lasts", -1);
    event.ramp = periods(spec.ramp_months, "ramp", 0);
    if (spec.effects.empty() && !spec.move) problem(key, "no effect", "an entry in scale, add, set or move");
    for (const EffectSpec& effect : spec.effects) compile_effect(key, effect, event);
    if (spec.move) compile_move(key, *spec.move, event);
    m_.events_.push_back(std::move(event));
  }
}

void MarketCompiler::compile_effect(const std::string& key, const EffectSpec& spec, Market::Event& event) {
  using Part = Market::Effect::Part;
  static constexpr const char* kinds[] = {"scale", "add", "set"};
  const std::string at = fmt::format("{}.{}.\"{}\"", key, kinds[static_cast<int>(spec.kind)], spec.target);
  if (!std::isfinite(spec.number)) problem(at, fmt::format("{}", spec.number), "a finite number");
  if (event.per_year && spec.kind == EffectSpec::Kind::set)
    problem(at, "set in an event that recurs", "scale or add: occurrences may overlap");
  if (spec.drawn && !event.per_year)
    problem(at, "a number for each occurrence", "such numbers only in an event with per_year");
  Market::Effect effect{
      spec.kind, Part::value, {}, spec.drawn ? spec.drawn->mean() : spec.number, spec.drawn};
  std::string target = spec.target;
  auto found = targets_.find(target);
  if (found == targets_.end()) {
    for (const auto& [end, part] :
         {std::pair(".growth", Part::growth), std::pair(".per_year", Part::per_year)})
      if (ends_with(target, end)) {
        target.resize(target.size() - std::string_view(end).size());
        effect.part = part;
      }
    found = targets_.find(target);
  }
  // An affinity that the file leaves at 0 is no parameter until an event asks for it.
  for (std::size_t s = 0; found == targets_.end() && s < spec_.segments.size(); ++s)
    for (std::size_t i = 0; i < m_.segments_[s].affinity.size(); ++i) {
      const auto &to = spec_.layers[i / spec_.layers.size()].name,
                 &from = spec_.layers[i % spec_.layers.size()].name;
      if (target != fmt::format("segments.{}.affinity.{}_from_{}", spec_.segments[s].name, to, from))
        continue;
      m_.segments_[s].affinity[i] = parameter(target, ParameterKind::affinity, 0.0);
      found = targets_.find(target);
    }
  if (found == targets_.end()) {
    std::vector<std::string> names;
    if (problems_.size() < 100)  // a hint for each of very many would take time without use
      for (const auto& [name, ids] : targets_) names.push_back(name);
    std::sort(names.begin(), names.end());  // of names as near the first is shown
    problem(at, "no such event target",
            "the dotted path of a key marked event target, as it stands in the file",
            did_you_mean(spec.target, names, "\""));
    return;
  }
  for (const ParameterId id : found->second) {
    const Path::Form form = m_.parameters_[id.index()].path.form;
    if (effect.part == Part::growth && form != Path::Form::growth)
      problem(at, "a path without growth", "a path of the form { start, growth }");
    if (effect.part == Part::per_year && form != Path::Form::releases)
      problem(at, "a path without releases", "a process");
  }
  effect.targets = found->second;
  event.effects.push_back(std::move(effect));
}

void MarketCompiler::compile_trigger(const std::string& key, const TriggerSpec& spec) {
  const std::string at = key + ".when";
  const bool share = spec.measure == Measure::customer_share || spec.measure == Measure::revenue_share ||
                     spec.measure == Measure::token_share || spec.measure == Measure::increment_share ||
                     spec.measure == Measure::new_customer_share;
  const bool over_all = spec.measure == Measure::revenue_share || spec.measure == Measure::increment_share ||
                        spec.measure == Measure::hhi;
  const bool none = spec.measure == Measure::churn || spec.measure == Measure::hhi;
  if (spec.layer != "all" && position_of(spec_.layers, spec.layer) == spec_.layers.size())
    problem(at, "layer " + spec.layer, "the name of a layer, or all");
  if (spec.layer == "all" && !over_all)
    problem(at, "all layers", "one layer: the measure does not exist over all of them");
  if (!spec.provider.empty() && position_of(spec_.providers, spec.provider) == spec_.providers.size())
    problem(at, "provider " + spec.provider, "the name of a provider");
  if (const std::size_t l = position_of(spec_.layers, spec.layer);
      spec.measure == Measure::token_share && l < spec_.layers.size() && !spec_.layers[l].token_unit)
    problem(at, "token_share in a spend layer, where it has no value",
            "token_share in a layer with unit = \"tokens\"");
  if (!std::isfinite(spec.threshold)) problem(at, fmt::format("{}", spec.threshold), "a finite number");
  if (share && spec.provider.empty())
    problem(at, "no provider", "MEASURE.LAYER.PROVIDER: a share is somebody's");
  if (none && !spec.provider.empty())
    problem(at, "a provider", "MEASURE.LAYER: churn and hhi take no provider");
}

void MarketCompiler::compile_move(const std::string& key, const MoveSpec& spec, Market::Event& event) {
  Market::Move move;
  const std::size_t l = position_of(spec_.layers, spec.layer);
  const std::size_t from = position_of(spec_.providers, spec.from),
                    to = position_of(spec_.providers, spec.to);
  const std::size_t before = problems_.size();
  if (l == spec_.layers.size()) problem(key + ".move.layer", spec.layer, "the name of a layer");
  if (from == spec_.providers.size()) problem(key + ".move.from", spec.from, "the name of a provider");
  if (to == spec_.providers.size()) problem(key + ".move.to", spec.to, "the name of a provider");
  if (from == to) problem(key + ".move.to", spec.to, "another provider than from");
  if (!(spec.share >= 0 && spec.share <= 1))
    problem(key + ".move.share", fmt::format("{}", spec.share), "a share (0..1)");
  if (!spec.segment.empty()) {
    const std::size_t s = position_of(spec_.segments, spec.segment);
    if (s == spec_.segments.size())
      problem(key + ".move.segment", spec.segment, "the name of a segment");
    else
      move.segment = SegmentId(s);
  }
  if (problems_.size() > before) return;
  for (const auto& [j, what] : {std::pair(from, "from"), std::pair(to, "to")})
    if (!m_.layers_[l].offers[j].sold)
      problem(key + ".move." + what, spec_.providers[j].name, "a provider with a table for the layer");
  move.layer = LayerId(l);
  move.from = ProviderId(from);
  move.to = ProviderId(to);
  move.share = spec.share;
  move.keep_stage = spec.keep_stage;
  event.move = move;
}

}  // namespace lockin
