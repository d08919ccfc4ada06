// lockin_bench: lockin's agent engine against the hand-written loops, on the same workloads in the same run, interleaved.
//
// Only ratios mean something across machines and hours; nanoseconds are printed beside them. What is timed is the 24
// periods, measures of each period included, without the opening draw: the loops stop their clock after the opening, and of
// lockin the clock runs from the observer's call at the opening (t = -1) to its call at the end of the last period.

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <sys/resource.h>

#include <fmt/core.h>
#include <hwy/targets.h>
#include <nlohmann/json.hpp>

#include "agent_parts.hpp"
#include "baseline/naive_loop.hpp"
#include "baseline/tuned_loop.hpp"
#include "lockin/analysis/gradient.hpp"
#include "lockin/ensemble/run_ensemble.hpp"
#include "lockin/scenario/bundled.hpp"
#include "lockin/scenario/load.hpp"
#include "lockin/simulation/simulate.hpp"
#include "mean_field_reference.hpp"

namespace lockin::bench {
namespace {

struct Options {
  std::vector<std::uint64_t> customers = {1'000'000};
  std::size_t rounds = 5;
  std::string json_file;
  std::string once;  // name of a case to time once
  bool list = false, huge = false;
};

[[noreturn]] void usage(int status) {
  std::fputs(
      "lockin_bench [--rounds N] [--customers N | --large] [--json FILE]\n"
      "lockin_bench --huge [--json FILE] | --list | --once CASE\n"
      "  --rounds N     interleaved rounds (5)\n"
      "  --customers N  size of the workloads (1000000)\n"
      "  --large        1e6 and 1e7 customers\n"
      "  --json FILE    also write the results as JSON\n"
      "  --instructions SET  ours with this set of vector instructions, for example AVX2; the loops keep "
      "what they have\n"
      "  --huge         1e8 agents on two layers: seconds and memory\n"
      "  --list         names of the cases that bench/gate.py compares between versions\n"
      "  --once CASE    milliseconds of one run of it, by the engine alone\n",
      status == 0 ? stdout : stderr);
  std::exit(status);
}

/// As if the processor had no better set of vector instructions than that of this name.
void choose_instructions(std::string_view name) {
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets())
    if (name == hwy::TargetName(target)) {
      hwy::SetSupportedTargetsForTest(hwy::SupportedTargets() & -target);  // better sets are lower bits
      hwy::GetChosenTarget().Update(hwy::SupportedTargets());
      std::printf("lockin with %s\n", hwy::TargetName(target));
      return;
    }
  usage(2);
}

std::uint64_t positive_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value == 0) usage(2);
  return value;
}

Options options_of(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const auto value = [&]() -> std::string_view { return ++i < argc ? argv[i] : (usage(2), ""); };
    if (argument == "--help") usage(0);
    if (argument == "--large")
      options.customers = {1'000'000, 10'000'000};
    else if (argument == "--customers")
      options.customers = {positive_number(value())};
    else if (argument == "--rounds")
      options.rounds = positive_number(value());
    else if (argument == "--instructions")
      choose_instructions(value());
    else if (argument == "--huge")
      options.huge = true;
    else if (argument == "--list")
      options.list = true;
    else if (argument == "--once")
      options.once = value();
    else if (argument == "--json")
      options.json_file = value();
    else
      usage(2);
  }
  return options;
}

/// The same workload in one of lockin's engines.
History ours(const Workload& workload, const Market& market, std::uint64_t seed, std::size_t threads,
             EngineKind engine = EngineKind::agent) {
  using Clock = std::chrono::steady_clock;
  History history;
  Clock::time_point opened;
  RunSettings settings;
  settings.engine = engine;
  settings.seed = seed;
  settings.threads = threads;
  settings.observer = [&](const PeriodView& view) {
    const Clock::time_point now = Clock::now();
    if (view.t == -1) opened = now;
    if (view.t == static_cast<long>(period_count) - 1)
      history.period_seconds = std::chrono::duration<double>(now - opened).count();
  };
  const Clock::time_point start = Clock::now();
  const Trajectory trajectory = simulate(market, settings);
  history.opening_seconds = std::chrono::duration<double>(opened - start).count();

  history.path.assign(period_count, std::vector<Shares>(workload.layers.size()));
  for (std::size_t t = 0; t < period_count; ++t)
    for (std::size_t l = 0; l < workload.layers.size(); ++l)
      for (std::size_t j = 0; j < provider_count; ++j)
        history.path[t][l][j] = trajectory.at(Period(t)).customer_share(LayerId(l), ProviderId(j));
  return history;
}

