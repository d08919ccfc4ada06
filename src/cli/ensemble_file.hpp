#pragma once

#include <filesystem>
#include <vector>

#include "cli/running.hpp"

namespace lockin::cli {

/// `ensemble.nc` of a run; where lockin was built without NetCDF there is none.
class EnsembleFile {
 public:
  /// @param folder null: nothing is written
  /// @throws UsageError if replications are to be kept and cannot be
  EnsembleFile(const RunCommand& command, const OutputFolder* folder);
  /// Removes the replications that were kept aside, unless there is a checkpoint that goes on with them.
  ~EnsembleFile();
  EnsembleFile(const EnsembleFile&) = delete;
  EnsembleFile& operator=(const EnsembleFile&) = delete;

  /// Where the ensemble puts its replications; empty: nowhere.
  [[nodiscard]] const std::filesystem::path& replications() const { return replications_; }
  /// The file, or none.
  [[nodiscard]] std::vector<WrittenFile> of(const Ensemble& ensemble, const RunRecord& record) const;

 private:
  std::filesystem::path replications_, checkpoint_;
};

}  // namespace lockin::cli
