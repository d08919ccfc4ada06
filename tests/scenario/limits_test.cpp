// Each limit on its two sides: as many are read, one more is refused.
#include "scenario/limits.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "lockin/market/calendar.hpp"
#include "market/market_compiler.hpp"
#include "scenario/scratch_folder.hpp"
#include "scenario/whole_scenario.hpp"

namespace lockin {
namespace {

namespace fs = std::filesystem;

// The whole scenario with empty tables until there are so many of a section.
std::string with_so_many(const std::string& section, std::size_t count,
                         std::string text = std::string(whole_scenario)) {
  for (std::size_t i = 2; i < count; ++i) text += fmt::format("[{}.n{}]\n", section, i);
  return text;
}

TEST(Limits, OfSections) {
  for (const auto& [section, most] :
       {std::pair("layers", limits::layers), std::pair("providers", limits::providers),
        std::pair("segments", limits::segments)}) {
    const std::string allowed = fmt::format("{0} {1}, allowed: at most {2}", most + 1, section, most);
    EXPECT_THAT(refusal_of(with_so_many(section, most + 1)).message, testing::HasSubstr(allowed));
    // Providers that sell nothing are sound, layers and segments without keys are not: then for other reasons.
    if (std::string_view(section) == "providers")
      EXPECT_NO_THROW((void)parse_scenario(with_so_many(section, most), "file.toml"));
    else
      EXPECT_THAT(refusal_of(with_so_many(section, most)).message,
                  testing::Not(testing::HasSubstr("at most")));
  }
}

TEST(Limits, OfLayersProvidersAndSegmentsTogether) {
  const std::string many = with_so_many("providers", 1000);  // in two layers
  const std::size_t segments = limits::combinations / 2000;
  const auto refused = testing::HasSubstr("layers x providers x segments, allowed: at most 200000");
  EXPECT_THAT(refusal_of(with_so_many("segments", segments + 1, many)).message, refused);
  EXPECT_THAT(refusal_of(with_so_many("segments", segments, many)).message, testing::Not(refused));
}

TEST(Limits, OfEvents) {
  const auto text = [](std::size_t count) {
    std::string events(whole_scenario);
    for (std::size_t i = 2; i < count; ++i)
      events += fmt::format("[[events]]\nname = \"e{}\"\nat = 2025\nset = {{ portability = 1 }}\n", i);
    return events;
  };
  EXPECT_NO_THROW((void)parse_scenario(text(limits::events), "file.toml"));
  EXPECT_THAT(refusal_of(text(limits::events + 1)).message,
              testing::HasSubstr("events: 1001 events, allowed: at most 1000"));
}

TEST(Limits, OfNamesKeysAndNesting) {
  const auto named = [](std::size_t letters) {
    return fmt::format("{}[providers.{}]\n", whole_scenario, std::string(letters, 'n'));
  };
  EXPECT_NO_THROW((void)parse_scenario(named(limits::name_length), "file.toml"));
  EXPECT_THAT(refusal_of(named(limits::name_length + 1)).message, testing::HasSubstr("at most 64"));
  const auto key = [](std::size_t parts) {
    std::string text = "a";
    for (std::size_t i = 1; i < parts; ++i) text += ".a";
    return text;
  };
  const auto too_long = testing::HasSubstr("at most 16 parts");
  EXPECT_THAT(refusal_of(key(limits::key_parts) + " = 1").message, testing::Not(too_long));
  EXPECT_THAT(refusal_of(key(limits::key_parts + 1) + " = 1").message, too_long);
  const auto not_a_key = testing::HasSubstr("KEY=VALUE with a dotted key");
  EXPECT_THAT(refusal_of(whole_scenario, {key(limits::key_parts) + "=1"}).message, testing::Not(not_a_key));
  EXPECT_THAT(refusal_of(whole_scenario, {key(limits::key_parts + 1) + "=1"}).message, not_a_key);
  const auto nested = [](std::size_t depth) {
    return "a = " + std::string(depth, '[') + std::string(depth, ']');
  };
  const auto too_deep = testing::HasSubstr("at most 32 levels");
  EXPECT_THAT(refusal_of(nested(limits::nesting)).message, testing::Not(too_deep));
  EXPECT_THAT(refusal_of(nested(limits::nesting + 1)).message, too_deep);
}

TEST(Limits, OfPeriodsAndTypes) {
  const std::vector<std::string> months{"horizon.period=\"month\"", "horizon.start=2025",
                                        "market.size={ 2025 = 10.0, growth = 0.0 }"};
  const auto until = [&](long year) {
    std::vector<std::string> overrides = months;
    overrides.push_back(fmt::format("horizon.end={}", year));
    return overrides;
  };
  const long last = 2024 + static_cast<long>(max_periods) / 12;
  EXPECT_NO_THROW((void)parse_scenario(whole_scenario, "file.toml", until(last)));
  EXPECT_THAT(refusal_of(whole_scenario, until(last + 1)).message, testing::HasSubstr("at most 2400"));
  // 1000 sizes times 64 times 16 coefficients, for customers with and without a second supplier.
  EXPECT_THAT(
      refusal_of(whole_scenario,
                 {"segments.x.size.classes=1000",
                  "segments.x.taste.price={ spread = \"normal\", mean = 9.0, sd = 0.01, classes = 64 }",
                  "segments.x.taste.quality={ spread = \"normal\", mean = 1.0, sd = 0.01, classes = 16 }"})
          .message,
      testing::HasSubstr(fmt::format("at most {}", max_types)));
}

using FileLimits = test::ScratchFolder;

TEST_F(FileLimits, OfBytes) {
  std::string text(whole_scenario);
  text += "#" + std::string(limits::file_bytes - text.size() - 1, 'x');
  EXPECT_NO_THROW((void)load_scenario(write("a.toml", text)));
  const std::string longer = write("b.toml", text + "x");
  EXPECT_THAT(refusal_by([&] { (void)load_scenario(longer); }).message,
              testing::HasSubstr("at most 1000000 bytes"));
}

TEST_F(FileLimits, OfFilesThatExtendEachOther) {
  for (std::size_t i = 0; i < limits::extended_files; ++i)
    write(fmt::format("f{}.toml", i), fmt::format("extends = \"f{}.toml\"\n", i + 1));
  write(fmt::format("f{}.toml", limits::extended_files), std::string(whole_scenario));
  EXPECT_NO_THROW((void)load_scenario((folder_ / "f1.toml").string()));
  EXPECT_THAT(refusal_by([&] { (void)load_scenario((folder_ / "f0.toml").string()); }).message,
              testing::HasSubstr("at most 32"));
}

TEST(Limits, OfValuesOfAnOverride) {
  EXPECT_THAT(refusal_of(whole_scenario, {"segments.x.entry=0.1\nb = 2"}).message,
              testing::HasSubstr("allowed: one TOML value"));
  EXPECT_THAT(refusal_of(whole_scenario, {"extends=\"base\""}).message,
              testing::HasSubstr("extends in a file of its own"));
}

}  // namespace
}  // namespace lockin
