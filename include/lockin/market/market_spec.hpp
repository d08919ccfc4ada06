#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "lockin/market/calendar.hpp"
#include "lockin/market/path.hpp"
#include "lockin/random/distribution.hpp"

namespace lockin {

/// One value for all (layers or segments), or one by name, with an optional value for those left out.
/// An event targets what was given: the whole where one value stands for all, else the named entry (or `default`).
template <class T>
struct Keyed {
  std::optional<T> all;  ///< the one value for all; nothing: by name
  std::vector<std::pair<std::string, T>>
      named;                   ///< name and its value; each name once, and one of the market's
  std::optional<T> otherwise;  ///< `default`: for names left out

  Keyed() = default;
  /// One value for all.
  Keyed(T value) : all(std::move(value)) {}  // NOLINT: one value is the plainest table
  /// Values by name, nothing for those left out.
  Keyed(std::vector<std::pair<std::string, T>> values) : named(std::move(values)) {}  // NOLINT

  /// The value for a name: its own, the one for those left out, the one for all; null if the key is silent.
  [[nodiscard]] const T* find(const std::string& name) const {
    for (const auto& [key, value] : named)
      if (key == name) return &value;
    if (otherwise) return &*otherwise;
    return all ? &*all : nullptr;
  }
  /// True if the key is silent: no value at all.
  [[nodiscard]] bool empty() const { return !all && named.empty() && !otherwise; }
};

/// Values by year; between given years by the key's rule.
using Annual = std::vector<std::pair<int, double>>;

/// Nests of a nested logit; a provider in no group is alone.
struct NestsSpec {
  std::vector<std::vector<std::string>> groups;  ///< names of providers, each in one group at most
  double dissimilarity = 1;                      ///< (0, 1]
};

/// A product layer. Words and ranges: the scenario format.
struct LayerSpec {
  std::string name;  ///< the key
  std::optional<Annual>
      share;  ///< part of the market's total by year, 0..1; nothing: the rest. Linear between years, flat outside
  bool token_unit = false;          ///< reports tokens, priced per million
  int slots = 1;                    ///< 1 or 2
  int stages = 0;                   ///< D, 0..64
  Path advance_per_year = 1.0;      ///< lambda as a yearly probability
  std::optional<double> curve_tau;  ///< [stages]
  std::vector<double> curve;        ///< empty or D + 1 values of g
  std::vector<double> opening;      ///< empty (all at D) or D + 1 shares
  bool revealed_appeal = false;     ///< appeal gets a base with which free choice gives the opening shares
  std::optional<NestsSpec> nests;   ///< nothing: multinomial logit
};

/// What a provider offers in one layer.
struct OfferSpec {
  Keyed<double> share = 0.0;                     ///< of the slots held at the opening, by segment
  bool share_is_rest = false;                    ///< share is what the others leave, in every segment
  std::optional<Path> price;                     ///< spend layers: index, default 1
  std::optional<Path> price_per_million_tokens;  ///< token layers: bare currency, required there
  Path quality = 1.0;                            ///< index
  Keyed<Path> reach;                             ///< by segment, default 0
  Keyed<Path> appeal;                            ///< by segment [logits], default 0
  std::optional<Date> launch;                    ///< first period on sale; nothing: sold from the opening
  std::optional<Date> withdraw;                  ///< first period no longer on sale; nothing: never
};

/// Price falls with cumulative volume (Wright 1936).
struct LearningCurveSpec {
  double rate = 1;                  ///< cost after each doubling, (0, 1]
  double pass_through = 1;          ///< 0..1, in logarithms
  double experience_years = 1;      ///< years of opening volume behind the provider, > 0
  std::vector<std::string> layers;  ///< empty: all that it sells
};

/// A provider: a firm that sells in one or more layers.
struct ProviderSpec {
  std::string name;                                       ///< the key
  std::string display_name;                               ///< empty: the key
  std::vector<std::pair<std::string, OfferSpec>> offers;  ///< by layer, one in each at most
  std::optional<LearningCurveSpec> learning_curve;  ///< its price policy; nothing: prices follow their paths
};

/// How a taste coefficient is spread over the customers of a segment.
struct TasteSpec {
  /// Law of the coefficient.
  enum class Spread {
    none,              ///< the same for all customers
    normal,            ///< mean and sd
    lognormal_median,  ///< median and sigma, the sd of the logarithm
    lognormal_mean,    ///< mean and sd of the value itself
    values             ///< given values and weights
  };
  Spread spread = Spread::none;  ///< which law
  double first = 1;              ///< the value; or mean, or median
  double second = 0;             ///< sd, or sigma
  int classes = 5;               ///< Gauss-Hermite nodes, 1..64
  std::vector<double> values,    ///< of Spread::values
      weights;                   ///< of the values, scaled to add up to 1; empty: equal

