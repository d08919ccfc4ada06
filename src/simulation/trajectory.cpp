#include "lockin/simulation/trajectory.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <stdexcept>
#include <type_traits>

#include "simulation/measure_adjoint.hpp"
#include "simulation/passing.hpp"

namespace lockin {
namespace {

constexpr std::array<std::string_view, 12> measure_names{"customers",
                                                         "revenue",
                                                         "tokens",
                                                         "customer_share",
                                                         "revenue_share",
                                                         "token_share",
                                                         "increment_share",
                                                         "new_customer_share",
                                                         "churn",
                                                         "mean_stage",
                                                         "mean_switching_cost",
                                                         "hhi"};

using Table = Aggregates::Table;

template <class Key, class Visit>
void for_each_cell(const Aggregates& of, const Key& key, const Visit& visit) {
  for (std::size_t l = key.layer ? key.layer->index() : 0;
       l < (key.layer ? key.layer->index() + 1 : of.layers()); ++l)
    for (std::size_t s = key.segment ? key.segment->index() : 0;
         s < (key.segment ? key.segment->index() + 1 : of.segments()); ++s)
      for (std::size_t j = key.provider ? key.provider->index() : 0;
           j < (key.provider ? key.provider->index() + 1 : of.providers()); ++j)
        visit(LayerId(l), SegmentId(s), ProviderId(j));
}

// A number with its derivatives by sums of tables.
struct Linear {
  struct Term {
    const Aggregates* of = nullptr;
    Table Aggregates::*table = nullptr;
    MeasureKey key;
    double slope = 0;
  };
  double value = 0;
  std::vector<Term> terms;

  Linear(double v = 0) : value(v) {}  // NOLINT: a constant is a number
  void add(const Linear& other, double slope) {
    for (Term term : other.terms) {
      term.slope *= slope;
      terms.push_back(term);
    }
  }
  Linear& operator+=(const Linear& other) {
    value += other.value;
    add(other, 1);
    return *this;
  }
  friend Linear operator-(Linear a, const Linear& b) {
    a.value -= b.value;
    a.add(b, -1);
    return a;
  }
  friend Linear operator*(const Linear& a, const Linear& b) {
    Linear product(a.value * b.value);
    product.add(a, b.value);
    product.add(b, a.value);
    return product;
  }
  friend Linear operator/(const Linear& a, const Linear& b) {
    Linear quotient(a.value / b.value);
    quotient.add(a, 1 / b.value);
    quotient.add(b, -quotient.value / b.value);
    return quotient;
  }
};
double value_of(double x) { return x; }
double value_of(const Linear& x) { return x.value; }

template <class Number>
std::optional<Number> ratio(const Number& numerator, const Number& denominator, double above = 0) {
  if (!(value_of(denominator) > above)) return std::nullopt;
  return numerator / denominator;
}

// Sum of a table over the layers, segments and providers asked for.
template <class Number>
Number sum(Table Aggregates::*table, const Aggregates& of, const MeasureKey& key) {
  double total = 0;
  for_each_cell(of, key, [&](LayerId l, SegmentId s, ProviderId j) { total += (of.*table)(l, s, j); });
  Number result(total);
  if constexpr (std::is_same_v<Number, Linear>) result.terms.push_back({&of, table, key, 1});
  return result;
}

MeasureKey of_everybody(MeasureKey key) {
  key.provider.reset();
  return key;
}

}  // namespace

std::string_view name_of(Measure measure) { return measure_names[static_cast<std::size_t>(measure)]; }

std::optional<Measure> measure_named(std::string_view name) {
  for (std::size_t i = 0; i < measure_names.size(); ++i)
    if (measure_names[i] == name) return static_cast<Measure>(i);
  return std::nullopt;
}

const std::vector<Measure>& all_measures() {
  static const std::vector<Measure> all = [] {
    std::vector<Measure> measures;
    for (std::size_t i = 0; i < measure_names.size(); ++i) measures.push_back(static_cast<Measure>(i));
    return measures;
  }();
  return all;
}

Trajectory::Trajectory(MarketNames names, Calendar calendar, Aggregates opening,
                       std::vector<Aggregates> periods)
    : names_(std::move(names)),
      calendar_(calendar),
      opening_(std::move(opening)),
      periods_(std::move(periods)) {}

MeasureKey Trajectory::key(std::string_view layer, std::string_view segment,
                           std::string_view provider) const {
  const auto find = [](const std::vector<std::string>& names, std::string_view name, auto& id,
                       const char* what) {
    if (name == "all") return;
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end())
      throw std::out_of_range(std::string("no ") + what + " is named " + std::string(name));
    id.emplace(static_cast<std::size_t>(found - names.begin()));
  };
  MeasureKey key;
  find(names_.layers, layer, key.layer, "layer");
  find(names_.segments, segment, key.segment, "segment");
  find(names_.providers, provider, key.provider, "provider");
  return key;
}

