#pragma once

#include <string_view>

namespace lockin {

/// The version of the library that is linked, for example `0.1.0`.
std::string_view version();

}  // namespace lockin
