#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/new_file.hpp"
#include "cli/standard_streams.hpp"
#include "lockin/report/plot_svg.hpp"

namespace lockin::cli {

int execute(const PlotCommand& command) {
  const ResultFiles files = read_result_files(command.folder);
  if (command.chart.empty()) {
    std::string list;
    for (const auto& [name, title] : plot_names(files)) list += fmt::format("{:<36} {}\n", name, title);
    print(list);
    return done;
  }
  PlotSize size;
  if (command.width) size.width = *command.width;
  if (command.height) size.height = *command.height;
  const std::string picture = plot_svg(files, command.chart, size);
  if (command.out.empty() || command.out == "-")
    print(picture);
  else
    write_new_file(command.out, picture);
  return done;
}

}  // namespace lockin::cli
