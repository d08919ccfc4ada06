// What rank 0 spends on the replications of the others: mpirun -n R lockin_merge_cost SCENARIO
// Each helper has made one replication before and sends it whenever it is asked, so that no simulation is in the time.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <exception>
#include <vector>

#include "ensemble/replication_runner.hpp"
#include "lockin/mpi/mpi_ranks.hpp"
#include "lockin/scenario/load.hpp"

namespace {

using Clock = std::chrono::steady_clock;
constexpr int rounds = 31;

double since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

double median(std::vector<double> of) {
  const auto middle = of.begin() + static_cast<std::ptrdiff_t>(of.size() / 2);
  std::nth_element(of.begin(), middle, of.end());
  return *middle;
}

// Answers every order with the same part, until the order of nothing.
void answer(lockin::Ranks& ranks, lockin::ReplicationRunner& runner, std::size_t replications) {
  const std::vector<std::byte> part = runner.part_of(0, replications);
  for (;;) {
    ranks.send({});  // ready
    std::array<std::uint64_t, 3> order{};
    ranks.broadcast(order);
    if (order[2] == 0) return;
    ranks.send(part);
  }
}

void measure(lockin::Ranks& ranks, const lockin::Scenario& scenario, const lockin::EnsembleOptions& options,
             lockin::ReplicationRunner& runner, std::size_t replications) {
  lockin::EnsembleBuilder builder(scenario, options, runner);
  const auto wait_for_all = [&] {
    for (std::size_t k = 1; k < ranks.size(); ++k) static_cast<void>(ranks.receive(k));
  };
  std::vector<double> gathering, adding;
  for (int round = 0; round < rounds; ++round) {
    wait_for_all();
    lockin::Rows rows;
    auto begin = Clock::now();
    runner.run(static_cast<std::uint64_t>(round) * replications, replications, rows, [] { return true; });
    gathering.push_back(since(begin));
    begin = Clock::now();
    builder.add(rows);
    adding.push_back(since(begin));
  }
  wait_for_all();
  std::array<std::uint64_t, 3> end{};
  ranks.broadcast(end);
  std::printf(
      "{\"ranks\": %zu, \"replications\": %zu, \"numbers\": %zu, \"gathering\": %.9g, \"adding\": %.9g}\n",
      ranks.size(), replications, runner.table().size(), median(gathering), median(adding));
}

}  // namespace

int main(int argc, char** argv) try {
  lockin::MpiRanks ranks;
  if (argc != 2 || ranks.size() < 2) {
    std::fputs("usage: mpirun -n RANKS lockin_merge_cost SCENARIO, of two ranks or more\n", stderr);
    return 2;
  }
  const lockin::Scenario scenario = lockin::load_scenario(argv[1]);
  // One fewer than there are ranks: each helper makes one, rank 0 none.
  const std::size_t replications = ranks.size() - 1;
  lockin::EnsembleOptions options;
  options.replications = rounds * replications;
  options.engine = lockin::EngineKind::mean_field;
  options.threads = 1;
  options.ranks = &ranks;
  lockin::ReplicationRunner runner(scenario, options);
  if (ranks.rank() == 0)
    measure(ranks, scenario, options, runner, replications);
  else
    answer(ranks, runner, replications);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "lockin_merge_cost: error: %s\n", error.what());
  return 1;
}
