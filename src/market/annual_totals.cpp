#include "lockin/market/annual_totals.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "deterministic_math.hpp"

namespace lockin {
namespace {

// Band matrix with room for the fill-in of row exchanges, solved in a fixed order: its bits depend on no library.
class BandSystem {
 public:
  BandSystem(std::size_t n, std::size_t band)
      : n_(n), band_(band), width_(3 * band + 1), a_(n * width_), b_(n) {}
  double& at(std::size_t row, std::size_t column) { return a_[row * width_ + column + band_ - row]; }
  double& right(std::size_t row) { return b_[row]; }

  std::vector<double> solve() {
    for (std::size_t k = 0; k < n_; ++k) {
      const std::size_t rows = std::min(n_, k + band_ + 1), columns = std::min(n_, k + 2 * band_ + 1);
      std::size_t pivot = k;
      for (std::size_t i = k + 1; i < rows; ++i)
        if (std::abs(at(i, k)) > std::abs(at(pivot, k))) pivot = i;
      if (pivot != k) {
        for (std::size_t j = k; j < columns; ++j) std::swap(at(k, j), at(pivot, j));
        std::swap(b_[k], b_[pivot]);
      }
      for (std::size_t i = k + 1; i < rows; ++i) {
        const double factor = at(i, k) / at(k, k);
        if (factor == 0) continue;
        for (std::size_t j = k; j < columns; ++j) at(i, j) -= factor * at(k, j);
        b_[i] -= factor * b_[k];
      }
    }
    for (std::size_t k = n_; k-- > 0;) {
      for (std::size_t j = k + 1; j < std::min(n_, k + 2 * band_ + 1); ++j) b_[k] -= at(k, j) * b_[j];
      b_[k] /= at(k, k);
    }
    return b_;
  }

 private:
  std::size_t n_, band_, width_;
  std::vector<double> a_, b_;
};

// A[y] / P at the middle of each year, constant growth between middles and beyond, taken at the middle of each period.
std::vector<double> guide(const std::vector<double>& totals, std::size_t per) {
  std::vector<double> z;
  for (std::size_t t = 0; t < totals.size() * per; ++t) {
    const double years = (static_cast<double>(t) + 0.5) / static_cast<double>(per) - 0.5;
    const auto last = static_cast<double>(totals.size() - 2);
    const auto y = static_cast<std::size_t>(std::clamp(std::floor(years), 0.0, last));
    z.push_back(totals[y] / static_cast<double>(per) *
                math::pow(totals[y + 1] / totals[y], years - static_cast<double>(y)));
  }
  return z;
}

}  // namespace

std::optional<double> market_size(const MarketSizeSpec& size, int year) {
  const Annual& by_year = size.by_year;
  if (by_year.empty()) return std::nullopt;
  const auto grown = [&](const std::pair<int, double>& from) -> std::optional<double> {
    if (year == from.first) return from.second;
    if (!size.growth_per_year) return std::nullopt;
    return from.second * math::pow(1 + *size.growth_per_year, year - from.first);
  };
  if (year <= by_year.front().first) return grown(by_year.front());
  if (year >= by_year.back().first) return grown(by_year.back());
  const auto next =
      std::find_if(by_year.begin(), by_year.end(), [&](const auto& p) { return p.first > year; });
  const auto& [y0, v0] = *(next - 1);
  if (y0 == year) return v0;
  return v0 * math::pow(next->second / v0, static_cast<double>(year - y0) / (next->first - y0));
}

double annual_share(const Annual& share, int year) {
  if (year <= share.front().first) return share.front().second;
  if (year >= share.back().first) return share.back().second;
  const auto next = std::find_if(share.begin(), share.end(), [&](const auto& p) { return p.first > year; });
  const auto& [y0, v0] = *(next - 1);
  return v0 + (next->second - v0) * (year - y0) / (next->first - y0);
}

std::vector<double> benchmark_to_periods(const std::vector<double>& totals, int per_year) {
  const auto per = static_cast<std::size_t>(per_year);
  if (totals.size() == 1) return std::vector<double>(per, totals[0] / per_year);
  if (per == 1) return totals;
  const std::vector<double> z = guide(totals, per);
  // Unknowns year by year, r of its periods and then its multiplier: stationarity of each r, and each year's total.
  const std::size_t years = totals.size(), periods = years * per, unknowns = years * (per + 1);
  const auto place = [&](std::size_t t) { return t / per * (per + 1) + t % per; };
  BandSystem system(unknowns, per + 1);
  for (std::size_t t = 0; t < periods; ++t) {
    const std::size_t row = place(t), multiplier = t / per * (per + 1) + per;
    for (const bool forward : {false, true}) {
      if (forward ? t + 1 == periods : t == 0) continue;
      system.at(row, row) += 1;
      system.at(row, place(forward ? t + 1 : t - 1)) -= 1;
    }
    system.at(row, multiplier) = z[t] * per_year / totals[t / per];
    system.at(multiplier, row) = z[t] * per_year / totals[t / per];
  }
  for (std::size_t y = 0; y < years; ++y) system.right(y * (per + 1) + per) = per_year;
  const std::vector<double> r = system.solve();
  std::vector<double> x(periods);
  for (std::size_t t = 0; t < periods; ++t) x[t] = z[t] * r[place(t)];
  for (std::size_t y = 0; y < years; ++y) {  // exact to rounding, whatever the solve left
    double sum = 0;
    for (std::size_t q = 0; q < per; ++q) sum += x[y * per + q];
    for (std::size_t q = 0; q < per; ++q) x[y * per + q] *= totals[y] / sum;
  }
  return x;
}

std::vector<double> layer_totals(const MarketSpec& spec, const Calendar& calendar, std::size_t layer) {
  if (!spec.size) return {};
  const long periods = static_cast<long>(calendar.size());
  int first = calendar.year_of(0), last = calendar.year_of(periods - 1);
  if (market_size(*spec.size, first - 1)) --first;
  if (market_size(*spec.size, last + 1)) ++last;
  std::vector<double> totals;
  for (int year = first; year <= last; ++year) {
    const auto size = market_size(*spec.size, year);
    if (!size) throw std::invalid_argument("a year of the horizon has no market size");
    double share = 1;
    if (spec.layers[layer].share) {
      share = annual_share(*spec.layers[layer].share, year);
    } else {
      for (const LayerSpec& other : spec.layers)
        if (other.share) share -= annual_share(*other.share, year);
    }
    totals.push_back(*size * share);
  }
  const std::vector<double> x = benchmark_to_periods(totals, calendar.per_year());
  const long offset = (calendar.year_of(0) - first) * calendar.per_year() + calendar.place_in_year(0);
  return {x.begin() + offset, x.begin() + offset + periods};
}

}  // namespace lockin
