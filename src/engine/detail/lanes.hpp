#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "lockin/random/philox.hpp"

// What the agent engine does to many customers at once, in whatever vectors the machine has: whole numbers only, so that
// all machines agree.
namespace lockin::detail {

/// Entries that these functions may read or write past the end of an array of customers.
inline constexpr std::size_t lane_room = 512;

/// Most entries of a table that one byte finds.
inline constexpr std::size_t most_bytes = 256;

/// Words first .. first + n - 1 of a stream, whatever has been drawn from it so far.
/// @param first a multiple of 4
void draw_words(const Philox& stream, std::size_t first, std::size_t n, std::uint32_t* words);

/// out[i] = states[i], i < n; every state is below 256.
void narrow(const std::uint16_t* states, std::size_t n, std::uint8_t* out);

/// sum[i] = from[i] + table[at[i]], i < n; `sum` may be `from`.
/// @param table a multiple of 16 entries, at most `most_bytes`; an entry past its end counts as 0
void add_entries(std::span<const std::uint8_t> table, const std::uint8_t* at, std::size_t n,
                 const std::uint8_t* from, std::uint8_t* sum);

/// first_out[i] = first[at[i]] and second_out[i] = second[at[i]], i < n.
/// @param first, second tables of one size, as of `add_entries`
void look_up(std::span<const std::uint8_t> first, std::span<const std::uint8_t> second,
             const std::uint8_t* at, std::size_t n, std::uint8_t* first_out, std::uint8_t* second_out);

/// Where `sift` lists what it finds.
struct Sieve {
  std::uint16_t *under, *open, *risen;
};
/// How many it listed.
struct Sifted {
  std::size_t under = 0, open = 0, risen = 0;
};

/// Lists, rising, the places i < n whose byte equals low[i] or high[i] (`open`), and of the others those whose byte is
/// below low[i] (`under`). Where it lies between the two, adds 1 to states[i], and lists what it was (`risen`).
/// Pre: low[i] <= high[i]
Sifted sift(const std::uint8_t* bytes, const std::uint8_t* low, const std::uint8_t* high, std::size_t n,
            std::uint16_t* states, const Sieve& out);

/// Counters of a state, to be added up: neighbours often stand in one state, and one counter would have to wait for itself.
inline constexpr std::size_t counters = 8;

/// Room that `count_states` asks for.
constexpr std::size_t with_counters(std::size_t state_count) { return (state_count + 7) / 8 * 8 * counters; }

/// Adds to the counters of each state, counts[state * counters ...], the i < n with that states[i].
/// @param states overwritten from n on
/// @param state_count all states are below it; what is counted of the last one is void
/// @param counts room for `with_counters(state_count)`
void count_states(std::uint16_t* states, std::size_t n, std::size_t state_count, std::int64_t* counts);

/// Lists, rising, the places i < n whose byte is at most `most`.
/// @return their number
std::size_t list_up_to(std::uint8_t most, const std::uint8_t* bytes, std::size_t n, std::uint16_t* places);

/// Limits that a byte may reach, by row: column after column.
struct LimitTable {
  const std::uint8_t* bytes;
  std::size_t rows;  ///< of a column: a multiple of 16, at most `most_bytes`
  std::size_t columns;
};

/// reached[i] = how many limits of row at[i] are at most bytes[i], i < n. Lists, rising, in `open` the i whose byte is a
/// limit of its row.
/// @return the number of i listed
std::size_t choose(const LimitTable& limits, const std::uint8_t* at, const std::uint8_t* bytes, std::size_t n,
                   std::uint8_t* reached, std::uint16_t* open);

}  // namespace lockin::detail
