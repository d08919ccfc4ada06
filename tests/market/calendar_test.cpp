#include "lockin/market/calendar.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace {

using lockin::Calendar;
using lockin::Date;
using lockin::PeriodLength;

Date date(const char* text) { return Date::parse(text).value(); }

TEST(Date, ReadsYearsQuartersAndMonths) {
  EXPECT_EQ(date("2025"), (Date{2025, 0, PeriodLength::year}));
  EXPECT_EQ(date("2025Q1"), (Date{2025, 0, PeriodLength::quarter}));
  EXPECT_EQ(date("2025Q4"), (Date{2025, 9, PeriodLength::quarter}));
  EXPECT_EQ(date("2025-01"), (Date{2025, 0, PeriodLength::month}));
  EXPECT_EQ(date("0001-12"), (Date{1, 11, PeriodLength::month}));
  EXPECT_EQ(date("9999"), (Date{9999, 0, PeriodLength::year}));
}

TEST(Date, TextIsReadBack) {
  for (const char* text :
       {"2025", "0007", "2025Q1", "2025Q2", "2025Q3", "2025Q4", "2025-01", "2025-09", "2025-12"})
    EXPECT_EQ(date(text).text(), text);
}

TEST(Date, RefusesEverythingElse) {
  for (const char* text :
       {"",        "25",     "202",      "0000",    "20255",   "+2025",   " 2025",      "2025 ",
        "20 5",    "2025Q0", "2025Q5",   "2025q1",  "2025Q",   "2025Q11", "2025-0",     "2025-00",
        "2025-13", "2025-1", "2025-001", "2025-1x", "2025/01", "2025--1", "2025-01-01", "-2025"})
    EXPECT_FALSE(Date::parse(text)) << text;
}

TEST(Date, IsOrderedByItsFirstMonth) {
  EXPECT_EQ(date("2025").months(), date("2025Q1").months());
  EXPECT_EQ(date("2025Q1").months(), date("2025-01").months());
  EXPECT_EQ(date("2025-12").months() + 1, date("2026").months());
  EXPECT_EQ(date("2025Q3").months(), date("2025-07").months());
}

TEST(Calendar, CountsPeriodsFromCoarseDates) {
  const Calendar quarters(date("2025"), date("2027"), PeriodLength::quarter);
  EXPECT_EQ(quarters.size(), 12u) << "a coarse end means its last period";
  EXPECT_EQ(quarters.label(0), "2025Q1");
  EXPECT_EQ(quarters.label(11), "2027Q4");
  EXPECT_EQ(Calendar(date("2025Q2"), date("2025Q2"), PeriodLength::quarter).size(), 1u);
  EXPECT_EQ(Calendar(date("2025Q2"), date("2026"), PeriodLength::month).size(), 21u);
  EXPECT_EQ(Calendar(date("2025"), date("2025"), PeriodLength::year).size(), 1u);
  EXPECT_EQ(Calendar(date("2025-11"), date("2026-02"), PeriodLength::month).size(), 4u);
}

TEST(Calendar, Labels) {
  const Calendar quarters(date("2025Q3"), date("2026"), PeriodLength::quarter);
  EXPECT_EQ(quarters.label(-1), "2025Q2") << "the opening";
  EXPECT_EQ(quarters.label(2), "2026Q1");
  EXPECT_EQ(quarters.label(lockin::Period(2)), "2026Q1");
  const Calendar months(date("2025-01"), date("2025-03"), PeriodLength::month);
  EXPECT_EQ(months.label(-1), "2024-12");
  EXPECT_EQ(months.label(2), "2025-03");
  EXPECT_EQ(Calendar(date("2025"), date("2030"), PeriodLength::year).label(-1), "2024");
}

TEST(Calendar, YearsAndPlaces) {
  const Calendar quarters(date("2025Q3"), date("2027"), PeriodLength::quarter);
  EXPECT_EQ(quarters.per_year(), 4);
  EXPECT_EQ(quarters.year_of(0), 2025);
  EXPECT_EQ(quarters.year_of(1), 2025);
  EXPECT_EQ(quarters.year_of(2), 2026);
  EXPECT_EQ(quarters.year_of(-3), 2024);
  EXPECT_EQ(quarters.place_in_year(0), 2);
  EXPECT_EQ(quarters.place_in_year(2), 0);
  const Calendar months(date("2025-12"), date("2026-02"), PeriodLength::month);
  EXPECT_EQ(months.place_in_year(0), 11);
  EXPECT_EQ(months.place_in_year(1), 0);
}

TEST(Calendar, PeriodOfADate) {
  const Calendar quarters(date("2025Q3"), date("2027"), PeriodLength::quarter);
  EXPECT_EQ(quarters.period_of(date("2025Q3")), 0);
  EXPECT_EQ(quarters.period_of(date("2026")), 2) << "a coarse date means its first period";
  EXPECT_EQ(quarters.period_of(date("2030Q1")), 18) << "beyond the end";
  EXPECT_EQ(quarters.period_of(date("2025Q2")), -1);
  EXPECT_EQ(quarters.period_of(date("2024Q3")), -4);
  EXPECT_EQ(quarters.period_of(date("2025")), -2);
  // A finer date is in the period that contains it, on both sides of the start.
  EXPECT_EQ(quarters.period_of(date("2025-09")), 0);
  EXPECT_EQ(quarters.period_of(date("2025-10")), 1);
  EXPECT_EQ(quarters.period_of(date("2025-06")), -1);
  EXPECT_EQ(quarters.period_of(date("2025-04")), -1);
  EXPECT_EQ(quarters.period_of(date("2025-03")), -2);
  for (long t = -9; t < 20; ++t) EXPECT_EQ(quarters.period_of(date(quarters.label(t).c_str())), t);
}

TEST(Calendar, RefusesFinerDatesEmptyAndEndlessHorizons) {
  const auto refused = [](const char* start, const char* end, PeriodLength length) {
    EXPECT_THROW(Calendar(date(start), date(end), length), std::invalid_argument) << start << " to " << end;
  };
  refused("2025Q1", "2026", PeriodLength::year);
  refused("2025", "2026Q1", PeriodLength::year);
  refused("2025-01", "2026", PeriodLength::quarter);
  refused("2026", "2025", PeriodLength::quarter);
  refused("2025Q2", "2025Q1", PeriodLength::quarter);
  refused("0001", "9999", PeriodLength::year);
  refused("2000", "2200", PeriodLength::month);
  EXPECT_EQ(Calendar(date("2001"), date("2200"), PeriodLength::month).size(), lockin::max_periods);
}

TEST(Calendar, PeriodsPerYear) {
  EXPECT_EQ(lockin::periods_per_year(PeriodLength::year), 1);
  EXPECT_EQ(lockin::periods_per_year(PeriodLength::quarter), 4);
  EXPECT_EQ(lockin::periods_per_year(PeriodLength::month), 12);
}

}  // namespace
