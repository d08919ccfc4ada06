#include "lockin/ensemble/run_ensemble.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "ensemble/replication_runner.hpp"
#include "ensemble/threads.hpp"
#include "lockin/market/market_numbers.hpp"
#include "simulation/passing.hpp"
#include "simulation/period_loop.hpp"

namespace lockin {
namespace {

std::uint64_t replications_of(const Scenario& scenario, const EnsembleOptions& options) {
  return options.replications.value_or(scenario.run.replications);
}

bool draws_parameters(const Scenario& scenario, const EnsembleOptions& options) {
  return scenario.run.draw_parameters.value_or(replications_of(scenario, options) > 1);
}

ParameterDraws draws_of(const Scenario& scenario, const EnsembleOptions& options) {
  return {scenario.uncertain, scenario.run.design, options.seed.value_or(scenario.run.seed),
          replications_of(scenario, options)};
}

// Where an uncertain number stands in the list of a market's numbers. One number for every year is kept as that of one year.
std::size_t place_of(const std::vector<MarketNumber>& numbers, const std::string& key) {
  for (const std::string& name : {key, key + ".2000"})
    for (std::size_t i = 0; i < numbers.size(); ++i)
      if (numbers[i].key == name) return i;
  throw std::invalid_argument("the uncertain number " + key + " stands nowhere in the market");
}

Replication replication(const Scenario& scenario, const EnsembleOptions& options, const ParameterDraws& draws,
                        std::uint64_t r) {
  Replication result{scenario.spec, {}, {}};
  if (draws_parameters(scenario, options)) {
    result.draws = draws.draw(r);
    const std::vector<MarketNumber> numbers = market_numbers(result.spec);
    for (std::size_t i = 0; i < result.draws.size(); ++i)
      numbers[place_of(numbers, scenario.uncertain[i].key)].set(result.draws[i]);
  } else {
    for (const UncertainNumber& number : scenario.uncertain)
      result.draws.push_back(number.distribution.mean());
  }
  result.settings.engine = options.engine.value_or(scenario.run.engine);
  result.settings.seed = options.seed.value_or(scenario.run.seed);
  result.settings.replication = static_cast<std::uint32_t>(r);
  result.settings.customers = options.customers ? options.customers : scenario.run.customers;
  result.settings.draw_shocks = scenario.run.draw_shocks.value_or(replications_of(scenario, options) > 1);
  result.settings.draw_sizes = scenario.run.draw_sizes;
  return result;
}

// A run without results, to learn which there will be.
Trajectory empty_run(const Market& market) {
  Aggregates aggregates(market.layer_count(), market.segment_count(), market.provider_count());
  for (std::size_t l = 0; l < market.layer_count(); ++l)
    for (std::size_t j = 0; j < market.provider_count(); ++j)
      aggregates.sold[l * market.provider_count() + j] = market.offer(LayerId(l), ProviderId(j)).sold ? 1 : 0;
  return {names_of(market), market.calendar(), aggregates,
          std::vector<Aggregates>(market.calendar().size(), aggregates)};
}

}  // namespace

ReplicationRunner::ReplicationRunner(const Scenario& scenario, const EnsembleOptions& options)
    : scenario_(scenario),
      options_(options),
      draws_(draws_of(scenario, options)),
      all_(replications_of(scenario, options)),
      threads_(options.threads > 0 ? options.threads : std::max(1u, std::thread::hardware_concurrency())),
      like_(empty_run(scenario.market())),
      table_(like_) {
  if (all_ == 0) throw std::invalid_argument("an ensemble of no replication");
}

std::size_t ReplicationRunner::chunk() const {
  return std::clamp<std::size_t>((std::size_t{1} << 26) / (8 * std::max<std::size_t>(1, table_.size())),
                                 threads_, std::max<std::size_t>(threads_, 256));
}

bool ReplicationRunner::run(std::uint64_t first, std::size_t n, Rows& rows,
                            const std::function<bool()>& done) {
  n = static_cast<std::size_t>(std::min<std::uint64_t>(n, all_ - first));
  rows.first = first;
  rows.width = table_.size();
  rows.numbers.resize(n * rows.width);
  rows.sound.assign(n, 0);
  drawn_.resize(first + n);
  std::atomic<std::size_t> next = 0;
  std::atomic<bool> stopped = false;
  std::mutex guard;
  const auto one = [&](std::size_t i) {
    FailedReplication failed{first + i, {}, {}};
    try {
      Replication of = replication(scenario_, options_, draws_, first + i);
      failed.draws = drawn_[first + i] = of.draws;
      of.settings.threads = static_cast<std::size_t>(std::max<std::uint64_t>(1, threads_ / all_));
      const Trajectory path = simulate(Market(std::move(of.spec)), of.settings);
      if (!table_.read(path, rows.row(i))) throw RunError("a measure is not a finite number");
      rows.sound[i] = 1;
    } catch (const std::bad_alloc&) {
      throw;
    } catch (const std::exception& error) {
      failed.reason = error.what();
    }
    const std::lock_guard lock(guard);
    if (!failed.reason.empty()) failed_.push_back(std::move(failed));
    if (!stopped && !done()) stopped = true;
  };
  on_threads(std::min(threads_, n), [&] {
    for (std::size_t i = next++; i < n && !stopped; i = next++) one(i);
  });
  std::sort(failed_.begin(), failed_.end(),
            [](const auto& a, const auto& b) { return a.replication < b.replication; });
  return !stopped;
}

void ReplicationRunner::check_failures() const {
  if (failed_.empty() || (options_.allow_failures && failed_.size() < all_)) return;
  std::string draws;
  for (std::size_t i = 0; i < failed_[0].draws.size(); ++i)
    draws += fmt::format("\n  {} = {}", scenario_.uncertain[i].key, failed_[0].draws[i]);
  throw EnsembleError(fmt::format("{} of {} replications failed, the first is {}: {}{}", failed_.size(), all_,
                                  failed_[0].replication, failed_[0].reason, draws),
                      failed_);
}

EnsembleBuilder::EnsembleBuilder(const Scenario& scenario, const EnsembleOptions& options,
                                 const ReplicationRunner& runner)
    : store_(runner.table().size(), runner.replications(), options.most_stored_bytes, runner.threads()) {
  result_.names_ = runner.like().names();
  result_.calendar_ = runner.like().calendar();
  result_.table_ = runner.table();
  result_.ranked_ = ranked_measures(result_.names_);
  result_.replications_ = runner.replications();
  result_.uncertain_ = scenario.uncertain;
  result_.drew_parameters_ = draws_parameters(scenario, options);
  result_.drew_shocks_ = scenario.run.draw_shocks.value_or(runner.replications() > 1);
  place_ranks();
}

void EnsembleBuilder::add(const Rows& rows) {
  store_.add(rows);
  for (std::size_t i = 0; i < rows.sound.size(); ++i) {
    if (!rows.sound[i]) continue;
    count_ranks(rows.row(i));
    count_passings(rows.row(i));
  }
}

// Where providers' numbers stand that are ranked.
void EnsembleBuilder::place_ranks() {
  const std::size_t J = result_.names_.providers.size();
  std::size_t counts = 0;
  for (const RankedMeasure& by : result_.ranked_)
    for (std::size_t moment = 0; moment < result_.table_.moments(); ++moment, counts += J * J) {
      MeasureAt at = result_.table_.at_moment(moment);
      at.measure = by.measure;
      at.key.layer = by.layer;
      std::vector<std::size_t> columns;
      for (std::size_t j = 0; j < J; ++j) {
        at.key.provider = ProviderId(j);
        columns.push_back(result_.table_.place(at));
      }
      rank_columns_.emplace_back(counts, std::move(columns));
    }
  result_.ranks_.assign(counts, 0);
}

void EnsembleBuilder::count_ranks(std::span<const double> numbers) {
  const std::size_t J = result_.names_.providers.size();
  std::vector<std::pair<double, std::size_t>> order;
  for (const auto& [place, columns] : rank_columns_) {
    order.clear();
    for (std::size_t j = 0; j < J; ++j)
      if (columns[j] < numbers.size() && !std::isnan(numbers[columns[j]]))
        order.emplace_back(-numbers[columns[j]], j);
    std::sort(order.begin(), order.end());  // equal: the earlier provider
    for (std::size_t rank = 0; rank < order.size(); ++rank)
      ++result_.ranks_[place + order[rank].second * J + rank];
  }
}

void EnsembleBuilder::count_passings(std::span<const double> numbers) {
  const std::size_t J = result_.names_.providers.size(), moments = result_.table_.moments();
  for (std::size_t m = 0; m < result_.ranked_.size(); ++m) {
    if (result_.ranked_[m].measure == Measure::increment_share) continue;
    const auto value = [&](long t, std::size_t j) -> std::optional<double> {
      const std::size_t column = rank_columns_[m * moments + static_cast<std::size_t>(t + 1)].second[j];
      if (column >= numbers.size() || std::isnan(numbers[column])) return std::nullopt;
      return numbers[column];
    };
    for (const Crossing& of : passings_of(J, static_cast<long>(result_.calendar_.size()), value)) {
      std::vector<std::uint64_t>& counts = passings_[{m, of.passer, of.passed}];
      counts.resize(result_.calendar_.size());
      ++counts[of.when.index()];
    }
  }
}

Ensemble EnsembleBuilder::finish(const ReplicationRunner& runner) {
  runner.check_failures();
  result_.failed_ = runner.failed();
  result_.draws_ = runner.draws();
  const double sound = static_cast<double>(result_.replications_ - result_.failed_.size());
  for (const auto& [who, counts] : passings_) {
    const auto& [m, passer, passed] = who;
    Ensemble::Passing passing{result_.ranked_[m], ProviderId(passer), ProviderId(passed), {}};
    for (const std::uint64_t n : counts) passing.probability.push_back(static_cast<double>(n) / sound);
    result_.passings_.push_back(std::move(passing));
  }
  result_.stored_ = store_.stored();
  result_.summaries_ = store_.summaries();
  return std::move(result_);
}

std::optional<Summary> Ensemble::summary(const MeasureAt& at) const {
  const std::size_t place = table_.place(at);
  if (place >= table_.size() || summaries_[place].count == 0) return std::nullopt;
  return summaries_[place];
}

Summary Ensemble::switched(long t, LayerId layer, ProviderId from, ProviderId to) const {
  return summaries_[table_.place_of_switch(t, layer, from, to)];
}

std::optional<double> Ensemble::rank_probability(const RankedMeasure& by, const MeasureAt& when,
                                                 ProviderId provider, std::size_t rank) const {
  const std::size_t J = names_.providers.size();
  const auto measure = std::find(ranked_.begin(), ranked_.end(), by);
  const std::optional<std::size_t> moment = table_.moment(when);
  if (measure == ranked_.end() || !moment || provider.index() >= J || rank >= J) return std::nullopt;
  const std::size_t row =
      ((static_cast<std::size_t>(measure - ranked_.begin()) * table_.moments() + *moment) * J +
       provider.index()) *
      J;
  std::uint64_t all = 0;
  for (std::size_t i = 0; i < J; ++i) all += ranks_[row + i];
  if (all == 0) return std::nullopt;
  return static_cast<double>(ranks_[row + rank]) / static_cast<double>(all);
}

Replication replication_of(const Scenario& scenario, const EnsembleOptions& options, std::uint64_t r) {
  if (r >= replications_of(scenario, options))
    throw std::invalid_argument(
        fmt::format("no replication {} of {}", r, replications_of(scenario, options)));
  return replication(scenario, options, draws_of(scenario, options), r);
}

Ensemble run_ensemble(const Scenario& scenario, const EnsembleOptions& options) {
  ReplicationRunner runner(scenario, options);
  EnsembleBuilder builder(scenario, options, runner);
  std::uint64_t done = 0;
  const auto after_each = [&] {
    return !options.progress || options.progress(++done, runner.replications());
  };
  Rows rows;
  for (std::uint64_t first = 0; first < runner.replications(); first += rows.sound.size()) {
    if (!runner.run(first, runner.chunk(), rows, after_each)) throw EnsembleStopped();
    builder.add(rows);
  }
  return builder.finish(runner);
}

}  // namespace lockin
