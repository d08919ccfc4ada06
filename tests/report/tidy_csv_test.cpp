#include "lockin/report/tidy_csv.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "report/detail/csv_text.hpp"
#include "report/hand_made.hpp"

namespace lockin {
namespace {

using ::testing::Contains;
using testing::lines;
using ::testing::Not;
using ::testing::StartsWith;
using testing::two_layers;

TEST(CsvField, IsQuotedWhereAReaderWouldTakeItApart) {
  EXPECT_EQ(detail::field("plain name"), "plain name");
  EXPECT_EQ(detail::field("a,b"), "\"a,b\"");
  EXPECT_EQ(detail::field("\"a\""), "\"\"\"a\"\"\"");
  EXPECT_EQ(detail::field(" a"), "\" a\"");
  EXPECT_EQ(detail::field("a "), "\"a \"");
}

TEST(SharesCsv, BeginsWithTheColumnsOfTheDocumentation) {
  EXPECT_EQ(lines(shares_csv(two_layers())).front(),
            "period,layer,segment,provider,measure,value,se,sd,q05,q25,q50,q75,q95");
}

TEST(SharesCsv, HoldsTheValues) {
  const std::vector<std::string> rows = lines(shares_csv(two_layers()));
  EXPECT_THAT(rows, Contains("2025Q1,iaas,all,a,revenue_share,0.75,,,,,,,"));
  EXPECT_THAT(rows, Contains("2025Q1,all,all,a,revenue_share,0.625,,,,,,,"));  // 60 / (60 + 20 + 8 + 8)
  EXPECT_THAT(rows, Contains("2025Q1,all,large,b,revenue,14,,,,,,,"));
  EXPECT_THAT(rows, Contains("2025Q1,maas,small,c,token_share,0.5,,,,,,,"));
  EXPECT_THAT(rows, Contains("2026Q2,maas,all,all,tokens,52,,,,,,,"));  // 2 (8 + 8 + 10)
  EXPECT_THAT(rows, Contains("2025Q1,iaas,all,all,churn,0.05,,,,,,,"));
  EXPECT_THAT(rows, Contains("2025Q1,iaas,all,a,mean_stage,2,,,,,,,"));
  EXPECT_THAT(rows, Contains("2025Q1,iaas,all,a,mean_switching_cost,0.1,,,,,,,"));
  EXPECT_THAT(rows, Contains("2025Q1,iaas,all,all,hhi,0.625,,,,,,,"));
  EXPECT_THAT(rows, Contains("2026Q1,all,all,c,increment_share,1,,,,,,,"));  // against 2025Q1: only c grew
}

TEST(SharesCsv, HasNoRowWithoutAValue) {
  for (const std::string& row : lines(shares_csv(two_layers()))) {
    EXPECT_EQ(row.find(",iaas,all,c,"), std::string::npos) << row;         // c does not sell iaas
    EXPECT_EQ(row.find("iaas,all,a,tok"), std::string::npos) << row;       // no tokens there
    EXPECT_EQ(row.find(",all,all,a,customer"), std::string::npos) << row;  // not over all layers
    EXPECT_EQ(row.find("2025Q1,all,all,a,increment"), std::string::npos) << row;
    EXPECT_EQ(row.find("nan"), std::string::npos) << row;
    EXPECT_EQ(std::count(row.begin(), row.end(), ','), 12) << row;
  }
}

TEST(SharesCsv, HasEachRowOnceAndNoSharesOfAll) {
  std::set<std::string> keys;
  for (const std::string& row : lines(shares_csv(two_layers()))) {
    std::size_t end = 0;
    for (int comma = 0; comma < 5; ++comma) end = row.find(',', end + 1);
    EXPECT_TRUE(keys.insert(row.substr(0, end)).second) << row;
    EXPECT_EQ(row.find(",all,revenue_share"), std::string::npos) << row;
  }
  EXPECT_GT(keys.size(), 300u);
}

TEST(AnnualCsv, HasWholeYearsOnly) {
  const std::vector<std::string> rows = lines(annual_csv(two_layers()));
  EXPECT_THAT(rows, Contains("2025,iaas,all,a,revenue,240,,,,,,,"));
  EXPECT_THAT(rows, Contains("2025,maas,all,c,token_share,0.5789473684210527,,,,,,,"));  // 44 of 76
  EXPECT_THAT(rows, Contains("2025,iaas,all,a,customers,150,,,,,,,"));                   // at its end
  EXPECT_THAT(rows, Not(Contains(StartsWith("2026"))));
}

TEST(OpeningCsv, IsTheStateBeforeTheFirstPeriod) {
  const std::vector<std::string> rows = lines(opening_csv(two_layers()));
  EXPECT_EQ(rows.front(), "period,layer,segment,provider,measure,value,se,sd,q05,q25,q50,q75,q95");
  EXPECT_THAT(rows, Contains("opening,iaas,all,a,revenue_share,0.75,,,,,,,"));
  EXPECT_THAT(rows, Contains("opening,maas,all,c,revenue,6,,,,,,,"));  // 4 - 1 in each segment
  EXPECT_THAT(rows, Not(Contains(::testing::HasSubstr("churn"))));
}

TEST(GrowthCsv, HasThePartsOfWholeYears) {
  const std::vector<std::string> rows = lines(growth_csv(two_layers()));
  EXPECT_EQ(rows.front(), "period,layer,provider,measure,part,value,se,sd,q05,q25,q50,q75,q95");
  // 4 periods, in each 5 customers of 75 in two segments move from a to b, at 30 / 75 a customer.
  EXPECT_THAT(rows, Contains("2025,iaas,a,revenue,switching,-16,,,,,,,"));
  EXPECT_THAT(rows, Contains("2025,maas,c,revenue,spend,8,,,,,,,"));  // from 3 to 7 in each segment
  EXPECT_THAT(rows, Contains(StartsWith("2025,maas,c,tokens,price,")));
  EXPECT_THAT(rows, Not(Contains(::testing::HasSubstr("revenue,price"))));
  EXPECT_EQ(rows.size(), 1u + 2 * 4 + 2 * (4 + 5));
}

TEST(SwitchingCsv, HasThePairsThatSellTheLayer) {
  const std::vector<std::string> rows = lines(switching_csv(two_layers()));
  EXPECT_EQ(rows.front(), "period,layer,from,to,value,se,sd,q05,q25,q50,q75,q95");
  EXPECT_EQ(rows.size(), 1u + 6 * (2 + 2));
  EXPECT_THAT(rows, Contains("2025Q1,iaas,a,b,10,,,,,,,"));
  EXPECT_THAT(rows, Contains("2025Q1,iaas,b,a,0,,,,,,,"));
}

TEST(RanksCsv, GivesEveryRankItsProbability) {
  const std::vector<std::string> rows = lines(ranks_csv(two_layers()));
  EXPECT_EQ(rows.front(), "period,layer,measure,provider,rank,probability");
  EXPECT_THAT(rows, Contains("2025Q1,all,revenue_share,a,1,1"));
  EXPECT_THAT(rows, Contains("2025Q1,all,revenue_share,a,2,0"));
  EXPECT_THAT(rows, Contains("2025Q1,all,revenue_share,b,2,1"));
  EXPECT_THAT(rows, Contains("2025Q1,maas,token_share,b,1,1"));  // a tie: the earlier
  EXPECT_THAT(rows, Contains("2025Q2,maas,token_share,b,1,0"));
  EXPECT_THAT(rows, Not(Contains(StartsWith("2025Q1,all,customer_share"))));
  EXPECT_THAT(rows, Not(Contains(StartsWith("2025Q1,iaas,revenue_share,c"))));
}

TEST(AnnualRanksCsv, RanksWholeYears) {
  const std::vector<std::string> rows = lines(annual_ranks_csv(two_layers()));
  EXPECT_THAT(rows, Contains("2025,maas,token_share,c,1,1"));  // 44 of 76
  EXPECT_THAT(rows, Contains("2025,maas,token_share,b,1,0"));
  EXPECT_THAT(rows, Not(Contains(StartsWith("2026"))));
}

TEST(CrossingsCsv, NamesThePeriodInWhichOnePassesAnother) {
  const Trajectory path =
      testing::revenue_history({"a", "b", "c"}, {{3, 2, 1}, {3, 2, 1}, {3, 4, 1}, {5, 4, 1}});
  const std::vector<std::string> rows = lines(crossings_csv(path));
  EXPECT_EQ(rows.front(), "layer,measure,passer,passed,period,probability");
  EXPECT_THAT(rows, Contains("all,revenue_share,b,a,2025Q2,1"));
  EXPECT_THAT(rows, Contains("iaas,customer_share,b,a,2025Q2,1"));
  EXPECT_THAT(rows, Contains("all,revenue_share,a,b,2025Q3,1"));  // ahead at the opening, passed, ahead again
  EXPECT_THAT(rows, Not(Contains(StartsWith("all,revenue_share,a,c"))));  // ahead from the opening on
  EXPECT_EQ(rows.size(), 1u + 3u * 2u);  // revenue over all, revenue and customers in iaas
}

TEST(Csv, QuotesNamesThatNeedIt) {
  const Trajectory path = testing::revenue_history({"a,b", "say \"c\""}, {{1, 2}, {1, 2}});
  const std::string text = shares_csv(path);
  EXPECT_NE(text.find(",\"a,b\",revenue,"), std::string::npos);
  EXPECT_NE(text.find(",\"say \"\"c\"\"\",revenue,"), std::string::npos);
}

}  // namespace
}  // namespace lockin
