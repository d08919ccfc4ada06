// Oracle 1: the Markov chain of a slot with a switching cost, its stationary law, lock-in stages. Source: the choice
// rule of Train (2009, ch. 3) iterated by an independent program, and detailed balance.
#include <gtest/gtest.h>

#include "lockin/engine/mean_field_engine.hpp"
#include "lockin/simulation/simulate.hpp"
#include "numbered.hpp"
#include "oracle_files.hpp"
#include "plain_market.hpp"

namespace lockin::test {
namespace {

PlainMarket market_of(const nlohmann::json& p) {
  PlainMarket of{.utility = p.at("V"), .share = p.at("s0"), .rho = p.at("rho")};
  if (p.contains("D")) {
    of.stages = p.at("D");
    of.lambda = p.at("lambda");
    of.kappa = p.at("kappa_initial");
    of.kappa_full = p.at("kappa_full");
    of.portability = p.at("portability");
    of.factor = p.at("factor");
    of.opening_stage = p.at("start_stage");
    if (p.contains("tau")) of.tau = p.at("tau");
    if (p.contains("g")) of.curve = p.at("g").get<std::vector<double>>();
  } else {
    of.kappa = p.at("kappa");
  }
  return of;
}

class SwitchingCostChain : public ::testing::TestWithParam<const char*> {
 protected:
  const nlohmann::json cases_ = oracle("01_switching_cost_chain.json").at("cases");
  const nlohmann::json& parameters_ = cases_.at(GetParam()).at("parameters");
  const nlohmann::json& expected_ = cases_.at(GetParam()).at("expected");
};

TEST_P(SwitchingCostChain, PathOfTheMeanField) {
  const Columns path = oracle_columns("01_" + std::string(GetParam()) + "_path.csv");
  const Trajectory run =
      simulate(Market(plain_spec(market_of(parameters_))), {.engine = EngineKind::mean_field});
  const std::size_t J = parameters_.at("V").size();
  ASSERT_EQ(path.at("t").size(), run.size() + 1);
  for (std::size_t t = 1; t <= run.size(); ++t) {
    const long now = static_cast<long>(t) - 1;
    const std::string when = numbered(" at t = ", t);
    for (std::size_t j = 0; j < J; ++j)
      expect_close(*run.value(now, Measure::customer_share, "cloud", "all", numbered("p", j)),
                   path.at(numbered("s", j))[t], 1e-12, "share" + when);
    expect_close(*run.value(now, Measure::churn, "cloud", "all", "all"), path.at("churn_in_period_t")[t],
                 1e-12, "churn" + when);
    if (path.count("mean_stage") == 0) continue;
    expect_close(*run.value(now, Measure::mean_stage, "cloud", "all", "all"), path.at("mean_stage")[t], 1e-12,
                 "stage" + when);
    expect_close(*run.value(now, Measure::mean_switching_cost, "cloud", "all", "all"),
                 path.at("mean_kappa")[t], 1e-12, "cost" + when);
  }
}

TEST_P(SwitchingCostChain, StationaryLawOfTheMeanField) {
  PlainMarket of = market_of(parameters_);
  of.periods = 1200;
  const Market market(plain_spec(of));
  MeanFieldEngine engine(market);
  Loop loop(market, engine);
  while (loop.t() < of.periods) loop.step();
  for (std::size_t j = 0; j < of.utility.size(); ++j)
    expect_close(loop.last().customer_share(LayerId(0), ProviderId(j)), expected_.at("stationary_shares")[j],
                 1e-10, "stationary share");
  const double churn = (loop.last().moved.sum(LayerId(0))) / loop.last().held_before.sum(LayerId(0));
  expect_close(churn, expected_.at("stationary_churn"), 1e-10, "stationary churn");
  if (!expected_.contains("stationary(incumbent,stage)")) return;
  const SlotTally& slot = engine.tally().slots[0][0];
  for (std::size_t x = 0; x < of.utility.size(); ++x)
    for (std::size_t d = 0; d < slot.states.stage_count(); ++d)
      expect_close(slot.held[slot.states.held(x, d)] / 1000,
                   expected_.at("stationary(incumbent,stage)")[x][d], 1e-10, "stationary state");
}

TEST_P(SwitchingCostChain, KernelStaysAsTheMatrixSays) {
  PlainMarket of = market_of(parameters_);
  const Market market(plain_spec(of));
  MeanFieldEngine engine(market);
  Loop loop(market, engine);
  loop.step();
  const SlotKernel& kernel = loop.kernel().slot(0, 0);
  for (std::size_t x = 0; x < of.utility.size(); ++x) {
    if (expected_.contains("transition_matrix")) {
      expect_close(1 - kernel.move(0, kernel.states.held(x, 0)), expected_.at("transition_matrix")[x][x],
                   1e-12, "stay");
      for (std::size_t j = 0; j < of.utility.size(); ++j)
        if (j != x)
          expect_close(kernel.act(0, kernel.states.held(x, 0)) * kernel.row(0, kernel.states.held(x, 0))[j],
                       expected_.at("transition_matrix")[x][j], 1e-12, "move");
    } else {
      for (std::size_t d = 0; d < kernel.states.stage_count(); ++d)
        expect_close(1 - kernel.move(0, kernel.states.held(x, d)),
                     expected_.at("probability_of_staying(incumbent,stage)")[x][d], 1e-12, "stay");
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Oracle1, SwitchingCostChain,
                         ::testing::Values("J2_symmetric", "J2", "J6", "J6_symmetric", "J6_no_switching_cost",
                                           "stage_J3_D4", "stage_J6_D4_list", "stage_J2_D4_tenure"),
                         [](const auto& of) { return std::string(of.param); });

}  // namespace
}  // namespace lockin::test
