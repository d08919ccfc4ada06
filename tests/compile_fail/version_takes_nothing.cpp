// expect: too many arguments to function
#include "lockin/version.hpp"

const auto text = lockin::version("long");
