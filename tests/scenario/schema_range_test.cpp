// Each row of the table with a numeric range refuses a number outside of it, and names the key.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "lockin/scenario/schema.hpp"
#include "scenario/schema_places.hpp"
#include "scenario/whole_scenario.hpp"

namespace lockin {
namespace {

// The override that sets a key to a number, and the key that the message must name.
Setting set_to(const SchemaKey& rule, const std::string& number) {
  if (rule.shape == ValueShape::list) {
    Setting list = setting(rule, "[" + number + ", " + number + "]");
    return {list.override_text, list.key + "[0]"};
  }
  if (rule.path == "segments.*.adopt")
    return {"segments.x.adopt={ innovate = " + number + " }", "segments.x.adopt.innovate"};
  return setting(rule, number);
}

bool ranged(const SchemaKey& rule) { return std::isfinite(rule.min) || std::isfinite(rule.max); }

std::string written(const SchemaKey& rule, double value) {
  return rule.shape == ValueShape::integer
             ? fmt::format("{:.0f}", value)
             : fmt::format("{:.17g}", value) + (value == std::floor(value) ? ".0" : "");
}

TEST(SchemaRanges, RefuseANumberOutsideAndNameTheKey) {
  std::size_t rows = 0;
  for (const SchemaKey& rule : schema()) {
    if (!ranged(rule)) continue;
    ++rows;
    const double step = rule.shape == ValueShape::integer ? 1 : 1e-9;
    std::vector<std::string> outside;
    if (std::isfinite(rule.min)) outside.push_back(written(rule, rule.min - step));
    if (std::isfinite(rule.min) && rule.min_is_excluded) outside.push_back(written(rule, rule.min));
    if (std::isfinite(rule.max)) outside.push_back(written(rule, rule.max + step));
    if (std::isfinite(rule.max) && rule.max_is_excluded) outside.push_back(written(rule, rule.max));
    for (const char* never : {"nan", "inf", "-inf"}) outside.emplace_back(never);
    for (const std::string& number : outside) {
      const auto [override_text, key] = set_to(rule, number);
      SCOPED_TRACE(override_text);
      const Refusal refusal = refusal_of(whole_scenario, {override_text});
      ASSERT_FALSE(refusal.problems.empty());
      bool named = false;
      for (const PlacedProblem& p : refusal.problems)
        named = named || (p.problem.key == key && p.place.file == "--set" && p.place.line == 1);
      EXPECT_TRUE(named) << refusal.message;
    }
  }
  EXPECT_GE(rows, 25u);
}

// The ends of a range that are not excluded are inside, so the range of the table is neither wider nor narrower than what is read.
TEST(SchemaRanges, HoldTheirEnds) {
  for (const SchemaKey& rule : schema()) {
    if (!ranged(rule)) continue;
    for (const auto& [end, excluded] :
         {std::pair(rule.min, rule.min_is_excluded), std::pair(rule.max, rule.max_is_excluded)}) {
      if (!std::isfinite(end) || excluded) continue;
      const auto [override_text, key] = set_to(rule, written(rule, end));
      SCOPED_TRACE(override_text);
      try {
        (void)parse_scenario(whole_scenario, "file.toml", {override_text});
      } catch (const InputError& error) {
        for (const PlacedProblem& p : error.problems())
          EXPECT_THAT(p.problem.found, testing::Not(testing::HasSubstr("out of range"))) << error.what();
      }
    }
  }
}

}  // namespace
}  // namespace lockin
