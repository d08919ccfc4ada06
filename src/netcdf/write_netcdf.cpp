#include "lockin/netcdf/write_netcdf.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>

#include "netcdf/coordinates.hpp"
#include "netcdf/netcdf_file.hpp"
#include "netcdf/quantity.hpp"

namespace lockin {
namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();

class EnsembleWriter {
 public:
  EnsembleWriter(const Ensemble& ensemble, const RunRecord& record, const std::filesystem::path& path,
                 const NetcdfOptions& options)
      : ensemble_(ensemble),
        record_(record),
        options_(options),
        file_(path),
        quantities_(quantities_of(ensemble, record.currency)) {}

  void write() {
    write_attributes(file_, ensemble_, record_);
    axes_ = write_coordinates(file_, ensemble_);
    for (const Quantity& of : quantities_) {
      write_bands(of);
      pause();
    }
    for (const bool by_year : {false, true}) write_ranks(by_year);
    file_.flush();
    if (options_.replications != nullptr) write_replications();
    file_.close();
  }

 private:
  void pause() const {
    if (options_.between_blocks) options_.between_blocks();
  }
  [[nodiscard]] std::vector<Dimension> dimensions(const std::vector<Axis>& axes) const {
    std::vector<Dimension> result;
    result.reserve(axes.size());
    for (const Axis axis : axes) result.push_back(axes_.at(axis));
    return result;
  }

  int write_numbers(const Quantity& of, const std::string& name, const std::vector<Axis>& axes,
                    std::span<const double> values);
  void describe(int variable, const Quantity& of, const std::string& what, const std::string& method);
  void write_bands(const Quantity& of);
  void write_ranks(bool by_year);
  void write_replications();
  void write_draws(Dimension replication);

