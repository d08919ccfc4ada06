#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "lockin/choice/choice_model.hpp"
#include "lockin/market/aggregates.hpp"
#include "lockin/market/market.hpp"
#include "lockin/market/period_parameters.hpp"
#include "lockin/market/slot_state.hpp"

namespace lockin {

namespace detail {
class Workers;
}

/// What a slot of a choice class does in a period. A slot in state (x, d) and context *acts* with probability
/// `act(context, state)`; then it takes provider j with probability `row(context, state)[j]`, j = x included: it keeps its
/// incumbent. A logit with one switching cost for all destinations draws afresh from the free choice, whatever x and d are:
/// one row per context. Other families have a row per state, without x.
class SlotKernel {
 public:
  SlotStates states;  ///< how its states are numbered
  LayerId layer;      ///< where the slot buys
  /// Per slot k' of the type: what one provider of k' adds to the context (provider J is *none*); 0: k' does not matter.
  std::vector<std::size_t> context_stride;
  std::size_t contexts = 1;  ///< number of contexts; 1 without affinity
  double advance = 0;        ///< lambda per period: a slot that kept its incumbent below stage D rises one
  std::vector<double> cost;  ///< kappa(d), d = 0..D [logits]
  std::vector<double>
      act_table;             ///< [context][stage][provider or *none*, which does not depend on the stage]
  std::vector<double> rows;  ///< [row][provider]
  std::size_t row_per_context = 1,  ///< rows from a context to the next: 1, or the number of states
      row_per_state = 0;            ///< rows from a state to the next: 0 (all share one), or 1

  /// Providers of the other slots in a context; J is *none*, and stands where the slot does not matter.
  /// @param context 0 .. contexts - 1
  /// @param held gets one entry per slot of the type
  void decode(std::size_t context, std::vector<std::size_t>& held) const;
  /// Where in `act_table` the providers of a context and stage begin.
  [[nodiscard]] std::size_t act_index(std::size_t context, std::size_t stage) const {
    return (context * states.stage_count() + stage) * (states.providers() + 1);
  }
  /// P(the slot acts), 0..1.
  [[nodiscard]] double act(std::size_t context, std::size_t state) const {
    return act_table[act_index(context, states.stage(state)) + states.provider(state)];
  }
  /// Place of the row of a context and state in `rows`, counted in rows.
  [[nodiscard]] std::size_t row_index(std::size_t context, std::size_t state) const {
    return context * row_per_context + state * row_per_state;
  }
  /// P(provider | the slot acts), one entry per provider.
  [[nodiscard]] std::span<const double> row(std::size_t context, std::size_t state) const {
    return {rows.data() + row_index(context, state) * states.providers(), states.providers()};
  }
  /// P(the slot is at another provider afterwards), moves of events apart.
  [[nodiscard]] double move(std::size_t context, std::size_t state) const;
};

/// Everything that engines read of a period. Filled once per period; probabilities are all computed from the state at the
/// end of the period before, so that slots update synchronously.
class TransitionKernel {
 public:
  /// @param market must outlive the kernel
  /// @param choice empty: logit, nested where a layer has nests.
  /// @throws std::invalid_argument if the contexts of affinity would not fit in memory (the size is named), or revealed
  /// appeal meets a model with probabilities of its own.
  explicit TransitionKernel(const Market& market, AnyChoiceModel choice = {});

  /// Fills the tables for period `parameters.t` from the aggregates of the period before.
  /// @param parameters of the period
  /// @param last aggregates of the period before, or of the opening
  /// @param workers who fill them; nothing: this thread alone, as always with a model that is not the library's
  /// @throws RunError if a model gives utilities or probabilities that are none.
  void fill(const PeriodParameters& parameters, const Aggregates& last, detail::Workers* workers = nullptr);

  /// Kernel of slot k of a choice class.
  [[nodiscard]] const SlotKernel& slot(std::size_t choice_class, std::size_t k) const {
    return slots_[choice_class][k];
  }
  [[nodiscard]] double exit(SegmentId s) const { return exit_[s.index()]; }  ///< delta per period
  [[nodiscard]] double entry_rate(SegmentId s) const {
    return entry_[s.index()];
  }  ///< mean entrants per customer present
  /// Moves of the period, in the order of the file.
  [[nodiscard]] const std::vector<Market::Move>& moves() const { return moves_; }
  /// The base of revealed appeal, [layer][segment][provider].
  [[nodiscard]] const std::vector<double>& revealed() const { return revealed_; }

 private:
  friend class KernelPullBack;  // its derivatives
  struct View {                 // a layer in a period as all customers of a segment see it
    std::vector<double> quality, log_price, reach, appeal, share;  // by provider
    std::vector<bool> on_sale;
    double adoption = 0, hazard = 0, advance = 0;  // per period
  };
  void see(LayerId layer, SegmentId segment, const PeriodParameters& parameters, const Aggregates& last);
  struct Room {                                         // for one slot, kept from slot to slot
    std::vector<double> base, utility, net, p, weight;  // by provider
    std::vector<double> affinity, factor;               // by slot of the type: logits, and their exponential
    std::vector<std::size_t> held;                      // by slot of the type
  };
  struct Odds {  // of a slot: the costs last asked for, and exp(kappa) - 1 of them
    std::vector<double> cost, of_cost;
  };
  void fill_slot(SlotKernel& slot, Odds& odds, const CustomerType& type, const PeriodParameters& parameters,
                 Room& room) const;
  static bool set_weights(Room& room);
  static void tilt(const Room& room, std::span<double> row);
  void fill_logit(SlotKernel& slot, std::size_t context, const View& view, std::span<const double> odds,
                  const Room& room) const;
  void fill_states(SlotKernel& slot, std::size_t context, const View& view, const ChoiceContext& of,
                   Room& room) const;

  const Market& market_;
  AnyChoiceModel choice_;
  std::vector<double> revealed_;
  std::vector<std::size_t> example_type_;  ///< one type of each choice class
  std::vector<View> views_;                ///< [layer * segments + segment]
  std::vector<std::vector<SlotKernel>> slots_;
  std::vector<std::vector<Odds>> odds_;  // as slots_
  std::vector<double> exit_, entry_;
  std::vector<Market::Move> moves_;
  std::vector<Room> rooms_{1};  // by thread
};

}  // namespace lockin
