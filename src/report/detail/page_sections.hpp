#pragma once

#include <string>

#include "report/detail/run_results.hpp"

namespace lockin::detail {

/// Sections of the page of a run, HTML each. Charts are figures that the page's program draws into; their tables are here.
/// @param open tables are shown from the start: nothing will be drawn
std::string answer_section(const RunResults& results);
std::string share_section(const RunResults& results, bool open);
std::string rank_section(const RunResults& results, bool open);
std::string flow_section(const RunResults& results, bool open);
std::string growth_section(const RunResults& results, bool open);
std::string lock_in_section(const RunResults& results, bool open);

/// What the run rests on.
std::string assumption_section(const Scenario& scenario, const nlohmann::ordered_json& record);
std::string uncertainty_section(const RunResults& results, bool open);
std::string rerun_section(const RunResults& results);
/// The resolved scenario, behind a word to click on.
std::string scenario_text(const std::string& resolved);

}  // namespace lockin::detail
