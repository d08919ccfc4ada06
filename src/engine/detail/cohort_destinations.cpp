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

// Customers took destination `at`; another of their slots may leave, in the next round. Few draw their destinations one by one:
// fewer draws than by counts.
inline void CohortSplit::arrive(std::size_t round, const Leaving& leaving, std::size_t at, double count) {
  to_[at].arrived += count;
  const std::uint64_t key = leaving.key + to_[at].key;
  if (leaving.later == none_later) return add(key, count);
  const Later& later = later_[leaving.later];
  const Shape& shape = shapes_[blocks_[leaving.block].shape];
  const std::uint32_t row =
      shape.axes[later.slot].row[later.leaving * shape.blocks + leaving.block - shape.first_block];
  (count <= rows_[row].few ? alone_ : together_)[1 - round].push_back(
      {count, key, leaving.block, row, later.later});
}

// Who stays is where it was, or where an event moves it; the others are listed by the first slot that they leave.
void CohortSplit::place(const SlotGroup& group, const Shape& shape) {
  const std::size_t B = shape.blocks;
  row_key_.resize(B);
  for (std::size_t joint = 0; joint < shape.joint; ++joint) {
    std::uint64_t key = 0;
    std::fill(row_key_.begin(), row_key_.end(), std::uint64_t{0});
    Later first{static_cast<std::uint32_t>(slots_), 0, none_later};
    std::size_t fates = joint;
    for (std::size_t i = slots_; i-- > 0;) {
      const Axis& at = shape.axes[i];
      const std::size_t fate = fates % at.fates;
      fates /= at.fates;
      if (fate < at.own) {
        key += group.stage_stride[i] * fate;
        for (std::size_t b = 0; b < B; ++b) row_key_[b] += at.key[b];
      } else if (fate < at.own + at.leaving) {
        std::uint32_t later = none_later;
        if (first.slot < slots_) {
          later = static_cast<std::uint32_t>(later_.size());
          later_.push_back(first);
        }
        first = {static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(fate - at.own), later};
      } else {
        const auto move =
            std::find_if(at.moves.rbegin(), at.moves.rend(), [&](const Move& m) { return m.fate <= fate; });
        key += group.block_stride[i] * move->to + group.stage_stride[i] * (fate - move->fate);
      }
    }
    const double* const count = &value_[shape.at.lane(joint)];
    if (first.slot < slots_) {
      list(shape, joint, key, first);
    } else if (dense_) {
      for (std::size_t b = 0; b < B; ++b) by_key_[key + row_key_[b]] += count[b];
    } else {
      for (std::size_t b = 0; b < B; ++b)
        if (count[b] > 0) add(key + row_key_[b], count[b]);
    }
  }
}

// Lists the customers of all blocks of a shape with these joint fates, without a branch on their numbers.
void CohortSplit::list(const Shape& shape, std::size_t joint, std::uint64_t key, const Later& first) {
  std::size_t alone = alone_[0].size(), together = together_[0].size();
  alone_[0].resize(alone + shape.blocks + 1);
  together_[0].resize(together + shape.blocks + 1);
  const double* const counts = &value_[shape.at.lane(joint)];
  const std::uint32_t* const rows = &shape.axes[first.slot].row[first.leaving * shape.blocks];
  for (std::size_t b = 0; b < shape.blocks; ++b) {
    const double count = counts[b];
    const Leaving of{count, key + row_key_[b], static_cast<std::uint32_t>(shape.first_block + b), rows[b],
                     first.later};
    const bool few = count <= rows_[rows[b]].few;
    alone_[0][alone] = of;
    together_[0][together] = of;
    alone += static_cast<std::size_t>(few && count > 0);
    together += static_cast<std::size_t>(!few);
  }
  alone_[0].resize(alone);
  together_[0].resize(together);
}