/// Ours and the loops must follow the same mean field over the whole path, or there is nothing to compare: the bound of
/// tests/bench/baseline_test.cpp, false alarms 1e-6 a history.
void require_agreement(const History& history, const SharePath& expected, const Workload& workload,
                       const char* whose) {
  const double distance =
      largest_deviation(history.path, expected) * std::sqrt(static_cast<double>(workload.customers));
  const double noise = workload.layers.back().network > 0 ? 1.2 : 1;
  const double bound = noise * largest_chance_deviation(expected);
  if (!(distance < bound)) {
    throw std::runtime_error(
        fmt::format("{}: {} is {:.1f} standard deviations away from the mean field in some share "
                    "(chance: {:.1f}), so there is nothing to compare",
                    workload.name, whose, distance, bound));
  }
}

/// Median and range over the rounds.
struct Spread {
  double median = 0, min = 0, max = 0;
};

Spread spread_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t n = values.size();
  return {(values[(n - 1) / 2] + values[n / 2]) / 2, values.front(), values.back()};
}

/// Of each round a / b: rounds are short, so that a machine's mood weighs on both.
Spread ratio(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < a.size(); ++i) ratios.push_back(a[i] / b[i]);
  return spread_of(ratios);
}

nlohmann::json to_json(const Spread& s) { return {{"median", s.median}, {"min", s.min}, {"max", s.max}}; }

/// Seconds of the periods, by turns: one history on one thread and on two, and two histories at once on a thread each. These
/// share nothing: what they gain is all that the machine has to give to a second thread.
struct Turns {
  std::vector<double> one, two, apart;
};

void add_turn(const Workload& workload, const Market& market, std::uint64_t seed, Turns& turns) {
  const History one = ours(workload, market, seed, 1), two = ours(workload, market, seed, 2);
  if (one.path != two.path)
    throw std::runtime_error(workload.name + ": lockin's result depends on the threads");
  History other;
  std::jthread second([&] { other = ours(workload, market, seed, 1); });
  const History first = ours(workload, market, seed, 1);
  second.join();
  turns.one.push_back(one.period_seconds);
  turns.two.push_back(two.period_seconds);
  turns.apart.push_back(std::max(first.period_seconds, other.period_seconds) / 2);
}

