#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "lockin/error.hpp"
#include "lockin/market/customer_type.hpp"
#include "lockin/market/market_spec.hpp"
#include "lockin/market/parameter.hpp"

namespace lockin {

/// Everything that does not fit in a market description, by key; empty if it is sound.
[[nodiscard]] std::vector<Problem> check_market(const MarketSpec& spec);

/// A market, checked and compiled: names are indices, paths are parameters, types are enumerated. Immutable.
class Market {
 public:
  /// A provider in a layer that it sells.
  struct Offer {
    bool sold = false;                  ///< the provider has a table for the layer; else nothing below counts
    ParameterId price,                  ///< price index, or price per million tokens [bare currency]
        quality;                        ///< q, an index
    std::vector<ParameterId> reach,     ///< r by segment
        appeal;                         ///< stated xi by segment [logits]
    std::vector<double> opening_share;  ///< by segment
    long launch = -1;                   ///< first period on sale; -1: from the opening
    long withdraw = 0;                  ///< first period no longer on sale; beyond the horizon: never

    /// Whether customers can choose it in period t.
    [[nodiscard]] bool on_sale(long t) const { return sold && t >= launch && t < withdraw; }
  };
  /// A product layer.
  struct Layer {
    int stages = 0;                 ///< D, 0..64
    ParameterId advance;            ///< lambda as a yearly probability
    std::vector<double> curve;      ///< g(0..D)
    std::vector<double> opening;    ///< distribution over stages 0..D
    bool token_unit = false;        ///< reports tokens, priced per million
    bool revealed_appeal = false;   ///< appeal has a base, see `lockin::revealed_appeal`
    std::vector<std::size_t> nest;  ///< by provider, its nest; empty without nests
    double dissimilarity = 1;       ///< of the nests, (0, 1]
    std::vector<Offer> offers;      ///< by provider
    std::vector<double> total;      ///< revenue per period; empty without market totals
    /// D + 1.
    [[nodiscard]] std::size_t stage_count() const { return static_cast<std::size_t>(stages) + 1; }
  };
  /// A named group of customers that share parameters. Its types are consecutive in `types()`.
  struct Segment {
    double customers = 0;                ///< at the opening, 1..1e12
    ParameterId entry,                   ///< entry per year, as a share of those present
        exit,                            ///< exit per year, a yearly probability
        private_share;                   ///< part of spend in token layers on private deployment
    std::vector<ParameterId> intensity,  ///< by layer: mean spend relative to other segments
        re_evaluate,                     ///< by layer: rho as a yearly probability
        cost_initial,                    ///< by layer: kappa at stage 0 [logits]
        cost_full,                       ///< by layer: kappa at stage D [logits]
        innovate,                        ///< by layer: Bass p, per year
        imitate,                         ///< by layer: Bass b, per year
        network;                         ///< by layer: eta [logits]
    std::vector<double> adopted,         ///< by layer: share of slots that hold a provider at the opening
        gamma;                           ///< by layer: weight of reach
    std::vector<std::optional<ParameterId>> affinity;  ///< [to * layers + from]; nothing: theta = 0
    std::size_t first_type = 0,                        ///< index of its first type
        type_count = 0;                                ///< number of its types
  };
  /// A change that an event makes, its target found.
  struct Effect {
    EffectSpec::Kind kind = EffectSpec::Kind::scale;  ///< scale, add or set
    /// What of the path changes: its value, its growth per year, or its releases per year.
    enum class Part { value, growth, per_year } part = Part::value;  ///< which of them
    std::vector<ParameterId> targets;                                ///< parameters that change
    double number = 1;  ///< as in `EffectSpec`; the mean where it is drawn
    std::optional<Distribution> drawn =
        {};  ///< of a recurring event: anew for each occurrence; nothing: `number`
  };
  /// A move: each slot that `from` held goes to `to` with probability `share`.
  struct Move {
    LayerId layer;                     ///< where slots move
    ProviderId from,                   ///< who loses them
        to;                            ///< who gets them
    double share = 0;                  ///< probability that a slot moves, 0..1
    std::optional<SegmentId> segment;  ///< whose slots move; nothing: all
    bool keep_stage = false;           ///< the lock-in stage stays; else it is 0
  };
  /// An event: dated, with a trigger, or recurring.
  struct Event {
    std::string name;                 ///< as in the spec
    std::optional<long> at;           ///< first period of effect, negative before the horizon
    std::optional<TriggerSpec> when;  ///< the trigger
    std::optional<double> per_year;   ///< of a recurring event, mean number of occurrences a year
    long lasts = -1;                  ///< periods; -1: for ever
    long ramp = 0;                    ///< periods; 0: at once
    std::vector<Effect> effects;      ///< in the order in which they apply
    std::optional<Move> move;         ///< in the first period of effect only
  };
  /// A provider's learning curve (Wright 1936).
  struct LearningCurve {
    ProviderId provider;          ///< whose prices fall
    double exponent = 0;          ///< pass_through * log2(rate)
    double experience_years = 1;  ///< years of opening volume behind the provider, > 0
    std::vector<LayerId> layers;  ///< where it acts
  };