// Draws destinations for those who draw one by one: two share a lane.
void CohortSplit::spread_alone(std::size_t round) {
  std::vector<Leaving>& all = alone_[round];
  std::size_t most = 0;
  for (const Leaving& of : all) most += (static_cast<std::size_t>(of.count) + 1) / 2;
  constexpr std::size_t at_once = 2;  // lanes that are written without a look at their number
  make_room(most + at_once);
  const std::size_t room = most + at_once + lane_room;
  if (who_.size() < room) {
    who_.resize(room);
    second_.resize(room);
    taken_.resize(2 * room);
  }
  std::uint64_t *const key = key_.data(), *const place = place_.data(), *const taken = taken_.data();
  std::uint32_t* const who = who_.data();
  double* const second = second_.data();
  std::size_t lanes = 0;
  for (std::uint32_t e = 0; e < all.size(); ++e) {
    const std::uint32_t block = all[e].block;
    const std::uint64_t row = all[e].row * width_, block_key = block_key_[block];
    const auto customers = static_cast<std::size_t>(all[e].count), pairs = (customers + 1) / 2;
    std::uint64_t next = blocks_[block].next_alone;
    blocks_[block].next_alone = next + pairs;
    for (std::size_t lane = lanes; lane < lanes + pairs; lane += at_once)
      for (std::size_t of = lane; of < lane + at_once; ++of, ++next) {
        key[of] = block_key;
        place[of] = next;
        taken[2 * of] = taken[2 * of + 1] = row;
        who[of] = e;
        second[of] = 1;
      }
    lanes += pairs;
    second[lanes - 1] = customers % 2 == 0 ? 1 : 0;
  }
  std::fill_n(&taken[2 * lanes], 2 * lane_room, std::uint64_t{0});
  draw_places(lanes, streams(0, Step::alone), up_to_.data(), width_, taken);
  Destination* const to = to_.data();
  double* const by_key = by_key_.data();
  const Leaving* const from = all.data();
  const bool dense = dense_;
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    const Leaving& of = from[who[lane]];
    if (dense && of.later == none_later) {
      Destination &a = to[taken[2 * lane]], &b = to[taken[2 * lane + 1]];
      const double other = second[lane];
      a.arrived += 1;
      by_key[of.key + a.key] += 1;
      b.arrived += other;
      by_key[of.key + b.key] += other;
    } else {
      arrive(round, of, taken[2 * lane], 1);
      if (second[lane] > 0) arrive(round, of, taken[2 * lane + 1], 1);
    }
  }
  all.clear();
}

// Draws destinations for the others: how many take the first, how many of those left the second, and so on.
void CohortSplit::spread(std::size_t round) {
  std::vector<Leaving>& all = together_[round];
  const std::size_t lanes = all.size();
  make_room(lanes);
  if (row_.size() < lanes) row_.resize(lanes);
  std::size_t longest = 0;
  double *const value = value_.data(), *const hits = hits_.data(), *const by_key = by_key_.data();
  double *const chance = chance_.data(), *const first = uniform_.data(),
                *const second = first + lanes + lane_room;
  const Leaving* const from = all.data();
  std::size_t* const row = row_.data();
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    const Leaving& of = from[lane];
    value[lane] = of.count;
    key_[lane] = block_key_[of.block];
    place_[lane] = blocks_[of.block].next_together++;
    row[lane] = of.row * width_;
    longest = std::max<std::size_t>(longest, rows_[of.row].count);
  }
  const bool dense = dense_;
  for (std::size_t k = 0; k < longest; ++k) {
    const LaneStreams stream = streams(0, Step::destination + k);
    if (k % 2 == 0) draw_uniforms(lanes, stream, first, second);
    const double* const chance_of = &chance_of_[k];
    for (std::size_t lane = 0; lane < lanes; ++lane) chance[lane] = chance_of[row[lane]];
    draw_binomials(lanes, value, chance, k % 2 == 0 ? first : second, stream, hits);
    Destination* const to = &to_[k];
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      const Leaving& of = from[lane];
      const double n = hits[lane];
      value[lane] -= n;
      if (dense && of.later == none_later) {
        Destination& at = to[row[lane]];
        at.arrived += n;
        by_key[of.key + at.key] += n;
      } else if (n > 0) {
        arrive(round, of, row[lane] + k, n);
      }
    }
  }
  all.clear();
}

}  // namespace lockin::detail
