#include "lockin/analysis/variance_split.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "ensemble/replication_runner.hpp"

namespace lockin {
namespace {

// One draw's share in the estimates of a measure: its mean, and the mean squares within it.
struct OfDraw {
  double mean = 0, between_shocks = 0, between_customers = 0;
};

// The histories of one draw: [shocks][customers].
OfDraw of_draw(std::span<const double> values, const NestedDesign& design) {
  const double S = static_cast<double>(design.shocks), C = static_cast<double>(design.customers);
  OfDraw of;
  double squares = 0;
  Moments means;
  for (std::size_t s = 0; s < design.shocks; ++s) {
    Moments one;
    for (const double y : values.subspan(s * design.customers, design.customers)) one.add(y);
    squares += one.squares();
    means.add(one.mean());
  }
  of.mean = means.mean();
  of.between_shocks = C * means.squares() / (S - 1);
  of.between_customers = design.customers > 1 ? squares / (S * (C - 1)) : 0;
  return of;
}

// Components of variance from the sums over draws: of the means, and of the mean squares.
struct Sums {
  double n = 0, mean = 0, squares = 0, shocks = 0, customers = 0;
};
std::array<double, 3> components(const Sums& sums, const NestedDesign& design) {
  const double S = static_cast<double>(design.shocks), C = static_cast<double>(design.customers);
  const double shocks = sums.shocks / sums.n, customers = sums.customers / sums.n;
  const double means = (sums.squares - sums.mean * sums.mean / sums.n) / (sums.n - 1);
  return {means - shocks / (S * C), (shocks - customers) / C, customers};
}

VarianceParts parts_of(std::span<const OfDraw> draws, const NestedDesign& design) {
  VarianceParts parts;
  double centre = 0;  // the sums are of differences from it, so that squares do not cancel
  for (const OfDraw& of : draws) centre += of.mean / static_cast<double>(draws.size());
  const auto add = [&](Sums& to, const OfDraw& of, double sign) {
    const double x = of.mean - centre;
    to.n += sign;
    to.mean += sign * x;
    to.squares += sign * x * x;
    to.shocks += sign * of.between_shocks;
    to.customers += sign * of.between_customers;
  };
  Sums all;
  for (const OfDraw& of : draws) add(all, of, 1);
  const std::array<double, 3> whole = components(all, design);
  std::array<Moments, 3> without;
  for (const OfDraw& of : draws) {
    Sums rest = all;
    add(rest, of, -1);
    const std::array<double, 3> one = components(rest, design);
    for (std::size_t i = 0; i < 3; ++i) without[i].add(one[i]);
  }
  const double n = static_cast<double>(draws.size());
  VariancePart* const to[] = {&parts.parameters, &parts.shocks, &parts.customers};
  for (std::size_t i = 0; i < 3; ++i) {
    *to[i] = {whole[i], std::sqrt((n - 1) / n * without[i].squares())};
    parts.total += whole[i];
  }
  return parts;
}

// The ensemble that a split is made of.
struct Nested {
  Nested(const Scenario& given, const NestedDesign& wanted, const EnsembleOptions& of)
      : scenario(given), options(of) {
    options.nested = wanted;
    if (options.engine.value_or(scenario.run.engine) == EngineKind::mean_field)
      options.nested->customers = 1;
    else if (wanted.customers < 2)
      throw std::invalid_argument("a variance is split with 2 histories of customers or more");
    if (wanted.draws < 3 || wanted.shocks < 2)
      throw std::invalid_argument("a variance is split with 3 draws and 2 histories of shocks or more");
    constexpr std::uint64_t most = std::numeric_limits<std::uint32_t>::max();
    if (wanted.draws > most / wanted.shocks / wanted.customers)
      throw std::invalid_argument("more than 2^32 - 1 histories");
    if (!options.replication_file.empty()) throw std::invalid_argument("a split keeps no replications");
    options.replications.reset();
    options.until.reset();
    options.allow_failures = false;
    scenario.run.draw_parameters = scenario.run.draw_shocks = true;
  }
  Scenario scenario;
  EnsembleOptions options;
};

}  // namespace

// Reaches into what it makes.
class VarianceSplitRun {
 public:
  static VarianceSplit run(const Nested& nested);
};

VarianceSplit VarianceSplitRun::run(const Nested& nested) {
  const NestedDesign design = *nested.options.nested;
  const std::size_t each = static_cast<std::size_t>(design.shocks * design.customers);
  const Helpers helpers(nested.options.ranks);
  ReplicationRunner runner(nested.scenario, nested.options);
  EnsembleBuilder builder(nested.scenario, nested.options, runner);
  const std::size_t width = runner.table().size();
  std::vector<std::vector<OfDraw>> draws(width);
  std::vector<double> waiting;  // rows of a draw that is not complete
  EnsembleStatus status{0, runner.replications(), {}};
  const auto after_each = [&] {
    ++status.done;
    return !nested.options.progress || nested.options.progress(status);
  };
  const auto take_draw = [&] {
    std::vector<double> values(each);
    for (std::size_t m = 0; m < width; ++m) {
      for (std::size_t i = 0; i < each; ++i) values[i] = waiting[i * width + m];
      draws[m].push_back(of_draw(values, design));
    }
    waiting.clear();
  };
  Rows rows;
  BlockedRun blocks{runner.replications(), runner.least_block(), runner.chunk(), runner.identity()};
  blocks.run = [&](std::uint64_t first, std::size_t n) {
    const bool stopped = !runner.run(first, n, rows, after_each);
    runner.check_failures();
    builder.add(rows);
    for (std::size_t i = 0; i < rows.sound.size(); ++i) {
      const auto row = rows.row(i);
      waiting.insert(waiting.end(), row.begin(), row.end());
      if (waiting.size() == each * width) take_draw();
    }
    return std::pair(std::uint64_t{rows.sound.size()}, stopped);
  };
  blocks.save = [&](CheckpointWriter& to, std::uint64_t done) {
    runner.save(to, done);
    builder.save(to);
    for (const std::vector<OfDraw>& one : draws)
      for (const OfDraw& of : one) to.numbers(std::array{of.mean, of.between_shocks, of.between_customers});
    to.numbers(waiting);
  };
  blocks.restore = [&](CheckpointReader& from, std::uint64_t done) {
    runner.restore(from, done);
    builder.restore(from);
    from.check_room(done / each * 3 * width + done % each * width);
    for (std::vector<OfDraw>& one : draws) {
      one.resize(done / each);
      for (OfDraw& of : one) {
        std::array<double, 3> numbers{};
        from.numbers(std::span<double>(numbers));
        of = {numbers[0], numbers[1], numbers[2]};
      }
    }
    waiting.resize(done % each * width);
    from.numbers(std::span<double>(waiting));
    status.done = done;
  };
  const std::uint64_t ran = run_blocks(blocks, nested.options);
  VarianceSplit result;
  result.design_ = design;
  result.ensemble_ = builder.finish(runner, ran, 0);
  for (const std::vector<OfDraw>& one : draws) result.parts_.push_back(parts_of(one, design));
  return result;
}

std::optional<VarianceParts> VarianceSplit::of(const MeasureAt& at) const {
  const std::size_t place = ensemble_.table().place(at);
  if (place >= parts_.size() || !std::isfinite(parts_[place].total)) return std::nullopt;
  return parts_[place];
}

VarianceSplit split_variance(const Scenario& scenario, const NestedDesign& design,
                             const EnsembleOptions& options) {
  return VarianceSplitRun::run(Nested(scenario, design, options));
}

void help_split(const Scenario& scenario, const NestedDesign& design, const EnsembleOptions& options) {
  const Nested nested(scenario, design, options);
  help_ensemble(nested.scenario, nested.options);
}

}  // namespace lockin
