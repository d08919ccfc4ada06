#include "lockin/version.hpp"

#include <gtest/gtest.h>

TEST(Version, IsThatOfTheProject) { EXPECT_EQ(lockin::version(), LOCKIN_PROJECT_VERSION); }
