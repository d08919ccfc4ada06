// Oracle 4: adoption as in Bass (1969, Management Science 15(5)) in discrete time; the chain-binomial law of the number
// of adopters at small N.
#include <gtest/gtest.h>

#include "lockin/simulation/simulate.hpp"
#include "numbered.hpp"
#include "oracle_files.hpp"
#include "plain_market.hpp"

namespace lockin::test {
namespace {

TEST(OracleBass, RecursionOfEveryProduct) {
  const nlohmann::json cases = oracle("04_bass.json").at("cases");
  ASSERT_EQ(cases.size(), 6u);
  for (const auto& [product, one] : cases.items()) {
    PlainMarket of{.utility = {0, 0.3}, .rho = 0.4, .kappa = 1, .adopted = 0, .periods = 30};
    of.innovate = one.at("parameters").at("p");
    of.imitate = one.at("parameters").at("q");
    const Trajectory run = simulate(Market(plain_spec(of)), {.engine = EngineKind::mean_field});
    const auto& F = one.at("expected").at("discrete_F_t1_to_t30");
    for (std::size_t t = 0; t < F.size(); ++t)
      expect_close(*run.value(static_cast<long>(t), Measure::customers, "cloud", "all", "all") / 1000, F[t],
                   1e-12, product + numbered(" at t = ", t + 1));
  }
}

}  // namespace
}  // namespace lockin::test
