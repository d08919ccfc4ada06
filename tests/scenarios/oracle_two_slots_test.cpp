// Oracle 2: two slots tied by affinity in both directions. Both read the state of t-1: the joint law differs from that
// of slots updated one after the other, and from the product of its marginals.
#include <gtest/gtest.h>

#include "lockin/engine/mean_field_engine.hpp"
#include "numbered.hpp"
#include "oracle_files.hpp"
#include "plain_market.hpp"
#include "two_slots_market.hpp"

namespace lockin::test {
namespace {

class TwoSlots : public ::testing::TestWithParam<const char*> {};

TEST_P(TwoSlots, JointLawOfTheMeanField) {
  const nlohmann::json one = oracle("02_two_slots.json").at("cases").at(GetParam());
  const Market market(two_slots_spec(one.at("parameters")));
  MeanFieldEngine engine(market, two_slots_opening(one.at("parameters"), 100));
  Loop loop(market, engine);
  const Columns path = oracle_columns("02_" + std::string(GetParam()) + "_path.csv");
  for (std::size_t t = 1; t <= 24; ++t) {
    loop.step();
    const std::vector<double>& joint = engine.joint(TypeId(0), 0);
    ASSERT_EQ(joint.size(), 16u);
    for (std::size_t i = 0; i < 3; ++i)
      for (std::size_t m = 0; m < 4; ++m) {
        const std::string column = numbered("joint_i", i) + "_m" + (m < 3 ? std::to_string(m) : "none");
        const double expected = path.count(column) ? path.at(column)[t] : 0.0;
        expect_close(joint[i * 4 + m] / 100, expected, 1e-12, column + numbered(" at t = ", t));
      }
    for (std::size_t j = 0; j < 3; ++j) {
      expect_close(loop.last().customer_share(LayerId(0), ProviderId(j)), path.at(numbered("iaas", j))[t],
                   1e-12, "iaas");
      expect_close(loop.last().customer_share(LayerId(1), ProviderId(j)),
                   path.at(numbered("maas", j) + "_among_adopted")[t], 1e-12, "maas");
    }
  }
  for (std::size_t i = 0; i < 3; ++i)
    for (std::size_t m = 0; m < one.at("expected").at("joint_t24")[i].size(); ++m) {
      const double share = engine.joint(TypeId(0), 0)[i * 4 + m] / 100;
      expect_close(share, one.at("expected").at("joint_t24")[i][m], 1e-12, "joint at 24");
      if (i != 2 || m > 1) continue;
      const double wrong =
          one.at("expected").at("WRONG_if_slots_were_updated_in_sequence_iaas_then_maas_joint_t24")[i][m];
      EXPECT_GT(std::abs(share - wrong), 1e-4);
    }
}

INSTANTIATE_TEST_SUITE_P(Oracle2, TwoSlots, ::testing::Values("J3", "J3_adoption"),
                         [](const auto& of) { return std::string(of.param); });

}  // namespace
}  // namespace lockin::test
