#include "wasm/what_if.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "lockin/analysis/gradient.hpp"
#include "lockin/engine/mean_field_engine.hpp"
#include "lockin/scenario/load.hpp"
#include "number_text.hpp"
#include "simulation/period_loop.hpp"

namespace lockin {
namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

// By its parts, not by `simulate`, which knows all engines: a page has the code of this one only.
Trajectory run_mean_field(const Market& market) {
  RunSettings settings;
  settings.engine = EngineKind::mean_field;
  MeanFieldEngine engine(market);
  ParameterPaths paths(market, {});
  TransitionKernel kernel(market);
  return run_periods(market, settings, engine, paths, kernel, [](const PeriodParameters&) {});
}

std::optional<double> value_at(const Trajectory& path, const MeasureAt& at) {
  return at.year ? path.annual_value(*at.year, at.measure, at.key) : path.value(at.t, at.measure, at.key);
}

// Derivatives of the lead by each number: of the first less those of the second, if there is one.
std::vector<PartialDerivative> lead_derivatives(const Market& market, MeasureAt at) {
  Gradients gradients(market, 1);
  std::vector<std::pair<double, std::size_t>> ranked;
  for (std::size_t j = 0; j < market.provider_count(); ++j) {
    at.key.provider = ProviderId(j);
    if (const auto share = value_at(gradients.trajectory(), at)) ranked.emplace_back(-*share, j);
  }
  std::sort(ranked.begin(), ranked.end());
  if (ranked.empty()) return {};
  at.key.provider = ProviderId(ranked[0].second);
  std::vector<PartialDerivative> lead = std::move(gradients.of(at).partials);
  if (ranked.size() < 2) return lead;
  at.key.provider = ProviderId(ranked[1].second);
  const std::vector<PartialDerivative> second = std::move(gradients.of(at).partials);
  for (std::size_t i = 0; i < lead.size(); ++i) lead[i].derivative -= second[i].derivative;
  return lead;
}

// Whether `--set` gives just this change.
bool accepts(std::string_view text, const std::vector<MarketNumber>& numbers, std::size_t at, double value) {
  const std::string as_text = numbers[at].whole ? std::to_string(std::llround(value)) : number_text(value);
  try {
    Scenario changed = parse_scenario(text, "scenario", {numbers[at].key + "=" + as_text});
    const std::vector<MarketNumber> now = market_numbers(changed.spec);
    if (now.size() != numbers.size()) return false;
    for (std::size_t i = 0; i < now.size(); ++i)
      if (now[i].key != numbers[i].key || now[i].get() != (i == at ? value : numbers[i].get())) return false;
    return true;
  } catch (const InputError&) {
    return false;
  }
}

// The end of a range, nearer to the value where the scenario does not accept it; the value itself if none is near enough.
double accepted_end(std::string_view text, const std::vector<MarketNumber>& numbers, std::size_t at,
                    double end) {
  const double value = numbers[at].get();
  for (int attempt = 0; attempt < 4; ++attempt, end = (end + value) / 2) {
    if (numbers[at].whole) end = std::round(end);
    if (end != value && accepts(text, numbers, at, end)) return end;
  }
  return value;
}

}  // namespace

WhatIf::WhatIf(std::string_view text, std::size_t knobs) {
  const Scenario scenario = parse_scenario(text, "scenario");
  spec_ = scenario.spec;
  numbers_ = market_numbers(spec_);
  const Market market(spec_);
  const Trajectory path = run_mean_field(market);
  names_ = path.names();
  calendar_ = path.calendar();
  last_.t = static_cast<long>(path.size()) - 1;
  if (const std::vector<int> years = path.whole_years(); !years.empty()) last_.year = years.back();
  show(path);
  choose_knobs(text, scenario, knobs);
}

void WhatIf::choose_knobs(std::string_view text, const Scenario& scenario, std::size_t count) {
  std::vector<PartialDerivative> partials = lead_derivatives(scenario.market(), last_);
  const auto effect = [](const PartialDerivative& n) { return std::abs(n.value * n.derivative); };
  std::erase_if(partials, [&](const auto& n) { return !(effect(n) > 0) || !std::isfinite(effect(n)); });
  std::stable_sort(partials.begin(), partials.end(),
                   [&](const auto& a, const auto& b) { return effect(a) > effect(b); });
  for (const PartialDerivative& partial : partials) {
    if (knobs_.size() == count) return;
    const auto number = std::find_if(numbers_.begin(), numbers_.end(),
                                     [&](const MarketNumber& n) { return n.key == partial.key; });
    if (number == numbers_.end()) continue;
    const auto at = static_cast<std::size_t>(number - numbers_.begin());
    // What the scenario holds possible; of what it is sure of, half as much and half as much again.
    std::pair<double, double> ends{0.5 * partial.value, 1.5 * partial.value};
    for (const UncertainNumber& uncertain : scenario.uncertain)
      if (uncertain.key == partial.key)
        ends = {uncertain.distribution.quantile(0.01), uncertain.distribution.quantile(0.99)};
    if (ends.first > ends.second) std::swap(ends.first, ends.second);
    const Knob knob{partial.key,
                    partial.value,
                    accepted_end(text, numbers_, at, std::min(ends.first, partial.value)),
                    accepted_end(text, numbers_, at, std::max(ends.second, partial.value)),
                    partial.derivative,
                    number->whole != nullptr};
    if (knob.min == knob.max) continue;  // not a key of a scenario, or held by others
    knobs_.push_back(knob);
    at_.push_back(at);
  }
}

void WhatIf::run(std::span<const double> values) {
  if (values.size() != knobs_.size()) throw std::invalid_argument("one value for each knob");
  for (std::size_t k = 0; k < values.size(); ++k) {
    if (!std::isfinite(values[k])) throw std::invalid_argument(knobs_[k].key + ": not a number");
    numbers_[at_[k]].set(values[k]);
  }
  show(run_mean_field(Market(spec_)));
}

void WhatIf::show(const Trajectory& path) {
  std::vector<RankedShares> rankings;
  rankings.push_back({Measure::revenue_share, "all", {}, {}});
  for (std::size_t l = 0; l < names_.layers.size(); ++l)
    if (names_.token_layer[l]) rankings.push_back({Measure::token_share, names_.layers[l], {}, {}});
  for (RankedShares& of : rankings) {
    MeasureAt at = last_;
    at.measure = of.measure;
    at.key = path.key(of.layer, "all", "all");
    for (long t = -1; t < static_cast<long>(path.size()); ++t)
      for (std::size_t j = 0; j < names_.providers.size(); ++j) {
        at.key.provider = ProviderId(j);
        of.shares.push_back(path.value(t, of.measure, at.key).value_or(missing));
      }
    for (std::size_t j = 0; j < names_.providers.size(); ++j) {
      at.key.provider = ProviderId(j);
      of.last.push_back(value_at(path, at).value_or(missing));
    }
  }
  rankings_ = std::move(rankings);
}

std::string WhatIf::last_label() const {
  return last_.year ? std::to_string(*last_.year) : calendar_.label(last_.t);
}

}  // namespace lockin
