#pragma once

#include <optional>
#include <string_view>

namespace lockin {

/// The three engines; all obey one law.
enum class EngineKind {
  agent,      ///< every customer: one random history
  cohort,     ///< integer counts per (type, slot states): one random history
  mean_field  ///< real counts: the expectation of counts
};

/// `agent`, `cohort` or `mean_field`, as in scenario files.
[[nodiscard]] constexpr std::string_view name_of(EngineKind kind) {
  switch (kind) {
    case EngineKind::agent:
      return "agent";
    case EngineKind::cohort:
      return "cohort";
    case EngineKind::mean_field:
      return "mean_field";
  }
  return "";
}

/// The engine of that name; `mean-field` is the same word as `mean_field`. Nothing for another text.
[[nodiscard]] constexpr std::optional<EngineKind> engine_named(std::string_view name) {
  if (name == "agent") return EngineKind::agent;
  if (name == "cohort") return EngineKind::cohort;
  if (name == "mean_field" || name == "mean-field") return EngineKind::mean_field;
  return std::nullopt;
}

}  // namespace lockin