  TasteSpec() = default;
  /// The same coefficient for all customers.
  TasteSpec(double value) : first(value) {}  // NOLINT
};

/// A latent class: the coefficients that it names differ together. One that any class names has no taste of its own.
struct TasteClassSpec {
  double weight = 1;            ///< relative size of the class, > 0
  std::optional<double> price,  ///< alpha in every layer; nothing: 1
      quality,                  ///< beta in every layer; nothing: 1
      switching_cost;           ///< factor on the switching cost in every layer; nothing: 1
};

/// How the spend of customers is spread within a segment, mean 1.
struct SizeSpec {
  /// Law of the sizes.
  enum class Spread { none, pareto, lognormal };
  Spread spread = Spread::none;        ///< which law; none: every size is 1
  double parameter = 0;                ///< Pareto tail > 1, or lognormal sigma > 0
  int classes = 8;                     ///< size classes of equal probability, 1..1000
  double switching_cost_exponent = 0;  ///< z
};

/// kappa of a segment in a layer, from stage 0 to stage D; never below 0, full never below initial.
struct SwitchingCostSpec {
  Path initial = 0.0;        ///< kappa at stage 0 [logits]
  std::optional<Path> full;  ///< kappa at stage D; nothing: the same path as initial
};

/// Adoption after Bass (1969); innovate + imitate is at most 1.
struct AdoptSpec {
  Path innovate_per_year = 1.0;  ///< Bass p, a probability per year, 0..1
  Path imitate_per_year = 0.0;   ///< Bass b: per year and unit of the share F that has adopted, 0..1
};

/// theta: pull towards provider j in layer `to` for each other slot of layer `from` that j holds.
struct AffinitySpec {
  std::string to,     ///< layer of the slot that chooses
      from;           ///< layer of the other slots; may be the same
  Path logits = 0.0;  ///< theta per other slot [logits]
};

/// Customers of a segment that have a secondary slot in a layer.
struct MultiHomeSpec {
  std::string layer;              ///< a layer with two slots
  double share_of_customers = 0;  ///< the part of customers that multi-home, 0..1
  double primary_spend = 0.5;     ///< w of the primary slot: its part of their spend in the layer, (0, 1)
};

/// A segment: a named group of customers that share parameters.
struct SegmentSpec {
  std::string name;                           ///< the key
  std::uint64_t customers = 1;                ///< at the opening, 1..1e12
  Path entry_per_year = 0.0;                  ///< new customers per year as a share of those present, >= 0
  Path exit_per_year = 0.0;                   ///< share per year that leaves the market, [0, 1)
  SizeSpec size;                              ///< spread of spend within the segment
  Keyed<Path> intensity;                      ///< by layer, default 1
  Keyed<TasteSpec> taste_price;               ///< alpha by layer, default 1
  Keyed<TasteSpec> taste_quality;             ///< beta
  Keyed<TasteSpec> taste_switching_cost;      ///< factor
  Keyed<double> taste_reach;                  ///< gamma
  std::vector<TasteClassSpec> taste_classes;  ///< latent classes; empty: none
  Keyed<Path> re_evaluate_per_year;           ///< rho as a yearly probability, by layer; required
  Keyed<SwitchingCostSpec> switching_cost;    ///< kappa by layer, default 0
  Keyed<double> adopted;   ///< share of slots that hold a provider at the opening, 0..1, by layer, default 1
  Keyed<AdoptSpec> adopt;  ///< by layer; required where adopted is below 1
  Keyed<Path> network;     ///< eta by layer [logits]
  std::vector<AffinitySpec> affinity;     ///< theta; 0 for pairs of layers left out
  std::vector<MultiHomeSpec> multi_home;  ///< by layer; nobody in layers left out
  Path private_share =
      0.0;  ///< part of spend in token layers on private deployment, 0..1: revenue without tokens
};

/// What a trigger and a ranking can be about, and what the results hold.
enum class Measure {
  customers,            ///< C: slots held at the end of the period, counted by w
  revenue,              ///< in the scenario's currency and unit; relative units without market totals
  tokens,               ///< trillions, in token layers only
  customer_share,       ///< share of customers, 0..1
  revenue_share,        ///< share of revenue, 0..1
  token_share,          ///< share of tokens, 0..1
  increment_share,      ///< share of the increment of revenue over a year; may lie outside 0..1
  new_customer_share,   ///< share of the slots adopted, 0..1
  churn,                ///< moved / held at the end of the period before
  mean_stage,           ///< mean lock-in stage of held slots, 0..D
  mean_switching_cost,  ///< mean switching cost of held slots [logits]
  hhi                   ///< Herfindahl-Hirschman index of revenue, 0..1
};

/// `MEASURE.LAYER[.PROVIDER] OP number`, all segments together.
struct TriggerSpec {
  /// The operators `>`, `<`, `>=`, `<=`.
  enum class Comparison { greater, less, greater_equal, less_equal };
  Measure measure = Measure::customer_share;    ///< what is compared, at the end of the period before
  std::string layer;                            ///< a name or `all`
  std::string provider;                         ///< empty: none
  Comparison comparison = Comparison::greater;  ///< how; the measure stands on the left
  double threshold = 0;                         ///< in the unit of the measure
};

/// What an event does to one event target. w rises from 0 to 1 over the ramp, and is 1 without one.
struct EffectSpec {
  /// Rule of the change.
  enum class Kind {
    scale,  ///< value * (1 + w (number - 1))
    add,    ///< value + w number
    set     ///< value + w (number - value)
  };
  Kind kind = Kind::scale;  ///< which rule
  std::string target;       ///< dotted path of an event target
  double number = 1;        ///< of the rule; in the unit of the target for add and set
  std::optional<Distribution> drawn =
      {};  ///< of a recurring event: stands for `number`, drawn anew for each occurrence
};

/// A move event: each slot that `from` held in a layer goes to `to` with probability `share`.
struct MoveSpec {
  std::string layer,        ///< where slots move
      from,                 ///< the provider that loses them
      to;                   ///< the provider that gets them
  double share = 0;         ///< probability that a slot moves, 0..1
  std::string segment;      ///< whose slots move; empty: all
  bool keep_stage = false;  ///< the lock-in stage stays, as in a merger; else it is 0
};

/// An event: dated, with a trigger, or recurring (one of the three), with effects, a move, or both.
struct EventSpec {
  std::string name;        ///< unique
  std::optional<Date> at;  ///< first period of effect; before the start: already under way
  std::optional<TriggerSpec>
      when;  ///< begins, once and for all, when this held at the end of the period before
  std::optional<double> per_year;   ///< recurs: mean number of occurrences a year, 0..1000; a common shock
  std::optional<int> lasts_months;  ///< whole periods [months]; nothing: for ever
  std::optional<int> ramp_months;   ///< whole periods in which it builds up [months]; nothing: at once
  std::vector<EffectSpec> effects;  ///< scale, add, set in this order
  std::optional<MoveSpec> move;     ///< in the first period of effect only
};

/// Total of all layers per year; between given years constant growth.
struct MarketSizeSpec {
  Annual by_year;                         ///< currency a year, > 0, in rising order
  std::optional<double> growth_per_year;  ///< before the first and after the last year
};

/// A whole market as plain data: what a scenario file says, or what a program fills in. `Market` checks and compiles it.
struct MarketSpec {
  std::string title;     ///< heading of the report
  std::string currency;  ///< a code and a unit (none, k, mn, bn or tn), as `CNY bn`; empty: none
  Date start,            ///< first simulated period; the opening is just before it
      end;               ///< last simulated period; a coarse date means its last one
  PeriodLength period = PeriodLength::quarter;  ///< length of a period
  std::optional<MarketSizeSpec> size;           ///< nothing: revenue in relative units
  Path portability = 1.0;                       ///< factor on every switching cost, >= 0
  std::vector<LayerSpec> layers;                ///< at least one, names unique
  std::vector<ProviderSpec> providers;          ///< at least one, names unique
  std::vector<SegmentSpec> segments;            ///< at least one, names unique
  std::vector<EventSpec> events;                ///< in the order in which effects apply
};

}  // namespace lockin
