#include "lockin/choice/share_inversion.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "lockin/choice/logit.hpp"
#include "oracle_files.hpp"
#include "small_market.hpp"

namespace {

using lockin::invert_shares;
using lockin::LayerId;
using lockin::Market;
using lockin::MarketSpec;
using lockin::Path;
using lockin::test::numbers;
using lockin::test::oracle;
using Row = std::vector<double>;

// The outside option first, with utility 0.
Row with_outside(const Row& shares) {
  double outside = 1;
  for (const double share : shares) outside -= share;
  Row all{outside};
  all.insert(all.end(), shares.begin(), shares.end());
  return all;
}

TEST(Inversion, StaticSharesOfTheOracle) {
  const auto one = oracle("07_berry_inversion.json").at("cases").at("static_J3");
  const Row delta =
      invert_shares(with_outside(numbers(one.at("parameters").at("shares"))), Row(4, 0.0), Row{1});
  EXPECT_EQ(delta[0], 0);
  const Row expected = numbers(one.at("expected").at("mean_utilities"));
  for (std::size_t j = 0; j < 3; ++j) EXPECT_NEAR(delta[j + 1], expected[j], 1e-12);
}

TEST(Inversion, RandomCoefficientsOfTheOracle) {
  const auto one = oracle("07_berry_inversion.json").at("cases").at("random_coefficients_J3");
  Row mu;
  for (const auto& node : one.at("parameters").at("mu (node x alternative)")) {
    mu.push_back(0);
    for (const auto& value : node) mu.push_back(value.get<double>());
  }
  const Row delta = invert_shares(with_outside(numbers(one.at("parameters").at("shares"))), mu,
                                  numbers(one.at("parameters").at("weights")));
  const Row expected = numbers(one.at("expected").at("mean_utilities"));
  for (std::size_t j = 0; j < 3; ++j) EXPECT_NEAR(delta[j + 1], expected[j], 1e-10);
}

TEST(Inversion, NevosCerealMarkets) {
  std::map<std::string, std::pair<Row, Row>> markets;  // shares, expected
  for (const auto& row : lockin::test::oracle_rows("07_nevo_cereal_inversion.csv")) {
    auto& [shares, expected] = markets[row[0]];
    shares.push_back(std::stod(row[2]));
    expected.push_back(std::stod(row[5]));
  }
  EXPECT_EQ(markets.size(), 2u);
  for (const auto& [name, market] : markets) {
    const Row all = with_outside(market.first);
    const Row delta = invert_shares(all, Row(all.size(), 0.0), Row{1});
    for (std::size_t j = 0; j < market.second.size(); ++j)
      EXPECT_NEAR(delta[j + 1], market.second[j], 1e-10) << name << " " << j;
  }
}

TEST(Inversion, GivesTheSharesBackWithNestsAndTastes) {
  const std::vector<std::size_t> nest{0, 1, 0, 1, 2};
  const Row shares{0.4, 0.25, 0.2, 0.1, 0.05}, weights{0.3, 0.7};
  const Row mu{0, 1, -0.5, 0.3, 2, 0.2, -1, 0.5, 0, -0.4};
  for (const double lambda : {0.2, 0.6, 1.0}) {
    const Row delta = invert_shares(shares, mu, weights, nest, lambda);
    lockin::ChoiceContext context;
    context.nest = nest;
    context.dissimilarity = lambda;
    Row back(5);
    for (std::size_t node = 0; node < 2; ++node) {
      Row u(5), p(5);
      for (std::size_t j = 0; j < 5; ++j) u[j] = mu[node * 5 + j] + delta[j];
      lockin::NestedLogit{}.probabilities(context, u, p);
      for (std::size_t j = 0; j < 5; ++j) back[j] += weights[node] * p[j];
    }
    for (std::size_t j = 0; j < 5; ++j) EXPECT_NEAR(back[j] / shares[j], 1, 1e-11) << lambda;
  }
}

TEST(Inversion, TinySharesAndStrongTastes) {
  const Row delta = invert_shares(Row{1 - 1e-9 - 1e-12, 1e-9, 1e-12}, Row(3, 0.0), Row{1});
  EXPECT_NEAR(delta[2], std::log(1e-12) - std::log1p(-1e-9 - 1e-12), 1e-12);
  EXPECT_NO_THROW((void)invert_shares(Row{0.98, 0.01, 0.01}, Row{0, 6, -6, 0, -6, 6}, Row{0.5, 0.5}));
  EXPECT_EQ(invert_shares(Row{1}, Row{3}, Row{1}), Row{0});
}

TEST(Inversion, RefusesWhatHasNoSolution) {
  EXPECT_THROW((void)invert_shares(Row{0.5, 0.5, 0}, Row(3, 0.0), Row{1}), std::domain_error);
  EXPECT_THROW((void)invert_shares(Row{0.7, 0.5, -0.2}, Row(3, 0.0), Row{1}), std::domain_error);
  EXPECT_THROW((void)invert_shares(Row{0.5, 0.4}, Row(2, 0.0), Row{1}), std::domain_error);
  EXPECT_THROW((void)invert_shares(Row{0.5, std::numeric_limits<double>::quiet_NaN()}, Row(2, 0.0), Row{1}),
               std::domain_error);
  EXPECT_THROW((void)invert_shares(Row{0.5, 0.5}, Row(3, 0.0), Row{1}), std::domain_error)
      << "mu of another size";
  for (const Row& weights : {Row{0.5, 0.4}, Row{1.5, -0.5}, Row{2, 2}})
    EXPECT_THROW((void)invert_shares(Row{0.5, 0.5}, Row(4, 0.0), weights), std::domain_error);
  EXPECT_THROW((void)invert_shares(Row{0.5, 0.5}, Row(2, 0.0), Row{1}, std::vector<std::size_t>{0}),
               std::domain_error);
  EXPECT_THROW((void)invert_shares(Row{0.5, 0.5}, Row{0, std::numeric_limits<double>::quiet_NaN()}, Row{1}),
               std::domain_error);
}

// ---- Revealed appeal ---------------------------------------------------------------------------------------

MarketSpec revealing() {
  MarketSpec spec =
      small::spec({.utility = {0, 0, 0, 0}, .kappa = 2, .rho = 0.3, .opening = {0.5, 0.3, 0.2, 0}});
  spec.layers[0].revealed_appeal = true;
  for (std::size_t j = 0; j < 4; ++j) {
    auto& offer = spec.providers[j].offers[0].second;
    offer.quality = 1 + 0.2 * static_cast<double>(j);
    offer.price = Path(1.1 - 0.1 * static_cast<double>(j));
    offer.reach = Path(0.3 * static_cast<double>(j));
  }
  auto& segment = spec.segments[0];
  segment.taste_price.all = lockin::TasteSpec();
  segment.taste_price.all->spread = lockin::TasteSpec::Spread::lognormal_median;
  segment.taste_price.all->first = 2;
  segment.taste_price.all->second = 0.5;
  segment.taste_quality = lockin::TasteSpec(1.5);
  segment.network = Path(0.8);
  segment.adopted = 0.6;
  segment.adopt = lockin::AdoptSpec{1.0, 0.0};
  return spec;
}

// Shares of free choice at the opening, through the kernel: adoption with certainty, averaged over taste classes.
Row free_choice(const Market& market) {
  const lockin::TransitionKernel kernel = small::kernel(market);
  Row shares(market.provider_count());
  for (const lockin::CustomerType& type : market.types()) {
    const auto& slot = kernel.slot(type.choice_class, 0);
    const Row to = small::transition(slot, 0, slot.states.none());
    for (std::size_t j = 0; j < shares.size(); ++j) shares[j] += type.weight * to[j];
  }
  return shares;
}

TEST(RevealedAppeal, FreeChoiceAtTheOpeningGivesTheSharesBack) {
  for (const bool nests : {false, true}) {
    MarketSpec spec = revealing();
    spec.providers[3].offers[0].second.launch = lockin::Date::parse("2027").value();
    if (nests) spec.layers[0].nests = lockin::NestsSpec{{{"p0", "p2"}, {"p1", "p3"}}, 0.5};
    const Row shares = free_choice(Market(spec));
    const Row expected{0.5, 0.3, 0.2, 0};
    for (std::size_t j = 0; j < 4; ++j) EXPECT_NEAR(shares[j], expected[j], 1e-12) << nests << " " << j;
  }
}

TEST(RevealedAppeal, HasShareWeightedMeanZeroAndZeroForNewcomers) {
  const Market market(revealing());
  const Row base = lockin::revealed_appeal(market);
  EXPECT_NEAR(0.5 * base[0] + 0.3 * base[1] + 0.2 * base[2], 0, 1e-13);
  EXPECT_EQ(base[3], 0);
  EXPECT_GT(std::abs(base[0]), 0.1);
}

TEST(RevealedAppeal, StatedAppealComesOnTop) {
  MarketSpec spec = revealing();
  spec.providers[3].offers.clear();
  const Row before = lockin::revealed_appeal(Market(spec));
  spec.providers[0].offers[0].second.appeal = Path(1.0);
  EXPECT_EQ(lockin::revealed_appeal(Market(spec)), before) << "stated appeal apart";
  EXPECT_GT(free_choice(Market(spec))[0], 0.6);
}

TEST(RevealedAppeal, IsZeroWhereAppealIsStated) {
  MarketSpec spec = revealing();
  spec.layers[0].revealed_appeal = false;
  for (const double value : lockin::revealed_appeal(Market(spec))) EXPECT_EQ(value, 0);
}

TEST(RevealedAppeal, OfEachSegmentWithTheNetworkOfAll) {
  MarketSpec spec = revealing();
  spec.segments.push_back(spec.segments[0]);
  spec.segments[1].name = "state";
  spec.segments[1].customers = 3000;
  const double shares[2][3] = {{0.5, 0.3, 0.2}, {0.1, 0.2, 0.7}};
  for (std::size_t j = 0; j < 3; ++j)
    spec.providers[j].offers[0].second.share =
        std::vector<std::pair<std::string, double>>{{"firms", shares[0][j]}, {"state", shares[1][j]}};
  spec.providers[3].offers.clear();
  const Market market(spec);
  const lockin::TransitionKernel kernel = small::kernel(market);
  Row seen[2] = {Row(4), Row(4)};
  for (const lockin::CustomerType& type : market.types()) {
    const auto& slot = kernel.slot(type.choice_class, 0);
    for (std::size_t j = 0; j < 4; ++j)
      seen[type.segment.index()][j] += type.weight * small::transition(slot, 0, slot.states.none())[j];
  }
  for (std::size_t s = 0; s < 2; ++s)
    for (std::size_t j = 0; j < 3; ++j) EXPECT_NEAR(seen[s][j], shares[s][j], 1e-12) << s << j;
}

}  // namespace
