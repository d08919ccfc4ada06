#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "lockin/simulation/growth.hpp"
#include "lockin/simulation/trajectory.hpp"

namespace lockin {

/// A measure by which providers are ranked in a layer.
struct RankedMeasure {
  std::optional<LayerId> layer;              ///< nothing: all layers
  Measure measure = Measure::revenue_share;  ///< a share
  bool operator==(const RankedMeasure&) const = default;
};

/// The measures by which a market's providers are ranked: over all layers, then in each.
[[nodiscard]] std::vector<RankedMeasure> ranked_measures(const MarketNames& names);

/// Which numbers of a run an ensemble keeps: every measure at the opening, in each period and in each whole year, who
/// moved from whom to whom in each period, and the parts of each year's growth.
class MeasureTable {
 public:
  MeasureTable() = default;
  /// The numbers of runs like this one: the same names and periods.
  explicit MeasureTable(const Trajectory& path);

  /// How many numbers there are.
  [[nodiscard]] std::size_t size() const { return measures_.size() + switches_.size() + growth_.size(); }
  /// The measures, in the order of their numbers: moments, layers, segments, providers, measures.
  [[nodiscard]] const std::vector<MeasureAt>& measures() const { return measures_; }
  /// Place of a measure; size() if it is none of them.
  [[nodiscard]] std::size_t place(const MeasureAt& at) const;
  /// Place of those who moved in period t, all segments together.
  [[nodiscard]] std::size_t place_of_switch(long t, LayerId layer, ProviderId from, ProviderId to) const;
  /// Place of a part of the growth of a whole year, of `Measure::revenue` or `Measure::tokens`; size() if it is not kept.
  [[nodiscard]] std::size_t place_of_growth(int year, Measure measure, LayerId layer, ProviderId provider,
                                            GrowthPart part) const;
  /// Moments: the opening, periods, whole years.
  [[nodiscard]] std::size_t moments() const { return 1 + periods_ + years_; }
  /// Years that the horizon covers whole, in order.
  [[nodiscard]] std::vector<int> whole_years() const;
  /// A moment by its place.
  [[nodiscard]] MeasureAt at_moment(std::size_t moment) const;
  /// Place of a moment; nothing if the runs do not have it. The measure and its key are not read.
  [[nodiscard]] std::optional<std::size_t> moment(const MeasureAt& at) const;
  /// Fills in the numbers of a run; NaN where a measure has no value. Pre: `numbers` has size() entries
  /// @return false if a value is not finite
  [[nodiscard]] bool read(const Trajectory& path, std::span<double> numbers) const;

 private:
  struct Switch {
    long t = 0;
    LayerId layer;
    ProviderId from, to;
  };
  struct Growth {
    int year = 0;
    Measure measure = Measure::revenue;
    LayerId layer;
    ProviderId provider;
    GrowthPart part = GrowthPart::new_customers;
    bool operator==(const Growth&) const = default;
  };
  [[nodiscard]] std::size_t cell(std::size_t moment, const MeasureAt& at) const;

  std::size_t layers_ = 0, segments_ = 0, providers_ = 0, periods_ = 0, years_ = 0;
  int first_year_ = 0;
  std::vector<MeasureAt> measures_;
  std::vector<MeasureFormula> formulas_;  // of the measures
  std::vector<std::size_t> places_;       // [moment][layer or all][segment or all][provider or all][measure]
  std::vector<Switch> switches_;
  std::vector<Growth> growth_;  // parts of one change stand together
};

}  // namespace lockin
