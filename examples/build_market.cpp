// A market in code, with no file: a monopoly and a newcomer that is cheaper, over ten years.
#include <cstdio>
#include <lockin/lockin.hpp>

lockin::MarketSpec cloud_of_two() {
  lockin::MarketSpec spec;
  spec.start = *lockin::Date::parse("2025");
  spec.end = *lockin::Date::parse("2034");
  spec.period = lockin::PeriodLength::year;
  spec.layers.resize(1);
  spec.layers[0].name = "cloud";

  lockin::OfferSpec monopoly, newcomer;
  monopoly.share = 1.0;
  newcomer.price = 0.7;
  spec.providers = {{"monopoly", "", {{"cloud", monopoly}}, {}}, {"newcomer", "", {{"cloud", newcomer}}, {}}};

  lockin::SegmentSpec firms;
  firms.name = "firms";
  firms.customers = 10'000;
  firms.re_evaluate_per_year = lockin::Path(0.3);             // 30 % look around in a year
  firms.switching_cost = lockin::SwitchingCostSpec{1.0, {}};  // [logits]
  spec.segments = {firms};
  return spec;
}

int main() {
  const lockin::Market market(cloud_of_two());  // throws MarketError with every problem at once
  const auto path = lockin::simulate(market, {.seed = 7});
  const auto share = path.customer_share("cloud", "newcomer");
  std::printf("Newcomer: %.1f %% after a year, %.1f %% after ten.\n", 100 * share.front(),
              100 * share.back());
  // After a year: 0.3 * exp(V - 1) / (1 + exp(V - 1)) with V = -ln 0.7, so 10.3 %, give or take 0.3.
  return share.front() > 0.088 && share.front() < 0.118 && share.back() > share.front() ? 0 : 1;
}
