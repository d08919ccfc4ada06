#include "lockin/report/tidy_csv.hpp"

#include <initializer_list>
#include <optional>
#include <string_view>
#include <vector>

#include "lockin/report/shortest_number.hpp"

namespace lockin {
namespace {

constexpr std::string_view block_columns =
    "period,layer,segment,provider,measure,value,se,sd,q05,q25,q50,q75,q95\n";
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

/// The rows that a block may have for one provider of one segment and layer.
struct Rows {
  std::string names;  ///< `iaas,all,alibaba,`
  MeasureKey key;
  std::vector<Measure> measures;  ///< that are defined there
};

std::vector<Rows> rows_of(const Trajectory& path) {
  std::vector<Rows> result;
  for (const std::string& layer : all_and(path.names().layers))
    for (const std::string& segment : all_and(path.names().segments))
      for (const std::string& provider : all_and(path.names().providers)) {
        Rows rows{.names = field(layer) + "," + field(segment) + "," + field(provider) + ",",
                  .key = path.key(layer, segment, provider),
                  .measures = {}};
        for (const Measure measure : all_measures())
          if (path.exists(measure, rows.key)) rows.measures.push_back(measure);
        if (!rows.measures.empty()) result.push_back(std::move(rows));
      }
  return result;
}

/// One block of `shares_csv` or `annual_csv`: `value(measure, key)` for every row that has one.
template <class Value>
void append_block(std::string& out, const std::vector<Rows>& all_rows, const std::string& period,
                  const Value& value) {
  for (const Rows& rows : all_rows)
    for (const Measure measure : rows.measures) {
      const std::optional<double> number = value(measure, rows.key);
      if (!number) continue;
      out.append(period).append(",").append(rows.names).append(name_of(measure)).append(",");
      append_shortest(out, *number);
      out.append(no_statistics);
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
  std::string out(block_columns);
  const std::vector<Rows> rows = rows_of(path);
  for (long t = 0; t < static_cast<long>(path.size()); ++t)
    append_block(out, rows, path.calendar().label(t),
                 [&](Measure measure, const MeasureKey& key) { return path.value(t, measure, key); });
  return out;
}

std::string annual_csv(const Trajectory& path) {
  std::string out(block_columns);
  const std::vector<Rows> rows = rows_of(path);
  for (const int year : path.whole_years())
    append_block(out, rows, std::to_string(year), [&](Measure measure, const MeasureKey& key) {
      return path.annual_value(year, measure, key);
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
                       out.append(line)
                           .append(field(path.names().providers[order[place]]))
                           .append(",")
                           .append(std::to_string(rank + 1))
                           .append(rank == place ? ",1\n" : ",0\n");
                 });
  return out;
}

std::string crossings_csv(const Trajectory& path) {
  std::string out = "layer,measure,passer,passed,period,probability\n";
  using enum Measure;
  each_ranking(path, {customer_share, revenue_share, token_share},
               [&](const std::string& layer, Measure measure) {
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
