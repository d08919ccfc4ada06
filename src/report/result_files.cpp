#include "lockin/report/result_files.hpp"

#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "lockin/report/run_record.hpp"

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

}  // namespace

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
