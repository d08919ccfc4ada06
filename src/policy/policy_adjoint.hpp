#pragma once

#include <vector>

#include "lockin/market/aggregates.hpp"
#include "lockin/policy/parameter_paths.hpp"
#include "market/market_adjoint.hpp"

namespace lockin {

/// Pulls derivatives by the parameters of periods, the last first, back to paths, processes and events.
class PathsPullBack {
 public:
  /// @param paths after the last period of a run without draws; must outlive this
  explicit PathsPullBack(const ParameterPaths& paths);
  /// Derivatives by the parameters of period t.
  /// @param triggered events with a trigger take part; not where the opening is measured
  void pull_back(long t, bool triggered, const PeriodParameters& by_parameter, MarketAdjoint& by_market);
  /// From the levels of period t to those of t - 1; at t = 0 to where they start. After all of t is pulled back.
  void step_back(long t, MarketAdjoint& by_market);

 private:
  struct Change {  // an effect of an event on a parameter
    std::size_t event = 0, effect = 0;
  };
  struct Step {
    Change change;
    double strength = 0, before = 0;
  };
  // Steps back through the changes of a value, or of its pace, in period t.
  double pull_back_changes(std::size_t parameter, bool of_value, double value, long t, bool triggered,
                           double by, MarketAdjoint& by_market);

  const ParameterPaths& paths_;
  std::vector<double> by_level_;              // of growing paths and processes, at period t
  std::vector<std::vector<Change>> changes_;  // by parameter
  std::vector<std::vector<double>> levels_;   // [parameter][period]
  std::vector<Step> steps_;
};

/// Pulls derivatives by prices after learning curves back to those before, to volumes and to the curves.
class LearningPullBack {
 public:
  /// @param parameters by period, after the policies; @param last aggregates by period, the opening first
  LearningPullBack(const Market& market, std::vector<const PeriodParameters*> parameters,
                   std::vector<const Aggregates*> last);
  /// Period t, from the last to t = 0. @param by_parameter changes from after to before
  void pull_back(long t, PeriodParameters& by_parameter, Aggregates& by_last, MarketAdjoint& by_market);

 private:
  struct Place {  // a curve in a layer
    std::size_t curve = 0;
    LayerId layer;
    std::vector<double> volumes, cumulated;  // by period: of t - 1, and X(t - 1)
    double by_cumulated = 0, by_opening = 0;
  };
  const Market& market_;
  std::vector<const PeriodParameters*> parameters_;
  std::vector<const Aggregates*> last_;
  std::vector<Place> places_;
};

}  // namespace lockin
