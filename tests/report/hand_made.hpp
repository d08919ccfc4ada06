#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "lockin/simulation/trajectory.hpp"

namespace lockin::testing {

/// Revenue of the providers of a one-layer market in each period, the opening first; nothing else is known of it.
inline Trajectory revenue_history(std::vector<std::string> names,
                                  const std::vector<std::vector<double>>& revenue,
                                  const char* start = "2025Q1", PeriodLength length = PeriodLength::quarter) {
  const std::size_t providers = names.size();
  const auto state = [&](const std::vector<double>& of) {
    Aggregates a(1, 1, providers);
    for (std::size_t j = 0; j < providers; ++j) {
      a.revenue(LayerId(0), SegmentId(0), ProviderId(j)) = of.at(j);
      a.customers(LayerId(0), SegmentId(0), ProviderId(j)) = of.at(j);
    }
    a.sold.assign(providers, 1.0);
    a.present = {1000};
    return a;
  };
  const Date first = *Date::parse(start);
  const Calendar only_start(first, first, length);
  const Date last = *Date::parse(only_start.label(static_cast<long>(revenue.size()) - 2));
  std::vector<Aggregates> periods;
  for (std::size_t t = 1; t < revenue.size(); ++t) periods.push_back(state(revenue[t]));
  MarketNames market{.layers = {"iaas"},
                     .segments = {"everyone"},
                     .providers = names,
                     .display_names = names,
                     .token_layer = {false}};
  return Trajectory(std::move(market), Calendar(first, last, length), state(revenue.front()),
                    std::move(periods));
}

/// Two layers (maas: tokens), two segments, three providers of which `c` sells no iaas; 2025Q1..2026Q2, so one whole
/// year and a half. Revenue in iaas: a 30 and b 10 a segment and period; in maas: b 4, c 4 + t. Tokens: twice the
/// revenue of maas. In each period 5 iaas customers of a in each segment move to b.
inline Trajectory two_layers() {
  const auto state = [](long t) {
    Aggregates x(2, 2, 3);
    const LayerId iaas(0), maas(1);
    const ProviderId a(0), b(1), c(2);
    for (const std::size_t s : {0u, 1u}) {
      const SegmentId segment(s);
      x.customers(iaas, segment, a) = 75;
      x.customers(iaas, segment, b) = 25;
      x.customers(maas, segment, b) = 10;
      x.customers(maas, segment, c) = 30;
      x.revenue(iaas, segment, a) = 30;
      x.revenue(iaas, segment, b) = 10;
      x.revenue(maas, segment, b) = 4;
      x.revenue(maas, segment, c) = 4 + static_cast<double>(t);
      x.tokens(maas, segment, b) = 8;
      x.tokens(maas, segment, c) = 8 + 2 * static_cast<double>(t);
      x.stage_sum(iaas, segment, a) = 150;
      x.cost_sum(iaas, segment, a) = 0.1 * 75;
      if (t < 0) continue;
      x.moved(iaas, segment, a) = 5;
      x.held_before(iaas, segment, a) = 50;
      x.held_before(iaas, segment, b) = 50;
      x.switches(iaas, segment, a, b) = 5;
    }
    x.sold = {1, 1, 0, 0, 1, 1};
    x.present = {100, 100};
    return x;
  };
  std::vector<Aggregates> periods;
  for (long t = 0; t < 6; ++t) periods.push_back(state(t));
  MarketNames names{.layers = {"iaas", "maas"},
                    .segments = {"large", "small"},
                    .providers = {"a", "b", "c"},
                    .display_names = {"Alpha", "Beta", "伽马云"},
                    .token_layer = {false, true}};
  return Trajectory(std::move(names),
                    Calendar(*Date::parse("2025Q1"), *Date::parse("2026Q2"), PeriodLength::quarter),
                    state(-1), std::move(periods));
}

/// Lines of a text, without their ends.
inline std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> result;
  std::size_t start = 0;
  while (start < text.size()) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    result.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return result;
}

}  // namespace lockin::testing
