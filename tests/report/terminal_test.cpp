#include "lockin/report/terminal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lockin/report/display_width.hpp"
#include "report/hand_made.hpp"

namespace lockin {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using testing::lines;
using ::testing::Not;
using testing::revenue_history;

RunRecord agent_run() {
  RunRecord record;
  record.title = "A market";
  record.currency = "CNY bn";
  record.engine = "agent";
  record.engine_from = "scenario";
  record.customers = 253000;
  record.seed = 7;
  return record;
}

std::vector<std::string> report(const Trajectory& path, const TerminalStyle& style = {}) {
  return lines(terminal_report(path, agent_run(), style));
}

/// Twelve quarters of `providers` providers whose revenue grows the faster the later they stand.
Trajectory growing(std::size_t providers, std::size_t periods) {
  std::vector<std::string> names;
  for (std::size_t j = 0; j < providers; ++j) names.push_back("provider" + std::to_string(j));
  std::vector<std::vector<double>> revenue(periods + 1);
  for (std::size_t t = 0; t <= periods; ++t)
    for (std::size_t j = 0; j < providers; ++j)
      revenue[t].push_back(100.0 - 3.0 * static_cast<double>(j) + static_cast<double>(t * j));
  return revenue_history(names, revenue);
}

TEST(Terminal, SaysWhatWasRunAndWhatTheFiguresAreNot) {
  const auto text = report(growing(3, 12));
  EXPECT_EQ(text[0], "A market (2025Q1 to 2027Q4)");
  EXPECT_EQ(text[1], "agent engine (scenario), 253,000 simulated customers, seed 7");
  EXPECT_THAT(text, Contains(AllOf(HasSubstr("One history"), HasSubstr("no forecast"))));
}

TEST(Terminal, ShowsSharesByYearAndTheirChange) {
  const auto text = report(
      revenue_history({"a", "b"}, {{3, 1}, {2, 2}, {2, 2}, {2, 2}, {2, 2}, {1, 3}, {1, 3}, {1, 3}, {1, 3}}));
  EXPECT_THAT(text, Contains(HasSubstr("opening  2025  2026  change")));
  EXPECT_THAT(text, Contains(AllOf(HasSubstr(" 1 b "), HasSubstr("25.0  50.0  75.0   +50.0"))));
  EXPECT_THAT(text, Contains(AllOf(HasSubstr(" 2 a "), HasSubstr("75.0  50.0  25.0   -50.0"))));
  EXPECT_THAT(text, Contains(HasSubstr("Leads: a at the opening, b from 2026Q1.")));
  EXPECT_THAT(text, Not(Contains(HasSubstr("passes"))));  // said already
  EXPECT_THAT(text, Contains(HasSubstr("(16 in 2025, 16 in 2026; CNY bn)")));
  EXPECT_EQ(text.back(), "In 2026 b leads by revenue (75.0 %).");
}

TEST(Terminal, NamesPassesBehindTheLead) {
  const auto text = report(revenue_history({"a", "b", "c"}, {{9, 3, 1}, {9, 3, 1}, {9, 1, 3}}));
  EXPECT_THAT(text, Contains(HasSubstr("Leads: a throughout.")));
  EXPECT_THAT(text, Contains(HasSubstr("c passes b (2025Q2).")));
}

TEST(Terminal, AnswersInOneSentence) {
  EXPECT_EQ(answer(testing::two_layers()),
            "In 2025 Alpha leads by revenue (60.6 %), 伽马云 by tokens (57.9 %).");
  EXPECT_EQ(answer(revenue_history({"a", "b"}, {{1, 2}, {1, 3}})), "In 2025Q1 b leads by revenue (75.0 %).");
  EXPECT_EQ(answer(revenue_history({"a", "b"}, {{0, 0}, {0, 0}})), "In 2025Q1 nobody sells anything.");
}

TEST(Terminal, ShowsEightOfThirtyAndTheOthersTogether) {
  const auto text = report(growing(30, 24));
  EXPECT_THAT(text, Contains(HasSubstr(" 8 provider")));
  EXPECT_THAT(text, Not(Contains(HasSubstr(" 9 provider"))));
  EXPECT_THAT(text, Contains(HasSubstr("(22 more)")));
  EXPECT_LE(text.size(), 40u);
}

TEST(Terminal, KeepsToTheWidth) {
  for (const std::size_t providers : {1u, 2u, 9u, 30u})
    for (const std::size_t periods : {1u, 4u, 6u, 24u, 120u})
      for (const std::size_t width : {60u, 80u, 200u})
        for (const std::string& line : report(growing(providers, periods), {.width = width}))
          EXPECT_LE(display_width(line), width) << line;
  for (const std::string& line : report(testing::two_layers())) EXPECT_LE(display_width(line), 80u) << line;
}

TEST(Terminal, AlignsWideNames) {
  std::size_t end = 0;
  for (const std::string& line : report(testing::two_layers())) {
    const std::size_t at = line.find("  change");
    if (at != std::string::npos && end == 0) end = display_width(line.substr(0, at));
    for (const char* name : {"Alpha", "伽马云"})
      if (end != 0 &&
          (line.starts_with(std::string(" 1 ") + name) || line.starts_with(std::string(" 3 ") + name))) {
        const std::size_t sign = line.find_first_of("+-");
        ASSERT_NE(sign, std::string::npos) << line;
        EXPECT_EQ(display_width(line.substr(0, line.find_first_of(' ', sign))), end + 8) << line;
      }
  }
  EXPECT_GT(end, 0u);
}

TEST(Terminal, HasColourOnlyWhereAsked) {
  EXPECT_EQ(terminal_report(growing(2, 8), agent_run()).find('\x1b'), std::string::npos);
  EXPECT_NE(terminal_report(growing(2, 8), agent_run(), {.colour = true}).find('\x1b'), std::string::npos);
}

TEST(Terminal, DoesNotLetNamesMoveTheCursor) {
  RunRecord record = agent_run();
  record.title = "\x1b[2J gone";
  const auto path = revenue_history({"\x1b[1A", "b"}, {{1, 2}, {1, 2}});
  EXPECT_EQ(terminal_report(path, record).find('\x1b'), std::string::npos);
}

TEST(Terminal, MeanFieldIsNoHistory) {
  RunRecord record = agent_run();
  record.engine = "mean_field";
  record.customers.reset();
  record.uncertain_numbers = 2;
  const std::string text = terminal_report(growing(2, 8), record);
  EXPECT_EQ(text.find("One history"), std::string::npos);
  EXPECT_NE(text.find("2 uncertain numbers at"), std::string::npos) << text;
}

}  // namespace
}  // namespace lockin
