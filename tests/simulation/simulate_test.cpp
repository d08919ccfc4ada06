#include "lockin/simulation/simulate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "full_market.hpp"
#include "numbered.hpp"
#include "plain_market.hpp"

namespace lockin::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Throws;
using ::testing::ThrowsMessage;

// The better provider p1 gains on p0.
PlainMarket catching_up() { return {.utility = {0, 1}, .rho = 0.15, .kappa = 0.5, .periods = 12}; }

EventSpec triggered(double threshold, EffectSpec effect) {
  EventSpec event;
  event.name = "rule";
  event.when =
      TriggerSpec{Measure::customer_share, "cloud", "p1", TriggerSpec::Comparison::greater, threshold};
  event.effects = {std::move(effect)};
  return event;
}

TEST(Simulate, TriggersSeeThePeriodBefore) {
  MarketSpec spec = plain_spec(catching_up());
  const std::vector<double> free =
      simulate(Market(spec), {.engine = EngineKind::mean_field}).customer_share("cloud", "p1");
  ASSERT_LT(free[2], 0.35);
  ASSERT_GT(free[11], 0.5);
  std::size_t first = 0;
  while (free[first] <= 0.4) ++first;
  spec.events = {triggered(0.4, {EffectSpec::Kind::set, "segments.users.re_evaluate", 0.0})};
  const std::vector<double> stopped =
      simulate(Market(spec), {.engine = EngineKind::mean_field}).customer_share("cloud", "p1");
  for (std::size_t t = 0; t < 12; ++t) EXPECT_DOUBLE_EQ(stopped[t], free[std::min(t, first)]) << t;
}

TEST(Simulate, TriggersSeeTheOpeningInTheFirstPeriod) {
  MarketSpec spec = plain_spec(catching_up());
  spec.events = {triggered(-1, {EffectSpec::Kind::set, "segments.users.re_evaluate", 0.0})};
  const Trajectory path = simulate(Market(spec), {.engine = EngineKind::mean_field});
  EXPECT_EQ(path.customer_share("cloud", "p1")[11], 0);
}

TEST(Simulate, OpeningHasTheParametersOfTheFirstPeriod) {
  MarketSpec spec = full_spec();
  EventSpec cut;
  cut.name = "cut";
  cut.at = quarter(2025, 1);
  cut.effects = {{EffectSpec::Kind::scale, "providers.a.maas.price_per_million_tokens", 0.25}};
  spec.events.push_back(cut);
  const Market market(spec);
  const Trajectory path = simulate(market, {.engine = EngineKind::mean_field});
  const std::size_t a_in_maas = 5;
  EXPECT_DOUBLE_EQ(path.opening().price[a_in_maas], 1.0);
  EXPECT_DOUBLE_EQ(path.at(Period(0u)).price[a_in_maas], 1.0);
  for (std::size_t l = 0; l < 2; ++l)
    EXPECT_NEAR(path.opening().revenue.sum(LayerId(l)), market.layer(LayerId(l)).total[0], 1e-9);
}

TEST(Simulate, ObserverSeesEveryPeriodAndEveryCustomer) {
  const Market market(full_spec());
  for (const EngineKind kind : {EngineKind::agent, EngineKind::mean_field}) {
    std::vector<long> seen;
    std::vector<Aggregates> aggregates;
    RunSettings settings{.engine = kind, .customers = 500};
    settings.observer = [&](const PeriodView& view) {
      seen.push_back(view.t);
      aggregates.push_back(view.aggregates);
      EXPECT_EQ(&view.market, &market);
      EXPECT_EQ(view.customers.size(), kind == EngineKind::agent ? market.type_count() : 0);
      double present = 0, places = 0;
      for (const double n : view.tally.present) present += n;
      for (const CustomerColumns& columns : view.customers)
        places += static_cast<double>(columns.states[0].size());
      if (kind == EngineKind::agent) {
        EXPECT_GE(places, present);
      }
    };
    const Trajectory path = simulate(market, settings);
    EXPECT_EQ(seen, (std::vector<long>{-1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}));
    EXPECT_EQ(aggregates.front(), path.opening());
    EXPECT_EQ(aggregates.back(), path.at(Period(11u)));
  }
}

