#include "ensemble/checkpoint.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "ensemble/small_ensemble.hpp"
#include "lockin/analysis/compare.hpp"
#include "lockin/report/comparison_report.hpp"

namespace lockin {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

class Checkpoint : public testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        fs::temp_directory_path() / fs::path(testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    file_ = folder_ / "run.checkpoint";
  }
  void TearDown() override { fs::remove_all(folder_); }

  // A checkpoint after each block; the run is stopped once `stop` replications are done.
  EnsembleOptions stopped_at(std::uint64_t stop, bool resume, std::size_t threads = 2) const {
    EnsembleOptions options{.threads = threads};
    options.checkpoint = file_;
    options.resume = resume;
    options.checkpoint_seconds = 0;
    options.progress = [stop](const EnsembleStatus& status) { return status.done < stop; };
    return options;
  }
  std::string content() const {
    std::ostringstream text;
    text << std::ifstream(file_, std::ios::binary).rdbuf();
    return text.str();
  }
  void write(const std::string& bytes) const { std::ofstream(file_, std::ios::binary) << bytes; }
  // What a resumed run says of the file.
  std::string refusal(const Scenario& scenario) const {
    try {
      (void)run_ensemble(scenario, stopped_at(1000, true));
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
    return "it was taken";
  }

  fs::path folder_, file_;
};

TEST_F(Checkpoint, ResumesToTheSameBitsFromAnywhere) {
  for (const bool failures : {false, true}) {
    const Scenario scenario = failures ? failing_scenario() : small_scenario();
    const std::string whole = all_tables(run_ensemble(scenario, {.allow_failures = failures}));
    for (std::uint64_t stop = 1; stop < 11; ++stop) {  // not so late that the other thread's is the last one
      EnsembleOptions first = stopped_at(stop, false), rest = stopped_at(1000, true, 3);
      first.allow_failures = rest.allow_failures = failures;
      std::uint64_t done = 0;
      try {
        (void)run_ensemble(scenario, first);
      } catch (const EnsembleStopped& stopped) {
        done = stopped.done();
        EXPECT_TRUE(stopped.kept());
      }
      EXPECT_GE(done, stop);
      EXPECT_LE(done, stop + 1) << "each of two threads ends what it has begun";
      std::uint64_t ran = 0;
      rest.progress = [&](const EnsembleStatus&) { return ++ran < 1000; };
      EXPECT_EQ(whole, all_tables(run_ensemble(scenario, rest))) << "stopped at " << stop;
      EXPECT_EQ(ran, 12 - done) << "the others were not run again";
      fs::remove(file_);
    }
  }
}

TEST_F(Checkpoint, KeepsASampleWhereNotAllNumbersFit) {
  const Scenario scenario = small_scenario({"run.replications=40"});
  EnsembleOptions options{.threads = 2};
  options.most_stored_bytes = 7 * 8 * run_ensemble(scenario).table().size();
  const Ensemble whole = run_ensemble(scenario, options);
  EXPECT_EQ(whole.quantiles_of(), 7u);
  for (const std::uint64_t stop : {3u, 17u}) {
    EnsembleOptions first = stopped_at(stop, false), rest = stopped_at(1000, true);
    first.most_stored_bytes = rest.most_stored_bytes = options.most_stored_bytes;
    EXPECT_THROW((void)run_ensemble(scenario, first), EnsembleStopped);
    EXPECT_EQ(all_tables(whole), all_tables(run_ensemble(scenario, rest)));
    fs::remove(file_);
  }
}

TEST_F(Checkpoint, OfAScenarioWithNothingUncertain) {
  const Scenario scenario = small_scenario({"portability=1", "providers.a.cloud.appeal=0"});
  const std::string whole = all_tables(run_ensemble(scenario));
  EXPECT_THROW((void)run_ensemble(scenario, stopped_at(5, false)), EnsembleStopped);
  EXPECT_EQ(whole, all_tables(run_ensemble(scenario, stopped_at(1000, true))));
}

TEST_F(Checkpoint, ComparisonsResumeToo) {
  const std::vector<Scenario> scenarios{small_scenario(), small_scenario({"segments.firms.re_evaluate=0.3"})};
  const std::string whole = comparison_csv(compare(scenarios));
  for (const std::uint64_t stop : {5u, 13u}) {
    EXPECT_THROW((void)compare(scenarios, stopped_at(stop, false)), EnsembleStopped);
    EXPECT_EQ(whole, comparison_csv(compare(scenarios, stopped_at(1000, true))));
    fs::remove(file_);
  }
}

TEST_F(Checkpoint, StartsWithoutOneAndTakesNoneUnasked) {
  const std::string whole = all_tables(run_ensemble(small_scenario()));
  EXPECT_EQ(whole, all_tables(run_ensemble(small_scenario(), stopped_at(1000, true))));
  EXPECT_TRUE(fs::exists(file_)) << "removed by whoever has used the ensemble";
  const std::string before = content();
  try {
    (void)run_ensemble(small_scenario(), stopped_at(1000, false));
    FAIL();
  } catch (const std::invalid_argument& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("run.checkpoint"), HasSubstr("--resume")));
  }
  EXPECT_EQ(before, content());
}

TEST_F(Checkpoint, RefusesAnotherRun) {
  EXPECT_THROW((void)run_ensemble(small_scenario(), stopped_at(4, false)), EnsembleStopped);
  const std::string before = content();
  EXPECT_THAT(refusal(small_scenario({"run.seed=6"})),
              AllOf(HasSubstr("seed"), HasSubstr("`5` there, `6` here")));
  EXPECT_THAT(refusal(small_scenario({"run.replications=13"})), HasSubstr("`12` there, `13` here"));
  EXPECT_THAT(refusal(small_scenario({"run.engine=\"cohort\""})), HasSubstr("`agent` there, `cohort` here"));
  EXPECT_THAT(refusal(small_scenario({"segments.firms.re_evaluate=0.5"})),
              AllOf(HasSubstr("another scenario"), HasSubstr("0.6"), HasSubstr("0.5")));
  EXPECT_EQ(before, content());
}

