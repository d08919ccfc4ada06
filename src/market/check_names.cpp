#include <fmt/format.h>

#include <algorithm>

#include "key_path.hpp"
#include "market/market_compiler.hpp"
#include "spelling.hpp"

namespace lockin {

void MarketCompiler::check_names() {
  const auto unique = [&](const auto& things, const std::string& kind) {
    if (things.empty()) problem(kind, "none", "at least one");
    for (std::size_t i = 0; i < things.size(); ++i) {
      if (things[i].name.empty()) problem(kind, "a name without letters", "letters, digits and _");
      if (position_of(things, things[i].name) != i)
        problem(key_path(kind, things[i].name), "the name twice", "unique names");
    }
  };
  unique(spec_.layers, "layers");
  unique(spec_.providers, "providers");
  unique(spec_.segments, "segments");
  check_offers();
  for (const SegmentSpec& segment : spec_.segments) check_tables(segment);
}

// A value by name for what does not exist, or a second one, would be ignored.
template <class T>
void MarketCompiler::check_table(const std::string& key, const Keyed<T>& table,
                                 const std::vector<std::string>& names, const char* what) {
  for (std::size_t i = 0; i < table.named.size(); ++i) {
    const std::string& name = table.named[i].first;
    if (std::find(names.begin(), names.end(), name) == names.end())
      problem(key_path(key, name), fmt::format("an unknown {}", what),
              fmt::format("one of {}", fmt::join(names, ", ")), did_you_mean(name, names));
    for (std::size_t k = 0; k < i; ++k)
      if (table.named[k].first == name) problem(key_path(key, name), "the name twice", "one value for each");
  }
  // A share or another plain number stands for those left out; of all else it would hide the values by name.
  if constexpr (!std::is_same_v<T, double>)
    if (table.all && (!table.named.empty() || table.otherwise))
      problem(key, "one value for all beside values by name", "one of the two: they exclude each other");
}

void MarketCompiler::check_offers() {
  const std::vector<std::string> layers = names(true), segments = names(false);
  for (const ProviderSpec& provider : spec_.providers)
    for (std::size_t i = 0; i < provider.offers.size(); ++i) {
      const auto& [layer, offer] = provider.offers[i];
      const std::string key = key_path("providers", provider.name, layer);
      if (position_of(spec_.layers, layer) == spec_.layers.size())
        problem(key, "an unknown layer", fmt::format("one of {}", fmt::join(layers, ", ")),
                did_you_mean(layer, layers));
      for (std::size_t k = 0; k < i; ++k)
        if (provider.offers[k].first == layer) problem(key, "two offers", "one offer in a layer");
      check_table(key + ".share", offer.share, segments, "segment");
      check_table(key + ".reach", offer.reach, segments, "segment");
      check_table(key + ".appeal", offer.appeal, segments, "segment");
    }
}

void MarketCompiler::check_tables(const SegmentSpec& spec) {
  const std::vector<std::string> layers = names(true);
  const std::string key = "segments." + spec.name;
  const auto check = [&](const char* name, const auto& table) {
    check_table(key_path(key, name), table, layers, "layer");
  };
  check("intensity", spec.intensity);
  check("taste.price", spec.taste_price);
  check("taste.quality", spec.taste_quality);
  check("taste.switching_cost", spec.taste_switching_cost);
  check("taste.reach", spec.taste_reach);
  check("re_evaluate", spec.re_evaluate_per_year);
  check("switching_cost", spec.switching_cost);
  check("adopted", spec.adopted);
  check("adopt", spec.adopt);
  check("network", spec.network);
  const auto twice = [&](const auto& list, const auto& name_of) {
    for (std::size_t i = 0; i < list.size(); ++i)
      for (std::size_t k = 0; k < i; ++k)
        if (name_of(list[i]) == name_of(list[k]))
          problem(key_path(key, name_of(list[i])), "given twice", "one entry for each");
  };
  twice(spec.affinity,
        [](const AffinitySpec& of) { return fmt::format("affinity.{}_from_{}", of.to, of.from); });
  twice(spec.multi_home, [](const MultiHomeSpec& of) { return "multi_home." + of.layer; });
}

// A coefficient that latent classes give and `taste` as well: one would win in silence.
void MarketCompiler::check_taste_classes(const std::string& key, const SegmentSpec& spec) {
  bool any = spec.taste_classes.empty();
  const auto check = [&](const char* name, bool in_taste,
                         std::optional<double> TasteClassSpec::*coefficient) {
    if (std::none_of(spec.taste_classes.begin(), spec.taste_classes.end(),
                     [&](const TasteClassSpec& one) { return (one.*coefficient).has_value(); }))
      return;
    any = true;
    if (in_taste)
      problem(key_path(key, "taste", name), fmt::format("{} in taste and in taste.classes", name),
              "one of the two: they exclude each other");
  };
  check("price", !spec.taste_price.empty(), &TasteClassSpec::price);
  check("quality", !spec.taste_quality.empty(), &TasteClassSpec::quality);
  check("switching_cost", !spec.taste_switching_cost.empty(), &TasteClassSpec::switching_cost);
  if (!any)
    problem(key + ".taste.classes", "classes without a coefficient",
            "at least one of price, quality, switching_cost");
}

}  // namespace lockin
