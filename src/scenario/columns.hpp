#pragma once

#include "scenario/document.hpp"

namespace lockin {

/// Reads the columns that `dist = "empirical"` names and writes them out as `discrete`, so that the resolved scenario needs no
/// other file. File names are relative to the file in which they stand. What cannot be read is added to the problems.
void read_columns(Node& document, ProblemList& problems);

}  // namespace lockin
