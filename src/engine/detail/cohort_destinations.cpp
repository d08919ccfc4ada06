#include <algorithm>

#include "engine/detail/cohort_split.hpp"

// Where customers are at the end of a period: who stays, and the destinations of who leaves.
namespace lockin::detail {
namespace {

constexpr std::uint32_t nobody = ~std::uint32_t{0};

}  // namespace

inline void CohortSplit::add(std::uint64_t key, double count) {
  if (dense_)
    by_key_[key] += count;
  else
    list_.push_back({key, static_cast<std::uint64_t>(count)});
}

// Customers who leave in slot `next`. Few draw their destinations one by one: fewer draws than by counts.
inline void CohortSplit::leave(const Next& next, bool last, const Leaving& leaving) {
  Leavers& to = leavers_[2 * next.slot + last];
  (leaving.count <= rows_[leaving.row].few ? to.alone : to.together).push_back(leaving);
}

// Customers who left in slot i, and leave in a later one, took destination `at`.
inline void CohortSplit::arrive(std::size_t i, const Leaving& leaving, std::size_t at, double count) {
  to_[at].arrived += count;
  const Next& next = next_[leaving.fates * slots_ + i];
  const std::uint32_t row = axes_[next.slot].row[next.leaving * blocks_.size() + leaving.block];
  leave(next, next_[leaving.fates * slots_ + next.slot].slot == slots_,
        {count, leaving.key + to_[at].key, leaving.block, leaving.fates, row});
}

// Who stays is where it was, or where an event moves it; the others are listed by the first slot that they leave.
void CohortSplit::place(const SlotGroup& group) {
  const std::size_t B = blocks_.size();
  next_.resize(joint_ * slots_);
  row_key_.resize(B);
  for (std::size_t joint = 0; joint < joint_; ++joint) {
    std::uint64_t key = 0;
    std::fill(row_key_.begin(), row_key_.end(), std::uint64_t{0});
    Next first{static_cast<std::uint32_t>(slots_), 0};
    std::size_t fates = joint;
    for (std::size_t i = slots_; i-- > 0;) {
      const Axis& at = axes_[i];
      const std::size_t fate = fates % at.fates;
      fates /= at.fates;
      next_[joint * slots_ + i] = first;
      if (at.leaves(fate)) {
        first = {static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(fate - at.own)};
      } else if (fate < at.own) {
        key += group.stage_stride[i] * fate;
        for (std::size_t b = 0; b < B; ++b) row_key_[b] += at.key[b];
      } else {
        const auto move =
            std::find_if(at.moves.rbegin(), at.moves.rend(), [&](const Move& m) { return m.fate <= fate; });
        key += group.block_stride[i] * move->to + group.stage_stride[i] * (fate - move->fate);
      }
    }
    const double* const count = &value_[joint * B];
    if (first.slot < slots_) {
      list(first, next_[joint * slots_ + first.slot].slot == slots_, joint, key);
    } else if (dense_) {
      for (std::size_t b = 0; b < B; ++b) by_key_[key + row_key_[b]] += count[b];
    } else {
      for (std::size_t b = 0; b < B; ++b)
        if (count[b] > 0) add(key + row_key_[b], count[b]);
    }
  }
}

// Lists the customers of all blocks with these joint fates, without a branch on their numbers.
void CohortSplit::list(const Next& first, bool last, std::size_t joint, std::uint64_t key) {
  const std::size_t B = blocks_.size();
  Leavers& to = leavers_[2 * first.slot + last];
  std::size_t alone = to.alone.size(), together = to.together.size();
  to.alone.resize(alone + B + 1);
  to.together.resize(together + B + 1);
  const double* const counts = &value_[joint * B];
  const std::uint32_t* const row = &axes_[first.slot].row[first.leaving * B];
  for (std::uint32_t b = 0; b < B; ++b) {
    const double count = counts[b];
    const Leaving of{count, key + row_key_[b], b, static_cast<std::uint32_t>(joint), row[b]};
    const bool few = count <= rows_[row[b]].few;
    to.alone[alone] = of;
    to.together[together] = of;
    alone += static_cast<std::size_t>(few && count > 0);
    together += static_cast<std::size_t>(!few);
  }
  to.alone.resize(alone);
  to.together.resize(together);
}

// Draws destinations of slot i for those who draw one by one: two of a block share a place of its stream. `last`: they leave in
// no later slot.
void CohortSplit::spread_alone(std::size_t i, bool last) {
  std::vector<Leaving>& all = leavers_[2 * i + last].alone;
  if (all.empty()) return;
  for (Block& block : blocks_) block.lanes = block.entries = 0;
  for (const Leaving& of : all) {
    blocks_[of.block].lanes += static_cast<std::size_t>(of.count);
    ++blocks_[of.block].entries;
  }
  std::size_t lanes = 0, entries = 0;
  for (Block& block : blocks_) {
    block.lanes = (block.lanes + 1) / 2;
    block.first_entry = entries;
    entries += block.entries;
    lanes += block.lanes;
  }
  order_.resize(entries);
  for (std::size_t e = 0; e < entries; ++e)
    order_[blocks_[all[e].block].first_entry++] = static_cast<std::uint32_t>(e);
  make_room(lanes);
  // Customers block by block.
  constexpr std::size_t at_once = 4;
  const std::size_t room = 2 * (lanes + lane_room) + at_once;
  if (taken_.size() < room) {
    taken_.resize(room);
    who_.resize(room);
  }
  std::size_t lane = 0;
  const std::uint32_t* next = order_.data();
  for (const Block& block : blocks_) {
    for (std::size_t place = 0; place < block.lanes; ++place) {
      key_[lane + place] = block.key;
      place_[lane + place] = place;
    }
    std::size_t customer = 2 * lane;
    for (std::size_t k = 0; k < block.entries; ++k, ++next) {
      const std::size_t row = all[*next].row * width_, n = static_cast<std::size_t>(all[*next].count);
      for (std::size_t done = 0; done < n; done += at_once)
        for (std::size_t c = customer + done; c < customer + done + at_once; ++c) {
          taken_[c] = row;
          who_[c] = *next;
        }
      customer += n;
    }
    lane += block.lanes;
    if (customer < 2 * lane) {
      who_[customer] = nobody;
      taken_[customer] = 0;
    }
  }
  std::fill_n(&taken_[2 * lanes], 2 * lane_room, std::uint64_t{0});
  draw_places(lanes, streams(i, Step::alone + last), up_to_.data(), width_, taken_.data());
  const bool settled = dense_ && last;
  Destination* const to = to_.data();
  double* const by_key = by_key_.data();
  const Leaving* const from = all.data();
  for (std::size_t c = 0; c < 2 * lanes; ++c) {
    if (who_[c] == nobody) continue;
    const Leaving& of = from[who_[c]];
    Destination& at = to[taken_[c]];
    if (settled) {
      at.arrived += 1;
      by_key[of.key + at.key] += 1;
    } else if (last) {
      at.arrived += 1;
      add(of.key + at.key, 1);
    } else {
      arrive(i, of, taken_[c], 1);
    }
  }
  all.clear();
}

// Draws destinations of slot i for the others: how many take the first, how many of those left the second, and so on.
void CohortSplit::spread(std::size_t i, bool last) {
  std::vector<Leaving>& all = leavers_[2 * i + last].together;
  const std::size_t lanes = all.size();
  if (lanes == 0) return;
  for (Block& block : blocks_) block.next_place = 0;
  make_room(lanes);
  if (row_.size() < lanes) row_.resize(lanes);
  std::size_t longest = 0;
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    Block& block = blocks_[all[lane].block];
    value_[lane] = all[lane].count;
    key_[lane] = block.key;
    place_[lane] = block.next_place++;
    row_[lane] = all[lane].row * width_;
    longest = std::max<std::size_t>(longest, rows_[all[lane].row].count);
  }
  double *const first = uniform_.data(), *const second = first + lanes + lane_room;
  double *const value = value_.data(), *const hits = hits_.data(), *const by_key = by_key_.data();
  const Leaving* const from = all.data();
  for (std::size_t k = 0; k < longest; ++k) {
    const LaneStreams stream = streams(i, Step::destination + 2 * k + last);
    if (k % 2 == 0) draw_uniforms(lanes, stream, first, second);
    for (std::size_t lane = 0; lane < lanes; ++lane) chance_[lane] = chance_of_[row_[lane] + k];
    draw_binomials(lanes, value, chance_.data(), k % 2 == 0 ? first : second, stream, hits);
    Destination* const to = &to_[k];
    if (dense_ && last) {
      for (std::size_t lane = 0; lane < lanes; ++lane) {
        Destination& at = to[row_[lane]];
        const double n = hits[lane];
        value[lane] -= n;
        at.arrived += n;
        by_key[from[lane].key + at.key] += n;
      }
      continue;
    }
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      if (hits[lane] == 0) continue;
      value[lane] -= hits[lane];
      const std::size_t at = row_[lane] + k;
      if (!last) {
        arrive(i, from[lane], at, hits[lane]);
      } else {
        to_[at].arrived += hits[lane];
        add(from[lane].key + to_[at].key, hits[lane]);
      }
    }
  }
  all.clear();
}

}  // namespace lockin::detail
