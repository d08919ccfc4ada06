#include "workers.hpp"

#include <chrono>
#include <utility>

namespace lockin::detail {
namespace {

// Waits awake for the time that lies between two pieces of work of a period: to wake a sleeping thread takes some 25
// microseconds, as long as 25,000 customers need.
template <class Done>
void wait_awake(const Done& done) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::microseconds(100);
  while (!done() && std::chrono::steady_clock::now() < end) std::this_thread::yield();
}

}  // namespace

Workers::Workers(std::size_t threads) {
  try {
    for (std::size_t i = 1; i < threads; ++i) pool_.emplace_back([this, i] { wait_for_work(i); });
  } catch (const std::system_error&) {  // the machine gives no more threads: those that there are do the work
  }
  parts_ = std::vector<Part>(size());
}

Workers::~Workers() {
  stop_ = true;
  ++round_;
  round_.notify_all();
  for (std::thread& thread : pool_) thread.join();
}

void Workers::run_all() {
  at_work_ = static_cast<std::uint32_t>(pool_.size());
  ++round_;
  round_.notify_all();
  work(0);
  wait_awake([&] { return at_work_ == 0; });
  for (std::uint32_t left = at_work_; left != 0; left = at_work_) at_work_.wait(left);
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

bool Workers::take(Part& part, bool own, std::size_t& i) {
  for (std::uint64_t left = part.left;;) {
    const std::uint64_t first = left >> 32, past = left & 0xffffffff;
    if (first == past) return false;
    i = own ? first : past - 1;
    if (part.left.compare_exchange_weak(left, own ? pair(first + 1, past) : pair(first, past - 1)))
      return true;
  }
}

void Workers::work(std::size_t thread) {
  std::size_t i = 0;
  try {
    for (std::size_t turn = 0; turn < parts_.size(); ++turn)
      while (take(parts_[(thread + turn) % parts_.size()], turn == 0, i)) call_(task_, i, thread);
  } catch (...) {
    const std::lock_guard lock(guard_);
    if (!failure_ || i < failed_) {
      failure_ = std::current_exception();
      failed_ = i;
    }
  }
}

void Workers::wait_for_work(std::size_t thread) {
  for (std::uint32_t seen = 0;;) {
    wait_awake([&] { return round_ != seen; });
    round_.wait(seen);
    seen = round_;
    if (stop_) return;
    work(thread);
    if (--at_work_ == 0) at_work_.notify_one();
  }
}

}  // namespace lockin::detail
