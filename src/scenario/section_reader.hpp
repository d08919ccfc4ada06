#pragma once

#include "lockin/random/gaussian_copula.hpp"
#include "lockin/scenario/scenario.hpp"
#include "scenario/document.hpp"
#include "scenario/value_reader.hpp"

namespace lockin {

/// Reads the sections of a document into a market description. Later sections know the names of earlier ones.
class SectionReader {
 public:
  SectionReader(const Node& document, ProblemList& problems) : document_(document), read_(problems) {}

  /// @param name title where the file gives none
  Scenario read(const std::string& name);

 private:
  bool too_many();
  void top_level(const std::string& name);
  void horizon();
  void market();
  void layers();
  void layer(const Node& node, LayerSpec& spec);
  void lock_in(const Node& node, const std::string& key, LayerSpec& spec);
  void layer_shares(const Node& layers);
  void nests(const Node& node, const std::string& key, LayerSpec& spec);
  void providers();
  void offer(const Node& node, const std::string& key, const LayerSpec& layer, OfferSpec& spec);
  void uncertain_shares(const Node& providers);
  void learning_curve(const Node& node, const std::string& key, ProviderSpec& spec);
  void segments();
  void segment(const Node& node, const std::string& key, SegmentSpec& spec);
  void size(const Node& node, const std::string& key, SegmentSpec& spec);
  void tastes(const Node& node, const std::string& key, SegmentSpec& spec);
  void costs_and_adoption(const Node& node, const std::string& key, SegmentSpec& spec);
  void between_layers(const Node& node, const std::string& key, SegmentSpec& spec);
  void events();
  void event(const Node& node, const std::string& key, EventSpec& spec);
  void effects(const Node& node, const std::string& key, EffectSpec::Kind kind, bool recurs, EventSpec& spec);
  void trigger(const Node& node, const std::string& key, EventSpec& spec);
  void move(const Node& node, const std::string& key, EventSpec& spec);
  void run();
  void uncertain_numbers();
  void correlations();
  std::optional<GaussianCopula::Pair> correlation(const Node& node, const std::string& key);
  void every_segment_is_simulated(const Mark& mark);

  /// Names of the children of a section, checked; the section must be there and hold at least one.
  std::vector<std::string> names(const char* section);
  bool sound_name(const Node& node, const std::string& section, const std::string& name);
  const Node* part(const Node& node, std::string_view key) const {
    return node.is_table() ? node.find(key) : nullptr;
  }

  const Node& document_;
  ValueReader read_;
  Scenario scenario_;
};

}  // namespace lockin
