#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "lockin/market/market.hpp"

namespace lockin {

/// Types of customers that a segment may have: a type costs memory, whatever the engine.
inline constexpr std::size_t max_types = 1'000'000;

/// Turns a description into a market and collects every problem on the way; the market is sound if there is none.
class MarketCompiler {
 public:
  MarketCompiler(const MarketSpec& spec, Market& market) : spec_(spec), m_(market) {}
  std::vector<Problem> compile();

 private:
  void problem(std::string key, std::string found, std::string allowed, std::string hint = {});
  ParameterId parameter(std::string key, ParameterKind kind, const Path& path);
  // One id per name: shared where one value stands for all, `fallback` where the key is silent.
  std::vector<ParameterId> keyed(const std::string& key, ParameterKind kind, const Keyed<Path>& spec,
                                 const std::vector<std::string>& names, double fallback);
  std::vector<std::string> names(bool of_layers) const;

  void compile_calendar();
  void compile_layers();
  void compile_offers(std::size_t layer);
  void compile_opening_shares(std::size_t layer);
  void compile_segment(std::size_t segment);
  void compile_events();
  void compile_effect(const std::string& key, const EffectSpec& spec, Market::Event& event);
  void compile_trigger(const std::string& key, const TriggerSpec& spec);
  void compile_move(const std::string& key, const MoveSpec& spec, Market::Event& event);
  void compile_learning_curves();
  void check_names();
  void check_offers();
  void check_tables(const SegmentSpec& spec);
  template <class T>
  void check_table(const std::string& key, const Keyed<T>& table, const std::vector<std::string>& names,
                   const char* what);
  void check_taste_classes(const std::string& key, const SegmentSpec& spec);
  void check_classes(const std::string& key, const SegmentSpec& spec);
  void check_size();
  void check_values();
  void check_pairs();

  const MarketSpec& spec_;
  Market& m_;
  std::vector<Problem> problems_;
  std::unordered_map<std::string, std::vector<ParameterId>> targets_;  // of events
};

/// Position of a name in a list of named things; their number if it is not there.
template <class Things>
std::size_t position_of(const Things& things, std::string_view name) {
  std::size_t i = 0;
  while (i < things.size() && things[i].name != name) ++i;
  return i;
}

}  // namespace lockin
