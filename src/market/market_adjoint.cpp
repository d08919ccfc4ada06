#include "market/market_adjoint.hpp"

#include "deterministic_math.hpp"

namespace lockin {

MarketAdjoint::MarketAdjoint(const Market& market)
    : types(market.types()),
      events(market.events()),
      learning_curves(market.learning_curves()),
      path_values(market.calendar().size(), std::vector<double>(market.parameters().size(), 0.0)),
      start(market.parameters().size(), 0.0),
      pace(start),
      jump(start) {
  const auto zero = [](std::vector<double>& values) { values.assign(values.size(), 0.0); };
  for (std::size_t l = 0; l < market.layer_count(); ++l) {
    Market::Layer& layer = layers.emplace_back(market.layer(LayerId(l)));
    for (auto* values : {&layer.curve, &layer.opening, &layer.total}) zero(*values);
    layer.dissimilarity = 0;
    for (Market::Offer& offer : layer.offers) zero(offer.opening_share);
  }
  for (std::size_t s = 0; s < market.segment_count(); ++s) {
    Market::Segment& segment = segments.emplace_back(market.segment(SegmentId(s)));
    segment.customers = 0;
    zero(segment.adopted);
    zero(segment.gamma);
  }
  for (CustomerType& type : types) {
    type.weight = type.size = type.size_factor = 0;
    for (auto* values : {&type.alpha, &type.beta, &type.cost_factor}) zero(*values);
    for (Slot& slot : type.slots) slot.weight = 0;
  }
  for (Market::Event& event : events) {
    for (Market::Effect& effect : event.effects) effect.number = 0;
    if (event.move) event.move->share = 0;
    if (event.per_year) event.per_year = 0;
  }
  for (Market::LearningCurve& curve : learning_curves) curve.exponent = curve.experience_years = 0;
}

double per_period_slope(const Market& market, double yearly_probability) {
  const double periods = market.calendar().per_year();
  return periods == 1 ? 1 : math::pow(1 - yearly_probability, 1 / periods - 1) / periods;
}

}  // namespace lockin
