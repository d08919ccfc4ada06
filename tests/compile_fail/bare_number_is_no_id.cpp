// expect: could not convert || no matching function for call
#include "lockin/market/ids.hpp"

bool first(lockin::ProviderId j) { return j == lockin::ProviderId(0); }

const bool answer = first(0);
