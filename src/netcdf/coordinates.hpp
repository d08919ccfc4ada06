#pragma once

#include <map>

#include "lockin/ensemble/run_ensemble.hpp"
#include "lockin/report/run_record.hpp"
#include "netcdf/netcdf_file.hpp"
#include "netcdf/quantity.hpp"

namespace lockin {

/// Dimensions of the axes that an ensemble has.
using Axes = std::map<Axis, Dimension>;

/// Defines them, with the names, dates and numbers along them.
[[nodiscard]] Axes write_coordinates(NetcdfFile& file, const Ensemble& ensemble);

/// Attributes of the whole file: what ran.
void write_attributes(NetcdfFile& file, const Ensemble& ensemble, const RunRecord& record);

}  // namespace lockin
