// The expressions in the tables of docs/concepts compile, and have the type that stands beside them.
#include <gtest/gtest.h>

#include <concepts>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <string>

#include "lockin/lockin.hpp"

namespace lockin {
namespace {
std::map<std::string, std::string>& compiled() {  // the types of expressions, both as written below
  static std::map<std::string, std::string> types;
  return types;
}
}  // namespace

#define ON_PAGE(expression, type)                          \
  static_assert(std::same_as<decltype(expression), type>); \
  static const auto& LOCKIN_LINE(row, __LINE__) = compiled()[#expression] = #type
#define LOCKIN_LINE(name, line) LOCKIN_LINE_OF(name, line)
#define LOCKIN_LINE_OF(name, line) name##line

// What is declared here is never defined: the expressions are not evaluated.
namespace run {
extern const std::string &file, &name;
extern const std::string_view text, layer, segment, provider;
extern const std::vector<std::string>& overrides;
extern const Scenario& scenario;
extern const ScenarioRunOptions& options;
extern const MarketSpec& spec;
extern const Market& market;
extern const RunSettings& settings;
extern const Trajectory& path;
extern const Measure measure;
extern const int year;
extern const long t;
ON_PAGE(load_scenario(file, overrides), Scenario);
ON_PAGE(parse_scenario(text, name), Scenario);
ON_PAGE(load_bundled(name), Scenario);
ON_PAGE(scenario.market(), Market);
ON_PAGE(Market(spec), Market);
ON_PAGE(simulate(scenario, options), Trajectory);
ON_PAGE(simulate(market, settings), Trajectory);
ON_PAGE(path.value(t, measure, layer, segment, provider), std::optional<double>);
ON_PAGE(path.annual_value(year, measure, layer, segment, provider), std::optional<double>);
ON_PAGE(path.revenue_share(layer, provider), std::vector<double>);
ON_PAGE(ranking(path, t, measure, layer), std::vector<std::size_t>);
ON_PAGE(crossings(path, measure, layer), std::vector<Crossing>);
}  // namespace run

namespace run_of_periods {
extern const Trajectory& path;
extern const Period t;
extern const std::string_view layer, from, to;
ON_PAGE(path.switched(t, layer, from, to), double);
}  // namespace run_of_periods

namespace choice_model {
extern const Logit& model;
extern const ChoiceContext& context;
extern const std::span<double> v, p;
extern const std::span<const double> utility;
ON_PAGE(model.utilities(context, v), void);
ON_PAGE(model.probabilities(context, utility, p), void);
}  // namespace choice_model

namespace provider_policy {
extern AnyProviderPolicy& policy;
extern const MarketView& view;
extern PeriodParameters& parameters;
ON_PAGE(policy(view, parameters), void);
}  // namespace provider_policy

namespace observer_page {
extern const decltype(RunSettings::observer)& observer;
extern const PeriodView& view;
ON_PAGE(observer(view), void);
}  // namespace observer_page

namespace engine_page {
extern CohortEngine& engine;
extern const TransitionKernel& kernel;
extern const StepKey& key;
ON_PAGE(engine.step(kernel, key), void);
ON_PAGE(engine.tally(), const Tally&);
}  // namespace engine_page

namespace ranks_page {
extern Ranks& ranks;
extern const Scenario& scenario;
extern const std::span<std::uint64_t> words;
extern const std::span<const std::byte> bytes;
extern const std::size_t from;
ON_PAGE(ranks.rank(), std::size_t);
ON_PAGE(ranks.size(), std::size_t);
ON_PAGE(ranks.broadcast(words), void);
ON_PAGE(ranks.send(bytes), void);
ON_PAGE(ranks.receive(from), std::vector<std::byte>);
ON_PAGE(run_ensemble(scenario, {.ranks = &ranks}), Ensemble);
ON_PAGE(help_ensemble(scenario, {.ranks = &ranks}), void);
}  // namespace ranks_page

namespace random_streams {
extern const StreamKey& key;
extern Philox& philox;
extern const std::string_view name;
extern const std::uint64_t number, n;
extern const std::uint32_t i;
ON_PAGE(key.stream(), Philox);
ON_PAGE(CellId().with(name).with(number), CellId);
ON_PAGE(philox(), std::uint32_t);
ON_PAGE(philox.next64(), std::uint64_t);
ON_PAGE(philox.uniform(), double);
ON_PAGE(philox.discard(n), void);
using words = std::array<std::uint32_t, 4>;
ON_PAGE(philox.block(i), words);
}  // namespace random_streams

namespace {

TEST(ConceptPages, ExpressionsCompileToTheResultsBesideThem) {
  std::map<std::string, std::string> missed = compiled();
  const std::regex row(R"(^\| `([^`]+)` \| `([^`]+)` \|)");
  for (const auto& entry : std::filesystem::directory_iterator(LOCKIN_ROOT "/docs/concepts")) {
    std::ifstream in(entry.path());
    bool in_table = false;
    for (std::string line; std::getline(in, line);) {
      if (line.starts_with("| expression |")) in_table = true;
      if (line.empty()) in_table = false;
      if (!in_table || line.starts_with("| expression |") || line.starts_with("| --- |")) continue;
      SCOPED_TRACE(entry.path().filename().string() + ": " + line);
      std::smatch cells;
      ASSERT_TRUE(std::regex_search(line, cells, row)) << "an expression and its result are wanted";
      const auto found = compiled().find(cells[1].str());
      ASSERT_NE(found, compiled().end()) << "no ON_PAGE of this expression";
      EXPECT_EQ(cells[2].str(), found->second);
      missed.erase(found->first);
    }
  }
  for (const auto& [expression, type] : missed) ADD_FAILURE() << "on no page: " << expression;
}

}  // namespace
}  // namespace lockin
