#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace lockin {

/// Processes that share the replications of an ensemble: rank 0 says who runs which and adds up, the others `help`. What travels
/// is measures, never customers. `MpiRanks` is one; a test may have another.
class Ranks {
 public:
  virtual ~Ranks() = default;
  /// Which of them this is, 0..size() - 1.
  [[nodiscard]] virtual std::size_t rank() const = 0;
  /// How many there are.
  [[nodiscard]] virtual std::size_t size() const = 0;
  /// Rank 0's words become everyone's. All call it.
  /// @param words as many on all ranks
  virtual void broadcast(std::span<std::uint64_t> words) = 0;
  /// To rank 0, which receives it.
  /// @param bytes any number of them
  virtual void send(std::span<const std::byte> bytes) = 0;
  /// What a rank sent to rank 0.
  /// @param from its rank, above 0
  [[nodiscard]] virtual std::vector<std::byte> receive(std::size_t from) = 0;
};

}  // namespace lockin
