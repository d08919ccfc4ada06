#include "lockin/market/market.hpp"

#include <stdexcept>

#include "deterministic_math.hpp"
#include "lockin/market/slot_state.hpp"
#include "market/market_compiler.hpp"

namespace lockin {
namespace {

template <class Index, class Things>
Index named(const Things& things, std::string_view name, const char* what) {
  const std::size_t i = position_of(things, name);
  if (i == things.size())
    throw std::out_of_range(std::string("no ") + what + " is named " + std::string(name));
  return Index(i);
}

}  // namespace

Market::Market(MarketSpec spec) : spec_(std::move(spec)) {
  std::vector<Problem> problems = MarketCompiler(spec_, *this).compile();
  if (!problems.empty()) throw MarketError(std::move(problems));
}

std::vector<Problem> check_market(const MarketSpec& spec) {
  try {
    const Market market(spec);
    return {};
  } catch (const MarketError& error) {
    return error.problems();
  }
}

LayerId Market::layer_named(std::string_view name) const {
  return named<LayerId>(spec_.layers, name, "layer");
}
ProviderId Market::provider_named(std::string_view name) const {
  return named<ProviderId>(spec_.providers, name, "provider");
}
SegmentId Market::segment_named(std::string_view name) const {
  return named<SegmentId>(spec_.segments, name, "segment");
}

std::vector<double> Market::opening_distribution(SegmentId s, LayerId l) const {
  const Layer& of = layer(l);
  const SlotStates states(provider_count(), of.stages);
  const double adopted = segment(s).adopted[l.index()];
  std::vector<double> distribution(states.size(), 0.0);
  for (std::size_t j = 0; j < provider_count(); ++j)
    if (of.offers[j].sold)
      for (std::size_t d = 0; d < of.stage_count(); ++d)
        distribution[states.held(j, d)] = adopted * of.offers[j].opening_share[s.index()] * of.opening[d];
  distribution[states.none()] = 1 - adopted;
  return distribution;
}

double Market::per_period(double yearly_probability) const {
  return -math::expm1(math::log1p(-yearly_probability) / calendar_.per_year());
}

}  // namespace lockin
