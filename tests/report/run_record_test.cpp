#include "lockin/report/run_record.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace lockin {
namespace {

RunRecord record() {
  RunRecord r;
  r.version = "0.1.0";
  r.scenario = "duopoly";
  r.title = "Duopoly";
  r.resolved = "title = \"Duopoly\"\n";
  r.overrides = {"portability=0.6"};
  r.engine = "agent";
  r.seed = 9223372036854775807u;
  r.customers = 1000;
  r.threads = 2;
  r.machine = Machine::here();
  return r;
}

TEST(RunRecord, HoldsWhatRepeatsTheRun) {
  const auto json = nlohmann::json::parse(to_json(record(), {"shares.csv", "run.json"}));
  EXPECT_EQ(json["written_by"], "lockin");
  EXPECT_EQ(json["seed"].get<std::uint64_t>(), 9223372036854775807u);  // exact, beyond 2^53
  EXPECT_EQ(json["customers"], 1000);
  EXPECT_EQ(json["engine"], "agent");
  EXPECT_EQ(json["overrides"], nlohmann::json({"portability=0.6"}));
  EXPECT_EQ(json["resolved_scenario"], "title = \"Duopoly\"\n");
  EXPECT_EQ(json["files"], nlohmann::json({"shares.csv", "run.json"}));
  EXPECT_GT(json["machine"]["processors"].get<int>(), 0);
  EXPECT_EQ(json["machine"].size(), 3u);  // neither the computer's name nor its user's
}

TEST(RunRecord, MeanFieldHasNoSingleCustomers) {
  RunRecord r = record();
  r.customers.reset();
  EXPECT_TRUE(nlohmann::json::parse(to_json(r))["customers"].is_null());
}

TEST(RunRecord, SurvivesTextThatIsNoUtf8) {
  RunRecord r = record();
  r.title = "\xff";
  EXPECT_TRUE(nlohmann::json::parse(to_json(r)).is_object());
}

// Test vectors of the authors, http://www.isthe.com/chongo/tech/comp/fnv
TEST(Fnv1a64, AgreesWithItsAuthors) {
  EXPECT_EQ(fnv1a64(""), 0xcbf29ce484222325u);
  EXPECT_EQ(fnv1a64("a"), 0xaf63dc4c8601ec8cu);
  EXPECT_EQ(fnv1a64("foobar"), 0x85944171f73967e8u);
}

}  // namespace
}  // namespace lockin
