#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "lockin/market/market.hpp"
#include "lockin/market/period_parameters.hpp"

namespace lockin {

/// The parameters of one run over time: paths, processes and events (step 1 of a period), before policies.
class ParameterPaths {
 public:
  /// How processes are drawn.
  struct Settings {
    bool draw_shocks = false;       ///< draw releases and recurring events, else their mean
    std::uint64_t seed = 1;         ///< of all random numbers
    std::uint32_t replication = 0;  ///< which history of that seed
  };
  /// Stands before the first period, no trigger yet held. The market must outlive it.
  ParameterPaths(const Market& market, const Settings& settings);

  /// Starts the events whose trigger holds, given what a trigger's measure is at the end of t-1 (nothing: no value).
  void start_triggered(long t, const std::function<std::optional<double>(const TriggerSpec&)>& measure);

  /// Parameters of period t. Periods are asked for in order; the same period may be asked for again.
  /// @throws RunError if a result leaves its range: event, key and period are named; if releases come too often to be drawn
  [[nodiscard]] PeriodParameters at(long t);

  /// First period of effect of an event, by its place in the market, negative before the horizon; nothing: not begun.
  [[nodiscard]] std::optional<long> start(std::size_t event) const { return start_[event]; }

 private:
  friend class PathsPullBack;  // its derivatives
  void step_levels(long t);
  // Growth or releases per year of a path that moves on, after events; the level that they lead to without draws.
  [[nodiscard]] double pace(std::size_t i, long t) const;
  [[nodiscard]] double expected_level(std::size_t i, double before, double pace) const;
  [[nodiscard]] double strength(const Market::Event& event, std::optional<long> start, long t) const;
  // Recurring events: strengths in t of occurrences in all periods, one in each.
  [[nodiscard]] double exposure(const Market::Event& event, long t) const;
  void draw_occurrences(long t);
  // What an effect makes of a value in period t.
  [[nodiscard]] double after_effect(std::size_t event, std::size_t effect, long t, double value) const;

  struct Occurrence {
    long start = 0;
    std::vector<double> numbers;  // by effect
  };
  const Market& market_;
  Settings settings_;
  std::vector<double> level_;  // of growing paths and processes, at period level_period_
  long level_period_ = 0;
  std::vector<std::optional<long>> start_;            // first period of effect of each event
  std::vector<std::vector<Occurrence>> occurrences_;  // of each recurring event, where drawn
};

/// @throws RunError if a parameter is outside its range; `cause` ends the message.
void check_parameter(const Market& market, ParameterId id, double value, long t, const std::string& cause);

}  // namespace lockin
