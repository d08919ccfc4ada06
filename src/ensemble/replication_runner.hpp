#pragma once

#include <functional>
#include <map>
#include <utility>

#include "ensemble/number_store.hpp"
#include "lockin/ensemble/run_ensemble.hpp"

namespace lockin {

/// Makes the numbers of a scenario's replications.
class ReplicationRunner {
 public:
  /// @param lane which scenario of several it is, the same on all ranks
  /// @throws std::invalid_argument for options that do not fit
  ReplicationRunner(const Scenario& scenario, const EnsembleOptions& options, std::uint64_t lane = 0);

  /// What the numbers are.
  [[nodiscard]] const MeasureTable& table() const { return table_; }
  [[nodiscard]] const Trajectory& like() const { return like_; }
  /// How many replications there are.
  [[nodiscard]] std::uint64_t replications() const { return all_; }
  [[nodiscard]] std::size_t threads() const { return threads_; }
  /// One for each thread of each rank.
  [[nodiscard]] std::size_t least_block() const;
  /// How many to ask for at once: as many as 64 MB hold, 256 at most, but not fewer than `least_block`.
  [[nodiscard]] std::size_t chunk() const;
  /// The next replications, n at most, with the help of other ranks; fewer if stopped, without a gap.
  /// @param rows made anew
  /// @param done is called after each, one call at a time; false stops
  /// @return false if stopped
  bool run(std::uint64_t first, std::size_t n, Rows& rows, const std::function<bool()>& done);
  /// On another rank than 0: its part of that block, to be sent to rank 0.
  [[nodiscard]] std::vector<std::byte> part_of(std::uint64_t first, std::size_t n);
  /// Those that failed so far, in order.
  [[nodiscard]] const std::vector<FailedReplication>& failed() const { return failed_; }
  /// The uncertain numbers of a replication: from its number alone, so that nobody has to keep or send them.
  [[nodiscard]] std::vector<double> draws(std::uint64_t r) const;
  /// @throws EnsembleError if replications failed that may not, or all of them
  void check_failures() const;
  /// What the ensemble is of, for checkpoints.
  [[nodiscard]] RunIdentity identity() const;
  /// @param done replications of the checkpoint; more may have been run
  void save(CheckpointWriter& to, std::uint64_t done) const;
  void restore(CheckpointReader& from, std::uint64_t done);

 private:
  bool run_here(std::uint64_t first, std::size_t n, Rows& rows, const std::function<bool()>& done);
  void take(std::span<const std::byte> part, Rows& rows);

  const Scenario& scenario_;
  const EnsembleOptions& options_;
  ParameterDraws draws_;
  std::uint64_t all_, lane_;
  std::size_t threads_;
  Trajectory like_;
  MeasureTable table_;
  std::vector<FailedReplication> failed_;
};

/// Rank 0's side of its helpers: they are told to end when it does, however that is.
class Helpers {
 public:
  explicit Helpers(Ranks* ranks) : ranks_(ranks) {}
  ~Helpers();
  Helpers(const Helpers&) = delete;
  Helpers& operator=(const Helpers&) = delete;

 private:
  Ranks* ranks_;
};

/// A helper's side: runs what rank 0 asks for, until it ends. @param runners by lane
void help(Ranks& ranks, std::span<ReplicationRunner* const> runners);

/// Adds up the replications of one scenario, which come in their order.
class EnsembleBuilder {
 public:
  EnsembleBuilder(const Scenario& scenario, const EnsembleOptions& options, const ReplicationRunner& runner);
  void add(const Rows& rows);
  /// Largest standard error of some numbers, so far; 0 or NaN if there is none.
  [[nodiscard]] double largest_error(const std::vector<std::size_t>& places) const;
  /// @param replications that were run
  /// @param se largest standard error of what the stopping rule is about
  [[nodiscard]] Ensemble finish(const ReplicationRunner& runner, std::uint64_t replications, double se);
  void save(CheckpointWriter& to) const;
  void restore(CheckpointReader& from);

 private:
  void place_ranks();
  void read_courses(std::span<const double> numbers, std::span<double> courses) const;
  void count_ranks(std::size_t m, std::span<const double> course);
  void count_passings(std::size_t m, std::span<const double> course);

  Ensemble result_;
  NumberStore store_;
  std::size_t threads_;
  // Places of providers' numbers: [ranked measure][moment][provider].
  std::vector<std::size_t> ranked_columns_;
  // Replications in which one provider passed another in each period, by the two: [ranked measure].
  std::vector<std::map<std::pair<std::size_t, std::size_t>, std::vector<std::uint64_t>>> passings_;
};

/// What is done with the replications of an ensemble, or of several in step.
struct BlockedRun {
  std::uint64_t replications;  // at most
  std::size_t least, most;     // replications of a block
  RunIdentity identity;
  /// Runs a block. Returns how many of it were run and counted, and whether the user wants to stop.
  std::function<std::pair<std::uint64_t, bool>(std::uint64_t first, std::size_t n)> run = {};
  std::function<bool(std::uint64_t done)> enough =
      {};  // may be empty; asked at fixed numbers of replications only
  std::function<void(CheckpointWriter&, std::uint64_t done)> save = {};
  std::function<void(CheckpointReader&, std::uint64_t done)> restore = {};
};

/// Runs the blocks, and keeps checkpoints between them.
/// @return replications that were run @throws EnsembleStopped
std::uint64_t run_blocks(const BlockedRun& of, const EnsembleOptions& options);

}  // namespace lockin
