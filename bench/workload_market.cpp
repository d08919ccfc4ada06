#include <cmath>

#include <fmt/core.h>

#include "lockin/market/market_spec.hpp"
#include "workload.hpp"

namespace lockin::bench {
namespace {

constexpr Date start{2025, 0, PeriodLength::quarter};
constexpr Date after_end{2031, 0, PeriodLength::quarter};  // t = period_count

/// The yearly probability whose quarterly part is the hazard.
double per_year(double hazard_per_quarter) { return -std::expm1(4 * std::log1p(-hazard_per_quarter)); }

Path between(double first, double last, Interpolation interpolation) {
  return Path::Points{{{start, first}, {after_end, last}}, interpolation};
}

LayerSpec layer_of(const WorkloadLayer& layer) {
  LayerSpec spec;
  spec.name = layer.name;
  spec.stages = static_cast<int>(layer.stages);
  spec.advance_per_year = per_year(layer.advance);
  spec.curve_tau = layer.tau;
  spec.opening.assign(layer.stages + 1, 0.0);
  spec.opening.front() = 1;
  return spec;
}

ProviderSpec provider_of(const Workload& workload, std::size_t j) {
  ProviderSpec spec;
  spec.name = fmt::format("p{}", j + 1);
  for (std::size_t l = 0; l < workload.layers.size(); ++l) {
    OfferSpec offer;
    offer.share = workload.opening_share[j];
    offer.price = between(std::exp(workload.log_price(j, 0)), std::exp(workload.log_price(j, period_count)),
                          Interpolation::growth);
    offer.quality =
        between(workload.quality(l, j, 0), workload.quality(l, j, period_count), Interpolation::linear);
    spec.offers.emplace_back(workload.layers[l].name, offer);
  }
  return spec;
}

SegmentSpec segment_of(const Workload& workload, std::size_t s) {
  SegmentSpec spec;
  spec.name = fmt::format("s{}", s + 1);
  spec.customers = workload.customers_of(s);
  for (std::size_t c = 0; c < class_count; ++c) {
    TasteClassSpec taste;
    taste.price = workload.alpha[s * class_count + c];
    taste.quality = workload.beta[s * class_count + c];
    spec.taste_classes.push_back(taste);
  }
  for (std::size_t l = 0; l < workload.layers.size(); ++l) {
    const WorkloadLayer& layer = workload.layers[l];
    spec.re_evaluate_per_year.named.emplace_back(layer.name, per_year(layer.re_evaluate));
    spec.switching_cost.named.emplace_back(layer.name,
                                           SwitchingCostSpec{layer.kappa_initial, Path(layer.kappa_full)});
    if (layer.network != 0) spec.network.named.emplace_back(layer.name, layer.network);
    if (layer.affinity != 0)
      spec.affinity.push_back({layer.name, workload.layers[1 - l].name, layer.affinity});
  }
  return spec;
}

}  // namespace

MarketSpec market_of(const Workload& workload) {
  MarketSpec spec;
  spec.title = workload.name;
  spec.start = start;
  spec.end = Date{2030, 9, PeriodLength::quarter};
  for (const WorkloadLayer& layer : workload.layers) spec.layers.push_back(layer_of(layer));
  // At most one layer may be the rest; without totals the parts have no effect.
  if (spec.layers.size() == 2) spec.layers.front().share = Annual{{start.year, 0.5}};
  for (std::size_t j = 0; j < provider_count; ++j) spec.providers.push_back(provider_of(workload, j));
  for (std::size_t s = 0; s < segment_count; ++s) spec.segments.push_back(segment_of(workload, s));
  return spec;
}

}  // namespace lockin::bench
