#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lockin/market/aggregates.hpp"
#include "lockin/market/calendar.hpp"
#include "lockin/market/market_spec.hpp"

namespace lockin {

/// Name of a measure as in files: `revenue_share`.
[[nodiscard]] std::string_view name_of(Measure measure);
/// The measure of that name; nothing for another text.
[[nodiscard]] std::optional<Measure> measure_named(std::string_view name);
/// All measures in the order of the results.
[[nodiscard]] const std::vector<Measure>& all_measures();

/// Names of a market's parts, in order; what results are labelled with.
struct MarketNames {
  std::vector<std::string> layers,         ///< keys of layers
      segments,                            ///< keys of segments
      providers;                           ///< keys of providers
  std::vector<std::string> display_names;  ///< of providers
  std::vector<bool> token_layer;           ///< by layer
};

/// What a value is about; nothing: all together.
struct MeasureKey {
  std::optional<LayerId> layer;        ///< nothing: all layers
  std::optional<SegmentId> segment;    ///< nothing: all segments
  std::optional<ProviderId> provider;  ///< nothing: all providers
};

/// A measure of something at one moment.
struct MeasureAt {
  Measure measure = Measure::revenue_share;  ///< which one
  MeasureKey key = {};                       ///< of what
  long t = -1;                               ///< the period; -1 is the opening
  std::optional<int> year = {};              ///< the year, instead of a period
};

/// A measure of something at one moment, worked out as far as it goes without a history: which sums to divide. Made by
/// `Trajectory::formula`, once for all histories with the same names, offers and periods.
class MeasureFormula {
 public:
  /// Of a measure that has no value.
  MeasureFormula() = default;

 private:
  friend class Trajectory;
  // One sum over another; what one rose by over what another did; squares over the square of their sum.
  enum class Kind : std::uint32_t { ratio, rise, concentration };
  // Places of constants: 0, over which there is no value, and 1.
  static constexpr std::uint32_t nothing = 0, one = 1;
  explicit MeasureFormula(std::uint32_t of, std::uint32_t among = one, Kind kind = Kind::ratio,
                          std::uint32_t back = 0)
      : of_(of), among_(among), back_(back), kind_(kind) {}

  std::uint32_t of_ = nothing, among_ = nothing;  // places of sums
  std::uint32_t back_ = 0;                        // of `rise`: places from the same sum of a year before
  Kind kind_ = Kind::ratio;
};

/// One run's history: the opening (t = -1) and every period of the horizon.
///
/// A name is `all` where layers, segments or providers are taken together. A value is missing (NaN in series) where the
/// measure has none: a denominator that is not positive, a provider in a layer that it does not sell, a measure that does
/// not exist over all layers.
class Trajectory {
 public:
  Trajectory() = default;
  /// A history from its parts; `periods` are those from t = 0 on.
  Trajectory(MarketNames names, Calendar calendar, Aggregates opening, std::vector<Aggregates> periods);

  /// Names of the market's parts.
  [[nodiscard]] const MarketNames& names() const { return names_; }
  /// The simulated periods.
  [[nodiscard]] const Calendar& calendar() const { return calendar_; }
  /// Number of periods that it holds, the opening apart.
  [[nodiscard]] std::size_t size() const { return periods_.size(); }
  /// Aggregates of the opening.
  [[nodiscard]] const Aggregates& opening() const { return opening_; }
  /// Aggregates of period t. @throws std::out_of_range from size() on.
  [[nodiscard]] const Aggregates& at(Period t) const { return periods_.at(t.index()); }

  /// Adds the next period.
  void append(Aggregates period);

