#include "lockin/market/population.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <stdexcept>

namespace lockin {

std::vector<std::uint64_t> share_out(std::span<const std::uint64_t> real, std::uint64_t simulated) {
  __extension__ using Wide = unsigned __int128;  // 1e12 customers times 1e12 simulated ones
  const Wide all = std::accumulate(real.begin(), real.end(), std::uint64_t{0});
  std::vector<std::uint64_t> counts;
  std::vector<std::pair<std::uint64_t, std::size_t>> remainders;
  std::uint64_t given = 0;
  for (std::size_t s = 0; s < real.size(); ++s) {
    const Wide product = Wide{simulated} * real[s];
    counts.push_back(static_cast<std::uint64_t>(product / all));
    given += counts[s];
    remainders.emplace_back(static_cast<std::uint64_t>(product % all), s);
  }
  std::stable_sort(remainders.begin(), remainders.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  for (std::size_t i = 0; given < simulated; ++i, ++given) ++counts[remainders[i].second];
  return counts;
}

std::vector<std::uint64_t> simulated_customers(const Market& market, std::optional<std::uint64_t> customers) {
  const auto& segments = market.spec().segments;
  std::vector<std::uint64_t> counts;
  counts.reserve(segments.size());
  for (const SegmentSpec& segment : segments) counts.push_back(segment.customers);
  if (!customers) return counts;
  counts = share_out(counts, *customers);
  for (std::size_t s = 0; s < counts.size(); ++s)
    if (counts[s] == 0)
      throw std::invalid_argument(fmt::format(
          "run.customers: {} simulated customers leave none for segment {}", *customers, segments[s].name));
  return counts;
}

void check_population(const Market& market, const Population& opening) {
  for (const PopulationCell& cell : opening) {
    if (cell.type.index() >= market.type_count() || cell.states.size() != market.type(cell.type).slots.size())
      throw std::invalid_argument("a population cell needs a type of the market and one state per slot");
    const CustomerType& type = market.type(cell.type);
    for (std::size_t k = 0; k < cell.states.size(); ++k)
      if (cell.states[k] >=
          SlotStates(market.provider_count(), market.layer(type.slots[k].layer).stages).size())
        throw std::invalid_argument("a population cell has a state that does not exist");
  }
}

}  // namespace lockin
