#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lockin/simulation/trajectory.hpp"

namespace lockin {

/// What a column of a report stands for: the opening state, a whole year, or a single period.
struct Moment {
  /// The three of them.
  enum class Kind { opening, year, period };
  Kind kind = Kind::opening;  ///< which of them
  long value = -1;            ///< the year, or t of the period

  bool operator==(const Moment&) const = default;
};

/// `opening`, `2030`, or the period's label `2030Q4`.
[[nodiscard]] std::string label_of(const Moment& moment, const Calendar& calendar);

/// Value of a measure at a moment, all segments together; names as in `Trajectory::value`.
[[nodiscard]] std::optional<double> value_at(const Trajectory& path, const Moment& moment, Measure measure,
                                             std::string_view layer, std::string_view provider);

/// The opening and every whole year. Where fewer than two years are whole: the opening, every period, and the year if one
/// is whole. Where the horizon ends within a year: its last period too.
[[nodiscard]] std::vector<Moment> moments(const Trajectory& path);

/// The same from a calendar, the years that are whole and the number of periods.
[[nodiscard]] std::vector<Moment> moments(const Calendar& calendar, const std::vector<int>& whole_years,
                                          std::size_t periods);

/// At most `count` of them (at least 2): the first, the last, and the others at even distances, near the latter end.
[[nodiscard]] std::vector<Moment> thinned(const std::vector<Moment>& all, std::size_t count);

/// The moment that an answer is about: the last whole year, else the last period, else the opening.
[[nodiscard]] Moment last_moment(const Trajectory& path);

/// Providers that have a value at the moment, largest first; ties: the earlier provider.
[[nodiscard]] std::vector<std::size_t> ranking_at(const Trajectory& path, const Moment& moment,
                                                  Measure measure, std::string_view layer);

}  // namespace lockin
