#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace lockin::detail {

/// Threads that wait for work, so that a period pays for no start of threads.
class Workers {
 public:
  /// @param threads at work at once, the caller's among them; 0 is 1
  explicit Workers(std::size_t threads);
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  /// Threads at work at once.
  [[nodiscard]] std::size_t size() const { return pool_.size() + 1; }

  /// Runs task(i, thread) for i = 0 .. n - 1, thread < size(), 0 the caller's; the first exception is thrown again.
  template <class Task>
  void run(std::size_t n, const Task& task) {
    if (pool_.empty() || n < 2) {
      for (std::size_t i = 0; i < n; ++i) task(i, std::size_t{0});
      return;
    }
    count_ = n;
    next_ = 0;
    task_ = &task;
    call_ = [](const void* of, std::size_t i, std::size_t thread) {
      (*static_cast<const Task*>(of))(i, thread);
    };
    run_all();
  }

 private:
  void run_all();
  void work(std::size_t thread);
  void wait_for_work(std::size_t thread);

  std::size_t count_ = 0;
  const void* task_ = nullptr;
  void (*call_)(const void*, std::size_t, std::size_t) = nullptr;
  std::atomic<std::size_t> next_ = 0;
  std::atomic<std::uint32_t> round_ = 0, at_work_ = 0;
  std::atomic<bool> stop_ = false;
  std::mutex guard_;
  std::exception_ptr failure_;
  std::vector<std::jthread> pool_;
};

}  // namespace lockin::detail
