#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "ensemble/checkpoint.hpp"
#include "lockin/ensemble/statistics.hpp"

namespace lockin {

/// The numbers of some replications in a row: [replication][number], and which of them are sound.
struct Rows {
  std::uint64_t first = 0;  // the first replication
  std::size_t width = 0;    // numbers of one
  std::vector<char> sound;
  // Shared with whoever keeps them. Nothing touches them before a replication comes: pages are the work of its thread.
  std::shared_ptr<double[]> numbers;

  Rows() = default;
  /// Of n replications, none of which is sound yet.
  Rows(std::uint64_t first_one, std::size_t n, std::size_t numbers_of_one)
      : first(first_one),
        width(numbers_of_one),
        sound(n, 0),
        numbers(std::make_shared_for_overwrite<double[]>(n * numbers_of_one)) {}

  /// Takes the pages of a row that nothing has touched from the system, all at once: half of what they cost one by one.
  void touch(std::size_t i);
  [[nodiscard]] std::span<double> row(std::size_t i) { return {numbers.get() + i * width, width}; }
  [[nodiscard]] std::span<const double> row(std::size_t i) const {
    return {numbers.get() + i * width, width};
  }
};

void save_moments(CheckpointWriter& to, const Moments& of);
[[nodiscard]] Moments restored_moments(CheckpointReader& from);

/// Moments of numbers over replications that come in their order, and the numbers themselves of as many of them as fit.
class NumberStore {
 public:
  /// @param most_bytes for the numbers; where not all fit, those of the replications with the smallest hashes are kept: the same
  /// whoever ran them
  /// @param most_replications that will be added
  NumberStore(std::size_t width, std::size_t most_bytes, std::size_t threads,
              std::uint64_t most_replications);
  /// The next replications. Their numbers, which do not change from then on, are kept where they are if there is room for all.
  void add(const Rows& rows);
  /// Replications whose numbers are kept.
  [[nodiscard]] std::uint64_t stored() const { return heap_.size(); }
  /// Of each number.
  [[nodiscard]] std::vector<Summary> summaries() const;
  /// Of one number.
  [[nodiscard]] Moments moments(std::size_t number) const {
    return {static_cast<std::uint64_t>(counts_[number]), means_[number], squares_[number]};
  }

  void save(CheckpointWriter& to) const;
  void restore(CheckpointReader& from);

 private:
  struct Kept {
    std::uint64_t hash = 0, replication = 0;  // a replication's hash is its own: `mix` is a bijection
    bool operator<(const Kept& other) const { return hash < other.hash; }
  };
  // Place that the numbers of the next replication are to be kept at; no_place if they are not.
  [[nodiscard]] std::size_t place_of(std::uint64_t replication);
  [[nodiscard]] double* new_row();
  static constexpr std::size_t no_place = std::numeric_limits<std::size_t>::max();

  std::size_t width_, room_, threads_;
  std::vector<double> counts_, means_, squares_;    // `Moments` of each number, apart so that vectors fit
  std::vector<double*> kept_;                       // [place] numbers of a replication
  std::vector<std::shared_ptr<double[]>> memory_;   // where they are
  std::vector<std::pair<Kept, std::size_t>> heap_;  // with its place; the largest hash first
};

}  // namespace lockin
