#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "lockin/ensemble/measure_table.hpp"
#include "lockin/ensemble/parameter_draws.hpp"
#include "lockin/ensemble/ranks.hpp"
#include "lockin/ensemble/statistics.hpp"
#include "lockin/scenario/simulate_scenario.hpp"

namespace lockin {

/// A replication that did not come to its end, or gave a number that is not finite.
struct FailedReplication {
  std::uint64_t replication = 0;  ///< which
  std::string reason;             ///< what was wrong
  std::vector<double> draws;      ///< its uncertain numbers, in the order of the scenario
};

/// An ensemble had failed replications and may not have any.
class EnsembleError : public std::runtime_error {
 public:
  /// @param message what was wrong, for people
  /// @param failed at least one
  explicit EnsembleError(const std::string& message, std::vector<FailedReplication> failed)
      : std::runtime_error(message), failed_(std::move(failed)) {}
  /// All of them, in order.
  [[nodiscard]] const std::vector<FailedReplication>& failed() const { return failed_; }

 private:
  std::vector<FailedReplication> failed_;
};

/// `EnsembleOptions::progress` said so.
class EnsembleStopped : public std::runtime_error {
 public:
  /// @param done replications that were run
  /// @param kept there is a checkpoint
  EnsembleStopped(std::uint64_t done, bool kept)
      : std::runtime_error("the ensemble was stopped"), done_(done), kept_(kept) {}
  /// Replications that were run.
  [[nodiscard]] std::uint64_t done() const { return done_; }
  /// A checkpoint holds them, or most of them where writing it takes long.
  [[nodiscard]] bool kept() const { return kept_; }

 private:
  std::uint64_t done_;
  bool kept_;
};

/// When an ensemble has run often enough: when each of these measures has a standard error of `se` or less. It is asked after 32
/// replications, and then each time a sixteenth more (8 at least, a multiple of 8), so the answer is that of an ensemble of so many.
struct StoppingRule {
  double se = 0;  ///< above 0, in the unit of the measure
  std::vector<MeasureAt> measures =
      {};  ///< empty: revenue shares of all providers over all layers, at the end
};

/// How far an ensemble is.
struct EnsembleStatus {
  std::uint64_t done = 0,  ///< replications that were run, those of a resumed checkpoint among them
      all = 0;             ///< that there will be, at most
  std::optional<double> se =
      {};  ///< of what `EnsembleOptions::until` is about, the largest one; nothing at first
};

/// Levels of a nested design: draws of the uncertain numbers, histories of the shocks for each, histories of customers for each of
/// those. Replication r has draw r / (shocks * customers) and shock history r / customers.
struct NestedDesign {
  std::uint64_t draws = 64,  ///< by Monte Carlo, whatever the scenario's design: they are independent
      shocks = 4,            ///< for each draw
      customers = 4;         ///< for each history of shocks
};

/// How an ensemble is run beyond what the scenario says.
struct EnsembleOptions {
  std::optional<EngineKind> engine = {};           ///< which engine
  std::optional<std::uint64_t> replications = {};  ///< how many, 1..2^32 - 1
  std::optional<std::uint64_t> seed = {};          ///< names the random numbers
  std::optional<std::uint64_t> customers = {};     ///< simulated
  std::size_t threads = 0;                         ///< 0: one for each processor. Results do not depend on it
  bool allow_failures = false;                     ///< leave failed replications out instead of failing
  std::size_t most_stored_bytes = std::size_t{1}
                                  << 30;  ///< for exact quantiles; beyond it of a sample of replications
  std::optional<NestedDesign> nested =
      {};  ///< then there are as many replications, and `replications` is not read
  std::optional<StoppingRule> until = {};  ///< stop before the last replication. Not with a Latin hypercube
  /// Called after each replication, one call at a time, in no order of replications; false ends the ensemble. May be empty.
  std::function<bool(const EnsembleStatus&)> progress = {};
  std::filesystem::path checkpoint =
      {};  ///< file that holds what is done, to go on after an end by force; empty: none
  /// Go on from `checkpoint`, to the same bits as without a break, or start if it does not exist. Else it must not exist.
  bool resume = false;
  Ranks* ranks = nullptr;  ///< other processes that take part; null: none. Must outlive the run
  double checkpoint_seconds =
      2;  ///< at least so long between two checkpoints; writing takes 5 % of the time at most
};

/// What an ensemble says.
class Ensemble {
 public:
  /// Labels of layers, segments and providers.
  [[nodiscard]] const MarketNames& names() const { return names_; }
  /// The simulated periods.
  [[nodiscard]] const Calendar& calendar() const { return calendar_; }
  /// Replications that were run, failed ones included.
  [[nodiscard]] std::uint64_t replications() const { return replications_; }
  /// Those that failed, in order; empty unless they were allowed.
  [[nodiscard]] const std::vector<FailedReplication>& failed() const { return failed_; }
  /// Replications that quantiles are of: all that did not fail where their numbers fit into `most_stored_bytes`, else a sample of
  /// them, the same for any number of threads. With probability 1 - a a quantile's level is then off by at most
  /// sqrt(ln(2 / a) / (2 n)), n of them (Dvoretzky, Kiefer and Wolfowitz 1956; Massart 1990).
  [[nodiscard]] std::uint64_t quantiles_of() const { return stored_; }
  /// Largest standard error of what `EnsembleOptions::until` is about; NaN for one replication.
  [[nodiscard]] double largest_se() const { return largest_se_; }
  /// What is kept of each run.
  [[nodiscard]] const MeasureTable& table() const { return table_; }
  /// Summary of a measure; nothing if no replication has a value.
  [[nodiscard]] std::optional<Summary> summary(const MeasureAt& at) const;
  /// Summary of those who moved in period t, all segments together.
  [[nodiscard]] Summary switched(long t, LayerId layer, ProviderId from, ProviderId to) const;
  /// Summary of a part of the growth of a whole year, of `Measure::revenue` or `Measure::tokens`; nothing if it is not kept.
  [[nodiscard]] std::optional<Summary> growth(int year, Measure measure, LayerId layer, ProviderId provider,
                                              GrowthPart part) const;
  /// Probability that a provider has a rank (0: first) by a measure at a moment, over the replications in which it has a value.
  /// Nothing if there are none.
  /// @param by the measure and the layer
  /// @param provider whose rank
  /// @param rank 0 is the first
  /// @param when says the moment; its measure and key are not read
  [[nodiscard]] std::optional<double> rank_probability(const RankedMeasure& by, const MeasureAt& when,
                                                       ProviderId provider, std::size_t rank) const;

