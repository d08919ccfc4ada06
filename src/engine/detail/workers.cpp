#include "engine/detail/workers.hpp"

#include <utility>

namespace lockin::detail {

Workers::Workers(std::size_t threads) {
  try {
    for (std::size_t i = 1; i < threads; ++i) pool_.emplace_back([this, i] { wait_for_work(i); });
  } catch (const std::system_error&) {  // the machine gives no more threads: those that there are do the work
  }
}

Workers::~Workers() {
  stop_ = true;
  ++round_;
  round_.notify_all();
}

void Workers::run_all() {
  at_work_ = static_cast<std::uint32_t>(pool_.size());
  ++round_;
  round_.notify_all();
  work(0);
  for (std::uint32_t left = at_work_; left != 0; left = at_work_) at_work_.wait(left);
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

void Workers::work(std::size_t thread) {
  try {
    for (std::size_t i = next_++; i < count_; i = next_++) call_(task_, i, thread);
  } catch (...) {
    const std::lock_guard lock(guard_);
    if (!failure_) failure_ = std::current_exception();
  }
}

void Workers::wait_for_work(std::size_t thread) {
  for (std::uint32_t seen = 0;;) {
    round_.wait(seen);
    seen = round_;
    if (stop_) return;
    work(thread);
    if (--at_work_ == 0) at_work_.notify_one();
  }
}

}  // namespace lockin::detail
