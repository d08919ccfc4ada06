#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "lockin/ensemble/run_ensemble.hpp"
#include "lockin/report/run_record.hpp"
#include "lockin/simulation/trajectory.hpp"

namespace lockin {

/// The files of a folder of results: their texts by name, for example `shares.csv`.
using ResultFiles = std::map<std::string, std::string>;

/// The tables of one history, as `lockin run --out` writes them.
[[nodiscard]] ResultFiles result_tables(const Trajectory& path);
/// The tables of an ensemble, `draws.csv` among them.
[[nodiscard]] ResultFiles result_tables(const Ensemble& ensemble);

/// The tables with `scenario.toml`, `run.json` and `report.html`: all that a folder of results holds. `OutputFolder` writes it.
/// @param tables what `result_tables` gave
/// @param record of the same run
/// @throws InputError where they do not fit together
[[nodiscard]] ResultFiles result_files(ResultFiles tables, const RunRecord& record);

/// Reads the tables and scenarios that a finished folder's record lists, and the record.
/// @param folder what `--out` wrote
/// @throws std::invalid_argument if it is no such folder, or one of them is missing or no regular file, with the reason
[[nodiscard]] ResultFiles read_result_files(const std::filesystem::path& folder);

}  // namespace lockin
