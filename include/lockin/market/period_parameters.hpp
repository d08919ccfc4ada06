#pragma once

#include <vector>

#include "lockin/market/market.hpp"

namespace lockin {

/// The value of every parameter in one period: paths, events and policies applied. What the kernel and the measures read.
class PeriodParameters {
 public:
  PeriodParameters() = default;
  /// The values of a period, in the order of `ParameterId`.
  PeriodParameters(long period, std::vector<double> values) : t(period), values_(std::move(values)) {}

  /// Value of a parameter, to change; the index is not checked.
  double& operator[](ParameterId id) { return values_[id.index()]; }
  /// Value of a parameter; the index is not checked.
  double operator[](ParameterId id) const { return values_[id.index()]; }

  long t = 0;                       ///< the period
  std::vector<Market::Move> moves;  ///< moves that happen in this period, in the order of the file

 private:
  std::vector<double> values_;
};

}  // namespace lockin
