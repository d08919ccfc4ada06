#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "lockin/engine/engine.hpp"
#include "lockin/market/population.hpp"
#include "lockin/random/stream.hpp"

namespace lockin {

namespace detail {
struct AgentTables;
class BlockRoom;
class Leavers;
class Workers;
}  // namespace detail

/// Every customer individually. Customers of a type stand together in flat columns, two bytes a slot; blocks of fixed
/// size have their own random streams, so that results do not depend on the number of threads.
class AgentEngine {
 public:
  /// How the engine runs.
  struct Settings {
    std::uint64_t seed = 1;                       ///< of all random numbers
    std::uint32_t replication = 0;                ///< which history of that seed
    std::size_t threads = 1;                      ///< at work at once; 0 is 1. Results do not depend on it
    std::optional<std::uint64_t> customers = {};  ///< simulated; nothing: as many as in the segments
    bool draw_sizes =
        false;  ///< continuous sizes, each drawn within its size class; else the mean of the class
  };
  /// Customers in a block: part of the definition of the random streams.
  static constexpr std::size_t block_size = 4096;

  /// Draws the opening state. @throws std::invalid_argument if a segment gets no customer.
  AgentEngine(const Market& market, const Settings& settings);
  /// Starts from given counts, which stand for themselves. @throws std::invalid_argument if a cell does not fit the market, or settings name a number of customers.
  AgentEngine(const Market& market, const Settings& settings, const Population& opening);
  ~AgentEngine();
  AgentEngine(AgentEngine&& other) noexcept;  ///< the other one may only be destroyed then

  /// One period. @throws std::length_error if entry makes the market larger than memory allows (2^40 places).
  void step(const TransitionKernel& kernel, const StepKey& key);
  /// Counts at the end of the last step; of the opening before the first.
  [[nodiscard]] const Tally& tally() const { return tally_; }
  /// Its threads, for other work between two steps.
  [[nodiscard]] detail::Workers& workers() { return *workers_; }
  /// The customers as they are now, type by type.
  [[nodiscard]] std::vector<CustomerColumns> columns() const;

 private:
  struct Run {                  // all customers of one type
    std::vector<CellId> cells;  // of its slots
    std::vector<std::vector<std::uint16_t>> states;
    std::vector<std::int16_t> entered;
    std::vector<float> sizes;
    std::vector<std::uint32_t> free_places;  // falling
  };
  struct Piece {  // of the work on all customers: blocks of a type
    std::size_t type, first, past;
  };
  AgentEngine(const Market& market, const Settings& settings, std::vector<std::uint64_t> simulated);
  [[nodiscard]] std::vector<Piece> pieces() const;
  void reserve(std::size_t type, std::size_t count);
  void draw_opening(const std::vector<std::uint64_t>& counts);
  void open_to_turnover(std::size_t type);
  void leave(const TransitionKernel& kernel, const StepKey& key);
  void enter(const TransitionKernel& kernel, const StepKey& key);
  void place(std::size_t type, std::size_t count, const StepKey& key);
  void count_held();
  void prepare(const TransitionKernel& kernel);
  void fill_tables(const TransitionKernel& kernel, std::size_t choice_class);
  void step_block(detail::BlockRoom& room, std::size_t type, std::size_t block, const StepKey& key);
  void add_events(const detail::BlockRoom& room, std::size_t type);
  void draw_sizes(std::size_t type, const std::vector<std::uint32_t>& places, const Philox& stream);
  void sum_spend();

  const Market& market_;
  Settings settings_;
  std::unique_ptr<detail::Workers> workers_;
  std::vector<detail::BlockRoom> rooms_;  // by thread
  std::vector<detail::Leavers> leavers_;  // by thread
  std::vector<Run> runs_;
  std::vector<std::vector<detail::AgentTables>> tables_;  // [choice class][slot]
  std::vector<std::size_t> first_type_;                   // by choice class
  std::vector<bool> turnover_;                            // by segment: somebody may enter or leave
  Tally tally_;
};

static_assert(Engine<AgentEngine>);

}  // namespace lockin
