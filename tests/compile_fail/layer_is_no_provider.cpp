// expect: cannot convert || no viable conversion
#include "lockin/market/aggregates.hpp"

double customers(const lockin::Aggregates& last) {
  return last.customer_share(lockin::ProviderId(0), lockin::LayerId(0));
}
