#include "lockin/market/path.hpp"

#include "deterministic_math.hpp"

namespace lockin {
namespace {

double at_dates(const Path::Points& points, double months, bool ratio) {
  const auto& at = points.at;
  if (months <= at.front().first.months()) return at.front().second;
  if (months >= at.back().first.months()) return at.back().second;
  std::size_t next = 1;
  while (at[next].first.months() <= months) ++next;
  const auto& [date0, v0] = at[next - 1];
  const auto& [date1, v1] = at[next];
  const double part = (months - date0.months()) / (date1.months() - date0.months());
  switch (points.interpolation.value_or(ratio ? Interpolation::growth : Interpolation::linear)) {
    case Interpolation::growth:
      return v0 * math::pow(v1 / v0, part);
    case Interpolation::linear:
      return v0 + part * (v1 - v0);
    case Interpolation::step:
      break;
  }
  return v0;
}

}  // namespace

double Path::value(const Calendar& calendar, long t, bool ratio) const {
  switch (form) {
    case Form::constant:
      return constant;
    case Form::points:
      return at_dates(points, static_cast<double>(calendar.months_at(t)), ratio);
    case Form::growth:
      return growth.start *
             math::pow(1 + growth.growth_per_year, static_cast<double>(t) / calendar.per_year());
    case Form::releases:
      break;
  }
  return releases.start;
}

}  // namespace lockin
