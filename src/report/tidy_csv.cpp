#include "lockin/report/tidy_csv.hpp"

#include <cmath>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <vector>

#include "lockin/report/moment.hpp"
#include "lockin/report/shortest_number.hpp"
#include "report/detail/csv_text.hpp"
#include "report/detail/ensemble_moments.hpp"

namespace lockin {
namespace {

using detail::all_and;
using detail::field;

constexpr std::string_view block_columns =
    "period,layer,segment,provider,measure,value,se,sd,q05,q25,q50,q75,q95\n";
constexpr std::string_view statistics_columns = "value,se,sd,q05,q25,q50,q75,q95\n";
constexpr std::string_view no_statistics = ",,,,,,,\n";

/// The rows that a block may have for one provider of one segment and layer.
struct Rows {
  std::string names;  ///< `iaas,all,alibaba,`
  MeasureKey key;
  std::vector<Measure> measures;  ///< that are defined there
};

template <class Exists>
std::vector<Rows> rows_of(const MarketNames& of, const Exists& exists) {
  const std::vector<std::string> layers = all_and(of.layers), segments = all_and(of.segments),
                                 providers = all_and(of.providers);
  std::vector<Rows> result;
  for (std::size_t l = 0; l < layers.size(); ++l)
    for (std::size_t s = 0; s < segments.size(); ++s)
      for (std::size_t j = 0; j < providers.size(); ++j) {
        Rows rows{.names = field(layers[l]) + "," + field(segments[s]) + "," + field(providers[j]) + ",",
                  .key = {},
                  .measures = {}};
        if (l > 0) rows.key.layer = LayerId(l - 1);
        if (s > 0) rows.key.segment = SegmentId(s - 1);
        if (j > 0) rows.key.provider = ProviderId(j - 1);
        for (const Measure measure : all_measures())
          if (exists(measure, rows.key)) rows.measures.push_back(measure);
        if (!rows.measures.empty()) result.push_back(std::move(rows));
      }
  return result;
}

std::vector<Rows> rows_of(const Trajectory& path) {
  return rows_of(path.names(),
                 [&](Measure measure, const MeasureKey& key) { return path.exists(measure, key); });
}

std::vector<Rows> rows_of(const Ensemble& ensemble) {
  return rows_of(ensemble.names(), [&](Measure measure, const MeasureKey& key) {
    return ensemble.table().place({measure, key, 0, {}}) < ensemble.table().size();
  });
}

void append_statistics(std::string& out, double value) {
  append_shortest(out, value);
  out.append(no_statistics);
}

void append_statistics(std::string& out, const Summary& of) {
  append_shortest(out, of.mean);
  for (const double number : {of.se, of.sd, of.q05, of.q25, of.q50, of.q75, of.q95}) {
    out.append(",");
    if (std::isfinite(number)) append_shortest(out, number);  // no error of a single value
  }
  out.append("\n");
}

/// One block of `shares_csv` or `annual_csv`: `value(measure, key)` for every row that has one.
template <class Value>
void append_block(std::string& out, const std::vector<Rows>& all_rows, const std::string& period,
                  const Value& value) {
  for (const Rows& rows : all_rows)
    for (const Measure measure : rows.measures) {
      const auto number = value(measure, rows.key);
      if (!number) continue;
      out.append(period).append(",").append(rows.names).append(name_of(measure)).append(",");
      append_statistics(out, *number);
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

constexpr std::string_view rank_columns = "period,layer,measure,provider,rank,probability\n";

void append_ranks(std::string& out, const Trajectory& path, const Moment& moment) {
  using enum Measure;
  each_ranking(path, {customer_share, revenue_share, token_share, increment_share},
               [&](const std::string& layer, Measure measure) {
                 const auto order = ranking_at(path, moment, measure, layer);
                 std::string line = label_of(moment, path.calendar()) + "," + field(layer) + ",";
                 line.append(name_of(measure)).append(",");
                 for (std::size_t place = 0; place < order.size(); ++place)
                   for (std::size_t rank = 0; rank < order.size(); ++rank)
                     out.append(line)
                         .append(field(path.names().providers[order[place]]))
                         .append(",")
                         .append(std::to_string(rank + 1))
                         .append(rank == place ? ",1\n" : ",0\n");
               });
}

void append_ranks(std::string& out, const Ensemble& ensemble, const Moment& moment) {
  const std::vector<std::string>& providers = ensemble.names().providers;
  const std::vector<std::string> layers = all_and(ensemble.names().layers);
  for (const RankedMeasure& by : ranked_measures(ensemble.names())) {
    const MeasureAt when = detail::at_moment(moment, by.measure, {});
    std::vector<std::size_t> ranked;
    for (std::size_t j = 0; j < providers.size(); ++j)
      if (ensemble.rank_probability(by, when, ProviderId(j), 0)) ranked.push_back(j);
    for (const std::size_t j : ranked)
      for (std::size_t rank = 0; rank < ranked.size(); ++rank) {
        out.append(label_of(moment, ensemble.calendar())).append(",");
        out.append(field(layers[by.layer ? by.layer->index() + 1 : 0])).append(",");
        out.append(name_of(by.measure)).append(",").append(field(providers[j])).append(",");
        out.append(std::to_string(rank + 1)).append(",");
        append_shortest(out, *ensemble.rank_probability(by, when, ProviderId(j), rank));
        out.append("\n");
      }
  }
}

/// `statistics(year, measure, layer, provider, part)` of each part that there is, by year, layer, provider and measure. Revenue has
/// no part for price.
template <class Exists, class Of>
std::string growth_rows(const MarketNames& names, const std::vector<int>& years, const Exists& exists,
                        const Of& statistics) {
  std::string out = "period,layer,provider,measure,part," + std::string(statistics_columns);
  for (const int year : years)
    for (std::size_t l = 0; l < names.layers.size(); ++l)
      for (std::size_t j = 0; j < names.providers.size(); ++j)
        for (const Measure measure : {Measure::revenue, Measure::tokens}) {
          if (!exists(measure, MeasureKey{LayerId(l), {}, ProviderId(j)})) continue;
          for (std::size_t i = 0; i < growth_part_count; ++i) {
            const auto part = static_cast<GrowthPart>(i);
            if (part == GrowthPart::price && measure == Measure::revenue) continue;
            out.append(std::to_string(year)).append(",").append(field(names.layers[l])).append(",");
            out.append(field(names.providers[j])).append(",").append(name_of(measure)).append(",");
            out.append(name_of(part)).append(",");
            append_statistics(out, statistics(year, measure, LayerId(l), ProviderId(j), part));
          }
        }
  return out;
}

}  // namespace

std::string growth_csv(const Trajectory& path) {
  return growth_rows(
      path.names(), path.whole_years(),
      [&](Measure measure, const MeasureKey& key) { return path.exists(measure, key); },
      [&](int year, Measure measure, LayerId layer, ProviderId provider, GrowthPart part) {
        return annual_growth_parts(path, year, measure, layer, provider)[static_cast<std::size_t>(part)];
      });
}

std::string growth_csv(const Ensemble& ensemble) {
  return growth_rows(
      ensemble.names(), ensemble.table().whole_years(),
      [&](Measure measure, const MeasureKey& key) {
        return ensemble.table().place({measure, key, 0, {}}) < ensemble.table().size();
      },
      [&](int year, Measure measure, LayerId layer, ProviderId provider, GrowthPart part) {
        return *ensemble.growth(year, measure, layer, provider, part);
      });
}

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

std::string opening_csv(const Trajectory& path) {
  std::string out(block_columns);
  append_block(out, rows_of(path), "opening",
               [&](Measure measure, const MeasureKey& key) { return path.value(-1, measure, key); });
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
          append_statistics(out, moved);
        }
  }
  return out;
}

std::string ranks_csv(const Trajectory& path) {
  std::string out(rank_columns);
  for (long t = 0; t < static_cast<long>(path.size()); ++t)
    append_ranks(out, path, {Moment::Kind::period, t});
  return out;
}

std::string annual_ranks_csv(const Trajectory& path) {
  std::string out(rank_columns);
  for (const int year : path.whole_years()) append_ranks(out, path, {Moment::Kind::year, year});
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

std::string shares_csv(const Ensemble& ensemble) {
  std::string out(block_columns);
  const std::vector<Rows> rows = rows_of(ensemble);
  for (long t = 0; t < static_cast<long>(ensemble.calendar().size()); ++t)
    append_block(out, rows, ensemble.calendar().label(t), [&](Measure measure, const MeasureKey& key) {
      return ensemble.summary({measure, key, t, {}});
    });
  return out;
}

std::string annual_csv(const Ensemble& ensemble) {
  std::string out(block_columns);
  const std::vector<Rows> rows = rows_of(ensemble);
  for (const int year : ensemble.table().whole_years())
    append_block(out, rows, std::to_string(year), [&](Measure measure, const MeasureKey& key) {
      return ensemble.summary({measure, key, 0, year});
    });
  return out;
}

std::string opening_csv(const Ensemble& ensemble) {
  std::string out(block_columns);
  append_block(out, rows_of(ensemble), "opening", [&](Measure measure, const MeasureKey& key) {
    return ensemble.summary({measure, key, -1, {}});
  });
  return out;
}

std::string switching_csv(const Ensemble& ensemble) {
  std::string out = "period,layer,from,to," + std::string(statistics_columns);
  const MarketNames& names = ensemble.names();
  const auto sells = [&](std::size_t l, std::size_t j) {
    return ensemble.table().place({Measure::customers, {LayerId(l), {}, ProviderId(j)}, 0, {}}) <
           ensemble.table().size();
  };
  for (std::size_t t = 0; t < ensemble.calendar().size(); ++t)
    for (std::size_t l = 0; l < names.layers.size(); ++l)
      for (std::size_t from = 0; from < names.providers.size(); ++from)
        for (std::size_t to = 0; to < names.providers.size(); ++to) {
          const Summary moved =
              ensemble.switched(static_cast<long>(t), LayerId(l), ProviderId(from), ProviderId(to));
          const bool pair = from != to && sells(l, from) && sells(l, to);
          if (!pair && moved.mean == 0) continue;
          out.append(ensemble.calendar().label(static_cast<long>(t)))
              .append(",")
              .append(field(names.layers[l]));
          out.append(",").append(field(names.providers[from])).append(",").append(field(names.providers[to]));
          out.append(",");
          append_statistics(out, moved);
        }
  return out;
}

std::string ranks_csv(const Ensemble& ensemble) {
  std::string out(rank_columns);
  for (long t = 0; t < static_cast<long>(ensemble.calendar().size()); ++t)
    append_ranks(out, ensemble, {Moment::Kind::period, t});
  return out;
}

std::string annual_ranks_csv(const Ensemble& ensemble) {
  std::string out(rank_columns);
  for (const int year : ensemble.table().whole_years())
    append_ranks(out, ensemble, {Moment::Kind::year, year});
  return out;
}

std::string crossings_csv(const Ensemble& ensemble) {
  std::string out = "layer,measure,passer,passed,period,probability\n";
  const std::vector<std::string> layers = all_and(ensemble.names().layers);
  for (const Ensemble::Passing& passing : ensemble.passings())
    for (std::size_t t = 0; t < passing.probability.size(); ++t) {
      if (passing.probability[t] == 0) continue;
      out.append(field(layers[passing.by.layer ? passing.by.layer->index() + 1 : 0])).append(",");
      out.append(name_of(passing.by.measure)).append(",");
      out.append(field(ensemble.names().providers[passing.passer.index()])).append(",");
      out.append(field(ensemble.names().providers[passing.passed.index()])).append(",");
      out.append(ensemble.calendar().label(static_cast<long>(t))).append(",");
      append_shortest(out, passing.probability[t]);
      out.append("\n");
    }
  return out;
}

std::string draws_csv(const Ensemble& ensemble) {
  std::string out = "replication";
  for (const UncertainNumber& number : ensemble.uncertain()) out.append(",").append(field(number.key));
  out.append(",failed\n");
  auto failed = ensemble.failed().begin();
  for (std::uint64_t r = 0; r < ensemble.replications(); ++r) {
    out.append(std::to_string(r));
    for (const double draw : ensemble.draws(r)) {
      out.append(",");
      append_shortest(out, draw);
    }
    const bool has_failed = failed != ensemble.failed().end() && failed->replication == r;
    if (has_failed) ++failed;
    out.append(has_failed ? ",1\n" : ",0\n");
  }
  return out;
}

}  // namespace lockin
