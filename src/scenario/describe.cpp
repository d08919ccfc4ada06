#include "lockin/scenario/describe.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "deterministic_math.hpp"
#include "lockin/market/annual_totals.hpp"
#include "lockin/simulation/simulate.hpp"

namespace lockin {
namespace {

std::string count_text(std::size_t n, const char* what) {
  return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s");
}

// The market stopped after its first period: what its opening implies.
MarketSpec first_period_only(MarketSpec spec) {
  const Calendar calendar(spec.start, spec.end, spec.period);
  spec.end = *Date::parse(calendar.label(0L));
  std::erase_if(spec.events, [&](const EventSpec& e) { return e.move.has_value(); });
  return spec;
}

std::string percent(const std::optional<double>& value) {
  return value ? fmt::format("{:.1f} %", 100 * *value) : "-";
}

void describe_market(const MarketSpec& spec, const Calendar& calendar, std::string& text) {
  const long last = static_cast<long>(calendar.size()) - 1;
  text += fmt::format("{}\n{} to {}, {}.\n", spec.title, calendar.label(0L), calendar.label(last),
                      count_text(calendar.size(), spec.period == PeriodLength::year      ? "year"
                                                  : spec.period == PeriodLength::quarter ? "quarter"
                                                                                         : "month"));
  if (!spec.size) {
    text += "No market totals: revenue is in relative units.\n";
    return;
  }
  const int first_year = calendar.year_of(0), last_year = calendar.year_of(last);
  text += fmt::format("The market: {:.4g} {} in {}, {:.4g} in {}.\n",
                      market_size(*spec.size, first_year).value_or(0), spec.currency, first_year,
                      market_size(*spec.size, last_year).value_or(0), last_year);
}

void describe_layers(const Scenario& scenario, const Trajectory& first, std::string& text) {
  for (std::size_t l = 0; l < scenario.spec.layers.size(); ++l) {
    const LayerSpec& layer = scenario.spec.layers[l];
    text += fmt::format("\nLayer {}: billed by {}, {}, appeal {}{}.\n", layer.name,
                        layer.token_unit ? "the token" : "spend",
                        layer.stages > 0 ? count_text(static_cast<std::size_t>(layer.stages), "lock-in stage")
                                         : "no lock-in stages",
                        layer.revealed_appeal ? "revealed by the opening shares" : "as stated",
                        layer.nests ? ", nested" : "");
    text += "  opening shares of customers:";
    for (const std::string& provider : first.names().providers)
      if (const auto share = first.value(-1, Measure::customer_share, layer.name, "all", provider))
        text += fmt::format("  {} {}", provider, percent(share));
    text += "\n";
  }
}

void describe_segments(const Scenario& scenario, const Trajectory& first, std::string& text,
                       std::string& warnings) {
  const int per_year = first.calendar().per_year();
  text +=
      "\nWho buys, and the part of each base that moves in a year at the opening (with its mean switching "
      "cost, in logits):\n";
  for (const SegmentSpec& segment : scenario.spec.segments) {
    text += fmt::format("  {:<16} {:>13} customers", segment.name, segment.customers);
    for (const LayerSpec& layer : scenario.spec.layers) {
      const auto churn = first.value(0, Measure::churn, layer.name, segment.name, "all");
      const auto cost = first.value(-1, Measure::mean_switching_cost, layer.name, segment.name, "all");
      const std::optional<double> yearly =
          churn ? std::optional(1 - math::pow(1 - *churn, per_year)) : std::nullopt;
      text += fmt::format("   {} {} ({:.2f})", layer.name, percent(yearly), cost.value_or(0));
      const Path* network = segment.network.find(layer.name);
      if (!network) continue;
      std::size_t sellers = 0;
      for (const ProviderSpec& provider : scenario.spec.providers)
        for (const auto& [name, offer] : provider.offers) sellers += name == layer.name;
      const double eta = network->value(first.calendar(), 0, false),
                   limit = tipping_point(sellers, cost.value_or(0));
      if (eta > limit)
        warnings += fmt::format(
            "warning: segments.{}.network.{}: {:.3g} is above its tipping point {:.3g} ({} providers, "
            "switching cost {:.2f}): small leads grow until one provider dominates\n",
            segment.name, layer.name, eta, limit, sellers, cost.value_or(0));
    }
    text += "\n";
  }
}

void describe_events(const Scenario& scenario, std::string& text) {
  if (!scenario.uncertain.empty()) {
    text += fmt::format("\nUncertain ({}), at the mean in a single run:",
                        count_text(scenario.uncertain.size(), "number"));
    for (std::size_t i = 0; i < scenario.uncertain.size() && i < 6; ++i)
      text += fmt::format("\n  {} = {:.4g}", scenario.uncertain[i].key,
                          scenario.uncertain[i].distribution.mean());
    if (scenario.uncertain.size() > 6) text += fmt::format("\n  and {} more", scenario.uncertain.size() - 6);
    text += "\n";
  }
  if (scenario.spec.events.empty()) return;
  text += "\nWhat happens:\n";
  for (const EventSpec& event : scenario.spec.events) {
    text += fmt::format("  {} {}:",
                        event.at         ? event.at->text()
                        : event.per_year ? fmt::format("{:.3g} times a year", *event.per_year)
                                         : "when it is triggered,",
                        event.name);
    for (const EffectSpec& effect : event.effects) {
      static constexpr const char* words[] = {"times", "plus", "set to"};
      text += fmt::format(" {} {} {:g};", effect.target, words[static_cast<int>(effect.kind)],
                          effect.drawn ? effect.drawn->mean() : effect.number);
    }
    if (event.move)
      text += fmt::format(" {:.0f} % of {}'s slots in {} move to {};", 100 * event.move->share,
                          event.move->from, event.move->layer, event.move->to);
    text.back() = '\n';
  }
}

}  // namespace

double tipping_point(std::size_t providers, double kappa) {
  const double J = static_cast<double>(providers), u = math::exp(-kappa);
  return J * (1 + (J - 1) * u) / (2 + (J - 2) * u);
}

std::string describe(const Scenario& scenario) {
  const Calendar calendar(scenario.spec.start, scenario.spec.end, scenario.spec.period);
  std::string text, warnings;
  describe_market(scenario.spec, calendar, text);
  const Trajectory first =
      simulate(Market(first_period_only(scenario.spec)), {.engine = EngineKind::mean_field});
  describe_layers(scenario, first, text);
  describe_segments(scenario, first, text, warnings);
  describe_events(scenario, text);
  return warnings.empty() ? text : text + "\n" + warnings;
}

}  // namespace lockin
