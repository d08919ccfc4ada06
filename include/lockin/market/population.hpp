#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "lockin/market/market.hpp"
#include "lockin/market/slot_state.hpp"

namespace lockin {

/// Given counts to start from: so many customers of a type in these slot states.
struct PopulationCell {
  TypeId type;                      ///< their type
  std::vector<std::size_t> states;  ///< one per slot of the type, numbered by `SlotStates`
  std::uint64_t count = 0;          ///< how many customers
};
/// A whole opening state; cells of the same states add up.
using Population = std::vector<PopulationCell>;

/// @throws std::invalid_argument if a cell has a type that the market does not have, another number of states than slots,
/// or a state that does not exist.
void check_population(const Market& market, const Population& opening);

/// Shares out `simulated` customers in proportion to `real` ones, by largest remainder (ties: the earlier segment).
/// @param real customers of each segment, at least one of them, together below 2^64; @param simulated at most 1e18
/// @return as many counts as `real`; they add up to `simulated`
[[nodiscard]] std::vector<std::uint64_t> share_out(std::span<const std::uint64_t> real,
                                                   std::uint64_t simulated);

/// Simulated customers per segment: as many as there are, or `customers` shared out
/// (`share_out`). @throws std::invalid_argument if a segment gets none.
[[nodiscard]] std::vector<std::uint64_t> simulated_customers(const Market& market,
                                                             std::optional<std::uint64_t> customers);

}  // namespace lockin
