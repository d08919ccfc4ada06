#include "agent_parts.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <numeric>
#include <vector>

#include "engine/detail/lanes.hpp"
#include "lockin/random/stream.hpp"
#include "lockin/simulation/simulate.hpp"

namespace lockin::bench {
namespace {

constexpr std::size_t block = 4096;

/// Nanoseconds of one call: the quickest of many batches, which nothing has interrupted.
template <class Work>
double nanoseconds(const Work& work) {
  using Clock = std::chrono::steady_clock;
  constexpr int calls = 20;
  double best = std::numeric_limits<double>::infinity();
  for (int batch = 0; batch < 200; ++batch) {
    const Clock::time_point start = Clock::now();
    for (int i = 0; i < calls; ++i) work();
    best = std::min(best, std::chrono::duration<double, std::nano>(Clock::now() - start).count() / calls);
  }
  return best;
}

/// Moves and rises per customer and period, by layer.
struct Events {
  std::vector<double> moves, rises;
};

Events events_of(const Workload& workload) {
  const std::size_t L = workload.layers.size();
  Events events{std::vector<double>(L), std::vector<double>(L)};
  std::vector<double> may_rise(L, 0.0);  // below the last stage, before the period
  RunSettings settings{.engine = EngineKind::mean_field};
  settings.observer = [&](const PeriodView& view) {
    std::vector<double> moved(L, 0.0), below(L, 0.0);
    for (const auto& of_type : view.tally.slots)
      for (std::size_t k = 0; k < L; ++k) {
        const SlotTally& slot = of_type[k];
        moved[k] += std::accumulate(slot.moved.begin(), slot.moved.end(), 0.0);
        for (std::size_t state = 0; state < slot.states.none(); ++state)
          if (slot.states.stage(state) + 1 < slot.states.stage_count()) below[k] += slot.held[state];
      }
    const double steps = static_cast<double>(workload.customers * period_count);
    for (std::size_t k = 0; view.t >= 0 && k < L; ++k) {
      events.moves[k] += moved[k] / steps;
      events.rises[k] += workload.layers[k].advance * std::max(0.0, may_rise[k] - moved[k]) / steps;
    }
    may_rise = below;
  };
  (void)simulate(Market(market_of(workload)), settings);
  return events;
}

}  // namespace

AgentParts agent_parts(const Workload& workload) {
  const Events events = events_of(workload);
  const Philox stream = StreamKey{}.stream();
  std::vector<std::uint32_t> words(block / 4 + detail::lane_room);
  std::vector<std::uint8_t> own(block + detail::lane_room), low(own), high(own), reached(own);
  std::vector<std::uint16_t> states(block + detail::lane_room), under(states), open(states), risen(states);
  std::vector<std::int32_t> counts(detail::most_bytes * provider_count);
  const double words_of_block = nanoseconds([&] { detail::draw_words(stream, 0, block / 4, words.data()); });
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(words.data());

  AgentParts parts;
  for (std::size_t k = 0; k < workload.layers.size(); ++k) {
    const WorkloadLayer& layer = workload.layers[k];
    const std::size_t stride = provider_count * (layer.stages + 1) + 2;
    const std::size_t contexts = layer.affinity != 0 ? provider_count + 1 : 1;
    const std::size_t entries = (contexts * stride + 15) / 16 * 16,
                      rows = (contexts * (provider_count + 1) + 15) / 16 * 16;
    const double moves = events.moves[k], rises = events.rises[k];
    // Every place has the same limits, so that as many move and rise as on average.
    const auto limit = [](double share) { return static_cast<std::uint8_t>(share * 256); };
    const std::vector<std::uint8_t> low_table(entries, limit(moves)),
        high_table(entries, limit(moves + rises)), zeros(entries, 0);
    std::vector<std::uint8_t> limits(rows * (provider_count - 1));
    for (std::size_t i = 0; i < limits.size(); ++i)
      limits[i] = static_cast<std::uint8_t>((i / rows + 1) * 256 / provider_count);

    const auto each = [](double block_time) { return block_time / static_cast<double>(block); };
    parts.words += each(words_of_block) * (1 + moves);
    parts.tables += each(nanoseconds([&] {
      detail::narrow(states.data(), block, own.data());
      if (contexts > 1)
        detail::add_entries(std::span(zeros).first(48), own.data(), block, own.data(), own.data());
      detail::look_up(low_table, high_table, own.data(), block, low.data(), high.data());
    }));
    detail::Sifted found;
    parts.sift += each(nanoseconds([&] {
      std::fill(states.begin(), states.end(), std::uint16_t{0});
      found = detail::sift(bytes, low.data(), high.data(), block, states.data(),
                           {.under = under.data(), .open = open.data(), .risen = risen.data()});
    }));
    for (std::size_t i = 0; i < found.risen; ++i) risen[i] = static_cast<std::uint16_t>(i * 7 % stride);
    for (std::size_t i = 0; i < block; ++i) own[i] = static_cast<std::uint8_t>(i * 7 % rows);
    const std::size_t movers = std::max<std::size_t>(found.under, 1);
    parts.moves += moves / static_cast<double>(movers) * nanoseconds([&] {
                     (void)detail::choose({limits.data(), rows, provider_count - 1}, own.data(), bytes,
                                          movers, reached.data(), open.data());
                     for (std::size_t n = 0; n < movers; ++n) {
                       std::uint16_t& state = states[under[n]];
                       ++counts[state * provider_count + reached[n]];
                       state = static_cast<std::uint16_t>(reached[n] * (layer.stages + 1));
                     }
                   });
    const std::size_t risers = std::max<std::size_t>(found.risen, 1);
    std::vector<std::int64_t> rose(detail::with_counters(stride));
    parts.rises += rises / static_cast<double>(risers) *
                   nanoseconds([&] { detail::count_states(risen.data(), risers, stride, rose.data()); });
  }
  return parts;
}

}  // namespace lockin::bench
