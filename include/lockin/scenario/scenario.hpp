#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lockin/engine/engine_kind.hpp"
#include "lockin/market/market.hpp"
#include "lockin/random/distribution.hpp"

namespace lockin {

/// A number of the scenario that is a distribution; it stands at its mean until ensembles draw it.
struct UncertainNumber {
  std::string key;            ///< dotted path
  Distribution distribution;  ///< what it is drawn from
};

/// Two uncertain numbers that move together (Gaussian copula).
struct Correlation {
  std::string first,  ///< key of one of them
      second;         ///< key of the other one
  double value = 0;   ///< correlation of their normal scores, in (-1, 1)
};

/// How the uncertain numbers of an ensemble are drawn.
enum class Design {
  monte_carlo,      ///< each replication by itself
  latin_hypercube,  ///< each number once in each of as many strata as replications
  sobol             ///< a scrambled Sobol' sequence: evenly at any number of replications
};

/// Name of a design as in files: `latin_hypercube`.
[[nodiscard]] std::string_view name_of(Design design);

/// How a scenario asks to be run (`[run]`).
struct RunSection {
  EngineKind engine = EngineKind::cohort;  ///< which engine
  bool engine_is_default = true;           ///< the scenario names none
  std::uint64_t replications = 1;          ///< how many histories, 1..1e9
  std::uint64_t seed = 1;                  ///< names the random numbers, 0..2^63-1 in a file
  std::optional<std::uint64_t> customers;  ///< simulated; nothing: as many as in the segments
  std::optional<bool> draw_parameters;     ///< nothing: with more than one replication
  std::optional<bool> draw_shocks;         ///< nothing: with more than one replication
  Design design = Design::sobol;           ///< how uncertain numbers are drawn
  bool draw_sizes = false;                 ///< continuous sizes (agent engine only)
};

/// A scenario file, read and checked.
struct Scenario {
  std::string name;                        ///< of the file
  MarketSpec spec;                         ///< every uncertain number at its mean
  RunSection run;                          ///< how it asks to be run
  std::vector<UncertainNumber> uncertain;  ///< in the order of `resolved`
  std::vector<Correlation> correlations;   ///< between uncertain numbers; all others are independent
  std::string resolved;  ///< TOML that gives the same scenario: inheritance and overrides applied

  /// The market of this scenario. The spec was checked when it was read.
  [[nodiscard]] Market market() const { return Market(spec); }
};

}  // namespace lockin
