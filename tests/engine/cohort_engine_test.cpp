#include "lockin/engine/cohort_engine.hpp"

#include <gmock/gmock.h>

#include <array>
#include <cmath>
#include <map>
#include <numeric>
#include <string>

#include "full_market.hpp"
#include "law_markets.hpp"
#include "lockin/engine/mean_field_engine.hpp"
#include "lockin/simulation/simulate.hpp"
#include "plain_market.hpp"
#include "statistical.hpp"

namespace lockin::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;

double sum(const std::vector<double>& values) { return std::accumulate(values.begin(), values.end(), 0.0); }

TEST(CohortEngine, StartsFromGivenCounts) {
  const Market market(plain_spec({.utility = {0, 0, 0}}));
  const CohortEngine engine(market, {},
                            {{TypeId(0), {2}, 3},
                             {TypeId(0), {3}, 2},
                             {TypeId(0), {0}, 1},
                             {TypeId(0), {2}, 4},
                             {TypeId(0), {1}, 0}});
  EXPECT_EQ(engine.tally().slots[0][0].held, (std::vector<double>{1, 0, 7, 2}));
  EXPECT_EQ(engine.tally().present[0], 10);
  EXPECT_EQ(engine.tally().scale[0], 1);
  const auto joint = engine.joint(TypeId(0), 0);
  ASSERT_EQ(joint.size(), 3u);
  EXPECT_EQ(joint[1].states, (std::vector<std::size_t>{2}));
  EXPECT_EQ(joint[1].count, 7u);
}

TEST(CohortEngine, RefusesCountsThatDoNotFit) {
  const Market market(plain_spec({.utility = {0, 0, 0}}));
  const auto with = [&](TypeId type, std::vector<std::size_t> states, std::uint64_t count = 1) {
    return CohortEngine(market, {}, {{type, std::move(states), count}});
  };
  EXPECT_THROW(with(TypeId(1), {0}), std::invalid_argument);
  EXPECT_THROW(with(TypeId(0), {0, 0}), std::invalid_argument);
  EXPECT_THROW(with(TypeId(0), {}), std::invalid_argument);
  EXPECT_THROW(with(TypeId(0), {4}), std::invalid_argument);
  EXPECT_NO_THROW(with(TypeId(0), {3}, CohortEngine::most_customers));
  EXPECT_THROW(with(TypeId(0), {3}, CohortEngine::most_customers + 1), std::invalid_argument);
  EXPECT_THROW(
      CohortEngine(market, {}, {{TypeId(0), {3}, CohortEngine::most_customers}, {TypeId(0), {2}, 1}}),
      std::invalid_argument);
  EXPECT_THROW(CohortEngine(market, {.customers = 5}, {{TypeId(0), {0}, 1}}), std::invalid_argument);
}

TEST(CohortEngine, RefusesMoreThanATrillionCustomersOfASegment) {
  const Market market(plain_spec({.utility = {0, 0}}));
  EXPECT_NO_THROW(CohortEngine(market, {.customers = CohortEngine::most_customers}));
  EXPECT_THAT([&] { CohortEngine(market, {.customers = CohortEngine::most_customers + 1}); },
              ThrowsMessage<std::invalid_argument>(AllOf(HasSubstr("users"), HasSubstr("1e12"))));
}

// Layers with 64 stages and two providers, tied: 195 states a slot.
MarketSpec tied_layers(std::size_t layers) {
  MarketSpec spec = plain_spec({.utility = {0, 0}, .stages = 64});
  for (std::size_t l = 1; l < layers; ++l) {
    spec.layers.push_back(spec.layers[0]);
    spec.layers[l].name = numbered("layer", l);
    for (ProviderSpec& provider : spec.providers)
      provider.offers.emplace_back(spec.layers[l].name, provider.offers[0].second);
    spec.segments[0].affinity.push_back({spec.layers[l].name, spec.layers[l - 1].name, 0.5});
  }
  return spec;
}

