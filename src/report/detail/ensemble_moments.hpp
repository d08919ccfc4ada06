#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lockin/ensemble/run_ensemble.hpp"
#include "lockin/report/moment.hpp"

namespace lockin::detail {

MeasureAt at_moment(const Moment& moment, Measure measure, const MeasureKey& key);
std::vector<Moment> moments_of(const Ensemble& ensemble);
/// The moment that an answer is about: the last whole year, else the last period.
Moment last_of(const Ensemble& ensemble);
std::optional<double> mean_of(const Ensemble& ensemble, const Moment& moment, const RankedMeasure& by,
                              std::size_t provider);
/// Providers by their mean at the last moment, largest first.
std::vector<std::size_t> ranked(const Ensemble& ensemble, const RankedMeasure& by);
/// Probability of the first place at the last moment.
double lead_probability(const Ensemble& ensemble, const RankedMeasure& by, std::size_t provider);

/// Revenue over all layers, then tokens: the two rankings that an answer is about, with their names.
std::vector<std::pair<std::string, RankedMeasure>> two_rankings(const MarketNames& names);

/// What a measure is of, as in the results' files.
class MeasureLabels {
 public:
  explicit MeasureLabels(const Ensemble& ensemble);
  /// `period,layer,segment,provider,measure`
  [[nodiscard]] std::string of(const MeasureAt& at) const;

 private:
  const Calendar& calendar_;
  std::vector<std::string> layers_, segments_, providers_;
};

}  // namespace lockin::detail
