#include <iostream>
#include <lockin/lockin.hpp>

namespace {

lockin::MarketSpec market_in_code() {
  lockin::OfferSpec large, small;
  large.share = 0.7;
  small.share = 0.3;
  small.price = 0.8;
  lockin::SegmentSpec firms;
  firms.name = "firms";
  firms.customers = 1000;
  firms.re_evaluate_per_year = lockin::Path(0.5);
  lockin::MarketSpec spec;
  spec.start = *lockin::Date::parse("2025Q1");
  spec.end = *lockin::Date::parse("2026Q4");
  spec.layers.resize(1);
  spec.layers[0].name = "cloud";
  spec.providers = {{"large", "", {{"cloud", large}}, {}}, {"small", "", {{"cloud", small}}, {}}};
  spec.segments = {firms};
  return spec;
}

// The same market as text.
constexpr std::string_view text = R"(
[horizon]
start = "2025Q1"
end   = "2026Q4"
[layers.cloud]
[providers.large]
cloud = { share = 0.7 }
[providers.small]
cloud = { share = 0.3, price = 0.8 }
[segments.firms]
customers   = 1000
re_evaluate = 0.5
)";

}  // namespace

int main() {
  std::cout << "lockin " << lockin::version() << '\n';
  for (const lockin::BundledScenario& scenario : lockin::bundled_scenarios())
    std::cout << scenario.name << '\n';

  const lockin::Market market(market_in_code());
  const lockin::Trajectory from_code = lockin::simulate(market, {.seed = 3});
  const lockin::Scenario scenario = lockin::parse_scenario(text, "market.toml");
  const lockin::Trajectory from_text =
      lockin::simulate(scenario, {.engine = lockin::EngineKind::agent, .seed = 3});
  std::cout << lockin::answer(from_text) << '\n';
  return from_code.revenue_share("cloud", "small") == from_text.revenue_share("cloud", "small") ? 0 : 1;
}
