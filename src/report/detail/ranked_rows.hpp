#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lockin/report/moment.hpp"
#include "lockin/simulation/trajectory.hpp"

namespace lockin::detail {

/// A line of a ranking: one provider, or the small ones together.
struct RankedRow {
  std::string name;  ///< as shown
  std::vector<std::size_t> providers;
};

/// Providers in the order of the last moment: the largest `most`, and the others as `(22 more)` if they are two or more.
std::vector<RankedRow> ranked_rows(const Trajectory& path, Measure measure, const std::string& layer,
                                   std::size_t most);

/// Sum over the row's providers; nothing if none has a value.
std::optional<double> value_of(const RankedRow& row, const Trajectory& path, const Moment& moment,
                               Measure measure, const std::string& layer);

/// `33.1` for 0.331, `-` for nothing.
std::string percent(std::optional<double> share);
/// A difference of shares in points, with its sign.
std::string signed_points(double share, int digits);
/// `+3.2` points between two shares, `-` if one is missing.
std::string points(std::optional<double> from, std::optional<double> to);
/// `1,944`, `193`, `56.7`, `0.0123`: a total at a glance.
std::string rough(double number);
/// `253,000`.
std::string grouped(std::uint64_t number);

/// `Leads: Alibaba Cloud throughout` or who leads from when, without a full stop. Empty if nobody ever does.
std::string lead_history(const Trajectory& path, Measure measure, const std::string& layer);
/// `Volcengine passes Huawei Cloud (2025Q2); 3 more`: the passes among those rows, as many of those that concern the
/// largest as fit into `width` columns (one at least), in order of time. Takings of the lead are left to `lead_history`.
/// Empty if there are no others.
std::string passes(const Trajectory& path, Measure measure, const std::string& layer,
                   const std::vector<RankedRow>& rows, std::size_t width);

}  // namespace lockin::detail
