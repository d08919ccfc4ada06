// Two engines, one law: a history of the agents differs from the mean field by its luck, the mean of a few agrees.
#include <cmath>
#include <cstdio>
#include <lockin/lockin.hpp>

int main() {
  const auto scenario = lockin::load_scenario("scenarios/china_ai_cloud.toml");
  const auto mean_field = lockin::simulate(scenario, {.engine = lockin::EngineKind::mean_field});

  constexpr int seeds = 6;
  std::vector<lockin::Trajectory> histories;
  for (int i = 1; i <= seeds; ++i)
    histories.push_back(
        lockin::simulate(scenario, {.seed = 100u + static_cast<unsigned>(i), .customers = 100'000}));

  std::printf("Revenue 2030Q4, %%   mean field   agents, mean of %d   scatter of one history\n", seeds);
  bool agree = true;
  for (const std::string& name : mean_field.names().providers) {
    const double expected = mean_field.revenue_share("all", name).back();
    double sum = 0, squares = 0;
    for (const auto& history : histories) {
      const double share = history.revenue_share("all", name).back();
      sum += share;
      squares += (share - expected) * (share - expected);
    }
    const double mean = sum / seeds, scatter = std::sqrt(squares / seeds);
    std::printf("%-18s %12.2f %20.2f %24.2f\n", name.c_str(), 100 * expected, 100 * mean, 100 * scatter);
    agree =
        agree && scatter < 0.01 && std::abs(mean - expected) < 4 * scatter / std::sqrt(seeds) && scatter > 0;
  }
  return agree ? 0 : 1;
}
