#pragma once

// Small markets to test with: yearly periods, so that yearly probabilities are those of a period.

#include <string>
#include <utility>
#include <vector>

#include "lockin/choice/transition_kernel.hpp"
#include "lockin/market/aggregates.hpp"
#include "lockin/market/market.hpp"
#include "lockin/policy/parameter_paths.hpp"
#include "numbered.hpp"

namespace small {

struct Choice {
  std::vector<double> utility;  ///< V of each provider (as stated appeal; price 1, quality 0)
  double kappa = 0, rho = 1;
  std::vector<double> opening = {};  ///< shares at the opening; empty: equal
  int stages = 0;
};

/// One layer `cloud`, one segment `firms` of 1000 customers, providers p0, p1, ..., 2025 to 2030, everybody adopted.
inline lockin::MarketSpec spec(const Choice& choice) {
  lockin::MarketSpec market;
  market.title = "small";
  market.start = market.end = lockin::Date{2025, 0, lockin::PeriodLength::year};
  market.end.year = 2030;
  market.period = lockin::PeriodLength::year;
  lockin::LayerSpec layer;
  layer.name = "cloud";
  layer.stages = choice.stages;
  market.layers.push_back(layer);
  const std::size_t providers = choice.utility.size();
  for (std::size_t j = 0; j < providers; ++j) {
    lockin::OfferSpec offer;
    offer.share = choice.opening.empty() ? 1.0 / static_cast<double>(providers) : choice.opening[j];
    offer.quality = 0.0;
    offer.appeal = lockin::Path(choice.utility[j]);
    lockin::ProviderSpec of;
    of.name = lockin::test::numbered("p", j);
    of.offers.emplace_back("cloud", offer);
    market.providers.push_back(of);
  }
  lockin::SegmentSpec segment;
  segment.name = "firms";
  segment.customers = 1000;
  segment.re_evaluate_per_year = lockin::Path(choice.rho);
  segment.switching_cost = lockin::SwitchingCostSpec{choice.kappa, {}};
  market.segments.push_back(segment);
  return market;
}

/// The parameters of a period without draws, policies and triggers.
inline lockin::PeriodParameters parameters(const lockin::Market& market, long t = 0) {
  return lockin::ParameterPaths(market, {}).at(t);
}

/// Aggregates of the opening: customers by their expected numbers.
inline lockin::Aggregates opening(const lockin::Market& market) {
  lockin::Aggregates last(market.layer_count(), market.segment_count(), market.provider_count());
  for (std::size_t s = 0; s < market.segment_count(); ++s) {
    const lockin::Market::Segment& segment = market.segment(lockin::SegmentId(s));
    last.present[s] = segment.customers;
    for (std::size_t l = 0; l < market.layer_count(); ++l)
      for (std::size_t j = 0; j < market.provider_count(); ++j)
        last.customers(lockin::LayerId(l), lockin::SegmentId(s), lockin::ProviderId(j)) =
            segment.customers * segment.adopted[l] *
            market.offer(lockin::LayerId(l), lockin::ProviderId(j)).opening_share[s];
  }
  return last;
}

/// The kernel of the first period, from the opening.
inline lockin::TransitionKernel kernel(const lockin::Market& market, lockin::AnyChoiceModel model = {},
                                       long t = 0) {
  lockin::TransitionKernel of(market, std::move(model));
  of.fill(parameters(market, t), opening(market));
  return of;
}

/// P(provider j afterwards) of a slot in a state, J for *none*: what the kernel's act and row mean together.
inline std::vector<double> transition(const lockin::SlotKernel& slot, std::size_t context,
                                      std::size_t state) {
  const std::size_t providers = slot.states.providers();
  std::vector<double> to(providers + 1, 0.0);
  const double act = slot.act(context, state);
  for (std::size_t j = 0; j < providers; ++j) to[j] = act * slot.row(context, state)[j];
  to[slot.states.provider(state)] += 1 - act;
  return to;
}

}  // namespace small
