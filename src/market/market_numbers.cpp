#include "lockin/market/market_numbers.hpp"

#include <fmt/format.h>

#include <cmath>
#include <utility>

namespace lockin {
namespace {

class Numbers {
 public:
  explicit Numbers(MarketSpec& spec) {
    if (spec.size) {
      for (auto& [year, value] : spec.size->by_year) add("market.size." + std::to_string(year), value);
      if (spec.size->growth_per_year) add("market.size.growth", *spec.size->growth_per_year);
    }
    path("portability", spec.portability);
    for (LayerSpec& layer : spec.layers) of_layer("layers." + layer.name, layer);
    for (ProviderSpec& provider : spec.providers) of_provider("providers." + provider.name, provider);
    for (SegmentSpec& segment : spec.segments) of_segment("segments." + segment.name, segment);
    for (EventSpec& event : spec.events) of_event("events." + event.name, event);
  }
  std::vector<MarketNumber> all;

 private:
  void add(std::string key, double& value) { all.push_back({std::move(key), &value, nullptr, nullptr}); }
  void path(const std::string& key, Path& p) {
    switch (p.form) {
      case Path::Form::constant:
        add(key, p.constant);
        break;
      case Path::Form::points:
        for (auto& [date, value] : p.points.at) add(key + "." + date.text(), value);
        break;
      case Path::Form::growth:
        add(key + ".start", p.growth.start);
        add(key + ".growth", p.growth.growth_per_year);
        break;
      case Path::Form::releases:
        add(key + ".start", p.releases.start);
        add(key + ".per_year", p.releases.per_year);
        all.push_back({key + ".jump", nullptr, nullptr, &p.releases.jump});
        break;
    }
  }
  template <class T, class Visit>
  void keyed(const std::string& key, Keyed<T>& values, const Visit& visit) {
    if (values.all) visit(key, *values.all);
    for (auto& [name, value] : values.named) visit(fmt::format("{}.{}", key, name), value);
    if (values.otherwise) visit(key + ".default", *values.otherwise);
  }
  void of_layer(const std::string& key, LayerSpec& layer) {
    if (layer.share)
      for (auto& [year, value] : *layer.share) add(key + ".share." + std::to_string(year), value);
    path(key + ".lock_in.advance", layer.advance_per_year);
    if (layer.curve_tau) add(key + ".lock_in.curve_tau", *layer.curve_tau);
    for (std::size_t d = 1; d + 1 < layer.curve.size(); ++d)
      add(key + ".lock_in.curve[" + std::to_string(d) + "]", layer.curve[d]);
    for (std::size_t d = 0; d < layer.opening.size(); ++d)
      add(key + ".lock_in.opening[" + std::to_string(d) + "]", layer.opening[d]);
    if (layer.nests) add(key + ".nests.dissimilarity", layer.nests->dissimilarity);
  }
  void of_provider(const std::string& key, ProviderSpec& provider) {
    const auto to_path = [&](const std::string& at, Path& p) { path(at, p); };
    for (auto& [layer, offer] : provider.offers) {
      const std::string at = fmt::format("{}.{}", key, layer);
      if (!offer.share_is_rest)
        keyed(at + ".share", offer.share, [&](const std::string& k, double& x) { add(k, x); });
      if (offer.price) path(at + ".price", *offer.price);
      if (offer.price_per_million_tokens)
        path(at + ".price_per_million_tokens", *offer.price_per_million_tokens);
      path(at + ".quality", offer.quality);
      keyed(at + ".reach", offer.reach, to_path);
      keyed(at + ".appeal", offer.appeal, to_path);
    }
    if (!provider.learning_curve) return;
    add(key + ".policy.price.rate", provider.learning_curve->rate);
    add(key + ".policy.price.pass_through", provider.learning_curve->pass_through);
    add(key + ".policy.price.experience", provider.learning_curve->experience_years);
  }
  void taste(const std::string& key, TasteSpec& spec) {
    using Spread = TasteSpec::Spread;
    const bool median = spec.spread == Spread::lognormal_median;
    if (spec.spread == Spread::none) add(key, spec.first);
    if (spec.spread == Spread::normal || spec.spread == Spread::lognormal_mean || median) {
      add(key + (median ? ".median" : ".mean"), spec.first);
      add(key + (median ? ".sigma" : ".sd"), spec.second);
    }
    for (std::size_t i = 0; i < spec.values.size(); ++i)
      add(key + ".values[" + std::to_string(i) + "]", spec.values[i]);
    for (std::size_t i = 0; i < spec.weights.size(); ++i)
      add(key + ".weights[" + std::to_string(i) + "]", spec.weights[i]);
  }
  void of_segment(const std::string& key, SegmentSpec& segment) {
    const auto to_path = [&](const std::string& at, Path& p) { path(at, p); };
    const auto to_taste = [&](const std::string& at, TasteSpec& t) { taste(at, t); };
    const auto to_number = [&](const std::string& at, double& x) { add(at, x); };
    all.push_back({key + ".customers", nullptr, &segment.customers, nullptr});
    path(key + ".entry", segment.entry_per_year);
    path(key + ".exit", segment.exit_per_year);
    path(key + ".private_share", segment.private_share);
    if (segment.size.spread != SizeSpec::Spread::none) {
      add(key + (segment.size.spread == SizeSpec::Spread::pareto ? ".size.tail" : ".size.sigma"),
          segment.size.parameter);
      if (segment.size.switching_cost_exponent != 0)
        add(key + ".size.switching_cost", segment.size.switching_cost_exponent);
    }
    keyed(key + ".intensity", segment.intensity, to_path);
    keyed(key + ".taste.price", segment.taste_price, to_taste);
    keyed(key + ".taste.quality", segment.taste_quality, to_taste);
    keyed(key + ".taste.switching_cost", segment.taste_switching_cost, to_taste);
    keyed(key + ".taste.reach", segment.taste_reach, to_number);
    for (std::size_t i = 0; i < segment.taste_classes.size(); ++i) {
      TasteClassSpec& one = segment.taste_classes[i];
      const std::string at = key + ".taste.classes[" + std::to_string(i) + "]";
      add(at + ".weight", one.weight);
      if (one.price) add(at + ".price", *one.price);
      if (one.quality) add(at + ".quality", *one.quality);
      if (one.switching_cost) add(at + ".switching_cost", *one.switching_cost);
    }
    keyed(key + ".re_evaluate", segment.re_evaluate_per_year, to_path);
    keyed(key + ".switching_cost", segment.switching_cost, [&](const std::string& at, SwitchingCostSpec& c) {
      path(c.full ? at + ".initial" : at, c.initial);
      if (c.full) path(at + ".full", *c.full);
    });
    keyed(key + ".adopted", segment.adopted, to_number);
    keyed(key + ".adopt", segment.adopt, [&](const std::string& at, AdoptSpec& a) {
      path(at + ".innovate", a.innovate_per_year);
      path(at + ".imitate", a.imitate_per_year);
    });
    keyed(key + ".network", segment.network, to_path);
    for (AffinitySpec& a : segment.affinity) path(key + ".affinity." + a.to + "_from_" + a.from, a.logits);
    for (MultiHomeSpec& m : segment.multi_home) {
      add(key + ".multi_home." + m.layer + ".share_of_customers", m.share_of_customers);
      add(key + ".multi_home." + m.layer + ".primary_spend", m.primary_spend);
    }
  }
  void of_event(const std::string& key, EventSpec& event) {
    static constexpr const char* kinds[] = {".scale.\"", ".add.\"", ".set.\""};
    if (event.per_year) add(key + ".per_year", *event.per_year);
    for (EffectSpec& effect : event.effects) {
      const std::string at = key + kinds[static_cast<int>(effect.kind)] + effect.target + "\"";
      if (effect.drawn)
        all.push_back({at, nullptr, nullptr, &*effect.drawn});
      else
        add(at, effect.number);
    }
    if (event.move) add(key + ".move.share", event.move->share);
    if (event.when) add(key + ".when", event.when->threshold);
  }
};

}  // namespace

double MarketNumber::get() const {
  return number ? *number : whole ? static_cast<double>(*whole) : jump->mean();
}

void MarketNumber::set(double value) const {
  if (number)
    *number = value;
  else if (whole)
    *whole = static_cast<std::uint64_t>(std::llround(value));
  else
    *jump = Distribution::point(value);
}

std::vector<MarketNumber> market_numbers(MarketSpec& spec) { return std::move(Numbers(spec).all); }

}  // namespace lockin
