// What must not matter: the order of providers, the unit of customers, a provider or a segment that nobody meets. What
// must be so at the ends of the range: no switching cost is the static logit, an endless one freezes.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "full_market.hpp"
#include "lockin/engine/agent_engine.hpp"
#include "lockin/simulation/simulate.hpp"
#include "oracle_files.hpp"
#include "plain_market.hpp"
#include "statistical.hpp"

namespace lockin::test {
namespace {

TEST(LawSymmetry, OrderOfProviders) {
  MarketSpec spec = full_spec(), turned = full_spec();
  std::rotate(turned.providers.begin(), turned.providers.begin() + 2, turned.providers.end());
  std::swap(turned.providers[0], turned.providers[1]);
  const RunSettings settings{.engine = EngineKind::mean_field};
  const Trajectory a = simulate(Market(spec), settings), b = simulate(Market(turned), settings);
  for (const Measure measure : all_measures())
    for (const std::string layer : {"all", "iaas", "maas"})
      for (const std::string segment : {"all", "big", "small"})
        for (const std::string provider : {"all", "a", "b", "c", "d", "e"})
          for (long t = -1; t < static_cast<long>(a.size()); ++t) {
            const auto x = a.value(t, measure, layer, segment, provider),
                       y = b.value(t, measure, layer, segment, provider);
            ASSERT_EQ(x.has_value(), y.has_value()) << name_of(measure) << " of " << layer << "." << provider;
            if (x) expect_close(*y, *x, 1e-11, std::string(name_of(measure)), 1e-6);
          }
}

TEST(LawSymmetry, UnitOfCustomers) {
  MarketSpec spec = full_spec(), tenfold = full_spec();
  for (SegmentSpec& segment : tenfold.segments) segment.customers *= 10;
  const RunSettings settings{.seed = 6, .customers = 2000};
  const Trajectory a = simulate(Market(spec), settings), b = simulate(Market(tenfold), settings);
  for (std::size_t t = 0; t < a.size(); ++t) {
    const Aggregates &one = a.at(Period(t)), &ten = b.at(Period(t));
    for (std::size_t i = 0; i < one.customers.values().size(); ++i) {
      expect_close(ten.customers.values()[i], 10 * one.customers.values()[i], 1e-13, "customers");
      expect_close(ten.moved.values()[i], 10 * one.moved.values()[i], 1e-13, "moved");
      expect_close(ten.revenue.values()[i], one.revenue.values()[i], 1e-13, "revenue");
    }
  }
}

using Providers = std::vector<std::vector<std::string>>;  // [type][customer * slots + slot], with the stage

// Who holds what in one segment, by name: the same however providers and segments are numbered.
Providers holders(const Market& market, const std::string& segment) {
  Providers result;
  RunSettings settings{.seed = 12, .threads = 2};
  settings.observer = [&](const PeriodView& view) {
    for (const CustomerColumns& columns : view.customers) {
      if (market.type(columns.type).segment != market.segment_named(segment)) continue;
      std::vector<std::string> names;
      for (std::size_t k = 0; k < columns.states.size(); ++k) {
        const SlotStates& numbers = view.tally.slots[columns.type.index()][k].states;
        for (const std::uint16_t state : columns.states[k])
          names.push_back(state == numbers.left()   ? "left"
                          : state == numbers.none() ? "none"
                                                    : market.spec().providers[numbers.provider(state)].name +
                                                          static_cast<char>('0' + numbers.stage(state)));
      }
      result.push_back(std::move(names));
    }
  };
  (void)simulate(market, settings);
  return result;
}

TEST(LawSymmetry, ProviderThatNobodyWantsChangesNoDraw) {
  const MarketSpec spec = separate_spec();
  const Market market(spec);
  for (const std::ptrdiff_t place : {0, 2, 5}) {
    const Market with(with_unwanted_provider(spec, place));
    for (const std::string segment : {"big", "small"})
      EXPECT_TRUE(holders(with, segment) == holders(market, segment)) << segment << place;
  }
}

TEST(LawSymmetry, AnotherSegmentChangesNoDraw) {
  const Market market(separate_spec()), with(with_another_segment(separate_spec()));
  for (const std::string segment : {"big", "small"})
    EXPECT_TRUE(holders(with, segment) == holders(market, segment)) << segment;
  EXPECT_FALSE(holders(with, "others") == holders(with, "small"));
}

TEST(LawSymmetry, NoSwitchingCostIsTheStaticLogit) {
  const PlainMarket of{
      .utility = {0.4, 0.0, -0.3}, .share = {0.1, 0.1, 0.8}, .customers = 400'000, .periods = 1};
  std::vector<double> logit;
  for (const double v : of.utility) logit.push_back(std::exp(v));
  const double all = logit[0] + logit[1] + logit[2];
  for (double& p : logit) p /= all;
  const Trajectory mean = simulate(Market(plain_spec(of)), {.engine = EngineKind::mean_field}),
                   drawn = simulate(Market(plain_spec(of)));
  std::vector<std::uint64_t> counts;
  for (std::size_t j = 0; j < 3; ++j) {
    expect_close(mean.customer_share("cloud", numbered("p", j))[0], logit[j], 1e-13, "share");
    counts.push_back(static_cast<std::uint64_t>(drawn.at(Period()).customers.sum(LayerId(0), ProviderId(j))));
  }
  EXPECT_TRUE(statistical::fits_counts(counts, logit));
}

TEST(LawSymmetry, EndlessSwitchingCostOrNoAttentionFreezes) {
  PlainMarket of{.utility = {900, 0.0, -300}, .share = {0.1, 0.1, 0.8}, .rho = 1, .kappa = 1e5};
  of.stages = 3;
  of.lambda = 0.5;
  for (int i = 0; i < 2; ++i) {
    for (const EngineKind kind : {EngineKind::agent, EngineKind::cohort, EngineKind::mean_field}) {
      const Trajectory path = simulate(Market(plain_spec(of)), {.engine = kind});
      for (std::size_t t = 0; t < path.size(); ++t) {
        EXPECT_EQ(path.at(Period(t)).customers, path.opening().customers);
        EXPECT_EQ(path.at(Period(t)).moved.sum(LayerId(0)), 0);
      }
    }
    of.kappa = 0;
    of.rho = 0;
  }
}

// The prices of a layer multiplied by a common factor change no choice (they change tokens only).
TEST(LawSymmetry, LevelOfPrices) {
  MarketSpec spec = full_spec(), dearer = full_spec();
  for (ProviderSpec& provider : dearer.providers)
    for (auto& [layer, offer] : provider.offers)
      if (offer.price_per_million_tokens) offer.price_per_million_tokens->growth.start *= 7;
  const Trajectory a = simulate(Market(spec), {.engine = EngineKind::mean_field}),
                   b = simulate(Market(dearer), {.engine = EngineKind::mean_field});
  for (std::size_t t = 0; t < a.size(); ++t)
    for (std::size_t i = 0; i < a.at(Period(t)).customers.values().size(); ++i) {
      expect_close(b.at(Period(t)).revenue.values()[i], a.at(Period(t)).revenue.values()[i], 1e-12,
                   "revenue");
      expect_close(b.at(Period(t)).tokens.values()[i], a.at(Period(t)).tokens.values()[i] / 7, 1e-12,
                   "tokens");
    }
}

}  // namespace
}  // namespace lockin::test
