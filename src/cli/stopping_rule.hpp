#pragma once

#include <string>

#include "lockin/ensemble/run_ensemble.hpp"

namespace lockin::cli {

/// What `--until` says, in the names of a scenario. @throws UsageError
StoppingRule stopping_rule(const std::string& text, const Scenario& scenario);

}  // namespace lockin::cli
