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

// Values that may be missing are filled in, and not returned: as std::optional they cost more than what is in them.
template <class Number>
bool set(Number& result, Number value) {
  result = std::move(value);
  return true;
}
template <class Number>
bool set_ratio(Number& result, const Number& numerator, const Number& denominator, double above = 0) {
  return value_of(denominator) > above && set(result, Number(numerator / denominator));
}

// In the order of `Quantity`.
constexpr std::array<Table Aggregates::*, 8> quantities{
    &Aggregates::customers, &Aggregates::revenue,     &Aggregates::tokens,    &Aggregates::new_customers,
    &Aggregates::moved,     &Aggregates::held_before, &Aggregates::stage_sum, &Aggregates::cost_sum};

template <class Id>
std::size_t of_all(const std::optional<Id>& id) {
  return id ? id->index() + 1 : 0;
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
      periods_(std::move(periods)),
      cells_((opening_.layers() + 1) * (opening_.segments() + 1) * (opening_.providers() + 1)) {
  add_sums(opening_);
  for (const Aggregates& period : periods_) add_sums(period);
}

void Trajectory::append(Aggregates period) {
  add_sums(period);
  periods_.push_back(std::move(period));
}

// Once for all measures: each is a few of these.
void Trajectory::add_sums(const Aggregates& moment) {
  const std::size_t S = moment.segments() + 1, J = moment.providers() + 1;
  for (Table Aggregates::*const table : quantities) {
    const std::size_t start = sums_.size();
    sums_.resize(start + cells_, 0.0);
    for_each_cell(moment, MeasureKey{}, [&](LayerId l, SegmentId s, ProviderId j) {
      const double x = (moment.*table)(l, s, j);
      for (const std::size_t layer : {std::size_t{0}, l.index() + 1})
        for (const std::size_t segment : {std::size_t{0}, s.index() + 1})
          for (const std::size_t provider : {std::size_t{0}, j.index() + 1})
            sums_[start + (layer * S + segment) * J + provider] += x;
    });
  }
}

Trajectory::Cell Trajectory::cell(const MeasureKey& key) const {
  const std::size_t S = opening_.segments() + 1, J = opening_.providers() + 1;
  return {(of_all(key.layer) * S + of_all(key.segment)) * J + of_all(key.provider), &key};
}

template <class Number>
inline Number Trajectory::sum(Quantity quantity, std::size_t moment, Cell of) const {
  const std::size_t q = static_cast<std::size_t>(quantity);
  Number result(sums_[(moment * quantities.size() + q) * cells_ + of.place]);
  if constexpr (std::is_same_v<Number, Linear>) {
    result.terms.push_back({&at_moment(moment), quantities[q], *of.key, 1});
    if (of.of_all_providers) result.terms.back().key.provider.reset();
  }
  return result;
}

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
bool Trajectory::hhi(const Moments& span, MeasureKey key, Number& result) const {
  Number squares(0), all(0);
  for (std::size_t j = 0; j < names_.providers.size(); ++j) {
    key.provider = ProviderId(j);
    Number revenue(0);
    for (std::size_t m = 0; m < span.count; ++m)
      revenue += sum<Number>(Quantity::revenue, span.first + m, cell(key));
    squares += revenue * revenue;
    all += revenue;
  }
  return set_ratio(result, squares, Number(all * all));
}

template <class Number>
bool Trajectory::over(const Span& span, Measure measure, const MeasureKey& key, Number& result) const {
  const auto flow = [&](Quantity quantity, const Cell& of, const Moments& moments) {
    Number total(0);
    for (std::size_t m = 0; m < moments.count; ++m) total += sum<Number>(quantity, moments.first + m, of);
    return total;
  };
  const auto stock = [&](Quantity quantity, const Cell& of) {
    return sum<Number>(quantity, span.now.first + span.now.count - 1, of);
  };
  const Cell own = cell(key), all{own.place - of_all(key.provider), &key, true};
  switch (measure) {
    case Measure::customers:
      return set(result, stock(Quantity::customers, own));
    case Measure::revenue:
      return set(result, flow(Quantity::revenue, own, span.now));
    case Measure::tokens:
      return set(result, flow(Quantity::tokens, own, span.now));
    case Measure::customer_share:
      return set_ratio(result, stock(Quantity::customers, own), stock(Quantity::customers, all));
    case Measure::revenue_share:
      return set_ratio(result, flow(Quantity::revenue, own, span.now),
                       flow(Quantity::revenue, all, span.now));
    case Measure::token_share:
      return set_ratio(result, flow(Quantity::tokens, own, span.now), flow(Quantity::tokens, all, span.now));
    case Measure::increment_share: {
      if (span.year_before.count == 0) return false;
      const Number now = flow(Quantity::revenue, all, span.now),
                   before = flow(Quantity::revenue, all, span.year_before);
      return set_ratio(
          result,
          Number(flow(Quantity::revenue, own, span.now) - flow(Quantity::revenue, own, span.year_before)),
          Number(now - before), 1e-9 * value_of(now));
    }
    case Measure::new_customer_share:
      return set_ratio(result, flow(Quantity::new_customers, own, span.now),
                       flow(Quantity::new_customers, all, span.now));
    case Measure::churn: {
      const Number moved = flow(Quantity::moved, own, span.now);
      return set_ratio(result, moved,
                       span.of_a_year ? sum<Number>(Quantity::customers, span.now.first - 1, own)
                                      : flow(Quantity::held_before, own, span.now));
    }
    case Measure::mean_stage:
      return set_ratio(result, stock(Quantity::stage_sum, own), stock(Quantity::customers, own));
    case Measure::mean_switching_cost:
      return set_ratio(result, stock(Quantity::cost_sum, own), stock(Quantity::customers, own));
    case Measure::hhi:
      return hhi(span.now, key, result);
  }
  return false;
}

template <class Number>
std::optional<Number> Trajectory::in_period(long t, Measure measure, const MeasureKey& key) const {
  if (t < -1 || t >= static_cast<long>(size())) throw std::out_of_range("no such period");
  Number value(0);
  if (!exists(measure, key) || !in_existing_period(t, measure, key, value)) return std::nullopt;
  return value;
}

template <class Number>
bool Trajectory::in_existing_period(long t, Measure measure, const MeasureKey& key, Number& result) const {
  const bool flow_of_counts = measure == Measure::new_customer_share || measure == Measure::churn;
  if (t == -1 && (flow_of_counts || measure == Measure::increment_share)) return false;
  const long before = t - calendar_.per_year();
  return over({{static_cast<std::size_t>(t + 1), 1},
               before >= 0 ? Moments{static_cast<std::size_t>(before + 1), 1} : Moments{}},
              measure, key, result);
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
  const long per = calendar_.per_year(), first = calendar_.period_of({year, 0, PeriodLength::year});
  Number value(0);
  if (first < 0 || calendar_.place_in_year(first) != 0 || first + per > static_cast<long>(size()) ||
      !exists(measure, key) || !in_existing_year(first, measure, key, value))
    return std::nullopt;
  return value;
}

template <class Number>
bool Trajectory::in_existing_year(long first, Measure measure, const MeasureKey& key, Number& result) const {
  const long per = calendar_.per_year();
  const auto year_from = [&](long start) {
    return start < 0 ? Moments{}
                     : Moments{static_cast<std::size_t>(start + 1), static_cast<std::size_t>(per)};
  };
  return over({year_from(first), year_from(first - per), true}, measure, key, result);
}

std::optional<double> Trajectory::annual_value(int year, Measure measure, const MeasureKey& key) const {
  return in_year<double>(year, measure, key);
}

bool Trajectory::read_existing(const MeasureAt& at, double& value) const {
  if (!at.year) return in_existing_period(at.t, at.measure, at.key, value);
  return in_existing_year(calendar_.period_of({*at.year, 0, PeriodLength::year}), at.measure, at.key, value);
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