nlohmann::json compare(const Workload& workload, std::size_t rounds) {
  constexpr std::size_t turns_a_round = 3;  // short ones: the machine's mood changes from second to second
  const Market market(market_of(workload));
  const SharePath expected = mean_field_reference(workload);
  std::vector<double> naive, tuned, one_thread;                   // seconds in the periods
  std::vector<double> naive_opening, tuned_opening, our_opening;  // seconds before them
  Turns turns;
  for (std::size_t round = 0; round <= rounds; ++round) {
    const std::uint64_t seed = round + 1;
    const History a = naive_loop(workload, seed);
    const History b = ours(workload, market, seed, 1);
    const History c = tuned_loop(workload, seed);
    require_agreement(a, expected, workload, "the naive loop");
    require_agreement(b, expected, workload, "lockin");
    require_agreement(c, expected, workload, "the tuned loop");
    if (round == 0) continue;  // warms up
    for (std::size_t turn = 0; turn < turns_a_round; ++turn) add_turn(workload, market, seed, turns);
    naive.push_back(a.period_seconds);
    one_thread.push_back(b.period_seconds);
    tuned.push_back(c.period_seconds);
    naive_opening.push_back(a.opening_seconds);
    our_opening.push_back(b.opening_seconds);
    tuned_opening.push_back(c.opening_seconds);
  }

  nlohmann::json result = {{"workload", workload.name}, {"customers", workload.customers}};
  std::printf("\n%s, %llu customers, %zu periods, %zu rounds\n", workload.name.c_str(),
              static_cast<unsigned long long>(workload.customers), period_count, rounds);
  const auto row = [&](const char* key, const char* text, const Spread& s) {
    std::printf("  %-44s %6.2f   (%.2f .. %.2f)\n", text, s.median, s.min, s.max);
    result["ratios"][key] = to_json(s);
  };
  row("naive_over_ours", "times as fast as the naive loop, 1 thread", ratio(naive, one_thread));
  row("tuned_over_ours", "times as fast as the tuned loop, 1 thread", ratio(tuned, one_thread));
  row("one_thread_over_two", "2 threads, times as fast as 1", ratio(turns.one, turns.two));
  row("one_over_two_at_once", "2 histories at once, times as fast as 1", ratio(turns.one, turns.apart));
  row("two_at_once_over_two", "2 threads against 2 histories at once", ratio(turns.apart, turns.two));
  const double steps = static_cast<double>(workload.customers * period_count);
  const auto side = [&](const char* key, const std::vector<double>& seconds,
                        const std::vector<double>& opening) {
    const Spread s = spread_of(seconds);
    const double ns = s.median / steps * 1e9;
    std::printf("  %-12s %7.3f ns per agent-step", key, ns);
    result["ns_per_agent_step"][key] = {
        {"median", ns}, {"min", s.min / steps * 1e9}, {"max", s.max / steps * 1e9}};
    if (!opening.empty()) {
      const double each = spread_of(opening).median / static_cast<double>(workload.customers) * 1e9;
      std::printf("; opening %6.2f ns per customer (not in the ratios)", each);
      result["opening_ns_per_customer"][key] = each;
    }
    std::printf("\n");
  };
  side("naive", naive, naive_opening);
  side("tuned", tuned, tuned_opening);
  side("ours", one_thread, our_opening);
  side("ours_2", turns.two, {});
  const AgentParts parts = agent_parts(workload);
  std::printf(
      "  parts of a step alone: words %.3f, tables %.3f, sifting %.3f, moves %.3f, rises %.3f; bound %.3f "
      "ns, ours "
      "takes %.2f times as long\n",
      parts.words, parts.tables, parts.sift, parts.moves, parts.rises, parts.sum(),
      spread_of(one_thread).median / steps * 1e9 / parts.sum());
  result["parts_ns"] = {{"words", parts.words},
                        {"tables", parts.tables},
                        {"sifting", parts.sift},
                        {"moves", parts.moves},
                        {"rises", parts.rises}};
  std::fflush(stdout);
  return result;
}

/// Cohorts: what a history of 1e9 customers costs, and against one of 1e7.
nlohmann::json cohort_cost(Workload workload, std::size_t rounds) {
  std::vector<double> seconds[2];
  for (std::size_t round = 0; round <= rounds; ++round)
    for (const bool large : {false, true}) {
      workload.customers = large ? 1'000'000'000 : 10'000'000;
      const Market market(market_of(workload));
      const History history = ours(workload, market, round + 1, 1, EngineKind::cohort);
      require_agreement(history, mean_field_reference(workload), workload, "the cohort engine");
      if (round > 0) seconds[large].push_back(history.period_seconds);  // the first round warms up
    }
  std::printf("\n%s, cohort engine\n", workload.name.c_str());
  const Spread cost = spread_of(seconds[1]), growth = ratio(seconds[1], seconds[0]);
  std::printf("  %-44s %6.2f   (%.2f .. %.2f)\n", "cohort, 1e9 customers: cost against 1e7", growth.median,
              growth.min, growth.max);
  std::printf("  %-12s %7.1f ms for 24 periods of 1e9 customers\n", "cohort", cost.median * 1e3);
  std::fflush(stdout);
  return {{"cost_1e9_over_1e7", to_json(growth)}, {"milliseconds_1e9", cost.median * 1e3}};
}

/// What one engine takes for one market: a case of the gate.
struct Case {
  std::string name;
  EngineKind engine;
  std::function<Market()> market;
  std::optional<std::uint64_t> customers;
};

