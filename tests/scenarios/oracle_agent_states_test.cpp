// Oracles 1 and 2 for agents and cohorts: not counts of customers alone but the joint law of providers, stages and the other slot.
// Openings are drawn customer by customer, so that counts are multinomial and the chi-square test is exact.
#include <gtest/gtest.h>

#include "joint_counts.hpp"
#include "lockin/engine/agent_engine.hpp"
#include "lockin/engine/cohort_engine.hpp"
#include "lockin/random/multinomial.hpp"
#include "numbered.hpp"
#include "oracle_files.hpp"
#include "plain_market.hpp"
#include "statistical.hpp"
#include "two_slots_market.hpp"

namespace lockin::test {
namespace {

template <class E>
void expect_providers_and_stages() {
  const nlohmann::json one = oracle("01_switching_cost_chain.json").at("cases").at("stage_J3_D4");
  const nlohmann::json& p = one.at("parameters");
  PlainMarket of{
      .utility = p.at("V"), .share = p.at("s0"), .rho = p.at("rho"), .kappa = p.at("kappa_initial")};
  of.kappa_full = p.at("kappa_full");
  of.stages = p.at("D");
  of.lambda = p.at("lambda");
  of.tau = p.at("tau");
  of.customers = 1'000'000;
  const Market market(plain_spec(of));
  E engine(market, {.seed = 21});
  Loop loop(market, engine);
  for (int t = 0; t < 24; ++t) loop.step(21);
  std::vector<std::uint64_t> counts;
  std::vector<double> law;
  const SlotTally& slot = engine.tally().slots[0][0];
  for (std::size_t x = 0; x < 3; ++x)
    for (std::size_t d = 0; d < 5; ++d) {
      counts.push_back(static_cast<std::uint64_t>(slot.held[slot.states.held(x, d)]));
      law.push_back(one.at("expected").at("state_t24(incumbent,stage)")[x][d]);
    }
  EXPECT_TRUE(statistical::fits_counts(counts, law));
}

TEST(OracleAgentStates, ProvidersAndStagesAfter24Periods) { expect_providers_and_stages<AgentEngine>(); }
TEST(OracleAgentStatesOfCohorts, ProvidersAndStagesAfter24Periods) {
  expect_providers_and_stages<CohortEngine>();
}

template <class E>
void expect_rows() {
  const nlohmann::json one = oracle("01_switching_cost_chain.json").at("cases").at("J6");
  const nlohmann::json& p = one.at("parameters");
  const PlainMarket of{.utility = p.at("V"), .rho = p.at("rho"), .kappa = p.at("kappa")};
  const Market market(plain_spec(of));
  for (std::size_t x = 0; x < 6; ++x) {
    E engine(market, {.seed = 22}, {{TypeId(0), {x}, 1'000'000}});
    Loop loop(market, engine);
    loop.step(22);
    std::vector<std::uint64_t> counts;
    for (std::size_t j = 0; j < 6; ++j)
      counts.push_back(static_cast<std::uint64_t>(engine.tally().slots[0][0].held[j]));
    const std::vector<double> row = one.at("expected").at("transition_matrix")[x];
    EXPECT_TRUE(statistical::fits_counts(counts, row)) << "from " << x;
  }
}

TEST(OracleAgentStates, OnePeriodOfEveryIncumbent) { expect_rows<AgentEngine>(); }
TEST(OracleAgentStatesOfCohorts, OnePeriodOfEveryIncumbent) { expect_rows<CohortEngine>(); }

class TwoSlotsOfAgents : public ::testing::TestWithParam<const char*> {};
class TwoSlotsOfCohorts : public ::testing::TestWithParam<const char*> {};

template <class E>
void expect_joint_law(const std::string& name) {
  const nlohmann::json one = oracle("02_two_slots.json").at("cases").at(name);
  const nlohmann::json& p = one.at("parameters");
  const Market market(two_slots_spec(p));
  constexpr std::uint64_t customers = 1'000'000;
  std::vector<double> law(16, 0.0);
  for (std::size_t i = 0; i < 3; ++i)
    for (std::size_t m = 0; m < p.at("joint0")[i].size(); ++m) law[4 * i + m] = p.at("joint0")[i][m];
  std::vector<std::uint64_t> drawn(16);
  Philox draws = StreamKey{.seed = 23}.stream();
  draw_multinomial(customers, law, draws, drawn);
  Population opening;
  for (std::size_t cell = 0; cell < 16; ++cell)
    opening.push_back({TypeId(0), {cell / 4, cell % 4}, drawn[cell]});
  E engine(market, {.seed = 23}, opening);
  const JointTables tables(market, CohortEngine(market, {}));
  ASSERT_EQ(tables.cells, 16u);
  Loop loop(market, engine);
  const Columns path = oracle_columns("02_" + name + "_path.csv");
  while (loop.t() < 24) {
    loop.step(23);
    const auto t = static_cast<std::size_t>(loop.t());
    if (t != 1 && t != 4 && t != 24) continue;
    const std::vector<double> joint = tables.count(engine);
    const std::vector<std::uint64_t> counts(joint.begin(), joint.end());
    for (std::size_t cell = 0; cell < 16; ++cell) {
      const std::string column =
          numbered("joint_i", cell / 4) + (cell % 4 == 3 ? "_mnone" : numbered("_m", cell % 4));
      law[cell] = path.count(column) ? path.at(column)[t] : 0.0;
    }
    EXPECT_TRUE(statistical::fits_counts(counts, law)) << "t = " << t;
  }
}

TEST_P(TwoSlotsOfAgents, JointLaw) { expect_joint_law<AgentEngine>(GetParam()); }
TEST_P(TwoSlotsOfCohorts, JointLaw) { expect_joint_law<CohortEngine>(GetParam()); }

INSTANTIATE_TEST_SUITE_P(Oracle2, TwoSlotsOfAgents, ::testing::Values("J3", "J3_adoption"),
                         [](const auto& of) { return std::string(of.param); });
INSTANTIATE_TEST_SUITE_P(Oracle2, TwoSlotsOfCohorts, ::testing::Values("J3", "J3_adoption"),
                         [](const auto& of) { return std::string(of.param); });

}  // namespace
}  // namespace lockin::test
