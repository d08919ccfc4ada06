#include "mean_field_reference.hpp"

#include <cmath>
#include <stdexcept>

namespace lockin::bench {
namespace {

/// A place where a slot may be next period.
struct Outcome {
  std::size_t state = 0;
  double probability = 0;
};

/// State of a slot: incumbent * (D + 1) + stage.
std::size_t states_of(const WorkloadLayer& layer) { return provider_count * (layer.stages + 1); }

/// Where a slot in `state` goes; `other` is the incumbent of the other slot.
std::vector<Outcome> outcomes(const Workload& workload, std::size_t l, std::size_t t, std::size_t type,
                              std::size_t state, std::size_t other, const Shares& last) {
  const WorkloadLayer& layer = workload.layers[l];
  const std::size_t stages = layer.stages + 1;
  const std::size_t x = state / stages;
  const std::size_t d = state % stages;
  Shares weight{};
  double sum = 0;
  for (std::size_t j = 0; j < provider_count; ++j) {
    const double v = workload.beta[type] * workload.quality(l, j, t) -
                     workload.alpha[type] * workload.log_price(j, t) + layer.network * last[j] +
                     (j == other ? layer.affinity : 0.0) - (j == x ? 0.0 : workload.kappa(l, d));
    weight[j] = std::exp(v);
    sum += weight[j];
  }
  std::vector<Outcome> result;
  double kept = 1;
  for (std::size_t j = 0; j < provider_count; ++j) {
    if (j == x) continue;
    const double moves = layer.re_evaluate * weight[j] / sum;
    result.push_back({j * stages, moves});
    kept -= moves;
  }
  if (d < layer.stages) {
    result.push_back({state + 1, kept * layer.advance});
    result.push_back({state, kept * (1 - layer.advance)});
  } else {
    result.push_back({state, kept});
  }
  return result;
}

}  // namespace

SharePath mean_field_reference(const Workload& workload) {
  const std::size_t layers = workload.layers.size();
  if (layers != 1 && layers != 2) throw std::invalid_argument("the reference knows one or two layers");
  const std::size_t stages_0 = workload.layers[0].stages + 1;
  const std::size_t states_0 = states_of(workload.layers[0]);
  // One layer is two of which the second is a single state that nobody looks at.
  const std::size_t stages_1 = layers == 2 ? workload.layers[1].stages + 1 : 1;
  const std::size_t states_1 = layers == 2 ? states_of(workload.layers[1]) : 1;
  const auto incumbent_0 = [&](std::size_t state) { return state / stages_0; };
  const auto incumbent_1 = [&](std::size_t state) { return layers == 2 ? state / stages_1 : provider_count; };

  // now[type][state 0][state 1]: part of all customers
  std::vector<double> now(type_count * states_0 * states_1, 0.0);
  for (std::size_t y = 0; y < type_count; ++y) {
    const auto size = static_cast<double>(workload.customers_of(y / class_count));
    const double weight = size / static_cast<double>(class_count) / static_cast<double>(workload.customers);
    for (std::size_t i = 0; i < provider_count; ++i) {
      double* const row = &now[(y * states_0 + i * stages_0) * states_1];
      if (layers == 1) row[0] = weight * workload.opening_share[i];
      for (std::size_t j = 0; layers == 2 && j < provider_count; ++j)
        row[j * stages_1] = weight * workload.opening_share[i] * workload.opening_share[j];
    }
  }

  SharePath path;
  std::vector<Shares> last(layers, workload.opening_share);
  for (std::size_t t = 0; t < period_count; ++t) {
    std::vector<double> next(now.size(), 0.0);
    for (std::size_t y = 0; y < type_count; ++y) {
      // Outcomes of layer 1 by (state 1, incumbent 0), worked out once.
      std::vector<std::vector<Outcome>> second;
      for (std::size_t b = 0; b < states_1; ++b)
        for (std::size_t x = 0; x < provider_count; ++x)
          second.push_back(layers == 2 ? outcomes(workload, 1, t, y, b, x, last[1])
                                       : std::vector<Outcome>{{0, 1.0}});
      for (std::size_t a = 0; a < states_0; ++a) {
        std::vector<Outcome> first;
        for (std::size_t b = 0; b < states_1; ++b) {
          if (b % stages_1 == 0) first = outcomes(workload, 0, t, y, a, incumbent_1(b), last[0]);
          const double mass = now[(y * states_0 + a) * states_1 + b];
          for (const Outcome& p : first)
            for (const Outcome& q : second[b * provider_count + incumbent_0(a)])
              next[(y * states_0 + p.state) * states_1 + q.state] += mass * p.probability * q.probability;
        }
      }
    }
    now = std::move(next);

    std::vector<Shares> shares(layers, Shares{});
    for (std::size_t i = 0; i < now.size(); ++i) {
      shares[0][incumbent_0(i / states_1 % states_0)] += now[i];
      if (layers == 2) shares[1][incumbent_1(i % states_1)] += now[i];
    }
    path.push_back(shares);
    last = shares;
  }
  return path;
}

}  // namespace lockin::bench
