#include "lockin/market/aggregates.hpp"

namespace lockin {

Aggregates::Aggregates(std::size_t layers, std::size_t segments, std::size_t providers)
    : present(segments, 0.0),
      switched(layers * segments * providers * providers, 0.0),
      price(layers * providers, 0.0),
      sold(layers * providers, 0.0),
      layers_(layers),
      segments_(segments),
      providers_(providers) {
  const Table empty(segments, providers, layers * segments * providers);
  for (Table* table :
       {&customers, &revenue, &tokens, &new_customers, &moved, &held_before, &stage_sum, &cost_sum})
    *table = empty;
}

double Aggregates::Table::sum(LayerId l, ProviderId j) const {
  double total = 0;
  for (std::size_t s = 0; s < s_; ++s) total += (*this)(l, SegmentId(s), j);
  return total;
}

double Aggregates::Table::sum(LayerId l, SegmentId s) const {
  double total = 0;
  for (std::size_t j = 0; j < j_; ++j) total += (*this)(l, s, ProviderId(j));
  return total;
}

double Aggregates::Table::sum(LayerId l) const {
  double total = 0;
  for (std::size_t s = 0; s < s_; ++s) total += sum(l, SegmentId(s));
  return total;
}

double Aggregates::customer_share(LayerId l, ProviderId j) const {
  const double all = customers.sum(l);
  return all > 0 ? customers.sum(l, j) / all : 0;
}

}  // namespace lockin
