#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "lockin/simulation/simulate.hpp"

namespace lockin::test {

/// Everything that a run can show, to be compared bit for bit.
struct History {
  std::vector<Aggregates> aggregates;
  std::vector<double> counts;         ///< every number of every tally
  std::vector<std::uint16_t> states;  ///< every column
  std::vector<std::int16_t> entered;
  std::vector<float> sizes;
  bool operator==(const History&) const = default;
};

/// Runs a market and keeps it all.
inline History history(const Market& market, RunSettings settings) {
  History all;
  settings.observer = [&](const PeriodView& view) {
    all.aggregates.push_back(view.aggregates);
    for (const auto& of_type : view.tally.slots)
      for (const SlotTally& slot : of_type)
        for (const auto* values : {&slot.held, &slot.moved, &slot.adopted, &slot.base, &slot.spend})
          all.counts.insert(all.counts.end(), values->begin(), values->end());
    for (const CustomerColumns& columns : view.customers) {
      for (const auto& column : columns.states)
        all.states.insert(all.states.end(), column.begin(), column.end());
      all.entered.insert(all.entered.end(), columns.entered.begin(), columns.entered.end());
      all.sizes.insert(all.sizes.end(), columns.sizes.begin(), columns.sizes.end());
    }
  };
  const Trajectory path = simulate(market, settings);
  for (std::size_t t = 0; t < path.size(); ++t) EXPECT_EQ(path.at(Period(t)), all.aggregates.at(t + 1));
  return all;
}

}  // namespace lockin::test