  /// One provider passing another.
  struct Passing {
    RankedMeasure by;                 ///< the measure and the layer
    ProviderId passer,                ///< who gets ahead
        passed;                       ///< who falls behind
    std::vector<double> probability;  ///< by period: that it is the first in which the passer is ahead
  };
  /// All that happened in some replication, by measure, passer and passed.
  [[nodiscard]] const std::vector<Passing>& passings() const { return passings_; }

  /// What was uncertain.
  [[nodiscard]] const std::vector<UncertainNumber>& uncertain() const { return uncertain_; }
  /// True if uncertain numbers were drawn, else they stood at their means.
  [[nodiscard]] bool drew_parameters() const { return drew_parameters_; }
  /// True if processes were drawn, else they followed their means.
  [[nodiscard]] bool drew_shocks() const { return drew_shocks_; }
  /// The uncertain numbers of a replication, in the order of `uncertain`.
  [[nodiscard]] const std::vector<double>& draws(std::uint64_t replication) const {
    return draws_[replication];
  }

 private:
  friend class EnsembleBuilder;
  MarketNames names_;
  Calendar calendar_;
  std::uint64_t replications_ = 0, stored_ = 0;
  std::vector<FailedReplication> failed_;
  MeasureTable table_;
  std::vector<Summary> summaries_;
  std::vector<RankedMeasure> ranked_;
  std::vector<std::uint64_t> ranks_;  // [ranked measure][moment][provider][rank]
  std::vector<Passing> passings_;
  std::vector<UncertainNumber> uncertain_;
  std::vector<std::vector<double>> draws_;
  double largest_se_ = 0;
  bool drew_parameters_ = false, drew_shocks_ = false;
};

/// Settings of one replication of a scenario's ensemble: with the market that it gives, `simulate` runs it alone.
struct Replication {
  MarketSpec spec;            ///< uncertain numbers drawn
  RunSettings settings;       ///< engine, seed, replication and shocks
  std::vector<double> draws;  ///< the uncertain numbers, in the order of the scenario
};

/// Replication r as the ensemble has it: a pure function of scenario, options and r. Of a Latin hypercube also of the number of
/// replications. @throws std::invalid_argument for an uncertain number that stands nowhere in the market
[[nodiscard]] Replication replication_of(const Scenario& scenario, const EnsembleOptions& options,
                                         std::uint64_t r);

/// Runs a scenario many times. Uncertain numbers and processes are drawn with more than one replication unless `[run]` says
/// otherwise. Results do not depend on the number of threads: replications are summed up in their order.
/// The checkpoint is not removed at the end: what is made of the ensemble may still fail.
/// @throws EnsembleError for failed replications; EnsembleStopped; std::invalid_argument for options that do not fit, and for a
/// checkpoint that is damaged, of another run, or there without `resume`; std::runtime_error if it cannot be written
[[nodiscard]] Ensemble run_ensemble(const Scenario& scenario, const EnsembleOptions& options = {});

/// What the ranks other than 0 do while rank 0 calls `run_ensemble` with the same scenario and options: they run replications until
/// it ends. Results do not depend on the number of ranks. @throws std::invalid_argument without `options.ranks`, or as `run_ensemble`
void help_ensemble(const Scenario& scenario, const EnsembleOptions& options);

}  // namespace lockin
