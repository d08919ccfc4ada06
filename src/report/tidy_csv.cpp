#include "lockin/report/tidy_csv.hpp"

#include <initializer_list>
#include <optional>
#include <string_view>
#include <vector>

#include "lockin/report/shortest_number.hpp"

namespace lockin {
namespace {

constexpr std::string_view statistics_columns = "value,se,sd,q05,q25,q50,q75,q95\n";
constexpr std::string_view no_statistics = ",,,,,,,\n";

/// A field, quoted where it must be (RFC 4180).
std::string field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

std::vector<std::string> all_and(const std::vector<std::string>& names) {
  std::vector<std::string> result = {"all"};
  result.insert(result.end(), names.begin(), names.end());
  return result;
}

bool has_row(Measure measure, bool all_providers) {
  switch (measure) {
    case Measure::hhi: return all_providers;
    case Measure::customer_share:
    case Measure::revenue_share:
    case Measure::token_share:
    case Measure::increment_share:
    case Measure::new_customer_share: return !all_providers;
    default: return true;
  }
}

/// One block of `shares_csv` or `annual_csv`: `value(measure, layer, segment, provider)` for every combination.
template <class Value>
void append_block(std::string& out, const MarketNames& names, std::string_view period, const Value& value) {
  std::string line;  // the beginning that the rows of one provider have in common
  for (const std::string& layer : all_and(names.layers))
    for (const std::string& segment : all_and(names.segments))
      for (const std::string& provider : all_and(names.providers)) {
        line.assign(period).append(",").append(field(layer)).append(",").append(field(segment));
        line.append(",").append(field(provider)).append(",");
        for (const Measure measure : all_measures()) {
          if (!has_row(measure, provider == "all")) continue;
          const std::optional<double> number = value(measure, layer, segment, provider);
          if (!number) continue;
          out.append(line).append(name_of(measure)).append(",");
          append_shortest(out, *number);
          out.append(no_statistics);
        }
      }
}

/// Layers by their names, `all` first, with the measures that providers are ranked by there.
template <class Use>
void each_ranking(const Trajectory& path, std::initializer_list<Measure> measures, const Use& use) {
  for (const std::string& layer : all_and(path.names().layers))
    for (const Measure measure : measures) {
      const bool all_layers = layer == "all";
      if (all_layers && measure != Measure::revenue_share && measure != Measure::increment_share) continue;
      use(layer, measure);
    }
}

}  // namespace

std::string shares_csv(const Trajectory& path) {
  std::string out = "period,layer,segment,provider,measure," + std::string(statistics_columns);
  for (std::size_t t = 0; t < path.size(); ++t)
    append_block(out, path.names(), path.calendar().label(static_cast<long>(t)),
                 [&](Measure measure, const auto& layer, const auto& segment, const auto& provider) {
                   return path.value(static_cast<long>(t), measure, layer, segment, provider);
                 });
  return out;
}

std::string annual_csv(const Trajectory& path) {
  std::string out = "period,layer,segment,provider,measure," + std::string(statistics_columns);
  for (const int year : path.whole_years())
    append_block(out, path.names(), std::to_string(year),
                 [&](Measure measure, const auto& layer, const auto& segment, const auto& provider) {
                   return path.annual_value(year, measure, layer, segment, provider);
                 });
  return out;
}

std::string switching_csv(const Trajectory& path) {
  std::string out = "period,layer,from,to," + std::string(statistics_columns);
  const MarketNames& names = path.names();
  for (std::size_t t = 0; t < path.size(); ++t) {
    const Aggregates& now = path.at(Period(t));
    const std::string period = path.calendar().label(static_cast<long>(t));
    const auto sells = [&](std::size_t l, std::size_t j) { return now.sold[l * now.providers() + j] != 0; };
    for (std::size_t l = 0; l < now.layers(); ++l)
      for (std::size_t from = 0; from < now.providers(); ++from)
        for (std::size_t to = 0; to < now.providers(); ++to) {
          double moved = 0;
          for (std::size_t s = 0; s < now.segments(); ++s)
            moved += now.switches(LayerId(l), SegmentId(s), ProviderId(from), ProviderId(to));
          const bool pair = from != to && sells(l, from) && sells(l, to);
          if (!pair && moved == 0) continue;
          out.append(period).append(",").append(field(names.layers[l])).append(",");
          out.append(field(names.providers[from])).append(",").append(field(names.providers[to])).append(",");
          append_shortest(out, moved);
          out.append(no_statistics);
        }
  }
  return out;
}

std::string ranks_csv(const Trajectory& path) {
  std::string out = "period,layer,measure,provider,rank,probability\n";
  using enum Measure;
  for (std::size_t t = 0; t < path.size(); ++t)
    each_ranking(path, {customer_share, revenue_share, token_share, increment_share},
                 [&](const std::string& layer, Measure measure) {
                   const auto order = ranking(path, static_cast<long>(t), measure, layer);
                   std::string line = path.calendar().label(static_cast<long>(t)) + "," + field(layer) + ",";
                   line.append(name_of(measure)).append(",");
                   for (std::size_t place = 0; place < order.size(); ++place)
                     for (std::size_t rank = 0; rank < order.size(); ++rank)
                       out.append(line).append(field(path.names().providers[order[place]])).append(",").append(
                           std::to_string(rank + 1)).append(rank == place ? ",1\n" : ",0\n");
                 });
  return out;
}

std::string crossings_csv(const Trajectory& path) {
  std::string out = "layer,measure,passer,passed,period,probability\n";
  using enum Measure;
  each_ranking(path, {customer_share, revenue_share, token_share}, [&](const std::string& layer, Measure measure) {
    for (const Crossing& crossing : crossings(path, measure, layer)) {
      out.append(field(layer)).append(",").append(name_of(measure)).append(",");
      out.append(field(path.names().providers[crossing.passer])).append(",");
      out.append(field(path.names().providers[crossing.passed])).append(",");
      out.append(path.calendar().label(crossing.when)).append(",1\n");
    }
  });
  return out;
}

}  // namespace lockin
