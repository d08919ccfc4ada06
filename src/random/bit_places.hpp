#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace lockin::detail {

/// For each byte the places of its bits that are set, rising, and their number: lists lanes without a branch.
struct BitPlaces {
  std::array<std::array<std::uint8_t, 8>, 256> of{};      ///< by byte
  std::array<std::array<std::uint8_t, 16>, 256> pairs{};  ///< by byte: the same as places of pairs of bytes
  std::array<std::uint8_t, 256> count{};                  ///< by byte

  constexpr BitPlaces() {
    for (std::size_t byte = 0; byte < 256; ++byte)
      for (std::uint8_t bit = 0; bit < 8; ++bit)
        if (byte >> bit & 1) {
          const std::size_t at = std::size_t{2} * count[byte];
          pairs[byte][at] = static_cast<std::uint8_t>(2 * bit);
          pairs[byte][at + 1] = static_cast<std::uint8_t>(2 * bit + 1);
          of[byte][count[byte]++] = bit;
        }
  }
};
inline constexpr BitPlaces bit_places;

}  // namespace lockin::detail
