#include "cli/ensemble_file.hpp"

#include <optional>
#include <system_error>

#include "lockin/ensemble/replication_file.hpp"

#ifdef LOCKIN_WITH_NETCDF
#include "lockin/netcdf/write_netcdf.hpp"
#endif

namespace lockin::cli {

EnsembleFile::EnsembleFile(const RunCommand& command, const OutputFolder* folder) {
  if (!command.keep_replications || folder == nullptr) return;
#ifdef LOCKIN_WITH_NETCDF
  replications_ = folder->target().string() + ".replications";
  checkpoint_ = checkpoint_of(*folder);
#else
  throw UsageError("--keep-replications: this lockin was built without NetCDF",
                   "install libnetcdf-dev (Debian) and build it again");
#endif
}

EnsembleFile::~EnsembleFile() {
  std::error_code ignored;
  if (!replications_.empty() && !std::filesystem::exists(checkpoint_, ignored) &&
      ReplicationFile::is_one(replications_))
    std::filesystem::remove(replications_, ignored);
}

std::vector<WrittenFile> EnsembleFile::of([[maybe_unused]] const Ensemble& ensemble,
                                          [[maybe_unused]] const RunRecord& record) const {
  std::vector<WrittenFile> files;
#ifdef LOCKIN_WITH_NETCDF
  files.push_back(
      {"ensemble.nc", [&, this](const std::filesystem::path& path, const std::function<void()>& look) {
         NetcdfOptions options{.between_blocks = look};
         std::optional<ReplicationFile> kept;
         if (!replications_.empty()) options.replications = &kept.emplace(replications_);
         write_netcdf(ensemble, record, path, options);
       }});
#endif
  return files;
}

}  // namespace lockin::cli
