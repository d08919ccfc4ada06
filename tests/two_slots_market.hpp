#pragma once

#include <cmath>
#include <nlohmann/json.hpp>
#include <string>

#include "lockin/market/market.hpp"
#include "lockin/market/population.hpp"
#include "plain_market.hpp"

namespace lockin::test {

/// The market of oracle 2: layers `iaas` and `maas`, one slot each, tied by affinity both ways.
inline MarketSpec two_slots_spec(const nlohmann::json& p) {
  MarketSpec spec =
      plain_spec({.utility = p.at("V_iaas"), .rho = p.at("rho_iaas"), .kappa = p.at("kappa_iaas")});
  spec.layers[0].name = "iaas";
  LayerSpec maas = spec.layers[0];
  maas.name = "maas";
  spec.layers.push_back(maas);
  for (std::size_t j = 0; j < spec.providers.size(); ++j) {
    auto& offers = spec.providers[j].offers;
    offers[0].first = "iaas";
    offers.push_back(offers[0]);
    offers[1].first = "maas";
    offers[1].second.appeal = Path(p.at("V_maas")[j].get<double>());
  }
  SegmentSpec& users = spec.segments[0];
  users.re_evaluate_per_year =
      Keyed<Path>{{{"iaas", p.at("rho_iaas").get<double>()}, {"maas", p.at("rho_maas").get<double>()}}};
  users.switching_cost = Keyed<SwitchingCostSpec>{
      {{"iaas", {p.at("kappa_iaas").get<double>(), {}}}, {"maas", {p.at("kappa_maas").get<double>(), {}}}}};
  users.affinity = {{"iaas", "maas", p.at("theta_iaas_from_maas").get<double>()},
                    {"maas", "iaas", p.at("theta_maas_from_iaas").get<double>()}};
  if (p.contains("adoption_hazard_maas")) {
    users.adopted = Keyed<double>{{{"iaas", 1.0}, {"maas", 0.0}}};
    users.adopt = AdoptSpec{p.at("adoption_hazard_maas").get<double>(), 0.0};
  }
  return spec;
}

/// `joint0` of the oracle as whole counts; the last column, if there are four, is *none*.
inline Population two_slots_opening(const nlohmann::json& p, std::uint64_t customers) {
  Population opening;
  for (std::size_t i = 0; i < p.at("joint0").size(); ++i)
    for (std::size_t m = 0; m < p.at("joint0")[i].size(); ++m) {
      const double part = p.at("joint0")[i][m];
      const auto count = static_cast<std::uint64_t>(std::llround(part * static_cast<double>(customers)));
      if (count > 0) opening.push_back({TypeId(0), {i, m}, count});
    }
  return opening;
}

}  // namespace lockin::test
