#include "engine/detail/turnover.hpp"

#include <algorithm>

#include "lockin/random/multinomial.hpp"

namespace lockin::detail {
namespace {

CellId segment_cell(const Market& market, std::size_t s) {
  return CellId().with("segment").with(market.spec().segments[s].name);
}

// Splits n customers of a segment over its types.
void split_over_types(const Market& market, std::size_t s, std::uint64_t n, Philox& stream,
                      std::vector<std::uint64_t>& counts) {
  const Market::Segment& segment = market.segment(SegmentId(s));
  std::vector<double> weights;
  for (std::size_t y = segment.first_type; y < segment.first_type + segment.type_count; ++y)
    weights.push_back(market.type(TypeId(y)).weight);
  draw_multinomial(n, weights, stream, std::span(counts).subspan(segment.first_type, segment.type_count));
}

}  // namespace

bool may_differ_from_zero(const Market& market, ParameterId id) {
  const Path& path = market.parameters()[id.index()].path;
  if (path.form != Path::Form::constant || path.constant != 0) return true;
  for (const Market::Event& event : market.events())
    for (const Market::Effect& effect : event.effects)
      if (std::find(effect.targets.begin(), effect.targets.end(), id) != effect.targets.end()) return true;
  return false;
}

std::vector<std::uint64_t> draw_opening_types(const Market& market, std::uint64_t seed,
                                              std::uint32_t replication,
                                              const std::vector<std::uint64_t>& simulated) {
  std::vector<std::uint64_t> counts(market.type_count());
  for (std::size_t s = 0; s < simulated.size(); ++s) {
    Philox stream =
        StreamKey{seed, replication, 0, Purpose::opening_types, segment_cell(market, s), 0}.stream();
    split_over_types(market, s, simulated[s], stream, counts);
  }
  return counts;
}

std::vector<std::uint64_t> draw_entrants(const Market& market, const TransitionKernel& kernel,
                                         const StepKey& key, const std::vector<double>& present) {
  std::vector<double> mean(market.segment_count(), 0.0);
  for (std::size_t y = 0; y < present.size(); ++y) mean[market.type(TypeId(y)).segment.index()] += present[y];
  std::vector<std::uint64_t> counts(market.type_count(), 0);
  for (std::size_t s = 0; s < mean.size(); ++s) {
    const double expected = mean[s] * kernel.entry_rate(SegmentId(s));
    if (expected == 0) continue;
    Philox stream =
        StreamKey{key.seed, key.replication, key.period.value, Purpose::entry, segment_cell(market, s), 0}
            .stream();
    const std::uint64_t n = draw_poisson(expected, stream);
    split_over_types(market, s, n, stream, counts);
  }
  return counts;
}

}  // namespace lockin::detail
