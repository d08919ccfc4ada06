// The mean field once more, slowly: one dense joint table over all slots of a type, tied or not; every state goes to every
// state with the product of the probabilities of its slots, all read at t-1.
#include <gtest/gtest.h>

#include <map>

#include "full_market.hpp"
#include "lockin/engine/mean_field_engine.hpp"
#include "oracle_files.hpp"
#include "plain_market.hpp"

namespace lockin::test {
namespace {

using Joint = std::map<std::vector<std::size_t>, double>;  // states of the slots -> customers

std::vector<std::size_t> longer(std::vector<std::size_t> states, std::size_t one_more) {
  states.push_back(one_more);
  return states;
}

class SlowMeanField {
 public:
  explicit SlowMeanField(const Market& market) : market_(market), joint_(market.type_count()) {
    for (std::size_t y = 0; y < joint_.size(); ++y) {
      const CustomerType& type = market.type(TypeId(y));
      joint_[y][{}] = market.segment(type.segment).customers * type.weight;
      for (const Slot& slot : type.slots) {
        const std::vector<double> law = market.opening_distribution(type.segment, slot.layer);
        Joint next;
        for (const auto& [states, mass] : joint_[y])
          for (std::size_t state = 0; state < law.size(); ++state)
            if (law[state] > 0) next[longer(states, state)] += mass * law[state];
        joint_[y] = next;
      }
    }
  }

  void step(const TransitionKernel& kernel) {
    tally_ = Tally(market_);
    std::vector<double> present(market_.segment_count(), 0.0);
    for (std::size_t y = 0; y < joint_.size(); ++y)
      for (const auto& [states, mass] : joint_[y]) present[market_.type(TypeId(y)).segment.index()] += mass;
    for (std::size_t y = 0; y < joint_.size(); ++y) {
      const CustomerType& type = market_.type(TypeId(y));
      std::vector<std::size_t> nothing;
      for (std::size_t k = 0; k < type.slots.size(); ++k) nothing.push_back(numbers(y, k).none());
      for (auto& [states, mass] : joint_[y]) mass *= 1 - kernel.exit(type.segment);
      joint_[y][nothing] += present[type.segment.index()] * kernel.entry_rate(type.segment) * type.weight;
      Joint next;
      for (const auto& [states, mass] : joint_[y]) add(next, y, kernel, states, mass);
      joint_[y] = next;
      for (const auto& [states, mass] : joint_[y]) {
        tally_.present[y] += mass;
        for (std::size_t k = 0; k < states.size(); ++k) tally_.slots[y][k].held[states[k]] += mass;
      }
    }
  }

  [[nodiscard]] const Tally& tally() const { return tally_; }
  [[nodiscard]] const Joint& joint(std::size_t y) const { return joint_[y]; }
  [[nodiscard]] SlotStates numbers(std::size_t y, std::size_t k) const {
    return {market_.provider_count(), market_.layer(market_.type(TypeId(y)).slots[k].layer).stages};
  }

 private:
  // Where slot k goes, by the model page: moves first, then adoption or re-evaluation, then lock-in.
  std::map<std::size_t, double> outcomes(std::size_t y, std::size_t k, const TransitionKernel& kernel,
                                         const std::vector<std::size_t>& states) {
    const CustomerType& type = market_.type(TypeId(y));
    const SlotKernel& slot = kernel.slot(type.choice_class, k);
    const SlotStates of = numbers(y, k);
    const std::size_t J = of.providers(), x = of.provider(states[k]), d = of.stage(states[k]);
    std::map<std::size_t, double> to;
    double left = 1;
    for (const Market::Move& move : kernel.moves())
      if (move.layer == slot.layer && move.from.index() == x &&
          (!move.segment || *move.segment == type.segment)) {
        to[of.held(move.to.index(), move.keep_stage ? d : 0)] += left * move.share;
        left *= 1 - move.share;
      }
    std::size_t context = 0;
    for (std::size_t other = 0; other < states.size(); ++other)
      context += slot.context_stride[other] * numbers(y, other).provider(states[other]);
    const double act = slot.act(context, states[k]);
    double kept = 1 - act;
    for (std::size_t j = 0; j < J; ++j)
      if (j == x)
        kept += act * slot.row(context, states[k])[j];
      else
        to[of.held(j, 0)] += left * act * slot.row(context, states[k])[j];
    const double rises = x < J && d + 1 < of.stage_count() ? slot.advance : 0;
    to[states[k]] += left * kept * (1 - rises);
    if (rises > 0) to[states[k] + 1] += left * kept * rises;
    return to;
  }

