#pragma once

// All of lockin, in the order of its layers: a header knows what stands above it and nothing of what stands below.

#include "lockin/error.hpp"  // InputError, MarketError, RunError: what is wrong, where, and what would be right
#include "lockin/version.hpp"  // the version of the library

// random: the same numbers for any number of threads
#include "lockin/random/distribution.hpp"  // a distribution of one number: an uncertain parameter, a jump
#include "lockin/random/multinomial.hpp"   // exact binomial, Poisson and multinomial draws
#include "lockin/random/philox.hpp"        // the counter-based generator, as an engine of Boost.Random
#include "lockin/random/stream.hpp"        // which stream a draw comes from

// market: who sells and who buys; immutable once built
#include "lockin/market/aggregates.hpp"     // what everybody may know of a period
#include "lockin/market/annual_totals.hpp"  // annual market totals, spread over periods
#include "lockin/market/calendar.hpp"       // dates, periods and the horizon
#include "lockin/market/customer_type.hpp"  // the table of customer types that all engines share
#include "lockin/market/ids.hpp"  // ProviderId, LayerId, SegmentId, TypeId, Period: indices that do not mix
#include "lockin/market/market.hpp"          // Market: checked and compiled from a MarketSpec
#include "lockin/market/market_numbers.hpp"  // every number of a MarketSpec by its key
#include "lockin/market/market_spec.hpp"     // MarketSpec: a market as plain data, from a file or from code
#include "lockin/market/parameter.hpp"       // everything that may change over time, with its range
#include "lockin/market/path.hpp"            // a number over time
#include "lockin/market/period_parameters.hpp"  // the value of every parameter in one period
#include "lockin/market/population.hpp"         // given counts to start from
#include "lockin/market/slot_state.hpp"         // how (provider, stage) is numbered

// choice: where customers go when they look around
#include "lockin/choice/choice_model.hpp"     // concepts UtilityModel and ProbabilityModel: plug in your own
#include "lockin/choice/logit.hpp"            // multinomial logit, the default, and nested logit
#include "lockin/choice/share_inversion.hpp"  // utilities that reproduce given shares
#include "lockin/choice/switching_cost.hpp"   // kappa by stage and what it is worth in money
#include "lockin/choice/transition_kernel.hpp"  // all that an engine reads of a period

// policy: what providers do
#include "lockin/policy/learning_curve.hpp"   // prices that fall with cumulative volume
#include "lockin/policy/parameter_paths.hpp"  // paths, processes and events of one run
#include "lockin/policy/provider_policy.hpp"  // concept ProviderPolicy: plug in your own

// engine: one law, several ways to compute it
#include "lockin/engine/agent_engine.hpp"       // every customer
#include "lockin/engine/cohort_engine.hpp"      // counts, split exactly
#include "lockin/engine/engine.hpp"             // concept Engine and the columns of single customers
#include "lockin/engine/engine_kind.hpp"        // the engines by name
#include "lockin/engine/mean_field_engine.hpp"  // the expectation
#include "lockin/engine/tally.hpp"              // counts that an engine reports of a period

// simulation: the period loop and what comes out
#include "lockin/simulation/growth.hpp"          // where a change of revenue or tokens came from
#include "lockin/simulation/measure_period.hpp"  // counts become customers, revenue and tokens
#include "lockin/simulation/simulate.hpp"        // simulate(Market, RunSettings)
#include "lockin/simulation/trajectory.hpp"      // Trajectory: measures, rankings, crossings

// scenario: a market in a file
#include "lockin/scenario/bundled.hpp"   // the scenarios that are part of the library
#include "lockin/scenario/describe.hpp"  // what a scenario means, in words
#include "lockin/scenario/load.hpp"      // TOML to Scenario, with every problem at its line and column
#include "lockin/scenario/remarks.hpp"   // sources and notes of a scenario
#include "lockin/scenario/scenario.hpp"  // Scenario: a market and how to run it
#include "lockin/scenario/schema.hpp"    // the table of keys behind parser, checks and reference page
#include "lockin/scenario/simulate_scenario.hpp"  // simulate(Scenario, ScenarioRunOptions)

// ensemble: many histories, and how sure one can be
#include "lockin/ensemble/measure_table.hpp"    // which numbers of a run are kept
#include "lockin/ensemble/parameter_draws.hpp"  // uncertain numbers by Monte Carlo, Latin hypercube or Sobol'
#include "lockin/ensemble/ranks.hpp"            // processes that share the replications
#include "lockin/ensemble/run_ensemble.hpp"     // run_ensemble(Scenario, EnsembleOptions)
#include "lockin/ensemble/statistics.hpp"       // moments and quantiles

// analysis: what a result hangs on, and what would change it
#include "lockin/analysis/compare.hpp"         // scenarios side by side, with the same random numbers
#include "lockin/analysis/gradient.hpp"        // exact derivatives of a measure by every number of a market
#include "lockin/analysis/variance_split.hpp"  // parameters, shocks, customers: where variance comes from

// report: results for people and for other programs
#include "lockin/report/comparison_report.hpp"  // scenarios side by side
#include "lockin/report/display_width.hpp"      // columns that a text takes on a terminal
#include "lockin/report/html_report.hpp"        // a finished run as one page
#include "lockin/report/moment.hpp"             // the columns of a report: opening, years, periods
#include "lockin/report/output_folder.hpp"      // a folder that appears whole or not at all
#include "lockin/report/plot_svg.hpp"           // one chart of a finished run
#include "lockin/report/rankings_json.hpp"      // rankings as JSON
#include "lockin/report/result_files.hpp"       // the files of a finished folder
#include "lockin/report/run_record.hpp"         // enough to run it again, bit for bit
#include "lockin/report/shortest_number.hpp"    // numbers that read back as the same double
#include "lockin/report/sparkline.hpp"          // a course as small blocks
#include "lockin/report/split_report.hpp"       // where uncertainty comes from
#include "lockin/report/terminal.hpp"           // the answer in about 40 lines, and in one sentence
#include "lockin/report/tidy_csv.hpp"           // shares.csv and the other tables
