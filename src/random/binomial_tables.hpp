#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "random/count_samplers.hpp"

namespace lockin {

/// Exact binomial draws of many counts with one chance. A count is the sum of its digits to base 16, and each digit at its
/// place has a table of its law (alias method, Walker 1977), made when first wanted. A table is a function of chance and
/// digit alone, so that no draw depends on what was drawn before.
class BinomialTables {
 public:
  static constexpr unsigned places = 4;                    ///< digits of a count with tables
  static constexpr std::uint64_t most = 1u << 4 * places;  ///< larger counts have none
  static constexpr double rarest = 0x1p-20;                ///< nor have smaller chances

  explicit BinomialTables(double p = 0) : chance_(p), tabled_(rare() >= rarest) {}
  /// The chance.
  [[nodiscard]] double p() const { return chance_.p(); }

  /// Binomial draw. Pre: n <= 1e15. Certainty takes no draw.
  template <class Source>
  std::uint64_t draw(std::uint64_t n, Source& source) {
    if (n >= most || !tabled_) return binomial(n, chance_, source);
    std::uint64_t hits = 0;
    for (unsigned place = 0; n >> 4 * place > 0; ++place) {
      const std::uint64_t digit = n >> 4 * place & 15;
      if (digit == 0) continue;
      Table& table = tables_[15 * place + digit - 1];
      if (table.entries.empty()) table = make(digit << 4 * place, rare());
      const auto random = static_cast<std::uint64_t>(source.uniform() * 0x1p53);
      const std::uint64_t at = random & (table.entries.size() - 1), entry = table.entries[at];
      hits += table.first + (random >> table.log2_size < entry >> alias_bits ? at : entry & alias);
    }
    return chance_.p() > 0.5 ? n - hits : hits;
  }

 private:
  static constexpr unsigned alias_bits = 12;
  static constexpr std::uint64_t alias = (1u << alias_bits) - 1;
  struct Table {
    std::vector<std::uint64_t>
        entries;              // a power of 2: bound of the bits that did not choose the entry, then alias
    std::uint64_t first = 0;  // count of the first entry
    unsigned log2_size = 0;
  };

  [[nodiscard]] double rare() const { return std::min(chance_.p(), 1 - chance_.p()); }
  static Table make(std::uint64_t n, double p);

  Chance chance_;
  bool tabled_;
  std::array<Table, 15 * places> tables_;  // [place][digit - 1]
};

}  // namespace lockin
