#pragma once

#include <span>
#include <vector>

#include "lockin/choice/transition_kernel.hpp"
#include "lockin/engine/tally.hpp"

namespace lockin::detail {

/// Splits expected counts of customers over what they do in a period. Room is kept from call to call.
///
/// Counts are worked on in blocks, one for each stage of each slot, that hold all incumbents of all slots, so that what
/// happens at a stage is one long run for the whole block.
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
  // What can become of a slot. Its fates: its own stages first, then acts, whose customers spread over the providers by
  // a row (one for all stages, or one a stage), then moves of events, one a move and stage. Tables by place have an entry
  // for each place of a block: the incumbents of all slots, row-major, *none* the last.
  struct Axis {
    const SlotKernel* kernel = nullptr;
    SlotTally* tally = nullptr;
    std::size_t slot = 0;                    // of the type
    std::vector<const Market::Move*> moves;  // that may concern the slot
    std::size_t own = 0, acts_fates = 0, fates = 0;
    std::size_t stride = 0;               // from an incumbent to the next within a block
    std::size_t block_stride = 0;         // from a stage to the next, in blocks
    std::vector<std::size_t> at;          // by state: its share of the place among all blocks
    std::vector<std::size_t> incumbent;   // by place
    std::vector<std::size_t> act_at;      // by place: of the incumbent's first stage in the table of acts
    std::vector<std::size_t> row_at;      // by place: in the kernel's rows
    std::vector<double> keep, rise, act;  // [stage][place]: probability to end at it, one higher, to act
    std::vector<double> rows;             // [act][provider][place] see `set_rows`
    std::vector<double> spared;           // [incumbent] what moves leave
    std::vector<double> moved;            // [move][incumbent] probability
    std::vector<double> marginal;         // [stage][place] counts, whatever the stages of the other slots
    [[nodiscard]] bool shares_rows() const { return kernel->row_per_state == 0; }
  };
  struct Acting {  // a slot that does not keep its provider, of a combination of fates
    std::size_t axis = 0, fate = 0;
  };
  struct Fates {         // a combination of them, one of each slot
    std::size_t to = 0;  // where the stages of those that keep theirs begin in a table of all blocks
    std::vector<Acting> acting;
  };
  void start(const TransitionKernel& kernel, const CustomerType& type, const std::vector<std::size_t>& slots,
             std::vector<SlotTally>& tally);
  void set_axis(Axis& axis);
  void set_rows(Axis& axis);
  void set_marginals();
  void count_flows(Axis& axis);
  void transform(const Axis& axis, std::size_t outer, std::size_t inner);
  void list_fates();
  void set_places();
  void list_starts();
  [[nodiscard]] bool matters_later(std::size_t a) const;
  void spread(std::size_t a, const double* from, std::size_t fixed, std::size_t rows, std::size_t to);
  void pool(const Acting& acting, const double* from, std::size_t fixed, std::size_t rows, double* to);
  static void make_room(std::vector<double>& values, std::size_t size);
  void to_blocks(const std::vector<double>& counts, std::vector<double>& blocks) const;
  void from_blocks(const std::vector<double>& blocks, std::vector<double>& counts) const;
  // Calls visit(place among all blocks) for each run of the last slot's states in the joint table.
  template <typename Visit>
  void for_rows(Visit visit) const;

  // Derivatives by what an axis holds.
  struct AxisAdjoint {
    std::vector<double> keep, rise, act, rows, moved;
    SlotKernel* slot = nullptr;
  };
  void pull_back_transform(std::size_t i, std::size_t outer, std::size_t inner);
  void pull_back_spread(std::size_t a, const double* from, double* by_from, std::size_t fixed,
                        std::size_t rows, std::size_t to);
  void pull_back_pool(const Acting& acting, const double* from, double* by_from, std::size_t fixed,
                      std::size_t rows, const double* by_to);
  void pull_back_flows(std::size_t i);
  void pull_back_axis(const Axis& axis, AxisAdjoint& by, const TransitionKernel& kernel,
                      std::vector<double>& by_move_shares) const;

  std::vector<Axis> axes_;
  std::vector<std::size_t> shape_, last_shape_;          // what `set_places` hangs on
  std::size_t providers_ = 0, places_ = 0, blocks_ = 0;  // places of a block, blocks of own stages
  std::vector<double> value_, other_;                    // [stages, or fates][place]
  std::vector<double> next_;                             // [stages][place]
  std::vector<Fates> fates_;
  std::span<const Acting> acting_;                // of the fates at hand
  std::vector<std::vector<double>> room_;         // by depth of `spread`: a block
  std::vector<std::vector<std::size_t>> starts_;  // [fixed slots * slots + slot] see `list_starts`
  std::vector<double> sum_, by_sum_;
  std::vector<double> spared_, kept_, rising_;  // by place
  // Of `pull_back`.
  std::vector<std::vector<double>> value_levels_, by_room_;
  std::vector<AxisAdjoint> by_axes_;
  std::vector<double> by_next_, by_value_, by_other_;
};

}  // namespace lockin::detail
