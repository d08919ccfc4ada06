#include <cstdio>
#include <lockin/lockin.hpp>

int main() {
  const auto scenario =
      lockin::load_scenario("scenarios/two_firms.toml");  // throws InputError: file, line, column
  const auto path = lockin::simulate(scenario);           // with the engine that the scenario names
  const double share = path.revenue_share("cloud", "incumbent").back();
  std::printf("%s\nThe incumbent ends with %.1f %%.\n", lockin::answer(path).c_str(), 100 * share);
  return share > 0.5 ? 0 : 1;
}
