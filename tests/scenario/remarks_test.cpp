#include "lockin/scenario/remarks.hpp"

#include <gtest/gtest.h>

#include "lockin/error.hpp"

namespace lockin {
namespace {

TEST(Remarks, OfEachTableThatHasThem) {
  const auto found = remarks(
      "note = \"all\"\n[layers.iaas]\nshare = 1.0\nsource = \"S\"\nlock_in = { note = \"deep\" }\n"
      "[[events]]\nname = \"war\"\nsource = \"E\"\n[providers.a]\nname = \"A\"\n");
  ASSERT_EQ(found.size(), 4u);
  EXPECT_EQ(found[0].key, "");
  EXPECT_EQ(found[0].note, "all");
  EXPECT_EQ(found[1].key, "layers.iaas");
  EXPECT_EQ(found[1].source, "S");
  EXPECT_EQ(found[1].note, "");
  EXPECT_EQ(found[2].key, "layers.iaas.lock_in");
  EXPECT_EQ(found[2].note, "deep");
  EXPECT_EQ(found[3].key, "events.war");
  EXPECT_THROW((void)remarks("= 1"), InputError);
}

}  // namespace
}  // namespace lockin
