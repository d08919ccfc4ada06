#include "lockin/report/moment.hpp"

#include <algorithm>

namespace lockin {

std::string label_of(const Moment& moment, const Calendar& calendar) {
  switch (moment.kind) {
    case Moment::Kind::opening:
      return "opening";
    case Moment::Kind::year:
      return std::to_string(moment.value);
    case Moment::Kind::period:
      return calendar.label(moment.value);
  }
  return {};
}

std::optional<double> value_at(const Trajectory& path, const Moment& moment, Measure measure,
                               std::string_view layer, std::string_view provider) {
  if (moment.kind == Moment::Kind::year)
    return path.annual_value(static_cast<int>(moment.value), measure, layer, "all", provider);
  return path.value(moment.kind == Moment::Kind::opening ? -1 : moment.value, measure, layer, "all",
                    provider);
}

std::vector<Moment> moments(const Calendar& calendar, const std::vector<int>& years, std::size_t periods) {
  std::vector<Moment> result = {Moment{}};
  const auto size = static_cast<long>(periods);
  if (years.size() < 2 && calendar.length() != PeriodLength::year)
    for (long t = 0; t < size; ++t) result.push_back({Moment::Kind::period, t});
  for (const int year : years) result.push_back({Moment::Kind::year, year});
  const bool ends_within_year = size > 0 && (years.empty() || calendar.year_of(size - 1) != years.back());
  const Moment last = {Moment::Kind::period, size - 1};
  if (ends_within_year && std::ranges::find(result, last) == result.end()) result.push_back(last);
  return result;
}

std::vector<Moment> moments(const Trajectory& path) {
  return moments(path.calendar(), path.whole_years(), path.size());
}

std::vector<Moment> thinned(const std::vector<Moment>& all, std::size_t count) {
  count = std::max<std::size_t>(count, 2);
  if (all.size() <= count) return all;
  std::vector<Moment> result;
  const std::size_t last = all.size() - 1;
  for (std::size_t i = 0; i < count; ++i) result.push_back(all[(i * last + count - 2) / (count - 1)]);
  return result;
}

Moment last_moment(const Trajectory& path) {
  const std::vector<int> years = path.whole_years();
  if (!years.empty()) return {Moment::Kind::year, years.back()};
  if (path.size() > 0) return {Moment::Kind::period, static_cast<long>(path.size()) - 1};
  return {};
}

std::vector<std::size_t> ranking_at(const Trajectory& path, const Moment& moment, Measure measure,
                                    std::string_view layer) {
  const std::vector<std::string>& providers = path.names().providers;
  std::vector<std::pair<double, std::size_t>> valued;
  for (std::size_t j = 0; j < providers.size(); ++j)
    if (const auto value = value_at(path, moment, measure, layer, providers[j]))
      valued.emplace_back(*value, j);
  std::ranges::stable_sort(valued, [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<std::size_t> result;
  result.reserve(valued.size());
  for (const auto& entry : valued) result.push_back(entry.second);
  return result;
}

}  // namespace lockin
