#include <cmath>

#include <gtest/gtest.h>

#include "lockin/simulation/simulate.hpp"
#include "mean_field_reference.hpp"

// lockin, given `market_of`, simulates the workload and not something near it: its mean field is that of the short
// recursion, which reads the workload itself. Without chance, so the tolerance is rounding.
namespace lockin::bench {
namespace {

class WorkloadMarketTest : public testing::TestWithParam<Workload> {};

TEST_P(WorkloadMarketTest, MeanFieldIsTheReference) {
  const Workload& workload = GetParam();
  const SharePath expected = mean_field_reference(workload);
  const Trajectory path = simulate(Market(market_of(workload)), {.engine = EngineKind::mean_field});
  ASSERT_EQ(path.size(), period_count);
  for (std::size_t t = 0; t < period_count; ++t)
    for (std::size_t l = 0; l < workload.layers.size(); ++l)
      for (std::size_t j = 0; j < provider_count; ++j)
        EXPECT_NEAR(path.at(Period(t)).customer_share(LayerId(l), ProviderId(j)), expected[t][l][j], 1e-11)
            << "t = " << t << ", " << workload.layers[l].name << ", provider " << j;
}

INSTANTIATE_TEST_SUITE_P(Workloads, WorkloadMarketTest,
                         testing::Values(one_layer_busy(1'000'000), one_layer_quiet(1'000'003),
                                         two_layers(1'000'000)),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace lockin::bench
