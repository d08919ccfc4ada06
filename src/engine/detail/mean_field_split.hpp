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

 private:
  struct Target {
    std::size_t place = 0;  // of the state in the joint table
    double weight = 0;
    std::size_t provider = 0;
  };
  // What can become of a slot whose incumbent is known. Fates: its own stages first, then acts whose destinations share a
  // row (one for all stages, or one a stage), then moves of events, one a move and stage.
  struct Axis {
    const SlotKernel* kernel = nullptr;
    SlotTally* tally = nullptr;
    std::size_t stride = 0;           // of a state in the joint table
    std::vector<Market::Move> moves;  // that may concern the slot
    std::size_t incumbent = 0, own = 0, fates = 0;
    std::vector<double> keep, rise, acts;  // by stage: probability to end at it, one higher, to act
    std::vector<double> moved;             // [stage][move of the incumbent] probability
    std::size_t moves_here = 0;            // moves of the incumbent
    bool act_by_stage = false;
    std::vector<Target> targets;     // fate after fate
    std::vector<std::size_t> first;  // [fate] in targets; one more at the end
  };
  void set_axis(Axis& axis, const std::vector<std::size_t>& slots);
  void count_flows(Axis& axis, std::size_t outer, std::size_t inner) const;
  void transform(const Axis& axis, std::size_t outer, std::size_t inner);
  void place(std::size_t i, std::size_t from, double* to, double weight) const;

  std::vector<Axis> axes_;
  std::vector<double> next_, value_, other_, last_;  // last_: the last axis by targets instead of fates
};

}  // namespace lockin::detail
