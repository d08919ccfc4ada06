#include "report/detail/ensemble_moments.hpp"

#include <algorithm>

namespace lockin::detail {

MeasureAt at_moment(const Moment& moment, Measure measure, const MeasureKey& key) {
  MeasureAt at{measure, key, -1, {}};
  if (moment.kind == Moment::Kind::year) at.year = static_cast<int>(moment.value);
  if (moment.kind == Moment::Kind::period) at.t = moment.value;
  return at;
}

std::vector<Moment> moments_of(const Ensemble& ensemble) {
  return moments(ensemble.calendar(), ensemble.table().whole_years(), ensemble.calendar().size());
}

Moment last_of(const Ensemble& ensemble) {
  const std::vector<int> years = ensemble.table().whole_years();
  if (!years.empty()) return {Moment::Kind::year, years.back()};
  return {Moment::Kind::period, static_cast<long>(ensemble.calendar().size()) - 1};
}

std::optional<double> mean_of(const Ensemble& ensemble, const Moment& moment, const RankedMeasure& by,
                              std::size_t provider) {
  const auto summary = ensemble.summary(at_moment(moment, by.measure, {by.layer, {}, ProviderId(provider)}));
  return summary ? std::optional(summary->mean) : std::nullopt;
}

std::vector<std::size_t> ranked(const Ensemble& ensemble, const RankedMeasure& by) {
  std::vector<std::pair<double, std::size_t>> valued;
  for (std::size_t j = 0; j < ensemble.names().providers.size(); ++j)
    if (const auto mean = mean_of(ensemble, last_of(ensemble), by, j)) valued.emplace_back(-*mean, j);
  std::ranges::sort(valued);
  std::vector<std::size_t> order;
  order.reserve(valued.size());
  for (const auto& [mean, j] : valued) order.push_back(j);
  return order;
}

double lead_probability(const Ensemble& ensemble, const RankedMeasure& by, std::size_t provider) {
  return ensemble.rank_probability(by, at_moment(last_of(ensemble), by.measure, {}), ProviderId(provider), 0)
      .value_or(0);
}

}  // namespace lockin::detail
