#pragma once

#include <span>
#include <string_view>

namespace lockin {

/// A scenario file that is part of the library, so that it is there without any file at hand.
struct BundledScenario {
  std::string_view name;  ///< the file's name without folder and `.toml`
  std::string_view text;  ///< the file, byte for byte
};

/// The scenarios of `examples/scenarios`, as they were when the library was built, sorted by name.
std::span<const BundledScenario> bundled_scenarios();

}  // namespace lockin
