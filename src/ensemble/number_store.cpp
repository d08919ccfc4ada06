#include "ensemble/number_store.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>

#include <sys/mman.h>
#include <unistd.h>

#include "ensemble/threads.hpp"
#include "lockin/random/stream.hpp"

namespace lockin {

void Rows::touch([[maybe_unused]] std::size_t i) {
#ifdef MADV_POPULATE_WRITE  // where it fails, the pages come one by one
  static const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  const std::span<std::byte> bytes = std::as_writable_bytes(row(i));
  const std::size_t before = reinterpret_cast<std::uintptr_t>(bytes.data()) % page;
  madvise(bytes.data() - before, before + bytes.size(), MADV_POPULATE_WRITE);
#endif
}

NumberStore::NumberStore(std::size_t width, std::size_t most_bytes, std::size_t threads,
                         std::uint64_t most_replications)
    : width_(std::max<std::size_t>(1, width)),
      room_(static_cast<std::size_t>(
          std::min<std::uint64_t>(most_replications, std::max<std::size_t>(2, most_bytes / (8 * width_))))),
      threads_(threads),
      counts_(width_, 0.0),
      means_(width_, 0.0),
      squares_(width_, 0.0) {}

double* NumberStore::new_row() {
  memory_.push_back(std::make_shared_for_overwrite<double[]>(width_));
  return memory_.back().get();
}

std::size_t NumberStore::place_of(std::uint64_t replication) {
  const Kept one{CellId::mix(replication), replication};
  std::size_t place = heap_.size();
  if (place == room_) {
    if (!(one < heap_.front().first)) return no_place;
    std::pop_heap(heap_.begin(), heap_.end());
    place = heap_.back().second;
    heap_.pop_back();
  }
  heap_.emplace_back(one, place);
  std::push_heap(heap_.begin(), heap_.end());
  return place;
}

namespace {

// `Moments::add` of each number that is there, the same bits: without branches, so that the compiler makes vectors of it.
void add_to_moments(std::span<const double> row, double* counts, double* means, double* squares) {
  for (std::size_t m = 0; m < row.size(); ++m) {
    const double x = row[m];
    const bool there = x == x;
    const double count = counts[m] + (there ? 1.0 : 0.0), step = there ? x - means[m] : 0.0,
                 mean = means[m] + step / std::max(count, 1.0);
    squares[m] += step * (there ? x - mean : 0.0);
    means[m] = mean;
    counts[m] = count;
  }
}

}  // namespace

void NumberStore::add(const Rows& rows) {
  const bool all_fit = heap_.size() + rows.sound.size() <= room_;
  if (all_fit) memory_.push_back(rows.numbers);
  std::vector<double*> copies(rows.sound.size(), nullptr);
  for (std::size_t i = 0; i < rows.sound.size(); ++i) {
    if (!rows.sound[i]) continue;
    const std::size_t place = place_of(rows.first + i);
    if (place == no_place) continue;
    if (all_fit)
      kept_.push_back(rows.numbers.get() + i * width_);
    else if (place == kept_.size())
      kept_.push_back(new_row());
    if (!all_fit) copies[i] = kept_[place];
  }
  std::atomic<std::size_t> block = 0;
  on_threads(threads_,
             [&] {  // each number's sums in the order of replications, of which a later one may take a place
               constexpr std::size_t step = 512;
               for (std::size_t from = step * block++; from < width_; from = step * block++) {
                 const std::size_t n = std::min(step, width_ - from);
                 for (std::size_t i = 0; i < copies.size(); ++i) {
                   if (!rows.sound[i]) continue;
                   const std::span<const double> numbers = rows.row(i).subspan(from, n);
                   add_to_moments(numbers, &counts_[from], &means_[from], &squares_[from]);
                   if (copies[i] != nullptr) std::ranges::copy(numbers, copies[i] + from);
                 }
               }
             });
}

std::vector<Summary> NumberStore::summaries() const {
  std::vector<Summary> result(width_);
  std::atomic<std::size_t> block = 0;
  on_threads(threads_, [&] {
    // A cache line of each replication; more would need more room for columns.
    constexpr std::size_t step = 8;
    for (std::size_t from = step * block++; from < width_; from = step * block++) {
      const std::size_t n = std::min(step, width_ - from);
      std::array<std::vector<double>, step> columns;
      for (std::vector<double>& column : columns) column.resize(kept_.size());
      std::array<double*, step> to{};
      for (std::size_t m = 0; m < n; ++m) to[m] = columns[m].data();
      for (std::size_t i = 0; i < kept_.size(); ++i) {
        const double* numbers = kept_[i] + from;
        for (std::size_t m = 0; m < n; ++m) to[m][i] = numbers[m];
      }
      for (std::size_t m = 0; m < n; ++m)
        result[from + m] = summary_of(moments(from + m), std::move(columns[m]));
    }
  });
  return result;
}

void save_moments(CheckpointWriter& to, const Moments& of) {
  to.number(of.count());
  to.numbers(std::array{of.mean(), of.squares()});
}

Moments restored_moments(CheckpointReader& from) {
  const std::uint64_t count = from.number(std::uint64_t{1} << 53);  // kept as a double
  std::array<double, 2> sums{};
  from.numbers(std::span<double>(sums));
  return {count, sums[0], sums[1]};
}

void NumberStore::save(CheckpointWriter& to) const {
  for (std::size_t m = 0; m < width_; ++m) save_moments(to, moments(m));
  to.number(heap_.size());
  for (const auto& [one, place] : heap_) {
    to.number(one.replication);
    to.numbers(std::span<const double>(kept_[place], width_));
  }
}

void NumberStore::restore(CheckpointReader& from) {
  for (std::size_t m = 0; m < width_; ++m) {
    const Moments of = restored_moments(from);
    counts_[m] = static_cast<double>(of.count());
    means_[m] = of.mean();
    squares_[m] = of.squares();
  }
  const std::uint64_t stored = from.number(room_);
  from.check_room(stored * (1 + width_));
  for (std::uint64_t i = 0; i < stored; ++i) {
    static_cast<void>(place_of(from.number()));  // the next: there is room for all that were stored
    kept_.push_back(new_row());
    from.numbers(std::span<double>(kept_.back(), width_));
  }
}

}  // namespace lockin
