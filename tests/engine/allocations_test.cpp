// Counts the allocations of this test program. A file of its own: where the compiler sees both ends it warns of a mismatch.
#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

std::size_t allocations();

namespace {
std::atomic<std::size_t> count{0};
}  // namespace

std::size_t allocations() { return count; }

// All of them: a sanitizer has its own for those left out, and then sees a mismatch.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++count;
  return std::malloc(size > 0 ? size : 1);
}
void* operator new(std::size_t size) {
  if (void* place = operator new(size, std::nothrow)) return place;
  throw std::bad_alloc();
}
void* operator new[](std::size_t size) { return operator new(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return operator new(size, std::nothrow);
}
void operator delete(void* place) noexcept { std::free(place); }
void operator delete(void* place, std::size_t) noexcept { std::free(place); }
void operator delete[](void* place) noexcept { std::free(place); }
void operator delete[](void* place, std::size_t) noexcept { std::free(place); }
