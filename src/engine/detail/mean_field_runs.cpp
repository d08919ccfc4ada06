#include "engine/detail/mean_field_runs.hpp"

// Highway compiles this file once for each instruction set. The loops are plain: the compiler makes vectors of them.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/detail/mean_field_runs.cpp"
#include <hwy/foreach_target.h>

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace lockin::detail::HWY_NAMESPACE {

void add(const double* HWY_RESTRICT from, std::size_t n, double* HWY_RESTRICT to) {
  for (std::size_t i = 0; i < n; ++i) to[i] += from[i];
}

void set_product(const double* HWY_RESTRICT a, const double* HWY_RESTRICT b, std::size_t n,
                 double* HWY_RESTRICT to) {
  for (std::size_t i = 0; i < n; ++i) to[i] = a[i] * b[i];
}

void add_product(const double* HWY_RESTRICT a, const double* HWY_RESTRICT b, std::size_t n,
                 double* HWY_RESTRICT to) {
  for (std::size_t i = 0; i < n; ++i) to[i] += a[i] * b[i];
}

void set_products(const double* HWY_RESTRICT a, const double* HWY_RESTRICT b, const double* HWY_RESTRICT c,
                  const double* HWY_RESTRICT d, std::size_t n, double* HWY_RESTRICT to) {
  for (std::size_t i = 0; i < n; ++i) to[i] = a[i] * b[i] + c[i] * d[i];
}

void pool(const PoolRuns& runs, const double* HWY_RESTRICT from, const double* HWY_RESTRICT row,
          std::size_t places, double* HWY_RESTRICT sum, double* HWY_RESTRICT to) {
  const std::size_t J = runs.providers, stride = runs.stride;
  for (const std::size_t start : runs.starts) {
    const double* HWY_RESTRICT at = from + start;
    for (std::size_t i = 0; i < stride; ++i) sum[i] = at[i];
    for (std::size_t x = 1; x <= J; ++x)
      for (std::size_t i = 0; i < stride; ++i) sum[i] += at[x * stride + i];
    for (std::size_t j = 0; j < J; ++j) {
      const double *HWY_RESTRICT share = row + j * places + start, *HWY_RESTRICT own = at + j * stride;
      double* HWY_RESTRICT arrive = to + start + j * stride;
      for (std::size_t i = 0; i < stride; ++i) arrive[i] += share[i] * (sum[i] - own[i]);
    }
  }
}

void pool_neighbours(const PoolRuns& runs, const double* HWY_RESTRICT from, const double* HWY_RESTRICT rows,
                     const std::size_t* HWY_RESTRICT row_at, double* HWY_RESTRICT to) {
  const std::size_t J = runs.providers;
  for (const std::size_t start : runs.starts) {
    const double *HWY_RESTRICT at = from + start, *HWY_RESTRICT row = rows + row_at[start];
    double* HWY_RESTRICT arrive = to + start;
    double sum = 0;
    for (std::size_t x = 0; x <= J; ++x) sum += at[x];
    for (std::size_t j = 0; j < J; ++j) arrive[j] += row[j] * (sum - at[j]);
  }
}

void pull_back_pool(const PoolRuns& runs, const double* HWY_RESTRICT from, const double* HWY_RESTRICT row,
                    std::size_t places, const double* HWY_RESTRICT by_to, double* HWY_RESTRICT sum,
                    double* HWY_RESTRICT by_sum, double* HWY_RESTRICT by_row, double* HWY_RESTRICT by_from) {
  const std::size_t J = runs.providers, stride = runs.stride;
  for (const std::size_t start : runs.starts) {
    const double* HWY_RESTRICT at = from + start;
    double* HWY_RESTRICT by_at = by_from + start;
    for (std::size_t i = 0; i < stride; ++i) sum[i] = at[i];
    for (std::size_t x = 1; x <= J; ++x)
      for (std::size_t i = 0; i < stride; ++i) sum[i] += at[x * stride + i];
    for (std::size_t i = 0; i < stride; ++i) by_sum[i] = 0;
    for (std::size_t j = 0; j < J; ++j) {
      const std::size_t place = j * places + start, own = j * stride;
      const double* HWY_RESTRICT by = by_to + start + own;
      for (std::size_t i = 0; i < stride; ++i) {
        const double part = by[i] * row[place + i];
        by_row[place + i] += by[i] * (sum[i] - at[own + i]);
        by_at[own + i] -= part;
        by_sum[i] += part;
      }
    }
    for (std::size_t x = 0; x <= J; ++x)
      for (std::size_t i = 0; i < stride; ++i) by_at[x * stride + i] += by_sum[i];
  }
}

}  // namespace lockin::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace lockin::detail {

HWY_EXPORT(add);
HWY_EXPORT(set_product);
HWY_EXPORT(add_product);
HWY_EXPORT(set_products);
HWY_EXPORT(pool);
HWY_EXPORT(pool_neighbours);
HWY_EXPORT(pull_back_pool);

void add(const double* from, std::size_t n, double* to) { HWY_DYNAMIC_DISPATCH(add)(from, n, to); }

void set_product(const double* a, const double* b, std::size_t n, double* to) {
  HWY_DYNAMIC_DISPATCH(set_product)(a, b, n, to);
}

void add_product(const double* a, const double* b, std::size_t n, double* to) {
  HWY_DYNAMIC_DISPATCH(add_product)(a, b, n, to);
}

void set_products(const double* a, const double* b, const double* c, const double* d, std::size_t n,
                  double* to) {
  HWY_DYNAMIC_DISPATCH(set_products)(a, b, c, d, n, to);
}

void pool(const PoolRuns& runs, const double* from, const double* row, std::size_t places, double* sum,
          double* to) {
  HWY_DYNAMIC_DISPATCH(pool)(runs, from, row, places, sum, to);
}

void pool_neighbours(const PoolRuns& runs, const double* from, const double* rows, const std::size_t* row_at,
                     double* to) {
  HWY_DYNAMIC_DISPATCH(pool_neighbours)(runs, from, rows, row_at, to);
}

void pull_back_pool(const PoolRuns& runs, const double* from, const double* row, std::size_t places,
                    const double* by_to, double* sum, double* by_sum, double* by_row, double* by_from) {
  HWY_DYNAMIC_DISPATCH(pull_back_pool)(runs, from, row, places, by_to, sum, by_sum, by_row, by_from);
}

}  // namespace lockin::detail
#endif
