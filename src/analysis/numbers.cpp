#include "analysis/numbers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <tuple>

#include "deterministic_math.hpp"
#include "key_path.hpp"
#include "market/numbers_to_market.hpp"

namespace lockin {
namespace {

constexpr double nowhere = std::numeric_limits<double>::quiet_NaN();

class Numbers {
 public:
  Numbers(const Market& market, const MarketAdjoint& by) : market_(market), spec_(market.spec()), by_(by) {}

  std::vector<PartialDerivative> all() {
    paths();
    totals();
    for (std::size_t l = 0; l < spec_.layers.size(); ++l) layer(l);
    for (std::size_t j = 0; j < spec_.providers.size(); ++j) provider(j);
    for (std::size_t s = 0; s < spec_.segments.size(); ++s) {
      segment(s);
      sizes(s);
      tastes(s);
      classes(s);
      multi_home(s);
    }
    for (std::size_t e = 0; e < spec_.events.size(); ++e) event(e);
    return std::move(result_);
  }

 private:
  void add(std::string key, double value, double derivative) {
    result_.push_back({std::move(key), value, derivative});
  }

  // A value for all names, by name, or for those left out; `by` gives the derivative of the value that a name has.
  template <class By>
  void add_keyed(const std::string& key, const Keyed<double>& values, const std::vector<std::string>& names,
                 const By& by) {
    const auto sum = [&](const double* value) {
      double total = 0;
      for (std::size_t i = 0; i < names.size(); ++i)
        if (values.find(names[i]) == value) total += by(i);
      return total;
    };
    for (const auto& [name, value] : values.named) add(key_path(key, name), value, sum(&value));
    if (values.otherwise) add(key + ".default", *values.otherwise, sum(&*values.otherwise));
    if (values.all) add(key, *values.all, sum(&*values.all));
  }

  void paths() {
    for (std::size_t i = 0; i < market_.parameters().size(); ++i) {
      const Parameter& p = market_.parameters()[i];
      switch (p.path.form) {
        case Path::Form::constant: {
          double sum = 0;
          for (const auto& by_values : by_.path_values) sum += by_values[i];
          add(p.key, p.path.constant, sum);
          break;
        }
        case Path::Form::points:
          for (const auto& [date, value] : p.path.points.at) {
            double sum = 0;
            for (std::size_t t = 0; t < by_.path_values.size(); ++t)
              if (by_.path_values[t][i] != 0)
                sum += times_slope(path_value(p.path, market_.calendar(), static_cast<long>(t),
                                              parameter_rule(p.kind).ratio, By{&value})
                                       .slope,
                                   by_.path_values[t][i]);
            add(key_path(p.key, date.text()), value, sum);
          }
          break;
        case Path::Form::growth:
          add(p.key + ".start", p.path.growth.start, by_.start[i] + by_.path_values[0][i]);
          add(p.key + ".growth", p.path.growth.growth_per_year, by_.pace[i]);
          break;
        case Path::Form::releases:
          add(p.key + ".start", p.path.releases.start, by_.start[i] + by_.path_values[0][i]);
          add(p.key + ".per_year", p.path.releases.per_year, by_.pace[i]);
          add(p.key + ".jump", p.path.releases.jump.mean(), by_.jump[i]);
          break;
      }
    }
  }

  double by_totals(const double& number) const {
    double sum = 0;
    for (std::size_t l = 0; l < spec_.layers.size(); ++l) {
      const std::vector<Dual> totals = totals_of_layer(spec_, market_.calendar(), l, By{&number});
      for (std::size_t t = 0; t < totals.size(); ++t) sum += totals[t].slope * by_.layers[l].total[t];
    }
    return sum;
  }

  void totals() {
    if (!spec_.size) return;
    for (const auto& [year, value] : spec_.size->by_year)
      add(fmt::format("market.size.{}", year), value, by_totals(value));
    if (spec_.size->growth_per_year)
      add("market.size.growth", *spec_.size->growth_per_year, by_totals(*spec_.size->growth_per_year));
  }

