#include "report/detail/answer_sentence.hpp"

#include <gtest/gtest.h>

#include "report/detail/shell_word.hpp"

namespace lockin::detail {
namespace {

Lead lead(const char* by, const char* name, double share, std::vector<std::string> level = {}) {
  return {.by = by,
          .name = name,
          .share = share,
          .q05 = 0,
          .q95 = 0,
          .probability = {},
          .level = std::move(level)};
}

TEST(AnswerSentence, NamesWhoLeadsByEach) {
  EXPECT_EQ(answer_sentence("2030", {lead("revenue", "A", 0.5), lead("tokens", "A", 0.4)}),
            "In 2030 A leads by revenue (50.0 %) and by tokens (40.0 %).");
  EXPECT_EQ(answer_sentence("2030", {lead("revenue", "A", 0.5), lead("tokens", "B", 0.4)}),
            "In 2030 A leads by revenue (50.0 %), B by tokens (40.0 %).");
  EXPECT_EQ(answer_sentence("2030", {}), "In 2030 nobody sells anything.");
}

TEST(AnswerSentence, NobodyLeadsOfThoseThatAreLevel) {
  EXPECT_EQ(answer_sentence("2030", {lead("revenue", "A", 0.5, {"B"}), lead("tokens", "A", 0.6)}),
            "In 2030 A and B are level by revenue (50.0 % each), A leads by tokens (60.0 %).");
  EXPECT_EQ(answer_sentence("2030", {lead("revenue", "C", 0.5), lead("tokens", "A", 0.25, {"B", "C", "D"})}),
            "In 2030 C leads by revenue (50.0 %), A, B, C and D are level by tokens (25.0 % each).");
  EXPECT_EQ(answer_sentence("2030", {lead("revenue", "A", 0.2, {"B", "C", "D", "E"})}),
            "In 2030 A, B, C and 2 others are level by revenue (20.0 % each).");
  Lead sure = lead("revenue", "A", 0.5, {"B"});
  sure.probability = 1;  // of the one that stands first: it says nothing
  EXPECT_EQ(answer_sentence("2030", {sure}), "In 2030 A and B are level by revenue (50.0 % each).");
  EXPECT_TRUE(level_with(0.1 + 0.2, 0.3));
  EXPECT_FALSE(level_with(0.3, 0.3001));
}

TEST(ShellWord, IsQuotedWhereItMustBe) {
  EXPECT_EQ(shell_word("scenario_a.toml"), "scenario_a.toml");
  EXPECT_EQ(shell_word("my market's.toml"), "'my market'\\''s.toml'");
  EXPECT_EQ(shell_word("云"), "'云'");
  EXPECT_EQ(shell_word(""), "''");
}

}  // namespace
}  // namespace lockin::detail
