#include "lockin/report/rankings_json.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "lockin/report/moment.hpp"

namespace lockin {
namespace {

using Json = nlohmann::ordered_json;

Json ranking_json(const Trajectory& path, const Moment& moment, Measure measure, const std::string& layer) {
  const MarketNames& names = path.names();
  Json providers = Json::array();
  for (const std::size_t j : ranking_at(path, moment, measure, layer)) {
    const std::optional<double> value = value_at(path, moment, measure, layer, names.providers[j]);
    if (!value) continue;
    providers.push_back({{"rank", providers.size() + 1},
                         {"provider", names.providers[j]},
                         {"name", names.display_names[j]},
                         {"value", *value}});
  }
  return {{"moment", label_of(moment, path.calendar())},
          {"layer", layer},
          {"measure", name_of(measure)},
          {"providers", std::move(providers)}};
}

std::vector<Moment> annual_moments(const Calendar& calendar, const std::vector<int>& years) {
  std::vector<Moment> result = {Moment{}};
  for (const int year : years) result.push_back({Moment::Kind::year, year});
  return result.size() > 1 ? result : moments(calendar, years, calendar.size());
}

Json ranking_json(const Ensemble& ensemble, const Moment& moment, const RankedMeasure& by,
                  const std::string& layer) {
  MeasureAt at{by.measure, {by.layer, {}, {}}, -1, {}};
  if (moment.kind == Moment::Kind::year) at.year = static_cast<int>(moment.value);
  if (moment.kind == Moment::Kind::period) at.t = moment.value;
  std::vector<std::pair<Summary, std::size_t>> ranked;
  for (std::size_t j = 0; j < ensemble.names().providers.size(); ++j) {
    at.key.provider = ProviderId(j);
    if (const auto summary = ensemble.summary(at)) ranked.emplace_back(*summary, j);
  }
  std::ranges::stable_sort(ranked, [](const auto& a, const auto& b) { return a.first.mean > b.first.mean; });
  Json providers = Json::array();
  for (const auto& [of, j] : ranked) {
    Json entry = {{"rank", providers.size() + 1},
                  {"provider", ensemble.names().providers[j]},
                  {"name", ensemble.names().display_names[j]},
                  {"value", of.mean}};
    for (const auto& [key, number] :
         {std::pair("se", of.se), std::pair("sd", of.sd), std::pair("q05", of.q05), std::pair("q25", of.q25),
          std::pair("q50", of.q50), std::pair("q75", of.q75), std::pair("q95", of.q95)})
      entry[key] = std::isfinite(number) ? Json(number) : Json();
    if (const auto lead = ensemble.rank_probability(by, at, ProviderId(j), 0))
      entry["probability_of_lead"] = *lead;
    providers.push_back(std::move(entry));
  }
  return {{"moment", label_of(moment, ensemble.calendar())},
          {"layer", layer},
          {"measure", name_of(by.measure)},
          {"providers", std::move(providers)}};
}

// Each ranking of a report: use(moment, layer or nothing, measure).
template <class Use>
void each_ranking(const std::vector<Moment>& moments, std::size_t layers, const Use& use) {
  for (const Moment& moment : moments) {
    use(moment, RankedMeasure{{}, Measure::revenue_share});
    for (std::size_t l = 0; l < layers; ++l)
      for (const Measure measure : {Measure::revenue_share, Measure::customer_share, Measure::token_share})
        use(moment, RankedMeasure{LayerId(l), measure});
  }
}

std::string whole_json(const RunRecord& record, Json rankings) {
  const Json result = {{"record", Json::parse(to_json(record))}, {"rankings", std::move(rankings)}};
  return result.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string rankings_json(const Trajectory& path, const RunRecord& record) {
  Json rankings = Json::array();
  const std::vector<std::string>& layers = path.names().layers;
  each_ranking(annual_moments(path.calendar(), path.whole_years()), layers.size(),
               [&](const Moment& moment, const RankedMeasure& by) {
                 Json ranking =
                     ranking_json(path, moment, by.measure, by.layer ? layers[by.layer->index()] : "all");
                 if (!ranking["providers"].empty()) rankings.push_back(std::move(ranking));
               });
  return whole_json(record, std::move(rankings));
}

std::string rankings_json(const Ensemble& ensemble, const RunRecord& record) {
  Json rankings = Json::array();
  const std::vector<std::string>& layers = ensemble.names().layers;
  each_ranking(annual_moments(ensemble.calendar(), ensemble.table().whole_years()), layers.size(),
               [&](const Moment& moment, const RankedMeasure& by) {
                 Json ranking =
                     ranking_json(ensemble, moment, by, by.layer ? layers[by.layer->index()] : "all");
                 if (!ranking["providers"].empty()) rankings.push_back(std::move(ranking));
               });
  return whole_json(record, std::move(rankings));
}

}  // namespace lockin
