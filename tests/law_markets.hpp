#pragma once

#include <algorithm>
#include <cmath>
#include <ostream>
#include <span>
#include <string>
#include <vector>

#include "plain_market.hpp"

namespace lockin::test {

/// A small market that has one feature of the model, to compare engines on.
struct LawMarket {
  std::string name;  ///< of the feature
  MarketSpec spec;
  AnyChoiceModel choice = {};

  friend void PrintTo(const LawMarket& market, std::ostream* out) { *out << market.name; }
};

/// Every third choice is the best offer without doubt, the incumbent's at a late stage: probabilities that no logit has, so
/// that the kernel keeps a row for each state and where one goes depends on the stage.
struct OftenDecided {
  void probabilities(const ChoiceContext&, std::span<const double> utility, std::span<double> p) const {
    const auto best = std::max_element(utility.begin(), utility.end());
    double sum = 0;
    for (std::size_t j = 0; j < p.size(); ++j) sum += p[j] = std::exp(utility[j] - *best);
    for (double& x : p) x *= 2.0 / 3 / sum;
    p[static_cast<std::size_t>(best - utility.begin())] += 1.0 / 3;
  }
};

/// Three providers, one layer with stages 0..D; 40 customers, so that most cells hold few.
inline MarketSpec law_one_layer(int stages = 2) {
  MarketSpec spec = plain_spec({.utility = {0.6, 0.0, -0.4},
                                .share = {0.2, 0.3, 0.5},
                                .rho = 0.7,
                                .kappa = 0.4,
                                .kappa_full = 1.6,
                                .stages = stages,
                                .lambda = 0.6,
                                .customers = 40,
                                .periods = 4});
  spec.layers[0].opening.assign(static_cast<std::size_t>(stages) + 1, 1.0 / (stages + 1));
  return spec;
}

/// Layers `cloud` and `models`.
inline MarketSpec law_two_layers(double theta_cloud, double theta_models, int stages = 1) {
  MarketSpec spec = law_one_layer(stages);
  spec.layers.push_back(spec.layers[0]);
  spec.layers[1].name = "models";
  for (ProviderSpec& provider : spec.providers) {
    provider.offers.push_back(provider.offers[0]);
    provider.offers[1].first = "models";
    provider.offers[1].second.appeal = Path(0.2);
  }
  SegmentSpec& users = spec.segments[0];
  if (theta_cloud != 0) users.affinity.push_back({"cloud", "models", theta_cloud});
  if (theta_models != 0) users.affinity.push_back({"models", "cloud", theta_models});
  return spec;
}

/// The table: between them these markets have every feature of the model.
inline std::vector<LawMarket> law_markets() {
  std::vector<LawMarket> all;
  const auto add = [&](const std::string& name, MarketSpec spec, auto&& change, AnyChoiceModel choice = {}) {
    change(spec, spec.segments[0]);
    all.push_back({name, std::move(spec), std::move(choice)});
  };
  using Spec = MarketSpec&;
  using Users = SegmentSpec&;
  const auto adopting = [](double opening, double innovate, double imitate) {
    return [=](Spec, Users users) {
      users.adopted = opening;
      users.adopt = AdoptSpec{innovate, imitate};
    };
  };
  const auto event = [](Spec spec, int at) -> EventSpec& {
    spec.events.emplace_back();
    spec.events.back().name = numbered("event", spec.events.size());
    spec.events.back().at = year(at);
    return spec.events.back();
  };

  add("MultiHoming", law_one_layer(1), [](Spec spec, Users users) {
    spec.layers[0].slots = 2;
    users.multi_home = {{"cloud", 0.6, 0.7}};
    users.affinity = {{"cloud", "cloud", 0.9}};
  });
  add("MultiHomingUntied", law_one_layer(), [](Spec spec, Users users) {
    spec.layers[0].slots = 2;
    users.multi_home = {{"cloud", 0.6, 0.7}};
  });
  add("TiedBothWays", law_two_layers(1.2, 0.8), [](Spec, Users) {});
  add("TiedOneWay", law_two_layers(0, 1.5), [](Spec, Users) {});
  add("Untied", law_two_layers(0, 0), [](Spec, Users) {});
  add("Entry", law_one_layer(), [&](Spec spec, Users users) {
    adopting(0.8, 0.3, 0.0)(spec, users);
    users.entry_per_year = 0.3;
  });
  add("Exit", law_one_layer(), [](Spec, Users users) { users.exit_per_year = 0.25; });
  add("EntryAndExitUntied", law_two_layers(0, 0), [&](Spec spec, Users users) {
    adopting(0.7, 0.4, 0.0)(spec, users);
    users.entry_per_year = 0.4;
    users.exit_per_year = 0.3;
  });
  add("EntryAndExitTied", law_two_layers(0.9, 0.9), [&](Spec spec, Users users) {
    adopting(0.7, 0.4, 0.0)(spec, users);
    users.entry_per_year = 0.4;
    users.exit_per_year = 0.3;
  });
  add("Bass", law_one_layer(), adopting(0.2, 0.05, 0.7));
  add("AdoptionTied", law_two_layers(1.0, 1.0), adopting(0.3, 0.2, 0.4));
  add("Network", law_one_layer(), [](Spec, Users users) { users.network = Path(2.5); });
  add("Reach", law_one_layer(), [](Spec spec, Users users) {
    spec.providers[1].offers[0].second.reach = Path(Path::Points{{{year(2001), 0.2}, {year(2004), 1.0}}, {}});
    users.taste_reach = 1.5;
  });
  add("RevealedAppeal", law_one_layer(), [](Spec spec, Users) { spec.layers[0].revealed_appeal = true; });
  add("Launch", law_one_layer(), [](Spec spec, Users) {
    auto& offer = spec.providers[0].offers[0].second;
    offer.share = 0.0;
    offer.launch = year(2002);
    spec.providers[1].offers[0].second.share = 0.5;
  });
  add("Withdrawal", law_one_layer(),
      [](Spec spec, Users) { spec.providers[2].offers[0].second.withdraw = year(2003); });
  add("Move", law_one_layer(),
      [&](Spec spec, Users) { event(spec, 2002).move = MoveSpec{"cloud", "p2", "p0", 0.5, "", false}; });
  // Two moves of one base in the last period, so that what follows does not hide their order.
  add("MoveKeepingStages", law_one_layer(), [&](Spec spec, Users) {
    event(spec, 2004).move = MoveSpec{"cloud", "p2", "p0", 0.5, "users", true};
    event(spec, 2004).move = MoveSpec{"cloud", "p2", "p1", 0.4, "", false};
  });
  add("SizesInTheSwitchingCost", law_one_layer(1), [](Spec, Users users) {
    users.size = {SizeSpec::Spread::pareto, 1.5, 3, 0.6};
    users.switching_cost = SwitchingCostSpec{1.0, Path(2.0)};
  });
  add("TasteClasses", law_one_layer(1), [](Spec spec, Users users) {
    users.taste_quality = {};
    users.taste_switching_cost = {};
    spec.providers[1].offers[0].second.quality = 1.8;
    users.taste_classes = {{0.6, {}, 0.2, 1.5}, {0.4, {}, 1.5, 0.5}};
  });
  add("Nests", law_one_layer(), [](Spec spec, Users) {
    spec.layers[0].nests = NestsSpec{{{"p0", "p1"}}, 0.4};
  });
  add("Trigger", law_one_layer(), [&](Spec spec, Users) {
    EventSpec& of = event(spec, 2001);
    of.at.reset();
    of.when = TriggerSpec{Measure::customer_share, "cloud", "p0", TriggerSpec::Comparison::greater, 0.35};
    of.effects = {{EffectSpec::Kind::scale, "portability", 0.2}};
  });
  add("LearningCurve", law_one_layer(), [](Spec spec, Users users) {
    users.taste_price = TasteSpec(3.0);
    spec.providers[0].learning_curve = LearningCurveSpec{0.7, 1.0, 1.0, {}};
    spec.providers[1].learning_curve = LearningCurveSpec{0.8, 1.0, 1.0, {}};
  });
  add(
      "ChoiceModelOfOnesOwn", law_two_layers(1.0, 0), [](Spec, Users) {}, OftenDecided{});
  return all;
}

}  // namespace lockin::test
