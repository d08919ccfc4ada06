#include "lockin/ensemble/run_ensemble.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <exception>
#include <limits>
#include <map>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <tuple>

#include "lockin/market/market_numbers.hpp"
#include "lockin/random/stream.hpp"
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

// Runs task(thread) on so many threads, this one among them; the first exception is thrown again.
template <class Task>
void on_threads(std::size_t threads, const Task& task) {
  std::exception_ptr failure;
  std::mutex guard;
  const auto safely = [&](std::size_t thread) {
    try {
      task(thread);
    } catch (...) {
      const std::lock_guard lock(guard);
      if (!failure) failure = std::current_exception();
    }
  };
  {
    std::vector<std::jthread> others;
    for (std::size_t i = 1; i < threads; ++i) others.emplace_back(safely, i);
    safely(0);
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace

class EnsembleRun {
 public:
  EnsembleRun(const Scenario& scenario, const EnsembleOptions& options)
      : scenario_(scenario),
        options_(options),
        draws_(draws_of(scenario, options)),
        all_(replications_of(scenario, options)),
        threads_(options.threads > 0 ? options.threads : std::max(1u, std::thread::hardware_concurrency())) {
    if (all_ == 0) throw std::invalid_argument("an ensemble of no replication");
    const Market market = scenario.market();
    const Trajectory like = empty_run(market);
    result_.names_ = like.names();
    result_.calendar_ = like.calendar();
    result_.table_ = MeasureTable(like);
    result_.ranked_ = ranked_measures(like.names());
    result_.replications_ = all_;
    result_.uncertain_ = scenario.uncertain;
    result_.drew_parameters_ = draws_parameters(scenario, options);
    result_.drew_shocks_ = scenario.run.draw_shocks.value_or(all_ > 1);
    place_ranks();
    choose_stored();
  }

  Ensemble run() {
    const std::size_t width = std::max<std::size_t>(1, result_.table_.size());
    const std::size_t chunk =
        std::clamp<std::size_t>((std::size_t{1} << 26) / (8 * width), threads_, std::size_t{256});
    std::vector<double> numbers(chunk * width);
    std::vector<std::vector<std::uint64_t>> ranks(threads_, std::vector<std::uint64_t>(rank_count_, 0));
    std::vector<Moments> moments(width);
    result_.draws_.resize(all_);
    for (std::uint64_t first = 0; first < all_ && !stopped_; first += chunk) {
      const std::size_t n = static_cast<std::size_t>(std::min<std::uint64_t>(chunk, all_ - first));
      std::vector<char> sound(n, 0);
      std::atomic<std::size_t> next = 0;
      on_threads(std::min(threads_, n), [&](std::size_t thread) {
        for (std::size_t i = next++; i < n && !stopped_; i = next++)
          sound[i] = one(first + i, std::span(numbers).subspan(i * width, width), ranks[thread]);
      });
      if (stopped_) break;
      for (std::size_t i = 0; i < n; ++i)
        if (sound[i] && stored(first + i))
          kept_.insert(kept_.end(), numbers.begin() + static_cast<std::ptrdiff_t>(i * width),
                       numbers.begin() + static_cast<std::ptrdiff_t>((i + 1) * width));
      std::atomic<std::size_t> block = 0;
      on_threads(threads_, [&](std::size_t) {  // each number's sums in the order of replications
        constexpr std::size_t step = 512;
        for (std::size_t from = step * block++; from < width; from = step * block++)
          for (std::size_t i = 0; i < n; ++i)
            for (std::size_t m = from; sound[i] && m < std::min(width, from + step); ++m)
              if (!std::isnan(numbers[i * width + m])) moments[m].add(numbers[i * width + m]);
      });
    }
    if (stopped_) throw std::runtime_error("the ensemble was stopped");
    finish(moments, ranks, width);
    return std::move(result_);
  }

 private:
  // Where providers' numbers stand that are ranked, by ranked measure and moment.
  void place_ranks() {
    const std::size_t J = result_.names_.providers.size();
    for (const RankedMeasure& by : result_.ranked_)
      for (std::size_t moment = 0; moment < result_.table_.moments(); ++moment, rank_count_ += J * J) {
        MeasureAt at = result_.table_.at_moment(moment);
        at.measure = by.measure;
        at.key.layer = by.layer;
        std::vector<std::size_t> columns;
        for (std::size_t j = 0; j < J; ++j) {
          at.key.provider = ProviderId(j);
          columns.push_back(result_.table_.place(at));
        }
        rank_columns_.emplace_back(rank_count_, std::move(columns));
      }
  }

  // All replications if their numbers fit, else those with the smallest hashes: the same whoever runs them.
  void choose_stored() {
    const std::uint64_t room = std::max<std::uint64_t>(
        2, options_.most_stored_bytes / (8 * std::max<std::size_t>(1, result_.table_.size())));
    if (all_ <= room) return;
    std::vector<std::uint64_t> hashes(all_);
    for (std::uint64_t r = 0; r < all_; ++r) hashes[r] = CellId::mix(r);
    std::nth_element(hashes.begin(), hashes.begin() + static_cast<std::ptrdiff_t>(room), hashes.end());
    below_ = hashes[room];
  }
  [[nodiscard]] bool stored(std::uint64_t r) const { return !below_ || CellId::mix(r) < *below_; }

  // One replication; false if it failed.
  bool one(std::uint64_t r, std::span<double> numbers, std::vector<std::uint64_t>& ranks) {
    FailedReplication failed{r, {}, {}};
    try {
      Replication of = replication(scenario_, options_, draws_, r);
      failed.draws = result_.draws_[r] = of.draws;
      of.settings.threads = static_cast<std::size_t>(std::max<std::uint64_t>(1, threads_ / all_));
      const Trajectory path = simulate(Market(std::move(of.spec)), of.settings);
      if (!result_.table_.read(path, numbers)) throw RunError("a measure is not a finite number");
      count_ranks(numbers, ranks);
      count_passings(path);
    } catch (const std::bad_alloc&) {
      throw;
    } catch (const std::exception& error) {
      failed.reason = error.what();
    }
    const std::lock_guard lock(guard_);
    if (!failed.reason.empty()) result_.failed_.push_back(failed);
    ++done_;
    if (options_.progress && !options_.progress(done_, all_)) stopped_ = true;
    return failed.reason.empty();
  }

  void count_ranks(std::span<const double> numbers, std::vector<std::uint64_t>& ranks) const {
    const std::size_t J = result_.names_.providers.size();
    std::vector<std::pair<double, std::size_t>> order;
    for (const auto& [place, columns] : rank_columns_) {
      order.clear();
      for (std::size_t j = 0; j < J; ++j)
        if (columns[j] < numbers.size() && !std::isnan(numbers[columns[j]]))
          order.emplace_back(-numbers[columns[j]], j);
      std::sort(order.begin(), order.end());  // equal: the earlier provider
      for (std::size_t rank = 0; rank < order.size(); ++rank) ++ranks[place + order[rank].second * J + rank];
    }
  }

  void count_passings(const Trajectory& path) {
    std::vector<std::pair<std::tuple<std::size_t, std::size_t, std::size_t>, std::size_t>> found;
    for (std::size_t m = 0; m < result_.ranked_.size(); ++m) {
      const RankedMeasure& by = result_.ranked_[m];
      if (by.measure == Measure::increment_share) continue;
      const std::string layer = by.layer ? path.names().layers[by.layer->index()] : "all";
      for (const Crossing& crossing : crossings(path, by.measure, layer))
        found.push_back({{m, crossing.passer, crossing.passed}, crossing.when.index()});
    }
    const std::lock_guard lock(guard_);
    for (const auto& [who, when] : found) {
      std::vector<std::uint64_t>& counts = passings_[who];
      counts.resize(result_.calendar_.size());
      ++counts[when];
    }
  }

  void finish(const std::vector<Moments>& moments, const std::vector<std::vector<std::uint64_t>>& ranks,
              std::size_t width) {
    std::sort(result_.failed_.begin(), result_.failed_.end(),
              [](const auto& a, const auto& b) { return a.replication < b.replication; });
    const std::vector<FailedReplication>& failed = result_.failed_;
    if (!failed.empty() && (!options_.allow_failures || failed.size() == all_)) {
      std::string draws;
      for (std::size_t i = 0; i < failed[0].draws.size(); ++i)
        draws += fmt::format("\n  {} = {}", scenario_.uncertain[i].key, failed[0].draws[i]);
      throw EnsembleError(fmt::format("{} of {} replications failed, the first is {}: {}{}", failed.size(),
                                      all_, failed[0].replication, failed[0].reason, draws),
                          failed);
    }
    result_.ranks_.assign(rank_count_, 0);
    for (const auto& of_thread : ranks)
      for (std::size_t i = 0; i < rank_count_; ++i) result_.ranks_[i] += of_thread[i];
    const double sound = static_cast<double>(all_ - failed.size());
    for (const auto& [who, counts] : passings_) {
      const auto& [m, passer, passed] = who;
      Ensemble::Passing passing{result_.ranked_[m], ProviderId(passer), ProviderId(passed), {}};
      for (const std::uint64_t n : counts) passing.probability.push_back(static_cast<double>(n) / sound);
      result_.passings_.push_back(std::move(passing));
    }
    result_.stored_ = kept_.size() / width;
    result_.summaries_.resize(width);
    std::atomic<std::size_t> next = 0;
    on_threads(threads_, [&](std::size_t) {
      for (std::size_t m = next++; m < width; m = next++) {
        std::vector<double> column(result_.stored_);
        for (std::size_t i = 0; i < column.size(); ++i) column[i] = kept_[i * width + m];
        result_.summaries_[m] = summary_of(moments[m], std::move(column));
      }
    });
  }

  const Scenario& scenario_;
  const EnsembleOptions& options_;
  ParameterDraws draws_;
  std::uint64_t all_, done_ = 0;
  std::size_t threads_, rank_count_ = 0;
  Ensemble result_;
  std::optional<std::uint64_t> below_;  // hashes of the stored replications
  std::vector<double> kept_;            // [stored replication][number]
  std::map<std::tuple<std::size_t, std::size_t, std::size_t>, std::vector<std::uint64_t>> passings_;
  std::mutex guard_;
  std::atomic<bool> stopped_ = false;
  // Places of the counts by provider and rank, with those of the providers' numbers.
  std::vector<std::pair<std::size_t, std::vector<std::size_t>>> rank_columns_;
};

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
  return EnsembleRun(scenario, options).run();
}

}  // namespace lockin