  void layer(std::size_t l) {
    const LayerSpec& spec = spec_.layers[l];
    const std::string key = key_path("layers", spec.name);
    if (spec.share)
      for (const auto& [year, value] : *spec.share)
        add(fmt::format("{}.share.{}", key, year), value, by_totals(value));
    const std::vector<double>&by_curve = by_.layers[l].curve, &by_opening = by_.layers[l].opening;
    if (spec.curve_tau) {
      const auto curve = stage_curve(spec.stages, &*spec.curve_tau, By{&*spec.curve_tau});
      double sum = 0;
      for (std::size_t d = 0; d < curve.size(); ++d) sum += curve[d].slope * by_curve[d];
      add(key + ".lock_in.curve_tau", *spec.curve_tau, sum);
    }
    for (std::size_t d = 1; d + 1 < spec.curve.size(); ++d)  // the ends are fixed
      add(fmt::format("{}.lock_in.curve[{}]", key, d), spec.curve[d], by_curve[d]);
    for (std::size_t d = 0; d < spec.opening.size(); ++d)
      add(fmt::format("{}.lock_in.opening[{}]", key, d), spec.opening[d], by_opening[d]);
    if (spec.nests) add(key + ".nests.dissimilarity", spec.nests->dissimilarity, by_.layers[l].dissimilarity);
  }

  void provider(std::size_t j) {
    const ProviderSpec& provider = spec_.providers[j];
    const std::string key = key_path("providers", provider.name);
    for (const auto& [name, offer] : provider.offers) {
      if (offer.share_is_rest) continue;
      const std::size_t l = market_.layer_named(name).index();
      const std::vector<Market::Offer>& by_offers = by_.layers[l].offers;
      const std::size_t rest = rest_of(l);
      add_keyed(key_path(key, name, "share"), offer.share, market_names(spec_.segments), [&](std::size_t s) {
        return by_offers[j].opening_share[s] -
               (rest < by_offers.size() ? by_offers[rest].opening_share[s] : 0);
      });
    }
    std::size_t c = 0;
    while (c < market_.learning_curves().size() && market_.learning_curves()[c].provider.index() != j) ++c;
    if (!provider.learning_curve) return;
    const LearningCurveSpec& curve = *provider.learning_curve;
    const Market::LearningCurve& by = by_.learning_curves[c];
    const std::string at = key_path(key, "policy", "price");
    add(at + ".rate", curve.rate, by.exponent * curve.pass_through / (curve.rate * math::log(2)));
    add(at + ".pass_through", curve.pass_through, by.exponent * math::log(curve.rate) / math::log(2));
    add(at + ".experience", curve.experience_years, by.experience_years);
  }

  // The provider with the rest of a layer's opening shares.
  [[nodiscard]] std::size_t rest_of(std::size_t l) const {
    std::size_t j = 0;
    for (; j < spec_.providers.size(); ++j)
      for (const auto& [name, offer] : spec_.providers[j].offers)
        if (name == spec_.layers[l].name && offer.share_is_rest) return j;
    return j;
  }

  template <class Named>
  static std::vector<std::string> market_names(const std::vector<Named>& things) {
    std::vector<std::string> names;
    names.reserve(things.size());
    for (const Named& thing : things) names.push_back(thing.name);
    return names;
  }

  // Types of the segment at hand, with the derivatives by what they hold.
  template <class Visit>
  void for_types(std::size_t s, const Visit& visit) const {
    const Market::Segment& segment = market_.segment(SegmentId(s));
    for (std::size_t y = segment.first_type; y < segment.first_type + segment.type_count; ++y)
      visit(market_.type(TypeId(y)), by_.types[y]);
  }

  void segment(std::size_t s) {
    const SegmentSpec& spec = spec_.segments[s];
    const std::string key = key_path("segments", spec.name);
    const std::vector<std::string> layers = market_names(spec_.layers);
    add(key + ".customers", static_cast<double>(spec.customers), by_.segments[s].customers);
    add_keyed(key + ".adopted", spec.adopted, layers,
              [&](std::size_t l) { return by_.segments[s].adopted[l]; });
    add_keyed(key + ".taste.reach", spec.taste_reach, layers,
              [&](std::size_t l) { return by_.segments[s].gamma[l]; });
  }

