#pragma once

#include <cstddef>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace lockin {

/// Runs task() on so many threads, this one among them; the first exception is thrown again.
template <class Task>
void on_threads(std::size_t threads, const Task& task) {
  std::exception_ptr failure;
  std::mutex guard;
  const auto safely = [&] {
    try {
      task();
    } catch (...) {
      const std::lock_guard lock(guard);
      if (!failure) failure = std::current_exception();
    }
  };
  {
    std::vector<std::jthread> others;
    for (std::size_t i = 1; i < threads; ++i) others.emplace_back(safely);
    safely();
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace lockin
