#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

namespace lockin::test {

/// The part of a page between `<!-- begin generated: NAME ... -->` and `<!-- end generated -->` must be `wanted` (which
/// ends a line). With LOCKIN_UPDATE_GOLDEN=1 in the environment it is written there instead.
/// @param page from the root of the project, for example `docs/scenario_format.md`
inline void expect_on_page(const std::string& page, const std::string& name, const std::string& wanted) {
  const std::string file = std::string(LOCKIN_ROOT "/") + page;
  std::ifstream in(file, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(in), {});
  const std::size_t mark = text.find("<!-- begin generated: " + name + " ");
  ASSERT_NE(mark, std::string::npos) << page << " has no part " << name;
  const std::size_t begin = text.find('\n', mark) + 1;
  const std::size_t end = text.find("<!-- end generated -->", begin);
  ASSERT_NE(end, std::string::npos) << page << ": part " << name << " has no end";
  if (std::getenv("LOCKIN_UPDATE_GOLDEN") != nullptr) {
    text.replace(begin, end - begin, wanted);
    std::ofstream(file, std::ios::binary) << text;
    return;
  }
  EXPECT_EQ(text.substr(begin, end - begin), wanted)
      << page << " is out of date: run this test with LOCKIN_UPDATE_GOLDEN=1 and review the change";
}

}  // namespace lockin::test
