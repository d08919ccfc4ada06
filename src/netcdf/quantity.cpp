#include "netcdf/quantity.hpp"

#include <algorithm>

namespace lockin {
namespace {

struct Wording {
  const char *long_name, *units, *over_time;
};

// In the order of `Measure`. Empty units of revenue: the currency.
constexpr Wording wordings[] = {
    {"customers at the end", "customers", ""},
    {"revenue", "", "sum"},
    {"tokens", "1e12 tokens", "sum"},
    {"share of customers at the end", "1", ""},
    {"share of revenue", "1", ""},
    {"share of tokens", "1", ""},
    {"share of the increment of revenue over a year", "1", ""},
    {"share of the customers that are new", "1", ""},
    {"customers that moved away, over those held before", "1", ""},
    {"mean lock-in stage of customers at the end", "1", ""},
    {"mean switching cost of customers at the end", "logits", ""},
    {"Herfindahl-Hirschman index of revenue", "1", ""},
};

template <class Id>
std::optional<Id> without_all(std::size_t i) {
  return i == 0 ? std::nullopt : std::optional(Id(i - 1));
}

Quantity quantity(const Ensemble& ensemble, Measure measure, bool by_year, const std::string& currency) {
  const MarketNames& names = ensemble.names();
  const Wording& wording = wordings[static_cast<std::size_t>(measure)];
  const bool of_providers = measure != Measure::hhi;
  Quantity made;
  made.name = (by_year ? "annual_" : "") + std::string(name_of(measure));
  made.long_name = wording.long_name + std::string(by_year ? ", by year" : ", by period");
  made.units = measure != Measure::revenue ? wording.units : currency.empty() ? "1" : currency;
  made.over_time = wording.over_time;
  made.axes = {by_year ? Axis::year : Axis::time, Axis::layer, Axis::segment};
  if (of_providers) made.axes.push_back(Axis::provider);
  std::vector<MeasureAt> moments;
  if (by_year)
    for (const int year : ensemble.table().whole_years()) moments.push_back({measure, {}, 0, year});
  else
    for (std::size_t t = 0; t < ensemble.calendar().size(); ++t)
      moments.push_back({measure, {}, static_cast<long>(t), {}});
  for (MeasureAt& at : moments)
    for (std::size_t l = 0; l <= names.layers.size(); ++l)
      for (std::size_t s = 0; s <= names.segments.size(); ++s)
        for (std::size_t j = 0; j <= (of_providers ? names.providers.size() : 0); ++j) {
          at.key = {without_all<LayerId>(l), without_all<SegmentId>(s), without_all<ProviderId>(j)};
          made.places.push_back(ensemble.table().place(at));
        }
  return made;
}

Quantity switched(const Ensemble& ensemble) {
  const std::size_t L = ensemble.names().layers.size(), J = ensemble.names().providers.size();
  Quantity made{"switched",
                "customers that moved from a provider to another, by period",
                "customers",
                "sum",
                {Axis::time, Axis::layer, Axis::from, Axis::to},
                {}};
  for (std::size_t t = 0; t < ensemble.calendar().size(); ++t)
    for (std::size_t l = 0; l <= L; ++l)
      for (std::size_t from = 0; from < J; ++from)
        for (std::size_t to = 0; to < J; ++to)
          made.places.push_back(l == 0
                                    ? ensemble.table().size()
                                    : ensemble.table().place_of_switch(static_cast<long>(t), LayerId(l - 1),
                                                                       ProviderId(from), ProviderId(to)));
  return made;
}

}  // namespace

std::vector<Quantity> quantities_of(const Ensemble& ensemble, const std::string& currency) {
  std::vector<Quantity> all;
  for (const bool by_year : {false, true})
    for (const Measure measure : all_measures())
      all.push_back(quantity(ensemble, measure, by_year, currency));
  all.push_back(switched(ensemble));
  std::erase_if(all, [&](const Quantity& of) {
    return std::ranges::all_of(of.places,
                               [&](std::size_t place) { return place >= ensemble.table().size(); });
  });
  return all;
}

}  // namespace lockin
