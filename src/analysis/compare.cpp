#include "lockin/analysis/compare.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <stdexcept>

#include "ensemble/replication_runner.hpp"

namespace lockin {
namespace {

template <class Id>
std::optional<Id> of_name(const std::vector<std::string>& names, const std::string& name) {
  const auto found = std::find(names.begin(), names.end(), name);
  return found == names.end() ? std::nullopt
                              : std::optional(Id(static_cast<std::size_t>(found - names.begin())));
}

// Where each number of one scenario stands in another: size() where it does not.
std::vector<std::size_t> places_in(const ReplicationRunner& other, const ReplicationRunner& one) {
  const MarketNames &from = one.like().names(), &to = other.like().names();
  std::vector<std::size_t> places;
  for (MeasureAt at : one.table().measures()) {
    bool there = true;
    const auto translate = [&](auto& id, const auto& names, const auto& others) {
      if (!id) return;
      id = of_name<std::remove_reference_t<decltype(*id)>>(others, names[id->index()]);
      there = there && id;
    };
    translate(at.key.layer, from.layers, to.layers);
    translate(at.key.segment, from.segments, to.segments);
    translate(at.key.provider, from.providers, to.providers);
    places.push_back(there ? other.table().place(at) : other.table().size());
  }
  return places;
}

// Of one scenario, as it runs beside the others.
struct Lane {
  Lane(const Scenario& scenario, const EnsembleOptions& options, std::size_t number)
      : runner(scenario, options, number), builder(scenario, options, runner) {}
  ReplicationRunner runner;
  EnsembleBuilder builder;
  Rows rows;
};

// What a scenario's numbers are less those of the first.
// Of a measure: a pair whose difference is less differs by rounding errors of sums only, and is neither above nor below.
constexpr double rounding = 1e-12;

struct Pairing {
  Pairing(const Lane& first, const Lane& other, const EnsembleOptions& options)
      : places(places_in(other.runner, first.runner)),
        differences(places.size(), options.most_stored_bytes, first.runner.threads(),
                    first.runner.replications()),
        greater(places.size(), 0),
        one(places.size()),
        two(places.size()) {}

  void save(CheckpointWriter& to) const {
    differences.save(to);
    to.numbers(greater);
    for (const std::vector<Moments>* all : {&one, &two})
      for (const Moments& of : *all) save_moments(to, of);
  }
  void restore(CheckpointReader& from) {
    differences.restore(from);
    from.numbers(std::span<std::uint64_t>(greater));
    for (std::vector<Moments>* all : {&one, &two})
      for (Moments& of : *all) of = restored_moments(from);
  }

  void add(const Rows& a, const Rows& b) {
    Rows pairs(a.first, a.sound.size(), places.size());
    for (std::size_t i = 0; i < a.sound.size(); ++i) {
      pairs.sound[i] = a.sound[i] && b.sound[i];
      if (!pairs.sound[i]) continue;
      const auto from = a.row(i), other = b.row(i);
      const auto to = pairs.row(i);
      for (std::size_t m = 0; m < places.size(); ++m) {
        to[m] =
            places[m] < other.size() ? other[places[m]] - from[m] : std::numeric_limits<double>::quiet_NaN();
        if (std::isnan(to[m])) continue;
        greater[m] += to[m] > rounding * std::abs(from[m]);
        one[m].add(from[m]);
        two[m].add(other[places[m]]);
      }
    }
    differences.add(pairs);
  }

