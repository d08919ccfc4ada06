#pragma once

#include <cstdint>
#include <string_view>

#include "lockin/random/philox.hpp"

namespace lockin {

/// What a stream of draws is for; two purposes never share a word. The numbers are part of the streams: they stay.
enum class Purpose : std::uint32_t {
  opening_types = 0,  ///< types of the customers of the opening
  opening_slots = 1,  ///< holders and stages of the opening
  opening_sizes = 2,  ///< drawn sizes of the customers of the opening
  entry = 3,          ///< number of customers that enter, and their types
  entry_sizes = 5,    ///< drawn sizes of customers that enter
  exit = 6,           ///< who leaves the market
  act = 7,            ///< whether something happens to a slot: the upper bits
  resolve = 8,        ///< the same: the lower bits
  move = 9,           ///< coins of move events
  release = 10,       ///< releases and their jumps
  destination = 12,   ///< which provider a slot that acts takes
  parameter = 14,     ///< uncertain numbers of a replication, and the order of their strata
  split = 13,         ///< what the customers of a cell do, all at once
  occurrence = 15     ///< occurrences of recurring events and their numbers
};

/// Identity of a cell (a segment, a class, a slot, a path) by what it is, not by where it is stored: adding another
/// leaves its streams alone. FNV-1a over the name, then the finaliser of splitmix64 (Steele et al. 2014).
class CellId {
 public:
  constexpr CellId() = default;
  /// Identity of the part of that name in this one.
  [[nodiscard]] constexpr CellId with(std::string_view name) const {
    std::uint64_t h = value_ ^ 0xcbf29ce484222325ull;
    for (const char c : name) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3ull;
    return CellId(mix(h));
  }
  /// Identity of the part of that number in this one.
  [[nodiscard]] constexpr CellId with(std::uint64_t number) const {
    return CellId(mix(value_ ^ mix(number + 1)));
  }
  /// The identity as 64 bits.
  [[nodiscard]] constexpr std::uint64_t value() const { return value_; }
  constexpr bool operator==(const CellId&) const = default;

  /// One step of splitmix64: a bijection of 64-bit words.
  static constexpr std::uint64_t mix(std::uint64_t z) {
    z += 0x9e3779b97f4a7c15ull;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
  }

 private:
  constexpr explicit CellId(std::uint64_t value) : value_(value) {}
  std::uint64_t value_ = 0;
};

/// Names a stream; the stream is a pure function of it.
struct StreamKey {
  std::uint64_t seed = 1;          ///< of all random numbers
  std::uint32_t replication = 0;   ///< which history of that seed
  std::uint32_t period = 0;        ///< below 2^24; the opening has its own purposes
  Purpose purpose = Purpose::act;  ///< what it is for
  CellId cell = {};                ///< whose draws they are
  std::uint32_t block = 0;         ///< block of customers inside the cell

  /// Philox's key is the mixed (seed, cell); its counter holds replication, period, purpose and block unmixed, so that
  /// streams of one seed and cell never overlap: each has 2^34 words of its own.
  [[nodiscard]] constexpr Philox stream() const {
    const std::uint64_t key = CellId::mix(CellId::mix(seed) ^ cell.value());
    return Philox({static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32)},
                  {block, replication, period << 8 | static_cast<std::uint32_t>(purpose)});
  }
};

}  // namespace lockin
