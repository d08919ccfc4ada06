#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "lockin/market/calendar.hpp"
#include "lockin/market/path.hpp"

namespace lockin {

/// One value for all (layers or segments), or one by name, with an optional value for those left out.
/// An event targets what was given: the whole where one value stands for all, else the named entry (or `default`).
template <class T>
struct Keyed {
  std::optional<T> all;
  std::vector<std::pair<std::string, T>> named;
  std::optional<T> otherwise;  ///< `default`

  Keyed() = default;
  Keyed(T value) : all(std::move(value)) {}  // NOLINT: one value is the plainest table
  Keyed(std::vector<std::pair<std::string, T>> values) : named(std::move(values)) {}  // NOLINT

  /// The value for a name: its own, the one for those left out, the one for all; null if the key is silent.
  [[nodiscard]] const T* find(const std::string& name) const {
    for (const auto& [key, value] : named)
      if (key == name) return &value;
    if (otherwise) return &*otherwise;
    return all ? &*all : nullptr;
  }
  [[nodiscard]] bool empty() const { return !all && named.empty() && !otherwise; }
};

/// Values by year; between given years by the key's rule.
using Annual = std::vector<std::pair<int, double>>;

/// Nests of a nested logit; a provider in no group is alone.
struct NestsSpec {
  std::vector<std::vector<std::string>> groups;
  double dissimilarity = 1;  ///< (0, 1]
};

/// A product layer. Words and ranges: the scenario format.
struct LayerSpec {
  std::string name;
  std::optional<Annual>
      share;  ///< part of the market's total by year, 0..1; nothing: the rest. Linear between years, flat outside
  bool token_unit = false;          ///< reports tokens, priced per million
  int slots = 1;                    ///< 1 or 2
  int stages = 0;                   ///< D, 0..64
  Path advance_per_year = 1.0;      ///< lambda as a yearly probability
  std::optional<double> curve_tau;  ///< [stages]
  std::vector<double> curve;        ///< empty or D + 1 values of g
  std::vector<double> opening;      ///< empty (all at D) or D + 1 shares
  bool revealed_appeal = false;
  std::optional<NestsSpec> nests;
};

/// What a provider offers in one layer.
struct OfferSpec {
  Keyed<double> share = 0.0;  ///< of the slots held at the opening, by segment
  bool share_is_rest = false;
  std::optional<Path> price;                     ///< spend layers: index, default 1
  std::optional<Path> price_per_million_tokens;  ///< token layers: bare currency, required there
  Path quality = 1.0;                            ///< index
  Keyed<Path> reach;                             ///< by segment, default 0
  Keyed<Path> appeal;                            ///< by segment [logits], default 0
  std::optional<Date> launch;
  std::optional<Date> withdraw;
};

/// Price falls with cumulative volume (Wright 1936).
struct LearningCurveSpec {
  double rate = 1;                  ///< cost after each doubling, (0, 1]
  double pass_through = 1;          ///< 0..1, in logarithms
  double experience_years = 1;      ///< years of opening volume behind the provider, > 0
  std::vector<std::string> layers;  ///< empty: all that it sells
};

struct ProviderSpec {
  std::string name;                                       ///< the key
  std::string display_name;                               ///< empty: the key
  std::vector<std::pair<std::string, OfferSpec>> offers;  ///< by layer
  std::optional<LearningCurveSpec> learning_curve;
};

/// How a taste coefficient is spread over the customers of a segment.
struct TasteSpec {
  enum class Spread { none, normal, lognormal_median, lognormal_mean, values };
  Spread spread = Spread::none;
  double first = 1;   ///< the value; or mean, or median
  double second = 0;  ///< sd, or sigma
  int classes = 5;    ///< Gauss-Hermite nodes, 1..64
  std::vector<double> values, weights;

