#pragma once

#include <cstddef>
#include <span>

// Long runs of counts, in whatever vectors the machine has. Each entry is computed by itself, in the same order of
// operations, so that all machines agree. No run may overlap another.
namespace lockin::detail {

/// to[i] += from[i], i < n.
void add(const double* from, std::size_t n, double* to);
/// to[i] = a[i] * b[i].
void set_product(const double* a, const double* b, std::size_t n, double* to);
/// to[i] += a[i] * b[i].
void add_product(const double* a, const double* b, std::size_t n, double* to);
/// to[i] = a[i] * b[i] + c[i] * d[i].
void set_products(const double* a, const double* b, const double* c, const double* d, std::size_t n,
                  double* to);

/// Who acts in a slot, by incumbent, in runs that begin at `starts`; an incumbent's is `stride` long.
struct PoolRuns {
  std::span<const std::size_t> starts;
  std::size_t stride = 1, providers = 0;
};

/// Adds row j times all who act but j's own to the run of each provider j.
/// @param row of provider j and place p at j * places + p
/// @param sum room for `stride` numbers
void pool(const PoolRuns& runs, const double* from, const double* row, std::size_t places, double* sum,
          double* to);
/// The same where incumbents stand side by side.
/// @param row_at by place: where its row begins in `rows`
void pool_neighbours(const PoolRuns& runs, const double* from, const double* rows, const std::size_t* row_at,
                     double* to);

/// The transpose of `pool`.
/// @param sum, by_sum room for `stride` numbers
/// @param by_row, by_from are added to
void pull_back_pool(const PoolRuns& runs, const double* from, const double* row, std::size_t places,
                    const double* by_to, double* sum, double* by_sum, double* by_row, double* by_from);

}  // namespace lockin::detail