bool Trajectory::exists(Measure measure, const MeasureKey& key) const {
  const bool over_layers = measure == Measure::revenue || measure == Measure::revenue_share ||
                           measure == Measure::increment_share || measure == Measure::hhi;
  const bool of_tokens = measure == Measure::tokens || measure == Measure::token_share;
  const bool a_share = measure == Measure::customer_share || measure == Measure::revenue_share ||
                       measure == Measure::token_share || measure == Measure::increment_share ||
                       measure == Measure::new_customer_share;
  if (!key.layer && !over_layers) return false;
  if (key.layer && of_tokens && !names_.token_layer[key.layer->index()]) return false;
  if (measure == Measure::hhi && key.provider) return false;
  if (a_share && !key.provider) return false;
  if (!key.provider) return true;
  for (std::size_t l = 0; l < opening_.layers(); ++l)
    if ((!key.layer || key.layer->index() == l) &&
        opening_.sold[l * opening_.providers() + key.provider->index()] > 0)
      return true;
  return false;
}

template <class Number>
std::optional<Number> Trajectory::hhi(std::span<const Aggregates* const> span, MeasureKey key) const {
  Number squares(0), all(0);
  for (std::size_t j = 0; j < names_.providers.size(); ++j) {
    key.provider = ProviderId(j);
    Number revenue(0);
    for (const Aggregates* of : span) revenue += sum<Number>(&Aggregates::revenue, *of, key);
    squares += revenue * revenue;
    all += revenue;
  }
  return ratio(squares, Number(all * all));
}

template <class Number>
std::optional<Number> Trajectory::over(std::span<const Aggregates* const> span,
                                       std::span<const Aggregates* const> year_before,
                                       const Aggregates* held_at, Measure measure,
                                       const MeasureKey& key) const {
  if (!exists(measure, key)) return std::nullopt;
  const Aggregates& end = *span.back();
  const auto flow = [&](Table Aggregates::*table, const MeasureKey& k,
                        std::span<const Aggregates* const> periods) {
    Number total(0);
    for (const Aggregates* of : periods) total += sum<Number>(table, *of, k);
    return total;
  };
  const auto stock = [&](Table Aggregates::*table, const MeasureKey& k) {
    return sum<Number>(table, end, k);
  };
  const MeasureKey all = of_everybody(key);
  switch (measure) {
    case Measure::customers:
      return stock(&Aggregates::customers, key);
    case Measure::revenue:
      return flow(&Aggregates::revenue, key, span);
    case Measure::tokens:
      return flow(&Aggregates::tokens, key, span);
    case Measure::customer_share:
      return ratio(stock(&Aggregates::customers, key), stock(&Aggregates::customers, all));
    case Measure::revenue_share:
      return ratio(flow(&Aggregates::revenue, key, span), flow(&Aggregates::revenue, all, span));
    case Measure::token_share:
      return ratio(flow(&Aggregates::tokens, key, span), flow(&Aggregates::tokens, all, span));
    case Measure::increment_share: {
      if (year_before.empty()) return std::nullopt;
      const Number now = flow(&Aggregates::revenue, all, span),
                   before = flow(&Aggregates::revenue, all, year_before);
      return ratio(
          Number(flow(&Aggregates::revenue, key, span) - flow(&Aggregates::revenue, key, year_before)),
          Number(now - before), 1e-9 * value_of(now));
    }
    case Measure::new_customer_share:
      return ratio(flow(&Aggregates::new_customers, key, span), flow(&Aggregates::new_customers, all, span));
    case Measure::churn: {
      const Number moved = flow(&Aggregates::moved, key, span);
      return ratio(moved, held_at ? sum<Number>(&Aggregates::customers, *held_at, key)
                                  : flow(&Aggregates::held_before, key, span));
    }
    case Measure::mean_stage:
      return ratio(stock(&Aggregates::stage_sum, key), stock(&Aggregates::customers, key));
    case Measure::mean_switching_cost:
      return ratio(stock(&Aggregates::cost_sum, key), stock(&Aggregates::customers, key));
    case Measure::hhi:
      return hhi<Number>(span, key);
  }
  return std::nullopt;
}

template <class Number>
std::optional<Number> Trajectory::in_period(long t, Measure measure, const MeasureKey& key) const {
  if (t < -1 || t >= static_cast<long>(size())) throw std::out_of_range("no such period");
  const bool flow_of_counts = measure == Measure::new_customer_share || measure == Measure::churn;
  if (t == -1 && (flow_of_counts || measure == Measure::increment_share)) return std::nullopt;
  const Aggregates* now = t == -1 ? &opening_ : &periods_[static_cast<std::size_t>(t)];
  const long before = t - calendar_.per_year();
  const Aggregates* a_year_before = before >= 0 ? &periods_[static_cast<std::size_t>(before)] : nullptr;
  return over<Number>({&now, 1},
                      a_year_before ? std::span<const Aggregates* const>(&a_year_before, 1)
                                    : std::span<const Aggregates* const>(),
                      nullptr, measure, key);
}

