#pragma once

#include <memory>
#include <vector>

#include "lockin/engine/engine.hpp"
#include "lockin/market/population.hpp"

namespace lockin {

namespace detail {
struct MeanFieldLayout;
struct MeanFieldRoom;
class Workers;
}  // namespace detail

/// The expectation of counts: exact when nothing feeds back, the limit of many customers otherwise. Slots of a type that
/// affinity ties together share one joint table of states; the others are tracked by themselves.
class MeanFieldEngine {
 public:
  /// What an engine works in: of one engine at a time, and the next one need not make it anew. Results do not depend on it.
  using Room = std::shared_ptr<detail::MeanFieldRoom>;
  /// Room for one engine at a time.
  [[nodiscard]] static Room make_room();

  /// Starts from the opening distribution. @throws std::invalid_argument if the joint states would not fit in memory.
  /// @param market must outlive the engine
  /// @param threads at work at once; results do not depend on it
  /// @param room of no other engine that is still used
  explicit MeanFieldEngine(const Market& market, std::size_t threads = 1, Room room = make_room());
  /// Starts from given counts. @throws std::invalid_argument if a cell does not fit the market, or as above;
  /// std::out_of_range for a type that the market does not have.
  MeanFieldEngine(const Market& market, const Population& opening, std::size_t threads = 1,
                  Room room = make_room());
  ~MeanFieldEngine();
  MeanFieldEngine(MeanFieldEngine&& other) noexcept;  ///< the other one may only be destroyed then

  /// One period. Nothing is random: the key is not read.
  void step(const TransitionKernel& kernel, const StepKey& key);
  /// Expected counts at the end of the last step; of the opening before the first.
  [[nodiscard]] const Tally& tally() const { return tally_; }
  /// Its threads, for other work between two steps.
  [[nodiscard]] detail::Workers& workers() { return *workers_; }
  /// Joint expectation over the states of the slots of a type that affinity ties together, in row-major order of their
  /// states. Types that differ by size only may share one table, which then holds the customers of all of them.
  /// @param type one of the market
  /// @param k any slot of the group
  /// @throws std::out_of_range if there is no such type or slot
  [[nodiscard]] std::vector<double> joint(TypeId type, std::size_t k) const;

 private:
  friend class MeanFieldPullBack;  // its derivatives
  struct Group;                    // slots tied by affinity, and their joint counts
  struct Unit;                     // types whose customers have the same law and stay in proportion
  enum class Opening { distribution, counts };
  void make_units(Opening opening);
  const detail::MeanFieldLayout* layout_of(const std::vector<SlotStates>& slots, bool paired);
  [[nodiscard]] static std::vector<double> in_order(const Group& group);
  void measure();
  void report(std::size_t unit);

  const Market& market_;
  std::unique_ptr<detail::Workers> workers_;
  Room room_;
  std::vector<Unit> units_;
  std::vector<std::vector<SlotTally>> flows_;  // [unit][slot]
  Tally tally_;
};

static_assert(Engine<MeanFieldEngine>);

}  // namespace lockin