TEST(Simulate, PoliciesActOnWhatTheySawInThePeriodBefore) {
  const Market market(plain_spec({.utility = {0, 0}, .share = {0.5, 0.5}, .rho = 0.5, .periods = 6}));
  std::vector<double> seen;
  RunSettings settings{.engine = EngineKind::mean_field};
  settings.policies.emplace_back([&](const MarketView& view, PeriodParameters& parameters) {
    seen.push_back(view.last.customer_share(LayerId(0u), ProviderId(0u)));
    EXPECT_EQ(view.t, parameters.t);
    if (view.t >= 2) parameters[view.market.offer(LayerId(0u), ProviderId(0u)).price] = 0.5;
  });
  // A second policy finds what the first has done.
  settings.policies.emplace_back([](const MarketView& view, PeriodParameters& parameters) {
    EXPECT_EQ(parameters[view.market.offer(LayerId(0u), ProviderId(0u)).price], view.t >= 2 ? 0.5 : 1.0);
  });
  const Trajectory path = simulate(market, settings);
  const std::vector<double> share = path.customer_share("cloud", "p0");
  ASSERT_EQ(seen.size(), 6u);
  EXPECT_EQ(seen[0], 0.5);
  for (std::size_t t = 1; t < 6; ++t) EXPECT_DOUBLE_EQ(seen[t], share[t - 1]);
  EXPECT_DOUBLE_EQ(share[1], 0.5);
  EXPECT_NEAR(share[2], 0.25 + 0.5 * 2 / 3, 1e-12);  // alpha = 1: half the price, twice the weight
  EXPECT_EQ(path.at(Period(2u)).price[0], 0.5);
  EXPECT_EQ(path.at(Period(1u)).price[0], 1.0);
}

// Each run has its own copy of a policy's state.
TEST(Simulate, PoliciesStartAfreshInEveryRun) {
  const Market market(plain_spec({.utility = {0, 0}, .share = {0.5, 0.5}, .rho = 0.5, .periods = 4}));
  RunSettings settings{.engine = EngineKind::mean_field};
  settings.policies.emplace_back([calls = 0](const MarketView& view, PeriodParameters& parameters) mutable {
    ++calls;
    parameters[view.market.offer(LayerId(0u), ProviderId(0u)).price] = 1.0 / calls;
  });
  EXPECT_EQ(simulate(market, settings).customer_share("cloud", "p0"),
            simulate(market, settings).customer_share("cloud", "p0"));
}

TEST(Simulate, RunErrorNamesWhatLeftItsRange) {
  const Market market(plain_spec(catching_up()));
  RunSettings settings{.engine = EngineKind::mean_field};
  settings.policies.emplace_back([](const MarketView& view, PeriodParameters& parameters) {
    if (view.t == 3) parameters[view.market.offer(LayerId(0u), ProviderId(1u)).price] = -1;
  });
  EXPECT_THAT([&] { (void)simulate(market, settings); },
              ThrowsMessage<RunError>(
                  AllOf(HasSubstr("providers.p1.cloud.price"), HasSubstr("2004"), HasSubstr("policies"))));

  MarketSpec spec = plain_spec(catching_up());
  spec.events = {triggered(0.3, {EffectSpec::Kind::add, "segments.users.re_evaluate", 0.9})};
  EXPECT_THAT(
      [&] { (void)simulate(Market(spec), {.engine = EngineKind::mean_field}); },
      ThrowsMessage<RunError>(AllOf(HasSubstr("segments.users.re_evaluate"), HasSubstr("event rule"))));
}

