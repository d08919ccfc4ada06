#include <algorithm>
#include <bit>

#include "engine/detail/cohort_split.hpp"

// Where customers are at the end of a period: who stays, and the destinations of who leaves.
namespace lockin::detail {

inline void CohortSplit::add(std::uint64_t key, double count) {
  if (dense_)
    by_key_[key] += count;
  else
    list_.push_back({key, static_cast<std::uint64_t>(count)});
}

// Few customers draw their destinations one by one: fewer draws than by counts.
inline void CohortSplit::leave(std::size_t i, const Leaving& leaving) {
  if (leaving.count <= 2 * static_cast<double>(rows_[leaving.row].count))
    alone_[i].push_back(leaving);
  else
    leaving_[i].push_back(leaving);
}

// Customers who left in slot i took destination `at`; the next of their slots that leaves comes later.
inline void CohortSplit::arrive(std::size_t i, const Leaving& leaving, std::size_t at, double count) {
  Destination& to = to_[at];
  to.arrived += count;
  const std::uint64_t key = leaving.key + to.key;
  if (!leaving.others) return add(key, count);
  Leaving next = leaving;
  next.key = key;
  next.count = count;
  next.others = false;
  std::size_t first = slots_;
  std::uint32_t fates = leaving.fate;
  for (std::size_t k = slots_; k-- > i + 1;) {
    const Axis& later = axis(leaving.block, k);
    const auto extent = static_cast<std::uint32_t>(later.fates.size());
    const Fate& fate = later.fates[fates % extent];
    fates /= extent;
    if (!fate.leaves) continue;
    next.others = first < slots_;
    first = k;
    next.row = fate.row;
  }
  leave(first, next);
}

// Walks over the fates of slots i and later. `at`: place of those of the slots before, and `leaving` what they make.
void CohortSplit::place(std::size_t i, std::size_t at, std::size_t first_leaving, const Leaving& leaving) {
  const Axis& of = axis(leaving.block, i);
  at *= of.fates.size();
  const double* counts = &value_[blocks_[leaving.block].lane];
  for (const Fate& fate : of.fates) {
    const std::size_t place_of = at++, first = fate.leaves ? std::min(first_leaving, i) : first_leaving;
    if (i + 1 == slots_) {
      const double count = counts[place_of];
      if (count == 0) continue;
      if (first == slots_) {
        add(leaving.key + fate.key, count);
        continue;
      }
      Leaving next = leaving;
      next.count = count;
      next.key += fate.key;
      next.fate = static_cast<std::uint32_t>(place_of);
      if (fate.leaves && first < i) next.others = true;
      if (fate.leaves && first == i) next.row = fate.row;
      leave(first, next);
      continue;
    }
    Leaving next = leaving;
    next.key += fate.key;
    if (fate.leaves && first < i) next.others = true;
    if (fate.leaves && first == i) next.row = fate.row;
    place(i + 1, place_of, first, next);
  }
}

// Draws destinations of slot i for those who draw one by one.
void CohortSplit::spread_alone(std::size_t i) {
  std::vector<Leaving>& all = alone_[i];
  for (Block& block : blocks_) block.next_place = 0;
  std::size_t lanes = 0;
  for (const Leaving& of : all) {
    Block& block = blocks_[of.block];
    const auto pairs = (static_cast<std::size_t>(of.count) + 1) / 2;
    make_room(lanes + pairs);
    for (std::size_t k = 0; k < pairs; ++k) {
      key_[lanes] = block.key;
      place_[lanes++] = block.next_place++;
    }
  }
  draw_uniforms(lanes, streams(i, Step::alone), first_.data(), second_.data());
  std::size_t lane = 0;
  for (const Leaving& of : all) {
    const Row row = rows_[of.row];
    const double* up_to = &up_to_[row.first];
    const std::size_t last = row.count - 1, pairs = static_cast<std::size_t>(of.count) / 2;
    const auto take = [&](double u) {
      std::size_t taken = 0;
      for (std::size_t k = 0; k < last; ++k) taken += u >= up_to[k];
      return taken;
    };
    const bool odd = of.count > 2 * static_cast<double>(pairs);
    if (row.count > 8) {
      for (std::size_t k = 0; k < pairs; ++k, ++lane)
        for (const double u : {first_[lane], second_[lane]}) arrive(i, of, row.first + take(u), 1);
      if (odd) arrive(i, of, row.first + take(first_[lane++]), 1);
      continue;
    }
    std::uint64_t takers = 0;  // a byte a destination
    for (std::size_t k = 0; k < pairs; ++k, ++lane)
      for (const double u : {first_[lane], second_[lane]}) takers += std::uint64_t{1} << 8 * take(u);
    if (odd) takers += std::uint64_t{1} << 8 * take(first_[lane++]);
    while (takers > 0) {
      const int k = std::countr_zero(takers) / 8;
      arrive(i, of, row.first + static_cast<std::size_t>(k), static_cast<double>(takers >> 8 * k & 0xff));
      takers &= ~(std::uint64_t{0xff} << 8 * k);
    }
  }
  all.clear();
}

// Draws destinations of slot i for the others: how many take the first, how many of those left the second, and so on.
void CohortSplit::spread(std::size_t i) {
  std::vector<Leaving>& all = leaving_[i];
  for (Block& block : blocks_) block.next_place = 0;
  std::size_t lanes = all.size();
  make_room(lanes);
  open_.resize(lanes);
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    Block& block = blocks_[all[lane].block];
    open_[lane] = static_cast<std::uint32_t>(lane);
    value_[lane] = all[lane].count;
    key_[lane] = block.key;
    place_[lane] = block.next_place++;
  }
  for (std::size_t k = 0; lanes > 0; ++k) {
    for (std::size_t lane = 0; lane < lanes; ++lane)
      chance_[lane] = to_[rows_[all[open_[lane]].row].first + k].chance;
    if (k % 2 == 0) draw_uniforms(lanes, streams(i, Step::destination + k), first_.data(), second_.data());
    draw_binomials(lanes, value_.data(), chance_.data(), (k % 2 == 0 ? first_ : second_).data(),
                   streams(i, Step::destination + k), hits_.data());
    std::size_t kept = 0;
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      const double hits = hits_[lane], left = value_[lane] - hits;
      const std::uint32_t e = open_[lane];
      if (hits > 0) arrive(i, all[e], rows_[all[e].row].first + k, hits);
      open_[kept] = e;
      value_[kept] = left;
      key_[kept] = key_[lane];
      place_[kept] = place_[lane];
      second_[kept] = second_[lane];
      kept += left > 0;
    }
    lanes = kept;
  }
  all.clear();
}

}  // namespace lockin::detail
