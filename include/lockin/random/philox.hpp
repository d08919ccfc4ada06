#pragma once

#include <array>
#include <cstdint>

#include <Random123/philox.h>

namespace lockin {

/// Philox4x32-10 (Salmon et al. 2011) through Random123, as an engine that satisfies Boost.Random's requirements.
/// The n-th word is a pure function of (key, counter, n): word n % 4 of the block whose first counter word is n / 4.
class Philox {
 public:
  /// One word.
  using result_type = std::uint32_t;
  /// Philox's key, lowest word first.
  using Key = std::array<std::uint32_t, 2>;
  using Counter =
      std::array<std::uint32_t, 3>;  ///< counter words 1..3; word 0 counts the blocks of the stream
  /// As Boost.Random asks for.
  static constexpr bool has_fixed_range = true;

  /// The stream of a key and of counter words 1..3, at its first word.
  constexpr Philox(Key key, Counter counter) : key_{{key[0], key[1]}}, counter_(counter) {}

  /// Smallest word.
  static constexpr result_type min() { return 0; }
  /// Largest word.
  static constexpr result_type max() { return 0xffffffffu; }

  /// The next word.
  result_type operator()() {
    if (word_ == 0) words_ = block(next_block_++);
    const result_type value = words_[word_];
    word_ = (word_ + 1) & 3u;
    return value;
  }
  /// Two words, the first one lowest.
  std::uint64_t next64() {
    const std::uint64_t low = (*this)();
    return low | static_cast<std::uint64_t>((*this)()) << 32;
  }
  /// A multiple of 2^-53 in [0, 1): a 32-bit engine under `uniform_01` would know 2^32 values only.
  double uniform() { return static_cast<double>(next64() >> 11) * 0x1p-53; }

  /// Skips n words.
  void discard(std::uint64_t n) {
    const std::uint64_t position = (word_ == 0 ? 4ull * next_block_ : 4ull * (next_block_ - 1) + word_) + n;
    next_block_ = static_cast<std::uint32_t>(position / 4);
    word_ = 0;
    for (std::uint64_t i = 0; i < position % 4; ++i) (*this)();
  }

  /// The four words of block `index`, whatever has been drawn so far.
  [[nodiscard]] std::array<std::uint32_t, 4> block(std::uint32_t index) const {
    const r123::Philox4x32 philox;
    const auto out = philox({{index, counter_[0], counter_[1], counter_[2]}}, key_);
    return {out[0], out[1], out[2], out[3]};
  }
  /// The key.
  [[nodiscard]] Key key() const { return {key_[0], key_[1]}; }
  /// Counter words 1..3.
  [[nodiscard]] const Counter& counter() const { return counter_; }
  /// Same stream, same place in it.
  bool operator==(const Philox& other) const {
    return key_ == other.key_ && counter_ == other.counter_ && next_block_ == other.next_block_ &&
           word_ == other.word_;
  }

 private:
  r123::Philox4x32::key_type key_;
  Counter counter_;
  std::uint32_t next_block_ = 0;
  std::uint32_t word_ = 0;
  std::array<std::uint32_t, 4> words_{};
};

}  // namespace lockin
