// A provider policy of one's own: never dearer than the cheapest rival was in the period before.
#include <algorithm>
#include <cstdio>
#include <lockin/lockin.hpp>

struct MatchCheapestRival {
  lockin::LayerId layer;
  lockin::ProviderId who;
  void operator()(const lockin::MarketView& view, lockin::PeriodParameters& parameters) const {
    const std::size_t providers = view.market.provider_count();
    double& mine = parameters[view.market.offer(layer, who).price];
    for (lockin::ProviderId j(0); j.index() < providers; ++j.value)
      if (j != who && view.market.offer(layer, j).on_sale(view.t - 1))
        mine = std::min(mine, view.last.price[layer.index() * providers + j.index()]);
  }
};
static_assert(lockin::ProviderPolicy<MatchCheapestRival>);

int main() {
  const auto scenario = lockin::load_scenario("scenarios/two_firms.toml");
  const lockin::Market market = scenario.market();
  const MatchCheapestRival match{market.layer_named("cloud"), market.provider_named("incumbent")};

  const auto idle = lockin::simulate(market, {.seed = 1});
  const auto matched = lockin::simulate(market, {.seed = 1, .policies = {match}});  // the same random numbers
  const double without = idle.revenue_share("cloud", "incumbent").back();
  const double with = matched.revenue_share("cloud", "incumbent").back();
  std::printf("The incumbent ends with %.1f %%; if it matches the challenger's price, with %.1f %%.\n",
              100 * without, 100 * with);
  const double price = matched.at(lockin::Period(3)).price[match.who.index()];
  return price == 0.8 && with > without + 0.05 ? 0 : 1;
}
