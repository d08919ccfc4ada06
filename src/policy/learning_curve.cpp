#include "lockin/policy/learning_curve.hpp"

#include "deterministic_math.hpp"

namespace lockin {

void LearningCurves::operator()(const MarketView& view, PeriodParameters& parameters) {
  std::size_t i = 0;
  for (const Market::LearningCurve& curve : view.market.learning_curves())
    for (const LayerId l : curve.layers) {
      const double price = view.last.price[l.index() * view.market.provider_count() + curve.provider.index()];
      const double volume = price > 0 ? view.last.revenue.sum(l, curve.provider) / price : 0;
      if (view.t == 0) {
        opening_.push_back(curve.experience_years * view.market.calendar().per_year() * volume);
        cumulated_.push_back(opening_.back());
      } else {
        cumulated_[i] += volume;
      }
      if (opening_[i] > 0)
        parameters[view.market.offer(l, curve.provider).price] *=
            math::pow(cumulated_[i] / opening_[i], curve.exponent);
      ++i;
    }
}

}  // namespace lockin
