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
    bool sold = false;
    ParameterId price, quality;
    std::vector<ParameterId> reach, appeal;  ///< by segment
    std::vector<double> opening_share;       ///< by segment
    long launch = -1;                        ///< first period on sale; -1: from the opening
    long withdraw = 0;                       ///< first period no longer on sale; beyond the horizon: never

    [[nodiscard]] bool on_sale(long t) const { return sold && t >= launch && t < withdraw; }
  };
  struct Layer {
    int stages = 0;
    ParameterId advance;
    std::vector<double> curve;    ///< g(0..D)
    std::vector<double> opening;  ///< distribution over stages 0..D
    bool token_unit = false;
    bool revealed_appeal = false;
    std::vector<std::size_t> nest;  ///< by provider, its nest; empty without nests
    double dissimilarity = 1;
    std::vector<Offer> offers;  ///< by provider
    std::vector<double> total;  ///< revenue per period; empty without market totals
    [[nodiscard]] std::size_t stage_count() const { return static_cast<std::size_t>(stages) + 1; }
  };
  struct Segment {
    double customers = 0;
    ParameterId entry, exit, private_share;
    // by layer
    std::vector<ParameterId> intensity, re_evaluate, cost_initial, cost_full, innovate, imitate, network;
    std::vector<double> adopted, gamma;
    std::vector<std::optional<ParameterId>> affinity;  ///< [to * layers + from]; nothing: theta = 0
    std::size_t first_type = 0, type_count = 0;
  };
  struct Effect {
    EffectSpec::Kind kind = EffectSpec::Kind::scale;
    enum class Part { value, growth, per_year } part = Part::value;
    std::vector<ParameterId> targets;
    double number = 1;
  };
  struct Move {
    LayerId layer;
    ProviderId from, to;
    double share = 0;
    std::optional<SegmentId> segment;
    bool keep_stage = false;
  };
  struct Event {
    std::string name;
    std::optional<long> at;
    std::optional<TriggerSpec> when;
    long lasts = -1;  ///< periods; -1: for ever
    long ramp = 0;    ///< periods; 0: at once
    std::vector<Effect> effects;
    std::optional<Move> move;
  };
  struct LearningCurve {
    ProviderId provider;
    double exponent = 0;  ///< pass_through * log2(rate)
    double experience_years = 1;
    std::vector<LayerId> layers;
  };

  /// @throws MarketError with every problem that `check_market` finds.
  explicit Market(MarketSpec spec);

  [[nodiscard]] const MarketSpec& spec() const { return spec_; }
  [[nodiscard]] const Calendar& calendar() const { return calendar_; }
  [[nodiscard]] std::size_t layer_count() const { return layers_.size(); }
  [[nodiscard]] std::size_t provider_count() const { return spec_.providers.size(); }
  [[nodiscard]] std::size_t segment_count() const { return segments_.size(); }
  [[nodiscard]] std::size_t type_count() const { return types_.size(); }
  [[nodiscard]] std::size_t choice_class_count() const { return choice_classes_; }
  [[nodiscard]] const Layer& layer(LayerId l) const { return layers_[l.index()]; }
  [[nodiscard]] const Offer& offer(LayerId l, ProviderId j) const {
    return layers_[l.index()].offers[j.index()];
  }
  [[nodiscard]] const Segment& segment(SegmentId s) const { return segments_[s.index()]; }
  [[nodiscard]] const CustomerType& type(TypeId y) const { return types_[y.index()]; }
  [[nodiscard]] const std::vector<CustomerType>& types() const { return types_; }
  [[nodiscard]] const std::vector<Parameter>& parameters() const { return parameters_; }
  [[nodiscard]] ParameterId portability() const { return portability_; }
  [[nodiscard]] const std::vector<Event>& events() const { return events_; }
  [[nodiscard]] const std::vector<LearningCurve>& learning_curves() const { return learning_curves_; }

  /// Index of a name. @throws std::out_of_range if there is none.
  [[nodiscard]] LayerId layer_named(std::string_view name) const;
  [[nodiscard]] ProviderId provider_named(std::string_view name) const;
  [[nodiscard]] SegmentId segment_named(std::string_view name) const;

  /// P(stage) of a slot at the opening and the opening distribution over slot states, see `slot_state.hpp`.
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