  void add(Joint& next, std::size_t y, const TransitionKernel& kernel, const std::vector<std::size_t>& states,
           double mass) {
    Joint here{{{}, mass}};
    for (std::size_t k = 0; k < states.size(); ++k) {
      const std::map<std::size_t, double> to = outcomes(y, k, kernel, states);
      SlotTally& slot = tally_.slots[y][k];
      const std::size_t x = slot.states.provider(states[k]), J = market_.provider_count();
      if (x < J) slot.base[x] += mass;
      Joint after;
      for (const auto& [state, probability] : to) {
        const std::size_t j = slot.states.provider(state);
        if (j < J && j != x) (x == J ? slot.adopted[j] : slot.moved[x * J + j]) += mass * probability;
        if (probability == 0) continue;
        for (const auto& [before, part] : here) after[longer(before, state)] += part * probability;
      }
      here = after;
    }
    for (const auto& [after, part] : here) next[after] += part;
  }

  const Market& market_;
  std::vector<Joint> joint_;
  Tally tally_;
};

void expect_same(const std::vector<double>& actual, const std::vector<double>& expected,
                 const std::string& what) {
  ASSERT_EQ(actual.size(), expected.size());
  for (std::size_t i = 0; i < actual.size(); ++i) expect_close(actual[i], expected[i], 1e-11, what, 1e-2);
}

void redo_mean_field(MarketSpec spec, int periods) {
  spec.segments[0].size.classes = 1;  // the slow one has no time for size classes
  spec.segments[0].taste_classes.pop_back();
  const Market market(spec);
  MeanFieldEngine engine(market);
  SlowMeanField slow(market);
  Loop loop(market, engine);
  for (int t = 0; t < periods; ++t) {
    loop.step();
    slow.step(loop.kernel());
    for (std::size_t y = 0; y < market.type_count(); ++y) {
      EXPECT_NEAR(engine.tally().present[y], slow.tally().present[y], 1e-9);
      for (std::size_t k = 0; k < slow.tally().slots[y].size(); ++k) {
        const SlotTally &a = engine.tally().slots[y][k], &b = slow.tally().slots[y][k];
        expect_same(a.held, b.held, "held");
        expect_same(a.moved, b.moved, "moved");
        expect_same(a.adopted, b.adopted, "adopted");
        expect_same(a.base, b.base, "base");
      }
    }
  }
  // The joint table of tied slots, where all slots of the type are tied.
  for (std::size_t y = 0; y < market.type_count(); ++y) {
    if (market.type(TypeId(y)).segment.index() != 0) continue;
    const std::vector<double>& joint = engine.joint(TypeId(y), 0);
    for (const auto& [states, mass] : slow.joint(y)) {
      std::size_t place = 0;
      for (std::size_t k = 0; k < states.size(); ++k) place = place * slow.numbers(y, k).size() + states[k];
      EXPECT_NEAR(joint.at(place), mass, 1e-10);
    }
  }
}

TEST(RedoMeanFieldEngine, MarketWithEverything) { redo_mean_field(full_spec(), 8); }

// Rows of providers and *none* are padded to whole vectors: to 8 numbers with seven (none left over), to 12 with nine.
TEST(RedoMeanFieldEngine, AnyNumberOfProviders) {
  for (const std::size_t providers : {7u, 9u}) {
    MarketSpec spec = full_spec();
    for (SegmentSpec& segment : spec.segments) segment.multi_home.clear();
    while (spec.providers.size() < providers) {
      spec.providers.push_back(spec.providers[0]);
      spec.providers.back().name += std::to_string(spec.providers.size());
      for (auto& [layer, offer] : spec.providers.back().offers) offer.share = 0.0;
    }
    redo_mean_field(spec, 2);
  }
}

// Both slots of a layer, whose orders share places, and two slots beside them; some customers are moved, and keep their stage.
TEST(RedoMeanFieldEngine, PairAmongThreeLayers) {
  MarketSpec spec = full_spec();
  spec.providers.resize(2);
  LayerSpec paas;
  paas.name = "paas";
  paas.share = Annual{{2024, 0.1}, {2027, 0.1}};
  spec.layers.push_back(paas);
  spec.layers[0].stages = spec.layers[1].stages = 1;
  spec.layers[0].opening = {0.4, 0.6};
  for (ProviderSpec& provider : spec.providers) {
    provider.offers[1].second.share = 0.5;
    OfferSpec of;
    of.share = 0.5;
    provider.offers.emplace_back("paas", of);
  }
  SegmentSpec& big = spec.segments[0];
  big.re_evaluate_per_year.named.emplace_back("paas", 0.5);
  big.affinity.push_back({"paas", "iaas", 0.7});
  big.affinity.push_back({"iaas", "paas", 0.3});
  spec.events = {spec.events[0]};
  spec.events[0].move->from = "b";
  redo_mean_field(spec, 5);
  for (LayerSpec& layer : spec.layers) layer.nests = NestsSpec{{{"a", "b"}}, 0.6};
  redo_mean_field(spec, 5);
}

TEST(RedoMeanFieldEngine, Nests) {
  MarketSpec spec = full_spec();
  for (LayerSpec& layer : spec.layers) layer.nests = NestsSpec{{{"a", "b"}}, 0.6};
  redo_mean_field(spec, 3);
}

}  // namespace
}  // namespace lockin::test
