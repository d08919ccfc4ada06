#pragma once

#include <cstddef>
#include <vector>

#include "lockin/market/ids.hpp"

namespace lockin {

/// What everybody may know of a period: sums per layer, segment and provider, slots counted by their split of spend.
/// All measures derive from these. Arrays are [layer][segment][provider], flat.
class Aggregates {
 public:
  Aggregates() = default;
  /// All sums 0, for so many layers, segments and providers.
  Aggregates(std::size_t layers, std::size_t segments, std::size_t providers);

  /// Number of layers.
  [[nodiscard]] std::size_t layers() const { return layers_; }
  /// Number of segments.
  [[nodiscard]] std::size_t segments() const { return segments_; }
  /// Number of providers, J.
  [[nodiscard]] std::size_t providers() const { return providers_; }

  /// One quantity of a (layer, segment, provider).
  class Table {
   public:
    Table() = default;
    /// All values 0; `size` = layers * segments * providers.
    Table(std::size_t segments, std::size_t providers, std::size_t size)
        : s_(segments), j_(providers), v_(size, 0.0) {}
    /// The value of provider j in layer l and segment s, to change; indices are not checked.
    double& operator()(LayerId l, SegmentId s, ProviderId j) {
      return v_[(l.index() * s_ + s.index()) * j_ + j.index()];
    }
    /// The value of provider j in layer l and segment s; indices are not checked.
    double operator()(LayerId l, SegmentId s, ProviderId j) const {
      return v_[(l.index() * s_ + s.index()) * j_ + j.index()];
    }
    /// Sum over segments.
    [[nodiscard]] double sum(LayerId l, ProviderId j) const;
    /// Sum over providers.
    [[nodiscard]] double sum(LayerId l, SegmentId s) const;
    /// Sum over segments and providers.
    [[nodiscard]] double sum(LayerId l) const;
    /// All values, [layer][segment][provider].
    [[nodiscard]] const std::vector<double>& values() const { return v_; }
    bool operator==(const Table&) const = default;

   private:
    std::size_t s_ = 0, j_ = 0;
    std::vector<double> v_;
  };

  Table customers;      ///< C[j,l,s] at the end of the period
  Table revenue;        ///< in the scenario's currency and unit (relative units without totals), per period
  Table tokens;         ///< trillions per period; 0 outside token layers
  Table new_customers;  ///< slots adopted in the period
  Table moved;          ///< moved away from the provider in the period
  Table held_before;    ///< held at the end of the period before by customers that did not leave
  Table stage_sum;      ///< sum of lock-in stages over held slots
  Table cost_sum;       ///< sum of switching costs over held slots [logits]
  std::vector<double> present;   ///< N[s]: customers in the market
  std::vector<double> switched;  ///< [layer][segment][from][to]: moved in the period
  std::vector<double> price;     ///< [layer][provider]: the price charged; 0 where not sold
  std::vector<double> sold;  ///< [layer][provider]: 1 where the provider has a table for the layer, else 0

  /// Slots that moved between two providers in the period, by weight, to change; indices are not checked.
  [[nodiscard]] double& switches(LayerId l, SegmentId s, ProviderId from, ProviderId to) {
    return switched[place_of_switch(l, s, from, to)];
  }
  /// Slots that moved between two providers in the period, by weight; indices are not checked.
  [[nodiscard]] double switches(LayerId l, SegmentId s, ProviderId from, ProviderId to) const {
    return switched[place_of_switch(l, s, from, to)];
  }
  /// j's share of the layer's customers, all segments together; 0 if there are none.
  [[nodiscard]] double customer_share(LayerId l, ProviderId j) const;
  bool operator==(const Aggregates&) const = default;

 private:
  [[nodiscard]] std::size_t place_of_switch(LayerId l, SegmentId s, ProviderId from, ProviderId to) const {
    return ((l.index() * segments_ + s.index()) * providers_ + from.index()) * providers_ + to.index();
  }

  std::size_t layers_ = 0, segments_ = 0, providers_ = 0;
};

}  // namespace lockin
