#pragma once

#include <concepts>
#include <cstddef>
#include <functional>
#include <span>
#include <utility>

#include "lockin/market/ids.hpp"

namespace lockin {

/// What a choice model may know: one period, layer, segment and taste. Spans have one entry per provider of the market;
/// a provider that is not on sale is dealt with outside the model.
struct ChoiceContext {
  long t = 0;                          ///< period
  LayerId layer;                       ///< of the slot that chooses
  SegmentId segment;                   ///< of the customer
  double alpha = 1;                    ///< weight of ln price
  double beta = 1;                     ///< weight of quality
  double gamma = 1;                    ///< weight of reach
  double eta = 0;                      ///< network effect [logits per unit of share]
  std::span<const double> quality;     ///< index
  std::span<const double> log_price;   ///< ln p
  std::span<const double> reach;       ///< r
  std::span<const double> appeal;      ///< xi [logits], revealed base included
  std::span<const double> last_share;  ///< share of the layer's customers at t-1, all segments
  std::span<const std::size_t> nest;   ///< nest of each provider; empty without nests
  double dissimilarity = 1;            ///< of the nests
};

/// Fills V[j] of every provider, without affinity and switching cost: those belong to the kernel.
/// Pre: v has one entry per provider. Post: every entry is finite.
template <class M>
concept UtilityModel = requires(const M& model, const ChoiceContext& context, std::span<double> v) {
  { model.utilities(context, v) } -> std::same_as<void>;
};

/// Fills P[j] from utilities that contain affinity and, away from the incumbent, minus the switching cost; a provider that
/// is not on sale has utility -infinity. Post: probabilities that add up to 1, 0 for those not on sale.
template <class M>
concept ProbabilityModel = requires(const M& model, const ChoiceContext& context,
                                    std::span<const double> utility, std::span<double> p) {
  { model.probabilities(context, utility, p) } -> std::same_as<void>;
};

/// A model says what it wants to differ in: utilities, probabilities, or both.
template <class M>
concept ChoiceModel = UtilityModel<M> || ProbabilityModel<M>;

/// Any choice model, held by value. It is called while the kernel is filled, never once per customer.
/// Empty: the utility of the model page, multinomial logit, or nested logit where a layer has nests.
class AnyChoiceModel {
 public:
  AnyChoiceModel() = default;
  /// Holds a copy of a model: its utilities, its probabilities, or both.
  template <class M>
    requires(!std::same_as<M, AnyChoiceModel> && ChoiceModel<M>)
  AnyChoiceModel(M model) {  // NOLINT: a model is a choice model
    if constexpr (UtilityModel<M>)
      utilities_ = [model](const ChoiceContext& c, std::span<double> v) { model.utilities(c, v); };
    if constexpr (ProbabilityModel<M>)
      probabilities_ = [model](const ChoiceContext& c, std::span<const double> u, std::span<double> p) {
        model.probabilities(c, u, p);
      };
  }

  /// V[j] by the model, or by the logit of the model page.
  void utilities(const ChoiceContext& context, std::span<double> v) const;
  /// True if there is no model but the library's.
  [[nodiscard]] bool empty() const { return !utilities_ && !probabilities_; }
  /// True if the model has probabilities of its own: then the kernel keeps a row for every state.
  [[nodiscard]] bool has_probabilities() const { return static_cast<bool>(probabilities_); }
  /// P[j] by the model, by nested logit where the layer has nests, else by logit.
  void probabilities(const ChoiceContext& context, std::span<const double> utility,
                     std::span<double> p) const;

 private:
  std::function<void(const ChoiceContext&, std::span<double>)> utilities_;
  std::function<void(const ChoiceContext&, std::span<const double>, std::span<double>)> probabilities_;
};

}  // namespace lockin
