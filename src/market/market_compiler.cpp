#include "market/market_compiler.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "deterministic_math.hpp"
#include "key_path.hpp"
#include "lockin/market/annual_totals.hpp"
#include "market/numbers_to_market.hpp"

namespace lockin {

std::vector<Problem> MarketCompiler::compile() {
  compile_calendar();
  check_names();
  if (!problems_.empty()) return problems_;  // what follows would speak of the wrong things
  m_.portability_ = parameter("portability", ParameterKind::portability, spec_.portability);
  check_size();
  compile_layers();
  for (std::size_t s = 0; s < spec_.segments.size(); ++s) compile_segment(s);
  if (!problems_.empty()) return problems_;
  compile_learning_curves();
  compile_events();
  check_values();
  check_pairs();
  return problems_;
}

void MarketCompiler::problem(std::string key, std::string found, std::string allowed, std::string hint) {
  problems_.push_back({std::move(key), std::move(found), std::move(allowed), std::move(hint)});
}

ParameterId MarketCompiler::parameter(std::string key, ParameterKind kind, const Path& path) {
  const ParameterId id(m_.parameters_.size());
  targets_[key].push_back(id);
  m_.parameters_.push_back({std::move(key), kind, path});
  return id;
}

std::vector<ParameterId> MarketCompiler::keyed(const std::string& key, ParameterKind kind,
                                               const Keyed<Path>& spec, const std::vector<std::string>& names,
                                               double fallback) {
  if (spec.all) return std::vector<ParameterId>(names.size(), parameter(key, kind, *spec.all));
  std::optional<ParameterId> otherwise;
  if (spec.otherwise) otherwise = parameter(key + ".default", kind, *spec.otherwise);
  std::vector<ParameterId> ids;
  for (const std::string& name : names) {
    const auto found =
        std::find_if(spec.named.begin(), spec.named.end(), [&](const auto& p) { return p.first == name; });
    if (found == spec.named.end() && otherwise)
      ids.push_back(*otherwise);
    else
      ids.push_back(
          parameter(key_path(key, name), kind, found == spec.named.end() ? Path(fallback) : found->second));
  }
  if (spec.empty()) targets_[key] = ids;  // a key left at its default may also be targeted as a whole
  return ids;
}

std::vector<std::string> MarketCompiler::names(bool of_layers) const {
  std::vector<std::string> result;
  if (of_layers)
    for (const auto& layer : spec_.layers) result.push_back(layer.name);
  else
    for (const auto& segment : spec_.segments) result.push_back(segment.name);
  return result;
}

void MarketCompiler::compile_calendar() {
  try {
    m_.calendar_ = Calendar(spec_.start, spec_.end, spec_.period);
  } catch (const std::invalid_argument& error) {
    problem("horizon.end", spec_.start.text() + " to " + spec_.end.text(), error.what());
  }
}

void MarketCompiler::check_size() {
  if (!spec_.size) return;
  const long periods = static_cast<long>(m_.calendar_.size());
  double told = 0;  // the same sum in one year after the other is one mistake
  for (int year = m_.calendar_.year_of(0); year <= m_.calendar_.year_of(periods - 1); ++year) {
    const auto size = market_size(*spec_.size, year);
    if (!size)
      problem("market.size", fmt::format("no total for {}", year),
              "every year of the horizon: given, between given years, or by growth");
    else if (!(*size > 0) || !std::isfinite(*size))
      problem("market.size", fmt::format("{} in {}", *size, year), "a number > 0");
    else {
      double sum = 0;
      bool rest = false;
      for (const LayerSpec& layer : spec_.layers) {
        rest = rest || !layer.share;
        const double share = layer.share ? annual_share(*layer.share, year) : 0;
        if (layer.share && !(share > 0))
          problem("layers." + layer.name + ".share", fmt::format("{} in {}", share, year),
                  "a number > 0 where market.size is given");
        sum += share;
      }
      if (sum != told && (rest ? !(sum < 1) : std::abs(sum - 1) > 1e-9))
        problem("layers", fmt::format("shares that add up to {:.10g} in {}", sum, year),
                rest ? "less than 1, so that something is left for the rest" : "1");
      told = sum;
    }
  }
}

void MarketCompiler::compile_layers() {
  const std::size_t providers = spec_.providers.size();
  for (std::size_t l = 0; l < spec_.layers.size(); ++l) {
    const LayerSpec& spec = spec_.layers[l];
    const std::string key = "layers." + spec.name;
    Market::Layer layer;
    layer.stages = spec.stages;
    layer.token_unit = spec.token_unit;
    layer.revealed_appeal = spec.revealed_appeal;
    if (spec.stages < 0 || spec.stages > 64) {
      problem(key + ".lock_in.stages", fmt::format("{}", spec.stages), "a whole number, 0..64");
      layer.stages = 0;
    }
    if (spec.slots != 1 && spec.slots != 2) problem(key + ".slots", fmt::format("{}", spec.slots), "1 or 2");
    const std::size_t count = layer.stage_count();
    layer.advance = parameter(key + ".lock_in.advance", ParameterKind::advance, spec.advance_per_year);
    if (!spec.curve.empty() && spec.curve_tau)
      problem(key + ".lock_in.curve", "both curve and curve_tau", "one of them");
    if (spec.curve_tau && !(*spec.curve_tau > 0 && std::isfinite(*spec.curve_tau)))
      problem(key + ".lock_in.curve_tau", fmt::format("{}", *spec.curve_tau), "a number > 0");
    if (spec.curve.empty())
      layer.curve = stage_curve(layer.stages, spec.curve_tau ? &*spec.curve_tau : nullptr, Plain{});
    else
      for (std::size_t d = 0; d < count; ++d)
        layer.curve.push_back(d < spec.curve.size() ? spec.curve[d] : 1);
    if (!spec.curve.empty() &&
        (spec.curve.size() != count || spec.curve.front() != 0 || spec.curve.back() != 1 ||
         !std::is_sorted(spec.curve.begin(), spec.curve.end()) ||
         std::any_of(spec.curve.begin(), spec.curve.end(), [](double g) { return !(g >= 0 && g <= 1); })))
      problem(key + ".lock_in.curve", fmt::format("[{}]", fmt::join(spec.curve, ", ")),
              fmt::format("{} numbers from 0 to 1, never falling", count));
    layer.opening.assign(count, 0.0);
    layer.opening.back() = 1;
    if (!spec.opening.empty()) {
      double sum = 0;
      bool shares = spec.opening.size() == count;
      for (const double x : spec.opening) sum += x, shares = shares && x >= 0;
      if (!shares || std::abs(sum - 1) > 1e-9)
        problem(key + ".lock_in.opening", fmt::format("[{}]", fmt::join(spec.opening, ", ")),
                fmt::format("{} shares that add up to 1", count));
      else
        layer.opening = spec.opening;
    }
    if (spec.nests) {
      layer.dissimilarity = spec.nests->dissimilarity;
      if (!(layer.dissimilarity > 0 && layer.dissimilarity <= 1))
        problem(key + ".nests.dissimilarity", fmt::format("{}", layer.dissimilarity), "a number in (0, 1]");
      layer.nest.assign(providers, providers);
      for (std::size_t g = 0; g < spec.nests->groups.size(); ++g)
        for (const std::string& name : spec.nests->groups[g]) {
          const std::size_t j = position_of(spec_.providers, name);
          if (j == providers)
            problem(key + ".nests.groups", name, "names of providers");
          else if (layer.nest[j] != providers)
            problem(key + ".nests.groups", name + " in two groups", "each provider in one group at most");
          else
            layer.nest[j] = g;
        }
      std::size_t next = spec.nests->groups.size();
      for (std::size_t& nest : layer.nest)
        if (nest == providers) nest = next++;
    }
    if (problems_.empty() && spec_.size) layer.total = layer_totals(spec_, m_.calendar_, l);
    m_.layers_.push_back(std::move(layer));
    compile_offers(l);
    compile_opening_shares(l);
  }
}

void MarketCompiler::compile_offers(std::size_t l) {
  const LayerSpec& spec = spec_.layers[l];
  Market::Layer& layer = m_.layers_[l];
  const long periods = static_cast<long>(m_.calendar_.size());
  std::vector<bool> served(static_cast<std::size_t>(periods), false);
  for (const ProviderSpec& provider : spec_.providers) {
    Market::Offer offer;
    const auto found = std::find_if(provider.offers.begin(), provider.offers.end(),
                                    [&](const auto& p) { return p.first == spec.name; });
    if (found != provider.offers.end()) {
      const OfferSpec& of = found->second;
      const std::string key = key_path("providers", provider.name, spec.name);
      offer.sold = true;
      if (spec.token_unit && of.price)
        problem(key + ".price", "a price index", "price_per_million_tokens in a token layer");
      if (!spec.token_unit && of.price_per_million_tokens)
        problem(key + ".price_per_million_tokens", "a price per token", "price in a spend layer");
      if (spec.token_unit && !of.price_per_million_tokens)
        problem(key + ".price_per_million_tokens", "nothing", "a price in a token layer");
      offer.price = spec.token_unit
                        ? parameter(key + ".price_per_million_tokens", ParameterKind::price,
                                    of.price_per_million_tokens.value_or(Path(1.0)))
                        : parameter(key + ".price", ParameterKind::price, of.price.value_or(Path(1.0)));
      offer.quality = parameter(key + ".quality", ParameterKind::quality, of.quality);
      offer.reach = keyed(key + ".reach", ParameterKind::reach, of.reach, names(false), 0);
      offer.appeal = keyed(key + ".appeal", ParameterKind::appeal, of.appeal, names(false), 0);
      const auto period_of = [&](const std::optional<Date>& date, const char* what, long fallback) {
        if (!date) return fallback;
        if (periods_per_year(date->precision) > m_.calendar_.per_year())
          problem(key_path(key, what), date->text(), "a date no finer than the period");
        return m_.calendar_.period_of(*date);
      };
      offer.launch = std::max(-1L, period_of(of.launch, "launch", -1));
      offer.withdraw = period_of(of.withdraw, "withdraw", periods + 1);
      if (of.launch && of.withdraw && of.withdraw->months() <= of.launch->months())
        problem(key + ".withdraw", of.withdraw->text(), "a date after launch");
      for (long t = 0; t < periods; ++t)
        if (offer.on_sale(t)) served[static_cast<std::size_t>(t)] = true;
    }
    layer.offers.push_back(std::move(offer));
  }
  const auto empty = std::find(served.begin(), served.end(), false);
  if (empty != served.end())
    problem("layers." + spec.name, "nobody on sale in " + m_.calendar_.label(empty - served.begin()),
            "at least one provider on sale in every period");
}

void MarketCompiler::compile_opening_shares(std::size_t l) {
  const LayerSpec& layer = spec_.layers[l];
  const std::size_t providers = spec_.providers.size();
  for (Market::Offer& offer : m_.layers_[l].offers) offer.opening_share.assign(spec_.segments.size(), 0.0);
  double told = 1;  // a sum that is wrong in one segment after the other is one mistake
  for (std::size_t s = 0; s < spec_.segments.size(); ++s) {
    double sum = 0;
    std::size_t rest = providers;
    std::string last_key = "layers." + layer.name;
    for (std::size_t j = 0; j < providers; ++j) {
      Market::Offer& offer = m_.layers_[l].offers[j];
      if (!offer.sold) continue;
      const ProviderSpec& provider = spec_.providers[j];
      const std::string key = key_path("providers", provider.name, layer.name, "share");
      const OfferSpec& spec =
          std::find_if(provider.offers.begin(), provider.offers.end(), [&](const auto& p) {
            return p.first == layer.name;
          })->second;
      last_key = key;
      if (spec.share_is_rest) {
        if (rest != providers) {
          if (s == 0) problem(key, "a second \"rest\"", "at most one provider is the rest of a layer");
          continue;
        }
        rest = j;
        continue;
      }
      const double* share = spec.share.find(spec_.segments[s].name);
      offer.opening_share[s] = share ? *share : 0;
      if (!(offer.opening_share[s] >= 0 && offer.opening_share[s] <= 1))
        problem(key, fmt::format("{}", offer.opening_share[s]), "a share (0..1)");
      if (offer.opening_share[s] > 0 && (offer.launch > 0 || offer.withdraw <= 0))
        problem(key, fmt::format("{}", offer.opening_share[s]),
                "0, as the provider is not on sale in the first period");
      sum += offer.opening_share[s];
    }
    if (rest != providers) {
      Market::Offer& offer = m_.layers_[l].offers[rest];
      offer.opening_share[s] = std::max(0.0, 1 - sum);
      if (sum > 1 + 1e-9 && sum != told)
        problem(last_key,
                fmt::format("shares that add up to {:.10g} in segment {} before the rest", sum,
                            spec_.segments[s].name),
                "at most 1");
      else if (sum <= 1 + 1e-9 && offer.opening_share[s] > 1e-12 && (offer.launch > 0 || offer.withdraw <= 0))
        problem(last_key, "the rest is not on sale in the first period",
                "shares of the others that add up to 1");
    } else if (std::abs(sum - 1) > 1e-9 && sum != told) {
      problem(last_key,
              fmt::format("opening shares that add up to {:.10g} in segment {}", sum, spec_.segments[s].name),
              "1, or one provider with \"rest\"");
    }
    told = sum;
  }
}

void MarketCompiler::compile_segment(std::size_t s) {
  const SegmentSpec& spec = spec_.segments[s];
  const std::string key = "segments." + spec.name;
  const std::vector<std::string> layer_names = names(true);
  Market::Segment segment;
  segment.customers = static_cast<double>(spec.customers);
  if (spec.customers < 1 || spec.customers > 1'000'000'000'000)
    problem(key + ".customers", fmt::format("{}", spec.customers), "a whole number, 1..1e12");
  segment.entry = parameter(key + ".entry", ParameterKind::entry, spec.entry_per_year);
  segment.exit = parameter(key + ".exit", ParameterKind::exit, spec.exit_per_year);
  segment.private_share = parameter(key + ".private_share", ParameterKind::private_share, spec.private_share);
  segment.intensity = keyed(key + ".intensity", ParameterKind::intensity, spec.intensity, layer_names, 1);
  segment.network = keyed(key + ".network", ParameterKind::network, spec.network, layer_names, 0);
  for (const std::string& name : layer_names)
    if (!spec.re_evaluate_per_year.find(name))
      problem(key_path(key, "re_evaluate", name), "nothing", "a probability per year (0..1) for every layer");
  segment.re_evaluate =
      keyed(key + ".re_evaluate", ParameterKind::re_evaluate, spec.re_evaluate_per_year, layer_names, 0);

  std::optional<std::pair<ParameterId, ParameterId>> cost_for_all, adopt_for_all;
  const auto add_cost = [&](const std::string& at, const SwitchingCostSpec& cost) {
    const ParameterId initial =
        parameter(cost.full ? at + ".initial" : at, ParameterKind::cost_initial, cost.initial);
    if (!cost.full) targets_[at + ".initial"].push_back(initial);
    return std::pair(initial,
                     cost.full ? parameter(at + ".full", ParameterKind::cost_full, *cost.full) : initial);
  };
  const auto add_adopt = [&](const std::string& at, const AdoptSpec& adopt) {
    const ParameterId innovate =
        parameter(at + ".innovate", ParameterKind::innovate, adopt.innovate_per_year);
    return std::pair(innovate, parameter(at + ".imitate", ParameterKind::imitate, adopt.imitate_per_year));
  };
  const std::string cost_key = key + ".switching_cost", adopt_key = key + ".adopt";
  if (spec.switching_cost.all) cost_for_all = add_cost(cost_key, *spec.switching_cost.all);
  if (spec.adopt.all) adopt_for_all = add_adopt(adopt_key, *spec.adopt.all);
  for (const std::string& name : layer_names) {
    const SwitchingCostSpec* cost = spec.switching_cost.find(name);
    const auto costs =
        cost_for_all ? *cost_for_all : add_cost(key_path(cost_key, name), cost ? *cost : SwitchingCostSpec{});
    segment.cost_initial.push_back(costs.first);
    segment.cost_full.push_back(costs.second);
    const AdoptSpec* adopt = spec.adopt.find(name);
    const auto adopts =
        adopt_for_all ? *adopt_for_all : add_adopt(key_path(adopt_key, name), adopt ? *adopt : AdoptSpec{});
    segment.innovate.push_back(adopts.first);
    segment.imitate.push_back(adopts.second);
    const double* adopted = spec.adopted.find(name);
    segment.adopted.push_back(adopted ? *adopted : 1);
    if (!(segment.adopted.back() >= 0 && segment.adopted.back() <= 1))
      problem(key_path(key, "adopted", name), fmt::format("{}", segment.adopted.back()), "a share (0..1)");
    if (segment.adopted.back() < 1 && !adopt)
      problem(key_path(key, "adopt", name), "nothing", "innovate and imitate, as adopted is below 1");
    const double* gamma = spec.taste_reach.find(name);
    segment.gamma.push_back(gamma ? *gamma : 1);
    if (!std::isfinite(segment.gamma.back()))
      problem(key_path(key, "taste.reach", name), fmt::format("{}", segment.gamma.back()), "a finite number");
  }
  segment.affinity.resize(layer_names.size() * layer_names.size());
  for (const AffinitySpec& affinity : spec.affinity) {
    const std::string at = key + ".affinity." + affinity.to + "_from_" + affinity.from;
    const std::size_t to = position_of(spec_.layers, affinity.to),
                      from = position_of(spec_.layers, affinity.from);
    if (to == spec_.layers.size() || from == spec_.layers.size())
      problem(at, "an unknown layer",
              fmt::format("X_from_Y with X and Y of {}", fmt::join(layer_names, ", ")));
    else
      segment.affinity[to * layer_names.size() + from] =
          parameter(at, ParameterKind::affinity, affinity.logits);
  }
  for (const MultiHomeSpec& multi : spec.multi_home) {
    const std::string at = key + ".multi_home." + multi.layer;
    const std::size_t l = position_of(spec_.layers, multi.layer);
    if (l == spec_.layers.size())
      problem(at, "an unknown layer", fmt::format("one of {}", fmt::join(layer_names, ", ")));
    else if (spec_.layers[l].slots != 2)
      problem(at, "a layer with one slot", "a layer with slots = 2");
    if (!(multi.share_of_customers >= 0 && multi.share_of_customers <= 1))
      problem(at + ".share_of_customers", fmt::format("{}", multi.share_of_customers), "a share (0..1)");
    if (!(multi.primary_spend > 0 && multi.primary_spend < 1))
      problem(at + ".primary_spend", fmt::format("{}", multi.primary_spend), "a number between 0 and 1");
  }
  check_classes(key, spec);
  check_taste_classes(key, spec);
  double types = static_cast<double>(std::max<std::size_t>(1, spec.taste_classes.size())) *
                 (spec.size.spread == SizeSpec::Spread::none ? 1 : spec.size.classes);
  for (const auto* taste : {&spec.taste_price, &spec.taste_quality, &spec.taste_switching_cost}) {
    const auto points = [](const TasteSpec& t) {
      return t.spread == TasteSpec::Spread::none     ? 1.0
             : t.spread == TasteSpec::Spread::values ? static_cast<double>(t.values.size())
                                                     : t.classes;
    };
    if (taste->all) types *= points(*taste->all);
    for (const std::string& name : layer_names)
      if (const TasteSpec* one = taste->find(name); one && !taste->all) types *= points(*one);
  }
  types *= math::pow(2, static_cast<double>(spec.multi_home.size()));
  if (!(types <= static_cast<double>(max_types))) {
    problem(key, fmt::format("{:.3g} types of customers (taste classes x size classes x sourcing)", types),
            fmt::format("at most {}", max_types), "fewer classes");
  } else if (problems_.empty()) {
    segment.first_type = m_.types_.size();
    for (CustomerType& type : customer_types(spec_, s, m_.choice_classes_)) {
      const auto usable = [](const std::vector<double>& v, bool negative) {
        return std::all_of(v.begin(), v.end(),
                           [&](double x) { return std::isfinite(x) && (negative || x >= 0); });
      };
      if (!usable(type.alpha, false) || !usable(type.cost_factor, false) || !usable(type.beta, true)) {
        problem(key + ".taste", "a class with a negative or infinite weight",
                "price and switching_cost >= 0 at every class, all finite");
        break;
      }
      m_.types_.push_back(std::move(type));
      m_.choice_classes_ = m_.types_.back().choice_class + 1;
    }
    segment.type_count = m_.types_.size() - segment.first_type;
  }
  m_.segments_.push_back(std::move(segment));
}

void MarketCompiler::check_classes(const std::string& key, const SegmentSpec& spec) {
  const SizeSpec& size = spec.size;
  const bool pareto = size.spread == SizeSpec::Spread::pareto;
  if (size.spread != SizeSpec::Spread::none) {
    if (size.classes < 1 || size.classes > 1000)
      problem(key + ".size.classes", fmt::format("{}", size.classes), "a whole number, 1..1000");
    if (!(size.parameter > (pareto ? 1 : 0)) || !std::isfinite(size.parameter))
      problem(key + (pareto ? ".size.tail" : ".size.sigma"), fmt::format("{}", size.parameter),
              pareto ? "a number > 1" : "a number > 0");
  }
  if (!std::isfinite(size.switching_cost_exponent))
    problem(key + ".size.switching_cost", fmt::format("{}", size.switching_cost_exponent), "a finite number");
  const auto check = [&](const std::string& at, const TasteSpec& taste) {
    if (taste.spread == TasteSpec::Spread::values) {
      if (taste.values.empty()) problem(at + ".values", "none", "at least one number");
      const bool positive = std::all_of(taste.weights.begin(), taste.weights.end(),
                                        [](double w) { return w > 0 && std::isfinite(w); });
      if (!taste.weights.empty() && (!positive || taste.weights.size() != taste.values.size()))
        problem(at + ".weights", fmt::format("[{}]", fmt::join(taste.weights, ", ")),
                "as many as values, each > 0");
    } else if (taste.spread != TasteSpec::Spread::none) {
      if (taste.classes < 1 || taste.classes > 64)
        problem(at + ".classes", fmt::format("{}", taste.classes), "a whole number, 1..64");
      if (!(taste.second > 0)) problem(at, fmt::format("{}", taste.second), "a spread > 0");
      if (taste.spread != TasteSpec::Spread::normal && !(taste.first > 0))
        problem(at, fmt::format("{}", taste.first), "a mean or median > 0");
    }
  };
  for (const auto& [name, taste] :
       {std::pair("price", &spec.taste_price), std::pair("quality", &spec.taste_quality),
        std::pair("switching_cost", &spec.taste_switching_cost)}) {
    const std::string at = key_path(key, "taste", name);
    if (taste->all) check(at, *taste->all);
    for (const auto& [layer, one] : taste->named) check(key_path(at, layer), one);
    if (taste->otherwise) check(at + ".default", *taste->otherwise);
  }
  for (const TasteClassSpec& one : spec.taste_classes)
    if (!(one.weight > 0) || !std::isfinite(one.weight))
      problem(key + ".taste.classes", fmt::format("weight {}", one.weight), "weights > 0");
}

void MarketCompiler::compile_learning_curves() {
  for (std::size_t j = 0; j < spec_.providers.size(); ++j) {
    const ProviderSpec& provider = spec_.providers[j];
    if (!provider.learning_curve) continue;
    const LearningCurveSpec& spec = *provider.learning_curve;
    const std::string key = "providers." + provider.name + ".policy.price";
    if (!(spec.rate > 0 && spec.rate <= 1))
      problem(key + ".rate", fmt::format("{}", spec.rate), "a number in (0, 1]");
    if (!(spec.pass_through >= 0 && spec.pass_through <= 1))
      problem(key + ".pass_through", fmt::format("{}", spec.pass_through), "a number (0..1)");
    if (!(spec.experience_years > 0 && std::isfinite(spec.experience_years)))
      problem(key + ".experience", fmt::format("{}", spec.experience_years), "years > 0");
    Market::LearningCurve curve{
        ProviderId(j), spec.pass_through * math::log(spec.rate) / math::log(2), spec.experience_years, {}};
    for (std::size_t l = 0; l < spec_.layers.size(); ++l) {
      const bool named =
          std::find(spec.layers.begin(), spec.layers.end(), spec_.layers[l].name) != spec.layers.end();
      if (m_.layers_[l].offers[j].sold && (named || spec.layers.empty())) curve.layers.push_back(LayerId(l));
      if (named && !m_.layers_[l].offers[j].sold)
        problem(key + ".layers", spec_.layers[l].name, "layers that the provider sells");
    }
    for (const std::string& name : spec.layers)
      if (position_of(spec_.layers, name) == spec_.layers.size())
        problem(key + ".layers", name, fmt::format("one of {}", fmt::join(names(true), ", ")));
    m_.learning_curves_.push_back(std::move(curve));
  }
}

void MarketCompiler::check_values() {
  const long periods = static_cast<long>(m_.calendar_.size());
  for (const Parameter& p : m_.parameters_) {
    const ParameterRule& rule = parameter_rule(p.kind);
    if (p.path.form == Path::Form::constant) {
      if (!rule.holds(p.path.constant))
        problem(p.key, fmt::format("{}", p.path.constant), std::string(rule.allowed));
      continue;
    }
    if (p.path.form == Path::Form::releases && p.kind != ParameterKind::quality)
      problem(p.key, "a process", "a process only for quality");
    if (p.path.form == Path::Form::releases && !(p.path.releases.per_year >= 0))
      problem(p.key + ".per_year", fmt::format("{}", p.path.releases.per_year), "a number >= 0");
    if (p.path.form == Path::Form::growth && !(p.path.growth.growth_per_year > -1)) {
      problem(p.key + ".growth", fmt::format("{}", p.path.growth.growth_per_year), "a number above -1");
      continue;
    }
    if (p.path.form == Path::Form::points) {
      if (p.path.points.at.empty()) {
        problem(p.key, "no dates", "at least one date");
        continue;
      }
      const bool growth =
          p.path.points.interpolation.value_or(rule.ratio ? Interpolation::growth : Interpolation::linear) ==
          Interpolation::growth;
      bool broken = false;
      for (const auto& [date, value] : p.path.points.at) {
        if (growth && p.path.points.at.size() > 1 && !(value > 0)) {
          problem(p.key, fmt::format("{} at {}", value, date.text()), "values above 0 for constant growth",
                  "say interpolate = \"linear\" or \"step\"");
          broken = true;
        }
        if (periods_per_year(date.precision) > m_.calendar_.per_year()) {
          problem(p.key, date.text(), "dates no finer than the period");
          broken = true;
        }
      }
      for (std::size_t i = 1; i < p.path.points.at.size(); ++i)
        if (p.path.points.at[i].first.months() <= p.path.points.at[i - 1].first.months()) {
          problem(p.key, p.path.points.at[i].first.text(), "dates in rising order, each once");
          broken = true;
        }
      if (broken) continue;
    }
    for (long t = 0; t < periods; ++t) {
      const double value = p.path.value(m_.calendar_, t, rule.ratio);
      if (rule.holds(value)) continue;
      problem(p.key, fmt::format("{} in {}", value, m_.calendar_.label(t)), std::string(rule.allowed));
      break;
    }
  }
}

void MarketCompiler::check_pairs() {
  if (!problems_.empty()) return;
  const long periods = static_cast<long>(m_.calendar_.size());
  const auto value = [&](ParameterId id, long t) {
    const Parameter& p = m_.parameters_[id.index()];
    return p.path.value(m_.calendar_, t, parameter_rule(p.kind).ratio);
  };
  for (const Market::Segment& segment : m_.segments_)
    for (std::size_t l = 0; l < m_.layers_.size(); ++l)
      for (long t = 0; t < periods; ++t) {
        const double initial = value(segment.cost_initial[l], t), full = value(segment.cost_full[l], t);
        const double sum = value(segment.innovate[l], t) + value(segment.imitate[l], t);
        if (full < initial)
          problem(m_.parameters_[segment.cost_full[l].index()].key,
                  fmt::format("{} in {}", full, m_.calendar_.label(t)),
                  fmt::format("at least initial, {}", initial));
        if (sum > 1 + 1e-12)
          problem(m_.parameters_[segment.innovate[l].index()].key,
                  fmt::format("innovate + imitate = {} in {}", sum, m_.calendar_.label(t)), "at most 1");
        if (full < initial || sum > 1 + 1e-12) break;
      }
}

}  // namespace lockin