// Each byte changed or the file cut there: an error that names the file, never another result, never a crash.
TEST_F(Checkpoint, DamageIsSeen) {
  const Scenario scenario = small_scenario({"horizon.end=\"2025Q2\""});
  EXPECT_THROW((void)run_ensemble(scenario, stopped_at(3, false)), EnsembleStopped);
  const std::string sound = content();
  const std::size_t step = std::max<std::size_t>(1, sound.size() / 400) | 1;
  std::size_t tried = 0;
  for (std::size_t i = 0; i < sound.size(); i += step, ++tried) {
    std::string damaged = sound;
    damaged[i] = static_cast<char>(damaged[i] ^ 1 << i % 8);
    write(damaged);
    EXPECT_THAT(refusal(scenario), HasSubstr("run.checkpoint: is ")) << i;
    write(sound.substr(0, i));
    EXPECT_THAT(refusal(scenario), HasSubstr("run.checkpoint: is ")) << i;
  }
  EXPECT_GT(tried, 300u);
  write(sound + std::string(8, '\0'));
  EXPECT_THAT(refusal(scenario), HasSubstr("damaged"));
  write(sound);
  EXPECT_EQ(refusal(scenario), "it was taken");
}

// Contents with a right checksum that are nonsense behind the identity: what a reader must not believe.
TEST_F(Checkpoint, NonsenseIsSeen) {
  const RunIdentity identity{{"seed", "1"}};
  for (const std::uint64_t nonsense : {std::uint64_t{1} << 63, ~std::uint64_t{0}, std::uint64_t{1} << 40}) {
    CheckpointKeeper keeper(file_, true, 0, identity);
    keeper.keep([&](CheckpointWriter& to) { to.number(nonsense); });
    CheckpointKeeper again(file_, true, 0, identity);
    std::optional<CheckpointReader> reader = again.earlier();
    ASSERT_TRUE(reader);
    EXPECT_THROW((void)reader->text(), std::invalid_argument);
    EXPECT_THROW(reader->check_room(nonsense), std::invalid_argument);
    EXPECT_THROW((void)reader->number(), std::invalid_argument) << "there is no more";
    fs::remove(file_);
  }
}

TEST_F(Checkpoint, AFileThatCannotBeWrittenIsAnErrorThatLosesNothing) {
  EXPECT_THROW((void)run_ensemble(small_scenario(), stopped_at(4, false)), EnsembleStopped);
  const std::string before = content();
  fs::create_directory(file_.string() + ".new");  // in the way of the next one
  try {
    (void)run_ensemble(small_scenario(), stopped_at(1000, true));
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("run.checkpoint"), HasSubstr("cannot be written")));
  }
  EXPECT_EQ(before, content());
}

TEST(Until, IsTheEnsembleOfThatNumberOfReplications) {
  const Scenario scenario = small_scenario({"run.replications=2000", "segments.firms.customers=50"});
  const Ensemble all = run_ensemble(scenario);
  for (const double factor : {1.0, 2.0, 6.0}) {
    EnsembleOptions options{.threads = 3};
    options.until = StoppingRule{all.largest_se() * factor};
    const Ensemble some = run_ensemble(scenario, options);
    EXPECT_LE(some.largest_se(), options.until->se);
    // The error falls with the root of the number, which is itself uncertain by a few percent.
    EXPECT_NEAR(static_cast<double>(some.replications()), 2000 / (factor * factor), 500 / factor);
    EXPECT_EQ(all_tables(some), all_tables(run_ensemble(scenario, {.replications = some.replications()})));
  }
}

TEST(Until, OfANamedMeasure) {
  const Scenario scenario = small_scenario({"run.replications=2000"});
  const MeasureAt churn{Measure::churn, {LayerId(0), {}, {}}, 3, {}};
  EnsembleOptions options;
  options.until = StoppingRule{0.002, {churn}};
  const Ensemble some = run_ensemble(scenario, options);
  EXPECT_LT(some.replications(), 2000u);
  EXPECT_LE(some.summary(churn)->se, 0.002);
  EXPECT_EQ(some.summary(churn)->se, some.largest_se());
  options.until->measures[0].key.layer = LayerId(7);
  EXPECT_THROW((void)run_ensemble(scenario, options), std::invalid_argument);
  options.until = StoppingRule{0};
  EXPECT_THROW((void)run_ensemble(scenario, options), std::invalid_argument);
  options.until = StoppingRule{0.1};
  EXPECT_THROW((void)run_ensemble(small_scenario({"run.design=\"latin_hypercube\""}), options),
               std::invalid_argument);
}

TEST(Until, IsPartOfWhatACheckpointIsOf) {
  const fs::path file = fs::temp_directory_path() / "lockin_until.checkpoint";
  fs::remove(file);
  const Scenario scenario = small_scenario({"run.replications=200"});
  EnsembleOptions options{.checkpoint = file, .checkpoint_seconds = 0};
  options.until = StoppingRule{1e-9};
  options.progress = [](const EnsembleStatus& status) { return status.done < 50; };
  EXPECT_THROW((void)run_ensemble(scenario, options), EnsembleStopped);
  options.resume = true;
  options.until = StoppingRule{1e-8};
  EXPECT_THROW((void)run_ensemble(scenario, options), std::invalid_argument);
  fs::remove(file);
}

}  // namespace
}  // namespace lockin
