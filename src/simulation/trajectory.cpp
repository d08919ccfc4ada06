#include "lockin/simulation/trajectory.hpp"

#include <algorithm>
#include <array>
#include <cmath>
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

// A number with its derivatives by sums of tables.
struct Linear {
  struct Term {
    std::size_t moment = 0;
    std::uint32_t place = 0;
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
bool set_ratio(Number& result, const Number& numerator, const Number& denominator, double above = 0) {
  result = numerator / denominator;  // before it is asked, as a division costs less than a branch
  return value_of(denominator) > above;
}

// In the order of `Quantity`.
constexpr std::array<Table Aggregates::*, 8> quantities{
    &Aggregates::customers, &Aggregates::revenue,     &Aggregates::tokens,    &Aggregates::new_customers,
    &Aggregates::moved,     &Aggregates::held_before, &Aggregates::stage_sum, &Aggregates::cost_sum};

// The first period that begins a year.
long first_year_start(const Calendar& calendar) {
  const long per = calendar.per_year();
  return (per - calendar.place_in_year(0)) % per;
}

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
  const long in_years = static_cast<long>(calendar_.size()) - first_year_start(calendar_);
  years_ = static_cast<std::size_t>(std::max(0L, in_years) / calendar_.per_year());
  sums_.reserve(row_of_moment(1 + calendar_.size()));
  sums_.resize(row_of_moment(0), 0.0);
  sums_[MeasureFormula::one] = 1;
  add_sums(opening_);
  for (const Aggregates& period : periods_) add_sums(period);
}

void Trajectory::append(Aggregates period) {
  add_sums(period);
  periods_.push_back(std::move(period));
}

std::size_t Trajectory::row_of_year(std::size_t year) const { return 2 + year * quantities.size() * cells_; }
std::size_t Trajectory::row_of_moment(std::size_t moment) const { return row_of_year(years_ + moment); }

// Once for all measures: each is one or two of these.
void Trajectory::add_sums(const Aggregates& moment) {
  const std::size_t S = moment.segments() + 1, J = moment.providers() + 1, width = quantities.size() * cells_,
                    begin = sums_.size();
  if (begin + width > std::numeric_limits<std::uint32_t>::max())
    throw std::length_error("a history of more than 2^32 sums; fewer periods, segments or providers");
  sums_.resize(begin + width, 0.0);
  for (std::size_t q = 0; q < quantities.size(); ++q)
    for (std::size_t l = 0; l < moment.layers(); ++l)
      for (std::size_t s = 0; s + 1 < S; ++s)
        for (std::size_t j = 0; j + 1 < J; ++j) {
          const double x = (moment.*quantities[q])(LayerId(l), SegmentId(s), ProviderId(j));
          for (const std::size_t layer : {std::size_t{0}, l + 1})
            for (const std::size_t segment : {std::size_t{0}, s + 1})
              for (const std::size_t provider : {std::size_t{0}, j + 1})
                sums_[begin + q * cells_ + (layer * S + segment) * J + provider] += x;
        }
  const long t = static_cast<long>((begin - row_of_moment(0)) / width) - 1,
             in_years = t - first_year_start(calendar_);
  if (t < 0 || in_years < 0) return;
  const std::size_t year = static_cast<std::size_t>(in_years / calendar_.per_year());
  if (year >= years_) return;
  for (std::size_t i = 0; i < width; ++i) sums_[row_of_year(year) + i] += sums_[begin + i];
}

std::uint32_t Trajectory::column(Quantity quantity, const MeasureKey& key) const {
  const std::size_t S = opening_.segments() + 1, J = opening_.providers() + 1;
  return static_cast<std::uint32_t>(static_cast<std::size_t>(quantity) * cells_ +
                                    (of_all(key.layer) * S + of_all(key.segment)) * J + of_all(key.provider));
}

template <class Number>
inline Number Trajectory::sum_at(std::uint32_t place) const {
  Number sum(sums_[place]);
  if constexpr (std::is_same_v<Number, Linear>) {
    if (place < row_of_year(0)) return sum;
    const std::size_t width = quantities.size() * cells_, row = (place - row_of_year(0)) / width;
    std::size_t first = row - years_, count = 1;
    if (row < years_) {
      count = static_cast<std::size_t>(calendar_.per_year());
      first = 1 + static_cast<std::size_t>(first_year_start(calendar_)) + row * count;
    }
    const auto column = static_cast<std::uint32_t>((place - row_of_year(0)) % width);
    for (std::size_t m = first; m < first + count; ++m) sum.terms.push_back({m, column, 1});
  }
  return sum;
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

MeasureFormula Trajectory::formula(const MeasureAt& at) const {
  using Kind = MeasureFormula::Kind;
  const long per = at.year ? calendar_.per_year() : 1, periods = static_cast<long>(size());
  const long first = at.year ? calendar_.period_of({*at.year, 0, PeriodLength::year}) : at.t;
  if (sums_.empty() || (!at.year && (at.t < -1 || at.t >= periods)))
    throw std::out_of_range("no such period");
  const std::size_t year = first < 0 ? 0 : static_cast<std::size_t>(first / per);
  if (at.year &&
      (first < 0 || calendar_.place_in_year(first) != 0 || first + per > periods || year >= years_))
    return {};
  if (!exists(at.measure, at.key)) return {};
  MeasureKey of_all_providers = at.key;
  of_all_providers.provider.reset();
  // Stocks are those at the end of a year, flows those of all of it.
  const auto moment = [&](long t) {
    return static_cast<std::uint32_t>(row_of_moment(static_cast<std::size_t>(t + 1)));
  };
  const std::uint32_t stocks = moment(first + per - 1),
                      flows = at.year ? static_cast<std::uint32_t>(row_of_year(year)) : stocks;
  const auto own = [&](Quantity quantity) { return column(quantity, at.key); };
  const auto among = [&](Quantity quantity) { return column(quantity, of_all_providers); };
  const auto share = [&](Quantity quantity, std::uint32_t row) {
    return MeasureFormula(row + own(quantity), row + among(quantity));
  };
  const auto mean = [&](Quantity quantity) {
    return MeasureFormula(stocks + own(quantity), stocks + own(Quantity::customers));
  };
  const bool opening = first < 0;  // has no flows
  switch (at.measure) {
    case Measure::customers:
      return MeasureFormula(stocks + own(Quantity::customers));
    case Measure::revenue:
      return MeasureFormula(flows + own(Quantity::revenue));
    case Measure::tokens:
      return MeasureFormula(flows + own(Quantity::tokens));
    case Measure::customer_share:
      return share(Quantity::customers, stocks);
    case Measure::revenue_share:
      return share(Quantity::revenue, flows);
    case Measure::token_share:
      return share(Quantity::tokens, flows);
    case Measure::increment_share: {
      if (first < calendar_.per_year()) return {};  // nothing is known of a year before
      const std::size_t rows = at.year ? 1 : static_cast<std::size_t>(calendar_.per_year());
      return MeasureFormula(flows + own(Quantity::revenue), flows + among(Quantity::revenue), Kind::rise,
                            static_cast<std::uint32_t>(rows * quantities.size() * cells_));
    }
    case Measure::new_customer_share:
      return opening ? MeasureFormula() : share(Quantity::new_customers, flows);
    case Measure::churn:
      if (opening) return {};
      // A year's is against those held at the moment before it.
      return MeasureFormula(flows + own(Quantity::moved), at.year
                                                              ? moment(first - 1) + own(Quantity::customers)
                                                              : flows + own(Quantity::held_before));
    case Measure::mean_stage:
      return mean(Quantity::stage_sum);
    case Measure::mean_switching_cost:
      return mean(Quantity::cost_sum);
    case Measure::hhi:
      return MeasureFormula(flows + own(Quantity::revenue), MeasureFormula::one, Kind::concentration);
  }
  return {};
}

template <class Number>
inline bool Trajectory::work_out(const MeasureFormula& f, Number& result) const {
  using Kind = MeasureFormula::Kind;
  switch (f.kind_) {
    case Kind::ratio:
      return set_ratio(result, sum_at<Number>(f.of_), sum_at<Number>(f.among_));
    case Kind::rise: {
      const Number now = sum_at<Number>(f.among_), before = sum_at<Number>(f.among_ - f.back_);
      return set_ratio(result, Number(sum_at<Number>(f.of_) - sum_at<Number>(f.of_ - f.back_)),
                       Number(now - before), 1e-9 * value_of(now));
    }
    case Kind::concentration: {
      Number squares(0), all(0);
      for (std::uint32_t j = 1; j <= opening_.providers(); ++j) {  // after that of all providers
        const Number one = sum_at<Number>(f.of_ + j);
        squares += one * one;
        all += one;
      }
      return set_ratio(result, squares, Number(all * all));
    }
  }
  return false;
}

bool Trajectory::read(std::span<const MeasureFormula> formulas, std::span<double> values) const {
  std::size_t sound = 0;
  for (std::size_t i = 0; i < formulas.size(); ++i) {
    double value = 0;
    const bool there = work_out(formulas[i], value);
    sound += !there || std::abs(value) <= std::numeric_limits<double>::max();
    values[i] = there ? value : std::numeric_limits<double>::quiet_NaN();
  }
  return sound == formulas.size();
}

std::optional<double> Trajectory::value(long t, Measure measure, std::string_view layer,
                                        std::string_view segment, std::string_view provider) const {
  return value(t, measure, key(layer, segment, provider));
}

std::optional<double> Trajectory::value(long t, Measure measure, const MeasureKey& key) const {
  double value = 0;
  return work_out(formula({measure, key, t}), value) ? std::optional(value) : std::nullopt;
}

std::optional<double> Trajectory::annual_value(int year, Measure measure, const MeasureKey& key) const {
  double value = 0;
  return work_out(formula({measure, key, -1, year}), value) ? std::optional(value) : std::nullopt;
}

std::optional<double> pull_back_measure(const Trajectory& path, const MeasureAt& at,
                                        std::vector<Aggregates>& by_moments) {
  Linear value;
  if (!path.work_out(path.formula(at), value)) return std::nullopt;
  const std::size_t S = path.opening_.segments() + 1, J = path.opening_.providers() + 1;
  for (const Linear::Term& term : value.terms) {
    const std::size_t cell = term.place % path.cells_;
    const std::size_t l = cell / J / S, s = cell / J % S, j = cell % J;  // 0: all together
    const auto range = [](std::size_t of, std::size_t all) {
      return of > 0 ? std::pair(of - 1, of) : std::pair(std::size_t{0}, all);
    };
    const auto [l0, l1] = range(l, path.opening_.layers());
    const auto [s0, s1] = range(s, S - 1);
    const auto [j0, j1] = range(j, J - 1);
    for (std::size_t a = l0; a < l1; ++a)
      for (std::size_t b = s0; b < s1; ++b)
        for (std::size_t c = j0; c < j1; ++c)
          (by_moments[term.moment].*quantities[term.place / path.cells_])(LayerId(a), SegmentId(b),
                                                                          ProviderId(c)) += term.slope;
  }
  return value.value;
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
                       return path.value(t, measure, key).value_or(std::numeric_limits<double>::quiet_NaN());
                     });
}

}  // namespace lockin
