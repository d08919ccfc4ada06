#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <string>
#include <vector>

#include "law_markets.hpp"
#include "lockin/ensemble/measure_table.hpp"
#include "lockin/scenario/bundled.hpp"
#include "lockin/scenario/load.hpp"
#include "lockin/simulation/simulate.hpp"

namespace lockin::test {
namespace {

struct Named {
  std::string name;
  Market market;
  AnyChoiceModel choice = {};
};

// Every feature of scenarios and of the laws, with different numbers of providers, slots and stages.
std::vector<Named> markets() {
  std::vector<Named> found;
  for (const BundledScenario& scenario : bundled_scenarios())
    found.push_back({std::string(scenario.name), Market(load_bundled(scenario.name).spec)});
  for (const LawMarket& law : law_markets()) found.push_back({law.name, Market(law.spec), law.choice});
  return found;
}

// Their bits: NaN where there is no value.
std::vector<std::uint64_t> numbers_of(const Trajectory& path) {
  const MeasureTable table(path);
  std::vector<double> numbers(table.size());
  EXPECT_TRUE(table.read(path, numbers));
  std::vector<std::uint64_t> bits(numbers.size());
  std::transform(numbers.begin(), numbers.end(), bits.begin(),
                 [](double x) { return std::bit_cast<std::uint64_t>(x); });
  return bits;
}

TEST(Simulator, NothingOfOneMarketReachesTheNext) {
  const std::vector<Named> all = markets();
  Simulator run;
  for (const bool backwards : {false, true})
    for (std::size_t i = 0; i < all.size(); ++i) {
      const Named& of = all[backwards ? all.size() - 1 - i : i];
      const RunSettings settings{.engine = EngineKind::mean_field, .threads = 1, .choice = of.choice};
      EXPECT_EQ(numbers_of(run(of.market, settings)), numbers_of(simulate(of.market, settings))) << of.name;
    }
}

TEST(Simulator, GoesOnAfterARunThatFailed) {
  const std::vector<Named> all = markets();
  Simulator run;
  const RunSettings settings{.engine = EngineKind::mean_field, .threads = 1};
  RunSettings failing = settings;
  failing.observer = [](const PeriodView& view) {
    if (view.t == 3) throw RunError("stopped");
  };
  const Market& market = all.front().market;
  EXPECT_THROW((void)run(market, failing), RunError);
  EXPECT_EQ(numbers_of(run(market, settings)), numbers_of(simulate(market, settings)));
}

}  // namespace
}  // namespace lockin::test
