#include "report/detail/ensemble_moments.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "report/detail/csv_text.hpp"

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

std::vector<std::pair<std::string, RankedMeasure>> two_rankings(const MarketNames& names) {
  std::vector<std::pair<std::string, RankedMeasure>> result{{"revenue", {{}, Measure::revenue_share}}};
  const auto token_layers = std::ranges::count(names.token_layer, true);
  for (std::size_t l = 0; l < names.layers.size(); ++l)
    if (names.token_layer[l])
      result.emplace_back(token_layers > 1 ? names.layers[l] + " tokens" : "tokens",
                          RankedMeasure{LayerId(l), Measure::token_share});
  return result;
}

MeasureLabels::MeasureLabels(const Ensemble& ensemble)
    : calendar_(ensemble.calendar()),
      layers_(all_and(ensemble.names().layers)),
      segments_(all_and(ensemble.names().segments)),
      providers_(all_and(ensemble.names().providers)) {}

std::string MeasureLabels::of(const MeasureAt& at) const {
  return fmt::format("{},{},{},{},{}", at.year ? std::to_string(*at.year) : calendar_.label(at.t),
                     field(layers_[at.key.layer ? at.key.layer->index() + 1 : 0]),
                     field(segments_[at.key.segment ? at.key.segment->index() + 1 : 0]),
                     field(providers_[at.key.provider ? at.key.provider->index() + 1 : 0]),
                     name_of(at.measure));
}

}  // namespace lockin::detail