TEST(CohortEngine, RefusesJointStatesThatDoNotFit) {
  const Market market(tied_layers(4));
  // 195^4 = 1.45e9 states; with 1e12 customers all may be taken, 48 bytes each, and 41.6 GB to split a block of them.
  const auto refused = ThrowsMessage<std::invalid_argument>(
      AllOf(HasSubstr("1.45e+09 joint states"), HasSubstr("111 GB"), HasSubstr("users")));
  EXPECT_THAT([&] { CohortEngine(market, {.customers = CohortEngine::most_customers}); }, refused);
  const PopulationCell all{TypeId(0), {0, 0, 0, 0}, CohortEngine::most_customers};
  EXPECT_THAT([&] { CohortEngine(market, {}, {all}); }, refused);
  // A thousand customers are in a thousand states of three slots at most.
  EXPECT_NO_THROW(CohortEngine(Market(tied_layers(3)), {.customers = 1000}));
  // But a block of 65^5 stages takes 5.79 TB whoever is in it.
  const Market five(tied_layers(5));
  EXPECT_THAT([&] { CohortEngine(five, {.customers = 1000}); },
              ThrowsMessage<std::invalid_argument>(HasSubstr("5.79e+03 GB")));
  // Keys of 195^9 states have more than 64 bits.
  const Market endless(tied_layers(9));
  EXPECT_THROW(CohortEngine(endless, {.customers = 1}), std::invalid_argument);
}

TEST(CohortEngine, FewCustomersInManyJointStates) {
  MarketSpec spec = tied_layers(2);
  spec.end = year(2003);
  const Market market(spec);  // 195^2 states fit a table; with a third layer they do not
  spec = tied_layers(3);
  spec.end = year(2003);
  const Market more(spec);
  for (const Market* of : {&market, &more}) {
    CohortEngine engine(*of, {});
    Loop loop(*of, engine);
    while (loop.t() < 3) loop.step();
    std::uint64_t all = 0;
    for (const CohortEngine::Cell& cell : engine.joint(TypeId(0), 0)) all += cell.count;
    EXPECT_EQ(all, 1000u);
  }
}

TEST(CohortEngine, NobodyIsAMarketToo) {
  const Market market(plain_spec({.utility = {0, 0}, .eta = 1}));
  const Trajectory path = simulate(market, {.engine = EngineKind::cohort, .opening = Population{}});
  EXPECT_EQ(path.at(Period(5u)).present[0], 0);
  EXPECT_FALSE(path.value(5, Measure::customer_share, "cloud", "all", "p0"));
}

TEST(CohortEngine, TiedSlotsAreFollowedTogether) {
  const Market tied(law_two_layers(0, 1)), untied(law_two_layers(0, 0));
  const std::vector<std::size_t> both{0, 1};
  for (const std::size_t k : both) {
    EXPECT_EQ(CohortEngine(tied, {}).together(TypeId(0), k), both);
    EXPECT_EQ(CohortEngine(untied, {}).together(TypeId(0), k), std::vector<std::size_t>{k});
  }
  const CohortEngine engine(tied, {});
  EXPECT_THROW((void)engine.together(TypeId(0), 2), std::out_of_range);
  EXPECT_THROW((void)engine.together(TypeId(1), 0), std::out_of_range);
  EXPECT_THROW((void)engine.joint(TypeId(0), 2), std::out_of_range);
  EXPECT_THROW((void)engine.joint(TypeId(1), 0), std::out_of_range);
}

// Whoever leaves does so in all slots at once: slots are followed apart only where nobody may leave.
TEST(CohortEngine, SlotsAreApartOnlyWhereNobodyMayLeave) {
  const std::vector<std::size_t> both{0, 1}, first{0};
  MarketSpec leaving = law_two_layers(0, 0);
  leaving.segments[0].exit_per_year = 0.1;
  EXPECT_EQ(CohortEngine(Market(leaving), {}).together(TypeId(0), 0), both);

  MarketSpec entering = law_two_layers(0, 0);
  entering.segments[0].entry_per_year = 0.1;
  EXPECT_EQ(CohortEngine(Market(entering), {}).together(TypeId(0), 0), first);

  MarketSpec crisis = law_two_layers(0, 0);
  crisis.events.emplace_back();
  crisis.events[0].name = "crisis";
  crisis.events[0].at = year(2003);
  crisis.events[0].effects = {{EffectSpec::Kind::add, "segments.users.exit", 0.2}};
  EXPECT_EQ(CohortEngine(Market(crisis), {}).together(TypeId(0), 0), both);

  const Market market(law_two_layers(0, 0));
  EXPECT_EQ(CohortEngine(market, {.exit_unannounced = true}).together(TypeId(0), 0), both);
}

