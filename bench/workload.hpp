#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace lockin {
struct MarketSpec;
}

namespace lockin::bench {

inline constexpr std::size_t provider_count = 6;
inline constexpr std::size_t segment_count = 5;
inline constexpr std::size_t class_count = 8;  ///< taste classes of a segment, equally likely
inline constexpr std::size_t type_count =
    segment_count * class_count;                 ///< type = segment * class_count + class
inline constexpr std::size_t period_count = 24;  ///< quarters

/// One slot of every customer, in the layer of the same name. Hazards are per period.
struct WorkloadLayer {
  std::string name;
  std::size_t stages = 0;  ///< D
  double advance = 0;      ///< lambda
  double re_evaluate = 0;  ///< rho
  double kappa_initial = 0;
  double kappa_full = 0;
  double tau = 1;
  double network = 0;   ///< eta
  double affinity = 0;  ///< theta from the other layer to this one
  std::array<double, provider_count> quality_start{};
};

/// A market without entry, exit, adoption or events: every customer starts with an incumbent at stage 0.
struct Workload {
  std::string name;
  std::uint64_t customers = 0;  ///< in segments of equal size (the first ones take the remainder)
  std::vector<WorkloadLayer> layers;

  std::array<double, provider_count> quality_step{};     ///< added to quality every period
  std::array<double, provider_count> log_price_start{};  ///< in every layer
  std::array<double, provider_count> log_price_fall{};   ///< taken from ln price every period
  std::array<double, provider_count> opening_share{};    ///< the same in every segment and layer
  std::array<double, type_count> alpha{};                ///< weight of ln price
  std::array<double, type_count> beta{};                 ///< weight of quality

  [[nodiscard]] double quality(std::size_t layer, std::size_t provider, std::size_t t) const {
    return layers[layer].quality_start[provider] + quality_step[provider] * static_cast<double>(t);
  }
  [[nodiscard]] double log_price(std::size_t provider, std::size_t t) const {
    return log_price_start[provider] - log_price_fall[provider] * static_cast<double>(t);
  }
  [[nodiscard]] double kappa(std::size_t layer, std::size_t stage) const;
  /// Customers of a segment.
  [[nodiscard]] std::uint64_t customers_of(std::size_t segment) const {
    return customers / segment_count + (segment < customers % segment_count ? 1 : 0);
  }
};

/// One layer of eight lock-in stages; a quarter of the customers look at the market again in a period.
[[nodiscard]] Workload one_layer_busy(std::uint64_t customers);
/// The same with a twentieth: nearer to real clouds.
[[nodiscard]] Workload one_layer_quiet(std::uint64_t customers);
/// Two layers that pull at each other, the second with a network effect.
[[nodiscard]] Workload two_layers(std::uint64_t customers);

/// The workload as lockin describes a market: hazards per year, 2025Q1 to 2030Q4.
[[nodiscard]] MarketSpec market_of(const Workload& workload);

}  // namespace lockin::bench
