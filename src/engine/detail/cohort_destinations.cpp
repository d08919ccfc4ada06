#include <algorithm>

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
  (leaving.count <= 2 * static_cast<double>(rows_[leaving.row].count) ? alone_ : leaving_)[i].push_back(
      leaving);
}

// Customers who left in slot i took destination `at`; the next of their slots that leaves comes later.
inline void CohortSplit::arrive(std::size_t i, const Leaving& leaving, std::size_t at, double count) {
  to_[at].arrived += count;
  const std::uint64_t key = leaving.key + to_[at].key;
  const Next& next = next_[leaving.fates * slots_ + i];
  if (next.slot == slots_) return add(key, count);
  const std::uint32_t row = axes_[next.slot].row[next.leaving * blocks_.size() + leaving.block];
  leave(next.slot, {count, key, leaving.block, leaving.fates, row});
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
      const std::uint32_t* const row = &axes_[first.slot].row[first.leaving * B];
      for (std::uint32_t b = 0; b < B; ++b)
        if (count[b] > 0)
          leave(first.slot, {count[b], key + row_key_[b], b, static_cast<std::uint32_t>(joint), row[b]});
    } else if (dense_) {
      for (std::size_t b = 0; b < B; ++b) by_key_[key + row_key_[b]] += count[b];
    } else {
      for (std::size_t b = 0; b < B; ++b)
        if (count[b] > 0) add(key + row_key_[b], count[b]);
    }
  }
}

// Draws destinations of slot i for those who draw one by one: two of a block share a place of its stream.
void CohortSplit::spread_alone(std::size_t i) {
  std::vector<Leaving>& all = alone_[i];
  if (all.empty()) return;
  for (Block& block : blocks_) block.lanes = 0;
  for (const Leaving& of : all) blocks_[of.block].lanes += static_cast<std::size_t>(of.count);
  std::size_t lanes = 0;
  for (Block& block : blocks_) {
    block.first_lane = lanes;
    block.next_place = 0;
    lanes += (block.lanes + 1) / 2;
  }
  make_room(lanes);
  for (std::size_t b = 0, lane = 0; b < blocks_.size(); ++b)
    for (std::size_t place = 0; place < (blocks_[b].lanes + 1) / 2; ++place, ++lane) {
      key_[lane] = blocks_[b].key;
      place_[lane] = place;
    }
  const std::size_t second = lanes + lane_room;
  draw_uniforms(lanes, streams(i, Step::alone), uniform_.data(), &uniform_[second]);
  for (const Leaving& of : all) {
    Block& block = blocks_[of.block];
    const std::size_t row = of.row * width_;
    const bool settled = dense_ && next_[of.fates * slots_ + i].slot == slots_;
    for (auto left = static_cast<std::size_t>(of.count); left > 0; --left) {
      const std::size_t draw = block.next_place++;
      const double u = uniform_[block.first_lane + draw / 2 + draw % 2 * second];
      std::size_t at = row;
      for (std::size_t half = width_ / 2; half > 0; half /= 2) at += u >= up_to_[at + half - 1] ? half : 0;
      if (settled) {
        to_[at].arrived += 1;
        by_key_[of.key + to_[at].key] += 1;
      } else {
        arrive(i, of, at, 1);
      }
    }
  }
  all.clear();
}

// Draws destinations of slot i for the others: how many take the first, how many of those left the second, and so on.
void CohortSplit::spread(std::size_t i) {
  std::vector<Leaving>& all = leaving_[i];
  const std::size_t lanes = all.size();
  for (Block& block : blocks_) block.next_place = 0;
  make_room(lanes);
  std::size_t longest = 0;
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    Block& block = blocks_[all[lane].block];
    value_[lane] = all[lane].count;
    key_[lane] = block.key;
    place_[lane] = block.next_place++;
    longest = std::max<std::size_t>(longest, rows_[all[lane].row].count);
  }
  double *const first = uniform_.data(), *const second = first + lanes + lane_room;
  for (std::size_t k = 0; k < longest; ++k) {
    const LaneStreams from = streams(i, Step::destination + k);
    if (k % 2 == 0) draw_uniforms(lanes, from, first, second);
    for (std::size_t lane = 0; lane < lanes; ++lane) chance_[lane] = chance_of_[all[lane].row * width_ + k];
    draw_binomials(lanes, value_.data(), chance_.data(), k % 2 == 0 ? first : second, from, hits_.data());
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      if (hits_[lane] == 0) continue;
      value_[lane] -= hits_[lane];
      arrive(i, all[lane], all[lane].row * width_ + k, hits_[lane]);
    }
  }
  all.clear();
}

}  // namespace lockin::detail
