#include "cli/interruption.hpp"

#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#include <string_view>

#include "cli/commands.hpp"

namespace lockin::cli {
namespace {

volatile sig_atomic_t writing = 0;
volatile sig_atomic_t stopping_soon = 0;
volatile sig_atomic_t signalled = 0;

void end_at_once(int) {
  constexpr std::string_view message = "\nlockin: interrupted\n";
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, message.data(), message.size());
  _exit(interrupted);
}

void on_signal(int) {
  signalled = 1;
  if (writing != 0) return;
  if (stopping_soon == 0) end_at_once(0);
  const itimerval patience = {{0, 0}, {0, 800'000}};
  setitimer(ITIMER_REAL, &patience, nullptr);
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
  action.sa_handler = end_at_once;
  sigaction(SIGALRM, &action, nullptr);
  action.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &action, nullptr);
  sigaction(SIGXFSZ, &action, nullptr);
}

StopSoon::StopSoon() { stopping_soon = 1; }
StopSoon::~StopSoon() {
  stopping_soon = 0;
  const itimerval none = {};
  setitimer(ITIMER_REAL, &none, nullptr);
}

bool StopSoon::asked() const { return signalled != 0; }

FinishWriting::FinishWriting() { writing = 1; }
FinishWriting::~FinishWriting() { writing = 0; }

void FinishWriting::stop_if_interrupted() const {
  if (signalled != 0) throw Interrupted();
}

}  // namespace lockin::cli
