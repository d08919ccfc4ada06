// lockin_curves: what a run costs as one number of a market grows and the others stay, for each engine, with the exponent of a
// power law fitted to the larger half. bench/performance_page.py writes its JSON into docs/performance.md.
//
// The market: two layers tied both ways, 6 providers, 2 segments, 2 taste classes each, stages 0..2, 8 periods; 1e5 agents, 1e6
// customers in cohorts. Milliseconds of the periods on one thread, the least of three runs.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "lockin/simulation/simulate.hpp"

namespace lockin::bench {
namespace {

struct Shape {
  std::size_t providers = 6, segments = 2, taste_classes = 2, layers = 2, stages = 2, periods = 8;
  std::uint64_t agents = 100'000, cohort = 1'000'000;
};

MarketSpec market_of(const Shape& shape) {
  MarketSpec spec;
  spec.period = PeriodLength::quarter;
  spec.start = Date{2025, 0, PeriodLength::quarter};
  const int last = static_cast<int>(shape.periods) - 1;
  spec.end = Date{2025 + last / 4, 3 * (last % 4), PeriodLength::quarter};
  for (std::size_t l = 0; l < shape.layers; ++l) {
    LayerSpec layer;
    layer.name = fmt::format("l{}", l + 1);
    if (l + 1 < shape.layers) layer.share = Annual{{2025, 1.0 / static_cast<double>(shape.layers)}};
    layer.stages = static_cast<int>(shape.stages);
    layer.advance_per_year = 0.8;
    spec.layers.push_back(layer);
  }
  for (std::size_t j = 0; j < shape.providers; ++j) {
    ProviderSpec provider;
    provider.name = fmt::format("p{}", j + 1);
    for (const LayerSpec& layer : spec.layers) {
      OfferSpec offer;
      offer.share = 1.0 / static_cast<double>(shape.providers);
      offer.quality = 1 + 0.2 * static_cast<double>(j) / static_cast<double>(shape.providers);
      provider.offers.emplace_back(layer.name, offer);
    }
    spec.providers.push_back(provider);
  }
  for (std::size_t s = 0; s < shape.segments; ++s) {
    SegmentSpec segment;
    segment.name = fmt::format("s{}", s + 1);
    segment.customers = shape.agents;
    for (std::size_t c = 0; c < shape.taste_classes; ++c) {
      TasteClassSpec taste;
      taste.quality = 1 + 0.1 * static_cast<double>(c);
      segment.taste_classes.push_back(taste);
    }
    segment.re_evaluate_per_year = Path(0.4);
    segment.switching_cost = SwitchingCostSpec{0.5, Path(1.5)};
    for (std::size_t l = 0; l < shape.layers; ++l)
      for (std::size_t from = 0; from < shape.layers; ++from)
        if (from != l) segment.affinity.push_back({spec.layers[l].name, spec.layers[from].name, 0.5});
    spec.segments.push_back(segment);
  }
  return spec;
}

double milliseconds(const Shape& shape, EngineKind engine) {
  using Clock = std::chrono::steady_clock;
  const Market market(market_of(shape));
  RunSettings settings{.engine = engine, .threads = 1};
  if (engine != EngineKind::mean_field)
    settings.customers = engine == EngineKind::agent ? shape.agents : shape.cohort;
  Clock::time_point opened, end;
  settings.observer = [&](const PeriodView& view) { (view.t == -1 ? opened : end) = Clock::now(); };
  double least = 0;
  for (int i = 0; i < 3; ++i) {
    (void)simulate(market, settings);
    const double time = std::chrono::duration<double, std::milli>(end - opened).count();
    least = i == 0 ? time : std::min(least, time);
  }
  return least;
}

// Slope of ln cost over ln size by least squares, over the larger half of the points (two at least).
double exponent(const std::vector<double>& size, const std::vector<double>& cost) {
  const std::size_t first = std::min(size.size() / 2, size.size() - 2);
  double n = 0, x = 0, y = 0, xx = 0, xy = 0;
  for (std::size_t i = first; i < size.size(); ++i) {
    const double u = std::log(size[i]), v = std::log(cost[i]);
    n += 1, x += u, y += v, xx += u * u, xy += u * v;
  }
  return (n * xy - x * y) / (n * xx - x * x);
}

nlohmann::json curve(const std::string& what, const std::vector<double>& sizes,
                     const std::vector<EngineKind>& engines, const auto& set) {
  nlohmann::json result = {{"what", what}, {"sizes", sizes}};
  for (const EngineKind engine : engines) {
    std::vector<double> cost;
    for (const double size : sizes) {
      Shape shape;
      set(shape, size);
      cost.push_back(milliseconds(shape, engine));
    }
    // A size may be 0: its law is that of the number of states.
    std::vector<double> positive = sizes;
    if (sizes.front() == 0)
      for (double& size : positive) ++size;
    const std::string name(name_of(engine));
    result["milliseconds"][name] = cost;
    result["exponent"][name] = exponent(positive, cost);
    std::printf("%-14s %-10s ", what.c_str(), name.c_str());
    for (std::size_t i = 0; i < cost.size(); ++i) std::printf(" %g: %.3g ms", sizes[i], cost[i]);
    std::printf("; exponent %.2f\n", result["exponent"][name].get<double>());
    std::fflush(stdout);
  }
  return result;
}

nlohmann::json curves() {
  const std::vector<EngineKind> all{EngineKind::agent, EngineKind::cohort, EngineKind::mean_field};
  const auto whole = [](double size) { return static_cast<std::size_t>(size); };
  nlohmann::json result;
  const auto add = [&](const std::string& what, const std::vector<double>& sizes,
                       const std::vector<EngineKind>& engines,
                       const auto& set) { result.push_back(curve(what, sizes, engines, set)); };
  add("providers", {2, 4, 8, 16, 32, 64}, all, [&](Shape& s, double n) { s.providers = whole(n); });
  add("segments", {1, 2, 4, 8, 16}, all, [&](Shape& s, double n) { s.segments = whole(n); });
  add("taste classes", {1, 2, 4, 8, 16}, all, [&](Shape& s, double n) { s.taste_classes = whole(n); });
  add("layers", {1, 2, 3}, all, [&](Shape& s, double n) { s.layers = whole(n); });
  add("stages", {0, 2, 4, 8, 16}, all, [&](Shape& s, double n) { s.stages = whole(n); });
  add("periods", {4, 8, 16, 32, 64}, all, [&](Shape& s, double n) { s.periods = whole(n); });
  add("agents", {1e4, 1e5, 1e6, 1e7}, {EngineKind::agent}, [&](Shape& s, double n) { s.agents = whole(n); });
  add("customers", {1e4, 1e6, 1e8, 1e10, 1e12}, {EngineKind::cohort},
      [&](Shape& s, double n) { s.cohort = whole(n); });
  return result;
}

}  // namespace
}  // namespace lockin::bench

int main(int argc, char** argv) {
  if (argc != 1 && (argc != 3 || std::string(argv[1]) != "--json")) {
    std::fputs("lockin_curves [--json FILE]\n", stderr);
    return 2;
  }
  const nlohmann::json result = lockin::bench::curves();
  if (argc == 1) return 0;
  std::ofstream file(argv[2]);
  file << result.dump(2) << '\n';
  if (!file.flush()) {
    std::fprintf(stderr, "lockin_curves: error: cannot write %s\n", argv[2]);
    return 1;
  }
}
