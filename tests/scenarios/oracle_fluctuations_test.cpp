// Oracle 9: with feedback, one history of N customers is O(N^-1/2) away from the mean field (Kurtz 1970, 1971): the
// constant of the law, not only its rate, and for J = 2 the exact mean and variance at finite N.
#include <gtest/gtest.h>

#include <cmath>

#include "lockin/engine/agent_engine.hpp"
#include "lockin/engine/cohort_engine.hpp"
#include "numbered.hpp"
#include "oracle_files.hpp"
#include "plain_market.hpp"
#include "statistical.hpp"

namespace lockin::test {
namespace {

// Shares of one provider at t = 1, 4, 12, 24 over replications: [period][replication].
template <class E>
std::map<int, std::vector<double>> histories(const nlohmann::json& p, std::uint64_t customers,
                                             std::uint32_t replications, std::size_t provider) {
  const PlainMarket of{.utility = p.at("V"), .rho = p.at("rho"), .kappa = p.at("kappa"), .eta = p.at("eta")};
  const Market market(plain_spec(of));
  Population opening;
  for (std::size_t j = 0; j < of.utility.size(); ++j)
    opening.push_back({TypeId(0),
                       {j},
                       static_cast<std::uint64_t>(
                           std::llround(p.at("s0")[j].get<double>() * static_cast<double>(customers)))});
  std::map<int, std::vector<double>> shares;
  for (std::uint32_t r = 0; r < replications; ++r) {
    E engine(market, {.seed = 31, .replication = r, .threads = 1}, opening);
    Loop loop(market, engine);
    for (int t = 1; t <= 24; ++t) {
      loop.step(31, r);
      if (t == 1 || t == 4 || t == 12 || t == 24)
        shares[t].push_back(loop.last().customer_share(LayerId(0), ProviderId(provider)));
    }
  }
  return shares;
}

template <class E>
void expect_exact_moments() {
  const nlohmann::json one = oracle("09_fluctuations.json").at("cases").at("J2");
  const nlohmann::json& exact =
      one.at("expected").at("exact_chain_for_finite_N (binomial convolution; exact for agent and cohort)");
  for (const std::uint64_t customers : {100u, 1000u})
    for (const auto& [t, shares] : histories<E>(one.at("parameters"), customers, 4000, 0)) {
      const nlohmann::json& of = exact.at(numbered("", customers)).at(numbered("t", t));
      EXPECT_TRUE(statistical::mean_is(shares, of.at("mean_share_0")))
          << customers << " customers, t = " << t;
      EXPECT_TRUE(statistical::variance_is(
          shares, of.at("N_times_variance_share_0").get<double>() / static_cast<double>(customers)))
          << customers << " customers, t = " << t;
    }
}

TEST(OracleFluctuations, ExactMeanAndVarianceOfTwoProviders) { expect_exact_moments<AgentEngine>(); }
TEST(OracleFluctuationsOfCohorts, ExactMeanAndVarianceOfTwoProviders) {
  expect_exact_moments<CohortEngine>();
}

// The variance times N is the same at 1e3 and 1e4 customers: the error of one history falls as N^(-1/2). The bias of the mean
// falls as 1/N: at these N it is below what the test sees.
template <class E>
void expect_root() {
  const nlohmann::json one = oracle("09_fluctuations.json").at("cases").at("J3");
  for (const std::uint64_t customers : {1'000u, 10'000u})
    for (const auto& [t, shares] : histories<E>(one.at("parameters"), customers, 1200, 0)) {
      const nlohmann::json& of = one.at("expected").at(numbered("t", t));
      EXPECT_TRUE(statistical::mean_is(shares, of.at("mean_field_share")[0]))
          << customers << " customers, t = " << t;
      EXPECT_TRUE(statistical::variance_is(
          shares, of.at("N_times_covariance_of_shares")[0][0].get<double>() / static_cast<double>(customers)))
          << customers << " customers, t = " << t;
    }
}

TEST(OracleFluctuations, DistanceToTheMeanFieldFallsAsTheRoot) { expect_root<AgentEngine>(); }
TEST(OracleFluctuationsOfCohorts, DistanceToTheMeanFieldFallsAsTheRoot) { expect_root<CohortEngine>(); }

// With few customers the bias shows: N times it is the same at 50 and 100, 10 standard errors from 0 in either sample.
template <class E>
void expect_bias() {
  const nlohmann::json one = oracle("09_fluctuations.json").at("cases").at("J3");
  const nlohmann::json& of = one.at("expected").at("t24");
  const double mean_field = of.at("mean_field_share")[0];
  const double bias = of.at("N_times_(E[share]-mean_field) (leading order, 5 digits)")[0];
  for (const std::uint64_t customers : {50u, 100u}) {
    const auto replications = static_cast<std::uint32_t>(400 * customers);
    const std::vector<double> shares = histories<E>(one.at("parameters"), customers, replications, 0).at(24);
    EXPECT_TRUE(statistical::mean_is(shares, mean_field + bias / static_cast<double>(customers)));
    EXPECT_FALSE(statistical::mean_is(shares, mean_field)) << "the sample is too small to see the bias";
  }
}

TEST(OracleFluctuations, BiasOfTheMeanFallsAsOneOverN) { expect_bias<AgentEngine>(); }
TEST(OracleFluctuationsOfCohorts, BiasOfTheMeanFallsAsOneOverN) { expect_bias<CohortEngine>(); }

}  // namespace
}  // namespace lockin::test
