#pragma once

#include <cstddef>
#include <cstdint>

#include "lockin/market/ids.hpp"

namespace lockin {

/// How the state of a slot is numbered: provider x at stage d is x (D + 1) + d, *none* is J (D + 1), and one more number
/// marks the place of a customer that has left the market.
class SlotStates {
 public:
  constexpr SlotStates() = default;
  /// For J = `providers` and stages 0..D, D = `stages` >= 0.
  constexpr SlotStates(std::size_t providers, int stages)
      : j_(providers), d_(static_cast<std::size_t>(stages) + 1) {}

  /// J, the number of providers.
  [[nodiscard]] constexpr std::size_t providers() const { return j_; }
  /// D + 1, the number of stages.
  [[nodiscard]] constexpr std::size_t stage_count() const { return d_; }
  /// State of a slot that a provider holds at a stage.
  [[nodiscard]] constexpr std::size_t held(std::size_t provider, std::size_t stage) const {
    return provider * d_ + stage;
  }
  /// State of a slot without incumbent.
  [[nodiscard]] constexpr std::size_t none() const { return j_ * d_; }
  /// Number that marks the place of a customer that has left the market.
  [[nodiscard]] constexpr std::size_t left() const { return j_ * d_ + 1; }
  /// States of a customer in the market: 0 .. size() - 1.
  [[nodiscard]] constexpr std::size_t size() const { return j_ * d_ + 1; }
  /// Provider of a state; J for *none*.
  [[nodiscard]] constexpr std::size_t provider(std::size_t state) const {
    return state >= none() ? j_ : state / d_;
  }
  /// Stage of a state, 0..D; 0 for *none*.
  [[nodiscard]] constexpr std::size_t stage(std::size_t state) const {
    return state >= none() ? 0 : state % d_;
  }

 private:
  std::size_t j_ = 0, d_ = 1;
};

}  // namespace lockin
