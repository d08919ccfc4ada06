#pragma once

#include <vector>

#include "choice/choice_adjoint.hpp"
#include "engine/detail/mean_field_units.hpp"
#include "lockin/engine/mean_field_engine.hpp"

namespace lockin {

/// Pulls derivatives by the counts of a mean field's periods back, from the last period to the opening. The engine has
/// started from the opening distribution and outlives this.
class MeanFieldPullBack {
 public:
  /// @throws std::invalid_argument if the states of all periods would not fit in memory (the size is named)
  explicit MeanFieldPullBack(MeanFieldEngine& engine);

  /// Keeps the state and the counts as they are now: at the opening, then after each step.
  void remember();
  /// What the engine reported at the end of period t, until the next call; t = -1 is the opening.
  [[nodiscard]] const Tally& tally(long t);

  /// All derivatives 0: before the first call of `add`.
  void clear();
  /// Adds derivatives by what the engine reported at the end of the period that it stands at.
  void add(const Tally& by_tally);
  /// From the end of period t to the end of t - 1. @param kernel is filled for t
  /// @param by_kernel, by_market are added to
  void pull_back(long t, const TransitionKernel& kernel, KernelAdjoint& by_kernel, MarketAdjoint& by_market);
  /// From the opening state to the market.
  void pull_back_opening(MarketAdjoint& by_market);

 private:
  using Group = MeanFieldEngine::Group;
  using Unit = MeanFieldEngine::Unit;
  struct Moment {
    std::vector<double> present;  // by unit
    detail::Numbers counts;       // of all groups one after the other
    std::vector<double> tally;    // its numbers one after the other
  };
  struct UnitAdjoint {
    double stay = 0, enter = 0;  // of one step
    std::vector<double> move_shares;
  };
  [[nodiscard]] double weight(const Unit& unit) const;
  void pull_back_unit(std::size_t u, std::size_t thread, const TransitionKernel& kernel, double entrants,
                      const Moment& before, KernelAdjoint& by_kernel);

  MeanFieldEngine& engine_;
  std::vector<Moment> history_;
  std::vector<std::vector<std::size_t>> counts_at_;  // [unit][group] in `Moment::counts`
  Tally tally_;                                      // of the moment last asked for
  std::vector<Unit> by_units_;
  std::vector<std::vector<SlotTally>> by_flows_;  // [unit][slot]
  std::vector<UnitAdjoint> by_steps_;
  detail::Numbers by_marginals_, room_;
};

}  // namespace lockin