  /// @throws MarketError with every problem that `check_market` finds.
  explicit Market(MarketSpec spec);

  /// The description that it was made from.
  [[nodiscard]] const MarketSpec& spec() const { return spec_; }
  /// The simulated periods.
  [[nodiscard]] const Calendar& calendar() const { return calendar_; }
  /// Number of layers.
  [[nodiscard]] std::size_t layer_count() const { return layers_.size(); }
  /// Number of providers, J.
  [[nodiscard]] std::size_t provider_count() const { return spec_.providers.size(); }
  /// Number of segments.
  [[nodiscard]] std::size_t segment_count() const { return segments_.size(); }
  /// Number of types, of all segments.
  [[nodiscard]] std::size_t type_count() const { return types_.size(); }
  /// Number of choice classes: types of one class have the same probabilities.
  [[nodiscard]] std::size_t choice_class_count() const { return choice_classes_; }
  /// A layer by index.
  [[nodiscard]] const Layer& layer(LayerId l) const { return layers_[l.index()]; }
  /// What provider j offers in layer l; `sold` is false if nothing.
  [[nodiscard]] const Offer& offer(LayerId l, ProviderId j) const {
    return layers_[l.index()].offers[j.index()];
  }
  /// A segment by index.
  [[nodiscard]] const Segment& segment(SegmentId s) const { return segments_[s.index()]; }
  /// A type by index.
  [[nodiscard]] const CustomerType& type(TypeId y) const { return types_[y.index()]; }
  /// All types, segment by segment.
  [[nodiscard]] const std::vector<CustomerType>& types() const { return types_; }
  /// All parameters, in the order of `ParameterId`.
  [[nodiscard]] const std::vector<Parameter>& parameters() const { return parameters_; }
  /// The factor on every switching cost.
  [[nodiscard]] ParameterId portability() const { return portability_; }
  /// All events, in the order of the spec.
  [[nodiscard]] const std::vector<Event>& events() const { return events_; }
  /// Learning curves, in order of providers; empty without any.
  [[nodiscard]] const std::vector<LearningCurve>& learning_curves() const { return learning_curves_; }

  /// Index of a layer's name. @throws std::out_of_range if there is none.
  [[nodiscard]] LayerId layer_named(std::string_view name) const;
  /// Index of a provider's name. @throws std::out_of_range if there is none.
  [[nodiscard]] ProviderId provider_named(std::string_view name) const;
  /// Index of a segment's name. @throws std::out_of_range if there is none.
  [[nodiscard]] SegmentId segment_named(std::string_view name) const;

  /// Probability of each state of a slot at the opening, numbered by `SlotStates`, *none* included; adds up to 1.
  [[nodiscard]] std::vector<double> opening_distribution(SegmentId s, LayerId l) const;

  /// A yearly probability as a probability per period: 1 - (1 - v)^(1/P).
  [[nodiscard]] double per_period(double yearly_probability) const;

 private:
  friend class MarketCompiler;
  MarketSpec spec_;
  Calendar calendar_;
  std::vector<Layer> layers_;
  std::vector<Segment> segments_;
  std::vector<CustomerType> types_;
  std::size_t choice_classes_ = 0;
  std::vector<Parameter> parameters_;
  ParameterId portability_;
  std::vector<Event> events_;
  std::vector<LearningCurve> learning_curves_;
};

}  // namespace lockin
