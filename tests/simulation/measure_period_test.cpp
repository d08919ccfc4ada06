// Step 6 by hand: counts of a small tally become customers, revenue and tokens.
#include "lockin/simulation/measure_period.hpp"

#include <gtest/gtest.h>

#include "plain_market.hpp"

namespace lockin::test {
namespace {

constexpr std::size_t alpha = 0, beta = 1;

// Layers `iaas` (stages 0 and 1, two slots for all of `large`: 0.7 and 0.3 of the spend) and `maas` (tokens).
MarketSpec two_layers() {
  MarketSpec spec = plain_spec({.utility = {0, 0}, .kappa = 1.0, .periods = 2});
  spec.currency = "CNY mn";
  spec.layers[0].name = "iaas";
  spec.layers[0].slots = 2;
  spec.layers[0].stages = 1;
  spec.layers[0].opening.clear();
  LayerSpec maas;
  maas.name = "maas";
  maas.token_unit = true;
  spec.layers.push_back(maas);
  for (ProviderSpec& provider : spec.providers) {
    provider.offers[0].first = "iaas";
    OfferSpec offer = provider.offers[0].second;
    offer.price_per_million_tokens = Path(provider.name == "p0" ? 2.0 : 4.0);
    provider.offers.emplace_back("maas", offer);
  }
  SegmentSpec large = spec.segments[0];
  large.name = "large";
  large.multi_home = {{"iaas", 1.0, 0.7}};
  large.intensity = Keyed<Path>{{{"iaas", 2.0}, {"maas", 5.0}}};
  large.private_share = 0.25;
  large.switching_cost = SwitchingCostSpec{1.0, Path(3.0)};
  SegmentSpec little = spec.segments[0];
  little.name = "little";
  little.size = {SizeSpec::Spread::pareto, 2.0, 2, 0};  // two size classes: two types
  spec.segments = {large, little};
  return spec;
}

Tally counts_of(const Market& market) {
  Tally tally(market);
  tally.present = {10, 6, 4};
  tally.scale = {10, 1};
  // States of iaas: a0 a1 b0 b1 none; of maas: a b none.
  tally.slots[0][0].held = {2, 3, 1, 0, 4};
  tally.slots[0][0].moved[alpha * 2 + beta] = 1;
  tally.slots[0][0].adopted[alpha] = 2;
  tally.slots[0][0].base = {4, 0};
  tally.slots[0][1].held = {0, 4, 2, 0, 4};
  tally.slots[0][1].moved[beta * 2 + alpha] = 3;
  tally.slots[0][2].held = {3, 1, 6};
  tally.slots[1][0].held = {0, 0, 0, 6, 0};
  tally.slots[1][1].held = {0, 0, 6};
  tally.slots[2][0].held = {4, 0, 0, 0, 0};
  tally.slots[2][1].held = {2, 2, 0};
  return tally;
}

class MeasurePeriod : public ::testing::Test {
 protected:
  static Aggregates measured(const MarketSpec& spec) {
    const Market market(spec);
    return measure_period(market, ParameterPaths(market, {}).at(0), counts_of(market));
  }
  const LayerId iaas_{0u}, maas_{1u};
  const SegmentId large_{0u}, little_{1u};
  const ProviderId a_{alpha}, b_{beta};
};

TEST_F(MeasurePeriod, CustomersCountBySplitOfSpend) {
  const Aggregates sum = measured(two_layers());
  EXPECT_NEAR(sum.customers(iaas_, large_, a_), 10 * (0.7 * 5 + 0.3 * 4), 1e-12);
  EXPECT_NEAR(sum.customers(iaas_, large_, b_), 10 * (0.7 * 1 + 0.3 * 2), 1e-12);
  EXPECT_NEAR(sum.customers(maas_, large_, a_), 30, 1e-12);
  EXPECT_NEAR(sum.customers(iaas_, little_, b_), 6, 1e-12);
  EXPECT_EQ(sum.present, (std::vector<double>{100, 10}));
  EXPECT_NEAR(sum.customers.sum(iaas_, large_), 10 * (0.7 * 6 + 0.3 * 6), 1e-12);
  EXPECT_NEAR(sum.customers.sum(maas_, little_), 4, 1e-12);
  EXPECT_NEAR(sum.customer_share(maas_, a_), 32.0 / 44, 1e-12);
}

TEST_F(MeasurePeriod, FlowsAndMeans) {
  const Aggregates sum = measured(two_layers());
  EXPECT_NEAR(sum.moved(iaas_, large_, a_), 7, 1e-12);
  EXPECT_NEAR(sum.moved(iaas_, large_, b_), 9, 1e-12);
  EXPECT_NEAR(sum.switches(iaas_, large_, a_, b_), 7, 1e-12);
  EXPECT_NEAR(sum.switches(iaas_, large_, b_, a_), 9, 1e-12);
  EXPECT_EQ(sum.switches(iaas_, little_, a_, b_), 0);
  EXPECT_NEAR(sum.new_customers(iaas_, large_, a_), 14, 1e-12);
  EXPECT_NEAR(sum.held_before(iaas_, large_, a_), 28, 1e-12);
  EXPECT_NEAR(sum.stage_sum(iaas_, large_, a_), 10 * (0.7 * 3 + 0.3 * 4), 1e-12);
  EXPECT_NEAR(sum.cost_sum(iaas_, large_, a_), 10 * (0.7 * (2 * 1 + 3 * 3) + 0.3 * 4 * 3), 1e-12);
  EXPECT_NEAR(sum.cost_sum(iaas_, little_, a_), 4, 1e-12);
}

TEST_F(MeasurePeriod, RevenueIsSizeTimesSplitTimesIntensity) {
  const Aggregates sum = measured(two_layers());
  // Pareto with tail 2 and mean 1: the upper half of customers has (1/2)^(1/2) of the spend.
  const double upper = 2 * std::sqrt(0.5);
  EXPECT_NEAR(sum.revenue(iaas_, large_, a_), 10 * 2 * (0.7 * 5 + 0.3 * 4), 1e-12);
  EXPECT_NEAR(sum.revenue(iaas_, little_, a_), 4 * upper, 1e-12);
  EXPECT_NEAR(sum.revenue(iaas_, little_, b_), 6 * (2 - upper), 1e-12);
  // Tokens: million CNY, 2 and 4 CNY a million tokens, in trillions; a quarter of `large` is private.
  EXPECT_NEAR(sum.revenue(maas_, large_, a_), 150, 1e-12);
  EXPECT_NEAR(sum.tokens(maas_, large_, a_), 150e6 * 0.75 / 2 * 1e6 / 1e12, 1e-9);
  EXPECT_NEAR(sum.tokens(maas_, large_, b_), 50e6 * 0.75 / 4 * 1e6 / 1e12, 1e-9);
  EXPECT_NEAR(sum.tokens(maas_, little_, a_), 2 * upper * 1e6 / 2 * 1e6 / 1e12, 1e-9);
  EXPECT_EQ(sum.tokens(iaas_, large_, a_), 0);
  EXPECT_EQ(sum.price, (std::vector<double>{1, 1, 2, 4}));
  EXPECT_EQ(sum.sold, (std::vector<double>{1, 1, 1, 1}));
}

TEST_F(MeasurePeriod, TotalsScaleRevenueAndNothingElse) {
  MarketSpec spec = two_layers();
  spec.size = MarketSizeSpec{{{2001, 300.0}, {2002, 600.0}}, {}};
  spec.layers[0].share = Annual{{2001, 0.6}};
  const Aggregates free = measured(two_layers()), sum = measured(spec);
  EXPECT_EQ(sum.customers, free.customers);
  EXPECT_NEAR(sum.revenue.sum(iaas_), 180, 1e-10);
  EXPECT_NEAR(sum.revenue.sum(maas_), 120, 1e-10);
  for (std::size_t i = 0; i < 4; ++i)
    EXPECT_NEAR(sum.revenue.values()[i] / 180, free.revenue.values()[i] / free.revenue.sum(iaas_), 1e-12);
  EXPECT_NEAR(sum.tokens.sum(maas_) / free.tokens.sum(maas_), 120 / free.revenue.sum(maas_), 1e-12);
}

TEST_F(MeasurePeriod, NobodySpendsNothing) {
  MarketSpec spec = two_layers();
  spec.size = MarketSizeSpec{{{2001, 300.0}, {2002, 600.0}}, {}};
  spec.layers[0].share = Annual{{2001, 0.6}};
  const Market market(spec);
  const Aggregates sum = measure_period(market, ParameterPaths(market, {}).at(0), Tally(market));
  EXPECT_EQ(sum.revenue.sum(iaas_), 0);
  EXPECT_EQ(sum.tokens.sum(maas_), 0);
  EXPECT_EQ(sum.customer_share(iaas_, a_), 0);
}

TEST_F(MeasurePeriod, DrawnSizesTakeThePlaceOfTheClass) {
  const Market market(two_layers());
  Tally tally(market, true);
  tally.present = {0, 6, 0};
  tally.slots[1][0].held = {1, 0, 2, 3, 0};
  tally.slots[1][0].spend = {7.5, 40};
  const Aggregates sum = measure_period(market, ParameterPaths(market, {}).at(0), tally);
  EXPECT_NEAR(sum.revenue(iaas_, little_, a_), 7.5, 1e-12);
  EXPECT_NEAR(sum.revenue(iaas_, little_, b_), 40, 1e-12);
  EXPECT_NEAR(sum.customers(iaas_, little_, b_), 5, 1e-12);
}

}  // namespace
}  // namespace lockin::test
