#include "lockin/market/annual_totals.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "market/numbers_to_market.hpp"

namespace lockin {
namespace {

// Band matrix with room for the fill-in of row exchanges, solved in a fixed order: its bits depend on no library.
template <class Number>
class BandSystem {
 public:
  BandSystem(std::size_t n, std::size_t band)
      : n_(n), band_(band), width_(3 * band + 1), a_(n * width_), b_(n) {}
  Number& at(std::size_t row, std::size_t column) { return a_[row * width_ + column + band_ - row]; }
  Number& right(std::size_t row) { return b_[row]; }

  std::vector<Number> solve() {
    for (std::size_t k = 0; k < n_; ++k) {
      const std::size_t rows = std::min(n_, k + band_ + 1), columns = std::min(n_, k + 2 * band_ + 1);
      std::size_t pivot = k;
      for (std::size_t i = k + 1; i < rows; ++i)
        if (std::abs(value_of(at(i, k))) > std::abs(value_of(at(pivot, k)))) pivot = i;
      if (pivot != k) {
        for (std::size_t j = k; j < columns; ++j) std::swap(at(k, j), at(pivot, j));
        std::swap(b_[k], b_[pivot]);
      }
      for (std::size_t i = k + 1; i < rows; ++i) {
        const Number factor = at(i, k) / at(k, k);
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
  std::vector<Number> a_, b_;
};

// A[y] / P at the middle of each year, constant growth between middles and beyond, taken at the middle of each period.
template <class Number>
std::vector<Number> guide(const std::vector<Number>& totals, std::size_t per) {
  std::vector<Number> z;
  for (std::size_t t = 0; t < totals.size() * per; ++t) {
    const double years = (static_cast<double>(t) + 0.5) / static_cast<double>(per) - 0.5;
    const auto last = static_cast<double>(totals.size() - 2);
    const auto y = static_cast<std::size_t>(std::clamp(std::floor(years), 0.0, last));
    z.push_back(totals[y] / static_cast<double>(per) *
                math::pow(totals[y + 1] / totals[y], years - static_cast<double>(y)));
  }
  return z;
}

template <class Read>
std::optional<NumberOf<Read>> size_of_year(const MarketSizeSpec& size, int year, const Read& read) {
  const Annual& by_year = size.by_year;
  if (by_year.empty()) return std::nullopt;
  const auto grown = [&](const std::pair<int, double>& from) -> std::optional<NumberOf<Read>> {
    if (year == from.first) return read(from.second);
    if (!size.growth_per_year) return std::nullopt;
    return read(from.second) * math::pow(1 + read(*size.growth_per_year), year - from.first);
  };
  if (year <= by_year.front().first) return grown(by_year.front());
  if (year >= by_year.back().first) return grown(by_year.back());
  const auto next =
      std::find_if(by_year.begin(), by_year.end(), [&](const auto& p) { return p.first > year; });
  const int y0 = (next - 1)->first;
  const NumberOf<Read> v0 = read((next - 1)->second);
  if (y0 == year) return v0;
  return v0 * math::pow(read(next->second) / v0, static_cast<double>(year - y0) / (next->first - y0));
}

template <class Read>
NumberOf<Read> share_of_year(const Annual& share, int year, const Read& read) {
  if (year <= share.front().first) return read(share.front().second);
  if (year >= share.back().first) return read(share.back().second);
  const auto next = std::find_if(share.begin(), share.end(), [&](const auto& p) { return p.first > year; });
  const int y0 = (next - 1)->first;
  const NumberOf<Read> v0 = read((next - 1)->second);
  return v0 + (read(next->second) - v0) * (year - y0) / (next->first - y0);
}

template <class Number>
std::vector<Number> to_periods(const std::vector<Number>& totals, int per_year) {
  const auto per = static_cast<std::size_t>(per_year);
  if (totals.size() == 1) return std::vector<Number>(per, totals[0] / per_year);
  if (per == 1) return totals;
  const std::vector<Number> z = guide(totals, per);
  // Unknowns year by year, r of its periods and then its multiplier: stationarity of each r, and each year's total.
  const std::size_t years = totals.size(), periods = years * per, unknowns = years * (per + 1);
  const auto place = [&](std::size_t t) { return t / per * (per + 1) + t % per; };
  BandSystem<Number> system(unknowns, per + 1);
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
  const std::vector<Number> r = system.solve();
  std::vector<Number> x(periods);
  for (std::size_t t = 0; t < periods; ++t) x[t] = z[t] * r[place(t)];
  for (std::size_t y = 0; y < years; ++y) {  // exact to rounding, whatever the solve left
    Number sum = 0;
    for (std::size_t q = 0; q < per; ++q) sum += x[y * per + q];
    for (std::size_t q = 0; q < per; ++q) x[y * per + q] *= totals[y] / sum;
  }
  return x;
}

}  // namespace

std::optional<double> market_size(const MarketSizeSpec& size, int year) {
  return size_of_year(size, year, Plain{});
}

double annual_share(const Annual& share, int year) { return share_of_year(share, year, Plain{}); }

std::vector<double> benchmark_to_periods(const std::vector<double>& totals, int per_year) {
  return to_periods(totals, per_year);
}

template <class Read>
std::vector<NumberOf<Read>> totals_of_layer(const MarketSpec& spec, const Calendar& calendar,
                                            std::size_t layer, const Read& read) {
  if (!spec.size) return {};
  const long periods = static_cast<long>(calendar.size());
  int first = calendar.year_of(0), last = calendar.year_of(periods - 1);
  if (market_size(*spec.size, first - 1)) --first;
  if (market_size(*spec.size, last + 1)) ++last;
  std::vector<NumberOf<Read>> totals;
  for (int year = first; year <= last; ++year) {
    const auto size = size_of_year(*spec.size, year, read);
    if (!size) throw std::invalid_argument("a year of the horizon has no market size");
    NumberOf<Read> share = 1;
    if (spec.layers[layer].share) {
      share = share_of_year(*spec.layers[layer].share, year, read);
    } else {
      for (const LayerSpec& other : spec.layers)
        if (other.share) share -= share_of_year(*other.share, year, read);
    }
    totals.push_back(*size * share);
  }
  const auto x = to_periods(totals, calendar.per_year());
  const long offset = (calendar.year_of(0) - first) * calendar.per_year() + calendar.place_in_year(0);
  return {x.begin() + offset, x.begin() + offset + periods};
}
template std::vector<double> totals_of_layer(const MarketSpec&, const Calendar&, std::size_t, const Plain&);
template std::vector<Dual> totals_of_layer(const MarketSpec&, const Calendar&, std::size_t, const By&);

std::vector<double> layer_totals(const MarketSpec& spec, const Calendar& calendar, std::size_t layer) {
  return totals_of_layer(spec, calendar, layer, Plain{});
}

}  // namespace lockin
