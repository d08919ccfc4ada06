#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "lockin/market/ids.hpp"

namespace lockin {

/// Length of a period; rates are per year, whatever it is.
enum class PeriodLength { year, quarter, month };

/// Longest horizon: what is longer is refused before anything is allocated.
inline constexpr std::size_t max_periods = 2400;

/// Periods in a year: 1, 4 or 12.
[[nodiscard]] int periods_per_year(PeriodLength length);

/// A year, a quarter or a month: `2025`, `2025Q1`, `2025-01`.
struct Date {
  int year = 0;                                 ///< 1..9999
  int month = 0;                                ///< first month, 0..11
  PeriodLength precision = PeriodLength::year;  ///< how much time the date covers

  /// Reads `2025`, `2025Q1` or `2025-01`; nothing if the text is none of these. Years 1..9999.
  static std::optional<Date> parse(std::string_view text);
  /// Months since year 0 of its first month: what orders dates.
  [[nodiscard]] int months() const { return year * 12 + month; }
  /// The text that `parse` reads back.
  [[nodiscard]] std::string text() const;
  bool operator==(const Date&) const = default;
};

/// The simulated periods: t = 0 .. size() - 1.
class Calendar {
 public:
  Calendar() = default;
  /// A coarse `start` means its first period, a coarse `end` its last.
  /// @throws std::invalid_argument if a date is finer than the period, the end comes before the start, or there are more
  /// than `max_periods`.
  Calendar(Date start, Date end, PeriodLength length);

  /// Number of periods.
  [[nodiscard]] std::size_t size() const { return size_; }
  /// Length of a period.
  [[nodiscard]] PeriodLength length() const { return length_; }
  /// P, periods in a year: 1, 4 or 12.
  [[nodiscard]] int per_year() const { return periods_per_year(length_); }
  /// Months since year 0 at which period t begins; t may lie outside the horizon.
  [[nodiscard]] long months_at(long t) const { return start_months_ + t * (12 / per_year()); }
  /// Period in which a date begins, counted from t = 0; negative before the horizon.
  [[nodiscard]] long period_of(Date date) const;
  /// `2025`, `2025Q1` or `2025-01`; t = -1 is the period before the first (the opening).
  [[nodiscard]] std::string label(long t) const;
  /// The same for a period of the horizon.
  [[nodiscard]] std::string label(Period t) const { return label(static_cast<long>(t.value)); }
  /// Year in which period t begins; t may lie outside the horizon.
  [[nodiscard]] int year_of(long t) const { return static_cast<int>(months_at(t) / 12); }
  /// Place of period t in its year, 0 .. per_year() - 1.
  [[nodiscard]] int place_in_year(long t) const {
    return static_cast<int>(months_at(t) % 12) * per_year() / 12;
  }

 private:
  long start_months_ = 0;
  std::size_t size_ = 0;
  PeriodLength length_ = PeriodLength::quarter;
};

}  // namespace lockin
