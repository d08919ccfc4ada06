// Oracle 6: price elasticities in the short and the long run, and the response along the way, by central differences of
// the mean field in ln p.
#include <gtest/gtest.h>

#include <cmath>

#include "lockin/choice/switching_cost.hpp"
#include "lockin/simulation/simulate.hpp"
#include "numbered.hpp"
#include "oracle_files.hpp"
#include "plain_market.hpp"

namespace lockin::test {
namespace {

// ln share of every provider after each period, after a change of ln price k by `step` from the first period on.
std::vector<std::vector<double>> log_shares(const nlohmann::json& p, const std::vector<double>& base,
                                            std::size_t k, double step, int periods) {
  PlainMarket of{.utility = p.at("quality_part"),
                 .share = base,
                 .rho = p.at("rho"),
                 .kappa = p.at("kappa"),
                 .periods = periods};
  MarketSpec spec = plain_spec(of);
  spec.segments[0].taste_price = TasteSpec(p.at("alpha").get<double>());
  for (std::size_t j = 0; j < base.size(); ++j) {
    const double price = p.at("price")[j];
    spec.providers[j].offers[0].second.price = Path(j == k ? price * std::exp(step) : price);
  }
  const Trajectory run = simulate(Market(spec), {.engine = EngineKind::mean_field});
  std::vector<std::vector<double>> result;
  for (std::size_t j = 0; j < base.size(); ++j) {
    result.push_back(run.customer_share("cloud", numbered("p", j)));
    for (double& share : result.back()) share = std::log(share);
  }
  return result;
}

class Elasticities : public ::testing::TestWithParam<const char*> {};

TEST_P(Elasticities, ShortRunLongRunAndTheWayBetween) {
  const nlohmann::json one = oracle("06_elasticities.json").at("cases").at(GetParam());
  const nlohmann::json &p = one.at("parameters"), &expected = one.at("expected");
  const std::vector<double> base = expected.at("stationary_shares");
  const double h = 1e-4;
  const int periods = 600;
  for (std::size_t k = 0; k < base.size(); ++k) {
    const auto up = log_shares(p, base, k, h, periods), down = log_shares(p, base, k, -h, periods);
    for (std::size_t j = 0; j < base.size(); ++j) {
      const auto slope = [&](std::size_t after) { return (up[j][after - 1] - down[j][after - 1]) / (2 * h); };
      const std::string what = numbered("share ", j) + numbered(", price ", k);
      expect_close(slope(1), expected.at("short_run_elasticities (one period, stationary base)")[j][k], 1e-6,
                   what, 1);
      expect_close(slope(static_cast<std::size_t>(periods)),
                   expected.at("long_run_elasticities (stationary shares)")[j][k], 1e-6, what, 1);
      if (k != 0) continue;
      const auto& path =
          expected.at("response_path_of_ln_share_to_permanent_change_in_ln_p0 (h=1,2,4,8,12,24)");
      for (const auto& [after, value] : path.items())
        expect_close(slope(std::stoul(after)), value[j], 1e-6, what + " after " + after, 1);
    }
  }
}

TEST_P(Elasticities, MoneyEquivalents) {
  const nlohmann::json one = oracle("06_elasticities.json").at("cases").at(GetParam());
  const double kappa = one.at("parameters").at("kappa"), alpha = one.at("parameters").at("alpha");
  expect_close(premium_the_incumbent_can_charge(kappa, alpha),
               one.at("expected")
                   .at("money_equivalent_of_kappa: exp(kappa/alpha)-1 (premium the incumbent can charge)"),
               1e-12, "premium");
  if (one.at("expected").contains("discount_a_rival_must_offer: 1-exp(-kappa/alpha)"))
    expect_close(discount_a_rival_must_offer(kappa, alpha),
                 one.at("expected").at("discount_a_rival_must_offer: 1-exp(-kappa/alpha)"), 1e-12,
                 "discount");
}

INSTANTIATE_TEST_SUITE_P(Oracle6, Elasticities, ::testing::Values("J3", "J2_no_cost"),
                         [](const auto& of) { return std::string(of.param); });

}  // namespace
}  // namespace lockin::test
