#pragma once

#include <vector>

#include "lockin/choice/transition_kernel.hpp"
#include "lockin/engine/tally.hpp"

namespace lockin::detail {

/// Splits expected counts of customers over what they do in a period. Room is kept from call to call.
class MeanFieldSplit {
 public:
  /// One period of customers of one law: all slots are read at t-1.
  /// @param slots of the type, tied by affinity
  /// @param counts joint counts over their states, row-major; afterwards those of the end of the period
  /// @param tally of all slots of the type: flows are added
  void step(const TransitionKernel& kernel, const CustomerType& type, const std::vector<std::size_t>& slots,
            std::vector<double>& counts, std::vector<SlotTally>& tally);

  /// The transpose of `step`: from derivatives by counts at the end and by flows to those by counts at the start, by the
  /// kernel of the class, and by the shares of the period's moves.
  /// @param counts at the start
  /// @param by_flows of all slots of the type; `held` is not read
  /// @param by_counts at the end; afterwards at the start
  /// @param by_slots, by_move_shares are added to
  void pull_back(const TransitionKernel& kernel, const CustomerType& type,
                 const std::vector<std::size_t>& slots, const std::vector<double>& counts,
                 std::vector<SlotTally>& by_flows, std::vector<double>& by_counts,
                 std::vector<SlotKernel>& by_slots, std::vector<double>& by_move_shares);

 private:
  // What can become of a slot whose incumbent is known. Its fates: its own stages first, then acts, whose customers spread
  // over the providers by a row (one for all stages, or one a stage), then moves of events, one a move and stage.
  struct Axis {
    const SlotKernel* kernel = nullptr;
    SlotTally* tally = nullptr;
    std::size_t stride = 0;                  // of a state in the joint table
    std::vector<const Market::Move*> moves;  // that may concern the slot
    std::size_t incumbent = 0, own = 0, fates = 0;
    std::size_t state = 0;                  // the first of the incumbent's
    std::size_t acts_fates = 0;             // 1, or the number of stages
    std::vector<double> keep, rise, acts;   // by stage: probability to end at it, one higher, to act
    std::vector<double> spread;             // [act][provider] the row, 0 for the incumbent
    std::vector<const Market::Move*> here;  // moves of the incumbent
    std::vector<double> moved;              // [move] probability
    std::size_t context = 0;                // of the block
  };
  void start(const TransitionKernel& kernel, const CustomerType& type, const std::vector<std::size_t>& slots,
             std::vector<SlotTally>& tally);
  double load(const std::vector<double>& counts);
  void split(const std::vector<std::size_t>& slots);
  void set_axis(Axis& axis, const std::vector<std::size_t>& slots);
  void count_flows(Axis& axis, std::size_t outer, std::size_t inner);
  void transform(const Axis& axis, std::size_t outer, std::size_t inner);
  void spread_last();
  void expand_rows();
  void place();
  void finish(std::vector<double>& counts) const;

  struct Row {                     // of the last slot
    std::size_t from = 0, to = 0;  // by fates, by states of the others
    double weight = 1;
    std::size_t of = 0, spread = whole;  // the row that it is a part of, by an entry of the axis' spread
  };
  static constexpr std::size_t whole = static_cast<std::size_t>(-1);

  // Derivatives by what an axis holds, and its counts by stage, of one block.
  struct AxisAdjoint {
    std::vector<double> keep, rise, acts, spread, moved, marginal;
  };
  void pull_back_block();
  void pull_back_place();
  void pull_back_last();
  void pull_back_transform(std::size_t i, std::size_t outer, std::size_t inner);
  void pull_back_flows(std::size_t i, std::size_t outer, std::size_t inner);
  static void pull_back_axis(const Axis& axis, AxisAdjoint& by, const TransitionKernel& kernel,
                             SlotKernel& by_slot, std::vector<double>& by_move_shares);

  std::vector<Axis> axes_;
  std::vector<double> value_, other_;  // a block by stages and fates
  // The block with the last slot's destinations: [fates of the others][own stages, arrivals].
  std::vector<double> last_;
  // Next counts: [states of the others][states of the last slot, arrivals].
  std::vector<double> next_;
  // Places for those who come to the last slot's provider, [stage][provider]; one more if their number is odd.
  std::size_t arrivals_ = 0, arrival_stages_ = 1;
  std::vector<double> marginal_;  // by stage, of one slot
  std::vector<Row> rows_, expanded_;
  // Of `pull_back`: rows and values before each axis, and derivatives.
  std::vector<std::vector<Row>> row_levels_;
  std::vector<std::vector<double>> value_levels_;
  std::vector<AxisAdjoint> by_axes_;
  std::vector<double> by_next_, by_last_, by_value_, by_other_, by_row_;
  std::vector<Row> block_;
};

}  // namespace lockin::detail
