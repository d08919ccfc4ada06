#include "lockin/ensemble/measure_table.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace lockin {
namespace {

template <class Id>
std::size_t of_all(const std::optional<Id>& id) {
  return id ? id->index() + 1 : 0;
}

}  // namespace

std::vector<RankedMeasure> ranked_measures(const MarketNames& names) {
  std::vector<RankedMeasure> result{{{}, Measure::revenue_share}, {{}, Measure::increment_share}};
  for (std::size_t l = 0; l < names.layers.size(); ++l)
    for (const Measure measure :
         {Measure::customer_share, Measure::revenue_share, Measure::token_share, Measure::increment_share})
      result.push_back({LayerId(l), measure});
  return result;
}

MeasureTable::MeasureTable(const Trajectory& path)
    : layers_(path.names().layers.size()),
      segments_(path.names().segments.size()),
      providers_(path.names().providers.size()),
      periods_(path.size()) {
  const std::vector<int> years = path.whole_years();
  years_ = years.size();
  first_year_ = years.empty() ? 0 : years.front();
  const std::size_t measures = all_measures().size();
  places_.assign((1 + periods_ + years_) * (layers_ + 1) * (segments_ + 1) * (providers_ + 1) * measures,
                 std::numeric_limits<std::size_t>::max());
  for (std::size_t moment = 0; moment < moments(); ++moment) {
    MeasureAt at = at_moment(moment);
    for (std::size_t l = 0; l <= layers_; ++l)
      for (std::size_t s = 0; s <= segments_; ++s)
        for (std::size_t j = 0; j <= providers_; ++j) {
          at.key = {};
          if (l > 0) at.key.layer = LayerId(l - 1);
          if (s > 0) at.key.segment = SegmentId(s - 1);
          if (j > 0) at.key.provider = ProviderId(j - 1);
          for (const Measure measure : all_measures()) {
            at.measure = measure;
            if (!path.exists(measure, at.key)) continue;
            places_[cell(moment, at)] = measures_.size();
            measures_.push_back(at);
            formulas_.push_back(path.formula(at));
          }
        }
  }
  for (long t = 0; t < static_cast<long>(periods_); ++t)
    for (std::size_t l = 0; l < layers_; ++l)
      for (std::size_t from = 0; from < providers_; ++from)
        for (std::size_t to = 0; to < providers_; ++to)
          switches_.push_back({t, LayerId(l), ProviderId(from), ProviderId(to)});
  for (const int year : years)
    for (std::size_t l = 0; l < layers_; ++l)
      for (std::size_t j = 0; j < providers_; ++j)
        for (const Measure measure : {Measure::revenue, Measure::tokens}) {
          if (!path.exists(measure, {LayerId(l), {}, ProviderId(j)})) continue;
          for (std::size_t part = 0; part < growth_part_count; ++part)
            growth_.push_back({year, measure, LayerId(l), ProviderId(j), static_cast<GrowthPart>(part)});
        }
}

std::vector<int> MeasureTable::whole_years() const {
  std::vector<int> years(years_);
  std::iota(years.begin(), years.end(), first_year_);
  return years;
}

MeasureAt MeasureTable::at_moment(std::size_t moment) const {
  MeasureAt at{.t = static_cast<long>(moment) - 1};
  if (moment > periods_) at.year = first_year_ + static_cast<int>(moment - periods_ - 1);
  return at;
}

std::optional<std::size_t> MeasureTable::moment(const MeasureAt& at) const {
  if (at.year) {
    if (*at.year < first_year_ || *at.year >= first_year_ + static_cast<int>(years_)) return std::nullopt;
    return 1 + periods_ + static_cast<std::size_t>(*at.year - first_year_);
  }
  if (at.t < -1 || at.t >= static_cast<long>(periods_)) return std::nullopt;
  return static_cast<std::size_t>(at.t + 1);
}

std::size_t MeasureTable::cell(std::size_t moment, const MeasureAt& at) const {
  return (((moment * (layers_ + 1) + of_all(at.key.layer)) * (segments_ + 1) + of_all(at.key.segment)) *
              (providers_ + 1) +
          of_all(at.key.provider)) *
             all_measures().size() +
         static_cast<std::size_t>(at.measure);
}

std::size_t MeasureTable::place(const MeasureAt& at) const {
  const std::optional<std::size_t> when = moment(at);
  if (!when || of_all(at.key.layer) > layers_ || of_all(at.key.segment) > segments_ ||
      of_all(at.key.provider) > providers_)
    return size();
  return std::min(places_[cell(*when, at)], size());
}

std::size_t MeasureTable::place_of_switch(long t, LayerId layer, ProviderId from, ProviderId to) const {
  return measures_.size() +
         ((static_cast<std::size_t>(t) * layers_ + layer.index()) * providers_ + from.index()) * providers_ +
         to.index();
}

std::size_t MeasureTable::place_of_growth(int year, Measure measure, LayerId layer, ProviderId provider,
                                          GrowthPart part) const {
  const auto found = std::ranges::find(growth_, Growth{year, measure, layer, provider, part});
  return measures_.size() + switches_.size() + static_cast<std::size_t>(found - growth_.begin());
}

bool MeasureTable::read(const Trajectory& path, std::span<double> numbers) const {
  bool finite = path.read(formulas_, numbers.first(formulas_.size()));
  std::size_t i = formulas_.size();
  for (const Switch& of : switches_) {
    double moved = 0;
    const Aggregates& now = path.at(Period(static_cast<std::size_t>(of.t)));
    for (std::size_t s = 0; s < segments_; ++s) moved += now.switches(of.layer, SegmentId(s), of.from, of.to);
    finite = finite && std::isfinite(moved);
    numbers[i++] = moved;
  }
  for (std::size_t g = 0; g < growth_.size(); g += growth_part_count) {
    const Growth& of = growth_[g];
    for (const double part : annual_growth_parts(path, of.year, of.measure, of.layer, of.provider)) {
      finite = finite && std::isfinite(part);
      numbers[i++] = part;
    }
  }
  return finite;
}

}  // namespace lockin
