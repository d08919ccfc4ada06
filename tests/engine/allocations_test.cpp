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

void* operator new(std::size_t size) {
  ++count;
  if (void* place = std::malloc(size > 0 ? size : 1)) return place;
  throw std::bad_alloc();
}
void operator delete(void* place) noexcept { std::free(place); }
void operator delete(void* place, std::size_t) noexcept { std::free(place); }
