#include "lockin/ensemble/replication_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <fstream>
#include <iterator>

#include "ensemble/small_ensemble.hpp"
#include "lockin/analysis/compare.hpp"
#include "lockin/analysis/variance_split.hpp"

namespace lockin {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class Replications : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) / ("lockin_replications_" + std::to_string(getpid()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    file_ = folder_ / "run.replications";
  }
  void TearDown() override { fs::remove_all(folder_); }

  [[nodiscard]] EnsembleOptions keeping(std::size_t threads = 2) const {
    EnsembleOptions options{.threads = threads, .allow_failures = true};
    options.replication_file = file_;
    return options;
  }
  // With a checkpoint after each block.
  [[nodiscard]] EnsembleOptions resuming(std::size_t threads = 2) const {
    EnsembleOptions options = keeping(threads);
    options.checkpoint = folder_ / "run.checkpoint";
    options.checkpoint_seconds = 0;
    options.resume = true;
    return options;
  }
  void stop_at(std::uint64_t stop, const Scenario& scenario) const {
    EnsembleOptions options = resuming();
    options.progress = [stop](const EnsembleStatus& status) { return status.done < stop; };
    EXPECT_THROW((void)run_ensemble(scenario, options), EnsembleStopped);
  }
  [[nodiscard]] std::string content() const {
    std::ifstream file(file_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void write(const std::string& bytes) const { std::ofstream(file_, std::ios::binary) << bytes; }
  static std::string refusal(const Scenario& scenario, const EnsembleOptions& options) {
    try {
      (void)run_ensemble(scenario, options);
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
    return "it was taken";
  }

  fs::path folder_, file_;
};

TEST_F(Replications, AreThoseThatRunAlone) {
  const Scenario scenario = failing_scenario();
  const Ensemble ensemble = run_ensemble(scenario, keeping());
  ASSERT_FALSE(ensemble.failed().empty());
  const ReplicationFile file(file_);
  ASSERT_EQ(file.rows(), 12u);
  ASSERT_EQ(file.width(), ensemble.table().size());
  std::vector<double> row(file.width()), alone(file.width());
  auto failed = ensemble.failed().begin();
  for (std::uint64_t r = 0; r < 12; ++r) {
    file.read(r, row);
    if (failed != ensemble.failed().end() && failed->replication == r) {
      ++failed;
      for (const double x : row) ASSERT_TRUE(std::isnan(x)) << r;
      continue;
    }
    const Replication of = replication_of(scenario, {}, r);
    ASSERT_TRUE(ensemble.table().read(simulate(Market(of.spec), of.settings), alone));
    for (std::size_t i = 0; i < row.size(); ++i)
      ASSERT_TRUE(row[i] == alone[i] || (std::isnan(row[i]) && std::isnan(alone[i]))) << r << " " << i;
  }
  EXPECT_THROW(file.read(12, row), std::out_of_range);
  EXPECT_THROW(file.read(0, std::span(row).first(1)), std::out_of_range);
}

TEST_F(Replications, SameBytesForAnyNumberOfThreadsAndAfterABreak) {
  const Scenario scenario = failing_scenario();
  (void)run_ensemble(scenario, keeping(1));
  const std::string whole = content();
  (void)run_ensemble(scenario, keeping(3));
  EXPECT_TRUE(content() == whole);
  for (std::uint64_t stop = 1; stop < 11; stop += 3) {
    fs::remove(file_);
    stop_at(stop, scenario);
    EXPECT_LT(content().size(), whole.size());
    write(content() + whole);  // and more that the checkpoint does not have
    (void)run_ensemble(scenario, resuming(3));
    EXPECT_TRUE(content() == whole) << stop;
    fs::remove(folder_ / "run.checkpoint");
  }
}

TEST_F(Replications, AreNotGoneOnWithWhereTheyAreNotWhatTheyWere) {
  stop_at(5, small_scenario());
  const std::string whole = content();
  for (const std::size_t at : {std::size_t{0}, std::size_t{20}, whole.size() / 2, whole.size() - 1}) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    write(damaged);
    EXPECT_THAT(refusal(small_scenario(), resuming()),
                testing::AnyOf(HasSubstr("missing or damaged"), HasSubstr("was not written by lockin")))
        << at;
    EXPECT_TRUE(content() == damaged);
  }
  write(whole.substr(0, whole.size() - 8));
  EXPECT_THAT(refusal(small_scenario(), resuming()), HasSubstr("missing or damaged"));
  fs::remove(file_);
  EXPECT_THAT(refusal(small_scenario(), resuming()), HasSubstr("missing or damaged"));
  EnsembleOptions without = resuming();
  without.replication_file.clear();
  EXPECT_THAT(refusal(small_scenario(), without),
              HasSubstr("another keeping of replications: `all` there, `none`"));
}

TEST_F(Replications, AreRefusedBeforeTheRunWhereTheDiskIsTooSmall) {
  EnsembleOptions options = keeping();
  options.replications = 0xffff'ffffu;  // tens of TB
  EXPECT_THAT(refusal(small_scenario(), options), HasSubstr("GB of disk"));
  EXPECT_FALSE(fs::exists(file_));
}

TEST_F(Replications, WhatIsNoneOfThemIsLeftAlone) {
  write("notes");
  EXPECT_FALSE(ReplicationFile::is_one(file_));
  EXPECT_THROW(ReplicationFile{file_}, std::invalid_argument);
  EXPECT_THAT(refusal(small_scenario(), keeping()), HasSubstr("was not written by lockin"));
  EXPECT_EQ(content(), "notes");
  EXPECT_THROW(ReplicationFile{folder_ / "absent"}, std::invalid_argument);
}

TEST_F(Replications, AreOfOneEnsemble) {
  EXPECT_THROW((void)compare({small_scenario(), small_scenario()}, keeping()), std::invalid_argument);
  EXPECT_THROW((void)split_variance(small_scenario(), {}, keeping()), std::invalid_argument);
}

}  // namespace
}  // namespace lockin
