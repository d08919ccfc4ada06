#include "cli/interruption.hpp"

#include <signal.h>
#include <unistd.h>

#include <string_view>

#include "cli/commands.hpp"

namespace lockin::cli {
namespace {

volatile sig_atomic_t writing = 0;
volatile sig_atomic_t signalled = 0;

void on_signal(int) {
  signalled = 1;
  if (writing != 0) return;
  constexpr std::string_view message = "\nlockin: interrupted\n";
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, message.data(), message.size());
  _exit(interrupted);
}

}  // namespace

void handle_signals() {
  struct sigaction action = {};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction before = {};
    sigaction(number, nullptr, &before);
    if (before.sa_handler != SIG_IGN) sigaction(number, &action, nullptr);  // nohup stays nohup
  }
  action.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &action, nullptr);
  sigaction(SIGXFSZ, &action, nullptr);
}

FinishWriting::FinishWriting() { writing = 1; }
FinishWriting::~FinishWriting() { writing = 0; }

void FinishWriting::stop_if_interrupted() const {
  if (signalled != 0) throw Interrupted();
}

}  // namespace lockin::cli
