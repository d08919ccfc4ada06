#pragma once

#include <cstddef>
#include <string>

#include "lockin/ensemble/run_ensemble.hpp"
#include "lockin/report/run_record.hpp"
#include "lockin/simulation/trajectory.hpp"

namespace lockin {

/// How a report may look on the terminal that it is for.
struct TerminalStyle {
  std::size_t width = 80;  ///< columns, 60 or more
  bool colour = false;     ///< bold and dim letters by ANSI codes
};

/// The answer of one run in about 40 lines: what was run; shares of revenue over all layers, of tokens in each token layer
/// and of revenue in each layer, at the opening and by year, with the change in points, the course as a small picture,
/// who leads when and who passes whom; what the figures are not; and, as the last line, `answer`.
[[nodiscard]] std::string terminal_report(const Trajectory& path, const RunRecord& record,
                                          const TerminalStyle& style = {});

/// One sentence: who leads by revenue and by tokens in the last whole year (else in the last period).
[[nodiscard]] std::string answer(const Trajectory& path);

/// The answer of an ensemble: what was run; shares of revenue over all layers, of tokens in each token layer and of revenue in
/// the other layers, means by year, with the standard error of the last, the band from 5 to 95 % of the replications and the
/// probability of the first place; who passes whom how probably; and, as the last lines, `answer`.
[[nodiscard]] std::string terminal_report(const Ensemble& ensemble, const RunRecord& record,
                                          const TerminalStyle& style = {});

/// One sentence: who most probably leads by revenue and by tokens in the last whole year (else in the last period).
[[nodiscard]] std::string answer(const Ensemble& ensemble);

}  // namespace lockin
