// Which numbers of a scenario does a result hang on? One run forward and one sweep back give all derivatives.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <lockin/lockin.hpp>

int main() {
  const auto scenario = lockin::load_scenario("scenarios/china_ai_cloud.toml");
  const lockin::Market market = scenario.market();
  lockin::Gradients gradients(market);
  lockin::MeasureAt leader{lockin::Measure::revenue_share,
                           gradients.trajectory().key("all", "all", "alibaba")};
  leader.year = 2030;
  lockin::Gradient of = gradients.of(leader);

  // What a change of one hundredth of the number does, in points of a share.
  const auto effect = [](const lockin::PartialDerivative& n) { return n.value * n.derivative; };
  std::sort(of.partials.begin(), of.partials.end(),
            [&](const auto& a, const auto& b) { return std::abs(effect(a)) > std::abs(effect(b)); });
  std::printf("Alibaba's share of revenue in 2030 is %.2f %%. One hundredth more of\n", 100 * of.value);
  for (std::size_t i = 0; i < 10; ++i)
    std::printf("%+8.4f points   %s = %g\n", effect(of.partials[i]), of.partials[i].key.c_str(),
                of.partials[i].value);

  // What such a derivative promises, beside a run with the number changed.
  const auto& growth = of.at("providers.alibaba.maas.price_per_million_tokens.growth");
  lockin::MarketSpec changed = scenario.spec;
  changed.providers[0].offers[1].second.price_per_million_tokens->growth.growth_per_year += 0.01;
  const lockin::Trajectory run =
      lockin::simulate(lockin::Market(changed), {.engine = lockin::EngineKind::mean_field});
  const double promised = 0.01 * growth.derivative,
               seen = run.annual_value(2030, leader.measure, leader.key).value() - of.value;
  std::printf("%s + 0.01: %+.4f points by the derivative, %+.4f by a run\n", growth.key.c_str(),
              100 * promised, 100 * seen);
  return std::abs(seen - promised) < 0.1 * std::abs(seen) ? 0 : 1;
}
