#pragma once

#include <cstddef>
#include <cstdint>

#include "lockin/random/philox.hpp"

// What the agent engine does to many customers at once, in whatever vectors the machine has: whole numbers only, so that
// all machines agree.
namespace lockin::detail {

/// Words that these functions may read or write past the end of an array.
inline constexpr std::size_t lane_room = 128;

/// Words 0 .. n - 1 of a stream, whatever has been drawn from it so far.
void draw_words(const Philox& stream, std::size_t n, std::uint32_t* words);

/// Lists, rising, the i < n whose half i of `halves` (word i / 2, the low half first) is below limit[offset[i]].
/// Offsets past n are rubbish that reads no limit but the first.
/// @return how many
std::size_t list_below(const std::uint32_t* halves, const std::uint32_t* offset, const std::uint32_t* limit,
                       std::size_t n, std::uint32_t* list);

}  // namespace lockin::detail