TEST(CohortEngine, ExitThatNobodyAnnouncedIsRefused) {
  const Market market(law_two_layers(0, 0));
  PeriodParameters parameters = ParameterPaths(market, {}).at(0);
  parameters[market.segment(SegmentId(0)).exit] = 0.5;
  TransitionKernel kernel(market);
  CohortEngine careless(market, {}), careful(market, {.exit_unannounced = true});
  kernel.fill(parameters, measure_period(market, parameters, careless.tally()));
  EXPECT_THAT([&] { careless.step(kernel, {}); }, ThrowsMessage<RunError>(HasSubstr("exit_unannounced")));
  careful.step(kernel, {});
  EXPECT_LT(careful.tally().present[0], 40);
  for (const SlotTally& slot : careful.tally().slots[0])
    EXPECT_EQ(sum(slot.held), careful.tally().present[0]);
}

// Nobody adopts: who entered holds nothing, and half of the others leave. If entrants could leave in their period, they would
// be fewer than those drawn: with exit all but certain nearly none would stay.
TEST(CohortEngine, EntrantsStayInTheirPeriod) {
  MarketSpec spec = plain_spec({.utility = {0, 0}, .customers = 10'000, .periods = 1});
  spec.segments[0].entry_per_year = 1.0;
  spec.segments[0].exit_per_year = 0.999;
  spec.segments[0].adopt = AdoptSpec{0.0, 0.0};
  const Market market(spec);
  CohortEngine engine(market, {});
  Loop loop(market, engine);
  loop.step();
  const SlotTally& slot = engine.tally().slots[0][0];
  EXPECT_NEAR(slot.held[slot.states.none()], 10'000, 600);  // Poisson: 6 standard deviations
  EXPECT_NEAR(sum(slot.base), 10, 20);                      // Poisson, nearly: 6 again
}

// At a trillion customers a history is the mean field to 5 or 6 digits: half a share of 0.5 varies by 5e-7 in a draw, and 12
// periods with feedback do not make it twenty times that.
void expect_the_mean_field(const Market& market) {
  const Trajectory drawn = simulate(market, {.engine = EngineKind::cohort, .customers = 1'000'000'000'000}),
                   mean = simulate(market, {.engine = EngineKind::mean_field});
  for (std::size_t t = 0; t < drawn.size(); ++t)
    for (std::size_t l = 0; l < market.layer_count(); ++l)
      for (std::size_t j = 0; j < market.provider_count(); ++j)
        ASSERT_NEAR(drawn.at(Period(t)).customer_share(LayerId(l), ProviderId(j)),
                    mean.at(Period(t)).customer_share(LayerId(l), ProviderId(j)), 1e-5)
            << t << " " << l << " " << j;
}

TEST(CohortEngine, ATrillionCustomersFollowTheMeanField) { expect_the_mean_field(Market(full_spec())); }

// The same where destinations are too many to be kept: 882 rows of 20 providers.
TEST(CohortEngine, ATrillionCustomersWithManyDestinationsFollowTheMeanField) {
  std::vector<double> utility(20);
  for (std::size_t j = 0; j < utility.size(); ++j) utility[j] = 0.1 * static_cast<double>(j % 7);
  MarketSpec spec = plain_spec({.utility = utility,
                                .share = std::vector<double>(20, 0.05),
                                .kappa = 0.2,
                                .kappa_full = 0.8,
                                .stages = 2,
                                .lambda = 0.5,
                                .periods = 3});
  spec.layers.push_back(spec.layers[0]);
  spec.layers[1].name = "maas";
  for (ProviderSpec& provider : spec.providers)
    provider.offers.emplace_back("maas", provider.offers[0].second);
  spec.segments[0].affinity = {{"maas", "cloud", 0.5}, {"cloud", "maas", 0.3}};
  expect_the_mean_field(Market(spec));
}

// Many leave a slot at once, whatever they do in another one; what they choose is drawn apart, so that variances add up.
// Draws in common would double the variance and more.
TEST(CohortEngine, ManyWhoLeaveChooseIndependentlyOfWhatTheyDoElsewhere) {
  const std::vector<double> utility{0.5, 0.2, 0, 0.3, 0.1, 0.2};
  const double affinity = 0.5;
  const std::array<double, 2> kappa{0, 0.8}, held{40'000, 30'000};
  MarketSpec spec = plain_spec({.utility = utility,
                                .kappa = kappa[0],
                                .kappa_full = kappa[1],
                                .stages = 1,
                                .lambda = 0.5,
                                .periods = 1});
  spec.layers.push_back(spec.layers[0]);
  spec.layers[1].name = "maas";
  for (ProviderSpec& provider : spec.providers)
    provider.offers.emplace_back("maas", provider.offers[0].second);
  spec.segments[0].affinity.push_back({"maas", "cloud", affinity});
  const Market market(spec);
  const SlotStates states = CohortEngine(market, {}).tally().slots[0][1].states;
  Population opening;
  for (std::size_t d = 0; d < 2; ++d)
    for (std::size_t other = 0; other < 2; ++other)
      opening.push_back({TypeId(0), {states.held(0, other), states.held(0, d)}, d == 0 ? 20'000u : 15'000u});
  std::vector<std::vector<double>> moved(utility.size());
  for (std::uint32_t r = 0; r < 3000; ++r) {
    CohortEngine engine(market, {.replication = r}, opening);
    ASSERT_EQ(engine.together(TypeId(0), 1).size(), 2u);
    Loop loop(market, engine);
    loop.step(1, r);
    for (std::size_t j = 1; j < utility.size(); ++j) moved[j].push_back(engine.tally().slots[0][1].moved[j]);
  }
  // Those who go to i or j: two providers, or twice the same.
  for (std::size_t i = 1; i < utility.size(); ++i)
    for (std::size_t j = i; j < utility.size(); ++j) {
      double mean = 0, variance = 0;
      for (std::size_t d = 0; d < kappa.size(); ++d) {
        double all = std::exp(utility[0] + affinity + kappa[d]);
        for (std::size_t k = 1; k < utility.size(); ++k) all += std::exp(utility[k]);
        const double p = (std::exp(utility[i]) + (i == j ? 0 : std::exp(utility[j]))) / all;
        mean += held[d] * p;
        variance += held[d] * p * (1 - p);
      }
      std::vector<double> either = moved[i];
      for (std::size_t r = 0; i < j && r < either.size(); ++r) either[r] += moved[j][r];
      EXPECT_TRUE(statistical::mean_is(either, mean)) << i << " " << j;
      EXPECT_TRUE(statistical::variance_is(either, variance)) << i << " " << j;
    }
}

using Named = std::map<std::vector<std::string>, std::uint64_t>;  // joint states, by provider and stage

// Joint counts of a segment after each period, by name: the same however providers and segments are numbered.
std::vector<Named> holders(const Market& market, const std::string& segment, std::size_t threads = 1) {
  std::vector<Named> result;
  CohortEngine engine(market, {.seed = 12, .threads = threads});
  Loop loop(market, engine);
  while (loop.t() < static_cast<long>(market.calendar().size())) {
    for (std::size_t y = 0; y < market.type_count(); ++y) {
      if (market.type(TypeId(y)).segment != market.segment_named(segment)) continue;
      for (std::size_t k = 0; k < market.type(TypeId(y)).slots.size(); ++k) {
        result.emplace_back();
        for (const CohortEngine::Cell& cell : engine.joint(TypeId(y), k)) {
          std::vector<std::string> names;
          for (std::size_t i = 0; i < cell.states.size(); ++i) {
            const SlotStates& numbers = engine.tally().slots[y][engine.together(TypeId(y), k)[i]].states;
            names.push_back(cell.states[i] == numbers.none()
                                ? "none"
                                : market.spec().providers[numbers.provider(cell.states[i])].name +
                                      static_cast<char>('0' + numbers.stage(cell.states[i])));
          }
          EXPECT_GT(cell.count, 0u);
          EXPECT_TRUE(result.back().emplace(names, cell.count).second) << "a joint state twice";
        }
      }
    }
    loop.step(12);
  }
  return result;
}

TEST(CohortEngine, SameBitsForAnyNumberOfThreads) {
  const Market market(full_spec());
  const std::vector<Named> one = holders(market, "big");
  EXPECT_GT(one.size(), 12u * 12u);
  for (const std::size_t threads : {2u, 3u, 7u})
    EXPECT_TRUE(holders(market, "big", threads) == one) << threads << " threads";
}

TEST(CohortEngine, ProviderThatNobodyWantsChangesNoDraw) {
  const MarketSpec spec = separate_spec();
  const Market market(spec);
  const std::vector<Named> big = holders(market, "big"), small = holders(market, "small");
  for (const std::ptrdiff_t place : {0, 2, 5}) {
    const Market with(with_unwanted_provider(spec, place));
    EXPECT_TRUE(holders(with, "big") == big) << place;
    EXPECT_TRUE(holders(with, "small") == small) << place;
  }
}

TEST(CohortEngine, AnotherSegmentChangesNoDraw) {
  const Market market(separate_spec()), with(with_another_segment(separate_spec()));
  for (const std::string segment : {"big", "small"})
    EXPECT_TRUE(holders(with, segment) == holders(market, segment)) << segment;
  EXPECT_FALSE(holders(with, "others") == holders(with, "small"));
}

}  // namespace
}  // namespace lockin::test
