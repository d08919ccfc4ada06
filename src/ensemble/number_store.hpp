#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "lockin/ensemble/statistics.hpp"

namespace lockin {

/// The numbers of some replications in a row: [replication][number], and which of them are sound.
struct Rows {
  std::uint64_t first = 0;  // the first replication
  std::size_t width = 0;    // numbers of one
  std::vector<double> numbers;
  std::vector<char> sound;

  [[nodiscard]] std::span<double> row(std::size_t i) { return std::span(numbers).subspan(i * width, width); }
  [[nodiscard]] std::span<const double> row(std::size_t i) const {
    return std::span(numbers).subspan(i * width, width);
  }
};

/// Moments of numbers over replications that come in their order, and the numbers themselves of as many of them as fit.
class NumberStore {
 public:
  /// @param most_bytes for the numbers; where all replications do not fit, those with the smallest hashes are kept: the same
  /// whoever ran them
  NumberStore(std::size_t width, std::uint64_t replications, std::size_t most_bytes, std::size_t threads);
  void add(const Rows& rows);
  /// Replications whose numbers are kept.
  [[nodiscard]] std::uint64_t stored() const { return kept_.size() / width_; }
  /// Of each number.
  [[nodiscard]] std::vector<Summary> summaries() const;

 private:
  std::size_t width_, threads_;
  std::vector<Moments> moments_;
  std::vector<double> kept_;            // [stored replication][number]
  std::optional<std::uint64_t> below_;  // hashes of the stored replications
};

}  // namespace lockin