std::optional<double> Trajectory::value(long t, Measure measure, std::string_view layer,
                                        std::string_view segment, std::string_view provider) const {
  return value(t, measure, key(layer, segment, provider));
}

std::optional<double> Trajectory::value(long t, Measure measure, const MeasureKey& key) const {
  return in_period<double>(t, measure, key);
}

template <class Number>
std::optional<Number> Trajectory::in_year(int year, Measure measure, const MeasureKey& key) const {
  const std::vector<int> years = whole_years();
  if (std::find(years.begin(), years.end(), year) == years.end()) return std::nullopt;
  const long per = calendar_.per_year(), first = calendar_.period_of({year, 0, PeriodLength::year});
  const auto span_from = [&](long start) {
    std::vector<const Aggregates*> span;
    if (start >= 0)
      for (long t = start; t < start + per; ++t) span.push_back(&periods_[static_cast<std::size_t>(t)]);
    return span;
  };
  const Aggregates* held_at = first == 0 ? &opening_ : &periods_[static_cast<std::size_t>(first - 1)];
  return over<Number>(span_from(first), span_from(first - per), held_at, measure, key);
}

std::optional<double> Trajectory::annual_value(int year, Measure measure, const MeasureKey& key) const {
  return in_year<double>(year, measure, key);
}

std::optional<double> pull_back_measure(const Trajectory& path, const MeasureAt& at,
                                        std::vector<Aggregates>& by_moments) {
  const std::optional<Linear> value = at.year ? path.in_year<Linear>(*at.year, at.measure, at.key)
                                              : path.in_period<Linear>(at.t, at.measure, at.key);
  if (!value) return std::nullopt;
  for (const Linear::Term& term : value->terms) {
    const std::size_t moment =
        term.of == &path.opening() ? 0 : static_cast<std::size_t>(term.of - path.periods_.data()) + 1;
    for_each_cell(*term.of, term.key, [&](LayerId l, SegmentId s, ProviderId j) {
      (by_moments[moment].*term.table)(l, s, j) += term.slope;
    });
  }
  return value->value;
}

std::optional<double> Trajectory::annual_value(int year, Measure measure, std::string_view layer,
                                               std::string_view segment, std::string_view provider) const {
  return annual_value(year, measure, key(layer, segment, provider));
}

std::vector<int> Trajectory::whole_years() const {
  std::vector<int> years;
  const long per = calendar_.per_year(), periods = static_cast<long>(size());
  for (long t = 0; t + per <= periods; ++t)
    if (calendar_.place_in_year(t) == 0) years.push_back(calendar_.year_of(t));
  return years;
}

std::vector<double> Trajectory::series(Measure measure, std::string_view layer, std::string_view provider,
                                       std::string_view segment) const {
  const MeasureKey of = key(layer, segment, provider);
  std::vector<double> values;
  for (std::size_t t = 0; t < size(); ++t)
    values.push_back(
        value(static_cast<long>(t), measure, of).value_or(std::numeric_limits<double>::quiet_NaN()));
  return values;
}

double Trajectory::switched(Period t, std::string_view layer, std::string_view from,
                            std::string_view to) const {
  const MeasureKey origin = key(layer, "all", from), destination = key(layer, "all", to);
  if (!origin.layer || !origin.provider || !destination.provider)
    throw std::out_of_range("switched: one layer and two providers");
  double total = 0;
  for (std::size_t s = 0; s < names_.segments.size(); ++s)
    total += at(t).switches(*origin.layer, SegmentId(s), *origin.provider, *destination.provider);
  return total;
}

std::vector<std::size_t> ranking(const Trajectory& path, long t, Measure measure, std::string_view layer) {
  std::vector<std::pair<double, std::size_t>> values;
  MeasureKey key = path.key(layer, "all", "all");
  for (std::size_t j = 0; j < path.names().providers.size(); ++j) {
    key.provider = ProviderId(j);
    if (const auto value = path.value(t, measure, key)) values.emplace_back(*value, j);
  }
  std::stable_sort(values.begin(), values.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<std::size_t> order;
  order.reserve(values.size());
  for (const auto& [value, j] : values) order.push_back(j);
  return order;
}

std::vector<Crossing> crossings(const Trajectory& path, Measure measure, std::string_view layer) {
  MeasureKey key = path.key(layer, "all", "all");
  return passings_of(path.names().providers.size(), static_cast<long>(path.size()),
                     [&](long t, std::size_t j) {
                       key.provider = ProviderId(j);
                       return path.value(t, measure, key);
                     });
}

}  // namespace lockin
