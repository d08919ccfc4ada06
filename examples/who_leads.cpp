// Three engines, one law: a history differs from the mean field by its luck, the mean of a few agrees.
#include <cmath>
#include <cstdio>
#include <lockin/lockin.hpp>

int main() {
  using lockin::EngineKind;
  const auto scenario = lockin::load_scenario("scenarios/china_ai_cloud.toml");
  const auto mean_field = lockin::simulate(scenario, {.engine = EngineKind::mean_field});

  constexpr int seeds = 6;
  std::printf(
      "Revenue 2030Q4, %%   mean field     agent, +- error    cohort, +- error (means of %d histories)\n",
      seeds);
  std::vector<lockin::Trajectory> histories[2];
  for (const auto engine : {EngineKind::agent, EngineKind::cohort})
    for (unsigned i = 1; i <= seeds; ++i)
      histories[engine == EngineKind::cohort].push_back(
          lockin::simulate(scenario, {.engine = engine, .seed = 100 + i, .customers = 100'000}));

  bool agree = true;
  for (const std::string& name : mean_field.names().providers) {
    const double expected = mean_field.revenue_share("all", name).back();
    std::printf("%-18s %12.2f", name.c_str(), 100 * expected);
    for (const auto& of_engine : histories) {
      double sum = 0, squares = 0;
      for (const auto& history : of_engine) {
        const double share = history.revenue_share("all", name).back();
        sum += share;
        squares += (share - expected) * (share - expected);
      }
      const double mean = sum / seeds, error = std::sqrt(squares) / seeds;
      std::printf("%12.2f +- %4.2f", 100 * mean, 100 * error);
      agree = agree && error > 0 && error < 0.004 && std::abs(mean - expected) < 4 * error;
    }
    std::printf("\n");
  }
  return agree ? 0 : 1;
}
