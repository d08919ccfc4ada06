// Single customers: an observer follows each one's history and counts who left the incumbent in the first year.
#include <cstdio>
#include <lockin/lockin.hpp>
#include <vector>

struct History {
  std::size_t provider = 0;
  int departures = 0;  // from the incumbent
};

int main() {
  const auto scenario = lockin::load_scenario("scenarios/two_firms.toml");
  const std::size_t incumbent = scenario.market().provider_named("incumbent").index();

  std::vector<History> histories;  // of the only type; nobody enters or leaves, so a place is a customer
  const auto follow = [&](const lockin::PeriodView& view) {
    const lockin::SlotStates numbering = view.tally.slots[0][0].states;
    const auto states = view.customers[0].states[0];
    histories.resize(states.size());
    for (std::size_t i = 0; i < states.size() && view.t < 4; ++i) {
      const std::size_t now = numbering.provider(states[i]);
      if (view.t >= 0 && histories[i].provider == incumbent && now != incumbent) ++histories[i].departures;
      histories[i].provider = now;
    }
  };
  const auto path = lockin::simulate(scenario, {.observer = follow});

  int left = 0, returned = 0;
  double departures = 0, switched = 0;
  for (const History& h : histories) {
    left += h.departures > 0;
    returned += h.departures > 0 && h.provider == incumbent;
    departures += h.departures;
  }
  for (std::size_t t = 0; t < 4; ++t)
    switched += path.switched(lockin::Period(t), "cloud", "incumbent", "challenger");
  std::printf("%d customers left the incumbent in the first year; %d of them were back at its end.\n", left,
              returned);
  return left > returned && returned > 0 && departures == switched ? 0 : 1;
}
