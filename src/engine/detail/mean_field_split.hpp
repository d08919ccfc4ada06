#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "engine/detail/mean_field_layout.hpp"
#include "engine/detail/mean_field_runs.hpp"
#include "lockin/choice/transition_kernel.hpp"
#include "lockin/engine/tally.hpp"

namespace lockin::detail {

/// Counts of slots tied by affinity.
struct JointCounts {
  Numbers counts;     ///< as a `MeanFieldLayout` has them
  Numbers marginals;  ///< [slot][stage][place] whatever the stages of the other slots
};

/// Splits expected counts of customers over what they do in a period. Room is kept from call to call.
class MeanFieldSplit {
 public:
  /// What a step is about.
  struct Of {
    const TransitionKernel& kernel;
    const CustomerType& type;               ///< of the customers' law
    const MeanFieldLayout& layout;          ///< of the counts
    const std::vector<std::size_t>& slots;  ///< of the type, tied by affinity
    double stay = 1, enter = 0;             ///< share of customers that do not leave; newcomers
  };

  /// Marginals of counts, and `held` of the slots.
  void measure(const MeanFieldLayout& layout, const std::vector<std::size_t>& slots, JointCounts& joint,
               std::vector<SlotTally>& tally);

  /// One period: all slots are read at t-1.
  /// @param tally of all slots of the type, as `measure` left them; flows are set
  void step(const Of& of, JointCounts& joint, std::vector<SlotTally>& tally);

  /// The transpose of `step` after leaving and entering: from derivatives by counts at the end and by flows to those by
  /// counts at the start, by the kernel of the class, and by the shares of the period's moves.
  /// @param counts before customers left and entered
  /// @param by_flows of all slots of the type; `held` is not read
  /// @param by_counts at the end; afterwards at the start
  /// @param by_slots, by_move_shares are added to
  void pull_back(const Of& of, const double* counts, std::vector<SlotTally>& by_flows, Numbers& by_counts,
                 std::vector<SlotKernel>& by_slots, std::vector<double>& by_move_shares);

  /// What both slots of a pair report: the mean of what those named first and second did. Its own transpose.
  static void share_alike(const MeanFieldLayout& layout, const std::vector<std::size_t>& slots,
                          std::vector<SlotTally>& tally);

  /// Takes from the marginals those who leave, and adds newcomers to those without any incumbent.
  static void leave_and_enter(const Of& of, Numbers& marginals);

