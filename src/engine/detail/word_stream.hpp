#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "engine/detail/lanes.hpp"
#include "lockin/random/philox.hpp"

namespace lockin::detail {

/// A stream of words for the samplers of counts, drawn some ahead: alone a word costs several times as much.
class WordStream {
 public:
  /// Goes on with another stream, at its first word.
  void start(const Philox& stream) {
    stream_ = stream;
    next_ = drawn_ = 0;
  }
  /// A multiple of 2^-53 in [0, 1), as `Philox::uniform`.
  double uniform() {
    if (next_ == drawn_) draw();
    const std::uint64_t low = words_[next_ % ahead], high = words_[next_ % ahead + 1];
    next_ += 2;
    return static_cast<double>((low | high << 32) >> 11) * 0x1p-53;
  }

 private:
  static constexpr std::size_t ahead = 64;
  void draw() {
    draw_words(stream_, drawn_, ahead, words_.data());
    drawn_ += ahead;
  }

  Philox stream_{{}, {}};
  std::size_t next_ = 0, drawn_ = 0;
  std::array<std::uint32_t, ahead + lane_room> words_;
};

}  // namespace lockin::detail
