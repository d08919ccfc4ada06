#include "netcdf/coordinates.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <numeric>

namespace lockin {
namespace {

constexpr std::array quantile_levels{0.05, 0.25, 0.5, 0.75, 0.95};

std::vector<std::string> all_and(const std::vector<std::string>& names) {
  std::vector<std::string> result{"all"};
  result.insert(result.end(), names.begin(), names.end());
  return result;
}

double days_at(const Calendar& calendar, long t) {
  const long months = calendar.months_at(t);
  const std::chrono::year_month_day first{std::chrono::year(static_cast<int>(months / 12)),
                                          std::chrono::month(static_cast<unsigned>(months % 12) + 1),
                                          std::chrono::day(1)};
  return static_cast<double>(std::chrono::sys_days(first).time_since_epoch().count());
}

Dimension write_time(NetcdfFile& file, const Calendar& calendar) {
  std::vector<double> begins, bounds;
  std::vector<std::string> labels;
  for (long t = 0; t < static_cast<long>(calendar.size()); ++t) {
    begins.push_back(days_at(calendar, t));
    bounds.insert(bounds.end(), {days_at(calendar, t), days_at(calendar, t + 1)});
    labels.push_back(calendar.label(t));
  }
  const Dimension time = file.dimension("time", calendar.size());
  const int variable = file.coordinate("time", {time}, begins);
  file.attribute(variable, "standard_name", "time");
  file.attribute(variable, "long_name", "beginning of the period");
  file.attribute(variable, "units", "days since 1970-01-01");
  // Before it the standard calendar is Julian, and these days are not.
  file.attribute(variable, "calendar", calendar.year_of(0) > 1582 ? "standard" : "proleptic_gregorian");
  file.attribute(variable, "axis", "T");
  file.attribute(variable, "bounds", "time_bounds");
  (void)file.coordinate("time_bounds", {time, file.dimension("bound", 2)}, bounds);
  file.attribute(file.coordinate("period", time, labels), "long_name", "label of the period");
  return time;
}

}  // namespace

Axes write_coordinates(NetcdfFile& file, const Ensemble& ensemble) {
  Axes axes;
  const MarketNames& names = ensemble.names();
  axes[Axis::time] = write_time(file, ensemble.calendar());
  if (const std::vector<int> years = ensemble.table().whole_years(); !years.empty()) {
    axes[Axis::year] = file.dimension("year", years.size());
    file.attribute(file.coordinate("year", axes[Axis::year], years), "long_name",
                   "year that the horizon covers whole");
  }
  const auto named = [&](Axis axis, const char* name, const char* long_name,
                         const std::vector<std::string>& values) {
    axes[axis] = file.dimension(name, values.size());
    file.attribute(file.coordinate(name, axes[axis], values), "long_name", long_name);
  };
  named(Axis::layer, "layer", "product layer", all_and(names.layers));
  named(Axis::segment, "segment", "segment of customers", all_and(names.segments));
  named(Axis::provider, "provider", "provider", all_and(names.providers));
  named(Axis::from, "from_provider", "provider that customers left", names.providers);
  named(Axis::to, "to_provider", "provider that customers went to", names.providers);
  file.attribute(file.coordinate("provider_name", axes[Axis::provider], all_and(names.display_names)),
                 "long_name", "name of the provider");
  std::vector<int> ranks(names.providers.size());
  std::iota(ranks.begin(), ranks.end(), 1);
  axes[Axis::rank] = file.dimension("rank", ranks.size());
  file.attribute(file.coordinate("rank", axes[Axis::rank], ranks), "long_name", "rank, 1 is the largest");
  axes[Axis::quantile] = file.dimension("quantile", quantile_levels.size());
  const int quantile = file.coordinate("quantile", {axes[Axis::quantile]}, quantile_levels);
  file.attribute(quantile, "long_name", "probability of a value that is not larger");
  file.attribute(quantile, "units", "1");
  return axes;
}

void write_attributes(NetcdfFile& file, const Ensemble& ensemble, const RunRecord& record) {
  const auto text = [&](const char* name, const std::string& value) {
    file.attribute(NetcdfFile::whole_file, name, value);
  };
  const auto number = [&](const char* name, std::uint64_t value) {
    file.attribute(NetcdfFile::whole_file, name, static_cast<std::int64_t>(value));
  };
  text("Conventions", "CF-1.10");
  text("title", record.title);
  text("source", "lockin " + record.version);
  text("history", fmt::format("lockin {}: ensemble of {} replications of {}", record.version,
                              ensemble.replications(), record.scenario));
  text("scenario", record.scenario);
  text("scenario_hash", hash_of(record.resolved));
  text("resolved_scenario", record.resolved);
  text("currency", record.currency);
  text("engine", record.engine);
  number("seed", record.seed);
  number("replications", ensemble.replications());
  number("failed_replications", ensemble.failed().size());
  number("quantiles_of", ensemble.quantiles_of());
  if (record.customers) number("customers", *record.customers);
  text("uncertain_numbers", ensemble.drew_parameters() ? "drawn" : "at their means");
  text("shocks", ensemble.drew_shocks() ? "drawn" : "at their means");
  text("design", record.design);
}

}  // namespace lockin