 private:
  // What can become of a slot. Its fates: its own stages first, then acts, whose customers spread over the providers by
  // a row (one for all stages, or one a stage), then moves of events, one a move and stage.
  struct Axis {
    const SlotKernel* kernel = nullptr;
    SlotTally* tally = nullptr;
    std::size_t slot = 0;                    // of the type
    std::vector<const Market::Move*> moves;  // that may concern the slot
    std::size_t own = 0, acts_fates = 0, fates = 0;
    Numbers keep, rise, act;     // [stage][place]: probability to end at it, one higher, to act
    Numbers padded_rows;         // the kernel's, each padded as the last slot's incumbents are
    Numbers rows, square_rows;   // by place of each grid, see `set_rows`
    std::vector<double> spared;  // [incumbent] what moves leave
    Numbers moved;               // [move][place] probability
    [[nodiscard]] bool shares_rows() const { return kernel->row_per_state == 0; }
  };
  struct Fates {         // a combination of them, one of each slot
    std::size_t to = 0;  // where the stages of those that keep theirs begin in a table of all blocks
    std::vector<Acting> acting;
    bool pair_acts = false;     // whether a slot of a pair does
    std::size_t mirrored = 0;   // the combination with the fates of the pair the other way round
    std::size_t to_square = 0;  // as `to`, in the square's table
    // Customers of both combinations are spread as one, told apart by their fates. @param own place of this one
    [[nodiscard]] bool spreads_in_square(std::size_t own) const { return pair_acts && own >= mirrored; }
  };
  struct PairBlocks {  // a block of the square's table that somebody may come to, and those of the layout's
    std::size_t square = 0, block = 0, mirrored = 0;
  };
  // Where things stand, the same for most laws and periods.
  struct Places {
    struct OfAxis {                                // by place
      std::vector<std::int64_t> act_at, own_at;    // see ChanceRuns
      Numbers present, holds;                      // present: 0 at padding, else 1
      std::vector<std::size_t> row_at, padded_at;  // of the incumbent's first stage, in rows of the kernel
    };
    std::vector<std::size_t> shape;
    std::vector<OfAxis> axes;
    std::vector<Fates> fates;
    std::vector<PairBlocks> from_square;  // where those go who are spread in the square
  };
  // Where customers are spread: at the layout's places, or in its square, where slots of a pair are told apart.
  struct Grid {
    const MeanFieldLayout* layout = nullptr;
    const Places* at = nullptr;
    Numbers Axis::*rows = nullptr;
    std::vector<SpreadSlot> slots;                      // those of the group, and perhaps more
    [[nodiscard]] bool has_rows(std::size_t i) const {  // of a slot that is spread by place
      return i + 1 < layout->axes.size() && (!layout->square || i > 1);
    }
  };
  void start(const Of& of, std::vector<SlotTally>& tally);
  void set_grid(Grid& grid, const MeanFieldLayout& layout, Numbers Axis::*rows);
  [[nodiscard]] Places places_of(const MeanFieldLayout& layout) const;
  [[nodiscard]] std::vector<Fates> list_fates(const MeanFieldLayout& layout) const;
  [[nodiscard]] std::vector<PairBlocks> list_pair_blocks(const MeanFieldLayout& layout,
                                                         const std::vector<Fates>& fates) const;
  [[nodiscard]] bool asked_later(const std::vector<Acting>& acting, std::size_t a) const;
  [[nodiscard]] Incumbents incumbents(std::size_t i) const;
  [[nodiscard]] PairRuns pair_runs() const;
  const double* spared_by_place(std::size_t i);
  void set_marginals(const MeanFieldLayout& layout, const double* counts, Numbers& marginals);
  void set_axis(std::size_t i);
  [[nodiscard]] ChanceRuns chance_runs(std::size_t i);
  void pad_rows(std::size_t i);
  void set_rows(const Grid& grid, std::size_t i);
  void count_flows(std::size_t i, const double* marginal);
  [[nodiscard]] FateRuns fate_runs();
  void set_all_fates(const double* counts, double* kept);
  void spread_all(double* counts);
  [[nodiscard]] SpreadRuns spread_runs(Grid& grid, double* to);

  // Derivatives by what an axis holds.
  struct AxisAdjoint {
    Numbers keep, rise, act, padded_rows, rows, square_rows, moved;
    SlotKernel* slot = nullptr;
  };
  void pull_back_flows(std::size_t i, const double* marginal, double* by_marginal);
  void pull_back_spread_all(double* by_counts);
  void pull_back_rows(const Grid& grid, std::size_t i) const;
  void pull_back_axis(std::size_t i, const TransitionKernel& kernel, std::vector<double>& by_move_shares);

  std::vector<Axis> room_of_axes_;
  std::span<Axis> axes_;  // those of the group
  const MeanFieldLayout* layout_ = nullptr;
  std::vector<std::size_t> shape_;  // of what is split: of it depend `Places`
  std::deque<Places> known_places_;
  const Places* at_ = nullptr;  // of `here_`
  Grid here_, square_;
  std::vector<StageRuns> stages_;
  Numbers fate_room_, values_;  // values: blocks by fates
  std::vector<double*> to_;
  std::vector<Numbers> room_;
  Numbers square_block_, square_counts_;  // square_counts: blocks by stages
  double stay_ = 1, enter_ = 0;           // of the step
  Numbers spared_, act_table_, chance_room_, sums_, acting_, flows_, held_;
  // Of `pull_back`.
  std::vector<Numbers> by_room_;
  std::vector<AxisAdjoint> by_axes_;
  Numbers by_value_, by_acting_, by_spared_, by_marginals_, marginals_, spread_sums_, by_square_block_;
};

}  // namespace lockin::detail