  const Ensemble& ensemble_;
  const RunRecord& record_;
  const NetcdfOptions& options_;
  NetcdfFile file_;
  std::vector<Quantity> quantities_;
  Axes axes_;
};

// `method` is how it is made of the replications, after CF; empty: CF has no word for it.
void EnsembleWriter::describe(int variable, const Quantity& of, const std::string& what,
                              const std::string& method) {
  const bool by_year = of.axes[0] == Axis::year;
  file_.attribute(variable, "long_name", what + of.long_name);
  file_.attribute(variable, "units", of.units);
  std::string methods;
  if (!of.over_time.empty()) methods = (by_year ? "year: " : "time: ") + of.over_time;
  if (!method.empty()) methods += (methods.empty() ? "" : " ") + method;
  file_.attribute(variable, "cell_methods", methods);
  std::string labels = by_year ? "" : "period";
  if (std::ranges::find(of.axes, Axis::provider) != of.axes.end())
    labels += (labels.empty() ? "" : " ") + std::string("provider_name");
  file_.attribute(variable, "coordinates", labels);
}

int EnsembleWriter::write_numbers(const Quantity& of, const std::string& name, const std::vector<Axis>& axes,
                                  std::span<const double> values) {
  const std::vector<Dimension> shape = dimensions(axes);
  const int variable = file_.numbers(of.name + name, shape, shape[0].size);
  file_.put(variable, 0, shape[0].size, shape, values);
  return variable;
}

void EnsembleWriter::write_bands(const Quantity& of) {
  std::vector<double> mean, se, sd, quantiles;
  for (const std::size_t place : of.places) {
    const Summary at =
        ensemble_.summary(place).value_or(Summary{0, none, none, none, none, none, none, none, none});
    mean.push_back(at.mean);
    se.push_back(at.se);
    sd.push_back(at.sd);
    quantiles.insert(quantiles.end(), {at.q05, at.q25, at.q50, at.q75, at.q95});
  }
  std::vector<Axis> with_quantile = of.axes;
  with_quantile.push_back(Axis::quantile);
  const int variable = write_numbers(of, "", of.axes, mean);
  describe(variable, of, "mean over replications: ", "realization: mean");
  file_.attribute(variable, "ancillary_variables", fmt::format("{0}_se {0}_sd {0}_quantile", of.name));
  describe(write_numbers(of, "_se", of.axes, se), of, "standard error of the mean: ", "");
  describe(write_numbers(of, "_sd", of.axes, sd), of,
           "standard deviation over replications: ", "realization: standard_deviation");
  describe(write_numbers(of, "_quantile", with_quantile, quantiles), of, "quantiles over replications: ", "");
}

void EnsembleWriter::write_ranks(bool by_year) {
  const std::size_t L = ensemble_.names().layers.size(), J = ensemble_.names().providers.size();
  std::vector<MeasureAt> moments;
  if (by_year)
    for (const int year : ensemble_.table().whole_years()) moments.push_back({{}, {}, 0, year});
  else
    for (std::size_t t = 0; t < ensemble_.calendar().size(); ++t)
      moments.push_back({{}, {}, static_cast<long>(t), {}});
  for (const Measure measure :
       {Measure::customer_share, Measure::revenue_share, Measure::token_share, Measure::increment_share}) {
    Quantity of;
    of.name = (by_year ? "annual_" : "") + std::string(name_of(measure)) + "_rank_probability";
    of.long_name = fmt::format("by {}, by {}", name_of(measure), by_year ? "year" : "period");
    of.units = "1";
    of.axes = {by_year ? Axis::year : Axis::time, Axis::layer, Axis::provider, Axis::rank};
    std::vector<double> values;
    for (const MeasureAt& when : moments)
      for (std::size_t l = 0; l <= L; ++l)
        for (std::size_t j = 0; j <= J; ++j)
          for (std::size_t rank = 0; rank < J; ++rank) {
            const RankedMeasure by{l == 0 ? std::nullopt : std::optional(LayerId(l - 1)), measure};
            values.push_back(
                j == 0 ? none : ensemble_.rank_probability(by, when, ProviderId(j - 1), rank).value_or(none));
          }
    if (std::ranges::all_of(values, [](double x) { return std::isnan(x); })) continue;
    describe(write_numbers(of, "", of.axes, values), of, "probability of the rank of a provider ", "");
  }
}

void EnsembleWriter::write_replications() {
  const ReplicationFile& from = *options_.replications;
  const std::size_t width = from.width(), R = static_cast<std::size_t>(from.rows());
  if (width != ensemble_.table().size() || R != ensemble_.replications())
    throw std::invalid_argument("these are not the replications of this ensemble");
  if (R > static_cast<std::size_t>(std::numeric_limits<int>::max()))
    throw std::invalid_argument("more than 2^31 - 1 replications in one file");
  const std::size_t together = std::clamp<std::size_t>(options_.block_bytes / (8 * width), 1, R);
  const Dimension replication = file_.dimension("replication", R);
  std::vector<int> numbers(R);
  std::iota(numbers.begin(), numbers.end(), 0);
  const int coordinate = file_.coordinate("replication", replication, numbers);
  file_.attribute(coordinate, "standard_name", "realization");
  file_.attribute(coordinate, "long_name", "replication, as in draws.csv");
  file_.attribute(coordinate, "units", "1");
  write_draws(replication);
  std::vector<int> variables;
  for (const Quantity& of : quantities_) {
    std::vector<Dimension> shape = dimensions(of.axes);
    shape.insert(shape.begin(), replication);
    variables.push_back(file_.numbers(of.name + "_replication", shape, together));
    describe(variables.back(), of, "by replication: ", "");
  }
  std::vector<double> rows, cells;
  for (std::size_t first = 0; first < R; first += together) {
    const std::size_t n = std::min(together, R - first);
    rows.resize(n * width);
    from.read(first, rows);
    for (std::size_t q = 0; q < quantities_.size(); ++q) {
      const Quantity& of = quantities_[q];
      cells.clear();
      for (std::size_t r = 0; r < n; ++r)
        for (const std::size_t place : of.places)
          cells.push_back(place < width ? rows[r * width + place] : none);
      std::vector<Dimension> shape = dimensions(of.axes);
      shape.insert(shape.begin(), replication);
      file_.put(variables[q], first, n, shape, cells);
      pause();
    }
    file_.flush();
  }
}

void EnsembleWriter::write_draws(Dimension replication) {
  const std::vector<UncertainNumber>& uncertain = ensemble_.uncertain();
  std::vector<int> failed(replication.size, 0);
  for (const FailedReplication& one : ensemble_.failed()) failed[one.replication] = 1;
  file_.attribute(file_.coordinate("failed", replication, failed), "long_name",
                  "1 for a replication that failed: it has no values");
  if (uncertain.empty()) return;
  std::vector<std::string> keys;
  keys.reserve(uncertain.size());
  for (const UncertainNumber& one : uncertain) keys.push_back(one.key);
  std::vector<double> draws;
  for (std::size_t r = 0; r < replication.size; ++r)
    draws.insert(draws.end(), ensemble_.draws(r).begin(), ensemble_.draws(r).end());
  const Dimension key = file_.dimension("uncertain_number", keys.size());
  file_.attribute(file_.coordinate("uncertain_number", key, keys), "long_name", "key in the scenario");
  file_.attribute(file_.coordinate("draw", {replication, key}, draws), "long_name",
                  "uncertain number of the replication, in the unit of its key");
}

}  // namespace

void write_netcdf(const Ensemble& ensemble, const RunRecord& record, const std::filesystem::path& path,
                  const NetcdfOptions& options) {
  EnsembleWriter(ensemble, record, path, options).write();
}

}  // namespace lockin
