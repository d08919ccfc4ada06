#include "lockin/market/market.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

#include "lockin/market/slot_state.hpp"
#include "small_market.hpp"

namespace {

using lockin::check_market;
using lockin::Date;
using lockin::EffectSpec;
using lockin::EventSpec;
using lockin::LayerId;
using lockin::Market;
using lockin::MarketSpec;
using lockin::Path;
using lockin::ProviderId;
using lockin::SegmentId;

constexpr double nan = std::numeric_limits<double>::quiet_NaN(),
                 inf = std::numeric_limits<double>::infinity();

// Quarters of 2025 to 2027; layers cloud and maas (tokens, two slots, stages); p0, p1 sell both, p2 sells cloud; firms, state.
MarketSpec sound() {
  MarketSpec spec = small::spec({.utility = {0, 0, 0}, .opening = {0.5, 0.3, 0.2}});
  spec.period = lockin::PeriodLength::quarter;
  spec.end.year = 2027;
  spec.layers.push_back(spec.layers[0]);
  spec.layers[1].name = "maas";
  spec.layers[1].token_unit = true;
  spec.layers[1].slots = 2;
  spec.layers[1].stages = 2;
  for (std::size_t j = 0; j < 2; ++j) {
    spec.providers[j].offers.push_back(spec.providers[j].offers[0]);
    spec.providers[j].offers[1].first = "maas";
    spec.providers[j].offers[1].second.price_per_million_tokens = Path(2.0);
    spec.providers[j].offers[1].second.share = 0.5;
  }
  spec.segments.push_back(spec.segments[0]);
  spec.segments[1].name = "state";
  return spec;
}

EventSpec scaled(const std::string& target, double number = 1.1,
                 EffectSpec::Kind kind = EffectSpec::Kind::scale) {
  EventSpec event;
  event.name = "event";
  event.at = *Date::parse("2026");
  event.effects.push_back({kind, target, number});
  return event;
}

EventSpec moved(const lockin::MoveSpec& move) {
  EventSpec event;
  event.name = "event";
  event.at = *Date::parse("2026");
  event.move = move;
  return event;
}

EventSpec triggered(const lockin::TriggerSpec& when) {
  EventSpec event = scaled("portability");
  event.at.reset();
  event.when = when;
  return event;
}

TEST(Market, ASoundDescriptionHasNoProblem) {
  const auto problems = check_market(sound());
  EXPECT_TRUE(problems.empty()) << (problems.empty() ? "" : lockin::to_string(problems[0]));
}

// ---- One problem each --------------------------------------------------------------------------------------

struct Broken {
  const char* name;
  const char* key;  ///< of the first problem
  std::function<void(MarketSpec&)> breakage;
};

void PrintTo(const Broken& broken, std::ostream* out) { *out << broken.name; }

class Problems : public testing::TestWithParam<Broken> {};

TEST_P(Problems, AreNamedByTheirKey) {
  MarketSpec spec = sound();
  GetParam().breakage(spec);
  const auto problems = check_market(spec);
  ASSERT_FALSE(problems.empty());
  EXPECT_EQ(problems[0].key, GetParam().key) << lockin::to_string(problems[0]);
  EXPECT_FALSE(problems[0].allowed.empty());
  EXPECT_THROW(Market{spec}, lockin::MarketError);
}

lockin::OfferSpec& offer(MarketSpec& spec, std::size_t provider, std::size_t layer) {
  return spec.providers[provider].offers[layer].second;
}
lockin::SegmentSpec& firms(MarketSpec& spec) { return spec.segments[0]; }
lockin::TasteSpec spread(lockin::TasteSpec::Spread kind, double first, double second, int classes = 3) {
  lockin::TasteSpec taste;
  taste.spread = kind;
  taste.first = first;
  taste.second = second;
  taste.classes = classes;
  return taste;
}
lockin::TasteSpec valued(std::vector<double> values, std::vector<double> weights) {
  lockin::TasteSpec taste;
  taste.spread = lockin::TasteSpec::Spread::values;
  taste.values = std::move(values);
  taste.weights = std::move(weights);
  return taste;
}
using Spread = lockin::TasteSpec::Spread;
using Size = lockin::SizeSpec::Spread;
using lockin::Measure;

const std::vector<Broken> general{
    {"end_before_start", "horizon.end", [](MarketSpec& m) { m.end = *Date::parse("2024"); }},
    {"finer_start", "horizon.end", [](MarketSpec& m) { m.start = *Date::parse("2025-02"); }},
    {"no_layers", "layers", [](MarketSpec& m) { m.layers.clear(); }},
    {"no_providers", "providers", [](MarketSpec& m) { m.providers.clear(); }},
    {"no_segments", "segments", [](MarketSpec& m) { m.segments.clear(); }},
    {"no_name", "providers", [](MarketSpec& m) { m.providers[1].name.clear(); }},
    {"layer_twice", "layers.cloud", [](MarketSpec& m) { m.layers[1].name = "cloud"; }},
    {"provider_twice", "providers.p0", [](MarketSpec& m) { m.providers[1].name = "p0"; }},
    {"segment_twice", "segments.firms", [](MarketSpec& m) { m.segments[1].name = "firms"; }},
    {"unknown_layer_sold", "providers.p2.mass",
     [](MarketSpec& m) { m.providers[2].offers.emplace_back("mass", lockin::OfferSpec{}); }},
    {"portability", "portability", [](MarketSpec& m) { m.portability = -0.1; }},
};

const std::vector<Broken> sizes{
    {"no_total", "market.size",
     [](MarketSpec& m) {
       m.layers[1].share = lockin::Annual{{2025, 0.3}};
       m.size = lockin::MarketSizeSpec{{{2025, 10}}, {}};
     }},
    {"total_zero", "market.size",
     [](MarketSpec& m) {
       m.layers[1].share = lockin::Annual{{2025, 0.3}};
       m.size = lockin::MarketSizeSpec{{{2025, 0}}, 0.1};
     }},
    {"total_nan", "market.size",
     [](MarketSpec& m) {
       m.layers[1].share = lockin::Annual{{2025, 0.3}};
       m.size = lockin::MarketSizeSpec{{{2025, nan}}, 0.1};
     }},
    {"share_zero", "layers.maas.share",
     [](MarketSpec& m) {
       m.layers[1].share = lockin::Annual{{2025, 0.0}};
       m.size = lockin::MarketSizeSpec{{{2025, 9}}, 0.1};
     }},
    {"shares_above_one", "layers",
     [](MarketSpec& m) {
       m.layers[0].share = lockin::Annual{{2025, 0.8}};
       m.layers[1].share = lockin::Annual{{2025, 0.3}};
       m.size = lockin::MarketSizeSpec{{{2025, 9}}, 0.1};
     }},
    {"nothing_left", "layers",
     [](MarketSpec& m) {
       m.layers[1].share = lockin::Annual{{2025, 0.5}, {2027, 1.0}};
       m.size = lockin::MarketSizeSpec{{{2025, 9}}, 0.1};
     }},
};

const std::vector<Broken> layers{
    {"stages", "layers.maas.lock_in.stages", [](MarketSpec& m) { m.layers[1].stages = 65; }},
    {"stages_negative", "layers.maas.lock_in.stages", [](MarketSpec& m) { m.layers[1].stages = -1; }},
    {"slots", "layers.maas.slots", [](MarketSpec& m) { m.layers[1].slots = 3; }},
    {"advance", "layers.maas.lock_in.advance", [](MarketSpec& m) { m.layers[1].advance_per_year = 1.2; }},
    {"curve_and_tau", "layers.maas.lock_in.curve",
     [](MarketSpec& m) {
       m.layers[1].curve = {0, 0.5, 1};
       m.layers[1].curve_tau = 2.0;
     }},
    {"tau_zero", "layers.maas.lock_in.curve_tau", [](MarketSpec& m) { m.layers[1].curve_tau = 0.0; }},
    {"tau_infinite", "layers.maas.lock_in.curve_tau", [](MarketSpec& m) { m.layers[1].curve_tau = inf; }},
    {"curve_nan", "layers.maas.lock_in.curve",
     [](MarketSpec& m) {
       m.layers[1].curve = {0, nan, 1};
     }},
    {"curve_short", "layers.maas.lock_in.curve",
     [](MarketSpec& m) {
       m.layers[1].curve = {0, 1};
     }},
    {"curve_start", "layers.maas.lock_in.curve",
     [](MarketSpec& m) {
       m.layers[1].curve = {0.1, 0.5, 1};
     }},
    {"curve_end", "layers.maas.lock_in.curve",
     [](MarketSpec& m) {
       m.layers[1].curve = {0, 0.5, 0.9};
     }},
    {"curve_falls", "layers.maas.lock_in.curve",
     [](MarketSpec& m) {
       m.layers[1].stages = 3;
       m.layers[1].curve = {0, 0.6, 0.5, 1};
     }},
    {"opening_length", "layers.maas.lock_in.opening",
     [](MarketSpec& m) {
       m.layers[1].opening = {0.5, 0.5};
     }},
    {"opening_sum", "layers.maas.lock_in.opening",
     [](MarketSpec& m) {
       m.layers[1].opening = {0.5, 0.2, 0.2};
     }},
    {"opening_negative", "layers.maas.lock_in.opening",
     [](MarketSpec& m) {
       m.layers[1].opening = {1.5, -0.5, 0};
     }},
    {"dissimilarity", "layers.maas.nests.dissimilarity",
     [](MarketSpec& m) {
       m.layers[1].nests = lockin::NestsSpec{{{"p0"}}, 0};
     }},
    {"dissimilarity_above_one", "layers.maas.nests.dissimilarity",
     [](MarketSpec& m) {
       m.layers[1].nests = lockin::NestsSpec{{{"p0"}}, 1.1};
     }},
    {"nest_of_nobody", "layers.maas.nests.groups",
     [](MarketSpec& m) {
       m.layers[1].nests = lockin::NestsSpec{{{"p9"}}, 0.5};
     }},
    {"two_nests", "layers.maas.nests.groups",
     [](MarketSpec& m) {
       m.layers[1].nests = lockin::NestsSpec{{{"p0"}, {"p1", "p0"}}, 0.5};
     }},
};

const std::vector<Broken> offers{
    {"index_in_token_layer", "providers.p0.maas.price",
     [](MarketSpec& m) { offer(m, 0, 1).price = Path(1.0); }},
    {"token_price_in_spend_layer", "providers.p0.cloud.price_per_million_tokens",
     [](MarketSpec& m) { offer(m, 0, 0).price_per_million_tokens = Path(1.0); }},
    {"no_token_price", "providers.p1.maas.price_per_million_tokens",
     [](MarketSpec& m) { offer(m, 1, 1).price_per_million_tokens.reset(); }},
    {"price_zero", "providers.p0.cloud.price", [](MarketSpec& m) { offer(m, 0, 0).price = Path(0.0); }},
    {"quality_nan", "providers.p0.cloud.quality", [](MarketSpec& m) { offer(m, 0, 0).quality = nan; }},
    {"reach_infinite", "providers.p0.cloud.reach.state",
     [](MarketSpec& m) {
       offer(m, 0, 0).reach.named = {{"state", Path(inf)}};
     }},
    {"appeal_nan", "providers.p0.cloud.appeal", [](MarketSpec& m) { offer(m, 0, 0).appeal = Path(nan); }},
    {"finer_launch", "providers.p2.cloud.launch",
     [](MarketSpec& m) { offer(m, 2, 0).launch = *Date::parse("2024-05"); }},
    {"withdraw_before_launch", "providers.p2.cloud.withdraw",
     [](MarketSpec& m) {
       offer(m, 2, 0).launch = *Date::parse("2024");
       offer(m, 2, 0).withdraw = *Date::parse("2023");
     }},
    {"nobody_on_sale", "layers.maas",
     [](MarketSpec& m) { offer(m, 0, 1).withdraw = offer(m, 1, 1).withdraw = *Date::parse("2026Q3"); }},
    {"nobody_sells", "layers.maas",
     [](MarketSpec& m) {
       for (std::size_t j : {0u, 1u}) m.providers[j].offers.pop_back();
     }},
    {"shares_below_one", "providers.p2.cloud.share", [](MarketSpec& m) { offer(m, 0, 0).share = 0.4; }},
    {"shares_above_one", "providers.p1.maas.share", [](MarketSpec& m) { offer(m, 0, 1).share = 0.6; }},
    {"share_negative", "providers.p0.cloud.share", [](MarketSpec& m) { offer(m, 0, 0).share = -0.1; }},
    {"two_rests", "providers.p1.cloud.share",
     [](MarketSpec& m) { offer(m, 0, 0).share_is_rest = offer(m, 1, 0).share_is_rest = true; }},
    {"nothing_for_the_rest", "providers.p2.cloud.share",
     [](MarketSpec& m) {
       offer(m, 0, 0).share_is_rest = true;
       offer(m, 1, 0).share = 0.9;
       offer(m, 2, 0).share = 0.3;
     }},
    {"share_before_launch", "providers.p2.cloud.share",
     [](MarketSpec& m) { offer(m, 2, 0).launch = *Date::parse("2025Q2"); }},
    {"share_after_withdrawal", "providers.p2.cloud.share",
     [](MarketSpec& m) { offer(m, 2, 0).withdraw = *Date::parse("2025Q1"); }},
    {"rest_before_launch", "providers.p2.cloud.share",
     [](MarketSpec& m) {
       offer(m, 2, 0).launch = *Date::parse("2025Q2");
       offer(m, 2, 0).share_is_rest = true;
     }},
};

const std::vector<Broken> segments{
    {"nobody", "segments.firms.customers", [](MarketSpec& m) { firms(m).customers = 0; }},
    {"too_many", "segments.firms.customers", [](MarketSpec& m) { firms(m).customers = 1'000'000'000'001; }},
    {"entry", "segments.firms.entry", [](MarketSpec& m) { firms(m).entry_per_year = -0.1; }},
    {"exit_one", "segments.firms.exit", [](MarketSpec& m) { firms(m).exit_per_year = 1.0; }},
    {"private_share", "segments.firms.private_share", [](MarketSpec& m) { firms(m).private_share = 1.1; }},
    {"intensity", "segments.firms.intensity", [](MarketSpec& m) { firms(m).intensity = Path(-1.0); }},
    {"network", "segments.firms.network.maas",
     [](MarketSpec& m) {
       firms(m).network.named = {{"maas", Path(nan)}};
     }},
    {"no_hazard", "segments.firms.re_evaluate.maas",
     [](MarketSpec& m) {
       firms(m).re_evaluate_per_year = std::vector<std::pair<std::string, Path>>{{"cloud", 0.1}};
     }},
    {"hazard", "segments.firms.re_evaluate",
     [](MarketSpec& m) { firms(m).re_evaluate_per_year = Path(1.4); }},
    {"cost", "segments.firms.switching_cost",
     [](MarketSpec& m) {
       firms(m).switching_cost = lockin::SwitchingCostSpec{-1.0, {}};
     }},
    {"cost_of_a_layer", "segments.firms.switching_cost.maas",
     [](MarketSpec& m) {
       firms(m).switching_cost =
           std::vector<std::pair<std::string, lockin::SwitchingCostSpec>>{{"maas", {-1.0, {}}}};
     }},
    {"full_below_initial", "segments.firms.switching_cost.full",
     [](MarketSpec& m) {
       firms(m).switching_cost = lockin::SwitchingCostSpec{2.0, Path(1.0)};
     }},
    {"full_falls_below", "segments.firms.switching_cost.full",
     [](MarketSpec& m) {
       firms(m).switching_cost = lockin::SwitchingCostSpec{
           2.0, Path(Path::Points{{{*Date::parse("2025"), 3.0}, {*Date::parse("2027"), 1.0}}, {}})};
     }},
    {"adopted", "segments.firms.adopted.cloud",
     [](MarketSpec& m) {
       firms(m).adopted = 1.5;
       firms(m).adopt = lockin::AdoptSpec{};
     }},
    {"adopt_missing", "segments.firms.adopt.maas",
     [](MarketSpec& m) {
       firms(m).adopted.named = {{"maas", 0.5}};
     }},
    {"bass_above_one", "segments.firms.adopt.innovate",
     [](MarketSpec& m) {
       firms(m).adopt = lockin::AdoptSpec{0.6, 0.5};
     }},
    {"bass_rises_above_one", "segments.firms.adopt.innovate",
     [](MarketSpec& m) {
       firms(m).adopt = lockin::AdoptSpec{Path(Path::Growth{0.6, 0.3}), 0.1};
     }},
    {"innovate", "segments.firms.adopt.innovate",
     [](MarketSpec& m) {
       firms(m).adopt = lockin::AdoptSpec{1.5, 0.0};
     }},
    {"imitate", "segments.firms.adopt.imitate",
     [](MarketSpec& m) {
       firms(m).adopt = lockin::AdoptSpec{0.5, -0.1};
     }},
    {"affinity_of_nobody", "segments.firms.affinity.cloud_from_mass",
     [](MarketSpec& m) {
       firms(m).affinity = {{"cloud", "mass", 1.0}};
     }},
    {"affinity", "segments.firms.affinity.cloud_from_maas",
     [](MarketSpec& m) {
       firms(m).affinity = {{"cloud", "maas", nan}};
     }},
    {"multi_home_of_nobody", "segments.firms.multi_home.mass",
     [](MarketSpec& m) {
       firms(m).multi_home = {{"mass", 0.5, 0.5}};
     }},
    {"multi_home_one_slot", "segments.firms.multi_home.cloud",
     [](MarketSpec& m) {
       firms(m).multi_home = {{"cloud", 0.5, 0.5}};
     }},
    {"multi_home_share", "segments.firms.multi_home.maas.share_of_customers",
     [](MarketSpec& m) {
       firms(m).multi_home = {{"maas", 1.5, 0.5}};
     }},
    {"multi_home_spend", "segments.firms.multi_home.maas.primary_spend",
     [](MarketSpec& m) {
       firms(m).multi_home = {{"maas", 0.5, 1.0}};
     }},
    {"too_many_types", "segments.firms",
     [](MarketSpec& m) {
       firms(m).size = {Size::pareto, 1.5, 1000, 0};
       firms(m).taste_price = spread(Spread::normal, 1, 0.01, 64);
       firms(m).taste_quality = spread(Spread::normal, 1, 0.01, 64);
     }},
    {"size_classes", "segments.firms.size.classes",
     [](MarketSpec& m) {
       firms(m).size = {Size::pareto, 1.5, 0, 0};
     }},
    {"size_classes_many", "segments.firms.size.classes",
     [](MarketSpec& m) {
       firms(m).size = {Size::pareto, 1.5, 1001, 0};
     }},
    {"size_tail", "segments.firms.size.tail",
     [](MarketSpec& m) {
       firms(m).size = {Size::pareto, 1.0, 8, 0};
     }},
    {"size_sigma", "segments.firms.size.sigma",
     [](MarketSpec& m) {
       firms(m).size = {Size::lognormal, 0, 8, 0};
     }},
    {"size_exponent", "segments.firms.size.switching_cost",
     [](MarketSpec& m) {
       firms(m).size = {Size::lognormal, 1, 8, nan};
     }},
    {"taste_negative", "segments.firms.taste",
     [](MarketSpec& m) { firms(m).taste_price = spread(Spread::normal, 0.5, 1); }},
    {"taste_nan", "segments.firms.taste",
     [](MarketSpec& m) { firms(m).taste_quality = lockin::TasteSpec(nan); }},
    {"taste_classes", "segments.firms.taste.price.classes",
     [](MarketSpec& m) { firms(m).taste_price = spread(Spread::normal, 1, 0.1, 0); }},
    {"taste_classes_many", "segments.firms.taste.quality.maas.classes",
     [](MarketSpec& m) {
       firms(m).taste_quality.named = {{"maas", spread(Spread::normal, 1, 0.1, 65)}};
     }},
    {"taste_median", "segments.firms.taste.price",
     [](MarketSpec& m) { firms(m).taste_price = spread(Spread::lognormal_median, -1, 0.1); }},
    {"taste_sd", "segments.firms.taste.price",
     [](MarketSpec& m) { firms(m).taste_price = spread(Spread::normal, 1, -0.1); }},
    {"taste_values", "segments.firms.taste.price.values",
     [](MarketSpec& m) { firms(m).taste_price = valued({}, {}); }},
    {"taste_weights_short", "segments.firms.taste.price.weights",
     [](MarketSpec& m) {
       firms(m).taste_price = valued({1, 2}, {1});
     }},
    {"taste_weights_zero", "segments.firms.taste.price.weights",
     [](MarketSpec& m) {
       firms(m).taste_price = valued({1, 2}, {1, 0});
     }},
    {"class_weight", "segments.firms.taste.classes",
     [](MarketSpec& m) {
       firms(m).taste_classes = {{1, 2.0, {}, {}}, {0, 3.0, {}, {}}};
     }},
    {"class_and_taste", "segments.firms.taste.price",
     [](MarketSpec& m) {
       firms(m).taste_price = lockin::TasteSpec(1.0);
       firms(m).taste_classes = {{1, 2.0, {}, {}}, {1, 3.0, {}, {}}};
     }},
    {"class_and_taste_by_layer", "segments.firms.taste.switching_cost",
     [](MarketSpec& m) {
       firms(m).taste_switching_cost.named = {{"maas", lockin::TasteSpec(1.0)}};
       firms(m).taste_classes = {{1, {}, {}, 2.0}};
     }},
    {"classes_of_nothing", "segments.firms.taste.classes",
     [](MarketSpec& m) { firms(m).taste_classes = {{}}; }},
    {"reach_nan", "segments.firms.taste.reach.cloud", [](MarketSpec& m) { firms(m).taste_reach = nan; }},
};

// Entries that nothing would read, and entries of which one would win in silence.
const std::vector<Broken> tables{
    {"share_of_nobody", "providers.p0.cloud.share.firm",
     [](MarketSpec& m) {
       offer(m, 0, 0).share.named = {{"firm", 0.5}};
     }},
    {"reach_of_nobody", "providers.p0.cloud.reach.firm",
     [](MarketSpec& m) {
       offer(m, 0, 0).reach.named = {{"firm", Path(0.5)}};
     }},
    {"appeal_of_nobody", "providers.p0.maas.appeal.firm",
     [](MarketSpec& m) {
       offer(m, 0, 1).appeal = {};
       offer(m, 0, 1).appeal.named = {{"firm", Path(0.5)}};
     }},
    {"intensity", "segments.firms.intensity.gone",
     [](MarketSpec& m) {
       firms(m).intensity.named = {{"gone", Path(1.0)}};
     }},
    {"taste_price", "segments.firms.taste.price.gone",
     [](MarketSpec& m) {
       firms(m).taste_price.named = {{"gone", lockin::TasteSpec(1.0)}};
     }},
    {"taste_quality", "segments.firms.taste.quality.gone",
     [](MarketSpec& m) {
       firms(m).taste_quality.named = {{"gone", lockin::TasteSpec(1.0)}};
     }},
    {"taste_switching_cost", "segments.firms.taste.switching_cost.gone",
     [](MarketSpec& m) {
       firms(m).taste_switching_cost.named = {{"gone", lockin::TasteSpec(1.0)}};
     }},
    {"taste_reach", "segments.firms.taste.reach.gone",
     [](MarketSpec& m) {
       firms(m).taste_reach.named = {{"gone", 1.0}};
     }},
    {"re_evaluate", "segments.firms.re_evaluate.gone",
     [](MarketSpec& m) {
       firms(m).re_evaluate_per_year = {};
       firms(m).re_evaluate_per_year.named = {{"cloud", Path(0.5)}, {"maas", Path(0.5)}, {"gone", Path(0.5)}};
     }},
    {"switching_cost", "segments.firms.switching_cost.gone",
     [](MarketSpec& m) {
       firms(m).switching_cost = {};
       firms(m).switching_cost.named = {{"gone", {1.0, {}}}};
     }},
    {"adopted", "segments.firms.adopted.gone",
     [](MarketSpec& m) {
       firms(m).adopted.named = {{"gone", 0.5}};
     }},
    {"adopt", "segments.firms.adopt.gone",
     [](MarketSpec& m) {
       firms(m).adopt.named = {{"gone", {0.5, 0.0}}};
     }},
    {"network", "segments.firms.network.gone",
     [](MarketSpec& m) {
       firms(m).network.named = {{"gone", Path(0.5)}};
     }},
    {"name_twice", "segments.firms.network.cloud",
     [](MarketSpec& m) {
       firms(m).network.named = {{"cloud", Path(0.5)}, {"cloud", Path(0.6)}};
     }},
    {"all_beside_names", "segments.firms.re_evaluate",
     [](MarketSpec& m) {
       firms(m).re_evaluate_per_year.named = {{"cloud", Path(0.5)}};
     }},
    {"two_offers", "providers.p0.cloud",
     [](MarketSpec& m) { m.providers[0].offers.push_back(m.providers[0].offers[0]); }},
    {"affinity_twice", "segments.firms.affinity.cloud_from_maas",
     [](MarketSpec& m) {
       firms(m).affinity = {{"cloud", "maas", 0.1}, {"cloud", "maas", 0.2}};
     }},
    {"multi_home_twice", "segments.firms.multi_home.maas",
     [](MarketSpec& m) {
       firms(m).multi_home = {{"maas", 0.1, 0.5}, {"maas", 0.2, 0.5}};
     }},
};

const std::vector<Broken> paths{
    {"growth_of_zero", "providers.p0.cloud.price",
     [](MarketSpec& m) {
       offer(m, 0, 0).price = Path(Path::Points{{{*Date::parse("2025"), 1}, {*Date::parse("2026"), 0}}, {}});
     }},
    {"no_dates", "providers.p0.cloud.price",
     [](MarketSpec& m) {
       offer(m, 0, 0).price = Path(Path::Points{{}, {}});
     }},
    {"finer_date", "providers.p0.cloud.price",
     [](MarketSpec& m) {
       offer(m, 0, 0).price =
           Path(Path::Points{{{*Date::parse("2025-02"), 1}, {*Date::parse("2026"), 2}}, {}});
     }},
    {"dates_fall", "providers.p0.cloud.price",
     [](MarketSpec& m) {
       offer(m, 0, 0).price = Path(Path::Points{{{*Date::parse("2026"), 1}, {*Date::parse("2025"), 2}}, {}});
     }},
    {"date_twice", "providers.p0.cloud.price",
     [](MarketSpec& m) {
       offer(m, 0, 0).price =
           Path(Path::Points{{{*Date::parse("2026"), 1}, {*Date::parse("2026Q1"), 2}}, {}});
     }},
    {"growth_rate", "providers.p0.cloud.price.growth",
     [](MarketSpec& m) {
       offer(m, 0, 0).price = Path(Path::Growth{1, -1});
     }},
    {"process_of_a_price", "providers.p0.cloud.price",
     [](MarketSpec& m) {
       offer(m, 0, 0).price = Path(Path::Releases{1, 1, lockin::Distribution::point(1)});
     }},
    {"rate_of_a_process", "providers.p0.cloud.quality.per_year",
     [](MarketSpec& m) {
       offer(m, 0, 0).quality = Path(Path::Releases{1, -1, lockin::Distribution::point(1)});
     }},
    {"leaves_its_range_later", "segments.firms.re_evaluate",
     [](MarketSpec& m) {
       firms(m).re_evaluate_per_year =
           Path(Path::Points{{{*Date::parse("2025"), 0.5}, {*Date::parse("2027"), 1.5}}, {}});
     }},
};

const std::vector<Broken> events{
    {"effect_nan", "events.event.scale.\"portability\"",
     [](MarketSpec& m) { m.events = {scaled("portability", nan)}; }},
    {"effect_infinite", "events.event.add.\"portability\"",
     [](MarketSpec& m) { m.events = {scaled("portability", inf, EffectSpec::Kind::add)}; }},
    {"threshold_nan", "events.event.when",
     [](MarketSpec& m) {
       m.events = {triggered({Measure::hhi, "all", "", lockin::TriggerSpec::Comparison::greater, nan})};
     }},
    {"name_twice", "events.event.name",
     [](MarketSpec& m) {
       m.events = {scaled("portability"), scaled("portability")};
     }},
    {"at_and_when", "events.event",
     [](MarketSpec& m) {
       m.events = {scaled("portability")};
       m.events[0].when = lockin::TriggerSpec{Measure::hhi, "cloud", "", {}, 0.5};
     }},
    {"neither", "events.event",
     [](MarketSpec& m) {
       m.events = {scaled("portability")};
       m.events[0].at.reset();
     }},
    {"finer_at", "events.event.at",
     [](MarketSpec& m) {
       m.events = {scaled("portability")};
       m.events[0].at = *Date::parse("2026-02");
     }},
    {"lasts_part_of_a_period", "events.event.lasts",
     [](MarketSpec& m) {
       m.events = {scaled("portability")};
       m.events[0].lasts_months = 4;
     }},
    {"lasts_nothing", "events.event.lasts",
     [](MarketSpec& m) {
       m.events = {scaled("portability")};
       m.events[0].lasts_months = 0;
     }},
    {"ramp_negative", "events.event.ramp",
     [](MarketSpec& m) {
       m.events = {scaled("portability")};
       m.events[0].ramp_months = -3;
     }},
    {"no_effect", "events.event",
     [](MarketSpec& m) {
       m.events = {scaled("portability")};
       m.events[0].effects.clear();
     }},
    {"no_target", "events.event.scale.\"providers.p0.cloud.prise\"",
     [](MarketSpec& m) { m.events = {scaled("providers.p0.cloud.prise")}; }},
    {"no_growth", "events.event.set.\"providers.p0.cloud.price.growth\"",
     [](MarketSpec& m) {
       m.events = {scaled("providers.p0.cloud.price.growth", 0.1, EffectSpec::Kind::set)};
     }},
    {"no_process", "events.event.add.\"providers.p0.cloud.quality.per_year\"",
     [](MarketSpec& m) {
       m.events = {scaled("providers.p0.cloud.quality.per_year", 1, EffectSpec::Kind::add)};
     }},
    {"trigger_layer", "events.event.when",
     [](MarketSpec& m) {
       m.events = {triggered({Measure::customer_share, "mass", "p0", {}, 0.5})};
     }},
    {"trigger_all_layers", "events.event.when",
     [](MarketSpec& m) {
       m.events = {triggered({Measure::customer_share, "all", "p0", {}, 0.5})};
     }},
    {"trigger_provider", "events.event.when",
     [](MarketSpec& m) {
       m.events = {triggered({Measure::customer_share, "cloud", "p9", {}, 0.5})};
     }},
    {"trigger_share_of_nobody", "events.event.when",
     [](MarketSpec& m) {
       m.events = {triggered({Measure::revenue_share, "cloud", "", {}, 0.5})};
     }},
    {"trigger_hhi_of_a_provider", "events.event.when",
     [](MarketSpec& m) {
       m.events = {triggered({Measure::hhi, "cloud", "p0", {}, 0.5})};
     }},
    {"move_layer", "events.event.move.layer",
     [](MarketSpec& m) {
       m.events = {moved({"mass", "p0", "p1", 1, "", false})};
     }},
    {"move_from", "events.event.move.from",
     [](MarketSpec& m) {
       m.events = {moved({"cloud", "p9", "p1", 1, "", false})};
     }},
    {"move_to", "events.event.move.to",
     [](MarketSpec& m) {
       m.events = {moved({"cloud", "p0", "p9", 1, "", false})};
     }},
    {"move_to_itself", "events.event.move.to",
     [](MarketSpec& m) {
       m.events = {moved({"cloud", "p0", "p0", 1, "", false})};
     }},
    {"move_share", "events.event.move.share",
     [](MarketSpec& m) {
       m.events = {moved({"cloud", "p0", "p1", 1.5, "", false})};
     }},
    {"move_segment", "events.event.move.segment",
     [](MarketSpec& m) {
       m.events = {moved({"cloud", "p0", "p1", 1, "nobody", false})};
     }},
    {"move_to_a_layer_not_sold", "events.event.move.to",
     [](MarketSpec& m) {
       m.events = {moved({"maas", "p0", "p2", 1, "", false})};
     }},
    {"learning_rate", "providers.p0.policy.price.rate",
     [](MarketSpec& m) {
       m.providers[0].learning_curve = lockin::LearningCurveSpec{0, 1, 1, {}};
     }},
    {"learning_pass_through", "providers.p0.policy.price.pass_through",
     [](MarketSpec& m) {
       m.providers[0].learning_curve = lockin::LearningCurveSpec{0.8, 1.2, 1, {}};
     }},
    {"learning_experience_infinite", "providers.p0.policy.price.experience",
     [](MarketSpec& m) {
       m.providers[0].learning_curve = lockin::LearningCurveSpec{0.8, 1, inf, {}};
     }},
    {"learning_experience", "providers.p0.policy.price.experience",
     [](MarketSpec& m) {
       m.providers[0].learning_curve = lockin::LearningCurveSpec{0.8, 1, 0, {}};
     }},
    {"learning_layer_not_sold", "providers.p2.policy.price.layers",
     [](MarketSpec& m) {
       m.providers[2].learning_curve = lockin::LearningCurveSpec{0.8, 1, 1, {"maas"}};
     }},
    {"learning_layer_of_nobody", "providers.p0.policy.price.layers",
     [](MarketSpec& m) {
       m.providers[0].learning_curve = lockin::LearningCurveSpec{0.8, 1, 1, {"mass"}};
     }},
};

const auto case_name = [](const testing::TestParamInfo<Broken>& info) {
  return std::string(info.param.name);
};
INSTANTIATE_TEST_SUITE_P(General, Problems, testing::ValuesIn(general), case_name);
INSTANTIATE_TEST_SUITE_P(Sizes, Problems, testing::ValuesIn(sizes), case_name);
INSTANTIATE_TEST_SUITE_P(Layers, Problems, testing::ValuesIn(layers), case_name);
INSTANTIATE_TEST_SUITE_P(Offers, Problems, testing::ValuesIn(offers), case_name);
INSTANTIATE_TEST_SUITE_P(Segments, Problems, testing::ValuesIn(segments), case_name);
INSTANTIATE_TEST_SUITE_P(Tables, Problems, testing::ValuesIn(tables), case_name);
INSTANTIATE_TEST_SUITE_P(Paths, Problems, testing::ValuesIn(paths), case_name);
INSTANTIATE_TEST_SUITE_P(Events, Problems, testing::ValuesIn(events), case_name);

TEST(Market, AllProblemsAreReportedAtOnce) {
  MarketSpec spec = sound();
  spec.layers[1].stages = 99;
  firms(spec).customers = 0;
  offer(spec, 0, 0).share = 0.1;
  EXPECT_EQ(check_market(spec).size(), 3u) << "a sum that is wrong in both segments is one mistake";
  try {
    const Market market(spec);
    FAIL();
  } catch (const lockin::MarketError& error) {
    EXPECT_EQ(error.problems().size(), 3u);
    EXPECT_NE(std::string(error.what()).find("segments.firms.customers: 0, allowed: a whole number, 1..1e12"),
              std::string::npos);
  }
}

TEST(Market, AHintForAMisspeltTarget) {
  MarketSpec spec = sound();
  spec.events = {scaled("providers.p0.cloud.prise")};
  EXPECT_EQ(check_market(spec).at(0).hint, "did you mean \"providers.p0.cloud.price\"?");
}

TEST(Market, APartThatFitsWhatIsTargeted) {
  // Every kind of event target in the spelling of the scenario format.
  MarketSpec spec = sound();
  offer(spec, 0, 0).price = Path(Path::Growth{1, -0.1});
  offer(spec, 0, 0).quality = Path(Path::Releases{1, 2, lockin::Distribution::point(0.1)});
  offer(spec, 0, 0).reach = Path(0.5);
  offer(spec, 0, 0).appeal = lockin::Keyed<Path>(std::vector<std::pair<std::string, Path>>{{"firms", 0.5}});
  firms(spec).switching_cost = std::vector<std::pair<std::string, lockin::SwitchingCostSpec>>{
      {"cloud", {1.0, Path(2.0)}}, {"maas", {1.0, {}}}};
  firms(spec).adopt = lockin::AdoptSpec{0.1, 0.1};
  const std::vector<std::pair<std::string, std::size_t>> targets{
      {"portability", 1},
      {"layers.maas.lock_in.advance", 1},
      {"providers.p0.cloud.price", 1},
      {"providers.p0.cloud.price.growth", 1},
      {"providers.p0.cloud.quality.per_year", 1},
      {"providers.p0.maas.price_per_million_tokens", 1},
      {"providers.p0.cloud.reach", 1},
      {"providers.p0.cloud.appeal.firms", 1},
      {"providers.p0.cloud.appeal.state", 1},
      {"providers.p1.cloud.reach", 2},
      {"providers.p1.cloud.reach.state", 1},
      {"segments.firms.entry", 1},
      {"segments.firms.exit", 1},
      {"segments.firms.private_share", 1},
      {"segments.firms.re_evaluate", 1},
      {"segments.firms.intensity", 2},
      {"segments.firms.intensity.maas", 1},
      {"segments.firms.network", 2},
      {"segments.firms.switching_cost.cloud.initial", 1},
      {"segments.firms.switching_cost.cloud.full", 1},
      {"segments.firms.switching_cost.maas", 1},
      {"segments.firms.switching_cost.maas.initial", 1},
      {"segments.firms.adopt.innovate", 1},
      {"segments.firms.adopt.imitate", 1},
      {"segments.firms.affinity.maas_from_cloud", 1}};
  for (const auto& [target, count] : targets) {
    spec.events = {scaled(target)};
    const auto problems = check_market(spec);
    ASSERT_TRUE(problems.empty()) << lockin::to_string(problems[0]);
    const Market market(spec);
    ASSERT_EQ(market.events()[0].effects.size(), 1u);
    EXPECT_EQ(market.events()[0].effects[0].targets.size(), count) << target;
    for (const auto id : market.events()[0].effects[0].targets)
      EXPECT_EQ(target.rfind(market.parameters()[id.index()].key.substr(0, 12), 0), 0u) << target;
  }
}

// ---- What is compiled --------------------------------------------------------------------------------------

TEST(Market, NamesAreIndices) {
  const Market market(sound());
  EXPECT_EQ(market.layer_named("maas"), LayerId(1));
  EXPECT_EQ(market.provider_named("p2"), ProviderId(2));
  EXPECT_EQ(market.segment_named("state"), SegmentId(1));
  EXPECT_THROW((void)market.layer_named("mass"), std::out_of_range);
  EXPECT_THROW((void)market.provider_named(""), std::out_of_range);
  EXPECT_THROW((void)market.segment_named("all"), std::out_of_range);
  EXPECT_FALSE(market.offer(LayerId(1), ProviderId(2)).sold);
}

TEST(Market, OneValueForAllIsOneParameter) {
  MarketSpec spec = sound();
  firms(spec).network = Path(0.5);
  spec.segments[1].network.named = {{"cloud", Path(0.5)}};
  spec.segments[1].network.otherwise = Path(0.7);
  const Market market(spec);
  EXPECT_EQ(market.segment(SegmentId(0)).network[0], market.segment(SegmentId(0)).network[1]);
  EXPECT_NE(market.segment(SegmentId(1)).network[0], market.segment(SegmentId(1)).network[1]);
  EXPECT_EQ(market.parameters()[market.segment(SegmentId(1)).network[1].index()].key,
            "segments.state.network.default");
}

TEST(Market, OpeningDistribution) {
  MarketSpec spec = sound();
  spec.layers[1].opening = {0.2, 0.3, 0.5};
  firms(spec).adopted = lockin::Keyed<double>(std::vector<std::pair<std::string, double>>{{"maas", 0.4}});
  firms(spec).adopt = lockin::AdoptSpec{0.1, 0.1};
  const Market market(spec);
  const auto distribution = market.opening_distribution(SegmentId(0), LayerId(1));
  const lockin::SlotStates states(3, 2);
  ASSERT_EQ(distribution.size(), states.size());
  const double stage[] = {0.2, 0.3, 0.5};
  for (std::size_t d = 0; d < 3; ++d) {
    EXPECT_NEAR(distribution[states.held(0, d)], 0.4 * 0.5 * stage[d], 1e-16);
    EXPECT_NEAR(distribution[states.held(1, d)], 0.4 * 0.5 * stage[d], 1e-16);
    EXPECT_EQ(distribution[states.held(2, d)], 0) << "does not sell maas";
  }
  EXPECT_NEAR(distribution[states.none()], 0.6, 1e-16);
  const auto full = Market(sound()).opening_distribution(SegmentId(1), LayerId(1));
  EXPECT_NEAR(full[states.held(0, 2)], 0.5, 1e-16) << "by default at the last stage";
  EXPECT_NEAR(std::accumulate(full.begin(), full.end(), 0.0), 1, 1e-15);
}

TEST(Market, TheRestIsWhatIsLeft) {
  MarketSpec spec = sound();
  offer(spec, 1, 0).share_is_rest = true;
  offer(spec, 0, 0).share =
      lockin::Keyed<double>(std::vector<std::pair<std::string, double>>{{"state", 0.1}});
  const Market market(spec);
  EXPECT_NEAR(market.offer(LayerId(0), ProviderId(1)).opening_share[0], 0.8, 1e-15)
      << "a segment left out has share 0";
  EXPECT_NEAR(market.offer(LayerId(0), ProviderId(1)).opening_share[1], 0.7, 1e-15);
}

TEST(Market, YearlyProbabilitiesPerPeriod) {
  const Market market(sound());
  for (const double v : {0.0, 0.3, 0.99}) EXPECT_NEAR(std::pow(1 - market.per_period(v), 4), 1 - v, 1e-15);
  EXPECT_EQ(market.per_period(1), 1);
  EXPECT_EQ(market.per_period(0), 0);
}

TEST(Market, OnSaleFromLaunchUntilWithdrawal) {
  MarketSpec spec = sound();
  offer(spec, 2, 0).launch = *Date::parse("2025Q3");
  offer(spec, 2, 0).withdraw = *Date::parse("2026Q2");
  offer(spec, 2, 0).share = 0.0;
  offer(spec, 1, 0).share = 0.5;
  const Market market(spec);
  const auto& late = market.offer(LayerId(0), ProviderId(2));
  for (long t = -1; t < 12; ++t) EXPECT_EQ(late.on_sale(t), t >= 2 && t < 5) << t;
  for (long t = -1; t < 12; ++t) EXPECT_TRUE(market.offer(LayerId(0), ProviderId(0)).on_sale(t)) << t;
  EXPECT_FALSE(market.offer(LayerId(1), ProviderId(2)).on_sale(0));
}

TEST(Market, EventsCountInPeriods) {
  MarketSpec spec = sound();
  EventSpec event = scaled("portability");
  event.lasts_months = 9;
  event.ramp_months = 6;
  spec.events = {event};
  const Market market(spec);
  EXPECT_EQ(market.events()[0].at, 4);
  EXPECT_EQ(market.events()[0].lasts, 3);
  EXPECT_EQ(market.events()[0].ramp, 2);
  EXPECT_EQ(Market([] {
              MarketSpec plain = sound();
              plain.events = {scaled("portability")};
              return plain;
            }())
                .events()[0]
                .lasts,
            -1);
}

TEST(Market, LearningCurveExponent) {
  MarketSpec spec = sound();
  spec.providers[0].learning_curve = lockin::LearningCurveSpec{0.8, 0.5, 2, {"maas"}};
  spec.providers[2].learning_curve = lockin::LearningCurveSpec{};
  const Market market(spec);
  ASSERT_EQ(market.learning_curves().size(), 2u);
  EXPECT_NEAR(market.learning_curves()[0].exponent, 0.5 * std::log2(0.8), 1e-15);
  EXPECT_EQ(market.learning_curves()[0].layers, std::vector<LayerId>{LayerId(1)});
  EXPECT_EQ(market.learning_curves()[1].layers, std::vector<LayerId>{LayerId(0)}) << "all that it sells";
}

}  // namespace
