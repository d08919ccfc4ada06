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
  // What can become of a slot whose incumbent is known. Its fates: its own stages first, then acts, whose customers spread
  // over the providers by a row (one for all stages, or one a stage), then moves of events, one a move and stage.
  struct Axis {
    const SlotKernel* kernel = nullptr;
    SlotTally* tally = nullptr;
    std::size_t stride = 0;           // of a state in the joint table
    std::vector<Market::Move> moves;  // that may concern the slot
    std::size_t incumbent = 0, own = 0, fates = 0;
    std::size_t state = 0;                  // the first of the incumbent's
    std::size_t acts_fates = 0;             // 1, or the number of stages
    std::vector<double> keep, rise, acts;   // by stage: probability to end at it, one higher, to act
    std::vector<double> spread;             // [act][provider] the row, 0 for the incumbent
    std::vector<const Market::Move*> here;  // moves of the incumbent
    std::vector<double> moved;              // [move][stage] probability
  };
  void start(const TransitionKernel& kernel, const CustomerType& type, const std::vector<std::size_t>& slots,
             std::vector<SlotTally>& tally);
  double load(const std::vector<double>& counts);
  void split(const std::vector<std::size_t>& slots);
  void set_axis(Axis& axis, const std::vector<std::size_t>& slots);
  void count_flows(Axis& axis, std::size_t outer, std::size_t inner);
  void transform(const Axis& axis, std::size_t outer, std::size_t inner);
  void spread_last();
  void place();
  void finish(std::vector<double>& counts) const;

  struct Row {                     // of the last slot
    std::size_t from = 0, to = 0;  // by fates, by states of the others
    double weight = 1;
  };

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
};

}  // namespace lockin::detail
