#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/detail/lanes.hpp"
#include "lockin/random/philox.hpp"

namespace lockin::detail {

/// Who leaves the market, block after block. Place i of a block leaves if u < delta, for u of 40 bits: byte i of the
/// block's stream is its top one (byte i % 4 of word i / 4, the lowest first). Who has to know more, because that byte is
/// the top one of delta (255 if delta is 1), takes the next of the words that follow those of a full block, in order of
/// places, as the other 32 bits.
class Leavers {
 public:
  /// @param block_size a multiple of 16
  explicit Leavers(std::size_t block_size)
      : further_(block_size / 4), words_(further_ + lane_room), places_(block_size + lane_room) {}

  /// Leaving places of a block, rising. They stay until the next call.
  /// @param delta probability, above 0 and at most 1
  std::span<const std::uint16_t> draw(double delta, const Philox& stream, std::size_t size) {
    const auto limit = static_cast<std::uint64_t>(std::llround(delta * 0x1p40));
    draw_words(stream, 0, (size + 3) / 4, words_.data());
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(words_.data());
    const auto top = static_cast<std::uint8_t>(std::min<std::uint64_t>(limit >> 32, 255));
    const std::size_t near = list_up_to(top, bytes, size, places_.data());
    Philox more = stream;
    more.discard(further_);
    std::size_t leaving = 0;
    for (std::size_t c = 0; c < near; ++c) {
      const std::uint16_t i = places_[c];
      places_[leaving] = i;
      if (bytes[i] < top || (std::uint64_t{top} << 32 | more()) < limit) ++leaving;
    }
    return {places_.data(), leaving};
  }

 private:
  std::size_t further_;  // the word after those of a full block
  std::vector<std::uint32_t> words_;
  std::vector<std::uint16_t> places_;
};

}  // namespace lockin::detail