  std::vector<std::size_t> places;
  NumberStore differences;
  std::vector<std::uint64_t> greater;
  std::vector<Moments> one, two;
};

// Replications and seed are those of the first scenario.
EnsembleOptions common_options(const std::vector<Scenario>& scenarios, const EnsembleOptions& options) {
  if (scenarios.size() < 2) throw std::invalid_argument("a comparison needs two scenarios");
  if (!options.replication_file.empty()) throw std::invalid_argument("a comparison keeps no replications");
  EnsembleOptions common = options;
  common.replications = options.replications.value_or(scenarios[0].run.replications);
  common.seed = options.seed.value_or(scenarios[0].run.seed);
  return common;
}

}  // namespace

std::optional<PairedDifference> Comparison::difference(std::size_t k, const MeasureAt& at) const {
  const Difference& of = differences_.at(k - 1);
  const std::size_t place = ensembles_[0].table().place(at);
  if (place >= of.summaries.size() || of.summaries[place].count == 0) return std::nullopt;
  return PairedDifference{
      of.summaries[place],
      static_cast<double>(of.greater[place]) / static_cast<double>(of.summaries[place].count),
      of.independent_se[place]};
}

// Reaches into what it makes.
class ComparisonRun {
 public:
  static Comparison run(const std::vector<Scenario>& scenarios, const EnsembleOptions& options);
};

Comparison ComparisonRun::run(const std::vector<Scenario>& scenarios, const EnsembleOptions& options) {
  const Helpers helpers(options.ranks);
  const EnsembleOptions common = common_options(scenarios, options);
  std::vector<std::unique_ptr<Lane>> lanes;
  std::vector<std::unique_ptr<Pairing>> pairings;
  for (const Scenario& scenario : scenarios) {
    lanes.push_back(std::make_unique<Lane>(scenario, common, lanes.size()));
    if (lanes.size() == 1) continue;
    const Calendar &a = lanes[0]->runner.like().calendar(), &b = lanes.back()->runner.like().calendar();
    if (a.size() != b.size() || a.label(0) != b.label(0))
      throw std::invalid_argument(scenarios[0].name + " and " + scenario.name + " have different periods");
    pairings.push_back(std::make_unique<Pairing>(*lanes[0], *lanes.back(), common));
  }
  std::size_t chunk = lanes[0]->runner.chunk();
  for (const auto& lane : lanes) chunk = std::min(chunk, lane->runner.chunk());
  EnsembleStatus status{0, *common.replications * scenarios.size(), {}};
  const auto after_each = [&] {
    ++status.done;
    return !common.progress || common.progress(status);
  };
  BlockedRun blocks{*common.replications, lanes[0]->runner.least_block(), chunk, {}};
  for (const auto& lane : lanes)
    for (auto& of : lane->runner.identity()) blocks.identity.push_back(std::move(of));
  blocks.run = [&](std::uint64_t first, std::size_t n) {
    for (const auto& lane : lanes)
      if (!lane->runner.run(first, n, lane->rows, after_each)) return std::pair(std::uint64_t{0}, true);
    for (const auto& lane : lanes) lane->builder.add(lane->rows);
    for (std::size_t k = 0; k < pairings.size(); ++k) pairings[k]->add(lanes[0]->rows, lanes[k + 1]->rows);
    return std::pair(std::uint64_t{n}, false);
  };
  blocks.save = [&](CheckpointWriter& to, std::uint64_t done) {
    for (const auto& lane : lanes) {
      lane->runner.save(to, done);
      lane->builder.save(to);
    }
    for (const auto& pairing : pairings) pairing->save(to);
  };
  blocks.restore = [&](CheckpointReader& from, std::uint64_t done) {
    for (const auto& lane : lanes) {
      lane->runner.restore(from, done);
      lane->builder.restore(from);
    }
    for (const auto& pairing : pairings) pairing->restore(from);
    status.done = done * scenarios.size();
  };
  run_blocks(blocks, common);
  Comparison result;
  for (std::size_t k = 0; k < lanes.size(); ++k) {
    result.names_.push_back(scenarios[k].name);
    result.ensembles_.push_back(lanes[k]->builder.finish(lanes[k]->runner, *common.replications, 0));
  }
  for (const auto& pairing : pairings) {
    Comparison::Difference difference{pairing->differences.summaries(), pairing->greater, {}};
    for (std::size_t m = 0; m < pairing->places.size(); ++m) {
      const Moments &one = pairing->one[m], &two = pairing->two[m];
      difference.independent_se.push_back(
          std::sqrt((one.variance() + two.variance()) / static_cast<double>(one.count())));
    }
    result.differences_.push_back(std::move(difference));
  }
  return result;
}

void help_compare(const std::vector<Scenario>& scenarios, const EnsembleOptions& options) {
  if (options.ranks == nullptr) throw std::invalid_argument("help_compare: no ranks");
  const EnsembleOptions common = common_options(scenarios, options);
  std::vector<std::unique_ptr<ReplicationRunner>> owned;
  std::vector<ReplicationRunner*> runners;
  for (const Scenario& scenario : scenarios) {
    owned.push_back(std::make_unique<ReplicationRunner>(scenario, common, owned.size()));
    runners.push_back(owned.back().get());
  }
  help(*options.ranks, runners);
}

Comparison compare(const std::vector<Scenario>& scenarios, const EnsembleOptions& options) {
  return ComparisonRun::run(scenarios, options);
}

}  // namespace lockin
