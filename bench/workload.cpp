#include "workload.hpp"

#include <cmath>

namespace lockin::bench {
namespace {

Workload workload_without_layers(std::string name, std::uint64_t customers) {
  Workload w;
  w.name = std::move(name);
  w.customers = customers;
  w.quality_step = {0.010, 0.020, 0.012, 0.010, 0.008, 0.005};
  w.log_price_start = {0.00, -0.10, -0.05, 0.00, 0.05, -0.15};
  w.log_price_fall = {0.02, 0.03, 0.02, 0.02, 0.015, 0.02};
  w.opening_share = {0.40, 0.10, 0.15, 0.10, 0.10, 0.15};
  constexpr std::array<double, segment_count> a = {1.2, 1.0, 0.6, 0.4, 1.5};
  constexpr std::array<double, segment_count> b = {2.0, 1.6, 1.2, 1.0, 1.4};
  constexpr std::array<double, class_count> z = {-1.5, -0.9, -0.5, -0.15, 0.15, 0.5, 0.9, 1.5};
  for (std::size_t s = 0; s < segment_count; ++s) {
    for (std::size_t c = 0; c < class_count; ++c) {
      w.alpha[s * class_count + c] = a[s] * std::exp(0.4 * z[c]);
      w.beta[s * class_count + c] = b[s] * std::exp(0.3 * z[class_count - 1 - c]);
    }
  }
  return w;
}

WorkloadLayer iaas(std::size_t stages, double re_evaluate) {
  WorkloadLayer layer;
  layer.name = "iaas";
  layer.stages = stages;
  layer.advance = 0.25;
  layer.re_evaluate = re_evaluate;
  layer.kappa_initial = 0.5;
  layer.kappa_full = 2.5;
  layer.tau = 3;
  layer.quality_start = {1.00, 1.05, 0.90, 0.85, 0.80, 0.70};
  return layer;
}

WorkloadLayer maas() {
  WorkloadLayer layer;
  layer.name = "maas";
  layer.stages = 4;
  layer.advance = 0.35;
  layer.re_evaluate = 0.35;
  layer.kappa_initial = 0.2;
  layer.kappa_full = 0.8;
  layer.tau = 3;
  layer.network = 0.5;
  layer.affinity = 0.4;
  layer.quality_start = {1.05, 1.00, 0.90, 0.85, 0.80, 0.70};
  return layer;
}

}  // namespace

double Workload::kappa(std::size_t layer, std::size_t stage) const {
  const WorkloadLayer& l = layers[layer];
  const auto rise = [&](std::size_t d) { return -std::expm1(-static_cast<double>(d) / l.tau); };
  return l.kappa_initial + (l.kappa_full - l.kappa_initial) * rise(stage) / rise(l.stages);
}

Workload one_layer_busy(std::uint64_t customers) {
  Workload w = workload_without_layers("one_layer_busy", customers);
  w.layers = {iaas(8, 0.25)};
  return w;
}

Workload one_layer_quiet(std::uint64_t customers) {
  Workload w = workload_without_layers("one_layer_quiet", customers);
  w.layers = {iaas(8, 0.05)};
  return w;
}

Workload two_layers(std::uint64_t customers) {
  Workload w = workload_without_layers("two_layers", customers);
  w.layers = {iaas(4, 0.10), maas()};
  w.layers[0].affinity = 0.8;
  return w;
}

}  // namespace lockin::bench
