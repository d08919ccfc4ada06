#include "lockin/ensemble/run_ensemble.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstring>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "ensemble/replication_runner.hpp"
#include "ensemble/replication_writer.hpp"
#include "ensemble/threads.hpp"
#include "lockin/market/market_numbers.hpp"
#include "lockin/version.hpp"
#include "simulation/passing.hpp"
#include "simulation/period_loop.hpp"

namespace lockin {
namespace {

std::uint64_t replications_of(const Scenario& scenario, const EnsembleOptions& options) {
  if (options.nested) return options.nested->draws * options.nested->shocks * options.nested->customers;
  return options.replications.value_or(scenario.run.replications);
}

bool draws_parameters(const Scenario& scenario, const EnsembleOptions& options) {
  return scenario.run.draw_parameters.value_or(replications_of(scenario, options) > 1);
}

ParameterDraws draws_of(const Scenario& scenario, const EnsembleOptions& options) {
  const std::uint64_t seed = options.seed.value_or(scenario.run.seed);
  if (options.nested)
    return {scenario.uncertain, Design::monte_carlo, seed, options.nested->draws, scenario.correlations};
  return {scenario.uncertain, scenario.run.design, seed, replications_of(scenario, options),
          scenario.correlations};
}

std::string text_of(const StoppingRule& rule) {
  std::string text = fmt::format("{}", rule.se);
  const auto index = [](const auto& id) { return id ? static_cast<long>(id->index()) : -1L; };
  for (const MeasureAt& at : rule.measures)
    text += fmt::format(" {} of {} {} {} at {}", name_of(at.measure), index(at.key.layer),
                        index(at.key.segment), index(at.key.provider), at.year ? *at.year : at.t);
  return text;
}

// Where an uncertain number stands in the list of a market's numbers. One number for every year is kept as that of one year.
std::size_t place_of(const std::vector<MarketNumber>& numbers, const std::string& key) {
  for (const std::string& name : {key, key + ".2000"})
    for (std::size_t i = 0; i < numbers.size(); ++i)
      if (numbers[i].key == name) return i;
  throw std::invalid_argument("the uncertain number " + key + " stands nowhere in the market");
}

// The uncertain numbers of a replication.
std::vector<double> numbers_of(const Scenario& scenario, const EnsembleOptions& options,
                               const ParameterDraws& draws, std::uint64_t r) {
  if (draws_parameters(scenario, options))
    return draws.draw(options.nested ? r / (options.nested->shocks * options.nested->customers) : r);
  std::vector<double> means;
  means.reserve(scenario.uncertain.size());
  for (const UncertainNumber& number : scenario.uncertain) means.push_back(number.distribution.mean());
  return means;
}

// A scenario's market with its uncertain numbers where they stand, to draw it again and again.
class DrawnMarket {
 public:
  // @param scenario with its numbers as they are, if they are not drawn
  DrawnMarket(const Scenario& scenario, bool drawn) : spec_(scenario.spec) {
    if (!drawn) return;
    const std::vector<MarketNumber> numbers = market_numbers(spec_);
    for (const UncertainNumber& uncertain : scenario.uncertain)
      numbers_.push_back(numbers[place_of(numbers, uncertain.key)]);
  }
  DrawnMarket(const DrawnMarket&) = delete;  // the numbers point into the description
  DrawnMarket& operator=(const DrawnMarket&) = delete;

  const MarketSpec& spec(std::span<const double> draws) {
    for (std::size_t i = 0; i < numbers_.size(); ++i) numbers_[i].set(draws[i]);
    return spec_;
  }

