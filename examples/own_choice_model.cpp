// A choice model of one's own: customers that run with the herd.
#include <cstdio>
#include <lockin/lockin.hpp>

struct HerdingLogit {                           // V[j] = taste q[j] - alpha ln p[j] + herd share[j](t-1)
  double taste = 1.6, alpha = 1.2, herd = 0.5;  // [logits per unit of quality, of ln price, of share]
  void utilities(const lockin::ChoiceContext& c, std::span<double> v) const {
    for (std::size_t j = 0; j < v.size(); ++j)
      v[j] = taste * c.quality[j] - alpha * c.log_price[j] + herd * c.last_share[j];
  }
};
static_assert(lockin::UtilityModel<HerdingLogit>);  // wrong signature: the compiler says which line and why

int main() {
  const auto scenario = lockin::load_scenario("scenarios/two_firms.toml");
  double last = 0;
  for (const double herd : {0.0, 0.5, 1.0, 2.0}) {
    const auto path = lockin::simulate(
        scenario, {.engine = lockin::EngineKind::mean_field, .choice = HerdingLogit{.herd = herd}});
    const double share = path.customer_share("cloud", "incumbent").back();
    std::printf("herd %.1f: the incumbent ends with %.1f %%\n", herd, 100 * share);
    if (share <= last) return 1;  // the herd follows the large one
    last = share;
  }
  return 0;
}
