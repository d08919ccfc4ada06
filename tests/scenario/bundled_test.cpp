#include "lockin/scenario/bundled.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <system_error>

namespace lockin {
namespace {

std::map<std::string, std::string> shipped_files() {
  std::map<std::string, std::string> files;
  std::error_code no_such_folder;
  for (const auto& entry : std::filesystem::directory_iterator(LOCKIN_SCENARIOS, no_such_folder)) {
    if (entry.path().extension() != ".toml") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    files[entry.path().stem().string()] = std::string(std::istreambuf_iterator<char>(file), {});
  }
  return files;
}

TEST(BundledScenarios, AreTheShippedFilesByteForByteSortedByName) {
  const auto files = shipped_files();
  const auto bundled = bundled_scenarios();
  ASSERT_EQ(bundled.size(), files.size());
  auto file = files.begin();
  for (const BundledScenario& scenario : bundled) {
    EXPECT_EQ(scenario.name, file->first);
    EXPECT_EQ(scenario.text, file->second) << scenario.name;
    ++file;
  }
}

}  // namespace
}  // namespace lockin
