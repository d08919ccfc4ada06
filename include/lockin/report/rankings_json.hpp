#pragma once

#include <string>

#include "lockin/ensemble/run_ensemble.hpp"
#include "lockin/report/run_record.hpp"
#include "lockin/simulation/trajectory.hpp"

namespace lockin {

/// The annual rankings and the record of a run as JSON:
/// `{"record": {...}, "rankings": [{"moment": "2030", "layer": "all", "measure": "revenue_share", "providers":
/// [{"rank": 1, "provider": "alibaba", "name": "Alibaba Cloud", "value": 0.33}, ...]}, ...]}`.
/// Moments: `opening`, then each whole year (each period where no year is whole). Measures: revenue_share over all layers,
/// then for each layer revenue_share, customer_share and token_share. A ranking that nobody is in is left out.
[[nodiscard]] std::string rankings_json(const Trajectory& path, const RunRecord& record);

/// The same of an ensemble: providers by their means, each with `value` (the mean), `se`, `sd`, `q05`, `q25`, `q50`, `q75`, `q95` and
/// `probability_of_lead`; `se` and `sd` are null where only one replication has a value.
[[nodiscard]] std::string rankings_json(const Ensemble& ensemble, const RunRecord& record);

}  // namespace lockin
