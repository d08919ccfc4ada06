// The same bits everywhere: every build (compiler, optimisation) and every set of vector instructions must come to the
// digests in tests/data/bits.csv. The entry `bits.plain_maths` runs this again where the C library may not use AVX2 and FMA.
// LOCKIN_UPDATE_GOLDEN=1 rewrites the file after a change that is meant to change histories.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <bit>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "full_market.hpp"
#include "history.hpp"
#include "instruction_sets.hpp"
#include "lockin/scenario/bundled.hpp"
#include "lockin/scenario/load.hpp"

namespace lockin::test {
namespace {

// FNV-1a of 64 bits (Fowler, Noll and Vo 1991).
class Digest {
 public:
  template <class T>
  void add(const std::vector<T>& values) {
    for (const T value : values)
      if constexpr (std::is_same_v<T, double>)
        add(std::bit_cast<std::uint64_t>(value), 8);
      else if constexpr (std::is_same_v<T, float>)
        add(std::bit_cast<std::uint32_t>(value), 4);
      else
        add(static_cast<std::uint64_t>(value), sizeof(T));
  }
  [[nodiscard]] std::string text() const { return fmt::format("{:016x}", value_); }

 private:
  void add(std::uint64_t bits, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; ++i) value_ = (value_ ^ (bits >> 8 * i & 0xff)) * 0x100000001b3ull;
  }
  std::uint64_t value_ = 0xcbf29ce484222325ull;
};

std::string digest(const History& history) {
  Digest digest;
  for (const Aggregates& of : history.aggregates) {
    for (const auto* table : {&of.customers, &of.revenue, &of.tokens, &of.new_customers, &of.moved,
                              &of.held_before, &of.stage_sum, &of.cost_sum})
      digest.add(table->values());
    for (const auto* values : {&of.present, &of.switched, &of.price, &of.sold}) digest.add(*values);
  }
  digest.add(history.counts);
  digest.add(history.states);
  digest.add(history.entered);
  digest.add(history.sizes);
  return digest.text();
}

// So many stages that one byte does not find an entry of the agent engine's tables.
MarketSpec wide_spec() {
  MarketSpec spec = full_spec();
  spec.layers[0].stages = 20;
  spec.layers[0].opening.clear();
  return spec;
}

MarketSpec nested_spec() {
  MarketSpec spec = full_spec();
  spec.layers[0].nests = NestsSpec{{{"a", "b"}, {"d", "e"}}, 0.6};
  return spec;
}

// Processes drawn: releases with jumps of each law but beta, whose draws are outside the promise.
MarketSpec shocks_spec() {
  MarketSpec spec = full_spec();
  const std::vector<Distribution> jumps{
      Distribution::normal(0.1, 0.05), Distribution::lognormal_median(0.1, 0.5),
      Distribution::uniform(0.0, 0.2), Distribution::triangular(0.0, 0.1, 0.3)};
  for (std::size_t j = 0; j < spec.providers.size(); ++j)
    for (auto& [layer, offer] : spec.providers[j].offers)
      offer.quality = Path::Releases{1.0, 2.0, jumps[j % jumps.size()]};
  return spec;
}

std::string run(const std::string& name, EngineKind engine, std::size_t threads) {
  if (name == "china") {
    const Scenario scenario = load_bundled("china_ai_cloud");
    return digest(
        history(Market(scenario.spec),
                {.engine = engine, .seed = scenario.run.seed, .threads = threads, .customers = 20'000}));
  }
  const MarketSpec spec = name == "wide"     ? wide_spec()
                          : name == "nested" ? nested_spec()
                          : name == "shocks" ? shocks_spec()
                                             : full_spec();
  return digest(history(Market(spec), {.engine = engine,
                                       .seed = 11,
                                       .threads = threads,
                                       .draw_shocks = name == "shocks",
                                       .draw_sizes = engine == EngineKind::agent && name == "full"}));
}

const std::string file = LOCKIN_TEST_DATA "/bits.csv";

std::map<std::string, std::string> recorded() {
  std::ifstream in(file);
  std::map<std::string, std::string> digests;
  for (std::string line; std::getline(in, line);)
    if (const std::size_t comma = line.rfind(','); comma != std::string::npos)
      digests[line.substr(0, comma)] = line.substr(comma + 1);
  return digests;
}

const std::vector<std::string> market_names{"full", "wide", "nested", "shocks", "china"};
const std::map<std::string, EngineKind> engines{
    {"agent", EngineKind::agent}, {"cohort", EngineKind::cohort}, {"mean_field", EngineKind::mean_field}};

void expect_recorded(const std::string& market, const std::string& engine, std::size_t threads,
                     const std::string& what) {
  const std::map<std::string, std::string> all = recorded();
  const auto found = all.find(market + "," + engine);
  ASSERT_NE(found, all.end()) << file << " does not know " << market << "," << engine;
  EXPECT_EQ(run(market, engines.at(engine), threads), found->second)
      << market << ", " << engine << ", " << what;
}

TEST(Bits, AreThoseOfEveryBuild) {
  if (std::getenv("LOCKIN_UPDATE_GOLDEN") != nullptr) {
    std::ofstream out(file);
    out << "market,engine,digest\n";
    for (const std::string& market : market_names)
      for (const auto& [name, engine] : engines)
        out << market << ',' << name << ',' << run(market, engine, 1) << '\n';
    ASSERT_TRUE(out.flush().good()) << file;
  }
  for (const std::string& market : market_names)
    for (const auto& [engine, kind] : engines) expect_recorded(market, engine, 3, "this build");
}

// Each digest tells what it should: another seed is another history.
TEST(Bits, DigestsTellHistoriesApart) {
  const std::map<std::string, std::string> all = recorded();
  std::map<std::string, std::string> by_digest;
  for (const auto& [key, value] : all) EXPECT_TRUE(by_digest.emplace(value, key).second) << key;
  EXPECT_EQ(all.size(), market_names.size() * engines.size() + 1);  // and the heading
  const Market market(full_spec());
  EXPECT_NE(digest(history(market, {.seed = 11, .customers = 500})),
            digest(history(market, {.seed = 12, .customers = 500})));
}

class BitsOfInstructions : public InstructionSets {};

TEST_P(BitsOfInstructions, AreThoseOfEveryBuild) {
  for (const std::string& market : market_names)
    for (const auto& [engine, kind] : engines)
      expect_recorded(market, engine, 1, hwy::TargetName(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Sets, BitsOfInstructions, testing::ValuesIn(hwy::SupportedAndGeneratedTargets()),
                         name_of_set);

TEST(Bits, ThereAreSeveralSetsOfInstructions) { EXPECT_GT(hwy::SupportedAndGeneratedTargets().size(), 1u); }

}  // namespace
}  // namespace lockin::test
