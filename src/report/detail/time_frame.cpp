#include "report/detail/time_frame.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "lockin/report/display_width.hpp"

namespace lockin::detail {
namespace {

constexpr double label_height = 14, year_room = 48;
constexpr std::size_t label_columns = 20;

// 1, 2 or 5 times a power of ten, about a fifth of the whole.
double step_of(double most) {
  const double power = std::pow(10, std::floor(std::log10(most / 5)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (factor * power >= most / 6) return factor * power;
  return 10 * power;
}

}  // namespace

TimeFrame::TimeFrame(const PlotArea& area, std::vector<double> times, PlotRange values, double names_room)
    : left_(area.left + 46),
      right_(area.left + area.width - names_room),
      top_(area.top + 44),
      bottom_(area.top + area.height - 26),
      times_(std::move(times)),
      values_(values) {}

double TimeFrame::x(double time) const {
  return left_ + (right_ - left_) * (time - times_.front()) / (times_.back() - times_.front());
}

double TimeFrame::y(double value) const {
  return bottom_ - (bottom_ - top_) * (value - values_.low) / (values_.high - values_.low);
}

void TimeFrame::draw(Svg& svg, const std::string& title, const std::string& unit) const {
  svg.text({left_, top_ - 28}, SvgAnchor::start, title, "font-weight=\"bold\" font-size=\"14\"");
  svg.text({left_ - 8, top_ - 10}, SvgAnchor::end, unit);
  const double step = step_of(values_.high - values_.low);
  const auto first_step = static_cast<long>(std::ceil(values_.low / step - 1e-9)),
             last_step = static_cast<long>(std::floor(values_.high / step + 1e-9));
  for (long i = first_step; i <= last_step; ++i) {
    const double value = static_cast<double>(i) * step;
    svg.line(
        {left_, y(value)}, {right_, y(value)},
        i == 0 ? "stroke=\"#1b1d22\" stroke-opacity=\"0.5\"" : "stroke=\"#1b1d22\" stroke-opacity=\"0.12\"");
    svg.text({left_ - 8, y(value) + 4}, SvgAnchor::end, fmt::format("{:g}", value));
  }
  const int first = static_cast<int>(std::floor(times_.front())),
            last = static_cast<int>(std::ceil(times_.back())) - 1;
  const int every = std::max(
      1, static_cast<int>(std::ceil((last - first + 1) / std::max(2.0, (right_ - left_) / year_room))));
  for (int year = first; year <= last; year += every) {
    if (year >= times_.front())
      svg.line({x(year), top_}, {x(year), bottom_}, "stroke=\"#1b1d22\" stroke-opacity=\"0.12\"");
    // In the middle of what is shown of the year.
    const double from = std::max(times_.front(), static_cast<double>(year)),
                 to = std::min(times_.back(), year + 1.0);
    svg.text({x((from + to) / 2), bottom_ + 18}, SvgAnchor::middle, std::to_string(year));
  }
}

void TimeFrame::label_ends(Svg& svg, std::vector<std::pair<double, std::string>> ends) const {
  std::ranges::sort(ends, std::greater{});  // from the top
  std::vector<double> at;
  at.reserve(ends.size());
  for (const auto& [value, name] : ends)
    at.push_back(at.empty() ? y(value) : std::max(y(value), at.back() + label_height));
  double limit = bottom_;
  for (auto place = at.rbegin(); place != at.rend(); ++place) {
    *place = std::min(*place, limit);
    limit = *place - label_height;
  }
  for (std::size_t i = 0; i < ends.size(); ++i) {
    std::string name = fit_left(ends[i].second, std::min(label_columns, display_width(ends[i].second)));
    svg.text({right_ + 6, at[i] + 4}, SvgAnchor::start, name);
  }
}

}  // namespace lockin::detail
