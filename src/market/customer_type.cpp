#include "lockin/market/customer_type.hpp"

#include <cmath>
#include <numbers>

#include "lockin/random/distribution.hpp"
#include "market/numbers_to_market.hpp"

namespace lockin {
namespace {

template <class Number>
Number cdf(Number z) {
  return 0.5 * math::erfc(-z / std::numbers::sqrt2);
}

// Orthonormal Hermite polynomials of the standard normal density: p[n](x), its derivative, and the sum of p[k]^2, k < n.
struct Hermite {
  double value = 1, slope = 0, squares = 0;
};

Hermite hermite(int n, double x) {
  Hermite h;
  double before = 0;
  for (int k = 0; k < n; ++k) {
    h.squares += h.value * h.value;
    const double next = (x * h.value - std::sqrt(static_cast<double>(k)) * before) / std::sqrt(k + 1.0);
    before = h.value;
    h.value = next;
  }
  h.slope = std::sqrt(static_cast<double>(n)) * before;
  return h;
}

// The root of p[n] between two neighbouring roots of p[n-1]: halving until Newton is safe, then Newton.
double root_between(int n, double low, double high) {
  const bool rises = hermite(n, high).value > 0;
  for (int i = 0; i < 30; ++i) {
    const double middle = 0.5 * (low + high);
    ((hermite(n, middle).value > 0) == rises ? high : low) = middle;
  }
  double x = 0.5 * (low + high);
  for (int i = 0; i < 5; ++i) {
    const Hermite h = hermite(n, x);
    x -= h.value / h.slope;
  }
  return x;
}

// One independent coefficient: its points, and the layers in which it acts.
struct Dimension {
  DiscretePoints points;
  std::vector<double> CustomerType::*coefficients = nullptr;
  std::vector<bool> acts;
};

void add_dimensions(std::vector<Dimension>& dimensions, const MarketSpec& market,
                    const Keyed<TasteSpec>& spec, std::vector<double> CustomerType::*coefficients) {
  const std::size_t layers = market.layers.size();
  if (spec.all)
    dimensions.push_back({taste_points(*spec.all), coefficients, std::vector<bool>(layers, true)});
  for (std::size_t l = 0; l < layers && !spec.all; ++l)
    if (const TasteSpec* taste = spec.find(market.layers[l].name)) {
      std::vector<bool> acts(layers, false);
      acts[l] = true;
      dimensions.push_back({taste_points(*taste), coefficients, acts});
    }
}

double mean_of_power(const std::vector<double>& sizes, double exponent) {
  double sum = 0;
  for (const double size : sizes) sum += math::pow(size, exponent);
  return sum / static_cast<double>(sizes.size());
}

void set_all(std::vector<double>& coefficients, const std::optional<double>& value) {
  if (value) coefficients.assign(coefficients.size(), *value);
}

// Every combination of taste points, as types without size and sourcing.
std::vector<CustomerType> taste_types(const MarketSpec& market, std::size_t segment) {
  const SegmentSpec& spec = market.segments[segment];
  const std::size_t layers = market.layers.size();
  CustomerType plain;
  plain.segment = SegmentId(segment);
  plain.cell = CellId().with("type").with(spec.name);
  plain.alpha = plain.beta = plain.cost_factor = std::vector<double>(layers, 1.0);
  std::vector<CustomerType> types;
  double weights = 0;
  for (const TasteClassSpec& c : spec.taste_classes) weights += c.weight;
  for (std::size_t i = 0; i < spec.taste_classes.size(); ++i) {
    CustomerType type = plain;
    type.weight = spec.taste_classes[i].weight / weights;
    type.cell = type.cell.with(i);
    type.points.push_back(i);
    set_all(type.alpha, spec.taste_classes[i].price);
    set_all(type.beta, spec.taste_classes[i].quality);
    set_all(type.cost_factor, spec.taste_classes[i].switching_cost);
    types.push_back(type);
  }
  if (types.empty()) types.push_back(plain);

  std::vector<Dimension> dimensions;
  add_dimensions(dimensions, market, spec.taste_price, &CustomerType::alpha);
  add_dimensions(dimensions, market, spec.taste_quality, &CustomerType::beta);
  add_dimensions(dimensions, market, spec.taste_switching_cost, &CustomerType::cost_factor);
  for (const Dimension& dimension : dimensions) {
    std::vector<CustomerType> product;
    for (const CustomerType& type : types)
      for (std::size_t i = 0; i < dimension.points.value.size(); ++i) {
        CustomerType next = type;
        next.weight *= dimension.points.weight[i];
        next.cell = next.cell.with(i);
        next.points.push_back(i);
        for (std::size_t l = 0; l < layers; ++l)
          if (dimension.acts[l]) (next.*dimension.coefficients)[l] = dimension.points.value[i];
        product.push_back(std::move(next));
      }
    types = std::move(product);
  }
  return types;
}

// Splits types by the layers in which they multi-home, and gives them their slots.
std::vector<CustomerType> with_sourcing(const MarketSpec& market, const SegmentSpec& spec,
                                        std::vector<CustomerType> types) {
  for (std::size_t l = 0; l < market.layers.size(); ++l) {
    const MultiHomeSpec* two = nullptr;
    for (const MultiHomeSpec& m : spec.multi_home)
      if (m.layer == market.layers[l].name) two = &m;
    const double share = two && market.layers[l].slots == 2 ? two->share_of_customers : 0;
    std::vector<CustomerType> split;
    for (const CustomerType& type : types) {
      if (share < 1) {
        CustomerType single = type;
        single.weight *= 1 - share;
        single.slots.push_back({LayerId(l), false, 1.0});
        split.push_back(std::move(single));
      }
      if (share > 0) {
        CustomerType multi = type;
        multi.weight *= share;
        multi.cell = multi.cell.with(market.layers[l].name);
        multi.slots.push_back({LayerId(l), false, two->primary_spend});
        multi.slots.push_back({LayerId(l), true, 1 - two->primary_spend});
        split.push_back(std::move(multi));
      }
    }
    types = std::move(split);
  }
  return types;
}

}  // namespace

DiscretePoints gauss_hermite(int n) {
  std::vector<double> roots;
  for (int k = 1; k <= n; ++k) {  // the roots of p[k] lie between those of p[k-1]
    std::vector<double> next;
    const double bound = 2 * std::sqrt(static_cast<double>(k)) + 1;
    for (std::size_t i = 0; i <= roots.size(); ++i)
      next.push_back(root_between(k, i == 0 ? -bound : roots[i - 1], i == roots.size() ? bound : roots[i]));
    roots = std::move(next);
  }
  DiscretePoints points;
  for (const double x : roots) {
    points.value.push_back(x);
    points.weight.push_back(1 / hermite(n, x).squares);
  }
  return points;
}

template <class Read>
PointsOf<NumberOf<Read>> points_of_taste(const TasteSpec& spec, const Read& read) {
  using Number = NumberOf<Read>;
  if (spec.spread == TasteSpec::Spread::none) return {{read(spec.first)}, {1.0}};
  PointsOf<Number> points;
  if (spec.spread == TasteSpec::Spread::values) {
    for (const double& x : spec.values) points.value.push_back(read(x));
    for (const double& w : spec.weights) points.weight.push_back(read(w));
    if (points.weight.empty()) points.weight.assign(points.value.size(), 1.0);
    Number sum = 0;
    for (const Number& w : points.weight) sum += w;
    for (Number& w : points.weight) w /= sum;
    return points;
  }
  const DiscretePoints nodes = gauss_hermite(spec.classes);
  points.weight.assign(nodes.weight.begin(), nodes.weight.end());
  Number location = read(spec.first), scale = read(spec.second);
  if (spec.spread == TasteSpec::Spread::lognormal_median) location = math::log(read(spec.first));
  if (spec.spread == TasteSpec::Spread::lognormal_mean) {
    const Number variation = read(spec.second) / read(spec.first),
                 variance = math::log1p(variation * variation);
    location = math::log(read(spec.first)) - variance / 2;
    scale = math::sqrt(variance);
  }
  for (const double node : nodes.value) {
    const Number x = location + scale * node;
    points.value.push_back(spec.spread == TasteSpec::Spread::normal ? x : math::exp(x));
  }
  return points;
}
template PointsOf<double> points_of_taste(const TasteSpec&, const Plain&);
template PointsOf<Dual> points_of_taste(const TasteSpec&, const By&);

DiscretePoints taste_points(const TasteSpec& spec) {
  PointsOf<double> points = points_of_taste(spec, Plain{});
  return {std::move(points.value), std::move(points.weight)};
}

template <class Read>
std::vector<NumberOf<Read>> means_of_size_classes(const SizeSpec& spec, const Read& read) {
  using Number = NumberOf<Read>;
  if (spec.spread == SizeSpec::Spread::none) return {1.0};
  const auto classes = static_cast<std::size_t>(spec.classes);
  const Number parameter = read(spec.parameter);
  // Part of all spend that is left to customers above quantile u (1 - Lorenz curve): small differences stay exact.
  const auto above = [&](std::size_t i) -> Number {
    if (i == 0) return 1.0;
    if (i == classes) return 0.0;
    const double u = static_cast<double>(i) / spec.classes;
    if (spec.spread == SizeSpec::Spread::pareto) return math::pow(1 - u, 1 - 1 / parameter);
    return cdf(parameter - normal_quantile(u));
  };
  std::vector<Number> sizes;
  for (std::size_t i = 0; i < classes; ++i) sizes.push_back((above(i) - above(i + 1)) * spec.classes);
  return sizes;
}
template std::vector<double> means_of_size_classes(const SizeSpec&, const Plain&);
template std::vector<Dual> means_of_size_classes(const SizeSpec&, const By&);

std::vector<double> size_classes(const SizeSpec& spec) { return means_of_size_classes(spec, Plain{}); }

double size_quantile(const SizeSpec& spec, double u) {
  switch (spec.spread) {
    case SizeSpec::Spread::none:
      return 1;
    case SizeSpec::Spread::pareto:
      return (spec.parameter - 1) / spec.parameter * math::pow(1 - u, -1 / spec.parameter);
    case SizeSpec::Spread::lognormal:
      break;
  }
  if (u <= 0) return 0;
  return math::exp(spec.parameter * (normal_quantile(u) - spec.parameter / 2));
}

std::vector<CustomerType> customer_types(const MarketSpec& market, std::size_t segment,
                                         std::size_t first_choice_class) {
  const SegmentSpec& spec = market.segments[segment];
  const std::vector<double> sizes = size_classes(spec.size);
  const double exponent = spec.size.switching_cost_exponent;
  const double mean = mean_of_power(sizes, exponent);
  std::vector<CustomerType> types;
  std::size_t choice_class = first_choice_class;
  for (const CustomerType& type : with_sourcing(market, spec, taste_types(market, segment))) {
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      CustomerType sized = type;
      sized.weight /= static_cast<double>(sizes.size());
      sized.size = sizes[i];
      sized.size_class = i;
      sized.size_factor = exponent == 0 ? 1 : math::pow(sizes[i], exponent) / mean;
      sized.cell = sized.cell.with(i);
      sized.choice_class = choice_class;
      if (exponent != 0 || i + 1 == sizes.size()) ++choice_class;
      types.push_back(std::move(sized));
    }
  }
  return types;
}

}  // namespace lockin
