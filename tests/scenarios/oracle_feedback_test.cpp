// Oracle 5: increasing returns. The network effect bends the mean field at eta_c = J / (1 + D) (for J = 2 without
// switching cost: Brock and Durlauf 2001; J = 3, eta = 4 ln 2: mean-field Potts, Wu 1982), and proportional choice is
// the urn of Eggenberger and Polya (1923; Arthur 1989).
#include <gtest/gtest.h>

#include "lockin/simulation/simulate.hpp"
#include "numbered.hpp"
#include "oracle_files.hpp"
#include "plain_market.hpp"

namespace lockin::test {
namespace {

struct Equal {
  std::size_t J = 2;
  double kappa = 0, rho = 1;
};

Trajectory run_from(const Equal& of, std::vector<double> share, double eta, int periods) {
  const PlainMarket plain{.utility = std::vector<double>(of.J, 0.0),
                          .share = std::move(share),
                          .rho = of.rho,
                          .kappa = of.kappa,
                          .eta = eta,
                          .periods = periods};
  return simulate(Market(plain_spec(plain)), {.engine = EngineKind::mean_field});
}

double share(const Trajectory& run, std::size_t j, long t) {
  return *run.value(t, Measure::customer_share, "cloud", "all", numbered("p", j));
}

// Shares of equal providers, but for the first.
std::vector<double> apart(std::size_t J, double first) {
  std::vector<double> shares(J, (1 - first) / static_cast<double>(J - 1));
  shares[0] = first;
  return shares;
}

class NetworkEffect : public ::testing::TestWithParam<const char*> {
 protected:
  const nlohmann::json one_ = oracle("05_feedback.json").at("bifurcation_cases").at(GetParam());
  const nlohmann::json& parameters_ = one_.at("parameters");
  const nlohmann::json& expected_ = one_.at("expected");
  const Equal market_{parameters_.at("J"), parameters_.at("kappa"), parameters_.at("rho")};
};

TEST_P(NetworkEffect, SmallAsymmetriesGrowAsLinearised) {
  const double equal = 1 / static_cast<double>(market_.J), step = 1e-6;
  for (const auto& [eta, growth] : expected_.at("growth_factor_of_a_small_asymmetry_per_period").items()) {
    const double up = share(run_from(market_, apart(market_.J, equal + step), std::stod(eta), 1), 0, 0);
    const double down = share(run_from(market_, apart(market_.J, equal - step), std::stod(eta), 1), 0, 0);
    expect_close((up - down) / (2 * step), growth, 1e-6, "growth at eta " + eta);
  }
  // The critical eta itself: neither growth nor decay.
  const double critical = expected_.at("critical_eta");
  const double up = share(run_from(market_, apart(market_.J, equal + step), critical, 1), 0, 0);
  const double down = share(run_from(market_, apart(market_.J, equal - step), critical, 1), 0, 0);
  expect_close((up - down) / (2 * step), 1, 1e-6, "growth at the critical eta");
}

TEST_P(NetworkEffect, EquilibriaAttractOrStandStill) {
  for (const auto& [eta, equilibria] : expected_.at("equilibria_of_form_(a,b,..,b)_by_eta").items())
    for (const auto& equilibrium : equilibria) {
      const double a = equilibrium.at("share_of_provider_0");
      const std::string what = GetParam() + (" at eta " + eta) + numbered(", share ", a);
      expect_close(share(run_from(market_, apart(market_.J, a), std::stod(eta), 1), 0, 0), a, 1e-9, what, 1);
      const double near = 0.003;
      std::vector<double> start = apart(market_.J, a + near);
      if (market_.J > 2) start[1] += near / 2, start[2] -= near / 2;
      const double later = share(run_from(market_, start, std::stod(eta), 1500), 0, 1499);
      if (equilibrium.at("stable"))
        expect_close(later, a, 1e-8, what, 1);
      else
        EXPECT_GT(std::abs(later - a), 2 * near) << what;
    }
}

TEST_P(NetworkEffect, IteratesOfTheMeanField) {
  if (!expected_.contains("mean_field_path_in_csv")) return;
  const Columns path = oracle_columns(expected_.at("mean_field_path_in_csv"));
  const auto& iterate = parameters_.at("iterate");
  const Trajectory run = run_from(market_, iterate.at("s0"), iterate.at("eta"), iterate.at("T"));
  for (std::size_t t = 1; t <= run.size(); ++t)
    for (std::size_t j = 0; j < market_.J; ++j)
      expect_close(share(run, j, static_cast<long>(t) - 1), path.at(numbered("s", j))[t], 1e-11,
                   numbered("t = ", t), 1);
}

INSTANTIATE_TEST_SUITE_P(Oracle5, NetworkEffect,
                         ::testing::Values("J2_kappa0", "J2_kappa1", "J3_kappa0", "J3_kappa1"),
                         [](const auto& of) { return std::string(of.param); });

TEST(OracleFeedback, ExactPoints) {
  const nlohmann::json points = oracle("05_feedback.json").at("exact_points (same for every rho)");
  const double a = points.at("J2_kappa0").at("a"), eta = points.at("J2_kappa0").at("eta");
  EXPECT_NEAR(share(run_from({2, 0, 0.7}, apart(2, a), eta, 1), 0, 0), a, 1e-12);
  EXPECT_NEAR(share(run_from({3, 0, 0.7}, apart(3, 2.0 / 3), points.at("J3_kappa0").at("eta"), 1), 0, 0),
              2.0 / 3, 1e-12);
}

}  // namespace
}  // namespace lockin::test
