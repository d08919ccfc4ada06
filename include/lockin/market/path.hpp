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
    double start = 1;
    double growth_per_year = 0;  ///< above -1
    bool operator==(const Growth&) const = default;
  };
  /// `start` at t = 0; in every later period a Poisson number of releases with mean per_year / P, each adds a jump.
  struct Releases {
    double start = 1;
    double per_year = 0;  ///< >= 0
    Distribution jump = Distribution::point(0);
    bool operator==(const Releases&) const = default;
  };
  enum class Form { constant, points, growth, releases };

  Form form = Form::constant;
  double constant = 0;
  Points points;
  Growth growth;
  Releases releases;

  Path() = default;
  Path(double value) : constant(value) {}  // NOLINT: a number is the plainest path
  Path(Points value) : form(Form::points), points(std::move(value)) {}  // NOLINT
  Path(Growth value) : form(Form::growth), growth(value) {}             // NOLINT
  Path(Releases value) : form(Form::releases), releases(value) {}       // NOLINT

  /// Value at the start of period t, before events; a process stands at its start. @param ratio: default interpolation.
  [[nodiscard]] double value(const Calendar& calendar, long t, bool ratio) const;
  bool operator==(const Path&) const = default;
};

}  // namespace lockin
