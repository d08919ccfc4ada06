#include "lockin/market/calendar.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace lockin {
namespace {

// Digits only: "20 25" or "+2025" is no year.
std::optional<int> number(std::string_view text) {
  int value = 0;
  if (text.empty() || text.size() > 4) return std::nullopt;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

}  // namespace

int periods_per_year(PeriodLength length) {
  return length == PeriodLength::year ? 1 : length == PeriodLength::quarter ? 4 : 12;
}

std::optional<Date> Date::parse(std::string_view text) {
  if (text.size() < 4) return std::nullopt;
  const auto year = number(text.substr(0, 4));
  if (!year || *year < 1) return std::nullopt;
  const std::string_view rest = text.substr(4);
  if (rest.empty()) return Date{*year, 0, PeriodLength::year};
  if (rest.size() == 2 && rest[0] == 'Q' && rest[1] >= '1' && rest[1] <= '4')
    return Date{*year, 3 * (rest[1] - '1'), PeriodLength::quarter};
  if (rest.size() == 3 && rest[0] == '-') {
    const auto month = number(rest.substr(1));
    if (month && *month >= 1 && *month <= 12) return Date{*year, *month - 1, PeriodLength::month};
  }
  return std::nullopt;
}

std::string Date::text() const {
  switch (precision) {
    case PeriodLength::year:
      return fmt::format("{:04}", year);
    case PeriodLength::quarter:
      return fmt::format("{:04}Q{}", year, month / 3 + 1);
    case PeriodLength::month:
      break;
  }
  return fmt::format("{:04}-{:02}", year, month + 1);
}

Calendar::Calendar(Date start, Date end, PeriodLength length) : length_(length) {
  const int per = periods_per_year(length);
  const auto finer = [&](Date date) { return periods_per_year(date.precision) > per; };
  if (finer(start) || finer(end))
    throw std::invalid_argument("a date of the horizon is finer than the period");
  start_months_ = start.months();
  const long end_months = end.months() + 12 / periods_per_year(end.precision);
  if (end_months <= start_months_) throw std::invalid_argument("the horizon ends before it starts");
  size_ = static_cast<std::size_t>((end_months - start_months_) * per / 12);
  if (size_ > max_periods)
    throw std::invalid_argument(
        fmt::format("the horizon has {} periods, at most {} are allowed", size_, max_periods));
}

long Calendar::period_of(Date date) const {
  const long months = 12 / per_year();
  const long distance = date.months() - start_months_;
  return distance >= 0 ? distance / months : -((-distance + months - 1) / months);
}

std::string Calendar::label(long t) const {
  const long months = months_at(t);
  return Date{static_cast<int>(months / 12), static_cast<int>(months % 12), length_}.text();
}

}  // namespace lockin
