// Input that means harm, or comes from a broken disk: refused in time, never a crash. A second of processor time each.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "scenario/scratch_folder.hpp"
#include "scenario/whole_scenario.hpp"

namespace lockin {
namespace {

namespace fs = std::filesystem;

std::string repeated(std::string_view part, std::size_t times) {
  std::string text;
  text.reserve(part.size() * times);
  for (std::size_t i = 0; i < times; ++i) text += part;
  return text;
}

class HostileFile : public test::ScratchFolder {
 protected:
  static Refusal refusal_of_file(const std::string& file) {
    return refusal_by([&] { (void)load_scenario(file); });
  }
};

TEST_F(HostileFile, ThatIsNoneIsRefusedByName) {
  EXPECT_THAT(refusal_of_file(folder_.string()).message, testing::HasSubstr("a directory"));
  EXPECT_THAT(refusal_of_file((folder_ / "none.toml").string()).message, testing::HasSubstr("no such file"));
  const std::string file = write("file.toml", "x = 1");
  EXPECT_THAT(refusal_of_file(file + "/below.toml").problems.at(0).place.file,
              testing::EndsWith("file.toml/below.toml"));
  EXPECT_FALSE(refusal_of_file("").message.empty());
  EXPECT_FALSE(refusal_of_file(std::string(10'000, 'x')).message.empty());
}

TEST_F(HostileFile, OfHundredMegabytesIsNotRead) {
  const std::string file = write("large.toml", "title = \"x\"\n");
  fs::resize_file(file, 100'000'000);  // sparse
  EXPECT_THAT(refusal_of_file(file).message, testing::HasSubstr("more than 1000000 bytes"));
}

TEST_F(HostileFile, ThatExtendsItselfIsRefusedHoweverItIsSpelt) {
  const std::string file = write("self.toml", "title = \"x\"\nextends = \"./self.toml\"\n");
  const Refusal refusal = refusal_of_file(file);
  ASSERT_EQ(refusal.problems.size(), 1u);
  EXPECT_EQ(refusal.problems[0].problem.key, "extends");
  EXPECT_EQ(refusal.problems[0].place.line, 2u);
  EXPECT_EQ(refusal.problems[0].place.column, 11u);
  fs::create_directory_symlink(folder_, folder_ / "again");
  write("link.toml", "extends = \"again/link.toml\"\n");
  EXPECT_EQ(refusal_of_file((folder_ / "link.toml").string()).problems[0].problem.key, "extends");
}

TEST_F(HostileFile, ThatExtendsInACircleIsRefused) {
  write("a.toml", "extends = \"b.toml\"\n");
  write("b.toml", "\n  extends = \"c.toml\"\n");
  write("c.toml", "extends = \"a.toml\"\n");
  const Refusal refusal = refusal_of_file((folder_ / "a.toml").string());
  ASSERT_EQ(refusal.problems.size(), 1u);
  EXPECT_EQ(refusal.problems[0].place.file, (folder_ / "c.toml").string());
  EXPECT_EQ(refusal.problems[0].problem.key, "extends");
}

TEST_F(HostileFile, ThatExtendsALongChainIsRefusedOrRead) {
  for (int i = 0; i < 2000; ++i)
    write("f" + std::to_string(i) + ".toml", "extends = \"f" + std::to_string(i + 1) + ".toml\"\n");
  EXPECT_FALSE(refusal_of_file((folder_ / "f0.toml").string()).message.empty());
}

TEST_F(HostileFile, WithoutItsBaseIsRefusedAtTheKey) {
  const std::string file = write("a.toml", "title = \"x\"\nextends = \"gone.toml\"\n");
  const Refusal refusal = refusal_of_file(file);
  ASSERT_EQ(refusal.problems.size(), 1u);
  EXPECT_EQ(refusal.problems[0].place.line, 2u);
  EXPECT_EQ(refusal.problems[0].problem.key, "extends");
  EXPECT_THAT(refusal.message, testing::HasSubstr("gone.toml"));
  EXPECT_THAT(refusal_of("extends = 5").message, testing::HasSubstr("extends"));
  EXPECT_THAT(refusal_of("extends = \"nowhere\"").message, testing::HasSubstr("extends"));
}

TEST(HostileText, ThatIsNoTextIsRefusedWithItsPlace) {
  for (const char* empty : {"", " ", "\n\n", "# nothing\n", "\xef\xbb\xbf"})
    EXPECT_FALSE(refusal_of(empty).problems.empty());
  const Refusal nul = refusal_of(std::string("title = \"x\"\nti\0tle", 18));
  EXPECT_EQ(nul.problems.at(0).place.line, 2u);
  EXPECT_EQ(nul.problems.at(0).place.column, 3u);
  EXPECT_THAT(nul.message, testing::HasSubstr("NUL"));
  for (const char* bytes : {"\xff", "\xc0\x80", "\xe2\x82", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                            "\xe0\x80\x80", "\xf0\x80\x80\x80"}) {
    const Refusal refusal = refusal_of("a = 1\nb = \"" + std::string(bytes) + "\"\n");
    EXPECT_THAT(refusal.message, testing::HasSubstr("UTF-8")) << testing::PrintToString(bytes);
    EXPECT_EQ(refusal.problems.at(0).place.line, 2u);
    EXPECT_EQ(refusal.problems.at(0).place.column, 6u);
  }
}

TEST(HostileText, ThatNestsDeeplyIsRefused) {
  // Before the parser sees it: that crashes.
  const auto too_deep = testing::ContainsRegex("at most (16 parts|32 levels)");
  for (const std::size_t depth : {33u, 1000u, 100'000u}) {
    EXPECT_THAT(refusal_of("a = " + repeated("[", depth)).message, too_deep);
    EXPECT_THAT(refusal_of("a = " + repeated("[", depth) + repeated("]", depth)).message, too_deep);
    EXPECT_FALSE(
        refusal_of("a = " + repeated("{ a = ", depth) + "1" + repeated(" }", depth)).problems.empty());
    EXPECT_THAT(refusal_of("a = " + repeated("[\n#]\n", depth)).message, too_deep);
    EXPECT_THAT(refusal_of("a = " + repeated("[ '''\n]''', ", depth)).message, too_deep);
    EXPECT_THAT(refusal_of("a = " + repeated("[ '''''''', ", depth)).message, too_deep);
    EXPECT_THAT(refusal_of("a = " + repeated("[ \"\"\"\\\"\"\"\"\", ", depth)).message, too_deep);
    EXPECT_THAT(refusal_of(repeated("a.", depth) + "a = 1").message, too_deep);
    EXPECT_THAT(refusal_of("x = { " + repeated("a.", depth) + "a = 1 }").message, too_deep);
    EXPECT_THAT(refusal_of(repeated("\"a\" . ", depth) + "a = 1").message, too_deep);
    EXPECT_THAT(refusal_of("[" + repeated("a.", depth) + "a]").message, too_deep);
    EXPECT_THAT(refusal_of("[[" + repeated("'a' . ", depth) + "a]]").message, too_deep);
  }
  EXPECT_THAT(refusal_of(repeated("a.", 1'000'000) + "a = 1").message, too_deep);
}

// Up to two quotes may stand before the three that end a text: the guard must not take one of them for the next text.
TEST(HostileText, ThatHidesBehindQuotesIsRefused) {
  for (const char* value : {"\"\"\"x\"\"\"\"", "\"\"\"x\"\"\"\"\"", "\'\'\'x\'\'\'\'", "\'\'\'x\'\'\'\'\'",
                            "\"\"\"\\\\\"\"\"", "\"\\\\\"", "'\\'", "\"'\"", "'\"'"})
    EXPECT_THAT(
        refusal_of("x = { a = " + std::string(value) + ", " + repeated("b.", 1'000'000) + "b = 1 }").message,
        testing::HasSubstr("at most 16 parts"))
        << value;
}

TEST(HostileText, ThatOpensWhatItDoesNotCloseIsRefused) {
  for (const char* text : {"[:a]",
                           "[=]",
                           "[#]",
                           "[a",
                           "[[a]",
                           "[a]]",
                           "[]",
                           "[[]]",
                           "[",
                           "[[",
                           "[.]",
                           "[a.]",
                           "[.a]",
                           "[a..b]",
                           "[ ]",
                           "[\"]",
                           "[']",
                           "[a b]",
                           "[a]b",
                           "[\"\\",
                           "[\"\n\"]",
                           "a",
                           "a =",
                           "= 1",
                           "a = [",
                           "a = {",
                           "a = }",
                           "a = ]",
                           "a = {]",
                           "a = \"",
                           "a = '",
                           "a = \"\"\"",
                           "a = '''",
                           "a = \"\\",
                           "a.",
                           ".a = 1",
                           "a..b = 1",
                           "a = 1 2",
                           "a = {b = 1,}",
                           "a = {\nb = 1}",
                           "a = 1__0",
                           "a = 0x",
                           "a = 1e",
                           "a = 99999999999999999999",
                           "a = 1979-13-01",
                           "\\",
                           "\"",
                           "'",
                           "a = \"\\u{0}\"",
                           "a = \"\\ud800\"",
                           "\r",
                           "a\r= 1"})
    EXPECT_FALSE(refusal_of(text).problems.empty()) << text;
}

TEST(HostileText, OfLongLinesIsRefusedInAShortMessage) {
  EXPECT_LT(refusal_of("title = \"" + std::string(900'000, 'x')).message.size(), 2000u);
  EXPECT_LT(refusal_of(std::string(900'000, 'x') + " = 1").message.size(), 3000u);
  EXPECT_LT(refusal_of("[" + std::string(900'000, 'x') + "]").message.size(), 3000u);
  EXPECT_LT(refusal_of("[layers." + std::string(900'000, 'x') + "]").message.size(), 5000u);
  EXPECT_LT(refusal_of(with(std::string(whole_scenario), "\"portability\" = 0.6",
                            "\"" + std::string(100'000, 'x') + "\" = 0.6"))
                .message.size(),
            2000u);
  EXPECT_LT(refusal_of(with(std::string(whole_scenario), "at = \"2025Q3\"",
                            "when = \"" + std::string(100'000, 'x') + ".a > 1\""))
                .message.size(),
            2000u);
  EXPECT_LT(refusal_of(with(std::string(whole_scenario), "name = \"rule\"\nat",
                            "name = \"" + std::string(100'000, 'x') + "\"\nwhat"))
                .message.size(),
            2000u);
  EXPECT_LT(refusal_of(with(std::string(whole_scenario), "from = \"a\"",
                            "from = \"" + std::string(100'000, 'x') + "\""))
                .message.size(),
            2000u);
  EXPECT_LT(refusal_of(with(std::string(whole_scenario), "exit = 0.05",
                            "exit = { " + std::string(100'000, 'x') + " = 1 }"))
                .message.size(),
            2000u);
}

TEST(HostileText, WithThousandsOfErrorsIsRefusedWithTheFirst) {
  std::string keys(whole_scenario), targets(whole_scenario), events(whole_scenario), years;
  for (int i = 0; i < 10'000; ++i) keys += "k" + std::to_string(i) + " = 1\n";
  const Refusal refusal = refusal_of(keys);
  EXPECT_EQ(refusal.problems.size(), 10'000u);
  EXPECT_THAT(refusal.message, testing::HasSubstr("(and 9950 more)"));
  targets += "\n[[events]]\nname = \"e\"\nat = 2025\n[events.set]\n";
  for (int i = 0; i < 10'000; ++i) targets += "\"segments.x.targets" + std::to_string(i) + "\" = 1\n";
  EXPECT_FALSE(refusal_of(targets).problems.empty());
  for (int i = 0; i < 10'000; ++i) events += "[[events]]\nname = \"e" + std::to_string(i) + "\"\nat = 2025\n";
  EXPECT_FALSE(refusal_of(events).problems.empty());
  for (int i = 0; i < 50'000; ++i) years += "[[events]]\n";
  EXPECT_FALSE(refusal_of(std::string(whole_scenario) + years).problems.empty());
}

TEST(HostileText, WithThousandsOfErrorsOnOneLongLineKeepsItsMemory) {
  std::string line = "x = { ";
  for (int i = 0; i < 50'000; ++i) line += "k" + std::to_string(i) + " = 1, ";
  const Refusal refusal = refusal_of(with(std::string(whole_scenario), "taste = { price = 1.2,",
                                          "taste = {" + line.substr(5) + " price = 1.2,"));
  EXPECT_EQ(refusal.problems.size(), 50'000u);
  std::size_t bytes = 0;
  for (const PlacedProblem& p : refusal.problems) bytes += p.source_line.size();
  EXPECT_LT(bytes, 20'000'000u);
  EXPECT_LT(refusal.message.size(), 100'000u);
}

TEST(HostileText, WithThousandsOfNamesIsRefused) {
  for (const char* section : {"layers", "providers", "segments"}) {
    std::string text(whole_scenario);
    for (int i = 0; i < 30'000; ++i) text += "[" + std::string(section) + ".n" + std::to_string(i) + "]\n";
    EXPECT_EQ(refusal_of(text).problems.at(0).problem.key, section);
  }
  std::string text(whole_scenario);
  for (int i = 0; i < 90; ++i) text += "[layers.l" + std::to_string(i) + "]\n";
  for (int i = 0; i < 900; ++i)
    text += "[providers.p" + std::to_string(i) + "]\n[segments.s" + std::to_string(i) + "]\n";
  EXPECT_THAT(refusal_of(text).message, testing::HasSubstr("layers x providers x segments"));
}

TEST(HostileNumbers, AreRefusedAtTheirKeys) {
  const auto key_of = [](const std::vector<std::string>& overrides) {
    return refusal_of(whole_scenario, overrides).problems.at(0).problem.key;
  };
  EXPECT_EQ(key_of({"segments.x.customers=1000000000000000000"}), "segments.x.customers");
  EXPECT_EQ(key_of({"run.customers=1000000000000000000"}), "run.customers");
  EXPECT_EQ(key_of({"run.replications=9223372036854775807"}), "run.replications");
  EXPECT_EQ(key_of({"segments.x.size.classes=1000000"}), "segments.x.size.classes");
  EXPECT_EQ(key_of({"layers.iaas.lock_in.stages=1000000"}), "layers.iaas.lock_in.stages");
  EXPECT_EQ(key_of({"segments.x.customers=nan"}), "segments.x.customers");
  EXPECT_EQ(key_of({"market.size=inf"}), "market.size");
  EXPECT_EQ(key_of({"horizon.start=1", "horizon.end=2"}), "horizon.start");
  EXPECT_EQ(
      key_of({"horizon.start=\"0001\"", "horizon.end=9999", "horizon.period=\"month\"", "market.size=1.0"}),
      "horizon.end");
  EXPECT_EQ(key_of({"horizon.end=100000"}), "horizon.end");
  EXPECT_EQ(key_of({"horizon.end=2025-01-01T00:00:00Z"}), "horizon.end");
  EXPECT_EQ(key_of({"horizon.end=12:00:00"}), "horizon.end");
  EXPECT_EQ(key_of({"events.rule.ramp=\"99999999999 years\""}), "events.rule.ramp");
  EXPECT_EQ(key_of({"events.rule.scale.portability=inf"}), "events.rule.scale.\"portability\"");
  EXPECT_EQ(
      key_of(
          {"providers.a.iaas.quality={ start = 1.0, process = \"releases\", per_year = 1.0, jump = nan }"}),
      "providers.a.iaas.quality.jump");
  // Each within its range, too many together.
  EXPECT_EQ(key_of({"segments.x.size.classes=1000",
                    "segments.x.taste.price={ spread = \"normal\", mean = 1.0, sd = 0.01, classes = 64 }",
                    "segments.x.taste.quality={ spread = \"normal\", mean = 1.0, sd = 0.01, classes = 64 }"}),
            "segments.x");
  // A path whose value overflows on the way.
  EXPECT_EQ(key_of({"providers.a.iaas.price={ start = 1e300, growth = 1e300 }"}), "providers.a.iaas.price");
  EXPECT_EQ(key_of({"market.size={ 2025 = 1e300, growth = 1e300 }"}), "market.size");
}

TEST(HarmlessText, IsReadWhateverItsLinesEndWithAndInEveryScript) {
  std::string dos;
  for (const char c : whole_scenario) dos += c == '\n' ? std::string("\r\n") : std::string(1, c);
  EXPECT_EQ(parse_scenario(dos, "x").resolved, parse_scenario(whole_scenario, "x").resolved);
  const Refusal refusal = refusal_of(with(dos, "exit = 0.05", "exit = 5"));
  EXPECT_EQ(refusal.problems.at(0).place.line, 36u);
  EXPECT_EQ(refusal.problems.at(0).place.column, 8u);
  EXPECT_EQ(refusal.problems.at(0).source_line, "exit = 5");
  const std::string chinese = with(std::string(whole_scenario), "title = \"Everything\"",
                                   "title = \"\u4e2d\u56fd\u7684\u4e91 \\\"\\\\ \\t \\n \\u007f\"");
  EXPECT_EQ(parse_scenario(parse_scenario(chinese, "x").resolved, "x").spec.title,
            parse_scenario(chinese, "x").spec.title);
  EXPECT_EQ(parse_scenario("\xef\xbb\xbf" + std::string(whole_scenario), "x").spec.title, "Everything");
  EXPECT_NO_THROW((void)parse_scenario(
      "# [[[[[[[ \" ' { a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s.t\n" + std::string(whole_scenario), "x"));
  EXPECT_NO_THROW((void)parse_scenario(
      with(std::string(whole_scenario), "[run]", "[run] # ]\nnote = '''[[[ \" ]'''"), "x"));
}

}  // namespace
}  // namespace lockin
