// Annual shares of each shipped scenario by mean field, to 4 decimals. LOCKIN_UPDATE_GOLDEN=1 rewrites the files: look at the
// difference before committing it.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "lockin/scenario/bundled.hpp"
#include "lockin/scenario/load.hpp"
#include "lockin/scenario/simulate_scenario.hpp"

namespace lockin {
namespace {

struct GoldenRow {
  std::string key;  // year,layer,provider,measure
  double value = 0;
};

std::vector<GoldenRow> golden_rows(const Trajectory& path) {
  std::vector<GoldenRow> rows;
  std::vector<std::string> layers{"all"};
  layers.insert(layers.end(), path.names().layers.begin(), path.names().layers.end());
  for (const int year : path.whole_years())
    for (const std::string& layer : layers)
      for (const std::string& provider : path.names().providers)
        for (const Measure measure : {Measure::revenue_share, Measure::token_share})
          if (const auto value = path.annual_value(year, measure, layer, "all", provider))
            rows.push_back({fmt::format("{},{},{},{}", year, layer, provider, name_of(measure)), *value});
  return rows;
}

class Golden : public testing::TestWithParam<std::string> {};

// Compared as numbers to half a unit of the last digit: a value on the edge of rounding may fall on either side.
TEST_P(Golden, SharesAreAsReviewed) {
  const std::string file = std::string(LOCKIN_TEST_DATA) + "/../scenarios/golden/" + GetParam() + ".csv";
  const std::vector<GoldenRow> rows =
      golden_rows(simulate(load_bundled(GetParam()), {.engine = EngineKind::mean_field}));
  const std::string header = "year,layer,provider,measure,value";
  if (const char* update = std::getenv("LOCKIN_UPDATE_GOLDEN"); update && std::string(update) == "1") {
    std::ofstream out(file);
    out << header << "\n";
    for (const GoldenRow& row : rows) out << fmt::format("{},{:.4f}\n", row.key, row.value);
    ASSERT_TRUE(out.flush().good()) << file;
    return;
  }
  std::ifstream in(file);
  ASSERT_TRUE(in) << file << " is missing: run with LOCKIN_UPDATE_GOLDEN=1";
  std::string line;
  std::getline(in, line);
  EXPECT_EQ(line, header);
  std::size_t i = 0;
  for (; std::getline(in, line); ++i) {
    ASSERT_LT(i, rows.size()) << "the file has more rows: " << line;
    const std::size_t comma = line.rfind(',');
    EXPECT_EQ(line.substr(0, comma), rows[i].key);
    EXPECT_NEAR(std::stod(line.substr(comma + 1)), rows[i].value, 0.5e-4 + 1e-9) << rows[i].key;
  }
  EXPECT_EQ(i, rows.size()) << "the file has fewer rows";
}

std::vector<std::string> golden_names() {
  std::vector<std::string> names;
  for (const BundledScenario& scenario : bundled_scenarios()) names.emplace_back(scenario.name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(All, Golden, testing::ValuesIn(golden_names()),
                         [](const auto& one) { return one.param; });

}  // namespace
}  // namespace lockin
