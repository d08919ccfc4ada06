// The table of keys and what is read are the same: a row that is not read, or a key that has no row, is a finding.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "lockin/scenario/schema.hpp"
#include "scenario/schema_places.hpp"
#include "scenario/whole_scenario.hpp"

namespace lockin {
namespace {

// A TOML date is the value of no key, so each key that is read refuses it.
TEST(SchemaKeys, EachRowIsRead) {
  for (const SchemaKey& row : schema()) {
    auto [override_text, key] = setting(row, "1979-05-27");
    SCOPED_TRACE(override_text);
    // What a file extends is settled before overrides apply.
    const Refusal refusal = row.path == "extends"
                                ? refusal_of(override_text + "\n" + std::string(whole_scenario))
                                : refusal_of(whole_scenario, {override_text});
    EXPECT_TRUE(std::any_of(
        refusal.problems.begin(), refusal.problems.end(),
        [&](const PlacedProblem& p) { return p.problem.key == key && p.problem.found != "an unknown key"; }))
        << key << "\n"
        << refusal.message;
  }
}

// Every word of the format, and one that is none, at every table.
std::set<std::string> words() {
  std::set<std::string> all{"no_key"};
  for (const SchemaKey& row : schema()) all.emplace(row.path.substr(row.path.rfind('.') + 1));
  for (const char* not_a_key : {"*", "source", "note"}) all.erase(not_a_key);
  return all;
}

TEST(SchemaKeys, NoTableTakesAKeyWithoutARow) {
  struct Table {
    std::string pattern, form, key;
  };
  std::vector<Table> tables{{"", "", ""}};
  const auto known = [&](const std::string& pattern) {
    return std::any_of(tables.begin(), tables.end(), [&](const Table& t) { return t.pattern == pattern; }) ||
           std::any_of(value_tables().begin(), value_tables().end(),
                       [&](const ValueTable& t) { return t.pattern == pattern; });
  };
  for (const SchemaKey& row : schema())
    for (std::size_t dot = row.path.find('.'); dot != std::string_view::npos;
         dot = row.path.find('.', dot + 1)) {
      const std::string pattern(row.path.substr(0, dot));
      if (!known(pattern) && pattern != "layers" && pattern != "providers" && pattern != "segments" &&
          pattern != "events")  // tables of names
        tables.push_back({pattern, "", key_in_whole_scenario(pattern)});
    }
  const std::set<std::string> all = words();
  const auto refused = [&](const std::string& pattern, const std::string& form, const std::string& key,
                           const auto& override_with) {
    const std::vector<std::string> children = schema_children(pattern, form);
    for (const std::string& word : all) {
      if (std::find(children.begin(), children.end(), word) != children.end()) continue;
      const std::string override_text = override_with(word);
      SCOPED_TRACE(override_text);
      const Refusal refusal = refusal_of(whole_scenario, {override_text});
      EXPECT_TRUE(std::any_of(refusal.problems.begin(), refusal.problems.end(), [&](const PlacedProblem& p) {
        return p.problem.key.starts_with(key);
      })) << refusal.message;
    }
  };
  for (const Table& table : tables)
    refused(table.pattern, table.form, table.key, [&](const std::string& word) {
      return table.key + (table.key.empty() ? "" : ".") + word + "=1";
    });
  for (const ValueTable& table : value_tables())
    refused(table.pattern, table.form, table.key,
            [&](const std::string& word) { return table.key + "=" + with_part(table.text, word + " = 1"); });
  EXPECT_GE(tables.size() + value_tables().size(), 35u);
}

// The values with which the tests above start are sound, so what they refuse is the change.
TEST(SchemaKeys, ValuesInAllFormsAreRead) {
  for (const ValueTable& table : value_tables()) {
    std::string text = table.text;
    text.erase(text.find('@'), 1);
    SCOPED_TRACE(table.key + "=" + text);
    std::vector<std::string> overrides = table.also;
    overrides.push_back(table.key + "=" + text);
    EXPECT_NO_THROW((void)parse_scenario(whole_scenario, "file.toml", overrides));
  }
}

TEST(SchemaKeys, ARequiredPartOfAValueIsMissed) {
  std::size_t rows = 0;
  for (const SchemaKey& row : schema())
    for (const ValueTable& table : value_tables()) {
      const std::vector<std::string> parts = schema_children(table.pattern, table.form);
      const std::string last(row.path.substr(row.path.rfind('.') + 1));
      if (!row.required || row.path != table.pattern + "." + last ||
          std::find(parts.begin(), parts.end(), last) == parts.end() || last == "dist" || last == "spread" ||
          last == "process" || last == "values")  // without these it is another value
        continue;
      auto shorter = without(table, last);
      ASSERT_TRUE(shorter) << table.text << last;
      std::string& text = *shorter;
      text.erase(text.find('@'), 1);
      SCOPED_TRACE(table.key + "=" + text);
      const Refusal refusal = refusal_of(whole_scenario, {table.key + "=" + text});
      EXPECT_TRUE(std::any_of(refusal.problems.begin(), refusal.problems.end(), [&](const PlacedProblem& p) {
        return p.problem.key.starts_with(table.key) && p.problem.found != "an unknown key";
      })) << refusal.message;
      ++rows;
    }
  EXPECT_GE(rows, 30u);
}

TEST(SchemaKeys, NamesOfKeysAreReserved) {
  for (const std::string& word : words()) {
    if (word == "no_key") continue;
    const Refusal refusal = refusal_of(std::string(whole_scenario) + "\n[segments." + word +
                                       "]\ncustomers = 1\nre_evaluate = 0.1\n");
    EXPECT_EQ(refusal.problems.front().problem.key, "segments." + word);
    EXPECT_EQ(refusal.problems.front().problem.found, "a reserved name") << refusal.message;
  }
}

}  // namespace
}  // namespace lockin
