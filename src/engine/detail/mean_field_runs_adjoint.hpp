#pragma once

#include "engine/detail/mean_field_runs.hpp"

// The transposes of what mean_field_runs.hpp does to blocks of counts.
namespace lockin::detail {

/// Derivatives by what `set_chances` fills in, and by what it reads.
struct ChanceAdjoint {
  const double *keep = nullptr, *rise = nullptr, *act = nullptr;  ///< by [stage][place]
  const double* acts = nullptr;  ///< what `set_chances` gave: the probability to act
  double *act_table = nullptr,
         *rows = nullptr;    ///< added to, as the kernel's; rows padded, those shared by all states
  double* spared = nullptr;  ///< added to, by place; null: nobody asks
};
/// The transpose of `set_chances`.
/// @return the derivative by `ChanceRuns::advance`
double pull_back_chances(const ChanceRuns& of, const ChanceAdjoint& by);

/// Derivatives by what `StageRuns` hold, added to.
struct StageAdjoint {
  double *keep = nullptr, *rise = nullptr, *act = nullptr, *moved = nullptr;
};
/// The transpose of `set_fates`.
/// @param by derivatives by blocks by fates
/// @param to by blocks by stages; blocks of `by` may stand there
void pull_back_fates(const FateRuns& of, const double* from, const double* const* by,
                     std::span<const StageAdjoint> by_slots, double* to);

/// Derivatives by what `SpreadRuns` hold.
struct SpreadAdjoint {
  std::span<Numbers> by_room;        ///< by slot that has been spread: a block
  std::span<double* const> by_rows;  ///< by slot: added to
  const double* by_to = nullptr;
  double* sums = nullptr;  ///< room for [incumbent][width]
};
/// The transpose of `spread`; @param by_from is added to
void pull_back_spread(const SpreadRuns& runs, const SpreadAdjoint& by, std::span<const Acting> acting,
                      const double* from, double* by_from, std::size_t to);

/// The transpose of `add_flows`.
/// @param by_flows [incumbent][width]
/// @param by_acting is set; @param by_rows is added to
void pull_back_flows(const Incumbents& of, const double* acting, const std::size_t* row_at,
                     const double* rows, const double* by_flows, double* by_acting, double* by_rows);

/// The transpose of `unfold_pairs`: sets derivatives by both blocks.
void pull_back_unfold_pairs(const PairRuns& of, const double* by_square, double* by_block,
                            double* by_mirrored);
/// The transpose of `fold_pairs`: sets those by the square.
void pull_back_fold_pairs(const PairRuns& of, const double* by_block, const double* by_mirrored,
                          double* by_square);

/// a[0] * b[0] + a[1] * b[1] + ...; @param n a multiple of `row_unit`, not 0
double sum_products(const double* a, const double* b, std::size_t n);
/// to[i] += a[i] * b[i].
void add_product(const double* a, const double* b, std::size_t n, double* to);
/// The transpose of sums over the stages of all slots but one: adds to each block the blocks of its slots' stages.
/// @param by_marginals by [slot][stage]
/// @param to blocks by stages
void add_marginals(const FateRuns& of, const double* by_marginals, double* to);

}  // namespace lockin::detail
