#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lockin/ensemble/run_ensemble.hpp"
#include "lockin/report/tidy_csv.hpp"
#include "lockin/scenario/load.hpp"

namespace lockin {

inline constexpr std::string_view small = R"(title = "Small"
portability = { dist = "uniform", min = 0.5, max = 1.5 }
[horizon]
start = "2025Q1"
end = "2026Q4"
[layers.cloud]
lock_in = { stages = 1, advance = 0.5 }
[providers.a]
cloud = { share = 0.52, appeal = { dist = "normal", mean = 0.0, sd = 0.3 } }
[providers.b]
cloud = { share = "rest", quality = { start = 1.0, process = "releases", per_year = 3, jump = 0.1 } }
[segments.firms]
customers = 400
re_evaluate = 0.6
switching_cost = { initial = 0.4, full = 1.2 }
[run]
engine = "agent"
replications = 12
seed = 5
)";

inline Scenario small_scenario(const std::vector<std::string>& overrides = {}) {
  return parse_scenario(small, "small.toml", overrides);
}

// Of which some replications leave their range, and so fail.
inline Scenario failing_scenario() {
  return small_scenario(
      {"portability=1", "segments.firms.re_evaluate={ dist = \"uniform\", min = 0.3, max = 0.9 }",
       "events=[{ name = \"more\", at = \"2025Q3\", add = { \"segments.firms.re_evaluate\" = 0.4 } }]"});
}

inline std::string all_tables(const Ensemble& ensemble) {
  return shares_csv(ensemble) + annual_csv(ensemble) + switching_csv(ensemble) + ranks_csv(ensemble) +
         crossings_csv(ensemble) + draws_csv(ensemble);
}

}  // namespace lockin
