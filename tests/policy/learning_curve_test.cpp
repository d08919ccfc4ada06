#include "lockin/policy/learning_curve.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "small_market.hpp"

namespace {

using lockin::Aggregates;
using lockin::LayerId;
using lockin::Market;
using lockin::MarketSpec;
using lockin::ProviderId;
using lockin::SegmentId;

MarketSpec learning(double rate, double pass_through, double experience) {
  MarketSpec spec = small::spec({.utility = {0, 0}});
  spec.period = lockin::PeriodLength::quarter;
  spec.providers[0].learning_curve = lockin::LearningCurveSpec{rate, pass_through, experience, {}};
  return spec;
}

Aggregates sold(const Market& market, double revenue, double price) {
  Aggregates last = small::opening(market);
  last.revenue(LayerId(0), SegmentId(0), ProviderId(0)) = revenue;
  last.price.assign(market.provider_count(), price);
  return last;
}

// Prices of p0 when the period before had these revenues at these prices; first the opening.
std::vector<double> prices(const Market& market,
                           const std::vector<std::pair<double, double>>& revenue_and_price) {
  lockin::LearningCurves curves;
  std::vector<double> result;
  for (std::size_t t = 0; t < revenue_and_price.size(); ++t) {
    lockin::PeriodParameters parameters = small::parameters(market, static_cast<long>(t));
    const Aggregates last = sold(market, revenue_and_price[t].first, revenue_and_price[t].second);
    curves({market, static_cast<long>(t), last}, parameters);
    EXPECT_EQ(parameters[market.offer(LayerId(0), ProviderId(1)).price], 1) << "the other does not learn";
    result.push_back(parameters[market.offer(LayerId(0), ProviderId(0)).price]);
  }
  return result;
}

TEST(LearningCurve, FallsByTheRateWithEachDoubling) {
  // Opening volume 10 a quarter, a year of it behind: X(-1) = 40. Then 40 (doubled), 80 (doubled again).
  const auto seen = prices(Market(learning(0.8, 1, 1)), {{10, 1}, {40, 1}, {80, 1}});
  EXPECT_DOUBLE_EQ(seen[0], 1);
  EXPECT_NEAR(seen[1], 0.8, 1e-15);
  EXPECT_NEAR(seen[2], 0.64, 1e-15);
}

TEST(LearningCurve, VolumeIsRevenueOverPrice) {
  const auto seen = prices(Market(learning(0.8, 1, 1)), {{20, 2}, {20, 0.5}});
  EXPECT_NEAR(seen[1], 0.8, 1e-15);
}

TEST(LearningCurve, PassThroughIsInLogarithms) {
  const auto seen = prices(Market(learning(0.8, 0.5, 1)), {{10, 1}, {40, 1}});
  EXPECT_NEAR(seen[1], std::sqrt(0.8), 1e-15);
  EXPECT_DOUBLE_EQ(prices(Market(learning(0.8, 0, 1)), {{10, 1}, {40, 1}})[1], 1);
  EXPECT_DOUBLE_EQ(prices(Market(learning(1, 1, 1)), {{10, 1}, {40, 1}})[1], 1);
}

TEST(LearningCurve, ExperienceSlowsItDown) {
  const auto seen = prices(Market(learning(0.8, 1, 2)), {{10, 1}, {40, 1}});  // 80 behind
  EXPECT_NEAR(seen[1], std::pow(1.5, std::log2(0.8)), 1e-15);
}

TEST(LearningCurve, WithoutOpeningVolumeThePriceStays) {
  const auto seen = prices(Market(learning(0.8, 1, 1)), {{0, 1}, {40, 1}, {40, 1}});
  EXPECT_EQ(seen, (std::vector<double>{1, 1, 1}));
}

TEST(LearningCurve, MultipliesThePathOfThePeriod) {
  MarketSpec spec = learning(0.8, 1, 1);
  spec.providers[0].offers[0].second.price = lockin::Path(3.0);
  const auto seen = prices(Market(spec), {{10, 1}, {40, 1}, {0, 1}});
  EXPECT_NEAR(seen[1], 2.4, 1e-14);
  EXPECT_NEAR(seen[2], 2.4, 1e-14) << "the factor is on the path, not on the price before";
}

TEST(LearningCurve, LayersLearnApart) {
  MarketSpec spec = learning(0.8, 1, 1);
  spec.layers.push_back(spec.layers[0]);
  spec.layers[1].name = "more";
  for (auto& provider : spec.providers) {
    provider.offers.push_back(provider.offers[0]);
    provider.offers[1].first = "more";
  }
  const Market market(spec);
  lockin::LearningCurves curves;
  Aggregates last = small::opening(market);
  last.price.assign(4, 1.0);
  last.revenue(LayerId(0), SegmentId(0), ProviderId(0)) = 10;
  last.revenue(LayerId(1), SegmentId(0), ProviderId(0)) = 20;
  lockin::PeriodParameters parameters = small::parameters(market, 0);
  curves({market, 0, last}, parameters);
  last.revenue(LayerId(0), SegmentId(0), ProviderId(0)) = 40;
  parameters = small::parameters(market, 1);
  curves({market, 1, last}, parameters);
  EXPECT_NEAR(parameters[market.offer(LayerId(0), ProviderId(0)).price], 0.8, 1e-15);
  EXPECT_NEAR(parameters[market.offer(LayerId(1), ProviderId(0)).price], std::pow(1.25, std::log2(0.8)),
              1e-15);
}

}  // namespace