  void sizes(std::size_t s) {
    const SizeSpec& spec = spec_.segments[s].size;
    if (spec.spread == SizeSpec::Spread::none) return;
    const std::string key = key_path("segments", spec_.segments[s].name, "size");
    const double z = spec.switching_cost_exponent;
    const std::vector<Dual> sizes = means_of_size_classes(spec, By{&spec.parameter});
    // size_factor = size^z / m, m the mean of size^z: ln of it has slope z (ln size)' - (ln m)'.
    double m = 0, by_size = 0, slope_of_m = 0, z_slope_of_m = 0, by_z = 0;
    for (const Dual& size : sizes) {
      const double power = math::pow(size.value, z);
      m += power;
      slope_of_m += power * z * size.slope / size.value;
      z_slope_of_m += power * math::log(size.value);
    }
    for_types(s, [&](const CustomerType& type, const CustomerType& by) {
      const Dual& size = sizes[type.size_class];
      by_size += by.size * size.slope;
      if (z == 0) return;
      const double by_log = by.size_factor * type.size_factor;
      by_size += by_log * (z * size.slope / size.value - slope_of_m / m);
      by_z += by_log * (math::log(size.value) - z_slope_of_m / m);
    });
    add(key + (spec.spread == SizeSpec::Spread::pareto ? ".tail" : ".sigma"), spec.parameter, by_size);
    if (z != 0) add(key + ".switching_cost", z, by_z);
  }

  // One independent taste: all layers, or one.
  struct Dimension {
    const TasteSpec* spec = nullptr;
    std::vector<double> CustomerType::*coefficients = nullptr;
    std::size_t place = 0;  // in CustomerType::points
    std::vector<std::size_t> layers;
  };

  void tastes(std::size_t s) {
    const SegmentSpec& spec = spec_.segments[s];
    std::vector<Dimension> dimensions;
    std::size_t place = spec.taste_classes.empty() ? 0 : 1;
    std::vector<std::pair<std::string, const TasteSpec*>> specs;  // each once
    for (const auto& [name, taste, coefficients] :
         {std::tuple("price", &spec.taste_price, &CustomerType::alpha),
          std::tuple("quality", &spec.taste_quality, &CustomerType::beta),
          std::tuple("switching_cost", &spec.taste_switching_cost, &CustomerType::cost_factor)}) {
      const std::string key = key_path("segments", spec.name, "taste", name);
      if (taste->all) {
        std::vector<std::size_t> every(spec_.layers.size());
        for (std::size_t l = 0; l < every.size(); ++l) every[l] = l;
        dimensions.push_back({&*taste->all, coefficients, place++, every});
        specs.emplace_back(key, &*taste->all);
        continue;
      }
      for (std::size_t l = 0; l < spec_.layers.size(); ++l)
        if (const TasteSpec* one = taste->find(spec_.layers[l].name))
          dimensions.push_back({one, coefficients, place++, {l}});
      for (const auto& [layer, one] : taste->named) specs.emplace_back(key_path(key, layer), &one);
      if (taste->otherwise) specs.emplace_back(key + ".default", &*taste->otherwise);
    }
    for (const auto& [key, taste] : specs) taste_numbers(s, key, *taste, dimensions);
  }

  void taste_numbers(std::size_t s, const std::string& key, const TasteSpec& taste,
                     const std::vector<Dimension>& dimensions) {
    const std::size_t points = taste_points(taste).value.size();
    std::vector<double> by_value(points, 0.0), by_weight(points, 0.0);  // by the logarithm of a weight
    for_types(s, [&](const CustomerType& type, const CustomerType& by) {
      for (const Dimension& dimension : dimensions) {
        if (dimension.spec != &taste) continue;
        const std::size_t point = type.points[dimension.place];
        by_weight[point] += by.weight * type.weight;
        for (const std::size_t l : dimension.layers) by_value[point] += (by.*dimension.coefficients)[l];
      }
    });
    const auto number = [&](const std::string& name, const double& x) {
      const PointsOf<Dual> of = points_of_taste(taste, By{&x});
      double sum = 0;
      for (std::size_t i = 0; i < points; ++i)
        sum += by_value[i] * of.value[i].slope + by_weight[i] * of.weight[i].slope / of.weight[i].value;
      add(name, x, sum);
    };
    switch (taste.spread) {
      case TasteSpec::Spread::none:
        number(key, taste.first);
        return;
      case TasteSpec::Spread::normal:
      case TasteSpec::Spread::lognormal_mean:
        number(key + ".mean", taste.first);
        number(key + ".sd", taste.second);
        return;
      case TasteSpec::Spread::lognormal_median:
        number(key + ".median", taste.first);
        number(key + ".sigma", taste.second);
        return;
      case TasteSpec::Spread::values:
        for (std::size_t i = 0; i < taste.values.size(); ++i)
          number(fmt::format("{}.values[{}]", key, i), taste.values[i]);
        for (std::size_t i = 0; i < taste.weights.size(); ++i)
          number(fmt::format("{}.weights[{}]", key, i), taste.weights[i]);
        return;
    }
  }

