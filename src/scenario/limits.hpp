#pragma once

#include <cstddef>

/// What the reader takes at most, so that no file exhausts the memory or the stack. The page of the format lists them.
namespace lockin::limits {

inline constexpr std::size_t file_bytes = 1'000'000;
inline constexpr std::size_t table_bytes = 4'000'000;  ///< of a CSV file
inline constexpr std::size_t nesting = 32;             ///< tables and lists within each other in one value
inline constexpr std::size_t key_parts = 16;           ///< parts of a dotted key
inline constexpr std::size_t name_length = 64;  ///< letters of the name of a layer, provider or segment
inline constexpr std::size_t layers = 100;
inline constexpr std::size_t providers = 1000;
inline constexpr std::size_t segments = 1000;
inline constexpr std::size_t combinations = 200'000;  ///< layers x providers x segments
inline constexpr std::size_t events = 1000;
inline constexpr std::size_t column_values = 10'000;  ///< of a CSV column that a distribution takes
inline constexpr std::size_t extended_files = 32;     ///< each extending the next, the first included

}  // namespace lockin::limits
