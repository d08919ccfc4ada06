#pragma once

#include "lockin/choice/choice_model.hpp"

namespace lockin {

/// Multinomial logit, the default.
struct Logit {
  /// V = beta q - alpha ln p + xi + gamma r + eta share(t-1).
  void utilities(const ChoiceContext& context, std::span<double> v) const;
  /// P = exp(V) / sum exp(V) (Train 2009, eq. 3.6).
  void probabilities(const ChoiceContext& context, std::span<const double> utility,
                     std::span<double> p) const;
};

/// Nested logit over the nests of the context (Train 2009, eq. 4.2), the same dissimilarity in each nest; a dissimilarity
/// of 1 is the multinomial logit.
struct NestedLogit {
  /// P of eq. 4.2. Pre: the context has nests.
  void probabilities(const ChoiceContext& context, std::span<const double> utility,
                     std::span<double> p) const;
};

}  // namespace lockin
