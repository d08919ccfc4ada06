#pragma once

#include <span>
#include <vector>

#include "lockin/choice/transition_kernel.hpp"
#include "market/market_adjoint.hpp"

namespace lockin {

/// Pulls derivatives by the probabilities of a logit, or of a nested logit if there are nests, back to its utilities.
/// @param by_p derivative by each probability; alternatives of probability 0 are out of the game
/// @param by_utility is added to
/// @return the derivative by the dissimilarity; 0 without nests
double pull_back_probabilities(std::span<const std::size_t> nest, double dissimilarity,
                               std::span<const double> utility, std::span<const double> p,
                               std::span<const double> by_p, std::span<double> by_utility);

/// Pulls derivatives by `switching_costs` back to the parameters and the market.
void pull_back_switching_costs(const Market& market, const PeriodParameters& parameters, TypeId type,
                               LayerId layer, std::span<const double> by_cost, PeriodParameters& by_parameter,
                               MarketAdjoint& by_market);

/// Derivatives by what engines read of a kernel, in its own shapes.
struct KernelAdjoint {
  std::vector<std::vector<SlotKernel>> slots;  // [choice class][slot]: act_table, rows, advance
  std::vector<double> exit, entry;             // by segment
  std::vector<double> move_shares;             // of the period's moves
};

/// Pulls derivatives by a kernel back to what it was filled from.
class KernelPullBack {
 public:
  /// @param kernel of a market without a choice model of the user's; must outlive this
  explicit KernelPullBack(const TransitionKernel& kernel);
  /// All derivatives 0, for the moves of the period that the kernel is filled for.
  void clear(KernelAdjoint& adjoint) const;
  /// One period; the kernel is filled for it.
  /// @param last_by, by_parameter, by_market, by_revealed are added to
  void pull_back(const PeriodParameters& parameters, const Aggregates& last, const KernelAdjoint& by_kernel,
                 PeriodParameters& by_parameter, Aggregates& by_last, MarketAdjoint& by_market,
                 std::vector<double>& by_revealed);

 private:
  struct View {
    std::vector<double> quality, log_price, reach, appeal, share;  // by provider
    double adoption = 0, hazard = 0, advance = 0;
  };
  void pull_back_slot(const SlotKernel& slot, const SlotKernel& by_slot, std::size_t choice_class,
                      const PeriodParameters& parameters, PeriodParameters& by_parameter,
                      MarketAdjoint& by_market);
  void pull_back_logit(const SlotKernel& slot, const SlotKernel& by_slot, std::size_t context,
                       const TransitionKernel::View& view, View& by_view);
  void pull_back_states(const SlotKernel& slot, const SlotKernel& by_slot, std::size_t context,
                        const TransitionKernel::View& view, View& by_view, double& by_dissimilarity);
  void pull_back_view(LayerId l, SegmentId s, const PeriodParameters& parameters, const Aggregates& last,
                      PeriodParameters& by_parameter, Aggregates& by_last, std::vector<double>& by_revealed);

  const TransitionKernel& kernel_;
  std::vector<View> by_view_;  // [layer * segments + segment]
  std::vector<double> by_base_, by_utility_, by_cost_, by_p_, by_net_, net_, p_, base_, utility_;
  std::vector<std::size_t> held_;
};

/// Pulls derivatives by `revealed_appeal` back to the market, by the implicit function theorem.
void pull_back_revealed_appeal(const Market& market, std::span<const double> by_revealed,
                               MarketAdjoint& by_market);

}  // namespace lockin
