#pragma once

#include <cstddef>
#include <cstdint>

#include "lockin/random/philox.hpp"

// Many draws at once, in whatever vectors the machine has. All that is done with doubles is +, -, *, /, sqrt and floor, so that all
// machines agree.
namespace lockin::detail {

/// Entries past the end of an array of lanes that these functions may read or write.
inline constexpr std::size_t lane_room = 32;

/// Where lane i gets its random numbers: block place[i] of the stream of key key[i] and of `counter`, in whose first word
/// the lowest eight bits are 0.
struct LaneStreams {
  const std::uint64_t* key = nullptr;    ///< Philox's key, its first word lowest
  const std::uint64_t* place = nullptr;  ///< below 2^32
  Philox::Counter counter = {};
};

/// first[i], second[i], i < n: odd multiples of 2^-53 between 0 and 1.
void draw_uniforms(std::size_t n, const LaneStreams& streams, double* first, double* second);

/// hits[i]: exact binomial draw of trials[i] with chance[i], i < n, by inversion or transformed rejection (Hormann 1993,
/// algorithm BTRD). What a lane draws follows from its own entries alone, whatever the other lanes are.
/// @param trials whole numbers, 0 .. 1e15
/// @param chance 0..1
/// @param uniform of `draw_uniforms`: the random number that is enough for most draws
/// @param streams where the others come from: counters with 1, 2, ... in the lowest eight bits
/// @param hits none of the other arrays
void draw_binomials(std::size_t n, const double* trials, const double* chance, const double* uniform,
                    const LaneStreams& streams, double* hits);

/// Two draws a lane from rows of categories: `taken[2 i]` and `taken[2 i + 1]`, i < n, go from the place where their row begins to
/// that of the first category whose limit is above a random number of lane i.
/// @param up_to rows of limits: the chance of a category and of those before it in its row; 1 from the last one on
/// @param width places of a row, a power of 2
/// @param taken whatever is in those of no use to the caller must be a place of a row, too, those of the room at the end included
void draw_places(std::size_t n, const LaneStreams& streams, const double* up_to, std::size_t width,
                 std::uint64_t* taken);

}  // namespace lockin::detail
