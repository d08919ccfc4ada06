// Whole scenarios against two independent programs that agree to 5e-12 (tests/data/scenarios).
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "lockin/scenario/load.hpp"
#include "lockin/scenario/simulate_scenario.hpp"

namespace lockin {
namespace {

struct Row {
  long t = 0;
  std::string layer, provider;
  Measure measure = Measure::customers;
  double value = 0;
};

std::string path_to(const std::string& file) { return std::string(LOCKIN_TEST_DATA) + "/scenarios/" + file; }

std::vector<Row> expected_rows(const std::string& name, const Calendar& calendar) {
  std::map<std::string, long> periods;
  for (long t = 0; t < static_cast<long>(calendar.size()); ++t) periods[calendar.label(t)] = t;
  std::ifstream file(path_to(name + ".expected.csv"));
  std::string line;
  std::getline(file, line);
  EXPECT_EQ(line, "period,layer,provider,measure,value");
  std::vector<Row> rows;
  while (std::getline(file, line)) {
    std::stringstream cells(line);
    std::string period, measure, value;
    Row row;
    std::getline(cells, period, ',');
    std::getline(cells, row.layer, ',');
    std::getline(cells, row.provider, ',');
    std::getline(cells, measure, ',');
    std::getline(cells, value, ',');
    row.t = periods.at(period);
    row.measure = measure_named(measure).value();
    row.value = std::stod(value);
    rows.push_back(row);
  }
  return rows;
}

std::string described(const std::string& name, const Row& row) {
  return name + " period " + std::to_string(row.t) + " " + row.layer + " " + row.provider + " " +
         std::string(name_of(row.measure));
}

class OracleScenario : public testing::TestWithParam<const char*> {};

TEST_P(OracleScenario, MeanFieldIsTheExpectedPathInEveryRow) {
  const std::string name = GetParam();
  const Scenario scenario = load_scenario(path_to(name + ".toml"));
  const Trajectory path = simulate(scenario, {.engine = EngineKind::mean_field});
  const std::vector<Row> rows = expected_rows(name, path.calendar());
  EXPECT_GT(rows.size(), 300u);
  for (const Row& row : rows) {
    const auto value = path.value(row.t, row.measure, row.layer, "all", row.provider);
    ASSERT_TRUE(value) << described(name, row);
    EXPECT_NEAR(*value, row.value, 1e-9 * std::max(std::abs(row.value), 1e-3)) << described(name, row);
  }
}

// A value that the oracle lacks must be missing here too.
TEST_P(OracleScenario, HasNoValueWhereTheOracleHasNone) {
  const std::string name = GetParam();
  const Trajectory path =
      simulate(load_scenario(path_to(name + ".toml")), {.engine = EngineKind::mean_field});
  std::map<std::string, bool> known;
  for (const Row& row : expected_rows(name, path.calendar())) known[described(name, row)] = true;
  std::vector<std::string> layers = path.names().layers, providers = path.names().providers;
  layers.emplace_back("all");
  providers.emplace_back("all");
  for (long t = 0; t < static_cast<long>(path.size()); ++t)
    for (const std::string& layer : layers)
      for (const std::string& provider : providers)
        for (const Measure measure : all_measures()) {
          const Row row{t, layer, provider, measure, 0};
          if (path.value(t, measure, layer, "all", provider)) {
            EXPECT_TRUE(known.contains(described(name, row))) << described(name, row);
          }
        }
}

INSTANTIATE_TEST_SUITE_P(All, OracleScenario,
                         testing::Values("duopoly", "growing_market", "learning", "market_events",
                                         "revealed_move", "two_layers", "two_slots"),
                         [](const auto& one) { return std::string(one.param); });

class OracleWithoutFeedback : public testing::TestWithParam<const char*> {};

// False alarms: 1e-6 over the family of about 1900 rows, so 5e-10 a row; Student's t with 99 degrees of freedom: 6.95.
// Power: with 20 times the customers of the scenario a customer share that is off by 0.003 is found.
// Left out: increment_share, a ratio of differences whose mean is not the ratio of the means.
void expect_agreement_on_average(const std::string& name, EngineKind engine) {
  constexpr std::uint32_t replications = 100;
  constexpr double threshold = 7;
  const Scenario scenario = load_scenario(path_to(name + ".toml"));
  std::uint64_t customers = 0;
  for (const SegmentSpec& segment : scenario.spec.segments) customers += 20 * segment.customers;
  const std::vector<Row> rows = expected_rows(name, scenario.market().calendar());
  std::vector<double> sum(rows.size()), squares(rows.size());
  for (std::uint32_t r = 0; r < replications; ++r) {
    const Trajectory path =
        simulate(scenario, {.engine = engine, .seed = 20260101, .customers = customers, .replication = r});
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const Row& row = rows[i];
      const auto value = path.value(row.t, row.measure, row.layer, "all", row.provider);
      ASSERT_TRUE(value) << described(name, row);
      sum[i] += *value - row.value;  // about the expected value: no cancellation in the squares
      squares[i] += (*value - row.value) * (*value - row.value);
    }
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].measure == Measure::increment_share) continue;
    const double error = sum[i] / replications;
    const double sd =
        std::sqrt(std::max(0.0, squares[i] - replications * error * error) / (replications - 1));
    const double allowed =
        threshold * sd / std::sqrt(replications) + 1e-9 * std::max(std::abs(rows[i].value), 1e-3);
    EXPECT_LE(std::abs(error), allowed) << described(name, rows[i]) << ": " << error << ", sd " << sd;
  }
}

TEST_P(OracleWithoutFeedback, AgentsAgreeOnAverage) {
  expect_agreement_on_average(GetParam(), EngineKind::agent);
}
TEST_P(OracleWithoutFeedback, CohortsAgreeOnAverage) {
  expect_agreement_on_average(GetParam(), EngineKind::cohort);
}

INSTANTIATE_TEST_SUITE_P(All, OracleWithoutFeedback,
                         testing::Values("duopoly", "two_layers", "revealed_move"),
                         [](const auto& one) { return std::string(one.param); });

}  // namespace
}  // namespace lockin
