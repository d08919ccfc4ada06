#include "lockin/ensemble/ranks.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "ensemble/small_ensemble.hpp"
#include "lockin/analysis/compare.hpp"
#include "lockin/report/comparison_report.hpp"

namespace lockin {
namespace {

// Threads in the place of processes.
class Post {
 public:
  explicit Post(std::size_t size) : orders_(size), mail_(size) {}
  void order(const std::vector<std::uint64_t>& words) {
    const std::lock_guard lock(guard_);
    for (std::size_t k = 1; k < orders_.size(); ++k) orders_[k].push_back(words);
    changed_.notify_all();
  }
  std::vector<std::uint64_t> next_order(std::size_t k) { return next(orders_[k]); }
  void send(std::size_t k, std::vector<std::byte> bytes) {
    const std::lock_guard lock(guard_);
    sent_ += bytes.size();
    mail_[k].push_back(std::move(bytes));
    changed_.notify_all();
  }
  std::vector<std::byte> receive(std::size_t k) { return next(mail_[k]); }
  [[nodiscard]] std::size_t size() const { return mail_.size(); }
  [[nodiscard]] std::size_t sent() const { return sent_; }

 private:
  template <class T>
  T next(std::deque<T>& queue) {
    std::unique_lock lock(guard_);
    changed_.wait(lock, [&] { return !queue.empty(); });
    T first = std::move(queue.front());
    queue.pop_front();
    return first;
  }
  std::mutex guard_;
  std::condition_variable changed_;
  std::vector<std::deque<std::vector<std::uint64_t>>> orders_;
  std::vector<std::deque<std::vector<std::byte>>> mail_;
  std::size_t sent_ = 0;
};

class ThreadRank final : public Ranks {
 public:
  ThreadRank(Post& post, std::size_t rank) : post_(post), rank_(rank) {}
  [[nodiscard]] std::size_t rank() const override { return rank_; }
  [[nodiscard]] std::size_t size() const override { return post_.size(); }
  void broadcast(std::span<std::uint64_t> words) override {
    if (rank_ == 0) return post_.order({words.begin(), words.end()});
    const std::vector<std::uint64_t> all = post_.next_order(rank_);
    std::copy(all.begin(), all.end(), words.begin());
  }
  void send(std::span<const std::byte> bytes) override { post_.send(rank_, {bytes.begin(), bytes.end()}); }
  [[nodiscard]] std::vector<std::byte> receive(std::size_t from) override { return post_.receive(from); }

 private:
  Post& post_;
  std::size_t rank_;
};

// Runs rank 0 here and the others on threads; returns what was sent, in bytes.
template <class Run, class Help>
std::size_t on_ranks(std::size_t size, EnsembleOptions options, const Run& run, const Help& help) {
  Post post(size);
  std::vector<std::jthread> others;
  for (std::size_t k = 1; k < size; ++k)
    others.emplace_back([&post, &help, k, own = options]() mutable {
      ThreadRank rank(post, k);
      own.progress = {};
      own.ranks = &rank;
      help(own);
    });
  ThreadRank first(post, 0);
  options.ranks = &first;
  run(options);
  others.clear();
  return post.sent();
}

TEST(Ranks, SameBitsForAnyNumber) {
  for (const bool failures : {false, true}) {
    const Scenario scenario = failures ? failing_scenario() : small_scenario();
    const EnsembleOptions options{.threads = 2, .allow_failures = failures};
    const Ensemble alone = run_ensemble(scenario, options);
    for (const std::size_t ranks : {1UL, 2UL, 3UL, 5UL, 20UL}) {
      std::string all;
      on_ranks(
          ranks, options,
          [&](const EnsembleOptions& own) {
            const Ensemble ensemble = run_ensemble(scenario, own);
            all = all_tables(ensemble);
            ASSERT_EQ(ensemble.failed().size(), alone.failed().size());
            for (std::size_t i = 0; i < alone.failed().size(); ++i) {
              EXPECT_EQ(ensemble.failed()[i].replication, alone.failed()[i].replication);
              EXPECT_EQ(ensemble.failed()[i].reason, alone.failed()[i].reason);
              EXPECT_EQ(ensemble.failed()[i].draws, alone.failed()[i].draws);
            }
          },
          [&](const EnsembleOptions& own) { help_ensemble(scenario, own); });
      EXPECT_EQ(all, all_tables(alone)) << ranks;
    }
  }
}

TEST(Ranks, MeasuresTravelAndNoCustomers) {
  std::vector<std::size_t> sent;
  for (const char* customers : {"400", "40000"}) {
    const Scenario scenario = small_scenario({std::string("segments.firms.customers=") + customers});
    sent.push_back(on_ranks(
        3, {.threads = 1}, [&](const EnsembleOptions& own) { (void)run_ensemble(scenario, own); },
        [&](const EnsembleOptions& own) { help_ensemble(scenario, own); }));
  }
  EXPECT_EQ(sent[0], sent[1]);
  EXPECT_GT(sent[0], 0u);
}

TEST(Ranks, ComparisonsToo) {
  const std::vector<Scenario> scenarios{small_scenario(), small_scenario({"segments.firms.re_evaluate=0.3"})};
  const std::string alone = comparison_csv(compare(scenarios));
  std::string all;
  on_ranks(
      3, {.threads = 1}, [&](const EnsembleOptions& own) { all = comparison_csv(compare(scenarios, own)); },
      [&](const EnsembleOptions& own) { help_compare(scenarios, own); });
  EXPECT_EQ(all, alone);
}

// Whatever ends rank 0, the others end too: the test would hang.
TEST(Ranks, HelpersEndWithRank0) {
  EnsembleOptions options{.threads = 1};
  options.progress = [](const EnsembleStatus& status) { return status.done < 4; };
  on_ranks(
      3, options,
      [&](const EnsembleOptions& own) {
        EXPECT_THROW((void)run_ensemble(small_scenario(), own), EnsembleStopped);
      },
      [&](const EnsembleOptions& own) { help_ensemble(small_scenario(), own); });
  on_ranks(
      3, {.threads = 1},
      [&](const EnsembleOptions& own) {
        EXPECT_THROW((void)run_ensemble(failing_scenario(), own), EnsembleError);
      },
      [&](const EnsembleOptions& own) { help_ensemble(failing_scenario(), own); });
  EXPECT_THROW(help_ensemble(small_scenario(), {}), std::invalid_argument);
  EXPECT_THROW(help_compare({small_scenario(), small_scenario()}, {}), std::invalid_argument);
}

}  // namespace
}  // namespace lockin
