#include "ensemble/number_store.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>

#include "ensemble/threads.hpp"
#include "lockin/random/stream.hpp"

namespace lockin {

NumberStore::NumberStore(std::size_t width, std::uint64_t replications, std::size_t most_bytes,
                         std::size_t threads)
    : width_(std::max<std::size_t>(1, width)), threads_(threads), moments_(width_) {
  const std::uint64_t room = std::max<std::uint64_t>(2, most_bytes / (8 * width_));
  if (replications <= room) return;
  std::vector<std::uint64_t> hashes(replications);
  for (std::uint64_t r = 0; r < replications; ++r) hashes[r] = CellId::mix(r);
  std::nth_element(hashes.begin(), hashes.begin() + static_cast<std::ptrdiff_t>(room), hashes.end());
  below_ = hashes[room];
}

void NumberStore::add(const Rows& rows) {
  for (std::size_t i = 0; i < rows.sound.size(); ++i)
    if (rows.sound[i] && (!below_ || CellId::mix(rows.first + i) < *below_)) {
      const std::span<const double> row = rows.row(i);
      kept_.insert(kept_.end(), row.begin(), row.end());
    }
  std::atomic<std::size_t> block = 0;
  on_threads(threads_, [&] {  // each number's sums in the order of replications
    constexpr std::size_t step = 512;
    for (std::size_t from = step * block++; from < width_; from = step * block++)
      for (std::size_t i = 0; i < rows.sound.size(); ++i)
        for (std::size_t m = from; rows.sound[i] && m < std::min(width_, from + step); ++m)
          if (const double x = rows.row(i)[m]; !std::isnan(x)) moments_[m].add(x);
  });
}

std::vector<Summary> NumberStore::summaries() const {
  std::vector<Summary> result(width_);
  std::atomic<std::size_t> next = 0;
  on_threads(threads_, [&] {
    for (std::size_t m = next++; m < width_; m = next++) {
      std::vector<double> column(stored());
      for (std::size_t i = 0; i < column.size(); ++i) column[i] = kept_[i * width_ + m];
      result[m] = summary_of(moments_[m], std::move(column));
    }
  });
  return result;
}

}  // namespace lockin
