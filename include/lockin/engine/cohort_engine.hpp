#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "lockin/engine/engine.hpp"
#include "lockin/market/population.hpp"
#include "lockin/random/stream.hpp"

namespace lockin {

namespace detail {
class CohortSplit;
struct CohortCell;
struct SlotGroup;
class Workers;
}  // namespace detail

/// Integer counts by (type, states of the slots), split by exact binomial and multinomial draws: the counts have the same
/// law as those of the agent engine, at a cost that hardly depends on the number of customers. Slots without affinity
/// between them are followed each by itself, which is exact given the aggregates, but where customers may leave the
/// market: whoever leaves does so in all slots at once.
class CohortEngine {
 public:
  /// How the engine runs.
  struct Settings {
    std::uint64_t seed = 1;                       ///< of all random numbers
    std::uint32_t replication = 0;                ///< which history of that seed
    std::size_t threads = 1;                      ///< at work at once; 0 is 1. Results do not depend on it
    std::optional<std::uint64_t> customers = {};  ///< simulated; nothing: as many as in the segments
    bool exit_unannounced =
        false;  ///< a policy may make customers leave that neither path nor event would: follow slots jointly
  };
  /// Most customers of a segment.
  static constexpr std::uint64_t most_customers = 1'000'000'000'000;

  /// Draws the opening state. @throws std::invalid_argument if a segment gets no customer or more than
  /// `most_customers`, or the joint states would not fit in memory (the size is named).
  CohortEngine(const Market& market, const Settings& settings);
  /// Starts from given counts, which stand for themselves. @throws std::invalid_argument as above, if a cell does not fit
  /// the market, or if settings name a number of customers.
  CohortEngine(const Market& market, const Settings& settings, const Population& opening);
  ~CohortEngine();
  CohortEngine(CohortEngine&& other) noexcept;  ///< the other one may only be destroyed then

  /// One period. @throws RunError if entry makes a type larger than 1e15 customers, or customers leave a segment that was
  /// said to keep them.
  void step(const TransitionKernel& kernel, const StepKey& key);
  /// Counts at the end of the last step; of the opening before the first.
  [[nodiscard]] const Tally& tally() const { return tally_; }
  /// Its threads, for other work between two steps.
  [[nodiscard]] detail::Workers& workers() { return *workers_; }

  /// Customers of a type in one joint state of slots.
  struct Cell {
    std::vector<std::size_t> states;  ///< of the slots of the group, numbered by `SlotStates`
    std::uint64_t count = 0;          ///< customers, at least one
  };
  /// The joint counts of the slots that are followed together with slot k, cells in a fixed order.
  /// @throws std::out_of_range if there is no such type or slot.
  [[nodiscard]] std::vector<Cell> joint(TypeId type, std::size_t k) const;
  /// The slots that are followed together with slot k, itself among them, in rising order. @throws std::out_of_range as `joint`.
  [[nodiscard]] std::vector<std::size_t> together(TypeId type, std::size_t k) const;

 private:
  struct Cohort;  // all customers of a type
  CohortEngine(const Market& market, const Settings& settings, const std::vector<double>& expected);
  void draw_opening(std::size_t type, std::uint64_t count);
  void leave(const TransitionKernel& kernel, const StepKey& key, std::size_t type);
  void enter(std::size_t type, std::uint64_t count);
  void count_held();
  [[nodiscard]] std::size_t group_of(TypeId type, std::size_t k) const;

  const Market& market_;
  Settings settings_;
  std::unique_ptr<detail::Workers> workers_;
  std::vector<std::unique_ptr<detail::CohortSplit>> splits_;  // by thread
  std::vector<Cohort> cohorts_;                               // by type
  std::vector<CellId> providers_;                             // and *none*
  Tally tally_;
};

static_assert(Engine<CohortEngine>);

}  // namespace lockin