std::vector<Case> cases() {
  const auto of = [](Workload (*workload)(std::uint64_t), std::uint64_t customers) {
    return [=] { return Market(market_of(workload(customers))); };
  };
  const auto china = [] { return Market(load_bundled("china_ai_cloud").spec); };
  return {{"agent/one_layer_busy", EngineKind::agent, of(one_layer_busy, 1'000'000), {}},
          {"agent/one_layer_quiet", EngineKind::agent, of(one_layer_quiet, 1'000'000), {}},
          {"agent/two_layers", EngineKind::agent, of(two_layers, 1'000'000), {}},
          {"agent/china", EngineKind::agent, china, 1'000'000},
          {"cohort/one_layer_busy", EngineKind::cohort, of(one_layer_busy, 1'000'000'000), {}},
          {"cohort/two_layers", EngineKind::cohort, of(two_layers, 1'000'000'000), {}},
          {"cohort/china", EngineKind::cohort, china, 1'000'000'000},
          {"mean_field/two_layers", EngineKind::mean_field, of(two_layers, 1'000'000'000), {}},
          {"mean_field/china", EngineKind::mean_field, china, {}}};
}

/// Milliseconds of one run on one thread, market compiled and opening drawn beforehand.
double milliseconds(const Case& of, const Market& market) {
  using Clock = std::chrono::steady_clock;
  Clock::time_point opened, end;
  RunSettings settings{.engine = of.engine, .threads = 1, .customers = of.customers};
  settings.observer = [&](const PeriodView& view) { (view.t == -1 ? opened : end) = Clock::now(); };
  (void)simulate(market, settings);
  return std::chrono::duration<double, std::milli>(end - opened).count();
}

int time_once(const std::string& name) {
  for (const Case& of : cases()) {
    if (of.name != name) continue;
    const Market market = of.market();
    (void)milliseconds(of, market);  // warms up
    std::printf("%.6f\n", milliseconds(of, market));
    return 0;
  }
  throw std::runtime_error("no case " + name + "; --list names them");
}

/// Cohorts of the baseline scenario, whose joint states many customers fill: a history of more customers against one of 1e7.
nlohmann::json china_cohort_growth(std::size_t rounds) {
  const Market market(load_bundled("china_ai_cloud").spec);
  const std::vector<std::uint64_t> customers{10'000'000, 1'000'000'000, 100'000'000'000};
  std::vector<std::vector<double>> times(customers.size());
  for (std::size_t round = 0; round <= rounds; ++round)
    for (std::size_t i = 0; i < customers.size(); ++i) {
      const double time = milliseconds({"", EngineKind::cohort, {}, customers[i]}, market);
      if (round > 0) times[i].push_back(time);
    }
  nlohmann::json result;
  std::printf("\nChina, cohort engine: cost against 1e7 customers\n");
  for (std::size_t i = 1; i < customers.size(); ++i) {
    const std::string name = fmt::format("{:.0e}", static_cast<double>(customers[i]));
    const Spread growth = ratio(times[i], times[0]);
    std::printf("  %-44s %6.2f   (%.2f .. %.2f)\n", name.c_str(), growth.median, growth.min, growth.max);
    result[name] = to_json(growth);
  }
  std::fflush(stdout);
  return result;
}

/// The mean field and the baseline scenario, in milliseconds.
nlohmann::json engine_costs(std::size_t rounds) {
  nlohmann::json result;
  std::printf("\n24 periods on one thread\n");
  for (const Case& of : cases()) {
    const Market market = of.market();
    std::vector<double> times;
    for (std::size_t round = 0; round <= rounds; ++round) {
      const double time = milliseconds(of, market);
      if (round > 0) times.push_back(time);
    }
    const Spread cost = spread_of(times);
    std::printf("  %-24s %8.2f ms   (%.2f .. %.2f)\n", of.name.c_str(), cost.median, cost.min, cost.max);
    result[of.name] = to_json(cost);
  }
  std::fflush(stdout);
  return result;
}

/// One measure's derivatives by all numbers of a market: times the cost of a run, on one thread.
nlohmann::json gradient_costs(std::size_t rounds) {
  using Clock = std::chrono::steady_clock;
  const auto seconds_of = [](const auto& work) {
    const Clock::time_point start = Clock::now();
    work();
    return std::chrono::duration<double>(Clock::now() - start).count();
  };
  nlohmann::json result;
  std::printf("\nDerivatives of a measure by every number, mean field, 1 thread\n");
  for (const Case& of : cases()) {
    if (of.engine != EngineKind::mean_field) continue;
    const Market market = of.market();
    std::vector<double> runs, gradients;
    std::size_t numbers = 0;
    for (std::size_t round = 0; round <= rounds; ++round) {
      const double run =
          seconds_of([&] { (void)simulate(market, {.engine = EngineKind::mean_field, .threads = 1}); });
      const double gradient = seconds_of([&] {
        const MeasureAt at{Measure::customer_share,
                           {LayerId(0), {}, ProviderId(0)},
                           static_cast<long>(market.calendar().size()) - 1};
        numbers = Gradients(market, 1).of(at).partials.size();
      });
      if (round == 0) continue;  // warms up
      runs.push_back(run);
      gradients.push_back(gradient);
    }
    const Spread cost = ratio(gradients, runs);
    std::printf("  %-24s %4zu numbers: %5.2f runs   (%.2f .. %.2f)\n", of.name.c_str(), numbers, cost.median,
                cost.min, cost.max);
    result[of.name] = {{"numbers", numbers}, {"runs", to_json(cost)}};
  }
  std::fflush(stdout);
  return result;
}

/// The shipped ensemble: against its runs one by one, and on two threads. Per replication; of the mean field, whose runs are
/// short, the 1000 that are asked for, as what an ensemble does once would weigh more in fewer.
nlohmann::json ensemble_costs(std::size_t rounds) {
  using Clock = std::chrono::steady_clock;
  struct Work {
    const char* name;
    EngineKind engine;
    std::optional<std::uint64_t> customers;
    std::uint64_t replications;
    std::size_t rounds;
  };
  const Scenario scenario = load_bundled("china_uncertain");
  nlohmann::json result;
  std::printf("\nEnsembles of china_uncertain, 12 uncertain numbers\n");
  for (const Work& of : {Work{"mean_field", EngineKind::mean_field, {}, 1000, 2 * rounds - 1},
                         Work{"agent", EngineKind::agent, 100'000, 100, rounds}}) {
    EnsembleOptions options{.engine = of.engine, .replications = of.replications, .customers = of.customers};
    const auto ensemble_on = [&](std::size_t threads) {
      EnsembleOptions on = options;
      on.threads = threads;
      const Clock::time_point start = Clock::now();
      (void)run_ensemble(scenario, on);
      return std::chrono::duration<double>(Clock::now() - start).count() /
             static_cast<double>(of.replications);
    };
    std::vector<double> bare, one, two, apart;
    for (std::size_t round = 0; round <= of.rounds; ++round) {
      double engine = 0;
      for (std::uint64_t r = 0; r < of.replications; ++r) {
        Replication replication = replication_of(scenario, options, r);
        replication.settings.threads = 1;
        const Clock::time_point start = Clock::now();
        // Each has a market of its own.
        (void)simulate(Market(std::move(replication.spec)), replication.settings);
        engine += std::chrono::duration<double>(Clock::now() - start).count();
      }
      const double on_one = ensemble_on(1), on_two = ensemble_on(2);
      double other = 0;
      std::jthread second([&] { other = ensemble_on(1); });
      const double first = ensemble_on(1);
      second.join();
      if (round == 0) continue;  // warms up
      apart.push_back(std::max(first, other) / 2);
      bare.push_back(engine / static_cast<double>(of.replications));
      one.push_back(on_one);
      two.push_back(on_two);
    }
    const Spread over_bare = ratio(one, bare), speedup = ratio(one, two), at_once = ratio(one, apart),
                 seconds = spread_of(two);
    std::printf(
        "  %-12s %.2f s for 1000 on 2 threads, %.2f times the bare runs, 2 threads %.2f times as fast as 1 "
        "(two ensembles at once: %.2f)\n",
        of.name, 1000 * seconds.median, over_bare.median, speedup.median, at_once.median);
    result[of.name] = {{"seconds_of_1000", 1000 * seconds.median},
                       {"times_bare_runs", to_json(over_bare)},
                       {"one_thread_over_two", to_json(speedup)},
                       {"one_over_two_at_once", to_json(at_once)}};
  }
  std::fflush(stdout);
  return result;
}

std::string compiler() {
#if defined(__clang__)
  return std::string("clang++ ") + __clang_version__;
#elif defined(__GNUC__)
  return std::string("g++ ") + __VERSION__;
#else
  return "unknown";
#endif
}

/// The processor's name from /proc/cpuinfo; "unknown" where there is none.
std::string processor() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("model name")) return line.substr(std::min(line.find(':') + 2, line.size()));
  return "unknown";
}

/// Runnable threads of the last minute: where others work on the machine, two threads gain little. Negative: not known.
double load_average() {
  double load = -1;
  return getloadavg(&load, 1) == 1 ? load : -1;
}

void write(const nlohmann::json& report, const std::string& file_name) {
  if (file_name.empty()) return;
  std::ofstream file(file_name);
  file << report.dump(2) << '\n';
  if (!file.flush()) throw std::runtime_error("cannot write " + file_name);
}

/// A history of 1e8 agents, and the most memory that the process has had.
nlohmann::json huge() {
  const Workload workload = two_layers(100'000'000);
  const Market market(market_of(workload));
  const History history = ours(workload, market, 1, std::thread::hardware_concurrency());
  require_agreement(history, mean_field_reference(workload), workload, "lockin");
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const double seconds = history.opening_seconds + history.period_seconds;
  const double megabytes = static_cast<double>(usage.ru_maxrss) * 1024 / 1e6;
  std::printf("1e8 agents, two layers, %zu periods: %.1f s with the opening, %.0f MB\n", period_count,
              seconds, megabytes);
  return {{"seconds", seconds}, {"megabytes", megabytes}};
}

int run(const Options& options) {
  if (options.list)
    for (const Case& of : cases()) std::printf("%s\n", of.name.c_str());
  if (options.list) return 0;
  if (options.huge) {
    write(huge(), options.json_file);
    return 0;
  }
  if (!options.once.empty()) return time_once(options.once);
  const unsigned processors = std::thread::hardware_concurrency();
  std::printf("%s, %s, %u processors, load average at the start %.2f\n", compiler().c_str(),
              processor().c_str(), processors, load_average());
  nlohmann::json report = {{"compiler", compiler()},
                           {"processor", processor()},
                           {"processors", processors},
                           {"load_average", load_average()},
                           {"rounds", options.rounds}};
  for (const std::uint64_t customers : options.customers)
    for (const Workload& workload :
         {one_layer_busy(customers), one_layer_quiet(customers), two_layers(customers)})
      report["workloads"].push_back(compare(workload, options.rounds));
  for (const Workload& workload : {one_layer_busy(1), two_layers(1)})
    report["cohort"][workload.name] = cohort_cost(workload, options.rounds);
  report["china_cohorts"] = china_cohort_growth(options.rounds);
  report["milliseconds"] = engine_costs(options.rounds);
  report["gradients"] = gradient_costs(options.rounds);
  report["ensembles"] = ensemble_costs(options.rounds);
  write(report, options.json_file);
  return 0;
}

}  // namespace
}  // namespace lockin::bench

int main(int argc, char** argv) {
  const lockin::bench::Options options = lockin::bench::options_of(argc, argv);
#ifdef NDEBUG
  constexpr bool assertions = false;
#else
  constexpr bool assertions = true;
#endif
  if (assertions) {
    std::fputs(
        "lockin_bench: error: built with assertions on; times would mean nothing (build the preset "
        "release)\n",
        stderr);
    return 1;
  }
  try {
    return lockin::bench::run(options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "lockin_bench: error: %s\n", error.what());
    return 1;
  }
}
