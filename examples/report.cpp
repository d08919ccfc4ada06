// An ensemble with all that `lockin run --out` leaves of it: tables, the page, and a chart for a paper.
#include <lockin/lockin.hpp>

#include <chrono>
#include <filesystem>
#include <iostream>

int main() {
  // Settings that differ from the file are overrides, so that the folder's scenario.toml alone runs it again.
  const lockin::Scenario scenario =
      lockin::load_scenario("cookbook/own_market.toml", {"run.replications=50", "run.engine=\"cohort\""});
  const auto begun = std::chrono::steady_clock::now();
  const lockin::Ensemble ensemble = lockin::run_ensemble(scenario);

  lockin::RunRecord record = lockin::run_record(scenario);
  record.wall_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  lockin::ResultFiles files = lockin::result_files(lockin::result_tables(ensemble), record);

  const std::filesystem::path folder = std::filesystem::temp_directory_path() / "lockin_example_report";
  lockin::OutputFolder out(folder);  // whole or not at all
  for (const auto& [name, text] : files) out.write(name, text);
  out.commit();

  const std::string picture = lockin::plot_svg(files, "shares", {.width = 560, .height = 320});
  std::cout << lockin::answer(ensemble) << "\n";
  const bool whole =
      std::filesystem::file_size(folder / lockin::report_file) > 10'000 && picture.ends_with("</svg>\n");
  std::filesystem::remove_all(folder);
  return whole ? 0 : 1;
}
