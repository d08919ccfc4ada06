#include "lockin/report/result_files.hpp"

#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace lockin {
namespace {

namespace fs = std::filesystem;

class Results : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(::testing::TempDir()) / ("lockin_results_" + std::to_string(getpid()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    write("shares.csv", "period\n");
    write("scenario.toml", "title = \"x\"\n");
  }
  void TearDown() override { fs::remove_all(folder_); }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
  }
  // A record that lists these besides the two above.
  void record(const std::string& others) const {
    write("run.json",
          "{\"written_by\": \"lockin\", \"files\": [\"shares.csv\", \"scenario.toml\"" + others + "]}");
  }
  fs::path folder_;
};

TEST_F(Results, AreTheTextsThatTheRecordLists) {
  record(", \"ensemble.nc\", \"report.html\"");  // which need not be there, and may be larger than the memory
  const ResultFiles files = read_result_files(folder_);
  ASSERT_EQ(files.size(), 3u);
  EXPECT_EQ(files.at("shares.csv"), "period\n");
  EXPECT_EQ(files.at("scenario.toml"), "title = \"x\"\n");
  EXPECT_TRUE(files.contains("run.json"));
}

TEST_F(Results, WithoutAFileThatIsListedAreRefused) {
  record(", \"annual.csv\"");
  EXPECT_THROW((void)read_result_files(folder_), std::invalid_argument);
  ASSERT_EQ(mkfifo((folder_ / "annual.csv").c_str(), 0600), 0);
  EXPECT_THROW((void)read_result_files(folder_), std::invalid_argument);
  record(", \"../x.csv\"");
  EXPECT_THROW((void)read_result_files(folder_), std::invalid_argument);
}

TEST_F(Results, OfAnotherProgramAreRefused) {
  EXPECT_THROW((void)read_result_files(folder_), std::invalid_argument);
  write("run.json", "{\"files\": []}");
  EXPECT_THROW((void)read_result_files(folder_), std::invalid_argument);
  EXPECT_THROW((void)read_result_files(folder_ / "shares.csv"), std::invalid_argument);
}

}  // namespace
}  // namespace lockin
