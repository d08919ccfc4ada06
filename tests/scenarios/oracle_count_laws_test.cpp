// Oracle 3: the exact law of the counts, enumerated over all histories, for few customers; their moments for many.
// Oracle 4 (adopters) and oracle 5 (urn): two more laws of counts that are known exactly.
#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "lockin/engine/agent_engine.hpp"
#include "lockin/engine/cohort_engine.hpp"
#include "lockin/engine/mean_field_engine.hpp"
#include "numbered.hpp"
#include "oracle_files.hpp"
#include "plain_market.hpp"
#include "statistical.hpp"

namespace lockin::test {
namespace {

PlainMarket market_of(const nlohmann::json& p) {
  PlainMarket of{.utility = p.at("V"), .rho = p.at("rho"), .eta = p.value("eta", 0.0)};
  if (p.contains("D")) {
    const std::vector<double> kappa = p.at("kappa");
    of.kappa = kappa.front();
    of.kappa_full = kappa.back();
    for (const double k : kappa) of.curve.push_back((k - kappa.front()) / (kappa.back() - kappa.front()));
    of.curve.back() = 1;
    of.stages = p.at("D");
    of.lambda = p.at("lambda");
  } else {
    of.kappa = p.at("kappa");
  }
  return of;
}

// Customers at the providers, stage 0, as the oracle's n0 says.
Population opening_of(const nlohmann::json& p, const SlotStates& states) {
  Population opening;
  for (std::size_t j = 0; j < 3; ++j)
    if (const std::uint64_t n = p.at("n0")[j]; n > 0) opening.push_back({TypeId(0), {states.held(j, 0)}, n});
  return opening;
}

// Chi-square tests of counts against the columns prob_t1.. of the oracle: [period][cell], a cell is (n0, n1, n2).
class CellCounts {
 public:
  explicit CellCounts(const nlohmann::json& one) : law_(oracle_columns(one.at("expected").at("law_in_csv"))) {
    for (auto& counts : counts_) counts.assign(law_.at("n0").size(), 0);
  }
  void add(std::size_t period, const std::array<int, 3>& n) {
    for (std::size_t cell = 0; cell < counts_[period].size(); ++cell)
      counts_[period][cell] +=
          law_.at("n0")[cell] == n[0] && law_.at("n1")[cell] == n[1] && law_.at("n2")[cell] == n[2];
  }
  void check() const {
    for (std::size_t t = 0; t < 3; ++t)
      EXPECT_TRUE(statistical::fits_counts(counts_[t], law_.at(numbered("prob_t", t + 1))))
          << "t = " << t + 1;
  }

