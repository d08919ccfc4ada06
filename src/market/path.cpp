#include "lockin/market/path.hpp"

#include "market/numbers_to_market.hpp"

namespace lockin {
namespace {

template <class Read>
NumberOf<Read> at_dates(const Path::Points& points, double months, bool ratio, const Read& read) {
  const auto& at = points.at;
  if (months <= at.front().first.months()) return read(at.front().second);
  if (months >= at.back().first.months()) return read(at.back().second);
  std::size_t next = 1;
  while (at[next].first.months() <= months) ++next;
  const Date &date0 = at[next - 1].first, &date1 = at[next].first;
  const NumberOf<Read> v0 = read(at[next - 1].second), v1 = read(at[next].second);
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

template <class Read>
NumberOf<Read> path_value(const Path& path, const Calendar& calendar, long t, bool ratio, const Read& read) {
  switch (path.form) {
    case Path::Form::constant:
      return read(path.constant);
    case Path::Form::points:
      return at_dates(path.points, static_cast<double>(calendar.months_at(t)), ratio, read);
    case Path::Form::growth:
      return read(path.growth.start) *
             math::pow(1 + read(path.growth.growth_per_year), static_cast<double>(t) / calendar.per_year());
    case Path::Form::releases:
      break;
  }
  return read(path.releases.start);
}
template double path_value(const Path&, const Calendar&, long, bool, const Plain&);
template Dual path_value(const Path&, const Calendar&, long, bool, const By&);

double Path::value(const Calendar& calendar, long t, bool ratio) const {
  return path_value(*this, calendar, t, ratio, Plain{});
}

}  // namespace lockin