struct NotANumber {
  void utilities(const ChoiceContext&, std::span<double> v) const {
    std::fill(v.begin(), v.end(), std::nan(""));
  }
};
struct TooMuch {
  void probabilities(const ChoiceContext&, std::span<const double>, std::span<double> p) const {
    std::fill(p.begin(), p.end(), 1.0);
  }
};

TEST(Simulate, RunErrorNamesTheChoiceModel) {
  const Market market(plain_spec(catching_up()));
  EXPECT_THAT([&] { (void)simulate(market, {.choice = NotANumber{}}); },
              ThrowsMessage<RunError>(AllOf(HasSubstr("choice model"), HasSubstr("p0"))));
  EXPECT_THAT([&] { (void)simulate(market, {.choice = TooMuch{}}); },
              ThrowsMessage<RunError>(HasSubstr("choice model")));
}

TEST(Simulate, RefusesSettingsThatDoNotFit) {
  const Market market(full_spec());
  EXPECT_THROW((void)simulate(market, {.engine = EngineKind::cohort, .draw_sizes = true}),
               std::invalid_argument);
  EXPECT_THROW((void)simulate(market, {.engine = EngineKind::mean_field, .draw_sizes = true}),
               std::invalid_argument);
  EXPECT_THROW((void)simulate(market, {.customers = 1}), std::invalid_argument);
  EXPECT_THROW((void)simulate(market, {.opening = Population{{TypeId(99u), {0, 0}, 1}}}),
               std::invalid_argument);
  EXPECT_THROW((void)simulate(market, {.engine = EngineKind::mean_field,
                                       .opening = Population{{TypeId(99u), {0, 0}, 1}}}),
               std::invalid_argument);
  MarketSpec revealed = plain_spec(catching_up());
  revealed.layers[0].revealed_appeal = true;
  EXPECT_THROW((void)simulate(Market(revealed), {.choice = TooMuch{}}), std::invalid_argument);
}

// A move that finds its destination gone: the event, the provider and the period are named.
TEST(Simulate, MoveToAProviderThatIsGone) {
  MarketSpec spec = plain_spec({.utility = {0, 0, 0}, .periods = 6});
  spec.providers[1].offers[0].second.withdraw = year(2003);
  EventSpec sale;
  sale.name = "sale";
  sale.at = year(2004);
  sale.move = MoveSpec{"cloud", "p0", "p1", 0.5, "", false};
  spec.events = {sale};
  EXPECT_THAT([&] { (void)simulate(Market(spec), {}); },
              ThrowsMessage<RunError>(AllOf(HasSubstr("sale"), HasSubstr("p1"), HasSubstr("2004"))));
}

// A provider that withdraws loses every customer in that period, whatever the hazard and the cost; its slots choose freely.
TEST(Simulate, WithdrawalForcesEverybodyToChoose) {
  PlainMarket of{.utility = {0, 0.5, -0.5}, .share = {0.2, 0.6, 0.2}, .rho = 0.01, .kappa = 8, .periods = 6};
  MarketSpec spec = plain_spec(of);
  spec.providers[1].offers[0].second.withdraw = year(2003);
  const Market market(spec);
  for (const EngineKind kind : {EngineKind::agent, EngineKind::mean_field}) {
    const Trajectory path = simulate(market, {.engine = kind});
    EXPECT_GT(*path.value(1, Measure::customers, "cloud", "all", "p1"), 500);
    EXPECT_EQ(*path.value(2, Measure::customers, "cloud", "all", "p1"), 0);
    const double to_p0 = path.switched(Period(2u), "cloud", "p1", "p0"),
                 to_p2 = path.switched(Period(2u), "cloud", "p1", "p2");
    if (kind == EngineKind::mean_field)
      EXPECT_NEAR(to_p0 / to_p2, std::exp(0.5), 1e-12);
    else
      EXPECT_NEAR(to_p0, 0.6225 * (to_p0 + to_p2), 75);  // six standard deviations
  }
}

}  // namespace
}  // namespace lockin::test
