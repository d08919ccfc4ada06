#include "lockin/version.hpp"

namespace lockin {

std::string_view version() { return LOCKIN_VERSION; }

}  // namespace lockin
