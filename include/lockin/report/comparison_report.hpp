#pragma once

#include <string>

#include "lockin/analysis/compare.hpp"
#include "lockin/report/run_record.hpp"
#include "lockin/report/terminal.hpp"

namespace lockin {

/// A comparison on a terminal: for each other scenario and ranking the means of both in the last year, the paired difference with
/// its standard error and the band from 5 to 95 % of the pairs, and the probability that it is above 0 (providers of one of them alone have
/// no pairs); then who leads how probably.
/// @param comparison what was found
/// @param record of the first scenario
/// @param style of the terminal
[[nodiscard]] std::string terminal_report(const Comparison& comparison, const RunRecord& record,
                                          const TerminalStyle& style = {});

/// `scenario,period,layer,segment,provider,measure,first,value,difference,se,sd,q05,q25,q50,q75,q95,probability_greater`: each measure
/// of each other scenario in each period and whole year, its mean there and in the first, and the paired difference. A field is empty
/// where there is none: of a provider that one of the two does not have there is one mean, and no pairs.
[[nodiscard]] std::string comparison_csv(const Comparison& comparison);

/// The same numbers of the last year (else the last period) as JSON: `{"record": ..., "scenarios": [...], "comparisons": [{"scenario",
/// "moment", "layer", "measure", "providers": [{"provider", "name", "first", "value", "difference", "se", "q05", "q95",
/// "probability_greater", "lead_first", "lead"}]}]}`; null where one of the two does not have the provider.
[[nodiscard]] std::string comparison_json(const Comparison& comparison, const RunRecord& record);

}  // namespace lockin
