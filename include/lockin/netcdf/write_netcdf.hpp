#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>

#include "lockin/ensemble/replication_file.hpp"
#include "lockin/ensemble/run_ensemble.hpp"
#include "lockin/report/run_record.hpp"

namespace lockin {

/// What `write_netcdf` does beyond the bands.
struct NetcdfOptions {
  const ReplicationFile* replications = nullptr;  ///< every number of these is written too; null: bands only
  /// Memory for replications, and with it the extent of chunks: so many are held, and written, at once. One at least
  std::size_t block_bytes = std::size_t{32} << 20;
  std::function<void()> between_blocks = {};  ///< called now and then; may throw to end it. May be empty
};

/// Writes an ensemble as a file of NetCDF 4 with the conventions of CF 1.10. Part of `lockin::netcdf`, which is built where netCDF-C is found.
///
/// Dimensions in this order: `replication`, `time` (a period; its label is `period`) or `year`, `layer`, `segment`, `provider`
/// (each `all` first) or `from_provider` and `to_provider`, `rank`, `quantile`. A measure M has the variables `M` (its mean), `M_se`, `M_sd`,
/// `M_quantile`, with replications `M_replication`, and where providers are ranked by it `M_rank_probability`; by year all begin with
/// `annual_`. NaN: no value. The bytes depend on the ensemble, the replications, what the record says of the scenario and of how it was
/// run (not where, when, and on how many threads), `block_bytes`, and the versions of netCDF-C and HDF5.
/// @param ensemble whose bands are written
/// @param record its scenario, hash, seed, engine, replications and currency become attributes
/// @param path must not exist
/// @param options replications, memory, interruption
/// @throws std::filesystem::filesystem_error if it cannot be written. After an exception there is no file
/// @throws std::invalid_argument for replications of another ensemble
void write_netcdf(const Ensemble& ensemble, const RunRecord& record, const std::filesystem::path& path,
                  const NetcdfOptions& options = {});

}  // namespace lockin
