#include "lockin/report/moment.hpp"

#include <gtest/gtest.h>

#include "report/hand_made.hpp"

namespace lockin {
namespace {

using testing::revenue_history;

std::vector<std::string> labels(const Trajectory& path, const std::vector<Moment>& of) {
  std::vector<std::string> result;
  for (const Moment& moment : of) result.push_back(label_of(moment, path.calendar()));
  return result;
}

Trajectory quarters(std::size_t count, const char* start = "2025Q1") {
  return revenue_history({"a", "b"}, std::vector<std::vector<double>>(count + 1, {2.0, 1.0}), start);
}

using Labels = std::vector<std::string>;

TEST(Moments, AreTheOpeningAndTheWholeYears) {
  const Trajectory path = quarters(12);
  EXPECT_EQ(labels(path, moments(path)), (Labels{"opening", "2025", "2026", "2027"}));
  EXPECT_EQ(label_of(last_moment(path), path.calendar()), "2027");
}

TEST(Moments, EndWithTheLastPeriodOfAYearThatIsNotWhole) {
  const Trajectory path = quarters(10);
  EXPECT_EQ(labels(path, moments(path)), (Labels{"opening", "2025", "2026", "2027Q2"}));
  EXPECT_EQ(label_of(last_moment(path), path.calendar()), "2026");
}

TEST(Moments, ArePeriodsWhereYearsAreTooFew) {
  EXPECT_EQ(labels(quarters(2), moments(quarters(2))), (Labels{"opening", "2025Q1", "2025Q2"}));
  EXPECT_EQ(labels(quarters(4), moments(quarters(4))),
            (Labels{"opening", "2025Q1", "2025Q2", "2025Q3", "2025Q4", "2025"}));
  const Trajectory across = quarters(4, "2025Q3");
  EXPECT_EQ(label_of(last_moment(across), across.calendar()), "2026Q2");
}

TEST(Moments, ThinOutEvenlyAndKeepBothEnds) {
  const Trajectory path = quarters(120);
  EXPECT_EQ(labels(path, thinned(moments(path), 4)), (Labels{"opening", "2034", "2044", "2054"}));
  EXPECT_EQ(thinned(moments(path), 100).size(), 31u);
  EXPECT_EQ(labels(path, thinned(moments(path), 0)), (Labels{"opening", "2054"}));
}

TEST(RankingAt, PutsTheLargestFirstAndTiesInOrder) {
  const Trajectory path = revenue_history({"a", "b", "c"}, {{1, 2, 2}, {1, 1, 5}});
  EXPECT_EQ(ranking_at(path, Moment{}, Measure::revenue_share, "all"), (std::vector<std::size_t>{1, 2, 0}));
  EXPECT_EQ(ranking_at(path, {Moment::Kind::period, 0}, Measure::revenue_share, "iaas"),
            (std::vector<std::size_t>{2, 0, 1}));
}

TEST(RankingAt, LeavesOutWhoDoesNotSell) {
  const Trajectory path = testing::two_layers();
  EXPECT_EQ(ranking_at(path, {Moment::Kind::year, 2025}, Measure::revenue_share, "iaas"),
            (std::vector<std::size_t>{0, 1}));
  EXPECT_EQ(ranking_at(path, {Moment::Kind::year, 2025}, Measure::token_share, "maas"),
            (std::vector<std::size_t>{2, 1}));
}

}  // namespace
}  // namespace lockin
