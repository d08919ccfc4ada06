#pragma once

#include <string>
#include <utility>
#include <vector>

#include "report/detail/run_results.hpp"

namespace lockin::detail {

/// One chart of a report.
struct Chart {
  std::string kind;     ///< `shares`, `ranks`, `flows`, `growth`, `lock_in` or `draws`
  std::string layer;    ///< or `all`; of draws: empty
  std::string measure;  ///< as in the results; of flows: empty
  std::string title;

  /// Unique in a report: `shares-all-revenue_share`.
  [[nodiscard]] std::string id() const;
};

/// `%` for shares and churn, else the unit that the measure has in the scenario.
std::string unit_of(const RunResults& results, const std::string& measure);

/// A part of growth for people, and its colour: none of a provider's.
struct GrowthStyle {
  std::string part, shown, colour;
};
/// In the order in which they are drawn.
const std::vector<GrowthStyle>& growth_styles();
/// [provider][part in that order]: sums over the years, 0 where there is none. Of one year if it is named.
std::vector<std::vector<double>> growth_sums(const RunResults& results, const Chart& chart,
                                             const std::string& year = {});

/// Whether a provider has growth there at all: it sells in the layer.
bool has_growth(const RunResults& results, const Chart& chart, std::size_t provider);

/// Shares of revenue over all layers, of tokens in each token layer, of revenue in each layer of several.
std::vector<Chart> share_charts(const RunResults& results);
/// The first of those: what the answer is about.
std::vector<Chart> rank_charts(const RunResults& results);
/// Who moved from whom to whom, for each layer in which somebody did.
std::vector<Chart> flow_charts(const RunResults& results);
/// Where revenue, and tokens, of each layer grew.
std::vector<Chart> growth_charts(const RunResults& results);
/// Switching cost of the base, its stage and what part leaves, for each layer.
std::vector<Chart> lock_in_charts(const RunResults& results);

/// What was drawn, if anything was.
std::vector<Chart> draw_charts(const RunResults& results);

/// Numbers that were drawn, by key, of the replications that did not fail.
std::vector<std::pair<std::string, std::vector<double>>> drawn_numbers(const RunResults& results);

/// All of them, in that order.
std::vector<Chart> all_charts(const RunResults& results);

}  // namespace lockin::detail
