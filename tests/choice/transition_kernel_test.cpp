#include "lockin/choice/transition_kernel.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "full_market.hpp"
#include "lockin/choice/logit.hpp"
#include "oracle_files.hpp"
#include "small_market.hpp"
#include "workers.hpp"

namespace {

using lockin::test::numbers;
using lockin::test::oracle;

using lockin::Aggregates;
using lockin::ChoiceContext;
using lockin::LayerId;
using lockin::Market;
using lockin::MarketSpec;
using lockin::Path;
using lockin::ProviderId;
using lockin::SegmentId;
using lockin::SlotKernel;
using lockin::TransitionKernel;
using small::transition;
using Row = std::vector<double>;

constexpr double infinite = std::numeric_limits<double>::infinity();

// P(j | x) of a slot that chooses, the rule of the model page written out.
Row choice_probabilities(const Row& V, double kappa, std::size_t x) {
  Row p(V.size());
  double sum = 0;
  for (std::size_t j = 0; j < V.size(); ++j) sum += p[j] = std::exp(V[j] - (j == x ? 0 : kappa));
  for (double& value : p) value /= sum;
  return p;
}

void expect_near(const Row& seen, const Row& expected, double tolerance, const std::string& what) {
  ASSERT_GE(seen.size(), expected.size()) << what;
  for (std::size_t j = 0; j < expected.size(); ++j)
    EXPECT_NEAR(seen[j], expected[j], tolerance) << what << ", to " << j;
}

// A user's model that says the same as the built-in logit, by its own words.
struct OwnLogit {
  void probabilities(const ChoiceContext&, std::span<const double> utility, std::span<double> p) const {
    double top = -infinite, sum = 0;
    for (const double u : utility) top = std::max(top, u);
    for (std::size_t j = 0; j < p.size(); ++j) sum += p[j] = std::exp(utility[j] - top);
    for (double& value : p) value /= sum;
  }
};

// ---- Oracle 1: transition matrices -------------------------------------------------------------------------

TEST(Kernel, TransitionMatricesOfTheOracle) {
  const auto cases = oracle("01_switching_cost_chain.json").at("cases");
  int matrices = 0;
  for (const auto& [name, one] : cases.items()) {
    if (!one.at("expected").contains("transition_matrix")) continue;
    ++matrices;
    const auto& p = one.at("parameters");
    const Market market(small::spec({.utility = numbers(p.at("V")),
                                     .kappa = p.at("kappa"),
                                     .rho = p.at("rho"),
                                     .opening = numbers(p.at("s0"))}));
    const TransitionKernel kernel = small::kernel(market);
    const SlotKernel& slot = kernel.slot(0, 0);
    const auto& matrix = one.at("expected").at("transition_matrix");
    const auto staying = numbers(one.at("expected").at("probability_of_staying_by_incumbent"));
    for (std::size_t x = 0; x < matrix.size(); ++x) {
      const Row row = transition(slot, 0, slot.states.held(x, 0));
      expect_near(row, numbers(matrix[x]), 1e-14, name + " from " + std::to_string(x));
      EXPECT_EQ(row.back(), 0) << "none ever returns to none";
      EXPECT_NEAR(slot.move(0, slot.states.held(x, 0)), 1 - staying[x], 1e-14);
    }
  }
  EXPECT_EQ(matrices, 5);
}

TEST(Kernel, StagesOfTheOracle) {
  for (const char* name : {"stage_J3_D4", "stage_J6_D4_list", "stage_J2_D4_tenure"}) {
    const auto one = oracle("01_switching_cost_chain.json").at("cases").at(name);
    const auto& p = one.at("parameters");
    MarketSpec spec = small::spec({.utility = numbers(p.at("V")),
                                   .rho = p.at("rho"),
                                   .opening = numbers(p.at("s0")),
                                   .stages = p.at("D")});
    spec.layers[0].advance_per_year = p.at("lambda").get<double>();
    if (p.contains("g"))
      spec.layers[0].curve = numbers(p.at("g"));
    else
      spec.layers[0].curve_tau = p.at("tau").get<double>();
    spec.portability = p.at("portability").get<double>();
    spec.segments[0].switching_cost = lockin::SwitchingCostSpec{p.at("kappa_initial").get<double>(),
                                                                Path(p.at("kappa_full").get<double>())};
    spec.segments[0].taste_switching_cost = lockin::TasteSpec(p.at("factor").get<double>());
    const Market market(spec);
    const TransitionKernel kernel = small::kernel(market);
    const SlotKernel& slot = kernel.slot(0, 0);
    EXPECT_NEAR(slot.advance, p.at("lambda").get<double>(), 1e-15);
    expect_near(slot.cost, numbers(one.at("expected").at("kappa_by_stage")), 1e-14, name);
    const auto& staying = one.at("expected").at("probability_of_staying(incumbent,stage)");
    for (std::size_t x = 0; x < staying.size(); ++x)
      for (std::size_t d = 0; d < staying[x].size(); ++d)
        EXPECT_NEAR(1 - slot.move(0, slot.states.held(x, d)), staying[x][d].get<double>(), 1e-14)
            << name << " " << x << " " << d;
  }
}

TEST(Kernel, StationaryLawIsTheClosedFormWhateverTheHazard) {
  // pi_x ~ u_x (q S + (1 - q) u_x): the kernel's matrix keeps it.
  const Row V{0.4, 0, -0.7};
  const double q = std::exp(-1.3), S = std::exp(0.4) + 1 + std::exp(-0.7);
  Row pi;
  for (const double v : V) pi.push_back(std::exp(v) * (q * S + (1 - q) * std::exp(v)));
  for (const double rho : {0.05, 0.5, 1.0}) {
    const Market market(small::spec({.utility = V, .kappa = 1.3, .rho = rho}));
    const TransitionKernel kernel = small::kernel(market);
    Row after(3);
    for (std::size_t x = 0; x < 3; ++x)
      for (std::size_t j = 0; j < 3; ++j) after[j] += pi[x] * transition(kernel.slot(0, 0), 0, x)[j];
    for (std::size_t j = 0; j < 3; ++j) EXPECT_NEAR(after[j] / pi[j], 1, 1e-14) << rho;
  }
}

// ---- Limits ------------------------------------------------------------------------------------------------

TEST(Kernel, WithoutSwitchingCostAReEvaluationIsTheStaticLogit) {
  const Row V{1.0, 0.2, -0.4, 0.0};
  const Market market(small::spec({.utility = V, .kappa = 0, .rho = 1}));
  const TransitionKernel kernel = small::kernel(market);
  for (std::size_t x = 0; x < 4; ++x)
    expect_near(transition(kernel.slot(0, 0), 0, x), choice_probabilities(V, 0, 0), 1e-15, "no cost");
}

TEST(Kernel, AnEndlessSwitchingCostFreezes) {
  for (const double kappa : {40.0, 800.0, 1e5, 1e300}) {
    const Market market(small::spec({.utility = {1.0, 0.2, -0.4}, .kappa = kappa, .rho = 1}));
    const TransitionKernel kernel = small::kernel(market);
    for (std::size_t x = 0; x < 3; ++x) {
      const Row row = transition(kernel.slot(0, 0), 0, x);
      EXPECT_NEAR(row[x], 1, 1e-15) << kappa;
      EXPECT_NEAR(std::accumulate(row.begin(), row.end(), 0.0), 1, 1e-15);
    }
  }
}

TEST(Kernel, HugeNumbersGiveProbabilities) {
  for (const bool own : {false, true})
    for (const double v : {0.0, 700.0, 1e6, 1e300, -1e300})
      for (const double kappa : {0.0, 700.0, 710.0, 1e6, 1e300}) {
        const Market market(small::spec({.utility = {v, 0, -3}, .kappa = kappa, .rho = 0.5}));
        const TransitionKernel kernel = own ? small::kernel(market, OwnLogit{}) : small::kernel(market);
        for (std::size_t x = 0; x < 4; ++x) {
          const Row row = transition(kernel.slot(0, 0), 0, x);
          double sum = 0;
          for (const double value : row) {
            EXPECT_TRUE(value >= 0 && value <= 1) << v << " " << kappa << " " << value;
            sum += value;
          }
          EXPECT_NEAR(sum, 1, 1e-12) << v << " " << kappa;
        }
      }
}

TEST(Kernel, WhereUtilityAndCostBothOverflowTheirDifferenceDecides) {
  // V = (0, -1000), kappa = 1000 + c: from provider 1, P(leave) is the logit of (0 - kappa, -1000), a matter of c alone.
  for (const double c : {-2.0, 0.0, 2.0})
    for (const double size : {100.0, 740.0, 1000.0, 3000.0}) {
      const Market market(small::spec({.utility = {0, -size}, .kappa = size + c, .rho = 1}));
      const TransitionKernel kernel = small::kernel(market);
      EXPECT_NEAR(kernel.slot(0, 0).move(0, 1), 1 / (1 + std::exp(c)), 1e-12) << size << " " << c;
    }
}

TEST(Kernel, YearlyHazardsBecomePeriods) {
  MarketSpec spec = small::spec({.utility = {0, 0}, .rho = 0.3});
  spec.period = lockin::PeriodLength::quarter;
  spec.layers[0].stages = 2;
  spec.layers[0].advance_per_year = 0.5;
  spec.segments[0].exit_per_year = 0.1;
  spec.segments[0].entry_per_year = 0.21;
  spec.segments[0].adopted = 0.5;
  spec.segments[0].adopt = lockin::AdoptSpec{0.02, 0.3};
  const Market market(spec);
  const TransitionKernel kernel = small::kernel(market);
  const SlotKernel& slot = kernel.slot(0, 0);
  const auto per_quarter = [](double v) { return 1 - std::pow(1 - v, 0.25); };
  EXPECT_NEAR(slot.act(0, slot.states.held(0, 2)), per_quarter(0.3), 1e-15);
  EXPECT_NEAR(slot.act(0, slot.states.none()), per_quarter(0.02 + 0.3 * 0.5), 1e-15);
  EXPECT_NEAR(slot.advance, per_quarter(0.5), 1e-15);
  EXPECT_NEAR(kernel.exit(SegmentId(0)), per_quarter(0.1), 1e-15);
  EXPECT_NEAR(kernel.entry_rate(SegmentId(0)), std::pow(1.21, 0.25) - 1, 1e-15);
}

TEST(Kernel, AProbabilityOfOneIsEveryPeriod) {
  MarketSpec spec = small::spec({.utility = {0, 0}, .rho = 1});
  spec.period = lockin::PeriodLength::month;
  const Market market(spec);
  EXPECT_EQ(small::kernel(market).slot(0, 0).act(0, 0), 1);
}

// ---- Adoption ----------------------------------------------------------------------------------------------

TEST(Kernel, AdoptionIsFreeOfTheSwitchingCost) {
  const Row V{0.5, 0, -0.5};
  MarketSpec spec = small::spec({.utility = V, .kappa = 3, .rho = 0.2});
  spec.segments[0].adopted = 0.25;
  spec.segments[0].adopt = lockin::AdoptSpec{0.03, 0.4};
  const Market market(spec);
  for (const bool own : {false, true}) {
    const TransitionKernel kernel = own ? small::kernel(market, OwnLogit{}) : small::kernel(market);
    const SlotKernel& slot = kernel.slot(0, 0);
    const double hazard = 0.03 + 0.4 * 0.25;  // Bass 1969 with F = 1/4
    const Row row = transition(slot, 0, slot.states.none()), free = choice_probabilities(V, 0, 0);
    for (std::size_t j = 0; j < 3; ++j) EXPECT_NEAR(row[j], hazard * free[j], 1e-15);
    EXPECT_NEAR(row[3], 1 - hazard, 1e-15);
    EXPECT_EQ(slot.move(0, slot.states.none()), 0) << "adopting is no move";
  }
}

TEST(Kernel, BassCountsTheSegmentsOwnSlots) {
  MarketSpec spec = small::spec({.utility = {0, 0}});
  spec.segments.push_back(spec.segments[0]);
  spec.segments[1].name = "others";
  spec.segments[0].adopt = spec.segments[1].adopt = lockin::AdoptSpec{0.01, 0.5};
  spec.segments[0].adopted = 0.1;
  spec.segments[1].adopted = 0.9;
  const Market market(spec);
  const TransitionKernel kernel = small::kernel(market);
  EXPECT_NEAR(kernel.slot(0, 0).act(0, 2), 0.01 + 0.5 * 0.1, 1e-15);
  EXPECT_NEAR(kernel.slot(1, 0).act(0, 2), 0.01 + 0.5 * 0.9, 1e-15);
  Aggregates empty = small::opening(market);
  empty.present = {0, 0};
  TransitionKernel nobody(market);
  nobody.fill(small::parameters(market), empty);
  EXPECT_NEAR(nobody.slot(0, 0).act(0, 2), 0.01, 1e-15) << "F = 0 if nobody is there";
}

// ---- What is on sale ---------------------------------------------------------------------------------------

TEST(Kernel, AWithdrawnIncumbentForcesAChoice) {
  const Row V{0.5, 0, -0.5};
  MarketSpec spec = small::spec({.utility = V, .kappa = 2, .rho = 0.2});
  spec.providers[1].offers[0].second.withdraw = lockin::Date::parse("2027").value();
  spec.segments[0].adopted = 0.5;
  spec.segments[0].adopt = lockin::AdoptSpec{0.1, 0.0};
  const Market market(spec);
  for (const bool own : {false, true})
    for (const long t : {1L, 2L}) {
      TransitionKernel kernel = own ? TransitionKernel(market, OwnLogit{}) : TransitionKernel(market);
      kernel.fill(small::parameters(market, t), small::opening(market));
      const SlotKernel& slot = kernel.slot(0, 0);
      if (t == 1) {
        EXPECT_LT(slot.act(0, slot.states.held(1, 0)), 0.2 + 1e-12) << "still on sale";
        continue;
      }
      const double u0 = std::exp(0.5), u2 = std::exp(-0.5);
      expect_near(transition(slot, 0, slot.states.held(1, 0)), {u0 / (u0 + u2), 0, u2 / (u0 + u2)}, 1e-14,
                  "all leave, and kappa cancels");
      const double leave = u2 * std::exp(-2) / (u0 + u2 * std::exp(-2));
      expect_near(transition(slot, 0, slot.states.held(0, 0)), {1 - 0.2 * leave, 0, 0.2 * leave}, 1e-14,
                  "nobody goes there");
      EXPECT_EQ(transition(slot, 0, slot.states.none())[1], 0) << "nor adopts it";
    }
}

TEST(Kernel, ANewcomerCanBeChosenFromItsLaunch) {
  MarketSpec spec = small::spec({.utility = {0, 0, 1}, .kappa = 1, .rho = 1, .opening = {0.5, 0.5, 0}});
  spec.providers[2].offers[0].second.launch = lockin::Date::parse("2026").value();
  const Market market(spec);
  TransitionKernel kernel(market);
  kernel.fill(small::parameters(market, 0), small::opening(market));
  expect_near(transition(kernel.slot(0, 0), 0, 0), choice_probabilities({0, 0}, 1, 0), 1e-14, "before");
  EXPECT_EQ(transition(kernel.slot(0, 0), 0, 0)[2], 0);
  kernel.fill(small::parameters(market, 1), small::opening(market));
  expect_near(transition(kernel.slot(0, 0), 0, 0), choice_probabilities({0, 0, 1}, 1, 0), 1e-14, "after");
}

TEST(Kernel, ALayerThatAProviderDoesNotSell) {
  MarketSpec spec = small::spec({.utility = {0.3, 0, 9}, .kappa = 1, .rho = 1, .opening = {0.5, 0.5, 0}});
  spec.layers.push_back(spec.layers[0]);
  spec.layers[1].name = "maas";
  for (std::size_t j = 0; j < 2; ++j) {
    spec.providers[j].offers.push_back(spec.providers[j].offers[0]);
    spec.providers[j].offers[1].first = "maas";
  }
  const Market market(spec);
  for (const bool own : {false, true}) {
    const TransitionKernel kernel = own ? small::kernel(market, OwnLogit{}) : small::kernel(market);
    expect_near(transition(kernel.slot(0, 1), 0, 0), choice_probabilities({0.3, 0}, 1, 0), 1e-14, "maas");
    EXPECT_EQ(transition(kernel.slot(0, 1), 0, 0)[2], 0);
    EXPECT_GT(transition(kernel.slot(0, 0), 0, 0)[2], 0.9) << "in its own layer it is strong";
  }
}

// ---- The parts of utility ----------------------------------------------------------------------------------

TEST(Kernel, UtilityIsTheSumOfTheModelPage) {
  MarketSpec spec = small::spec({.utility = {0.1, -0.2}, .kappa = 0, .rho = 1, .opening = {0.7, 0.3}});
  spec.segments.push_back(spec.segments[0]);
  spec.segments[1].name = "others";
  spec.segments[1].customers = 3000;
  auto& first = spec.providers[0].offers[0].second;
  first.quality = 1.4;
  first.price = Path(0.8);
  first.reach.named = {{"firms", Path(0.5)}, {"others", Path(-2.0)}};
  first.share =
      lockin::Keyed<double>(std::vector<std::pair<std::string, double>>{{"firms", 0.7}, {"others", 0.1}});
  spec.providers[1].offers[0].second.share =
      lockin::Keyed<double>(std::vector<std::pair<std::string, double>>{{"firms", 0.3}, {"others", 0.9}});
  auto& segment = spec.segments[0];
  segment.taste_price = lockin::TasteSpec(2.5);
  segment.taste_quality = lockin::TasteSpec(0.6);
  segment.taste_reach = 1.5;
  segment.network = Path(0.9);
  const Market market(spec);
  const TransitionKernel kernel = small::kernel(market);
  // j's share of all customers of the layer, whatever the segment: (700 + 300) / 4000.
  const double V0 = 0.6 * 1.4 - 2.5 * std::log(0.8) + 0.1 + 1.5 * 0.5 + 0.9 * 0.25, V1 = -0.2 + 0.9 * 0.75;
  expect_near(transition(kernel.slot(0, 0), 0, 0), choice_probabilities({V0, V1}, 0, 0), 1e-15, "firms");
}

TEST(Kernel, ShortRunElasticitiesOfTheOracle) {
  const auto cases = oracle("06_elasticities.json").at("cases");
  for (const auto& [name, one] : cases.items()) {
    const auto& p = one.at("parameters");
    const auto prices = numbers(p.at("price"));
    const auto& elasticities = one.at("expected").at("short_run_elasticities (one period, stationary base)");
    const auto stationary = numbers(one.at("expected").at("stationary_shares"));
    const std::size_t J = prices.size();
    const auto shares_after = [&](std::size_t changed, double step) {
      MarketSpec spec = small::spec({.utility = numbers(p.at("quality_part")),
                                     .kappa = p.at("kappa"),
                                     .rho = p.at("rho"),
                                     .opening = stationary});
      for (std::size_t j = 0; j < J; ++j)
        spec.providers[j].offers[0].second.price = Path(prices[j] * (j == changed ? std::exp(step) : 1));
      spec.segments[0].taste_price = lockin::TasteSpec(p.at("alpha").get<double>());
      const Market market(spec);
      const TransitionKernel kernel = small::kernel(market);
      Row after(J);
      for (std::size_t x = 0; x < J; ++x)
        for (std::size_t j = 0; j < J; ++j)
          after[j] += stationary[x] * transition(kernel.slot(0, 0), 0, x)[j];
      return after;
    };
    for (std::size_t k = 0; k < J; ++k) {
      // Central differences, extrapolated: an error of order step^4.
      const auto slope = [&](double h, std::size_t j) {
        return std::log(shares_after(k, h)[j] / shares_after(k, -h)[j]) / (2 * h);
      };
      for (std::size_t j = 0; j < J; ++j)
        EXPECT_NEAR((4 * slope(0.002, j) - slope(0.004, j)) / 3, elasticities[j][k].get<double>(), 1e-10)
            << name << " " << j << " " << k;
    }
    // And the base is stationary.
    expect_near(shares_after(J, 0), stationary, 1e-14, name);
  }
}

// ---- Affinity ----------------------------------------------------------------------------------------------

MarketSpec two_layers(const nlohmann::json& p, bool adoption) {
  const Row iaas = numbers(p.at("V_iaas")), maas = numbers(p.at("V_maas"));
  MarketSpec spec = small::spec({.utility = iaas});
  spec.layers[0].name = "iaas";
  spec.layers.push_back(spec.layers[0]);
  spec.layers[1].name = "maas";
  for (std::size_t j = 0; j < iaas.size(); ++j) {
    auto& offers = spec.providers[j].offers;
    offers[0].first = "iaas";
    offers.push_back(offers[0]);
    offers[1].first = "maas";
    offers[1].second.appeal = Path(maas[j]);
  }
  auto& segment = spec.segments[0];
  segment.re_evaluate_per_year = lockin::Keyed<Path>(std::vector<std::pair<std::string, Path>>{
      {"iaas", p.at("rho_iaas").get<double>()}, {"maas", p.at("rho_maas").get<double>()}});
  segment.switching_cost =
      lockin::Keyed<lockin::SwitchingCostSpec>(std::vector<std::pair<std::string, lockin::SwitchingCostSpec>>{
          {"iaas", {p.at("kappa_iaas").get<double>(), {}}},
          {"maas", {p.at("kappa_maas").get<double>(), {}}}});
  segment.affinity = {{"iaas", "maas", p.at("theta_iaas_from_maas").get<double>()},
                      {"maas", "iaas", p.at("theta_maas_from_iaas").get<double>()}};
  if (adoption) {
    segment.adopted.named = {{"maas", 0.05}};
    segment.adopt = lockin::AdoptSpec{p.at("adoption_hazard_maas").get<double>(), 0.0};
  }
  return spec;
}

TEST(Kernel, AffinityGivesTheJointLawOfTheOracle) {
  for (const char* name : {"J3", "J3_adoption"})
    for (const bool own : {false, true}) {
      const auto one = oracle("02_two_slots.json").at("cases").at(name);
      const bool adoption = std::string(name) == "J3_adoption";
      const Market market(two_layers(one.at("parameters"), adoption));
      const TransitionKernel kernel = own ? small::kernel(market, OwnLogit{}) : small::kernel(market);
      const SlotKernel &iaas = kernel.slot(0, 0), &maas = kernel.slot(0, 1);
      ASSERT_EQ(iaas.contexts, 4u) << "three providers and none";
      EXPECT_EQ(iaas.context_stride, (std::vector<std::size_t>{0, 1}));
      EXPECT_EQ(maas.context_stride, (std::vector<std::size_t>{1, 0}));
      const auto& before = one.at("parameters").at("joint0");
      std::vector<Row> after(3, Row(4));
      for (std::size_t i = 0; i < 3; ++i)
        for (std::size_t m = 0; m < before[i].size(); ++m) {
          const Row to_i = transition(iaas, m, i),
                    to_m = transition(maas, i, m);  // both read the state of t-1
          for (std::size_t a = 0; a < 3; ++a)
            for (std::size_t b = 0; b < 4; ++b) after[a][b] += before[i][m].get<double>() * to_i[a] * to_m[b];
        }
      const auto& expected = one.at("expected").at("joint_t1(iaas,maas)");
      for (std::size_t i = 0; i < 3; ++i)
        expect_near(after[i], numbers(expected[i]), 1e-14, std::string(name) + " " + std::to_string(i));
    }
}

TEST(Kernel, AffinityOnlyWhereItIsStated) {
  auto p = oracle("02_two_slots.json").at("cases").at("J3").at("parameters");
  MarketSpec spec = two_layers(p, false);
  spec.segments[0].affinity.pop_back();  // what is left: iaas from maas
  const Market market(spec);
  const TransitionKernel kernel = small::kernel(market);
  EXPECT_EQ(kernel.slot(0, 0).contexts, 4u);
  EXPECT_EQ(kernel.slot(0, 1).contexts, 1u);
  EXPECT_EQ(kernel.slot(0, 1).context_stride, (std::vector<std::size_t>{0, 0}));
}

TEST(Kernel, TwoSlotsOfOneLayerPullEachOther) {
  MarketSpec spec = small::spec({.utility = {0, 0.5}, .kappa = 1, .rho = 1});
  spec.layers[0].slots = 2;
  spec.segments[0].multi_home = {{"cloud", 1.0, 0.6}};
  spec.segments[0].affinity = {{"cloud", "cloud", -0.8}};
  const Market market(spec);
  const TransitionKernel kernel = small::kernel(market);
  for (const std::size_t k : {0u, 1u}) {
    const SlotKernel& slot = kernel.slot(0, k);
    ASSERT_EQ(slot.contexts, 3u);
    EXPECT_EQ(slot.context_stride[k], 0u) << "not its own incumbent";
    expect_near(transition(slot, 0, 0), choice_probabilities({-0.8, 0.5}, 1, 0), 1e-14, "the other is at 0");
    expect_near(transition(slot, 1, 0), choice_probabilities({0, -0.3}, 1, 0), 1e-14, "the other is at 1");
    expect_near(transition(slot, 2, 0), choice_probabilities({0, 0.5}, 1, 0), 1e-14,
                "the other holds nothing");
  }
}

// Logits whose exponentials are no doubles: nothing may be multiplied up from them.
TEST(Kernel, AffinityMayBeAnyNumberOfLogits) {
  for (const double affinity : {800.0, -800.0}) {
    MarketSpec spec = small::spec({.utility = {0, 790}, .kappa = 1, .rho = 1});
    spec.layers[0].slots = 2;
    spec.segments[0].multi_home = {{"cloud", 1.0, 0.6}};
    spec.segments[0].affinity = {{"cloud", "cloud", affinity}};
    const Market market(spec);
    const TransitionKernel kernel = small::kernel(market);
    const SlotKernel& slot = kernel.slot(0, 0);
    // Only differences of utilities count: the reference gets those that it can hold.
    expect_near(transition(slot, 0, 0), choice_probabilities({affinity - 790, 0}, 1, 0), 1e-14,
                "the other is at 0");
    expect_near(transition(slot, 1, 0), choice_probabilities({-790 - affinity, 0}, 1, 0), 1e-14,
                "the other is at 1");
  }
}

TEST(Kernel, TooManyContextsAreRefusedWithTheSize) {
  MarketSpec spec = small::spec({.utility = Row(40, 0.0)});
  auto& segment = spec.segments[0];
  for (int l = 1; l < 8; ++l) {
    spec.layers.push_back(spec.layers[0]);
    spec.layers.back().name = lockin::test::numbered("l", l);
    for (auto& provider : spec.providers) {
      provider.offers.push_back(provider.offers[0]);
      provider.offers.back().first = spec.layers.back().name;
    }
    segment.affinity.push_back({"cloud", spec.layers.back().name, 1.0});
  }
  const Market market(spec);
  try {
    const TransitionKernel kernel(market);
    FAIL() << "should be refused";
  } catch (const std::invalid_argument& error) {
    EXPECT_NE(std::string(error.what()).find("1.95e+11 contexts"), std::string::npos) << error.what();
  }
}

// ---- Choice models -----------------------------------------------------------------------------------------

MarketSpec lively() {
  auto p = oracle("02_two_slots.json").at("cases").at("J3_adoption").at("parameters");
  MarketSpec spec = two_layers(p, true);
  for (auto& layer : spec.layers) layer.stages = 3;
  auto& segment = spec.segments[0];
  for (auto& [name, cost] : segment.switching_cost.named) cost.full = Path(4.0);
  segment.network = Path(0.7);
  segment.taste_price.all = lockin::TasteSpec();
  segment.taste_price.all->spread = lockin::TasteSpec::Spread::normal;
  segment.taste_price.all->first = 3;
  segment.taste_price.all->second = 0.5;
  segment.taste_price.all->classes = 3;
  spec.providers[0].offers[0].second.price = Path(0.8);
  spec.providers[2].offers[1].second.withdraw = lockin::Date::parse("2025").value();
  spec.providers[2].offers[1].second.share = 0.0;
  spec.providers[0].offers[1].second.share = 2.0 / 3;
  return spec;
}

TEST(Kernel, AUsersLogitGivesTheTransitionsOfTheBuiltInOne) {
  // The built-in logit keeps a row per context and draws afresh; a user's model has a row per state: one law.
  const Market market(lively());
  const TransitionKernel built_in = small::kernel(market), own = small::kernel(market, OwnLogit{});
  EXPECT_EQ(market.choice_class_count(), 3u);
  for (std::size_t c = 0; c < market.choice_class_count(); ++c)
    for (std::size_t k = 0; k < 2; ++k) {
      const SlotKernel &a = built_in.slot(c, k), &b = own.slot(c, k);
      EXPECT_EQ(a.row_per_state, 0u);
      EXPECT_EQ(b.row_per_state, 1u);
      EXPECT_LT(a.rows.size(), b.rows.size());
      for (std::size_t context = 0; context < a.contexts; ++context)
        for (std::size_t state = 0; state < a.states.size(); ++state) {
          const Row x = transition(a, context, state), y = transition(b, context, state);
          expect_near(x, y, 1e-12,
                      "class " + std::to_string(c) + " slot " + std::to_string(k) + " state " +
                          std::to_string(state));
          EXPECT_NEAR(a.move(context, state), b.move(context, state), 1e-12);
          EXPECT_NEAR(std::accumulate(x.begin(), x.end(), 0.0), 1, 1e-14);
        }
    }
}

TEST(Kernel, AUsersUtilities) {
  struct Constant {
    void utilities(const ChoiceContext& context, std::span<double> v) const {
      for (std::size_t j = 0; j < v.size(); ++j) v[j] = static_cast<double>(j) * context.alpha;
    }
  };
  MarketSpec spec = small::spec({.utility = {5, -5, 0}, .kappa = 1, .rho = 1});
  spec.segments[0].taste_price = lockin::TasteSpec(0.3);
  const Market market(spec);
  const TransitionKernel kernel = small::kernel(market, Constant{});
  expect_near(transition(kernel.slot(0, 0), 0, 1), choice_probabilities({0, 0.3, 0.6}, 1, 1), 1e-15,
              "its own V");
  EXPECT_EQ(kernel.slot(0, 0).row_per_state, 0u) << "a logit all the same";
}

TEST(Kernel, NestedLogitByBruteForce) {
  const Row V{0.5, 0.2, -0.1, 0.3};
  const std::vector<std::size_t> nest{0, 1, 0, 2};  // groups {0, 2}, {1}; provider 3 alone
  const double lambda = 0.4, kappa = 1.7, rho = 0.6;
  MarketSpec spec = small::spec({.utility = V, .kappa = kappa, .rho = rho});
  spec.layers[0].nests = lockin::NestsSpec{{{"p0", "p2"}, {"p1"}}, lambda};
  spec.segments[0].adopted = 0.5;
  spec.segments[0].adopt = lockin::AdoptSpec{0.2, 0.0};
  const Market market(spec);
  EXPECT_EQ(market.layer(LayerId(0)).nest, nest);
  const TransitionKernel kernel = small::kernel(market);
  const SlotKernel& slot = kernel.slot(0, 0);
  const auto nested = [&](std::size_t x) {  // Train 2009, eq. 4.2
    Row u(4), p(4);
    for (std::size_t j = 0; j < 4; ++j) u[j] = V[j] - (j == x || x == 4 ? 0 : kappa);
    double all = 0;
    for (std::size_t n = 0; n < 3; ++n) {
      double sum = 0;
      for (std::size_t j = 0; j < 4; ++j) sum += nest[j] == n ? std::exp(u[j] / lambda) : 0;
      all += std::pow(sum, lambda);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      double sum = 0;
      for (std::size_t j = 0; j < 4; ++j) sum += nest[j] == nest[i] ? std::exp(u[j] / lambda) : 0;
      p[i] = std::exp(u[i] / lambda) * std::pow(sum, lambda - 1) / all;
    }
    return p;
  };
  for (std::size_t x = 0; x < 4; ++x) {
    Row expected = nested(x);
    for (double& value : expected) value *= rho;
    expected[x] += 1 - rho;
    expect_near(transition(slot, 0, x), expected, 1e-14, "from " + std::to_string(x));
  }
  Row expected = nested(4);
  for (double& value : expected) value *= 0.2;
  expect_near(transition(slot, 0, slot.states.none()), expected, 1e-14, "adoption");
}

TEST(Kernel, NestsWithDissimilarityOneAreTheLogit) {
  MarketSpec spec = lively();
  const Market plain(spec);
  for (auto& layer : spec.layers) layer.nests = lockin::NestsSpec{{{"p0", "p2"}}, 1.0};
  const Market nested(spec);
  const TransitionKernel a = small::kernel(plain), b = small::kernel(nested);
  for (std::size_t k = 0; k < 2; ++k)
    for (std::size_t context = 0; context < a.slot(0, k).contexts; ++context)
      for (std::size_t state = 0; state < a.slot(0, k).states.size(); ++state)
        expect_near(transition(a.slot(0, k), context, state), transition(b.slot(0, k), context, state), 1e-14,
                    "state " + std::to_string(state));
}

TEST(Kernel, StopsAModelWhoseProbabilitiesAreNone) {
  struct Wrong {
    Row p;
    void probabilities(const ChoiceContext&, std::span<const double>, std::span<double> out) const {
      std::copy(p.begin(), p.end(), out.begin());
    }
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const Market market(small::spec({.utility = {0, 0, 0}, .kappa = 1}));
  for (const Row& p : {Row{0.5, 0.5, 0.1}, Row{0.5, 0.6, -0.1}, Row{nan, 0.5, 0.5}, Row{0, 0, 0},
                       Row{infinite, 0, 0}, Row{0.5, 0.25, 0.25 - 1e-8}}) {
    TransitionKernel kernel(market, Wrong{p});
    EXPECT_THROW(kernel.fill(small::parameters(market), small::opening(market)), lockin::RunError)
        << p[0] << " " << p[1] << " " << p[2];
  }
  TransitionKernel fine(market, Wrong{{0.5, 0.25, 0.25}});
  EXPECT_NO_THROW(fine.fill(small::parameters(market), small::opening(market)));
  MarketSpec spec = small::spec({.utility = {0, 0, 0}, .opening = {0.5, 0.5, 0}});
  spec.providers[2].offers[0].second.launch = lockin::Date::parse("2027").value();
  const Market later(spec);
  TransitionKernel early(later, Wrong{{0.5, 0.25, 0.25}});
  EXPECT_THROW(early.fill(small::parameters(later), small::opening(later)), lockin::RunError)
      << "a probability for what is not on sale";
}

TEST(Kernel, StopsAModelWhoseUtilitiesAreNone) {
  struct Wrong {
    double value;
    void utilities(const ChoiceContext&, std::span<double> v) const { std::fill(v.begin(), v.end(), value); }
  };
  const Market market(small::spec({.utility = {0, 0}}));
  for (const double value : {infinite, -infinite, std::numeric_limits<double>::quiet_NaN()}) {
    TransitionKernel kernel(market, Wrong{value});
    try {
      kernel.fill(small::parameters(market), small::opening(market));
      ADD_FAILURE() << value;
    } catch (const lockin::RunError& error) {
      EXPECT_NE(std::string(error.what()).find("provider p0"), std::string::npos) << error.what();
    }
  }
}

TEST(Kernel, IsTheSameByAnyNumberOfThreads) {
  MarketSpec nested = lockin::test::full_spec();
  nested.layers[1].nests = lockin::NestsSpec{{{"a", "b"}, {"c", "e"}}, 0.5};
  for (const MarketSpec& spec : {lockin::test::full_spec(), nested}) {
    const Market market(spec);
    ASSERT_GT(market.choice_class_count(), 4u) << "work for several";
    for (const std::size_t threads : {1u, 2u, 3u, 7u}) {
      lockin::detail::Workers workers(threads);
      TransitionKernel alone(market), together(market);
      for (const long t : {0L, 5L, 11L}) {
        alone.fill(small::parameters(market, t), small::opening(market));
        together.fill(small::parameters(market, t), small::opening(market), &workers);
        for (const lockin::CustomerType& type : market.types())
          for (std::size_t k = 0, c = type.choice_class; k < type.slots.size(); ++k) {
            EXPECT_EQ(together.slot(c, k).act_table, alone.slot(c, k).act_table) << threads << " threads";
            EXPECT_EQ(together.slot(c, k).rows, alone.slot(c, k).rows) << threads << " threads";
            EXPECT_EQ(together.slot(c, k).cost, alone.slot(c, k).cost) << threads << " threads";
          }
      }
    }
  }
}

// A user's model need not bear calls of several threads.
TEST(Kernel, CallsAUsersModelFromOneThreadOnly) {
  struct Witness {
    std::vector<std::thread::id>* callers;
    void utilities(const ChoiceContext&, std::span<double> v) const {
      callers->push_back(std::this_thread::get_id());
      std::fill(v.begin(), v.end(), 0.0);
    }
  };
  const Market market(lockin::test::full_spec());
  lockin::detail::Workers workers(3);
  std::vector<std::thread::id> callers;
  TransitionKernel kernel(market, Witness{&callers});
  for (long t = 0; t < 10; ++t) kernel.fill(small::parameters(market, t), small::opening(market), &workers);
  EXPECT_GT(callers.size(), 10 * market.choice_class_count());
  for (const std::thread::id id : callers) EXPECT_EQ(id, std::this_thread::get_id());
}

TEST(Kernel, RevealedAppealNeedsAModelThatItCanInvert) {
  MarketSpec spec = small::spec({.utility = {0, 0}});
  spec.layers[0].revealed_appeal = true;
  const Market market(spec);
  EXPECT_THROW(TransitionKernel(market, OwnLogit{}), std::invalid_argument);
  EXPECT_NO_THROW(TransitionKernel{market});
}

TEST(Kernel, PermutingProvidersPermutesTheTransitions) {
  const Row V{0.5, -0.2, 0.1};
  const Market a(small::spec({.utility = V, .kappa = 1, .rho = 0.4})),
      b(small::spec({.utility = {V[2], V[0], V[1]}, .kappa = 1, .rho = 0.4}));
  const TransitionKernel of_a = small::kernel(a), of_b = small::kernel(b);
  const std::size_t place[] = {1, 2, 0};
  for (std::size_t x = 0; x < 3; ++x)
    for (std::size_t j = 0; j < 3; ++j)
      EXPECT_NEAR(transition(of_a.slot(0, 0), 0, x)[j], transition(of_b.slot(0, 0), 0, place[x])[place[j]],
                  1e-15);
}

TEST(Kernel, HandsOnTheMovesOfThePeriod) {
  MarketSpec spec = small::spec({.utility = {0, 0}});
  lockin::EventSpec merger;
  merger.name = "merger";
  merger.at = lockin::Date::parse("2026").value();
  merger.move = lockin::MoveSpec{"cloud", "p0", "p1", 0.75, "", true};
  spec.events.push_back(merger);
  const Market market(spec);
  TransitionKernel kernel(market);
  kernel.fill(small::parameters(market, 0), small::opening(market));
  EXPECT_TRUE(kernel.moves().empty());
  kernel.fill(small::parameters(market, 1), small::opening(market));
  ASSERT_EQ(kernel.moves().size(), 1u);
  EXPECT_EQ(kernel.moves()[0].from, ProviderId(0));
  EXPECT_EQ(kernel.moves()[0].share, 0.75);
  EXPECT_TRUE(kernel.moves()[0].keep_stage);
  kernel.fill(small::parameters(market, 2), small::opening(market));
  EXPECT_TRUE(kernel.moves().empty());
}

}  // namespace
