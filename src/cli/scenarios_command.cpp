#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "cli/commands.hpp"
#include "cli/find_scenario.hpp"
#include "cli/new_file.hpp"
#include "cli/standard_streams.hpp"
#include "lockin/report/display_width.hpp"
#include "lockin/scenario/bundled.hpp"
#include "spelling.hpp"

namespace lockin::cli {
namespace {

/// Calls `use(line)` for each line until it returns false.
template <class Use>
void each_line(std::string_view text, const Use& use) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!use(line)) return;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

/// The first sentence of the comment that the file begins with.
std::string first_sentence(std::string_view text) {
  std::string comment;
  each_line(text, [&](std::string_view line) {
    if (!line.starts_with('#')) return false;
    line.remove_prefix(std::min(line.find_first_not_of("# "), line.size()));
    if (line.empty()) return comment.empty();
    comment.append(comment.empty() ? "" : " ").append(line);
    return true;
  });
  for (std::size_t i = 0; i < comment.size(); ++i) {
    const bool ends = comment[i] == '.' || comment[i] == '?' || comment[i] == '!';
    if (ends && (i + 1 == comment.size() || comment[i + 1] == ' ')) return comment.substr(0, i + 1);
  }
  return comment;
}

/// The text between the quotes of `KEY = "..."` above the first table; empty if there is none.
std::string top_level_text(std::string_view text, std::string_view key) {
  std::string found;
  each_line(text, [&](std::string_view line) {
    if (line.starts_with('[')) return false;
    if (!line.starts_with(key)) return true;
    const std::size_t first = line.find_first_of("\"'");
    if (first == std::string_view::npos) return true;
    found = line.substr(first + 1, line.find(line[first], first + 1) - first - 1);
    return false;
  });
  return found;
}

}  // namespace

int execute(const ScenariosCommand& command) {
  if (command.copy.empty()) {
    std::string list;
    for (const BundledScenario& scenario : bundled_scenarios())
      list += fmt::format("{}\n", scenario.name) + wrapped(top_level_text(scenario.text, "title"), 80, 4, 4) +
              wrapped(first_sentence(scenario.text), 80, 4, 4);
    print(list);
    return done;
  }
  const auto bundled = bundled_scenarios();
  const auto found = std::ranges::find(bundled, command.copy, &BundledScenario::name);
  if (found == bundled.end())
    throw UsageError(
        fmt::format("{}: no bundled scenario of that name; lockin scenarios lists them", command.copy),
        did_you_mean(command.copy, bundled_names()));
  if (command.to == "-") {
    print(found->text);
    return done;
  }
  const std::string file = command.to.empty() ? command.copy + ".toml" : command.to;
  write_new_file(file, found->text);
  print(fmt::format("wrote {}; edit it, then: lockin run {}\n", file, file));
  const std::string base = top_level_text(found->text, "extends");
  if (!base.empty() && !std::filesystem::exists(std::filesystem::path(file).replace_filename(base)))
    print(fmt::format("it extends {}, wanted beside it: lockin scenarios --copy {}\n", base,
                      std::filesystem::path(base).stem().string()));
  return done;
}

}  // namespace lockin::cli