 private:
  MarketSpec spec_;
  std::vector<MarketNumber> numbers_;  // the uncertain ones
};

RunSettings settings_of(const Scenario& scenario, const EnsembleOptions& options, std::uint64_t r) {
  RunSettings settings;
  settings.engine = options.engine.value_or(scenario.run.engine);
  settings.seed = options.seed.value_or(scenario.run.seed);
  settings.replication = static_cast<std::uint32_t>(r);
  if (options.nested) settings.shock_replication = static_cast<std::uint32_t>(r / options.nested->customers);
  settings.customers = options.customers ? options.customers : scenario.run.customers;
  settings.draw_shocks = scenario.run.draw_shocks.value_or(replications_of(scenario, options) > 1);
  settings.draw_sizes = scenario.run.draw_sizes;
  return settings;
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

ReplicationRunner::ReplicationRunner(const Scenario& scenario, const EnsembleOptions& options,
                                     std::uint64_t lane)
    : scenario_(scenario),
      options_(options),
      draws_(draws_of(scenario, options)),
      all_(replications_of(scenario, options)),
      lane_(lane),
      threads_(options.threads > 0 ? options.threads : std::max(1u, std::thread::hardware_concurrency())),
      like_(empty_run(scenario.market())),
      table_(like_) {
  if (all_ == 0) throw std::invalid_argument("an ensemble of no replication");
  if (options.until && scenario.run.design == Design::latin_hypercube)
    throw std::invalid_argument(
        "until: the strata of a Latin hypercube need the number of replications; design sobol or "
        "monte_carlo");
}

std::size_t ReplicationRunner::least_block() const {
  return threads_ * (options_.ranks == nullptr ? 1 : options_.ranks->size());
}

std::size_t ReplicationRunner::chunk() const {
  const std::size_t least = least_block();
  return std::clamp<std::size_t>((std::size_t{1} << 26) / (8 * std::max<std::size_t>(1, table_.size())),
                                 least, std::max<std::size_t>(least, 256));
}

bool ReplicationRunner::run_here(std::uint64_t first, std::size_t n, Rows& rows,
                                 const std::function<bool()>& done) {
  std::atomic<std::size_t> next = 0;
  std::atomic<bool> stopped = false;
  std::mutex guard;
  const auto one = [&](DrawnMarket& market, Simulator& simulate, std::size_t i) {
    FailedReplication failed{first + i, {}, {}};
    try {
      RunSettings settings = settings_of(scenario_, options_, first + i);
      settings.threads = static_cast<std::size_t>(std::max<std::uint64_t>(1, threads_ / all_));
      const Trajectory path = simulate(Market(market.spec(draws(first + i))), settings);
      rows.touch(i);
      if (!table_.read(path, rows.row(i))) throw RunError("a measure is not a finite number");
      rows.sound[i] = 1;
    } catch (const std::bad_alloc&) {
      throw;
    } catch (const std::exception& error) {
      failed.reason = error.what();
    }
    const std::lock_guard lock(guard);
    if (!failed.reason.empty()) {
      failed.draws = draws(failed.replication);
      failed_.push_back(std::move(failed));
    }
    if (!stopped && !done()) stopped = true;
  };
  on_threads(std::min(threads_, n), [&] {
    DrawnMarket market(scenario_, draws_parameters(scenario_, options_));
    Simulator simulate;
    while (!stopped) {
      const std::size_t i = next++;  // whoever takes one runs it, so that there are no gaps
      if (i >= n) return;
      one(market, simulate, i);
    }
  });
  std::sort(failed_.begin(), failed_.end(),
            [](const auto& a, const auto& b) { return a.replication < b.replication; });
  // All that were begun have ended.
  rows.sound.resize(std::min(n, next.load()));
  return !stopped;
}

namespace {

// Replications of a block before those of a rank.
std::size_t begin_of(std::size_t rank, std::size_t ranks, std::size_t n) { return n * rank / ranks; }

template <class T>
void put(std::vector<std::byte>& to, std::span<const T> values) {
  const auto bytes = std::as_bytes(values);
  to.insert(to.end(), bytes.begin(), bytes.end());
}
template <class T>
void take_front(std::span<const std::byte>& from, std::span<T> values) {
  if (values.size_bytes() > from.size()) throw std::runtime_error("a rank sent less than it was asked for");
  if (!values.empty()) std::memcpy(values.data(), from.data(), values.size_bytes());
  from = from.subspan(values.size_bytes());
}

}  // namespace

bool ReplicationRunner::run(std::uint64_t first, std::size_t n, Rows& rows,
                            const std::function<bool()>& done) {
  n = static_cast<std::size_t>(std::min<std::uint64_t>(n, all_ - first));
  Ranks* const ranks = options_.ranks;
  rows = Rows(first, n, table_.size());
  if (ranks == nullptr) return run_here(first, n, rows, done);
  std::array<std::uint64_t, 3> order{lane_, first, n};
  ranks->broadcast(order);
  const std::size_t own = begin_of(1, ranks->size(), n);
  bool go_on = run_here(first, own, rows, done);
  const bool whole = rows.sound.size() == own;
  for (std::size_t k = 1; k < ranks->size(); ++k) {
    const std::vector<std::byte> part = ranks->receive(k);
    if (!whole) continue;  // there would be a gap
    take(part, rows);
    for (std::size_t i = begin_of(k, ranks->size(), n); i < begin_of(k + 1, ranks->size(), n); ++i)
      go_on = done() && go_on;
  }
  return go_on;
}

std::vector<std::byte> ReplicationRunner::part_of(std::uint64_t first, std::size_t n) {
  const std::size_t rank = options_.ranks->rank(), ranks = options_.ranks->size();
  const std::size_t begin = begin_of(rank, ranks, n);
  const std::size_t own = begin_of(rank + 1, ranks, n) - begin;
  Rows rows(first + begin, own, table_.size());
  failed_.clear();
  run_here(first + begin, own, rows, [] { return true; });
  std::vector<std::byte> part;
  put<std::uint64_t>(part, std::array{std::uint64_t{rows.sound.size()}, std::uint64_t{failed_.size()}});
  put<char>(part, rows.sound);
  put<double>(part, {rows.numbers.get(), rows.sound.size() * rows.width});
  for (const FailedReplication& one : failed_) {
    put<std::uint64_t>(part, std::array{one.replication, std::uint64_t{one.reason.size()}});
    put<char>(part, one.reason);
  }
  return part;
}

void ReplicationRunner::take(std::span<const std::byte> part, Rows& rows) {
  std::array<std::uint64_t, 2> counts{};
  take_front<std::uint64_t>(part, counts);
  const std::size_t before = rows.sound.size(), n = counts[0];
  rows.sound.resize(before + n);
  take_front(part, std::span(rows.sound).subspan(before));
  take_front(part, std::span(rows.numbers.get() + before * rows.width, n * rows.width));
  for (std::uint64_t i = 0; i < counts[1]; ++i) {
    std::array<std::uint64_t, 2> head{};
    take_front<std::uint64_t>(part, head);
    FailedReplication failed{head[0], std::string(head[1], ' '), draws(head[0])};
    take_front(part, std::span(failed.reason));
    failed_.push_back(std::move(failed));
  }
}

Helpers::~Helpers() {
  if (ranks_ == nullptr) return;
  std::array<std::uint64_t, 3> end{};
  ranks_->broadcast(end);
}

void help(Ranks& ranks, std::span<ReplicationRunner* const> runners) {
  for (;;) {
    std::array<std::uint64_t, 3> order{};
    ranks.broadcast(order);
    const auto& [lane, first, n] = order;
    if (n == 0) return;
    ranks.send(runners[lane]->part_of(first, static_cast<std::size_t>(n)));
  }
}

RunIdentity ReplicationRunner::identity() const {
  const EngineKind engine = options_.engine.value_or(scenario_.run.engine);
  const auto customers = options_.customers ? options_.customers : scenario_.run.customers;
  return {{"version of lockin", std::string(version())},
          {"seed", std::to_string(options_.seed.value_or(scenario_.run.seed))},
          {"number of replications", std::to_string(all_)},
          {"engine", std::string(name_of(engine))},
          {"number of customers", customers ? std::to_string(*customers) : "the scenario's"},
          {"nested design", options_.nested ? fmt::format("{} x {} x {}", options_.nested->draws,
                                                          options_.nested->shocks, options_.nested->customers)
                                            : "none"},
          {"stopping rule", options_.until ? text_of(*options_.until) : "none"},
          {"treatment of failures", options_.allow_failures ? "left out" : "fail"},
          {"memory for numbers", std::to_string(options_.most_stored_bytes)},
          {"keeping of replications", options_.replication_file.empty() ? "none" : "all"},
          {"scenario", scenario_.resolved}};
}

void ReplicationRunner::save(CheckpointWriter& to, std::uint64_t done) const {
  const auto end = std::find_if(failed_.begin(), failed_.end(),
                                [&](const FailedReplication& one) { return one.replication >= done; });
  to.number(static_cast<std::uint64_t>(end - failed_.begin()));
  for (const FailedReplication& one : std::span(failed_.begin(), end)) {
    to.number(one.replication);
    to.text(one.reason);
  }
}

void ReplicationRunner::restore(CheckpointReader& from, std::uint64_t done) {
  failed_.resize(from.number(done));
  for (FailedReplication& one : failed_) {
    one.replication = from.number(done - 1);
    one.reason = from.text();
    one.draws = draws(one.replication);
  }
}

std::vector<double> ReplicationRunner::draws(std::uint64_t r) const {
  return numbers_of(scenario_, options_, draws_, r);
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
    : store_(runner.table().size(), options.most_stored_bytes, runner.threads(), runner.replications()),
      threads_(runner.threads()) {
  result_.names_ = runner.like().names();
  result_.calendar_ = runner.like().calendar();
  result_.table_ = runner.table();
  result_.ranked_ = ranked_measures(result_.names_);
  result_.uncertain_ = scenario.uncertain;
  result_.drew_parameters_ = draws_parameters(scenario, options);
  result_.drew_shocks_ = scenario.run.draw_shocks.value_or(runner.replications() > 1);
  place_ranks();
}

void EnsembleBuilder::add(const Rows& rows) {
  store_.add(rows);
  // Courses of what providers are ranked by are put side by side first, as each measure's counts are one thread's.
  const std::size_t measures = result_.ranked_.size(), width = ranked_columns_.size(), n = rows.sound.size();
  std::vector<double> courses(n * width);
  const std::span<double> all(courses);
  std::atomic<std::size_t> row = 0, measure = 0;
  on_threads(threads_, [&] {
    for (std::size_t i = row++; i < n; i = row++)
      if (rows.sound[i]) read_courses(rows.row(i), all.subspan(i * width, width));
  });
  on_threads(threads_, [&] {
    for (std::size_t m = measure++; m < measures; m = measure++)
      for (std::size_t i = 0; i < n; ++i) {
        if (!rows.sound[i]) continue;
        const auto course = all.subspan(i * width + m * (width / measures), width / measures);
        count_ranks(m, course);
        count_passings(m, course);
      }
  });
}

// The courses of a replication, read in the order in which its numbers stand.
void EnsembleBuilder::read_courses(std::span<const double> numbers, std::span<double> courses) const {
  const std::size_t J = result_.names_.providers.size(), of_measure = J * result_.table_.moments();
  for (std::size_t moment = 0; moment < of_measure; moment += J)
    for (std::size_t first = moment; first < courses.size(); first += of_measure)
      for (std::size_t i = first; i < first + J; ++i) {
        const std::size_t place = ranked_columns_[i];
        courses[i] = place < numbers.size() ? numbers[place] : std::numeric_limits<double>::quiet_NaN();
      }
}

// Where providers' numbers stand that are ranked.
void EnsembleBuilder::place_ranks() {
  const std::size_t J = result_.names_.providers.size();
  for (const RankedMeasure& by : result_.ranked_)
    for (std::size_t moment = 0; moment < result_.table_.moments(); ++moment) {
      MeasureAt at = result_.table_.at_moment(moment);
      at.measure = by.measure;
      at.key.layer = by.layer;
      for (std::size_t j = 0; j < J; ++j) {
        at.key.provider = ProviderId(j);
        ranked_columns_.push_back(result_.table_.place(at));
      }
    }
  result_.ranks_.assign(ranked_columns_.size() * J, 0);
  passings_.resize(result_.ranked_.size());
}

void EnsembleBuilder::count_ranks(std::size_t m, std::span<const double> course) {
  const std::size_t J = result_.names_.providers.size();
  std::uint64_t* counts = &result_.ranks_[m * course.size() * J];
  for (std::size_t first = 0; first < course.size(); first += J) {
    const std::span<const double> x = course.subspan(first, J);
    for (std::size_t j = 0; j < J; ++j, counts += J) {
      if (std::isnan(x[j])) continue;
      std::size_t rank = 0;
      for (std::size_t k = 0; k < j; ++k) rank += x[k] >= x[j];  // equal: the earlier provider
      for (std::size_t k = j + 1; k < J; ++k) rank += x[k] > x[j];
      ++counts[rank];
    }
  }
}

void EnsembleBuilder::count_passings(std::size_t m, std::span<const double> course) {
  if (result_.ranked_[m].measure == Measure::increment_share) return;
  const std::size_t J = result_.names_.providers.size();
  const auto value = [&](long t, std::size_t j) { return course[static_cast<std::size_t>(t + 1) * J + j]; };
  for (const Crossing& of : passings_of(J, static_cast<long>(result_.calendar_.size()), value)) {
    std::vector<std::uint64_t>& counts = passings_[m][{of.passer, of.passed}];
    counts.resize(result_.calendar_.size());
    ++counts[of.when.index()];
  }
}

void EnsembleBuilder::save(CheckpointWriter& to) const {
  store_.save(to);
  to.numbers(result_.ranks_);
  std::uint64_t pairs = 0;
  for (const auto& by_pair : passings_) pairs += by_pair.size();
  to.number(pairs);
  for (std::size_t m = 0; m < passings_.size(); ++m)
    for (const auto& [who, counts] : passings_[m]) {
      to.numbers(std::array<std::uint64_t, 3>{m, who.first, who.second});
      to.numbers(counts);
    }
}

void EnsembleBuilder::restore(CheckpointReader& from) {
  store_.restore(from);
  from.numbers(std::span<std::uint64_t>(result_.ranks_));
  const std::size_t measures = result_.ranked_.size(), J = result_.names_.providers.size();
  for (std::uint64_t n = from.number(measures * J * J); n > 0; --n) {
    const std::uint64_t m = from.number(measures - 1), passer = from.number(J - 1),
                        passed = from.number(J - 1);
    std::vector<std::uint64_t>& counts = passings_[m][{passer, passed}];
    counts.resize(result_.calendar_.size());
    from.numbers(std::span<std::uint64_t>(counts));
  }
}

Ensemble EnsembleBuilder::finish(const ReplicationRunner& runner, std::uint64_t replications, double se) {
  runner.check_failures();
  result_.largest_se_ = se;
  result_.replications_ = replications;
  result_.failed_ = runner.failed();
  result_.draws_.reserve(replications);
  for (std::uint64_t r = 0; r < replications; ++r) result_.draws_.push_back(runner.draws(r));
  const double sound = static_cast<double>(result_.replications_ - result_.failed_.size());
  for (std::size_t m = 0; m < passings_.size(); ++m)
    for (const auto& [who, counts] : passings_[m]) {
      Ensemble::Passing passing{result_.ranked_[m], ProviderId(who.first), ProviderId(who.second), {}};
      for (const std::uint64_t n : counts) passing.probability.push_back(static_cast<double>(n) / sound);
      result_.passings_.push_back(std::move(passing));
    }
  result_.stored_ = store_.stored();
  result_.summaries_ = store_.summaries();
  return std::move(result_);
}

std::optional<Summary> Ensemble::summary(const MeasureAt& at) const { return summary(table_.place(at)); }

std::optional<Summary> Ensemble::summary(std::size_t place) const {
  if (place >= table_.size() || summaries_[place].count == 0) return std::nullopt;
  return summaries_[place];
}

std::optional<Summary> Ensemble::growth(int year, Measure measure, LayerId layer, ProviderId provider,
                                        GrowthPart part) const {
  const std::size_t place = table_.place_of_growth(year, measure, layer, provider, part);
  return place < summaries_.size() ? std::optional(summaries_[place]) : std::nullopt;
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
  Replication of{
      {}, settings_of(scenario, options, r), numbers_of(scenario, options, draws_of(scenario, options), r)};
  of.spec = DrawnMarket(scenario, draws_parameters(scenario, options)).spec(of.draws);
  return of;
}

// Fixed numbers of replications, so that an ensemble that stops at one is the ensemble of that number.
std::uint64_t next_look(std::uint64_t done) {
  std::uint64_t look = 32;
  while (look <= done) look += std::max<std::uint64_t>(8, look / 128 * 8);
  return look;
}

std::uint64_t run_blocks(const BlockedRun& of, const EnsembleOptions& options) {
  using Clock = std::chrono::steady_clock;
  CheckpointKeeper keeper(options.checkpoint, options.resume, options.checkpoint_seconds, of.identity);
  std::uint64_t done = 0;
  if (std::optional<CheckpointReader> earlier = keeper.earlier()) {
    done = earlier->number(of.replications);
    of.restore(*earlier, done);
  }
  const auto save = [&](CheckpointWriter& to) {
    to.number(done);
    of.save(to, done);
  };
  std::size_t block = of.least;
  while (done < of.replications) {
    const std::uint64_t end = of.enough ? std::min(of.replications, next_look(done)) : of.replications;
    const std::size_t n = static_cast<std::size_t>(std::min<std::uint64_t>(block, end - done));
    const Clock::time_point start = Clock::now();
    const auto [ran, stopped] = of.run(done, n);
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    done += ran;
    if (stopped && done < of.replications) {
      if (done > 0) keeper.keep_last(save);
      throw EnsembleStopped(done, keeper.kept());
    }
    if (of.enough && done == end && of.enough(done)) break;
    if (done < of.replications) keeper.keep(save);
    if (seconds < 1) block = std::min(of.most, 2 * block);
    if (seconds > 2) block = std::max(of.least, block / 2);
  }
  return done;
}

namespace {

// What a rule is about, by place; by default the revenue shares of the last year.
std::vector<std::size_t> places_of(const std::optional<StoppingRule>& rule, const ReplicationRunner& runner) {
  const MeasureTable& table = runner.table();
  std::vector<std::size_t> places;
  if (rule) {
    if (!(rule->se > 0)) throw std::invalid_argument("until: a standard error above 0");
    for (const MeasureAt& at : rule->measures) {
      places.push_back(table.place(at));
      if (places.back() >= table.measures().size())
        throw std::invalid_argument("until: the market has no such measure");
    }
  }
  if (!places.empty()) return places;
  for (std::size_t j = 0; j < runner.like().names().providers.size(); ++j) {
    MeasureAt at = table.at_moment(table.moments() - 1);
    at.key.provider = ProviderId(j);
    if (const std::size_t place = table.place(at); place < table.size()) places.push_back(place);
  }
  return places;
}

}  // namespace

double EnsembleBuilder::largest_error(const std::vector<std::size_t>& places) const {
  double largest = 0;
  for (const std::size_t place : places)
    if (const Moments& of = store_.moments(place); of.count() > 0)
      largest = std::max(largest, std::sqrt(of.variance()) / std::sqrt(static_cast<double>(of.count())));
  return largest;
}

void help_ensemble(const Scenario& scenario, const EnsembleOptions& options) {
  if (options.ranks == nullptr) throw std::invalid_argument("help_ensemble: no ranks");
  ReplicationRunner runner(scenario, options);
  ReplicationRunner* const one = &runner;
  help(*options.ranks, std::span(&one, 1));
}

Ensemble run_ensemble(const Scenario& scenario, const EnsembleOptions& options) {
  const Helpers helpers(options.ranks);
  ReplicationRunner runner(scenario, options);
  EnsembleBuilder builder(scenario, options, runner);
  ReplicationWriter replications(options.replication_file, runner.table().size(), runner.replications());
  const std::vector<std::size_t> places = places_of(options.until, runner);
  EnsembleStatus status{0, runner.replications(), {}};
  const auto after_each = [&] {
    ++status.done;
    return !options.progress || options.progress(status);
  };
  Rows rows;
  BlockedRun blocks{runner.replications(), runner.least_block(), runner.chunk(), runner.identity()};
  blocks.run = [&](std::uint64_t first, std::size_t n) {
    const bool stopped = !runner.run(first, n, rows, after_each);
    builder.add(rows);
    replications.add(rows);
    if (const double se = builder.largest_error(places); se > 0) status.se = se;
    return std::pair(std::uint64_t{rows.sound.size()}, stopped);
  };
  if (options.until)
    blocks.enough = [&](std::uint64_t) { return builder.largest_error(places) <= options.until->se; };
  blocks.save = [&](CheckpointWriter& to, std::uint64_t done) {
    runner.save(to, done);
    builder.save(to);
    replications.save(to);
  };
  blocks.restore = [&](CheckpointReader& from, std::uint64_t done) {
    runner.restore(from, done);
    builder.restore(from);
    replications.restore(from, done);
    status.done = done;
  };
  const std::uint64_t ran = run_blocks(blocks, options);
  return builder.finish(runner, ran, builder.largest_error(places));
}

}  // namespace lockin
