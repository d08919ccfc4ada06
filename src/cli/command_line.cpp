#include "cli/command_line.hpp"
#include "number_text.hpp"
#include "spelling.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <limits>

namespace lockin::cli {
namespace {

constexpr std::uint64_t largest_seed = std::numeric_limits<std::int64_t>::max();

/// A whole number, also as `1_000_000` or `1e6`.
std::optional<std::uint64_t> whole_number(std::string text) {
  std::erase(text, '_');
  std::uint64_t exact = 0;
  const char* const end = text.data() + text.size();
  if (const auto read = std::from_chars(text.data(), end, exact); read.ec == std::errc() && read.ptr == end)
    return exact;
  const std::optional<double> rounded = number_in(text);
  if (!rounded || !(*rounded >= 0 && *rounded <= 0x1p53)) return std::nullopt;
  if (*rounded != static_cast<double>(static_cast<std::uint64_t>(*rounded))) return std::nullopt;
  return static_cast<std::uint64_t>(*rounded);
}

std::optional<std::uint64_t> number_option(const CLI::App& app, const std::string& name, std::uint64_t least,
                                           std::uint64_t most) {
  const CLI::Option* option = app.get_option(name);
  if (option->count() == 0) return std::nullopt;
  const auto& text = option->results().back();
  const auto number = whole_number(text);
  if (!number || *number < least || *number > most)
    throw UsageError(fmt::format("{}: {} is not a whole number ({}..{})", name, text, least, most));
  return number;
}

std::optional<double> seconds_option(const CLI::App& app, const std::string& name) {
  const CLI::Option* option = app.get_option(name);
  if (option->count() == 0) return std::nullopt;
  const std::string& text = option->results().back();
  const std::optional<double> seconds = number_in(text);
  if (!seconds || !(*seconds >= 0 && *seconds <= 1e6))
    throw UsageError(fmt::format("{}: {} is not a number of seconds (0..1000000)", name, text));
  return seconds;
}

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

/// What the parser could not place: the first option if there is one, since what follows it may be its value.
void refuse_unknown(const CLI::App& app, const std::string& usage) {
  const std::vector<std::string> left = app.remaining();
  if (left.empty()) return;
  const auto option = std::ranges::find_if(
      left, [](const std::string& word) { return word.starts_with("-") && word != "-"; });
  if (option != left.end()) {
    const std::string name = option->substr(0, option->find('='));
    throw UsageError(fmt::format("{}: no such option", name), did_you_mean(name, option_names(app)));
  }
  throw UsageError(fmt::format("{}: one argument too many", left.front()), "usage: " + usage);
}

void check_overrides(const std::vector<std::string>& overrides) {
  for (const std::string& text : overrides)
    if (const std::size_t at = text.find('='); at == 0 || at == std::string::npos)
      throw UsageError(fmt::format("--set: {} is not KEY=VALUE", text), "for example --set portability=0.6");
}

RunCommand run_command(const CLI::App& app, RunCommand command, const std::string& engine,
                       const std::string& format) {
  if (!engine.empty()) {
    command.engine = engine_named(engine);
    if (!command.engine)
      throw UsageError(fmt::format("--engine: {} is not an engine (agent, cohort, mean-field)", engine),
                       did_you_mean(engine, {"agent", "cohort", "mean-field"}));
  }
  if (format == "json")
    command.format = OutputFormat::json;
  else if (format == "csv")
    command.format = OutputFormat::csv;
  else if (format != "table")
    throw UsageError(fmt::format("--format: {} is not a format (table, json, csv)", format),
                     did_you_mean(format, {"table", "json", "csv"}));
  command.replications = number_option(app, "--replications", 1, 0xffff'ffffu);
  if (app.get_option_no_throw("--only")) command.only = number_option(app, "--only", 0, 0xffff'ffffu);
  command.seed = number_option(app, "--seed", 0, largest_seed);
  command.threads = number_option(app, "--threads", 1, 65536);
  command.customers = number_option(app, "--customers", 1, 1'000'000'000'000);
  command.checkpoint_seconds = seconds_option(app, "--checkpoint-every");
  if (command.resume && command.out.empty())
    throw UsageError("--resume: needs --out DIR", "the checkpoint is DIR.checkpoint");
  if (command.keep_replications && command.out.empty())
    throw UsageError("--keep-replications: needs --out DIR", "they go to DIR/ensemble.nc");
  check_overrides(command.overrides);
  if (app.get_option("--out")->count() > 0 && command.out.empty())
    throw UsageError("--out: the folder has no name");
  return command;
}

void say_override(CLI::App& app, std::vector<std::string>& overrides) {
  app.add_option("--set", overrides, "Override a key by its dotted path, in TOML; repeatable")
      ->type_name("KEY=VALUE")
      ->expected(1)
      ->take_all();
}

// What `run` and `compare` have in common; numbers are read from the parser afterwards.
void add_run_options(CLI::App& app, RunCommand& run, std::string& engine, std::string& format,
                     std::string& ignored) {
  app.add_option("--engine", engine, "agent, cohort or mean-field; default: the scenario's")
      ->type_name("NAME");
  app.add_option("--replications", ignored, "Number of histories; if many, numbers are drawn")
      ->type_name("R");
  app.add_flag("--allow-failures", run.allow_failures, "Leave failed replications out, and say so");
  app.add_option("--seed", ignored, "Seed of all random numbers")->type_name("S");
  app.add_option("--threads", ignored, "Threads; results do not depend on them")->type_name("K");
  app.add_option("--customers", ignored, "Simulated customers, each standing for many")->type_name("N");
  say_override(app, run.overrides);
  app.add_option("--out", run.out, "Write results to this folder, whole or not at all")->type_name("DIR");
  app.add_flag("--resume", run.resume, "Go on from DIR.checkpoint, if an earlier run left it");
  app.add_option("--checkpoint-every", ignored, "Seconds between checkpoints; default: 2")->type_name("S");
  app.add_option("--format", format, "Standard output: table, json or csv")->type_name("FORMAT");
}

}  // namespace

Command parse(std::vector<std::string> arguments) {
  CLI::App app("Simulates market shares when customers are locked in.", "lockin");
  app.set_help_flag("-h,--help", "Print this help");
  app.get_formatter()->column_width(26);
  app.allow_extras();
  bool version = false;
  app.add_flag("--version", version, "Print version, compiler and optional parts");
  app.footer(
      "Example: lockin run            the bundled baseline, on the terminal\n"
      "Help on a subcommand: lockin run --help");

  RunCommand run;
  std::string engine, format = "table", ignored;
  CLI::App* run_app = app.add_subcommand("run", "Simulate a market and say who leads");
  run_app->add_option("SCENARIO", run.scenario, fmt::format("File or bundled name; default: {}", baseline))
      ->type_name("");
  add_run_options(*run_app, run, engine, format, ignored);
  run_app->add_option("--only", ignored, "Run this replication of them alone, from 0")->type_name("r");
  run_app->add_option("--until", run.until, "Stop at this error of revenue shares, or others")
      ->type_name("se=X");
  run_app->add_flag("--keep-replications", run.keep_replications,
                    "ensemble.nc gets every number of each history");
  run_app->footer("Example: lockin run --engine mean-field --set portability=0.6 --out results");

  CompareCommand compare;
  CLI::App* compare_app = app.add_subcommand("compare", "Set scenarios side by side, in pairs of histories");
  compare_app->add_option("SCENARIO", compare.scenarios, "Files or bundled names, two or more")
      ->type_name("");
  add_run_options(*compare_app, compare.run, engine, format, ignored);
  compare_app->footer("Example: lockin compare china_ai_cloud china_price_war --replications 200");

  SplitCommand split;
  CLI::App* split_app = app.add_subcommand("split", "Say where a market's uncertainty comes from");
  split_app
      ->add_option("SCENARIO", split.run.scenario, fmt::format("File or bundled name; default: {}", baseline))
      ->type_name("");
  split_app->add_option("--draws", ignored, "Draws of uncertain numbers; default: 64")->type_name("N");
  split_app->add_option("--shocks", ignored, "Histories of shocks for each; default: 4")->type_name("N");
  split_app->add_option("--histories", ignored, "Of customers for each of those; default: 4")->type_name("N");
  add_run_options(*split_app, split.run, engine, format, ignored);
  split_app->footer("Example: lockin split china_ai_cloud --draws 200");

  ReportCommand report;
  CLI::App* report_app = app.add_subcommand("report", "Write report.html again, from the results of a run");
  report_app->add_option("DIR", report.folder, "Folder that --out wrote")->type_name("");
  report_app->footer("Example: lockin report results");

  PlotCommand plot;
  CLI::App* plot_app = app.add_subcommand("plot", "Draw one chart of a run's results as SVG");
  plot_app->add_option("DIR", plot.folder, "Folder that --out wrote")->type_name("");
  plot_app->add_option("--chart", plot.chart, "Which chart; default: list them")->type_name("NAME");
  plot_app->add_option("--out", plot.out, "Write to this file; default: standard output")->type_name("FILE");
  plot_app->add_option("--width", ignored, "Pixels; default: 720")->type_name("N");
  plot_app->add_option("--height", ignored, "Pixels; default: 420")->type_name("N");
  plot_app->footer("Example: lockin plot results --chart shares --out shares.svg");

  CheckCommand check;
  CLI::App* check_app = app.add_subcommand("check", "Check a scenario and describe it");
  check_app->add_option("SCENARIO", check.scenario, "File, or name of a bundled scenario")->type_name("");
  say_override(*check_app, check.overrides);
  check_app->add_option("--resolved", check.resolved, "Write it with every default spelled out; - to print")
      ->type_name("FILE");
  check_app->footer("Example: lockin check market.toml --resolved -");

  ScenariosCommand scenarios;
  CLI::App* scenarios_app =
      app.add_subcommand("scenarios", "List the bundled scenarios, or copy one to edit");
  scenarios_app->add_option("--copy", scenarios.copy, "Copy this scenario")->type_name("NAME");
  scenarios_app->add_option("--to", scenarios.to, "To this file; default: NAME.toml here")->type_name("FILE");
  scenarios_app->footer("Example: lockin scenarios --copy china_ai_cloud --to mine.toml");

  app.require_subcommand(0, 1);  // a folder may be named as a subcommand is
  const std::vector<CLI::App*> subcommands = {run_app,  compare_app, split_app,    report_app,
                                              plot_app, check_app,   scenarios_app};
  for (CLI::App* sub : subcommands) {
    sub->allow_extras();
    sub->get_formatter()->column_width(26);
  }
  const std::vector<std::string> given = arguments;
  try {
    std::ranges::reverse(arguments);
    app.parse(arguments);
  } catch (const CLI::CallForHelp&) {
    for (const CLI::App* sub : subcommands)
      if (sub->parsed()) return ShowText{sub->help("lockin")};
    return ShowText{app.help()};
  } catch (const CLI::ParseError& error) {
    throw UsageError(error.what(), "lockin --help lists what there is");
  }
  if (version) return ShowText{version_text()};
  if (run_app->parsed()) {
    refuse_unknown(*run_app, "lockin run [SCENARIO] [OPTIONS]");
    return run_command(*run_app, std::move(run), engine, format);
  }
  if (compare_app->parsed()) {
    refuse_unknown(*compare_app, "lockin compare FIRST OTHER [...] [OPTIONS]");
    if (compare.scenarios.size() < 2)
      throw UsageError("compare: which scenarios?", "usage: lockin compare FIRST OTHER [...] [OPTIONS]");
    compare.run = run_command(*compare_app, std::move(compare.run), engine, format);
    return compare;
  }
  if (split_app->parsed()) {
    refuse_unknown(*split_app, "lockin split [SCENARIO] [OPTIONS]");
    split.run = run_command(*split_app, std::move(split.run), engine, format);
    if (split.run.replications)
      throw UsageError("--replications: a split has --draws, --shocks and --histories");
    if (split.run.allow_failures) throw UsageError("--allow-failures: a split needs all its histories");
    split.draws = number_option(*split_app, "--draws", 3, 0xffff'ffffu);
    split.shocks = number_option(*split_app, "--shocks", 2, 0xffff'ffffu);
    split.customers = number_option(*split_app, "--histories", 2, 0xffff'ffffu);
    return split;
  }
  if (report_app->parsed()) {
    refuse_unknown(*report_app, "lockin report DIR");
    if (report.folder.empty()) throw UsageError("report: which folder?", "usage: lockin report DIR");
    return report;
  }
  if (plot_app->parsed()) {
    refuse_unknown(*plot_app, "lockin plot DIR [--chart NAME] [--out FILE]");
    if (plot.folder.empty())
      throw UsageError("plot: which folder?", "usage: lockin plot DIR [--chart NAME] [--out FILE]");
    plot.width = number_option(*plot_app, "--width", 240, 10'000);
    plot.height = number_option(*plot_app, "--height", 160, 10'000);
    return plot;
  }
  if (check_app->parsed()) {
    refuse_unknown(*check_app, "lockin check SCENARIO [OPTIONS]");
    check_overrides(check.overrides);
    if (check.scenario.empty())
      throw UsageError("check: which scenario?", "usage: lockin check SCENARIO [OPTIONS]");
    return check;
  }
  if (scenarios_app->parsed()) {
    refuse_unknown(*scenarios_app, "lockin scenarios [--copy NAME [--to FILE]]");
    if (scenarios.copy.empty() &&
        scenarios_app->get_option("--copy")->count() + scenarios_app->get_option("--to")->count() > 0)
      throw UsageError("--to: needs --copy NAME", "usage: lockin scenarios --copy NAME [--to FILE]");
    return scenarios;
  }
  if (given.empty())
    throw UsageError("no subcommand (run, compare, split, report, plot, check, scenarios)",
                     "lockin run simulates the bundled baseline; lockin --help lists the rest");
  const std::string& word = given.front();
  if (word.starts_with("-")) refuse_unknown(app, "lockin SUBCOMMAND");
  throw UsageError(
      fmt::format("{}: no such subcommand (run, compare, split, report, plot, check, scenarios)", word),
      did_you_mean(word, {"run", "compare", "split", "report", "plot", "check", "scenarios"}));
}

}  // namespace lockin::cli
