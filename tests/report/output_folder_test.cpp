#include "lockin/report/output_folder.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <iterator>
#include <set>

#include "lockin/report/run_record.hpp"

namespace lockin {
namespace {

namespace fs = std::filesystem;

class OutputFolderTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    root_ = fs::temp_directory_path() / (std::string("lockin_") + test->name() + std::to_string(getpid()));
    fs::remove_all(root_);
    fs::create_directory(root_);
  }
  void TearDown() override { fs::remove_all(root_); }

  static void put(const fs::path& file, const std::string& text) { std::ofstream(file) << text; }
  static std::string get(const fs::path& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  std::set<std::string> names(const fs::path& folder) const {
    std::set<std::string> result;
    for (const auto& entry : fs::directory_iterator(folder)) result.insert(entry.path().filename().string());
    return result;
  }
  static void write_run(const fs::path& target, const std::string& shares) {
    OutputFolder folder(target);
    folder.write("shares.csv", shares);
    folder.write("run.json", to_json({}, {"shares.csv"}));
    folder.commit();
  }

  fs::path root_;
  using Names = std::set<std::string>;
};

TEST_F(OutputFolderTest, AppearsOnCommitOnly) {
  {
    OutputFolder folder(root_ / "out");
    EXPECT_EQ(names(root_), Names{});
    folder.write("shares.csv", "x");
    EXPECT_FALSE(fs::exists(root_ / "out"));
    folder.commit();
  }
  EXPECT_EQ(names(root_), Names{"out"});
  EXPECT_EQ(get(root_ / "out/shares.csv"), "x");
}

TEST_F(OutputFolderTest, LeavesNothingWithoutCommit) {
  { OutputFolder(root_ / "deep/er/out").write("shares.csv", "x"); }
  EXPECT_EQ(names(root_), Names{});
}

TEST_F(OutputFolderTest, MakesMissingParents) {
  write_run(root_ / "deep/er/out/", "x");
  EXPECT_EQ(names(root_ / "deep/er"), Names{"out"});
}

TEST_F(OutputFolderTest, ReplacesAnEarlierRunWhole) {
  write_run(root_ / "out", "old");
  {
    OutputFolder folder(root_ / "out");
    folder.write("annual.csv", "new");
    EXPECT_EQ(get(root_ / "out/shares.csv"), "old");
    folder.commit();
  }
  EXPECT_EQ(names(root_ / "out"), Names{"annual.csv"});
  EXPECT_EQ(names(root_), Names{"out"});
}

TEST_F(OutputFolderTest, UsesAnEmptyFolder) {
  fs::create_directory(root_ / "out");
  write_run(root_ / "out", "x");
  EXPECT_EQ(get(root_ / "out/shares.csv"), "x");
}

TEST_F(OutputFolderTest, RefusesWhatLockinDidNotWrite) {
  fs::create_directory(root_ / "thesis");
  put(root_ / "thesis/chapter1.tex", "years of work");
  EXPECT_THROW(OutputFolder{root_ / "thesis"}, std::invalid_argument);
  put(root_ / "thesis/run.json", "{\"written_by\": \"another\"}");
  EXPECT_THROW(OutputFolder{root_ / "thesis"}, std::invalid_argument);
  put(root_ / "thesis/run.json", "[1, 2");
  EXPECT_THROW(OutputFolder{root_ / "thesis"}, std::invalid_argument);
  EXPECT_EQ(get(root_ / "thesis/chapter1.tex"), "years of work");
  EXPECT_EQ(names(root_), Names{"thesis"});
}

TEST_F(OutputFolderTest, RefusesAnEarlierRunWithSomebodysNotes) {
  write_run(root_ / "out", "x");
  put(root_ / "out/notes.txt", "mine");
  try {
    OutputFolder folder(root_ / "out");
    FAIL() << "accepted";
  } catch (const std::invalid_argument& error) {
    EXPECT_NE(std::string(error.what()).find("notes.txt"), std::string::npos) << error.what();
  }
}

TEST_F(OutputFolderTest, LooksAgainBeforeItReplaces) {
  write_run(root_ / "out", "x");
  OutputFolder folder(root_ / "out");
  folder.write("shares.csv", "y");
  put(root_ / "out/notes.txt", "mine");
  EXPECT_THROW(folder.commit(), std::invalid_argument);
  EXPECT_EQ(get(root_ / "out/shares.csv"), "x");
}

TEST_F(OutputFolderTest, RefusesFilesAndRootAndNothing) {
  put(root_ / "file", "x");
  EXPECT_THROW(OutputFolder{root_ / "file"}, std::invalid_argument);
  EXPECT_THROW(OutputFolder{root_ / "file/out"}, std::invalid_argument);
  EXPECT_THROW(OutputFolder{"/"}, std::invalid_argument);
  EXPECT_THROW(OutputFolder{""}, std::invalid_argument);
  EXPECT_THROW(OutputFolder{"/proc/lockin_out"},
               std::invalid_argument);  // nobody can write there, not even root
  EXPECT_EQ(get(root_ / "file"), "x");
}

TEST_F(OutputFolderTest, FollowsASymbolicLinkAndKeepsIt) {
  write_run(root_ / "real", "old");
  fs::create_directory_symlink("real", root_ / "link");
  write_run(root_ / "link", "new");
  EXPECT_TRUE(fs::is_symlink(root_ / "link"));
  EXPECT_EQ(get(root_ / "real/shares.csv"), "new");
  EXPECT_EQ(names(root_), (Names{"real", "link"}));
  fs::create_directory_symlink("nowhere", root_ / "dangling");
  EXPECT_THROW(OutputFolder{root_ / "dangling"}, std::invalid_argument);
  fs::create_directory_symlink("loop", root_ / "loop");
  EXPECT_THROW(OutputFolder{root_ / "loop"}, std::invalid_argument);
}

TEST_F(OutputFolderTest, AFullDiskLeavesTheOldResults) {
  write_run(root_ / "out", "old");
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before = {};
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small = {.rlim_cur = 4096, .rlim_max = before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  {
    OutputFolder folder(root_ / "out");
    EXPECT_THROW(folder.write("shares.csv", std::string(100000, 'x')), std::runtime_error);
  }
  setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_EQ(get(root_ / "out/shares.csv"), "old");
  EXPECT_EQ(names(root_), Names{"out"});
}

}  // namespace
}  // namespace lockin
