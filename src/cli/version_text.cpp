#include <fmt/format.h>

#include "cli/command_line.hpp"
#include "lockin/report/html_report.hpp"
#include "lockin/version.hpp"

namespace lockin::cli {
namespace {

std::string compiler() {
#if defined(__clang__)
  return "clang++ " __clang_version__;
#elif defined(__GNUC__)
  return "g++ " __VERSION__;
#else
  return "unknown compiler";
#endif
}

#ifdef LOCKIN_WITH_MPI
constexpr const char* mpi = "yes";
#else
constexpr const char* mpi = "no";
#endif

#ifdef LOCKIN_WITH_NETCDF
constexpr const char* netcdf = "yes";
#else
constexpr const char* netcdf = "no";
#endif

}  // namespace

std::string version_text() {
  return fmt::format(
      "lockin {}\ncompiler: {}\noptional parts: MPI {}, NetCDF {}, charts in reports {}, sliders in reports "
      "{}, Ceres no "
      "(the last is not in this version)\n",
      version(), compiler(), mpi, netcdf, report_has_charts() ? "yes" : "no",
      report_has_sliders() ? "yes" : "no");
}

}  // namespace lockin::cli
