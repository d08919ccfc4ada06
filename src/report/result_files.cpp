#include "lockin/report/result_files.hpp"

#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <vector>

#include "lockin/report/html_report.hpp"
#include "lockin/report/tidy_csv.hpp"

namespace lockin {
namespace {

// What tables and scenarios are written in. Other files may be large, and are for other programs.
bool is_text(const std::string& name) { return name.ends_with(".csv") || name.ends_with(".toml"); }

std::string content_of(const std::filesystem::path& file) {
  if (!std::filesystem::is_regular_file(file))  // a pipe would never end
    throw std::invalid_argument(fmt::format("{}: is no file", file.string()));
  std::ifstream in(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!in.is_open() || in.bad())
    throw std::invalid_argument(fmt::format("{}: cannot be read", file.string()));
  return text;
}

template <class Results>
ResultFiles tables_of(const Results& results) {
  return {{"shares.csv", shares_csv(results)},
          {"annual.csv", annual_csv(results)},
          {"opening.csv", opening_csv(results)},
          {"growth.csv", growth_csv(results)},
          {"switching.csv", switching_csv(results)},
          {"ranks.csv", ranks_csv(results)},
          {"annual_ranks.csv", annual_ranks_csv(results)},
          {"crossings.csv", crossings_csv(results)}};
}

}  // namespace

ResultFiles result_tables(const Trajectory& path) { return tables_of(path); }

ResultFiles result_tables(const Ensemble& ensemble) {
  ResultFiles tables = tables_of(ensemble);
  tables["draws.csv"] = draws_csv(ensemble);
  return tables;
}

ResultFiles result_files(ResultFiles tables, const RunRecord& record) {
  tables["scenario.toml"] = record.resolved;
  std::vector<std::string> names;
  names.reserve(tables.size() + 1);
  for (const auto& [name, text] : tables) names.push_back(name);
  names.emplace_back(report_file);
  tables[std::string(record_file)] = to_json(record, names);
  tables[report_file] = html_report(tables);
  return tables;
}

ResultFiles read_result_files(const std::filesystem::path& folder) {
  const std::filesystem::path record = folder / record_file;
  if (!std::filesystem::is_directory(folder))
    throw std::invalid_argument(
        fmt::format("{}: is no folder; results are what lockin run --out wrote", folder.string()));
  if (!std::filesystem::exists(record))
    throw std::invalid_argument(
        fmt::format("{}: holds no {}, so lockin did not write it", folder.string(), record_file));
  ResultFiles files;
  files[std::string(record_file)] = content_of(record);
  const auto json = nlohmann::json::parse(files.begin()->second, nullptr, false);
  if (!json.is_object() || json.value("written_by", nlohmann::json()) != record_writer ||
      !json.value("files", nlohmann::json()).is_array())
    throw std::invalid_argument(fmt::format("{}: is no record of a run of lockin", record.string()));
  for (const auto& name : json["files"]) {
    const bool plain = name.is_string() && !name.get<std::string>().empty() &&
                       name.get<std::string>().find('/') == std::string::npos;
    if (!plain)
      throw std::invalid_argument(fmt::format("{}: files: {} is no name", record.string(), name.dump()));
    if (is_text(name)) files[name.get<std::string>()] = content_of(folder / name.get<std::string>());
  }
  return files;
}

}  // namespace lockin
