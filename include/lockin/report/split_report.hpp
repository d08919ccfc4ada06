#pragma once

#include <string>

#include "lockin/analysis/variance_split.hpp"
#include "lockin/report/run_record.hpp"
#include "lockin/report/terminal.hpp"

namespace lockin {

/// Where the uncertainty of shares in the last year comes from, on a terminal: for the providers of each ranking the standard deviation
/// of one history, and the percentages of its variance with their standard errors.
/// @param split what was found
/// @param record of the scenario
/// @param style of the terminal
[[nodiscard]] std::string terminal_report(const VarianceSplit& split, const RunRecord& record,
                                          const TerminalStyle& style = {});

/// `period,layer,segment,provider,measure,variance,parameters,parameters_se,shocks,shocks_se,customers,customers_se`: every measure in
/// each period and whole year.
[[nodiscard]] std::string variance_csv(const VarianceSplit& split);

/// The record, and the rows of the terminal: `{"record": ..., "splits": [{"moment", "layer", "measure", "provider", "name", "variance",
/// "parameters", "parameters_se", "shocks", "shocks_se", "customers", "customers_se"}]}`.
[[nodiscard]] std::string split_json(const VarianceSplit& split, const RunRecord& record);

}  // namespace lockin
