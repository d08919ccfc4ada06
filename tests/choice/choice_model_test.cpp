#include "lockin/choice/choice_model.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "lockin/choice/logit.hpp"

namespace {

using lockin::AnyChoiceModel;
using lockin::ChoiceContext;

struct Utilities {
  void utilities(const ChoiceContext&, std::span<double> v) const { std::fill(v.begin(), v.end(), 4.0); }
};
struct Probabilities {
  void probabilities(const ChoiceContext&, std::span<const double>, std::span<double> p) const {
    std::fill(p.begin(), p.end(), 0.5);
  }
};
struct Both : Utilities, Probabilities {};
struct Neither {};
struct WrongArgument {
  void utilities(const ChoiceContext&, std::vector<double>& v) const;
};
struct WrongResult {
  double utilities(const ChoiceContext&, std::span<double> v) const;
};
struct NotConst {
  void utilities(const ChoiceContext&, std::span<double> v);
};

static_assert(lockin::ChoiceModel<Utilities> && lockin::ChoiceModel<Probabilities> &&
              lockin::ChoiceModel<Both>);
static_assert(lockin::ChoiceModel<lockin::Logit> && lockin::ChoiceModel<lockin::NestedLogit>);
static_assert(!lockin::ChoiceModel<Neither> && !lockin::ChoiceModel<WrongArgument> &&
              !lockin::ChoiceModel<WrongResult>);
static_assert(!lockin::ChoiceModel<NotConst>, "a model is asked in any order: it has no memory");

const std::vector<double> zeros{0, 0}, first_appeals{1, 0};

ChoiceContext context() {
  ChoiceContext of;
  of.quality = of.log_price = of.reach = of.last_share = zeros;
  of.appeal = first_appeals;
  return of;
}

TEST(AnyChoiceModel, FillsInWhatAModelDoesNotSay) {
  std::vector<double> v(2), p(2), u{0, 0};
  const AnyChoiceModel of_utilities{Utilities{}}, of_probabilities{Probabilities{}}, empty, both{Both{}};
  of_utilities.utilities(context(), v);
  EXPECT_EQ(v, (std::vector<double>{4, 4}));
  of_probabilities.utilities(context(), v);
  EXPECT_EQ(v, (std::vector<double>{1, 0})) << "the utility of the model page";
  empty.utilities(context(), v);
  EXPECT_EQ(v, (std::vector<double>{1, 0}));
  u = {800, 0};
  of_utilities.probabilities(context(), u, p);
  EXPECT_EQ(p, (std::vector<double>{1, 0})) << "logit";
  both.probabilities(context(), u, p);
  EXPECT_EQ(p, (std::vector<double>{0.5, 0.5}));
  EXPECT_FALSE(of_utilities.has_probabilities());
  EXPECT_FALSE(empty.has_probabilities());
  EXPECT_TRUE(of_probabilities.has_probabilities());
  EXPECT_TRUE(both.has_probabilities());
}

TEST(AnyChoiceModel, IsNestedWhereTheLayerIs) {
  const std::vector<std::size_t> nest{0, 0, 1};
  ChoiceContext of;
  of.nest = nest;
  of.dissimilarity = 1e-3;
  std::vector<double> p(3);
  AnyChoiceModel{}.probabilities(of, std::vector<double>{0, 0, 0}, p);
  EXPECT_NEAR(p[2], 0.5, 1e-3) << "a third under plain logit";
}

TEST(AnyChoiceModel, HoldsItsModelByValue) {
  struct Counted {
    double value;
    void utilities(const ChoiceContext&, std::span<double> v) const { std::fill(v.begin(), v.end(), value); }
  };
  Counted model{1};
  const AnyChoiceModel any{model};
  model.value = 2;
  std::vector<double> v(1);
  any.utilities({}, v);
  EXPECT_EQ(v[0], 1);
}

}  // namespace
