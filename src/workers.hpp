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

  /// Runs task(i, thread) for i = 0 .. n - 1, thread < size(), 0 the caller's. Of several exceptions that of the lowest i is
  /// thrown again, whatever the number of threads; not all of what comes after it is run then. Each thread has its part of
  /// the i, the same from call to call, so that their data stay in its cache; who is done early helps the others from the
  /// end of theirs. Pre: n < 2^32
  template <class Task>
  void run(std::size_t n, const Task& task) {
    if (pool_.empty() || n < 2) {
      for (std::size_t i = 0; i < n; ++i) task(i, std::size_t{0});
      return;
    }
    for (std::size_t part = 0; part < parts_.size(); ++part)
      parts_[part].left = pair(n * part / parts_.size(), n * (part + 1) / parts_.size());
    task_ = &task;
    call_ = [](const void* of, std::size_t i, std::size_t thread) {
      (*static_cast<const Task*>(of))(i, thread);
    };
    run_all();
  }

 private:
  struct alignas(64) Part {               // a cache line each
    std::atomic<std::uint64_t> left = 0;  // the first i and the one past the last
  };
  static std::uint64_t pair(std::uint64_t first, std::uint64_t past) { return first << 32 | past; }
  bool take(Part& part, bool own, std::size_t& i);
  void run_all();
  void work(std::size_t thread);
  void wait_for_work(std::size_t thread);

  std::vector<Part> parts_;  // one a thread
  const void* task_ = nullptr;
  void (*call_)(const void*, std::size_t, std::size_t) = nullptr;
  std::atomic<std::uint32_t> round_ = 0, at_work_ = 0;
  std::atomic<bool> stop_ = false;
  std::mutex guard_;
  std::exception_ptr failure_;
  std::size_t failed_ = 0;  // its i
  std::vector<std::thread> pool_;
};

}  // namespace lockin::detail
