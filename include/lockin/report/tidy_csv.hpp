#pragma once

#include <string>

#include "lockin/ensemble/run_ensemble.hpp"
#include "lockin/simulation/trajectory.hpp"

namespace lockin {

/// The tables of one run as CSV texts, a header line first. With one run `value` is what happened and the columns of an
/// ensemble (`se, sd, q05, q25, q50, q75, q95`) are empty; a probability is 0 or 1. Numbers are the shortest text that
/// reads back as the same double. A measure without a value has no row.
///
/// Rows of `shares_csv` and `annual_csv`, in this order: period; layer (`all`, then each); segment (`all`, then each);
/// provider (`all`, then each); measure.
/// - provider `all`: customers, revenue, tokens, churn, mean_stage, mean_switching_cost, hhi;
/// - a provider: all measures but hhi, so `churn` there is the part that left this provider;
/// - layer `all`: what the trajectory has over all layers (revenue, its shares of level and increment, hhi).

/// `period,layer,segment,provider,measure,value,se,sd,q05,q25,q50,q75,q95`, one block a period of the horizon.
[[nodiscard]] std::string shares_csv(const Trajectory& path);

/// The same columns; `period` is a year that the horizon covers whole: flows summed, shares of the sums, stocks at its end.
[[nodiscard]] std::string annual_csv(const Trajectory& path);

/// The same columns, of the opening alone; `period` is `opening`. Flows have no value there.
[[nodiscard]] std::string opening_csv(const Trajectory& path);

/// `period,layer,from,to,value,se,sd,q05,q25,q50,q75,q95`: customers that moved, all segments together, for each pair
/// of different providers that sell the layer, and for other pairs between which somebody moved.
[[nodiscard]] std::string switching_csv(const Trajectory& path);

/// `period,layer,provider,measure,part,value,se,sd,q05,q25,q50,q75,q95`: where the change of revenue and tokens over each whole
/// year came from (`growth_parts`); the parts add up to the change from the last period before the year to its last.
[[nodiscard]] std::string growth_csv(const Trajectory& path);

/// `period,layer,measure,provider,rank,probability`, for customer_share, revenue_share, token_share and increment_share,
/// all segments together: for each provider with a value every rank that there is (1 is first), with its probability.
[[nodiscard]] std::string ranks_csv(const Trajectory& path);

/// The same columns; `period` is a year that the horizon covers whole.
[[nodiscard]] std::string annual_ranks_csv(const Trajectory& path);

/// `layer,measure,passer,passed,period,probability`: the first period in which one provider passes another, for
/// customer_share, revenue_share and token_share. Ahead at the opening is no crossing; ahead again after being passed is.
[[nodiscard]] std::string crossings_csv(const Trajectory& path);

/// The same tables of an ensemble: `value` is the mean over the replications that have a value, `se` its standard error, `sd`
/// their standard deviation (n - 1), and quantiles after Hyndman and Fan (1996), type 7. A row is there if some replication has a
/// value; `se` and `sd` are empty if only one has.
[[nodiscard]] std::string shares_csv(const Ensemble& ensemble);
/// By year.
[[nodiscard]] std::string annual_csv(const Ensemble& ensemble);
/// At the opening.
[[nodiscard]] std::string opening_csv(const Ensemble& ensemble);
/// Who moved.
[[nodiscard]] std::string switching_csv(const Ensemble& ensemble);
/// Where growth came from.
[[nodiscard]] std::string growth_csv(const Ensemble& ensemble);
/// Probability of each rank, over the replications in which the provider has a value. Providers in the market's order.
[[nodiscard]] std::string ranks_csv(const Ensemble& ensemble);
/// By year.
[[nodiscard]] std::string annual_ranks_csv(const Ensemble& ensemble);
/// Probability of each period to be the first in which one passes another; periods of probability 0 have no row.
[[nodiscard]] std::string crossings_csv(const Ensemble& ensemble);
/// `replication`, a column for each uncertain number (its key), `failed` (1 or 0): what each replication was run with.
[[nodiscard]] std::string draws_csv(const Ensemble& ensemble);

}  // namespace lockin
