#include "lockin/report/rankings_json.hpp"

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

std::vector<Moment> annual_moments(const Trajectory& path) {
  std::vector<Moment> result = {Moment{}};
  for (const int year : path.whole_years()) result.push_back({Moment::Kind::year, year});
  return result.size() > 1 ? result : moments(path);
}

}  // namespace

std::string rankings_json(const Trajectory& path, const RunRecord& record) {
  Json rankings = Json::array();
  const auto add = [&](const Moment& moment, Measure measure, const std::string& layer) {
    Json ranking = ranking_json(path, moment, measure, layer);
    if (!ranking["providers"].empty()) rankings.push_back(std::move(ranking));
  };
  for (const Moment& moment : annual_moments(path)) {
    add(moment, Measure::revenue_share, "all");
    for (const std::string& layer : path.names().layers)
      for (const Measure measure : {Measure::revenue_share, Measure::customer_share, Measure::token_share})
        add(moment, measure, layer);
  }
  const Json result = {{"record", Json::parse(to_json(record))}, {"rankings", std::move(rankings)}};
  return result.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace lockin
