#include "lockin/choice/switching_cost.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "oracle_files.hpp"
#include "small_market.hpp"

namespace {

using lockin::LayerId;
using lockin::Market;
using lockin::MarketSpec;
using lockin::Path;
using lockin::test::oracle;
using Row = std::vector<double>;

MarketSpec staged() {
  MarketSpec spec = small::spec({.utility = {0, 0}, .stages = 4});
  spec.segments[0].switching_cost = lockin::SwitchingCostSpec{0.5, Path(2.5)};
  return spec;
}

Row costs(const MarketSpec& spec, std::size_t type = 0) {
  const Market market(spec);
  return lockin::switching_costs(market, small::parameters(market), market.types().at(type), LayerId(0));
}

void expect_costs(const Row& seen, const Row& expected) {
  ASSERT_EQ(seen.size(), expected.size());
  for (std::size_t d = 0; d < seen.size(); ++d) EXPECT_NEAR(seen[d], expected[d], 1e-14) << d;
}

TEST(SwitchingCost, RisesStraightByDefault) { expect_costs(costs(staged()), {0.5, 1, 1.5, 2, 2.5}); }

TEST(SwitchingCost, RisesWithTau) {
  MarketSpec spec = staged();
  spec.layers[0].curve_tau = 2.0;
  Row expected;
  for (int d = 0; d <= 4; ++d) expected.push_back(0.5 + 2 * (1 - std::exp(-d / 2.0)) / (1 - std::exp(-2)));
  expect_costs(costs(spec), expected);
}

TEST(SwitchingCost, RisesAsListed) {
  MarketSpec spec = staged();
  spec.layers[0].curve = {0, 0, 0.25, 1, 1};
  expect_costs(costs(spec), {0.5, 0.5, 1, 2.5, 2.5});
}

TEST(SwitchingCost, WithoutStagesIsInitial) {
  MarketSpec spec = staged();
  spec.layers[0].stages = 0;
  expect_costs(costs(spec), {0.5});
  spec.segments[0].switching_cost = lockin::SwitchingCostSpec{1.5, {}};
  spec.layers[0].stages = 2;
  expect_costs(costs(spec), {1.5, 1.5, 1.5});
}

TEST(SwitchingCost, PortabilityAndFactorMultiply) {
  MarketSpec spec = staged();
  spec.portability = 0.5;
  spec.segments[0].taste_switching_cost = lockin::TasteSpec(3);
  expect_costs(costs(spec), {0.75, 1.5, 2.25, 3, 3.75});
}

TEST(SwitchingCost, OfLargeCustomersIsHigherAndTheMeanStays) {
  MarketSpec spec = staged();
  spec.segments[0].size = {lockin::SizeSpec::Spread::pareto, 1.5, 5, 0.15};
  const Market market(spec);
  Row mean(5);
  for (std::size_t y = 0; y < 5; ++y) {
    const auto& type = market.types()[y];
    const Row seen = costs(spec, y), first = costs(spec, 0);
    for (std::size_t d = 0; d < 5; ++d) {
      mean[d] += type.weight * seen[d];
      EXPECT_NEAR(seen[d] / first[d], std::pow(type.size / market.types()[0].size, 0.15), 1e-13);
    }
  }
  expect_costs(mean, {0.5, 1, 1.5, 2, 2.5});
}

TEST(SwitchingCost, MoneyEquivalentsOfTheOracles) {
  int checked = 0;
  const auto chains = oracle("01_switching_cost_chain.json").at("cases");
  for (const auto& [name, one] : chains.items()) {
    const auto& expected = one.at("expected");
    if (!expected.contains("money_equivalent_1-exp(-kappa/alpha)") &&
        !expected.contains("incumbent_premium_exp(kappa/alpha)-1"))
      continue;
    const double kappa = one.at("parameters").at("kappa"), alpha = one.at("parameters").at("alpha");
    if (expected.contains("money_equivalent_1-exp(-kappa/alpha)")) {
      EXPECT_NEAR(lockin::discount_a_rival_must_offer(kappa, alpha),
                  expected.at("money_equivalent_1-exp(-kappa/alpha)").get<double>(), 1e-15)
          << name;
    }
    EXPECT_NEAR(lockin::premium_the_incumbent_can_charge(kappa, alpha),
                expected.at("incumbent_premium_exp(kappa/alpha)-1").get<double>(), 1e-14)
        << name;
    ++checked;
  }
  const auto elasticities = oracle("06_elasticities.json").at("cases");
  for (const auto& [name, one] : elasticities.items()) {
    const double kappa = one.at("parameters").at("kappa"), alpha = one.at("parameters").at("alpha");
    EXPECT_NEAR(lockin::discount_a_rival_must_offer(kappa, alpha),
                one.at("expected").at("discount_a_rival_must_offer: 1-exp(-kappa/alpha)").get<double>(),
                1e-15);
    ++checked;
  }
  EXPECT_GE(checked, 6);
}

TEST(SwitchingCost, MoneyEquivalentsAtTheEnds) {
  EXPECT_EQ(lockin::discount_a_rival_must_offer(0, 0), 0);
  EXPECT_EQ(lockin::premium_the_incumbent_can_charge(0, 0), 0);
  EXPECT_EQ(lockin::discount_a_rival_must_offer(2, 0), 1) << "price does not matter: no discount is enough";
  EXPECT_EQ(lockin::discount_a_rival_must_offer(1e6, 1), 1);
  EXPECT_TRUE(std::isinf(lockin::premium_the_incumbent_can_charge(2, 0)));
}

}  // namespace
