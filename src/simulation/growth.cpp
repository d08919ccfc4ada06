#include "lockin/simulation/growth.hpp"

#include <stdexcept>

namespace lockin {
namespace {

double arrived(const Aggregates& now, LayerId l, SegmentId s, ProviderId to) {
  double sum = 0;
  for (std::size_t from = 0; from < now.providers(); ++from) sum += now.switches(l, s, ProviderId(from), to);
  return sum;
}

void part(GrowthParts& parts, GrowthPart which, double change) {
  parts[static_cast<std::size_t>(which)] += change;
}

}  // namespace

std::string_view name_of(GrowthPart part) {
  static constexpr std::string_view names[] = {"new_customers", "switching", "departures", "spend", "price"};
  return names[static_cast<std::size_t>(part)];
}

GrowthParts growth_parts(const Trajectory& path, long t, Measure measure, LayerId layer,
                         ProviderId provider) {
  if (measure != Measure::revenue && measure != Measure::tokens)
    throw std::invalid_argument("growth: of revenue or tokens");
  if (t < 0 || t >= static_cast<long>(path.size())) throw std::out_of_range("growth: no such period");
  const Aggregates& now = path.at(Period(static_cast<std::size_t>(t)));
  const Aggregates& before = t == 0 ? path.opening() : path.at(Period(static_cast<std::size_t>(t - 1)));
  const std::size_t offer = layer.index() * now.providers() + provider.index();
  const double p0 = before.price[offer], p1 = now.price[offer];
  const bool priced = measure == Measure::tokens && p0 > 0 && p1 > 0;
  GrowthParts parts{};
  for (std::size_t i = 0; i < now.segments(); ++i) {
    const SegmentId s(i);
    const auto amount = [&](const Aggregates& at) {
      return measure == Measure::revenue ? at.revenue(layer, s, provider) : at.tokens(layer, s, provider);
    };
    const double c0 = before.customers(layer, s, provider), c1 = now.customers(layer, s, provider);
    if (c0 <= 0 && c1 <= 0) continue;
    // Who had nobody before, or has nobody now, has the spend of the other moment.
    const double r0 = c0 > 0 ? amount(before) / c0 : amount(now) / c1, r1 = c1 > 0 ? amount(now) / c1 : r0;
    const double r = (r0 + r1) / 2, c = (c0 + c1) / 2;
    const double gone = c0 - now.held_before(layer, s, provider);
    part(parts, GrowthPart::new_customers, r * now.new_customers(layer, s, provider));
    part(parts, GrowthPart::switching,
         r * (arrived(now, layer, s, provider) - now.moved(layer, s, provider)));
    part(parts, GrowthPart::departures, -r * gone);
    const double by_price = priced ? c * (r0 * p0 + r1 * p1) / 2 * (1 / p1 - 1 / p0) : 0;
    part(parts, GrowthPart::price, by_price);
    part(parts, GrowthPart::spend, c * (r1 - r0) - by_price);
  }
  return parts;
}

GrowthParts annual_growth_parts(const Trajectory& path, int year, Measure measure, LayerId layer,
                                ProviderId provider) {
  const long per = path.calendar().per_year(),
             first = path.calendar().period_of({year, 0, PeriodLength::year});
  if (first < 0 || path.calendar().place_in_year(first) != 0 || first + per > static_cast<long>(path.size()))
    throw std::out_of_range("growth: no such whole year");
  GrowthParts parts{};
  for (long t = first; t < first + per; ++t) {
    const GrowthParts of = growth_parts(path, t, measure, layer, provider);
    for (std::size_t i = 0; i < parts.size(); ++i) parts[i] += of[i];
  }
  return parts;
}

}  // namespace lockin
