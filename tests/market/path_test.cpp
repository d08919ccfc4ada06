#include "lockin/market/path.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace {

using lockin::Calendar;
using lockin::Date;
using lockin::Interpolation;
using lockin::Path;
using lockin::PeriodLength;

const Calendar quarters(*Date::parse("2025"), *Date::parse("2027"), PeriodLength::quarter);

TEST(Path, ANumberIsConstant) {
  const Path path = 3.5;
  for (const long t : {-1L, 0L, 7L, 1000L}) EXPECT_EQ(path.value(quarters, t, true), 3.5);
  EXPECT_EQ(Path().value(quarters, 0, false), 0);
}

TEST(Path, FlatOutsideItsDates) {
  for (const auto how : {Interpolation::growth, Interpolation::linear, Interpolation::step}) {
    const Path path = Path::Points{{{*Date::parse("2025Q3"), 2}, {*Date::parse("2026Q3"), 8}}, how};
    for (const long t : {-1L, 0L, 1L, 2L}) EXPECT_DOUBLE_EQ(path.value(quarters, t, true), 2);
    for (const long t : {6L, 7L, 11L, 99L}) EXPECT_DOUBLE_EQ(path.value(quarters, t, true), 8);
  }
}

TEST(Path, BetweenDates) {
  const auto at = [](Interpolation how, long t) {
    return Path(Path::Points{{{*Date::parse("2025Q3"), 2}, {*Date::parse("2026Q3"), 8}}, how})
        .value(quarters, t, false);
  };
  EXPECT_DOUBLE_EQ(at(Interpolation::growth, 3), 2 * std::pow(4, 0.25));
  EXPECT_DOUBLE_EQ(at(Interpolation::growth, 4), 4);
  EXPECT_DOUBLE_EQ(at(Interpolation::linear, 3), 3.5);
  EXPECT_DOUBLE_EQ(at(Interpolation::linear, 5), 6.5);
  EXPECT_DOUBLE_EQ(at(Interpolation::step, 3), 2);
  EXPECT_DOUBLE_EQ(at(Interpolation::step, 5), 2);
}

TEST(Path, SeveralDatesOfAnyPrecision) {
  const Path path =
      Path::Points{{{*Date::parse("2025"), 1}, {*Date::parse("2025Q4"), 4}, {*Date::parse("2027"), -1}},
                   Interpolation::linear};
  const double expected[] = {1, 2, 3, 4, 3, 2, 1, 0, -1, -1, -1, -1};
  for (long t = 0; t < 12; ++t) EXPECT_NEAR(path.value(quarters, t, true), expected[t], 1e-14) << t;
  const Path steps =
      Path::Points{{{*Date::parse("2025"), 1}, {*Date::parse("2025Q4"), 4}, {*Date::parse("2027"), -1}},
                   Interpolation::step};
  const double stepped[] = {1, 1, 1, 4, 4, 4, 4, 4, -1, -1, -1, -1};
  for (long t = 0; t < 12; ++t) EXPECT_EQ(steps.value(quarters, t, true), stepped[t]) << t;
}

TEST(Path, DefaultIsGrowthForRatiosAndALineForTheRest) {
  const Path path = Path::Points{{{*Date::parse("2025"), 1}, {*Date::parse("2026"), 16}}, {}};
  EXPECT_DOUBLE_EQ(path.value(quarters, 2, true), 4);
  EXPECT_DOUBLE_EQ(path.value(quarters, 2, false), 8.5);
  const Path said =
      Path::Points{{{*Date::parse("2025"), 1}, {*Date::parse("2026"), 16}}, Interpolation::linear};
  EXPECT_DOUBLE_EQ(said.value(quarters, 2, true), 8.5) << "what is said counts";
}

TEST(Path, OneDateIsAConstant) {
  const Path path = Path::Points{{{*Date::parse("2026"), -2}}, Interpolation::growth};
  for (const long t : {0L, 4L, 11L}) EXPECT_EQ(path.value(quarters, t, true), -2);
}

TEST(Path, GrowthIsPerYearWhateverThePeriod) {
  const Path path = Path::Growth{2, 0.5};
  EXPECT_DOUBLE_EQ(path.value(quarters, 0, true), 2);
  EXPECT_DOUBLE_EQ(path.value(quarters, 4, true), 3);
  EXPECT_DOUBLE_EQ(path.value(quarters, 1, false), 2 * std::pow(1.5, 0.25));
  const Calendar months(*Date::parse("2025"), *Date::parse("2026"), PeriodLength::month),
      years(*Date::parse("2025"), *Date::parse("2030"), PeriodLength::year);
  EXPECT_DOUBLE_EQ(path.value(months, 12, true), 3);
  EXPECT_DOUBLE_EQ(path.value(years, 2, true), 4.5);
  const Path falls = Path::Growth{8, -0.5};
  EXPECT_DOUBLE_EQ(falls.value(quarters, 8, true), 2);
}

TEST(Path, AProcessStandsAtItsStart) {
  const Path path = Path::Releases{1.5, 2, lockin::Distribution::point(0.3)};
  for (const long t : {0L, 5L, 11L}) EXPECT_EQ(path.value(quarters, t, false), 1.5);
}

TEST(Path, Comparison) {
  EXPECT_EQ(Path(1.0), Path(1.0));
  EXPECT_FALSE(Path(1.0) == Path(2.0));
  EXPECT_FALSE(Path(1.0) == Path(Path::Growth{1, 0}));
  EXPECT_FALSE(Path(Path::Growth{1, 0}) == Path(Path::Growth{1, 0.1}));
}

}  // namespace