 private:
  Columns law_;
  std::array<std::vector<std::uint64_t>, 3> counts_;
};

class CountLaws : public ::testing::TestWithParam<const char*> {
 protected:
  const nlohmann::json one_ = oracle("03_exact_count_laws.json").at("law_cases").at(GetParam());
};

TEST_P(CountLaws, MeanFieldCounts) {
  const Market market(plain_spec(market_of(one_.at("parameters"))));
  MeanFieldEngine engine(market, opening_of(one_.at("parameters"), {3, market.layer(LayerId(0)).stages}));
  Loop loop(market, engine);
  for (int t = 0; t < 3; ++t) loop.step();
  for (std::size_t j = 0; j < 3; ++j)
    expect_close(loop.last().customers.sum(LayerId(0), ProviderId(j)),
                 one_.at("expected").at("mean_field_counts_t3")[j], 1e-12, "mean field");
}

// 40,000 histories of 4 customers: a period of a history is a step of an engine of its own.
template <class E>
void expect_counts(const nlohmann::json& one) {
  const Market market(plain_spec(market_of(one.at("parameters"))));
  const Population opening = opening_of(one.at("parameters"), {3, market.layer(LayerId(0)).stages});
  const PeriodParameters parameters = ParameterPaths(market, {}).at(0);
  TransitionKernel kernel(market);
  CellCounts counts(one);
  for (std::uint32_t r = 0; r < 40'000; ++r) {
    E engine(market, {.seed = 11, .replication = r}, opening);
    for (std::size_t t = 0; t < 3; ++t) {
      kernel.fill(parameters, measure_period(market, parameters, engine.tally()));
      engine.step(kernel, {11, r, Period(t)});
      const Aggregates now = measure_period(market, parameters, engine.tally());
      std::array<int, 3> n{};
      for (std::size_t j = 0; j < 3; ++j)
        n[j] = static_cast<int>(now.customers.sum(LayerId(0), ProviderId(j)));
      counts.add(t, n);
    }
  }
  counts.check();
}

TEST_P(CountLaws, CountsOfAgents) { expect_counts<AgentEngine>(one_); }
TEST_P(CountLaws, CountsOfCohorts) { expect_counts<CohortEngine>(one_); }

INSTANTIATE_TEST_SUITE_P(Oracle3, CountLaws, ::testing::Values("N4_J3", "N4_J3_eta", "N4_J3_stages_eta"),
                         [](const auto& of) { return std::string(of.param); });

// Without feedback, neighbours in one engine are independent histories too: draws of neighbours must not be related.
TEST(OracleCountLaws, NeighboursInABlockAreIndependent) {
  const nlohmann::json one = oracle("03_exact_count_laws.json").at("law_cases").at("N4_J3");
  const Market market(plain_spec(market_of(one.at("parameters"))));
  Population opening;
  for (int group = 0; group < 200'000; ++group)
    for (const PopulationCell& cell : opening_of(one.at("parameters"), {3, 0})) opening.push_back(cell);
  AgentEngine engine(market, {}, opening);
  Loop loop(market, engine);
  CellCounts counts(one);
  for (std::size_t t = 0; t < 3; ++t) {
    loop.step();
    const auto columns = engine.columns();
    const auto states = columns[0].states[0];
    for (std::size_t i = 0; i < states.size(); i += 4) {
      std::array<int, 3> n{};
      for (std::size_t customer = i; customer < i + 4; ++customer) ++n[states[customer]];
      counts.add(t, n);
    }
  }
  counts.check();
}

template <class E>
void expect_moments() {
  const nlohmann::json one = oracle("03_exact_count_laws.json").at("moment_cases").at("N1000_J3");
  const nlohmann::json& expected = one.at("expected");
  const Market market(plain_spec(market_of(one.at("parameters"))));
  const Population opening = opening_of(one.at("parameters"), {3, 0});
  std::map<int, std::array<std::vector<double>, 3>> n;  // by period
  std::vector<double> movers;
  for (std::uint32_t r = 0; r < 4000; ++r) {
    E engine(market, {.seed = 3, .replication = r}, opening);
    Loop loop(market, engine);
    for (int t = 1; t <= 12; ++t) {
      loop.step(3, r);
      if (t == 1) movers.push_back(loop.last().moved.sum(LayerId(0)));
      if (t == 1 || t == 4 || t == 12)
        for (std::size_t j = 0; j < 3; ++j)
          n[t][j].push_back(loop.last().customers.sum(LayerId(0), ProviderId(j)));
    }
  }
  for (const auto& [t, counts] : n)
    for (std::size_t j = 0; j < 3; ++j) {
      EXPECT_TRUE(statistical::mean_is(counts[j], expected.at(numbered("mean_t", t))[j])) << "t = " << t;
      EXPECT_TRUE(statistical::variance_is(counts[j], expected.at(numbered("covariance_t", t))[j][j]))
          << "t = " << t;
    }
  // Covariance of two dates: the product of deviations from the exact means.
  for (std::size_t a = 0; a < 3; ++a)
    for (std::size_t b = 0; b < 3; ++b) {
      std::vector<double> products;
      for (std::size_t r = 0; r < movers.size(); ++r)
        products.push_back((n[4][a][r] - expected.at("mean_t4")[a].get<double>()) *
                           (n[12][b][r] - expected.at("mean_t12")[b].get<double>()));
      EXPECT_TRUE(statistical::mean_is(
          products, expected.at("cross_covariance_n_t4_with_n_t12 (rows t4, columns t12)")[a][b]));
    }
  EXPECT_TRUE(statistical::mean_is(movers, expected.at("movers_in_period_1_mean")));
  EXPECT_TRUE(statistical::variance_is(movers, expected.at("movers_in_period_1_variance")));
}

TEST(OracleCountLaws, MomentsOfAThousandCustomers) { expect_moments<AgentEngine>(); }
TEST(OracleCountLawsOfCohorts, MomentsOfAThousandCustomers) { expect_moments<CohortEngine>(); }

template <class E>
void expect_adopters() {
  const nlohmann::json one = oracle("04_bass.json").at("exact_law_cases").at("N10");
  PlainMarket of{.utility = {0, 0.4}, .rho = 0.3, .kappa = 0.5, .adopted = 0};
  of.innovate = one.at("parameters").at("p");
  of.imitate = one.at("parameters").at("b");
  of.customers = 10;
  const Market market(plain_spec(of));
  const PeriodParameters parameters = ParameterPaths(market, {}).at(0);
  TransitionKernel kernel(market);
  std::map<int, std::vector<std::uint64_t>> counts;
  for (const int t : {1, 4, 8}) counts[t].assign(11, 0);
  for (std::uint32_t r = 0; r < 20'000; ++r) {
    E engine(market, {.seed = 4, .replication = r});
    for (int t = 1; t <= 8; ++t) {
      kernel.fill(parameters, measure_period(market, parameters, engine.tally()));
      engine.step(kernel, {4, r, Period(static_cast<std::size_t>(t - 1))});
      if (counts.count(t) == 0) continue;
      ++counts[t][10 - static_cast<std::size_t>(
                           engine.tally().slots[0][0].held[engine.tally().slots[0][0].states.none()])];
    }
  }
  for (const auto& [t, of_period] : counts) {
    const std::vector<double> law = one.at("expected").at(numbered("law_t", t));
    EXPECT_TRUE(statistical::fits_counts(of_period, law)) << "t = " << t;
  }
}

TEST(OracleBassLaw, NumberOfAdoptersOfTen) { expect_adopters<AgentEngine>(); }
TEST(OracleBassLawOfCohorts, NumberOfAdoptersOfTen) { expect_adopters<CohortEngine>(); }

struct Proportional {
  void probabilities(const ChoiceContext& context, std::span<const double>, std::span<double> p) const {
    std::copy(context.last_share.begin(), context.last_share.end(), p.begin());
  }
};

// Entry is Poisson, so that "one customer a period" is no market of its own: each period of the urn is one step of an engine
// that starts from the counts so far and one customer who holds nothing and adopts for certain.
template <class E>
void expect_beta_binomial() {
  const nlohmann::json cases = oracle("05_feedback.json").at("urn_cases");
  ASSERT_EQ(cases.size(), 2u);
  for (const auto& [name, one] : cases.items()) {
    const std::vector<std::uint64_t> initial = one.at("parameters").at("initial_counts");
    const std::size_t J = initial.size(), added = one.at("parameters").at("customers_added");
    PlainMarket of{.utility = std::vector<double>(J, 0.0), .rho = 0};
    of.innovate = 1;
    const Market market(plain_spec(of));
    const PeriodParameters parameters = ParameterPaths(market, {}).at(0);
    TransitionKernel kernel(market, Proportional{});
    std::vector<std::uint64_t> counts(added + 1, 0);
    for (std::uint32_t r = 0; r < 15'000; ++r) {
      std::vector<std::uint64_t> held = initial;
      for (std::size_t t = 0; t < added; ++t) {
        Population opening;
        for (std::size_t j = 0; j < J; ++j) opening.push_back({TypeId(0), {j}, held[j]});
        opening.push_back({TypeId(0), {J}, 1});
        E engine(market, {.seed = 8, .replication = r}, opening);
        kernel.fill(parameters, measure_period(market, parameters, engine.tally()));
        engine.step(kernel, {8, r, Period(t)});
        for (std::size_t j = 0; j < J; ++j)
          held[j] = static_cast<std::uint64_t>(engine.tally().slots[0][0].held[j]);
      }
      ++counts[held[0] - initial[0]];
    }
    const std::vector<double> law =
        one.at("expected").at("law_of_customers_added_at_provider_0 (beta-binomial pmf, k=0..T)");
    EXPECT_TRUE(statistical::fits_counts(counts, law)) << name;
  }
}

TEST(OracleUrn, CustomersAddedAreBetaBinomial) { expect_beta_binomial<AgentEngine>(); }
TEST(OracleUrnOfCohorts, CustomersAddedAreBetaBinomial) { expect_beta_binomial<CohortEngine>(); }

}  // namespace
}  // namespace lockin::test
