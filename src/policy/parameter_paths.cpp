#include "lockin/policy/parameter_paths.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "deterministic_math.hpp"
#include "lockin/random/multinomial.hpp"
#include "lockin/random/stream.hpp"
#include "policy/policy_adjoint.hpp"

namespace lockin {
namespace {

constexpr double most_releases = 1e6;  // expected in a year, so that no rate keeps a run busy for ever

double changed(EffectSpec::Kind kind, double number, double strength, double value) {
  switch (kind) {
    case EffectSpec::Kind::scale:
      return value * (1 + strength * (number - 1));
    case EffectSpec::Kind::add:
      return value + strength * number;
    case EffectSpec::Kind::set:
      break;
  }
  return value + strength * (number - value);
}

// The mean of that over a Poisson number of independent occurrences, whose strengths add up to `strength` on average.
double expected_change(const Market::Effect& effect, double strength, double value) {
  return effect.kind == EffectSpec::Kind::scale ? value * math::exp(strength * (effect.number - 1))
                                                : value + strength * effect.number;
}

// The transpose of `expected_change`: the derivative by the value before, and by number and strength.
double pull_back_expected(const Market::Effect& effect, double strength, double value, double by,
                          double& by_number, double& by_strength) {
  if (effect.kind != EffectSpec::Kind::scale) {
    by_number += by * strength;
    by_strength += by * effect.number;
    return by;
  }
  const double factor = math::exp(strength * (effect.number - 1));
  by_number += by * value * factor * strength;
  by_strength += by * value * factor * (effect.number - 1);
  return by * factor;
}

// The transpose of `changed`: the derivative by the value before, and by the number.
double pull_back_change(const Market::Effect& effect, double strength, double value, double by,
                        double& by_number) {
  by_number += by * strength * (effect.kind == EffectSpec::Kind::scale ? value : 1);
  switch (effect.kind) {
    case EffectSpec::Kind::scale:
      return by * (1 + strength * (effect.number - 1));
    case EffectSpec::Kind::add:
      return by;
    case EffectSpec::Kind::set:
      break;
  }
  return by * (1 - strength);
}

bool moves_on(const Path& path) {
  return path.form == Path::Form::growth || path.form == Path::Form::releases;
}

}  // namespace

void check_parameter(const Market& market, ParameterId id, double value, long t, const std::string& cause) {
  const Parameter& p = market.parameters()[id.index()];
  const ParameterRule& rule = parameter_rule(p.kind);
  if (!rule.holds(value))
    throw RunError(fmt::format("{}: {} in {} is not {}{}", p.key, value, market.calendar().label(t),
                               rule.allowed, cause));
}

ParameterPaths::ParameterPaths(const Market& market, const Settings& settings)
    : market_(market), settings_(settings) {
  for (const Parameter& p : market.parameters())
    level_.push_back(moves_on(p.path) ? p.path.value(market.calendar(), 0, false) : 0);
  for (const Market::Event& event : market.events()) start_.push_back(event.at);
  occurrences_.resize(market.events().size());
}

void ParameterPaths::start_triggered(
    long t, const std::function<std::optional<double>(const TriggerSpec&)>& measure) {
  using Comparison = TriggerSpec::Comparison;
  for (std::size_t e = 0; e < start_.size(); ++e) {
    const Market::Event& event = market_.events()[e];
    if (start_[e] || !event.when) continue;
    const std::optional<double> value = measure(*event.when);
    if (!value) continue;
    const double threshold = event.when->threshold;
    const Comparison how = event.when->comparison;
    if (how == Comparison::greater         ? *value > threshold
        : how == Comparison::less          ? *value < threshold
        : how == Comparison::greater_equal ? *value >= threshold
                                           : *value <= threshold)
      start_[e] = t;
  }
}

double ParameterPaths::strength(const Market::Event& event, std::optional<long> start, long t) const {
  if (!start || t < *start || (event.lasts >= 0 && t >= *start + event.lasts)) return 0;
  if (event.ramp == 0) return 1;
  return std::min(1.0, static_cast<double>(t - *start + 1) / static_cast<double>(event.ramp));
}

double ParameterPaths::exposure(const Market::Event& event, long t) const {
  double sum = 0;
  for (long start = 1; start <= t; ++start) sum += strength(event, start, t);
  return sum;
}

double ParameterPaths::after_effect(std::size_t event, std::size_t effect, long t, double value) const {
  const Market::Event& of = market_.events()[event];
  const Market::Effect& what = of.effects[effect];
  if (!of.per_year) {
    const double w = strength(of, start_[event], t);
    return w == 0 ? value : changed(what.kind, what.number, w, value);
  }
  if (!settings_.draw_shocks)
    return expected_change(what, *of.per_year / market_.calendar().per_year() * exposure(of, t), value);
  for (const Occurrence& one : occurrences_[event])
    value = changed(what.kind, one.numbers[effect], strength(of, one.start, t), value);
  return value;
}

void ParameterPaths::draw_occurrences(long t) {
  if (!settings_.draw_shocks) return;
  for (std::size_t e = 0; e < occurrences_.size(); ++e) {
    const Market::Event& event = market_.events()[e];
    if (!event.per_year) continue;
    std::erase_if(occurrences_[e],
                  [&](const Occurrence& one) { return event.lasts >= 0 && t >= one.start + event.lasts; });
    Philox stream = StreamKey{settings_.seed,      settings_.replication,     static_cast<std::uint32_t>(t),
                              Purpose::occurrence, CellId().with(event.name), 0}
                        .stream();
    for (std::uint64_t n = draw_poisson(*event.per_year / market_.calendar().per_year(), stream); n > 0;
         --n) {
      Occurrence one{t, {}};
      for (const Market::Effect& effect : event.effects)
        one.numbers.push_back(effect.drawn ? effect.drawn->draw(stream) : effect.number);
      occurrences_[e].push_back(std::move(one));
    }
  }
}

double ParameterPaths::pace(std::size_t i, long t) const {
  const Parameter& p = market_.parameters()[i];
  const bool grows = p.path.form == Path::Form::growth;
  double pace = grows ? p.path.growth.growth_per_year : p.path.releases.per_year;
  for (std::size_t e = 0; e < start_.size(); ++e)
    for (std::size_t k = 0; k < market_.events()[e].effects.size(); ++k) {
      const Market::Effect& effect = market_.events()[e].effects[k];
      if (effect.part == Market::Effect::Part::value ||
          std::find(effect.targets.begin(), effect.targets.end(), ParameterId(i)) == effect.targets.end())
        continue;
      pace = after_effect(e, k, t, pace);
      if (grows ? !(pace > -1) : !(pace >= 0))
        throw RunError(fmt::format("{}.{}: {} in {} is out of range after event {}", p.key,
                                   grows ? "growth" : "per_year", pace, market_.calendar().label(t),
                                   market_.events()[e].name));
    }
  return pace;
}

double ParameterPaths::expected_level(std::size_t i, double before, double pace) const {
  const Path& path = market_.parameters()[i].path;
  const double per_year = market_.calendar().per_year();
  return path.form == Path::Form::growth ? before * math::exp(math::log1p(pace) / per_year)
                                         : before + pace / per_year * path.releases.jump.mean();
}

void ParameterPaths::step_levels(long t) {
  const double per_year = market_.calendar().per_year();
  draw_occurrences(t);
  for (std::size_t i = 0; i < level_.size(); ++i) {
    const Parameter& p = market_.parameters()[i];
    if (!moves_on(p.path)) continue;
    const double pace = this->pace(i, t);
    if (p.path.form == Path::Form::growth || !settings_.draw_shocks) {
      level_[i] = expected_level(i, level_[i], pace);
    } else {
      if (pace > most_releases)
        throw RunError(fmt::format("{}.per_year: {} in {}: at most {} releases a year can be drawn", p.key,
                                   pace, market_.calendar().label(t), most_releases));
      Philox stream = StreamKey{settings_.seed,   settings_.replication, static_cast<std::uint32_t>(t),
                                Purpose::release, CellId().with(p.key),  0}
                          .stream();
      for (std::uint64_t n = draw_poisson(pace / per_year, stream); n > 0; --n)
        level_[i] += p.path.releases.jump.draw(stream);
    }
  }
}

PeriodParameters ParameterPaths::at(long t) {
  for (; level_period_ < t; ++level_period_) step_levels(level_period_ + 1);
  std::vector<double> values(level_.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Parameter& p = market_.parameters()[i];
    values[i] =
        moves_on(p.path) ? level_[i] : p.path.value(market_.calendar(), t, parameter_rule(p.kind).ratio);
  }
  PeriodParameters parameters(t, std::move(values));
  std::vector<const std::string*> cause(level_.size(), nullptr);
  for (std::size_t e = 0; e < start_.size(); ++e) {
    const Market::Event& event = market_.events()[e];
    const bool acts = event.per_year ? !settings_.draw_shocks || !occurrences_[e].empty()
                                     : strength(event, start_[e], t) != 0;
    for (std::size_t i = 0; acts && i < event.effects.size(); ++i)
      if (event.effects[i].part == Market::Effect::Part::value)
        for (const ParameterId id : event.effects[i].targets) {
          parameters[id] = after_effect(e, i, t, parameters[id]);
          cause[id.index()] = &event.name;
        }
    if (!event.move || start_[e] != t) continue;
    if (!market_.offer(event.move->layer, event.move->to).on_sale(t))
      throw RunError(fmt::format("events.{}.move.to: {} does not sell {} in {}", event.name,
                                 market_.spec().providers[event.move->to.index()].name,
                                 market_.spec().layers[event.move->layer.index()].name,
                                 market_.calendar().label(t)));
    parameters.moves.push_back(*event.move);
  }
  const auto after = [&](ParameterId id) {
    return cause[id.index()] ? " after event " + *cause[id.index()] : std::string();
  };
  for (std::size_t i = 0; i < level_.size(); ++i)
    check_parameter(market_, ParameterId(i), parameters[ParameterId(i)], t, after(ParameterId(i)));
  for (std::size_t s = 0; s < market_.segment_count(); ++s)
    for (std::size_t l = 0; l < market_.layer_count(); ++l) {
      const Market::Segment& segment = market_.segment(SegmentId(s));
      const auto stop = [&](ParameterId id, const std::string& what) {
        throw RunError(fmt::format("{}: {} in {}{}", market_.parameters()[id.index()].key, what,
                                   market_.calendar().label(t), after(id)));
      };
      const ParameterId initial = segment.cost_initial[l], full = segment.cost_full[l];
      if (parameters[full] < parameters[initial])
        stop(cause[full.index()] ? full : initial,
             fmt::format("full {} is below initial {}", parameters[full], parameters[initial]));
      const ParameterId innovate = segment.innovate[l], imitate = segment.imitate[l];
      if (parameters[innovate] + parameters[imitate] > 1 + 1e-12)  // rounding of a sum that is 1
        stop(cause[innovate.index()] ? innovate : imitate,
             fmt::format("innovate + imitate = {} is above 1", parameters[innovate] + parameters[imitate]));
    }
  return parameters;
}

PathsPullBack::PathsPullBack(const ParameterPaths& paths)
    : paths_(paths),
      by_level_(paths.level_.size(), 0.0),
      changes_(paths.level_.size()),
      levels_(paths.level_.size()) {
  const Market& market = paths.market_;
  const std::vector<Market::Event>& events = market.events();
  for (std::size_t e = 0; e < events.size(); ++e)
    for (std::size_t i = 0; i < events[e].effects.size(); ++i)
      for (const ParameterId id : events[e].effects[i].targets) changes_[id.index()].push_back({e, i});
  for (std::size_t i = 0; i < levels_.size(); ++i) {
    const Path& path = market.parameters()[i].path;
    if (!moves_on(path)) continue;
    levels_[i].push_back(path.value(market.calendar(), 0, false));
    for (long t = 1; t < static_cast<long>(market.calendar().size()); ++t)
      levels_[i].push_back(paths.expected_level(i, levels_[i].back(), paths.pace(i, t)));
  }
}

double PathsPullBack::pull_back_changes(std::size_t parameter, bool of_value, double value, long t,
                                        bool triggered, double by, MarketAdjoint& by_market) {
  const std::vector<Market::Event>& events = paths_.market_.events();
  steps_.clear();
  for (const Change& change : changes_[parameter]) {
    const Market::Event& event = events[change.event];
    if ((event.effects[change.effect].part == Market::Effect::Part::value) != of_value) continue;
    const double w = event.per_year
                         ? *event.per_year / paths_.market_.calendar().per_year() * paths_.exposure(event, t)
                     : triggered || event.at ? paths_.strength(event, paths_.start_[change.event], t)
                                             : 0;
    if (w == 0 && !event.per_year) continue;
    steps_.push_back({change, w, value});
    const Market::Effect& effect = event.effects[change.effect];
    value =
        event.per_year ? expected_change(effect, w, value) : changed(effect.kind, effect.number, w, value);
  }
  for (std::size_t i = steps_.size(); i-- > 0;) {
    const auto& [change, w, before] = steps_[i];
    const Market::Event& event = events[change.event];
    const Market::Effect& effect = event.effects[change.effect];
    Market::Event& by_event = by_market.events[change.event];
    double& by_number = by_event.effects[change.effect].number;
    if (!event.per_year) {
      by = pull_back_change(effect, w, before, by, by_number);
      continue;
    }
    double by_strength = 0;
    by = pull_back_expected(effect, w, before, by, by_number, by_strength);
    *by_event.per_year += by_strength * paths_.exposure(event, t) / paths_.market_.calendar().per_year();
  }
  return by;
}

void PathsPullBack::pull_back(long t, bool triggered, const PeriodParameters& by_parameter,
                              MarketAdjoint& by_market) {
  const Market& market = paths_.market_;
  const auto period = static_cast<std::size_t>(t);
  for (std::size_t i = 0; i < by_level_.size(); ++i) {
    const Parameter& p = market.parameters()[i];
    const double by = by_parameter[ParameterId(i)];
    if (by == 0) continue;
    if (moves_on(p.path)) {
      by_level_[i] += pull_back_changes(i, true, levels_[i][period], t, triggered, by, by_market);
    } else {
      const double value = changes_[i].empty()
                               ? 0  // not read
                               : p.path.value(market.calendar(), t, parameter_rule(p.kind).ratio);
      by_market.path_values[period][i] += pull_back_changes(i, true, value, t, triggered, by, by_market);
    }
  }
}

void PathsPullBack::step_back(long t, MarketAdjoint& by_market) {
  const Market& market = paths_.market_;
  const double per_year = market.calendar().per_year();
  for (std::size_t i = 0; i < by_level_.size(); ++i) {
    const Path& path = market.parameters()[i].path;
    if (!moves_on(path) || by_level_[i] == 0) continue;
    if (t == 0) {
      by_market.start[i] += by_level_[i];
      continue;
    }
    const double pace = paths_.pace(i, t);
    double by_pace = 0, original = 0;
    if (path.form == Path::Form::growth) {
      original = path.growth.growth_per_year;
      by_pace = by_level_[i] * levels_[i][static_cast<std::size_t>(t)] / (1 + pace) / per_year;
      by_level_[i] *= math::exp(math::log1p(pace) / per_year);
    } else {
      original = path.releases.per_year;
      by_pace = by_level_[i] * path.releases.jump.mean() / per_year;
      by_market.jump[i] += by_level_[i] * pace / per_year;
    }
    by_market.pace[i] += pull_back_changes(i, false, original, t, true, by_pace, by_market);
  }
}

}  // namespace lockin
