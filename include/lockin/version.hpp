#pragma once

#include <string_view>

/// All of the library: scenarios, markets, choices, engines, simulations and what is made of them.
namespace lockin {

/// The version of the library that is linked, for example `0.1.0`.
std::string_view version();

}  // namespace lockin
