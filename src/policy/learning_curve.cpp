#include "lockin/policy/learning_curve.hpp"

#include "deterministic_math.hpp"
#include "policy/policy_adjoint.hpp"

namespace lockin {
namespace {

double volume(const Market::LearningCurve& curve, LayerId l, const Aggregates& of) {
  const double price = of.price[l.index() * of.providers() + curve.provider.index()];
  return price > 0 ? of.revenue.sum(l, curve.provider) / price : 0;
}

}  // namespace

void LearningCurves::operator()(const MarketView& view, PeriodParameters& parameters) {
  std::size_t i = 0;
  for (const Market::LearningCurve& curve : view.market.learning_curves())
    for (const LayerId l : curve.layers) {
      if (view.t == 0) {
        opening_.push_back(curve.experience_years * view.market.calendar().per_year() *
                           volume(curve, l, view.last));
        cumulated_.push_back(opening_.back());
      } else {
        cumulated_[i] += volume(curve, l, view.last);
      }
      if (opening_[i] > 0)
        parameters[view.market.offer(l, curve.provider).price] *=
            math::pow(cumulated_[i] / opening_[i], curve.exponent);
      ++i;
    }
}

LearningPullBack::LearningPullBack(const Market& market, std::vector<const PeriodParameters*> parameters,
                                   std::vector<const Aggregates*> last)
    : market_(market), parameters_(std::move(parameters)), last_(std::move(last)) {
  for (std::size_t c = 0; c < market.learning_curves().size(); ++c) {
    const Market::LearningCurve& curve = market.learning_curves()[c];
    for (const LayerId l : curve.layers) {
      Place place;
      place.curve = c;
      place.layer = l;
      for (const Aggregates* of : last_) {
        place.volumes.push_back(volume(curve, l, *of));
        place.cumulated.push_back(
            place.cumulated.empty() ? curve.experience_years * market.calendar().per_year() * place.volumes[0]
                                    : place.cumulated.back() + place.volumes.back());
      }
      places_.push_back(std::move(place));
    }
  }
}

// price = before * (X(t-1) / X(-1))^exponent, X(t-1) = X(t-2) + volume(t-1).
void LearningPullBack::pull_back(long t, PeriodParameters& by_parameter, Aggregates& by_last,
                                 MarketAdjoint& by_market) {
  const auto period = static_cast<std::size_t>(t);
  for (Place& place : places_) {
    const Market::LearningCurve& curve = market_.learning_curves()[place.curve];
    const ParameterId price = market_.offer(place.layer, curve.provider).price;
    const double opening = place.cumulated[0], now = place.cumulated[period];
    if (!(opening > 0)) continue;
    const double factor = math::pow(now / opening, curve.exponent);
    const double by_log_factor = by_parameter[price] * (*parameters_[period])[price];
    by_parameter[price] *= factor;
    by_market.learning_curves[place.curve].exponent += by_log_factor * math::log(now / opening);
    place.by_cumulated += by_log_factor * curve.exponent / now;
    place.by_opening -= by_log_factor * curve.exponent / opening;
    double by_volume = place.by_cumulated;
    if (t == 0) {
      const double by_opening = place.by_cumulated + place.by_opening, years = market_.calendar().per_year();
      by_volume = by_opening * curve.experience_years * years;
      by_market.learning_curves[place.curve].experience_years += by_opening * years * place.volumes[0];
    }
    const std::size_t at = place.layer.index() * market_.provider_count() + curve.provider.index();
    const double last_price = last_[period]->price[at];
    if (!(last_price > 0)) continue;
    by_last.price[at] -= by_volume * place.volumes[period] / last_price;
    for (std::size_t s = 0; s < market_.segment_count(); ++s)
      by_last.revenue(place.layer, SegmentId(s), curve.provider) += by_volume / last_price;
  }
}

}  // namespace lockin