  /// Value of a measure in period t; t = -1 is the opening (stocks, revenue and shares; flows have no value there).
  /// @throws std::out_of_range for a name that the market does not have or a period outside -1 .. size() - 1.
  [[nodiscard]] std::optional<double> value(long t, Measure measure, std::string_view layer,
                                            std::string_view segment, std::string_view provider) const;
  /// The same by index: no names to look up.
  [[nodiscard]] std::optional<double> value(long t, Measure measure, const MeasureKey& key) const;
  /// The same for a year: flows summed, shares of the sums, stocks at its end, churn = moved in the year / held at the
  /// end of the year before. No value for a year that the horizon does not cover whole.
  [[nodiscard]] std::optional<double> annual_value(int year, Measure measure, std::string_view layer,
                                                   std::string_view segment, std::string_view provider) const;
  /// The same by index: no names to look up.
  [[nodiscard]] std::optional<double> annual_value(int year, Measure measure, const MeasureKey& key) const;
  /// How to work out a measure, for programs that read it from many histories.
  /// @param at which measure, of what, when: one that there is no value of has a formula without a value
  /// @throws std::out_of_range for a period outside -1 .. size() - 1.
  [[nodiscard]] MeasureFormula formula(const MeasureAt& at) const;
  /// Values of measures, NaN where there is none. Pre: the formulas are of a history with the same names, offers and periods
  /// @param formulas what to work out
  /// @param values one for each
  /// @return false if there is a value that is not finite
  [[nodiscard]] bool read(std::span<const MeasureFormula> formulas, std::span<double> values) const;
  /// Indices of names; `all` is nothing. @throws std::out_of_range for an unknown name.
  [[nodiscard]] MeasureKey key(std::string_view layer, std::string_view segment,
                               std::string_view provider) const;
  /// Whether a measure is defined for a key at all (it may still lack a value in a period).
  [[nodiscard]] bool exists(Measure measure, const MeasureKey& key) const;
  /// Years that the horizon covers whole, in order.
  [[nodiscard]] std::vector<int> whole_years() const;

  /// One value per period, NaN where there is none.
  [[nodiscard]] std::vector<double> series(Measure measure, std::string_view layer, std::string_view provider,
                                           std::string_view segment = "all") const;
  /// Share of revenue in each period, 0..1, all segments together; NaN where there is none.
  [[nodiscard]] std::vector<double> revenue_share(std::string_view layer, std::string_view provider) const {
    return series(Measure::revenue_share, layer, provider);
  }
  /// Share of tokens in each period, 0..1, all segments together; NaN where there is none.
  [[nodiscard]] std::vector<double> token_share(std::string_view layer, std::string_view provider) const {
    return series(Measure::token_share, layer, provider);
  }
  /// Share of customers in each period, 0..1, all segments together; NaN where there is none.
  [[nodiscard]] std::vector<double> customer_share(std::string_view layer, std::string_view provider) const {
    return series(Measure::customer_share, layer, provider);
  }

  /// Slots that moved between two providers in period t, by weight, all segments together.
  /// @throws std::out_of_range for an unknown name, `all`, or a period from size() on.
  [[nodiscard]] double switched(Period t, std::string_view layer, std::string_view from,
                                std::string_view to) const;

 private:
  friend std::optional<double> pull_back_measure(const Trajectory& path, const MeasureAt& at,
                                                 std::vector<Aggregates>& by_moments);
  // Quantities that measures are made of.
  enum class Quantity { customers, revenue, tokens, new_customers, moved, held_before, stage_sum, cost_sum };
  // Place of the first sum of a moment, of a whole year by its number.
  [[nodiscard]] std::size_t row_of_moment(std::size_t moment) const;
  [[nodiscard]] std::size_t row_of_year(std::size_t year) const;
  // Where the sum of a quantity stands within a row.
  [[nodiscard]] std::uint32_t column(Quantity quantity, const MeasureKey& key) const;
  // A number is a value, or a value with its derivatives. False and no result: there is no value.
  template <class Number>
  [[nodiscard]] bool work_out(const MeasureFormula& formula, Number& result) const;
  template <class Number>
  [[nodiscard]] Number sum_at(std::uint32_t place) const;
  void add_sums(const Aggregates& moment);

  MarketNames names_;
  Calendar calendar_;
  Aggregates opening_;
  std::vector<Aggregates> periods_;
  // 0, 1; sums of whole years, then of moments, a row each: [quantity][all, layer][all, segment][all, provider].
  std::vector<double> sums_;
  std::size_t cells_ = 0, years_ = 0;  // cells of a quantity; whole years of the calendar
};

/// Providers by a measure in period t (or the opening, t = -1), largest first; ties: the earlier provider. Providers without a value are left out.
[[nodiscard]] std::vector<std::size_t> ranking(const Trajectory& path, long t, Measure measure,
                                               std::string_view layer);

/// A provider that was behind another and is ahead from some period on.
struct Crossing {
  std::size_t passer = 0,  ///< index of the provider that gets ahead
      passed = 0;          ///< index of the provider that falls behind
  Period when;             ///< first period in which the passer is ahead
};

/// First time that each provider passes another by a measure. Ahead at the opening is no crossing; who leads then, falls
/// behind and gets ahead again has passed.
[[nodiscard]] std::vector<Crossing> crossings(const Trajectory& path, Measure measure,
                                              std::string_view layer);

}  // namespace lockin
