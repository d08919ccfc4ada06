#include <fmt/format.h>

#include <filesystem>

#include "cli/commands.hpp"
#include "cli/new_file.hpp"
#include "cli/standard_streams.hpp"
#include "lockin/report/html_report.hpp"

namespace lockin::cli {

int execute(const ReportCommand& command) {
  const std::string page = html_report(read_result_files(command.folder));
  const std::string file = (std::filesystem::path(command.folder) / report_file).string();
  replace_file(file, page);
  note(fmt::format("lockin: the report is in {}", file));
  return done;
}

}  // namespace lockin::cli
