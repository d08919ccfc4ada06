#pragma once

#include <cstdint>
#include <vector>

#include "lockin/engine/engine.hpp"

// Who is in the market, as all engines with random histories draw it.
namespace lockin::detail {

/// True unless the parameter is 0 now and later, policies apart.
[[nodiscard]] bool may_differ_from_zero(const Market& market, ParameterId id);

/// Customers of each type at the opening: the simulated ones of its segment by the weights of types.
[[nodiscard]] std::vector<std::uint64_t> draw_opening_types(const Market& market, std::uint64_t seed,
                                                            std::uint32_t replication,
                                                            const std::vector<std::uint64_t>& simulated);

/// Customers of each type that enter in a period: Poisson by segment, types by their weights.
/// @param present customers of each type at the end of the period before
[[nodiscard]] std::vector<std::uint64_t> draw_entrants(const Market& market, const TransitionKernel& kernel,
                                                       const StepKey& key,
                                                       const std::vector<double>& present);

}  // namespace lockin::detail
