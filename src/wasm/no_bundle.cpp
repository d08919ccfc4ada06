#include "lockin/scenario/bundled.hpp"

// A page has its own scenario, resolved: nothing is left to extend.
std::span<const lockin::BundledScenario> lockin::bundled_scenarios() { return {}; }
