#include <exception>
#include <string>
#include <variant>
#include <vector>

#include "cli/command_line.hpp"
#include "cli/interruption.hpp"
#include "cli/standard_streams.hpp"
#include "lockin/error.hpp"

namespace lockin::cli {
namespace {

int execute(const ShowText& shown) {
  print(shown.text);
  return done;
}

int execute(const Command& given, const Processes& processes) {
  return std::visit(
      [&](const auto& command) -> int {
        if constexpr (requires { help(command, processes); })
          return processes.helps() ? help(command, processes) : execute(command, processes);
        else
          return processes.helps() ? done : execute(command);
      },
      given);
}

int run(std::vector<std::string> arguments, const Processes& processes) {
  try {
    return execute(parse(std::move(arguments)), processes);
  } catch (const UsageError& error) {
    note("lockin: error: " + std::string(error.what()));
    if (!error.hint.empty()) note("  hint: " + error.hint);
    return bad_usage;
  } catch (const InputError& error) {
    std::string text = error.what();
    while (text.ends_with('\n')) text.pop_back();
    note(text);
    return bad_usage;
  } catch (const std::invalid_argument& error) {  // what the library refuses: a market, a folder, settings
    note("lockin: error: " + std::string(error.what()));
    return bad_usage;
  } catch (const Interrupted& interruption) {
    note("lockin: interrupted; " + interruption.left);
    return interrupted;
  } catch (const std::bad_alloc&) {
    note("lockin: error: not enough memory; fewer --customers or --engine mean-field need less");
    return run_failed;
  } catch (const std::exception& error) {
    note("lockin: error: " + std::string(error.what()));
    return run_failed;
  }
}

}  // namespace
}  // namespace lockin::cli

int main(int argc, char** argv) {
  lockin::cli::Processes processes;
  lockin::cli::handle_signals();
  const int status = lockin::cli::run({argv + (argc > 0 ? 1 : 0), argv + argc}, processes);
  processes.end(status);
  return status;
}
