#include "lockin/choice/logit.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

namespace {

using lockin::ChoiceContext;
using Row = std::vector<double>;

constexpr double inf = std::numeric_limits<double>::infinity();

Row logit(const Row& u) {
  Row p(u.size());
  lockin::Logit{}.probabilities({}, u, p);
  return p;
}

Row nested(const Row& u, const std::vector<std::size_t>& nest, double dissimilarity) {
  ChoiceContext context;
  context.nest = nest;
  context.dissimilarity = dissimilarity;
  Row p(u.size());
  lockin::NestedLogit{}.probabilities(context, u, p);
  return p;
}

TEST(Logit, IsTheRatioOfExponentials) {
  const Row u{0.3, -1.2, 2.0};
  const double sum = std::exp(0.3) + std::exp(-1.2) + std::exp(2.0);
  const Row p = logit(u);
  for (std::size_t j = 0; j < 3; ++j) EXPECT_NEAR(p[j], std::exp(u[j]) / sum, 1e-15);
}

TEST(Logit, OnlyDifferencesCount) {
  const Row a = logit({0.3, -1.2, 2.0});
  for (const double shift : {-1e4, 1e4, 1e8}) {
    const Row b = logit({0.3 + shift, -1.2 + shift, 2.0 + shift});
    for (std::size_t j = 0; j < 3; ++j) EXPECT_NEAR(a[j], b[j], 1e-7);
  }
}

TEST(Logit, ExtremesAreProbabilities) {
  EXPECT_EQ(logit({1e308, 0, -1e308}), (Row{1, 0, 0}));
  EXPECT_EQ(logit({-inf, 5, -inf}), (Row{0, 1, 0}));
  EXPECT_EQ(logit({7}), Row{1});
  EXPECT_EQ(logit({-inf, 0, 0}), (Row{0, 0.5, 0.5}));
}

TEST(Logit, UtilityOfTheModelPage) {
  const Row quality{1, 2}, log_price{0.1, -0.2}, reach{0.5, 0}, appeal{0.05, 0.07}, share{0.6, 0.4};
  ChoiceContext context;
  context.alpha = 3;
  context.beta = 0.7;
  context.gamma = 2;
  context.eta = 1.1;
  context.quality = quality;
  context.log_price = log_price;
  context.reach = reach;
  context.appeal = appeal;
  context.last_share = share;
  Row v(2);
  lockin::Logit{}.utilities(context, v);
  EXPECT_NEAR(v[0], 0.7 - 0.3 + 0.05 + 1.0 + 0.66, 1e-15);
  EXPECT_NEAR(v[1], 1.4 + 0.6 + 0.07 + 0 + 0.44, 1e-15);
}

TEST(NestedLogit, DissimilarityOneIsTheLogit) {
  const Row u{0.3, -1.2, 2.0, 0.1};
  const Row plain = logit(u), p = nested(u, {0, 0, 1, 2}, 1);
  for (std::size_t j = 0; j < 4; ++j) EXPECT_NEAR(p[j], plain[j], 1e-15);
}

TEST(NestedLogit, EachProviderAloneIsTheLogit) {
  const Row u{0.3, -1.2, 2.0};
  const Row plain = logit(u), p = nested(u, {2, 0, 1}, 0.3);
  for (std::size_t j = 0; j < 3; ++j) EXPECT_NEAR(p[j], plain[j], 1e-15);
}

TEST(NestedLogit, ClosedForm) {  // Train 2009, eq. 4.2
  const Row u{0.3, -0.2, 0.9};
  const double lambda = 0.5, within = std::exp(0.3 / lambda) + std::exp(-0.2 / lambda);
  const double all = std::pow(within, lambda) + std::exp(0.9);
  const Row p = nested(u, {0, 0, 1}, lambda);
  EXPECT_NEAR(p[0], std::exp(0.3 / lambda) / within * std::pow(within, lambda) / all, 1e-15);
  EXPECT_NEAR(p[1], std::exp(-0.2 / lambda) / within * std::pow(within, lambda) / all, 1e-15);
  EXPECT_NEAR(p[2], std::exp(0.9) / all, 1e-15);
}

TEST(NestedLogit, RedBusAndBlueBus) {
  // Two equal alternatives in a nest share what one would have as lambda falls to 0.
  const Row p = nested({0, 0, 0}, {0, 0, 1}, 1e-3);
  EXPECT_NEAR(p[0], 0.25, 2e-4);
  EXPECT_NEAR(p[2], 0.5, 4e-4);
}

TEST(NestedLogit, WithinANestIndependenceHolds) {
  const Row a = nested({0.3, -0.2, 0.9}, {0, 0, 1}, 0.4), b = nested({0.3, -0.2, 5}, {0, 0, 1}, 0.4);
  EXPECT_NEAR(a[0] / a[1], b[0] / b[1], 1e-12);
}

TEST(NestedLogit, EmptyNestsAndHugeUtilities) {
  const Row p = nested({-inf, -inf, 0, 0}, {0, 0, 1, 2}, 0.5);
  EXPECT_EQ(p, (Row{0, 0, 0.5, 0.5}));
  for (const double big : {700.0, 1e5, 1e300}) {
    const Row q = nested({big, -big, 0, big}, {0, 0, 1, 1}, 0.01);
    EXPECT_NEAR(q[0], 0.5, 1e-12) << big;
    EXPECT_NEAR(q[3], 0.5, 1e-12) << big;
    EXPECT_NEAR(std::accumulate(q.begin(), q.end(), 0.0), 1, 1e-12);
  }
}

}  // namespace
