#include "lockin/report/rankings_json.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "report/hand_made.hpp"

namespace lockin {
namespace {

TEST(RankingsJson, RanksByYearAndMeasure) {
  RunRecord record;
  record.seed = 7;
  const auto json = nlohmann::json::parse(rankings_json(testing::two_layers(), record));
  EXPECT_EQ(json["record"]["seed"], 7);
  const auto find = [&](const char* moment, const char* layer, const char* measure) {
    for (const auto& ranking : json["rankings"])
      if (ranking["moment"] == moment && ranking["layer"] == layer && ranking["measure"] == measure)
        return ranking["providers"];
    return nlohmann::json();
  };
  const auto tokens = find("2025", "maas", "token_share");
  ASSERT_EQ(tokens.size(), 2u);
  EXPECT_EQ(tokens[0]["provider"], "c");
  EXPECT_EQ(tokens[0]["name"], "伽马云");
  EXPECT_EQ(tokens[0]["rank"], 1);
  EXPECT_EQ(tokens[0]["value"].get<double>(), 44.0 / 76.0);
  EXPECT_EQ(find("opening", "all", "revenue_share")[0]["provider"], "a");
  EXPECT_TRUE(find("2025", "iaas", "token_share").is_null());
  EXPECT_TRUE(find("2026", "all", "revenue_share").is_null());  // not whole
}

TEST(RankingsJson, GivesPeriodsWhereNoYearIsWhole) {
  const auto path = testing::revenue_history({"a", "b"}, {{1, 2}, {1, 2}, {3, 2}});
  const auto json = nlohmann::json::parse(rankings_json(path, {}));
  EXPECT_EQ(json["rankings"].back()["moment"], "2025Q2");
}

}  // namespace
}  // namespace lockin
