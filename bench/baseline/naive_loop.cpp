#include "baseline/naive_loop.hpp"

#include <chrono>
#include <cmath>
#include <random>
#include <stdexcept>

namespace lockin::bench {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double uniform(std::mt19937_64& rng) { return static_cast<double>(rng() >> 11) * 0x1p-53; }

/// Draws an index with the given weights, which add up to `sum`.
int draw(const std::array<double, provider_count>& weights, double sum, std::mt19937_64& rng) {
  double u = uniform(rng) * sum;
  for (std::size_t j = 0; j + 1 < provider_count; ++j) {
    u -= weights[j];
    if (u < 0) return static_cast<int>(j);
  }
  return static_cast<int>(provider_count) - 1;
}

/// What a layer offers in one period.
struct Offers {
  std::array<double, provider_count> quality;
  std::array<double, provider_count> log_price;
  std::array<double, provider_count> network;  // eta times last period's share
};

Offers offers_at(const Workload& workload, std::size_t layer, std::size_t t, const Shares& last) {
  Offers offers{};
  for (std::size_t j = 0; j < provider_count; ++j) {
    offers.quality[j] = workload.quality(layer, j, t);
    offers.log_price[j] = workload.log_price(j, t);
    offers.network[j] = workload.layers[layer].network * last[j];
  }
  return offers;
}

std::vector<double> kappa_by_stage(const Workload& workload, std::size_t layer) {
  std::vector<double> kappa;
  for (std::size_t d = 0; d <= workload.layers[layer].stages; ++d) kappa.push_back(workload.kappa(layer, d));
  return kappa;
}

/// Type of each customer: the segment by its place, the taste class drawn.
template <class Customer>
void draw_types(std::vector<Customer>& customers, const Workload& workload, std::mt19937_64& rng) {
  std::size_t next = 0;
  for (std::size_t s = 0; s < segment_count; ++s) {
    for (std::uint64_t i = 0; i < workload.customers_of(s); ++i) {
      const auto c = static_cast<std::size_t>(uniform(rng) * static_cast<double>(class_count));
      customers[next++].type = static_cast<int>(s * class_count + c);
    }
  }
}

// ---- One layer ----------------------------------------------------------------------------------------

struct Customer {
  int type = 0;
  int incumbent = 0;
  int stage = 0;
};

Shares shares_of(const std::vector<Customer>& customers) {
  std::array<std::uint64_t, provider_count> count{};
  for (const Customer& c : customers) ++count[static_cast<std::size_t>(c.incumbent)];
  Shares shares{};
  for (std::size_t j = 0; j < provider_count; ++j)
    shares[j] = static_cast<double>(count[j]) / static_cast<double>(customers.size());
  return shares;
}

History naive_one_layer(const Workload& workload, std::uint64_t seed) {
  const Clock::time_point opening_start = Clock::now();
  std::mt19937_64 rng(seed);
  std::vector<Customer> customers(workload.customers);
  draw_types(customers, workload, rng);
  for (Customer& c : customers) c.incumbent = draw(workload.opening_share, 1.0, rng);

  History run;
  run.opening_seconds = seconds_since(opening_start);
  const Clock::time_point periods_start = Clock::now();
  const WorkloadLayer& layer = workload.layers[0];
  const std::vector<double> kappa = kappa_by_stage(workload, 0);
  const int last_stage = static_cast<int>(layer.stages);
  Shares shares = shares_of(customers);
  for (std::size_t t = 0; t < period_count; ++t) {
    const Offers offers = offers_at(workload, 0, t, shares);
    for (Customer& c : customers) {
      if (uniform(rng) < layer.re_evaluate) {
        const double alpha = workload.alpha[static_cast<std::size_t>(c.type)];
        const double beta = workload.beta[static_cast<std::size_t>(c.type)];
        std::array<double, provider_count> weight{};
        double sum = 0;
        for (std::size_t j = 0; j < provider_count; ++j) {
          double v = beta * offers.quality[j] - alpha * offers.log_price[j] + offers.network[j];
          if (static_cast<int>(j) != c.incumbent) v -= kappa[static_cast<std::size_t>(c.stage)];
          weight[j] = std::exp(v);
          sum += weight[j];
        }
        const int choice = draw(weight, sum, rng);
        if (choice != c.incumbent) {
          c.incumbent = choice;
          c.stage = 0;
          continue;
        }
      }
      if (c.stage < last_stage && uniform(rng) < layer.advance) ++c.stage;
    }
    shares = shares_of(customers);
    run.path.push_back({shares});
  }
  run.period_seconds = seconds_since(periods_start);
  return run;
}

// ---- Two layers ---------------------------------------------------------------------------------------

struct Slot {
  int incumbent = 0;
  int stage = 0;
};

struct TwoLayerCustomer {
  int type = 0;
  std::array<Slot, 2> slots;
};

std::vector<Shares> shares_of(const std::vector<TwoLayerCustomer>& customers) {
  std::array<std::array<std::uint64_t, provider_count>, 2> count{};
  for (const TwoLayerCustomer& c : customers) {
    ++count[0][static_cast<std::size_t>(c.slots[0].incumbent)];
    ++count[1][static_cast<std::size_t>(c.slots[1].incumbent)];
  }
  std::vector<Shares> shares(2);
  for (std::size_t l = 0; l < 2; ++l)
    for (std::size_t j = 0; j < provider_count; ++j)
      shares[l][j] = static_cast<double>(count[l][j]) / static_cast<double>(customers.size());
  return shares;
}

History naive_two_layers(const Workload& workload, std::uint64_t seed) {
  const Clock::time_point opening_start = Clock::now();
  std::mt19937_64 rng(seed);
  std::vector<TwoLayerCustomer> customers(workload.customers);
  draw_types(customers, workload, rng);
  for (TwoLayerCustomer& c : customers)
    for (Slot& slot : c.slots) slot.incumbent = draw(workload.opening_share, 1.0, rng);

  History run;
  run.opening_seconds = seconds_since(opening_start);
  const Clock::time_point periods_start = Clock::now();
  const std::array<std::vector<double>, 2> kappa = {kappa_by_stage(workload, 0), kappa_by_stage(workload, 1)};
  std::vector<Shares> shares = shares_of(customers);
  for (std::size_t t = 0; t < period_count; ++t) {
    const std::array<Offers, 2> offers = {offers_at(workload, 0, t, shares[0]),
                                          offers_at(workload, 1, t, shares[1])};
    for (TwoLayerCustomer& c : customers) {
      const double alpha = workload.alpha[static_cast<std::size_t>(c.type)];
      const double beta = workload.beta[static_cast<std::size_t>(c.type)];
      // Both slots look at the incumbents of the last period.
      const std::array<int, 2> other = {c.slots[1].incumbent, c.slots[0].incumbent};
      for (std::size_t l = 0; l < 2; ++l) {
        const WorkloadLayer& layer = workload.layers[l];
        Slot& slot = c.slots[l];
        if (uniform(rng) < layer.re_evaluate) {
          std::array<double, provider_count> weight{};
          double sum = 0;
          for (std::size_t j = 0; j < provider_count; ++j) {
            double v = beta * offers[l].quality[j] - alpha * offers[l].log_price[j] + offers[l].network[j];
            if (static_cast<int>(j) == other[l]) v += layer.affinity;
            if (static_cast<int>(j) != slot.incumbent) v -= kappa[l][static_cast<std::size_t>(slot.stage)];
            weight[j] = std::exp(v);
            sum += weight[j];
          }
          const int choice = draw(weight, sum, rng);
          if (choice != slot.incumbent) {
            slot = {choice, 0};
            continue;
          }
        }
        if (slot.stage < static_cast<int>(layer.stages) && uniform(rng) < layer.advance) ++slot.stage;
      }
    }
    shares = shares_of(customers);
    run.path.push_back(shares);
  }
  run.period_seconds = seconds_since(periods_start);
  return run;
}

}  // namespace

History naive_loop(const Workload& workload, std::uint64_t seed) {
  switch (workload.layers.size()) {
    case 1:
      return naive_one_layer(workload, seed);
    case 2:
      return naive_two_layers(workload, seed);
    default:
      throw std::invalid_argument("the loops know one or two layers");
  }
}

}  // namespace lockin::bench
