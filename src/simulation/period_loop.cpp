#include "simulation/period_loop.hpp"

namespace lockin {

MarketNames names_of(const Market& market) {
  MarketNames names;
  for (const LayerSpec& layer : market.spec().layers) {
    names.layers.push_back(layer.name);
    names.token_layer.push_back(layer.token_unit);
  }
  for (const SegmentSpec& segment : market.spec().segments) names.segments.push_back(segment.name);
  for (const ProviderSpec& provider : market.spec().providers) {
    names.providers.push_back(provider.name);
    names.display_names.push_back(provider.display_name.empty() ? provider.name : provider.display_name);
  }
  return names;
}

void apply_policies(std::vector<AnyProviderPolicy>& policies, const Market& market, const Aggregates& last,
                    PeriodParameters& parameters) {
  for (AnyProviderPolicy& policy : policies) policy({market, parameters.t, last}, parameters);
  for (std::size_t i = 0; i < market.parameters().size(); ++i)
    check_parameter(market, ParameterId(i), parameters[ParameterId(i)], parameters.t,
                    " after the policies of providers");
}

}  // namespace lockin
