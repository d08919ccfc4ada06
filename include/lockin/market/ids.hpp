#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>

namespace lockin {

/// An index that does not mix with indices of another kind.
template <class Tag>
struct Id {
  std::uint32_t value = 0;  ///< counts from 0

  constexpr Id() = default;
  /// The id of an index below 2^32.
  constexpr explicit Id(std::size_t index) : value(static_cast<std::uint32_t>(index)) {}
  /// The id as an index of a container.
  [[nodiscard]] constexpr std::size_t index() const { return value; }
  constexpr auto operator<=>(const Id&) const = default;
};

using ProviderId = Id<struct ProviderTag>;    ///< a firm that sells: an alternative of the choice model
using LayerId = Id<struct LayerTag>;          ///< a product layer
using SegmentId = Id<struct SegmentTag>;      ///< a named group of customers
using TypeId = Id<struct TypeTag>;            ///< (segment, taste class, size class, sourcing class)
using ParameterId = Id<struct ParameterTag>;  ///< one path of the market: the unit that an event changes
using Period = Id<struct PeriodTag>;          ///< t = 0 is the first simulated period

}  // namespace lockin
