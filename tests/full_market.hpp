#pragma once

#include "lockin/market/market.hpp"

namespace lockin::test {

inline Date quarter(int year, int q) { return {year, 3 * (q - 1), PeriodLength::quarter}; }

/// A market with everything that engines know: two layers, stages, tokens, multi-homing, affinity, network effects,
/// adoption, entry and exit, size and taste classes, a launch, a withdrawal, moves, totals. Twelve quarters from 2025 on.
inline MarketSpec full_spec() {
  MarketSpec spec;
  spec.currency = "CNY bn";
  spec.start = quarter(2025, 1);
  spec.end = quarter(2027, 4);
  spec.size = MarketSizeSpec{{{2024, 90.0}, {2026, 150.0}}, 0.2};

  LayerSpec iaas;
  iaas.name = "iaas";
  iaas.share = Annual{{2024, 0.8}, {2027, 0.6}};
  iaas.slots = 2;
  iaas.stages = 3;
  iaas.advance_per_year = 0.8;
  iaas.curve_tau = 1.5;
  iaas.opening = {0.1, 0.2, 0.3, 0.4};
  LayerSpec maas;
  maas.name = "maas";
  maas.token_unit = true;
  maas.stages = 2;
  maas.advance_per_year = Path(Path::Points{{{quarter(2025, 1), 0.9}, {quarter(2026, 4), 0.5}}, {}});
  spec.layers = {iaas, maas};

  const auto offer = [](double share, double appeal) {
    OfferSpec of;
    of.share = share;
    of.appeal = Path(appeal);
    return of;
  };
  const auto model = [&](double share, double appeal, double price) {
    OfferSpec of = offer(share, appeal);
    of.price_per_million_tokens = Path(Path::Growth{price, -0.3});
    return of;
  };
  ProviderSpec a{"a", "Alpha", {{"iaas", offer(0.5, 0.3)}, {"maas", model(0.4, 0.0, 4.0)}}, {}};
  ProviderSpec b{"b", "Beta", {{"iaas", offer(0.3, 0.0)}, {"maas", model(0.4, 0.2, 3.0)}}, {}};
  ProviderSpec c{"c", "Gamma", {{"maas", model(0.2, 0.4, 2.0)}}, {}};
  ProviderSpec d{"d", "Delta", {{"iaas", offer(0.2, -0.2)}}, {}};
  ProviderSpec e{"e", "Epsilon", {{"iaas", offer(0.0, 0.5)}, {"maas", model(0.0, 0.1, 1.0)}}, {}};
  a.offers[0].second.share = Keyed<double>{{{"big", 0.6}, {"small", 0.4}}};
  b.offers[0].second.share_is_rest = true;
  c.offers[0].second.withdraw = quarter(2026, 3);
  e.offers[0].second.launch = quarter(2025, 3);
  e.offers[1].second.launch = quarter(2025, 2);
  spec.providers = {a, b, c, d, e};

  SegmentSpec big;
  big.name = "big";
  big.customers = 700;
  big.entry_per_year = 0.1;
  big.exit_per_year = 0.08;
  big.size = {SizeSpec::Spread::pareto, 1.4, 3, 0.3};
  big.taste_classes = {{0.5, 2.0, {}, 1.2}, {0.5, 0.5, 1.5, {}}};
  big.re_evaluate_per_year = Keyed<Path>{{{"iaas", 0.4}, {"maas", 0.8}}};
  big.switching_cost = Keyed<SwitchingCostSpec>{{{"iaas", {0.5, Path(2.5)}}, {"maas", {0.2, Path(0.8)}}}};
  big.affinity = {{"iaas", "maas", 0.6}, {"maas", "iaas", 1.0}, {"iaas", "iaas", -0.5}};
  big.multi_home = {{"iaas", 0.4, 0.7}};
  big.private_share = 0.3;

  SegmentSpec small;
  small.name = "small";
  small.customers = 9000;
  small.entry_per_year = 0.3;
  small.exit_per_year = 0.2;
  small.intensity = Keyed<Path>{{{"iaas", 0.1}, {"maas", Path(Path::Growth{0.2, 0.5})}}};
  small.re_evaluate_per_year = Path(0.6);
  small.switching_cost = SwitchingCostSpec{0.3, Path(1.5)};
  small.adopted = Keyed<double>{{{"iaas", 0.7}, {"maas", 0.2}}};
  small.adopt = Keyed<AdoptSpec>{{{"iaas", {0.3, 0.2}}, {"maas", {0.1, 0.6}}}};
  small.network = Keyed<Path>{{{"maas", 0.9}}};
  spec.segments = {big, small};

  EventSpec merger;
  merger.name = "merger";
  merger.at = quarter(2025, 4);
  merger.move = MoveSpec{"iaas", "d", "a", 0.4, "", true};
  EventSpec sale;
  sale.name = "sale";
  sale.at = quarter(2025, 4);
  sale.move = MoveSpec{"iaas", "d", "b", 0.3, "small", false};
  EventSpec loss;
  loss.name = "loss";
  loss.at = quarter(2026, 2);
  loss.move = MoveSpec{"maas", "c", "b", 0.25, "", false};
  EventSpec rules;
  rules.name = "rules";
  rules.at = quarter(2026, 4);
  rules.ramp_months = 6;
  rules.effects = {{EffectSpec::Kind::scale, "portability", 0.5}};
  spec.events = {merger, sale, loss, rules};
  return spec;
}

/// The full market with segments that do not meet: no network effect.
inline MarketSpec separate_spec() {
  MarketSpec spec = full_spec();
  for (SegmentSpec& segment : spec.segments) segment.network = {};
  return spec;
}

/// The market with one provider more, at a place in their order, that nobody would take.
inline MarketSpec with_unwanted_provider(MarketSpec spec, std::ptrdiff_t place) {
  OfferSpec unwanted;
  unwanted.appeal = Path(-1e9);
  OfferSpec unwanted_model = unwanted;
  unwanted_model.price_per_million_tokens = Path(1.0);
  spec.providers.insert(spec.providers.begin() + place,
                        ProviderSpec{"nobody", "", {{"iaas", unwanted}, {"maas", unwanted_model}}, {}});
  return spec;
}

/// The market with one segment more, "others": a copy of the second before it.
inline MarketSpec with_another_segment(MarketSpec spec) {
  const SegmentSpec others = spec.segments[1];
  spec.segments.insert(spec.segments.begin() + 1, others);
  spec.segments[1].name = "others";
  return spec;
}

}  // namespace lockin::test
