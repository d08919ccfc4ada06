#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "lockin/market/calendar.hpp"
#include "lockin/random/distribution.hpp"

namespace lockin {

/// How a path goes between two of its dates.
enum class Interpolation { growth, linear, step };

/// A number over time: constant, given at dates, growing at a rate, or rising with releases.
struct Path {
  /// Values given at dates; flat before the first and after the last.
  struct Points {
    std::vector<std::pair<Date, double>> at;  ///< in order of date, at least one
    std::optional<Interpolation>
        interpolation;  ///< default: constant growth for ratios, a straight line for all others
    bool operator==(const Points&) const = default;
  };
  /// `start` at t = 0, then times (1 + growth_per_year)^(1/P) every period.
  struct Growth {
    double start = 1;            ///< value in the first period
    double growth_per_year = 0;  ///< above -1
    bool operator==(const Growth&) const = default;
  };
  /// `start` at t = 0; in every later period a Poisson number of releases with mean per_year / P, each adds a jump.
  struct Releases {
    double start = 1;                            ///< value in the first period
    double per_year = 0;                         ///< mean number of releases, >= 0
    Distribution jump = Distribution::point(0);  ///< what a release adds, drawn anew for each
    bool operator==(const Releases&) const = default;
  };
  /// The four ways of giving a path.
  enum class Form { constant, points, growth, releases };

  Form form = Form::constant;  ///< which of the four below counts
  double constant = 0;         ///< of Form::constant
  Points points;               ///< of Form::points
  Growth growth;               ///< of Form::growth
  Releases releases;           ///< of Form::releases

  Path() = default;
  /// The same value at all times.
  Path(double value) : constant(value) {}  // NOLINT: a number is the plainest path
  /// Values given at dates.
  Path(Points value) : form(Form::points), points(std::move(value)) {}  // NOLINT
  /// Constant growth.
  Path(Growth value) : form(Form::growth), growth(value) {}  // NOLINT
  /// A process of releases.
  Path(Releases value) : form(Form::releases), releases(value) {}  // NOLINT

  /// Value at the start of period t, before events; a process stands at its start.
  /// @param calendar says when the period begins
  /// @param t the period; may lie outside the horizon
  /// @param ratio constant growth between dates where the points do not say; else a straight line
  [[nodiscard]] double value(const Calendar& calendar, long t, bool ratio) const;
  bool operator==(const Path&) const = default;
};

}  // namespace lockin
