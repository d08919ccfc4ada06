#include "report/detail/ranked_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "lockin/report/display_width.hpp"

namespace lockin::detail {
namespace {

const std::string& shown(const Trajectory& path, std::size_t provider) {
  return path.names().display_names[provider];
}

/// `A passes B (2025Q2), C (2026Q1); D passes E (2026Q4); 3 more`, in order of time.
std::string sentence_of(const Trajectory& path, std::vector<Crossing> passes, std::size_t more) {
  std::ranges::stable_sort(passes, {}, &Crossing::when);
  std::string text;
  for (std::size_t i = 0; i < passes.size(); ++i) {
    const bool same = i > 0 && passes[i - 1].passer == passes[i].passer;
    if (!same) text += (text.empty() ? "" : "; ") + shown(path, passes[i].passer) + " passes ";
    text += fmt::format("{}{} ({})", same ? ", " : "", shown(path, passes[i].passed),
                        path.calendar().label(passes[i].when));
  }
  return more > 0 ? text + fmt::format("; {} more", more) : text;
}

}  // namespace

std::vector<RankedRow> ranked_rows(const Trajectory& path, Measure measure, const std::string& layer,
                                   std::size_t most) {
  std::vector<std::size_t> order = ranking_at(path, last_moment(path), measure, layer);
  if (order.empty()) order = ranking_at(path, Moment{}, measure, layer);
  const std::size_t single = order.size() > most + 1 ? most : order.size();
  std::vector<RankedRow> rows;
  for (std::size_t i = 0; i < single; ++i) rows.push_back({shown(path, order[i]), {order[i]}});
  if (single < order.size())
    rows.push_back({fmt::format("({} more)", order.size() - single),
                    {order.begin() + static_cast<std::ptrdiff_t>(single), order.end()}});
  return rows;
}

std::optional<double> value_of(const RankedRow& row, const Trajectory& path, const Moment& moment,
                               Measure measure, const std::string& layer) {
  std::optional<double> sum;
  for (const std::size_t j : row.providers)
    if (const auto value = value_at(path, moment, measure, layer, path.names().providers[j]))
      sum = sum.value_or(0) + *value;
  return sum;
}

std::string percent(std::optional<double> share) { return share ? fmt::format("{:.1f}", 100 * *share) : "-"; }

std::string signed_points(double share, int digits) { return fmt::format("{:+.{}f}", 100 * share, digits); }

std::string points(std::optional<double> from, std::optional<double> to) {
  if (!from || !to) return "-";
  const double change = std::round(1000 * (*to - *from)) / 10;
  return change == 0 ? "0.0" : fmt::format("{:+.1f}", change);
}

std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, 1, ',');
  return digits;
}

std::string rough(double number) {
  if (number >= 1e15 || (number > 0 && number < 1e-4)) return fmt::format("{:.3g}", number);
  if (number >= 1000) return grouped(static_cast<std::uint64_t>(std::llround(number)));
  return number >= 100 ? fmt::format("{:.0f}", number) : fmt::format("{:.3g}", number);
}

std::string lead_history(const Trajectory& path, Measure measure, const std::string& layer) {
  std::vector<std::pair<long, std::size_t>> leads;  // (since, provider)
  for (long t = -1; t < static_cast<long>(path.size()); ++t) {
    const std::vector<std::size_t> order = ranking(path, t, measure, layer);
    if (!order.empty() && (leads.empty() || leads.back().second != order.front()))
      leads.emplace_back(t, order.front());
  }
  if (leads.empty()) return {};
  if (leads.size() == 1 && leads.front().first == -1)
    return shown(path, leads.front().second) + " throughout";
  if (leads.size() > 4)
    return fmt::format("{} at first, {} since {}; the lead changes {} times",
                       shown(path, leads.front().second), shown(path, leads.back().second),
                       path.calendar().label(leads.back().first), leads.size() - 1);
  std::string text;
  for (const auto& [since, provider] : leads) {
    text += text.empty() ? "" : ", ";
    text += shown(path, provider);
    text += since == -1 ? std::string(" at the opening") : " from " + path.calendar().label(since);
  }
  return text;
}

std::string passes(const Trajectory& path, Measure measure, const std::string& layer,
                   const std::vector<RankedRow>& rows, std::size_t width) {
  const auto place = [&](std::size_t provider) {
    const auto single = [&](const RankedRow& row) {
      return row.providers.size() == 1 && row.providers[0] == provider;
    };
    return static_cast<std::size_t>(std::ranges::find_if(rows, single) - rows.begin());
  };
  struct Ranked {
    std::size_t importance;
    Crossing crossing;
  };
  std::vector<Ranked> found;
  for (const Crossing& crossing : crossings(path, measure, layer)) {
    const std::size_t passer = place(crossing.passer), passed = place(crossing.passed);
    if (passer >= rows.size() || passed >= rows.size()) continue;
    const auto leads = [&](std::size_t provider, long t) {
      const std::vector<std::size_t> order = ranking(path, t, measure, layer);
      return !order.empty() && order.front() == provider;
    };
    const auto when = static_cast<long>(crossing.when.value);
    if (leads(crossing.passer, when) && leads(crossing.passed, when - 1))
      continue;  // the lead history has it
    found.push_back({std::min(passer, passed), crossing});
  }
  std::ranges::stable_sort(found, {},
                           [](const Ranked& r) { return std::pair(r.importance, r.crossing.when); });
  std::vector<Crossing> order;
  order.reserve(found.size());
  for (const Ranked& r : found) order.push_back(r.crossing);
  std::string text;
  for (std::size_t count = order.size(); count > 0; --count) {
    text = sentence_of(path, {order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count)},
                       order.size() - count);
    if (display_width(text) <= width) break;
  }
  return text;
}

}  // namespace lockin::detail