  void classes(std::size_t s) {
    const std::vector<TasteClassSpec>& spec = spec_.segments[s].taste_classes;
    std::vector<double> by_log_weight(spec.size(), 0.0);
    std::vector<std::array<double, 3>> by_taste(spec.size());
    if (spec.empty()) return;
    double weights = 0, mean = 0;
    for (const TasteClassSpec& one : spec) weights += one.weight;
    for_types(s, [&](const CustomerType& type, const CustomerType& by) {
      const std::size_t c = type.points.front();
      by_log_weight[c] += by.weight * type.weight;
      for (std::size_t l = 0; l < spec_.layers.size(); ++l) {
        by_taste[c][0] += by.alpha[l];
        by_taste[c][1] += by.beta[l];
        by_taste[c][2] += by.cost_factor[l];
      }
    });
    for (const double by : by_log_weight) mean += by;
    for (std::size_t c = 0; c < spec.size(); ++c) {
      const std::string key = fmt::format("segments.{}.taste.classes[{}]", spec_.segments[s].name, c);
      add(key + ".weight", spec[c].weight, by_log_weight[c] / spec[c].weight - mean / weights);
      if (spec[c].price) add(key + ".price", *spec[c].price, by_taste[c][0]);
      if (spec[c].quality) add(key + ".quality", *spec[c].quality, by_taste[c][1]);
      if (spec[c].switching_cost) add(key + ".switching_cost", *spec[c].switching_cost, by_taste[c][2]);
    }
  }

  void multi_home(std::size_t s) {
    for (const MultiHomeSpec& spec : spec_.segments[s].multi_home) {
      const std::string key = key_path("segments", spec_.segments[s].name, "multi_home", spec.layer);
      const LayerId l = market_.layer_named(spec.layer);
      const double share = spec.share_of_customers;
      double by_share = 0, by_spend = 0;
      for_types(s, [&](const CustomerType& type, const CustomerType& by) {
        bool two = false;
        for (std::size_t k = 0; k < type.slots.size(); ++k) {
          if (type.slots[k].layer != l || !type.slots[k].secondary) continue;
          two = true;
          by_spend += by.slots[k - 1].weight - by.slots[k].weight;
        }
        by_share += by.weight * type.weight * (two ? 1 / share : -1 / (1 - share));
      });
      // At 0 and 1 there is no type to tell what the others would do.
      add(key + ".share_of_customers", share, share > 0 && share < 1 ? by_share : nowhere);
      add(key + ".primary_spend", spec.primary_spend, by_spend);
    }
  }

  void event(std::size_t e) {
    static constexpr const char* kinds[] = {"scale", "add", "set"};
    const EventSpec& spec = spec_.events[e];
    const std::string key = key_path("events", spec.name);
    if (spec.per_year) add(key + ".per_year", *spec.per_year, *by_.events[e].per_year);
    for (std::size_t i = 0; i < spec.effects.size(); ++i)
      add(fmt::format("{}.{}.\"{}\"", key, kinds[static_cast<int>(spec.effects[i].kind)],
                      spec.effects[i].target),
          market_.events()[e].effects[i].number, by_.events[e].effects[i].number);
    if (spec.move) add(key + ".move.share", spec.move->share, by_.events[e].move->share);
    if (spec.when) add(key + ".when", spec.when->threshold, 0);  // but where it decides the period
  }

  const Market& market_;
  const MarketSpec& spec_;
  const MarketAdjoint& by_;
  std::vector<PartialDerivative> result_;
};

}  // namespace

std::vector<PartialDerivative> pull_back_numbers(const Market& market, const MarketAdjoint& by) {
  return Numbers(market, by).all();
}

}  // namespace lockin
