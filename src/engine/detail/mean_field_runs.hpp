#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <boost/align/aligned_allocator.hpp>

// Blocks of counts (see MeanFieldLayout), in whatever vectors the machine has. Each entry is computed by itself, in the same
// order of operations, and sums over a row are taken in four parts, so that all machines agree. A block's length and the
// strides of all slots but the last are multiples of `row_unit`.
namespace lockin::detail {

/// Incumbents of the last slot are padded to a multiple of it.
inline constexpr std::size_t row_unit = 4;

/// Numbers by place: a vector never lies in two cache lines.
using Numbers = std::vector<double, boost::alignment::aligned_allocator<double, 64>>;

/// Blocks of room that `set_chances` and its transpose need.
inline constexpr std::size_t chance_blocks = 4;
/// What a period's probabilities of a slot by place are gathered from.
struct ChanceRuns {
  std::size_t places = 0, own = 1, width = row_unit;        ///< own: stages
  const double *act_table = nullptr, *rows = nullptr;       ///< of the kernel, padded
  const std::int64_t *act_at = nullptr, *own_at = nullptr;  ///< by place: at stage 0, in those
  std::int64_t next_act = 0, next_row = 0;                  ///< from a stage to the next
  bool side_by_side = false;  ///< whether places that are next to each other have theirs next to each other
  const double *spared = nullptr,
               *holds = nullptr;  ///< by place: what moves leave; 1 with an incumbent, else 0
  double advance = 0;
  double* room = nullptr;  ///< `chance_blocks` blocks
};
/// Fills tables by [stage][place]: the probability to end a period at the stage, one higher, and to act.
void set_chances(const ChanceRuns& of, double* keep, double* rise, double* act);

/// What becomes of the stages of a slot: its fates are its own stages, then acts, then moves of events, one a move and stage.
struct StageRuns {
  std::size_t own = 1, acts = 1, fates = 2;  ///< acts: 1 where all stages act as one, else `own`
  const double *keep = nullptr, *rise = nullptr, *act = nullptr;  ///< by [stage][place]
  const double* moved = nullptr;                                  ///< by [move][place]
};
/// What becomes of all slots' stages.
struct FateRuns {
  std::span<const StageRuns> slots;
  std::size_t places = 0, blocks = 1;
  double* room = nullptr;  ///< `fate_room` numbers
  double stay = 1;         ///< what of the counts is still there; then
  double enter = 0;        ///< newcomers,
  std::size_t none = 0;    ///< at this place of the first block
};
/// Numbers of room that `set_fates` and its transpose need.
std::size_t fate_room(std::span<const StageRuns> slots, std::size_t blocks);
/// Replaces the slots' stages by their fates, slot by slot, for a few places at a time: what lies between stays in the cache.
/// @param from blocks by stages
/// @param to where the blocks go, by fates; may be places of `from`
void set_fates(const FateRuns& of, const double* from, double* const* to);

/// Sums blocks over the stages of a slot.
/// @param from by [outer][stage]
/// @param by_stage sum over outer ones, by [stage]
/// @param rest sum over stages, by [outer]; may be `from`
void sum_stages(const double* from, std::size_t outer, std::size_t own, std::size_t places, double* by_stage,
                double* rest);

/// Places side by side where a slot has one incumbent; of the last slot, a row of all its incumbents from the first on.
struct IncumbentRun {
  std::size_t start = 0, incumbent = 0;
};
/// The places of a block by a slot's incumbent: runs of `stride` (1: of the last slot), `count` incumbents padded to `width`.
struct Incumbents {
  std::span<const IncumbentRun> runs;
  std::size_t stride = 1, count = 1, width = row_unit;
};
/// Sums a block over all incumbents of the other slots. @param to by incumbent, padded
void sum_others(const Incumbents& of, const double* block, double* to);
/// Adds to the flows of each incumbent the rows of its places times who acts there.
/// @param acting, row_at by place: who acts; where in `rows` its row begins
/// @param rows, flows by [row], by [incumbent], and [width]
void add_flows(const Incumbents& of, const double* acting, const std::size_t* row_at, const double* rows,
               double* flows);

/// sum[i] = a[0][i] b[0][i] + a[1][i] b[1][i] + ..., i < n, of `terms` runs one after the other.
void set_products(const double* a, const double* b, std::size_t terms, std::size_t n, double* sum);
/// to[i] *= factor.
void scale(double factor, std::size_t n, double* to);

/// A slot that does not keep its provider, of a combination of fates.
struct Acting {
  std::size_t slot = 0, fate = 0;  ///< fate: act, or after acts a move and stage
  bool apart = false;              ///< whether a slot that acts later asks who this one's incumbent was
};
/// One slot of those that act together.
struct SpreadSlot {
  std::size_t stride = 1, own = 1, acts = 1;
  std::size_t next_stage = 0;    ///< from a stage to the next in a table of all blocks
  bool shares_rows = true;       ///< whether all states of a context have one row
  const double* rows = nullptr;  ///< see MeanFieldSplit::set_rows
  const std::size_t* row_at =
      nullptr;  ///< of the last slot: by place, where in `rows` the incumbent's first row begins
  struct Move {
    std::size_t from = 0, to = 0;
    bool keep_stage = false;
  };
  std::vector<Move> moves;
};
/// Where those who act go.
struct SpreadRuns {
  std::span<const SpreadSlot> slots;
  std::span<const std::vector<std::size_t>> starts;  ///< [fixed slots * slots + slot]
  std::size_t providers = 0, width = 0, places = 0;
  const double* others = nullptr;  ///< [incumbent of the last slot][width]: 0 at the incumbent, else 1
  std::span<Numbers> room;         ///< by slot that has been spread: a block
  double* to = nullptr;            ///< table of all blocks that is added to
};
/// Adds what becomes of those who act, slot by slot. Where no later slot asks who the incumbent was, all incumbents are
/// taken together; else each by itself. The last slot, whose incumbents are side by side, comes first: its destinations are
/// one vector.
/// @param from a block of those who have the fates `acting`
/// @param to where the stages of slots that keep their provider begin in a table of all blocks
void spread(const SpreadRuns& runs, std::span<const Acting> acting, const double* from, std::size_t to);

/// Two slots that obey one law: where the places of their incumbents are in a block that holds both orders as one.
struct PairRuns {
  const std::size_t* at = nullptr;      ///< [incumbent][incumbent] first place
  std::size_t incumbents = 1, run = 1;  ///< places at each pair of incumbents
};
/// Tells the two slots apart by their fates.
/// @param block of those whose first slot has the one fate and second slot has the other; @param mirrored of those with these
/// the other way round, or `block` where both fates are the same
/// @param square is set: [incumbent of the slot with the one fate][of the other][run]
void unfold_pairs(const PairRuns& of, const double* block, const double* mirrored, double* square);
/// The other way: adds a square to the block of its slots' stages, and to that of these the other way round.
void fold_pairs(const PairRuns& of, const double* square, double* block, double* mirrored);

}  // namespace lockin::detail