  TasteSpec() = default;
  TasteSpec(double value) : first(value) {}  // NOLINT
};

/// A latent class: the coefficients that it names differ together.
struct TasteClassSpec {
  double weight = 1;
  std::optional<double> price, quality, switching_cost;
};

struct SizeSpec {
  enum class Spread { none, pareto, lognormal };
  Spread spread = Spread::none;
  double parameter = 0;                ///< Pareto tail > 1, or lognormal sigma > 0
  int classes = 8;                     ///< 1..1000
  double switching_cost_exponent = 0;  ///< z
};

struct SwitchingCostSpec {
  Path initial = 0.0;        ///< kappa at stage 0 [logits]
  std::optional<Path> full;  ///< kappa at stage D; nothing: the same path as initial
};

struct AdoptSpec {
  Path innovate_per_year = 1.0;
  Path imitate_per_year = 0.0;
};

/// theta: pull towards provider j in layer `to` for each other slot of layer `from` that j holds.
struct AffinitySpec {
  std::string to, from;
  Path logits = 0.0;
};

struct MultiHomeSpec {
  std::string layer;
  double share_of_customers = 0;  ///< 0..1
  double primary_spend = 0.5;     ///< (0, 1)
};

struct SegmentSpec {
  std::string name;
  std::uint64_t customers = 1;  ///< at the opening, 1..1e12
  Path entry_per_year = 0.0;
  Path exit_per_year = 0.0;
  SizeSpec size;
  Keyed<Path> intensity;                  ///< by layer, default 1
  Keyed<TasteSpec> taste_price;           ///< alpha by layer, default 1
  Keyed<TasteSpec> taste_quality;         ///< beta
  Keyed<TasteSpec> taste_switching_cost;  ///< factor
  Keyed<double> taste_reach;              ///< gamma
  std::vector<TasteClassSpec> taste_classes;
  Keyed<Path> re_evaluate_per_year;  ///< rho as a yearly probability, by layer; required
  Keyed<SwitchingCostSpec> switching_cost;
  Keyed<double> adopted;   ///< by layer, default 1
  Keyed<AdoptSpec> adopt;  ///< by layer
  Keyed<Path> network;     ///< eta by layer [logits]
  std::vector<AffinitySpec> affinity;
  std::vector<MultiHomeSpec> multi_home;
  Path private_share = 0.0;
};

/// What a trigger and a ranking can be about, and what the results hold.
enum class Measure {
  customers,
  revenue,
  tokens,
  customer_share,
  revenue_share,
  token_share,
  increment_share,
  new_customer_share,
  churn,
  mean_stage,
  mean_switching_cost,
  hhi
};

/// `MEASURE.LAYER[.PROVIDER] OP number`, all segments together.
struct TriggerSpec {
  enum class Comparison { greater, less, greater_equal, less_equal };
  Measure measure = Measure::customer_share;
  std::string layer;     ///< a name or `all`
  std::string provider;  ///< empty: none
  Comparison comparison = Comparison::greater;
  double threshold = 0;
};

struct EffectSpec {
  enum class Kind { scale, add, set };
  Kind kind = Kind::scale;
  std::string target;  ///< dotted path of an event target
  double number = 1;
};

struct MoveSpec {
  std::string layer, from, to;
  double share = 0;     ///< 0..1
  std::string segment;  ///< empty: all
  bool keep_stage = false;
};

struct EventSpec {
  std::string name;
  std::optional<Date> at;
  std::optional<TriggerSpec> when;
  std::optional<int> lasts_months;
  std::optional<int> ramp_months;
  std::vector<EffectSpec> effects;  ///< scale, add, set in this order
  std::optional<MoveSpec> move;
};

/// Total of all layers per year; between given years constant growth.
struct MarketSizeSpec {
  Annual by_year;
  std::optional<double> growth_per_year;  ///< before the first and after the last year
};

/// A whole market as plain data: what a scenario file says, or what a program fills in. `Market` checks and compiles it.
struct MarketSpec {
  std::string title;
  std::string currency;
  Date start, end;
  PeriodLength period = PeriodLength::quarter;
  std::optional<MarketSizeSpec> size;
  Path portability = 1.0;
  std::vector<LayerSpec> layers;
  std::vector<ProviderSpec> providers;
  std::vector<SegmentSpec> segments;
  std::vector<EventSpec> events;
};

}  // namespace lockin
