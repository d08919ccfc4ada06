#include <array>
#include <cstdint>
#include <random>

#include <benchmark/benchmark.h>

#include "lockin/random/multinomial.hpp"
#include "lockin/random/stream.hpp"

// Random numbers: words of Philox beside std::mt19937_64, and exact splits of counts.
namespace {

using lockin::Philox;

Philox stream() { return lockin::StreamKey{}.stream(); }

void philox_words(benchmark::State& state) {
  Philox engine = stream();
  for (auto _ : state) benchmark::DoNotOptimize(engine());
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(philox_words);

/// Whole blocks of four words, as the engines that know their counters draw them.
void philox_blocks(benchmark::State& state) {
  const Philox engine = stream();
  std::uint32_t index = 0;
  for (auto _ : state) benchmark::DoNotOptimize(engine.block(index++));
  state.SetItemsProcessed(4 * state.iterations());
}
BENCHMARK(philox_blocks);

void philox_uniform(benchmark::State& state) {
  Philox engine = stream();
  for (auto _ : state) benchmark::DoNotOptimize(engine.uniform());
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(philox_uniform);

void mersenne_twister_uniform(benchmark::State& state) {
  std::mt19937_64 engine(1);
  for (auto _ : state) benchmark::DoNotOptimize(static_cast<double>(engine() >> 11) * 0x1p-53);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(mersenne_twister_uniform);

/// Streams are made anew for every (period, purpose, block): the price of one, with its first word.
void philox_stream_first_word(benchmark::State& state) {
  lockin::StreamKey key;
  for (auto _ : state) {
    ++key.block;
    Philox engine = key.stream();
    benchmark::DoNotOptimize(engine());
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(philox_stream_first_word);

void binomial(benchmark::State& state) {
  Philox engine = stream();
  const auto n = static_cast<std::uint64_t>(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(lockin::draw_binomial(n, 0.3, engine));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(binomial)->Arg(1)->Arg(10)->Arg(100)->Arg(10'000)->Arg(1'000'000'000);

/// A split over six providers; items are splits.
void multinomial(benchmark::State& state) {
  Philox engine = stream();
  const auto n = static_cast<std::uint64_t>(state.range(0));
  constexpr std::array<double, 6> weights = {0.40, 0.10, 0.15, 0.10, 0.10, 0.15};
  std::array<std::uint64_t, 6> counts{};
  for (auto _ : state) {
    lockin::draw_multinomial(n, weights, engine, counts);
    benchmark::DoNotOptimize(counts);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(multinomial)->Arg(1)->Arg(10)->Arg(100)->Arg(10'000)->Arg(1'000'000'000);

}  // namespace
